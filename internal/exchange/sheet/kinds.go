package sheet

import (
	"strings"
	"time"
	"unicode"

	"wellmet/internal/value"
)

// Kind is the kind of field that the values of a column fit.
type Kind uint8

// The kinds, as far as values show them.
const (
	Unknown Kind = iota // an empty column
	KindText
	KindWhole
	KindDecimal
	KindPercent
	KindMoney
	KindDate
	KindMoment
	KindBool
	KindEmail
	KindPhone
	KindURL
	KindChoice
)

var kindNames = [...]string{"", "text", "whole", "decimal", "percent", "money", "date", "datetime", "bool", "email", "phone", "url", "choice"}

// String is the name that mapping files use.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// shapes are what all values of a column have been so far. A column loses a
// shape with the first value that does not fit, so that text columns are soon
// done with parsing.
type shapes uint32

const (
	isBool shapes = 1 << iota
	isDigit01
	isPoint // a number with a decimal point
	isComma
	isWholePoint
	isWholeComma
	isEmail
	isURL
	isPhone
	isDate                  // four bits: one a style, ISO first
	isMoment  = isDate << 4 // four bits
	anyDate   = isDate*15 | isMoment*15
	anyNumber = isPoint | isComma
	allShapes = isMoment<<4 - 1
)

var dateStyles = [...]value.DateStyle{value.DateISO, value.DateYMD, value.DateDMY, value.DateMDY}

// test takes off the shapes that the value does not have.
func (g *gauge) test(cell Cell, text string) {
	if cell.Kind != Text {
		g.testTyped(cell, text)
		return
	}
	keep := func(s shapes, ok bool) {
		if !ok {
			g.alive &^= s
		}
	}
	if g.alive&isBool != 0 {
		_, err := value.ParseBool(text)
		keep(isBool, err == nil)
	}
	keep(isDigit01, text == "0" || text == "1")
	g.testNumber(text)
	if g.alive&isEmail != 0 {
		_, err := value.ParseEmail(text)
		keep(isEmail, err == nil)
	}
	keep(isURL, g.alive&isURL != 0 && looksURL(text))
	keep(isPhone, g.alive&isPhone != 0 && looksPhone(text))
	for n, style := range dateStyles {
		date, moment := isDate<<n, isMoment<<n
		if g.alive&date != 0 {
			day, err := value.ParseDateStyle(text, style)
			keep(date, err == nil && plausibleDay(text, day))
		}
		if g.alive&moment != 0 {
			_, err := value.ParseMomentStyle(text, style, time.UTC)
			keep(moment, err == nil && strings.Contains(text, ":"))
		}
	}
}

// testTyped is for the cells of a workbook, which are neutral in any style.
func (g *gauge) testTyped(cell Cell, text string) {
	var kept shapes
	switch cell.Kind {
	case Day:
		kept = isDate*15 | isMoment*15
	case Moment:
		kept = isMoment * 15
		if strings.HasSuffix(text, "T00:00:00") {
			kept |= isDate * 15
		}
	case Bool:
		kept = isBool
	case Number, Percent, Currency:
		text = strings.TrimSuffix(text, "%")
		kept = isPoint | isComma
		if scale := scaleOf(text, "."); scale == 0 && fitsWhole(text) {
			kept |= isWholePoint | isWholeComma
		} else {
			g.scale = [2]int{max(g.scale[0], scale), max(g.scale[1], scale)}
		}
		if text == "0" || text == "1" {
			kept |= isBool | isDigit01
		}
		if cell.Kind == Percent {
			g.percent++
		}
		if cell.Kind == Currency {
			g.money++
		}
	}
	g.alive &= kept
}

func (g *gauge) testNumber(text string) {
	if g.alive&anyNumber == 0 {
		return
	}
	for n, sep := range []string{".", ","} {
		number, whole := isPoint<<n, isWholePoint<<n
		if g.alive&number == 0 {
			continue
		}
		d, err := value.ParseNumberStyle(text, rune(sep[0]))
		if err != nil || leadingZero(text) {
			g.alive &^= number | whole
			continue
		}
		if !d.IsInteger() || scaleOf(text, sep) > 0 || !fitsWhole(d.String()) {
			g.alive &^= whole
		}
		g.scale[n] = max(g.scale[n], scaleOf(text, sep))
	}
	if strings.HasSuffix(text, "%") {
		g.percent++
	} else if strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Sc, r) || unicode.IsLetter(r) && r != 'e' && r != 'E' }) >= 0 {
		g.money++
	}
}

// kind weighs what is left, the narrowest first.
func (g *gauge) kind(p Profile) Kind {
	style := 0
	for n, s := range dateStyles {
		if s == p.Date {
			style = n
		}
	}
	number, whole := isPoint, isWholePoint
	if p.Decimal == ',' {
		number, whole = isComma, isWholeComma
	}
	has := func(s shapes) bool { return g.alive&s != 0 }
	switch {
	case p.Filled == 0:
		return Unknown
	case has(isDate << style):
		return KindDate
	case has(isMoment << style):
		return KindMoment
	case has(isBool) && (!has(isDigit01) || yesNoHeader(p.Column.Name)):
		return KindBool
	case has(isPhone) && (phoneHeader(p.Column.Name) || !has(anyNumber)):
		return KindPhone
	case has(number):
		return g.numberKind(whole)
	case has(isEmail):
		return KindEmail
	case has(isURL):
		return KindURL
	case choiceLike(p):
		return KindChoice
	}
	return KindText
}

func (g *gauge) numberKind(whole shapes) Kind {
	switch {
	case g.percent == g.p.Filled:
		return KindPercent
	case g.money*2 >= g.p.Filled:
		return KindMoney
	case g.alive&whole != 0:
		return KindWhole
	}
	return KindDecimal
}

// choiceLike: few short values, each met several times.
func choiceLike(p Profile) bool {
	return !p.More && p.Longest <= 60 && len(p.Values) <= 30 && p.Filled >= 10 && p.Filled >= 4*len(p.Values) && len(p.Values) > 1
}
