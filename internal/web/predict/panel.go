// Package predict shows what is foretold of deals: on a deal, how well it was
// foretold on later deals, and what won deals have that lost ones have not.
package predict

import (
	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Panel is what is foretold of one deal, in words.
type Panel struct {
	v       *kit.View
	x       *sales.DealOutlook
	reasons []reason
}

type reason struct {
	text string
	up   bool
}

// Of is the panel of a deal; nil where nothing is to be said: of a deal that has
// ended, to whoever may not see predictions, and before anything was learnt.
func Of(c *door.Call, s *record.Session, deal *record.Record) (*Panel, error) {
	x, err := sales.PredictDeal(c.Ctx, s, deal)
	if err != nil || x == nil || x.Trained == nil {
		return nil, err
	}
	p := &Panel{v: c.View, x: x}
	for _, r := range x.Reasons {
		p.reasons = append(p.reasons, reason{said(c.View, s.Schema(), r), r.Up})
	}
	return p, nil
}

// said is a reason in a sentence.
func said(v *kit.View, sc *schema.Schema, r sales.DealReason) string {
	o := sc.MustObject(r.Object)
	f, ok := o.Field(r.Field)
	if !ok {
		return ""
	}
	name, word := f.Label(v.Lang), r.Word
	switch {
	case f.Kind == schema.KindChoice && word != "":
		word = f.OptionLabel(word, v.Lang)
	case f.Kind == schema.KindBool:
		word = v.T("web.predict." + map[bool]string{true: "yes", false: "no"}[word == "true"])
	}
	return v.T("web.predict.why."+r.Key, "field", name, "value", word, "count", int(r.Count))
}

func (p *Panel) silence() string {
	return p.v.T("web.predict.silent."+p.x.Silent, "count", sales.FewEnded)
}

func (p *Panel) because() string {
	return p.v.T("web.predict.because."+p.x.Because, "count", p.x.Closed)
}

func percentOf(v *kit.View, share float64, digits int) string {
	return v.Percent(decimal.NewFromFloat(share*100).Round(int32(digits)), digits)
}

var sureColors = map[string]string{sales.Unsure: "gray", sales.Fair: "blue", sales.Sure: "green"}
