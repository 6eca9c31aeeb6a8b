// Package predict shows what is foretold of deals: on a deal, how well it was
// foretold on later deals, and what won deals have that lost ones have not.
package predict

import (
	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Panel is what is foretold of one deal, in words.
type Panel struct {
	v *kit.View
	x *sales.DealOutlook
}

// Of is the panel of a deal; nil where nothing is to be said: of a deal that has
// ended, and to whoever may not see predictions.
func Of(c *door.Call, s *record.Session, deal *record.Record) (*Panel, error) {
	x, err := sales.PredictDeal(c.Ctx, s, deal)
	if err != nil || x == nil {
		return nil, err
	}
	x.Say(s.Schema(), c.View.Lang)
	return &Panel{v: c.View, x: x}, nil
}

func percentOf(v *kit.View, share float64, digits int) string {
	return v.Percent(decimal.NewFromFloat(share*100).Round(int32(digits)), digits)
}

var sureColors = map[string]string{sales.Unsure: "gray", sales.Fair: "blue", sales.Sure: "green"}
