package sales

import (
	"context"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// dateCosts lets a cost of one day end on it.
func dateCosts(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range living(drafts) {
		first, ok := record.Will(d, CostFirst)
		if _, has := record.Will(d, CostLast); ok && !has {
			record.Put(d, CostLast, first)
		}
	}
	return nil
}

// mostCostDays is over how many days a cost is spread: ten years.
const mostCostDays = 3660

func checkCosts(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range living(drafts) {
		first, _ := record.Will(d, CostFirst)
		last, _ := record.Will(d, CostLast)
		amount, _ := record.Will(d, CostAmount)
		switch {
		case last < first:
			d.Refuse(CostLast.Name(), "forecast.ends_before", nil)
		case last-first >= mostCostDays:
			d.Refuse(CostLast.Name(), "cost.too_long", nil)
		case amount.Minor < 0:
			d.Refuse(CostAmount.Name(), "cost.negative", nil)
		}
	}
	return nil
}

// nameCampaigns gives a campaign the code by which touches call it: its name,
// where nobody says another.
func nameCampaigns(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range living(drafts) {
		if code, ok := record.Will(d, CampaignCode); !ok || code == "" {
			name, _ := record.Will(d, CampaignName)
			record.Put(d, CampaignCode, name)
		}
	}
	return nil
}

func checkCampaigns(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range living(drafts) {
		first, begins := record.Will(d, CampaignFirst)
		last, ends := record.Will(d, CampaignLast)
		if begins && ends && last < first {
			d.Refuse(CampaignLast.Name(), "forecast.ends_before", nil)
		}
	}
	return nil
}

// spent is what was spent on what leads came by, by key, in the workspace's
// currency; missing is how many amounts have no rate and are in none.
type spent struct {
	by      map[string]int64
	missing int64
}

// costsUntold is the key of the words that say why the reader is told no costs: he
// may not know them, or sees only part of the leads, or asks for a part: costs belong
// to all of them. "" = he is told.
func costsUntold(s *record.Session, p report.Params) string {
	o, err := s.Object(SourceCosts.Name)
	if err != nil {
		return "sales.costs_unseen"
	}
	if f, ok := o.Field(CostAmount.Name()); !ok || !s.Sees(f) {
		return "sales.costs_unseen"
	}
	leads, err := s.Object(Leads.Name)
	switch {
	case err != nil || !seesAll(s, leads):
		return "sales.costs_of_all"
	case strings.TrimSpace(p.Filter) != "":
		return "sales.costs_narrowed"
	}
	return ""
}

// costsOf adds up the costs of a period, each spread evenly over its days, so that
// the parts of a whole year are the whole.
func costsOf(ctx context.Context, s *record.Session, p report.Params, key func(*record.Record) string, fields ...string) (*spent, error) {
	x := &spent{by: map[string]int64{}}
	q := record.Query{Object: SourceCosts.Name, Fields: append([]string{CostAmount.Name(), CostFirst.Name(), CostLast.Name()}, fields...)}
	if p.To != 0 {
		q.Filter = CostFirst.Name() + ` <= date("` + p.To.String() + `")`
	}
	if p.From != 0 {
		q.Filter = joinAnd(q.Filter, CostLast.Name()+` >= date("`+p.From.String()+`")`)
	}
	return x, s.Each(ctx, q, func(r *record.Record) error {
		first, _ := record.Get(r, CostFirst)
		last, _ := record.Get(r, CostLast)
		amount, _ := record.Get(r, CostAmount)
		base, rated := s.BaseFrom(amount, first, s.Today())
		if !rated {
			x.missing++
			return nil
		}
		x.by[key(r)] += within(base, first, max(first, last), p.From, p.To)
		return nil
	})
}

// within is the part of an amount, spread over the days from first to last, that
// falls between two days; 0 is no bound.
func within(minor int64, first, last, from, to value.Date) int64 {
	a, b := first, last
	if from != 0 {
		a = max(a, from)
	}
	if to != 0 {
		b = min(b, to)
	}
	if b < a {
		return 0
	}
	days := decimal.NewFromInt(int64(last-first) + 1)
	until := func(d value.Date) int64 { // what was spent before the day
		return decimal.NewFromInt(minor).Mul(decimal.NewFromInt(int64(d-first))).DivRound(days, 0).IntPart()
	}
	return until(b+1) - until(a)
}

// seesAll reports whether the reader sees everybody's records.
func seesAll(s *record.Session, o *schema.Object) bool {
	return s.Actor().Scope(o, access.Read) == access.All
}

// folded is a text as texts are told apart.
func folded(text string) string { return strings.TrimSpace(i18n.Fold(text)) }
