package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

func (b *bookWriter) open(i, style int, kind string) {
	b.out.WriteString(`<c r="`)
	b.out.WriteString(columnName(i))
	b.out.WriteString(strconv.Itoa(b.row))
	if style != styleNone {
		b.out.WriteString(`" s="`)
		b.out.WriteString(strconv.Itoa(style))
	}
	if kind != "" {
		b.out.WriteString(`" t="`)
		b.out.WriteString(kind)
	}
	b.out.WriteString(`">`)
}

// plain writes a cell whose text needs no escape.
func (b *bookWriter) plain(i, style int, kind, text string) {
	b.open(i, style, kind)
	b.out.WriteString("<v>")
	b.out.WriteString(text)
	b.out.WriteString("</v></c>")
}

// text refuses what spreadsheets would cut off.
func (b *bookWriter) text(i, style int, text string) error {
	if text == "" {
		return nil
	}
	if len(text) > bookCellLimit && utf16Length(text) > bookCellLimit {
		return fault.New(fault.TooLarge, "sheet.cell_too_long_for_xlsx", fault.Args{"limit": bookCellLimit})
	}
	b.open(i, style, "inlineStr")
	b.out.WriteString(`<is><t xml:space="preserve">`)
	b.escape(text)
	b.out.WriteString("</t></is></c>")
	return nil
}

// escape writes what XML cannot hold as _x0001_, and an underscore that would
// read as the start of such as _x005F_. CR goes that way too, since an XML
// reader makes LF of it.
func (b *bookWriter) escape(text string) {
	for i, r := range text {
		switch {
		case r == '&':
			b.out.WriteString("&amp;")
		case r == '<':
			b.out.WriteString("&lt;")
		case r == '>':
			b.out.WriteString("&gt;")
		case r == '_' && looksEscaped(text[i:]):
			b.out.WriteString("_x005F_")
		case (r < ' ' && r != '\t' && r != '\n') || r == 0xFFFE || r == 0xFFFF:
			fmt.Fprintf(b.out, "_x%04X_", r)
		default:
			b.out.WriteRune(r)
		}
	}
}

func looksEscaped(text string) bool {
	if len(text) < 7 || text[1] != 'x' || text[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(text[2:6], 16, 16)
	return err == nil
}

func utf16Length(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// number writes a number as a number while a spreadsheet can hold it: it keeps
// 15 digits, so a longer one goes as text and loses nothing.
func (b *bookWriter) number(i int, text string) error {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
	if len(strings.Trim(digits, "0")) > 15 || len(digits) > 30 {
		return b.text(i, styleNone, text)
	}
	b.plain(i, styleNone, "", text)
	return nil
}

// daysTo1970 is the serial number of 1970-01-01. Before March 1900 (61) serial
// numbers count a day that never was, so that such a day goes as text.
const (
	daysTo1970  = 25569
	firstSerial = 61
	dayMillis   = 86_400_000
)

func (b *bookWriter) day(i int, d value.Date) error {
	serial := int64(d) + daysTo1970
	if serial < firstSerial || serial > lastSerial {
		return b.text(i, styleNone, d.String())
	}
	b.plain(i, styleDay, "", strconv.FormatInt(serial, 10))
	return nil
}

func (b *bookWriter) moment(i int, t time.Time) error {
	_, offset := t.In(b.zone).Zone()
	ms := t.UnixMilli() + int64(offset)*1000 + daysTo1970*dayMillis
	if ms < firstSerial*dayMillis || ms >= (lastSerial+1)*dayMillis {
		return b.text(i, styleNone, plainText(t, b.zone))
	}
	b.plain(i, styleMoment, "", strconv.FormatFloat(float64(ms)/dayMillis, 'f', 11, 64))
	return nil
}

// columnName is A, B … Z, AA for 0, 1 … 25, 26.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}
