package sales

import (
	"hash/fnv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/activity"
	"wellmet/internal/customer"
	"wellmet/internal/record"
	"wellmet/internal/sales/predict"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// What the prediction looks at beside the fields of deals and accounts. Every
// one is as it was at the moment of the example.
const (
	WhatStage   = "stage"
	WhatAge     = "age"     // days since the deal began
	WhatStay    = "stay"    // days in its stage
	WhatSpeed   = "speed"   // stages a week
	WhatBack    = "back"    // moves back
	WhatMoves   = "moves"   // of the close date
	WhatSlip    = "slip"    // days by which these put it off
	WhatDue     = "due"     // days until the close date; below 0 it has passed
	WhatAmount  = "amount"  // in the company's currency
	WhatQuiet   = "quiet"   // days since the last activity
	WhatOwner   = "owner"   // what the owner won of what had ended
	WhatAccount = "account" // what was won with the account
	WhatProduct = "product" // of the first line
	WhatLines   = "lines"
	// WhatDone + a kind is how many activities of it were done.
	WhatDone  = "done."
	whatDeal  = "deal."    // + a field's id
	whatFirm  = "account." // + a field's id
	mostWords = 60         // characters of a text that counts as a word
)

// countedKinds are the activities that are counted.
var countedKinds = []string{activity.Call, activity.Meeting, activity.Mail, activity.Task}

// after are fields of deals that say how they ended, or follow from that or from
// the prediction itself: learning from them would be looking at the answer.
var after = []string{DealLostReason.Name(), DealWonReason.Name(), DealChance.Name(), DealScore.Name(), DealCompetitor.Name()}

// groupTexts are text fields that hold names of groups.
var groupTexts = []string{Deals.Name + "." + DealRegion.Name(), Deals.Name + "." + DealCampaign.Name(), customer.Accounts.Name + "." + customer.AccountIndustry.Name()}

// trait is a field that the prediction looks at.
type trait struct {
	key   string
	field *schema.FieldDef
}

func (t trait) choice() bool {
	return slices.Contains([]schema.Kind{schema.KindChoice, schema.KindBool, schema.KindText}, t.field.Kind)
}

// traits are the fields of an object that can tell something: choices, numbers
// and yes or no that somebody fills in.
func traits(o *schema.Object, prefix string) (list []trait) {
	for _, f := range o.Fields {
		if f.Engine || f.ReadOnly || f.Quiet || f.Derived() || f.Tracked || o.Name == Deals.Name && slices.Contains(after, f.Name) {
			continue
		}
		switch f.Kind {
		case schema.KindChoice, schema.KindBool, schema.KindInt, schema.KindDecimal, schema.KindPercent:
		case schema.KindText:
			if !slices.Contains(groupTexts, o.Name+"."+f.Name) {
				continue
			}
		default:
			continue
		}
		list = append(list, trait{prefix + f.ID, f})
	}
	return list
}

// lookAt is what the prediction looks at in a workspace.
type lookAt struct {
	deal, account []trait
	columns       []predict.Column
	place         map[string]int // of a column
}

func looksAt(sc *schema.Schema) *lookAt {
	l := &lookAt{deal: traits(sc.MustObject(Deals.Name), whatDeal), account: traits(sc.MustObject(customer.Accounts.Name), whatFirm), place: map[string]int{}}
	add := func(key string, choice bool) {
		l.place[key] = len(l.columns)
		l.columns = append(l.columns, predict.Column{Key: key, Choice: choice})
	}
	add(WhatStage, true)
	add(WhatProduct, true)
	for _, key := range []string{WhatAge, WhatStay, WhatSpeed, WhatBack, WhatMoves, WhatSlip, WhatDue, WhatAmount, WhatQuiet, WhatOwner, WhatAccount, WhatLines} {
		add(key, false)
	}
	for _, kind := range countedKinds {
		add(WhatDone+kind, false)
	}
	for _, t := range slices.Concat(l.deal, l.account) {
		add(t.key, t.choice())
	}
	return l
}

// marks name every field that is looked at, with what its values mean: its kind and
// choices, not what people call them.
func (l *lookAt) marks() (list []string) {
	for _, t := range slices.Concat(l.deal, l.account) {
		h := fnv.New64a()
		_, _ = io.WriteString(h, string(t.field.Kind))
		for _, o := range t.field.Options {
			_, _ = io.WriteString(h, "\n"+o.Key)
		}
		list = append(list, t.key+":"+strconv.FormatUint(h.Sum64(), 36))
	}
	return list
}

// lacks reports whether a field came to nothing, or to something else, that was looked
// at when these marks were made. A new one is learnt from once deals have ended with it.
func (l *lookAt) lacks(marks []string) bool {
	now := l.marks()
	return slices.ContainsFunc(marks, func(mark string) bool { return !slices.Contains(now, mark) })
}

// blank is a row of which nothing is known yet.
func (l *lookAt) blank() predict.Row {
	r := predict.Row{Numbers: make([]float64, len(l.columns)), Words: make([]string, len(l.columns))}
	for i, c := range l.columns {
		if c.Choice {
			r.Words[i] = predict.UnknownWord
		} else {
			r.Numbers[i] = predict.Unknown
		}
	}
	return r
}

func (l *lookAt) number(r predict.Row, key string, x float64) { r.Numbers[l.place[key]] = x }

func (l *lookAt) word(r predict.Row, key, word string) { r.Words[l.place[key]] = word }

// fill puts the values of fields where their columns are.
func (l *lookAt) fill(r predict.Row, list []trait, values []any) {
	for i, t := range list {
		if t.choice() {
			l.word(r, t.key, wordOf(values[i]))
		} else {
			l.number(r, t.key, numberOf(values[i]))
		}
	}
}

func wordOf(v any) string {
	switch v := v.(type) {
	case string:
		word := strings.TrimSpace(v)
		if word == predict.UnknownWord {
			return ""
		}
		if runes := []rune(word); len(runes) > mostWords {
			return string(runes[:mostWords])
		}
		return word
	case bool:
		if v {
			return "true"
		}
	case value.ID:
		return v.String()
	}
	return ""
}

func numberOf(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	case decimal.Decimal:
		f, _ := v.Float64()
		return f
	case string: // as history writes decimals
		if d, err := decimal.NewFromString(v); err == nil {
			return d.InexactFloat64()
		}
	}
	return predict.Empty
}

// inBase is money in the company's currency, by today's rates: the past ones
// would tell what the customer could not know.
func inBase(s *record.Session, m value.Money, has bool) float64 {
	if !has {
		return predict.Empty
	}
	base, known := s.Base(m)
	if !known {
		return predict.Unknown
	}
	return float64(base)
}
