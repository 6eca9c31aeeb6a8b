package sales

import (
	"cmp"
	"context"

	"github.com/shopspring/decimal"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// attributions are what was brought, by the touches of leads. Parts of leads and of
// what they became add up to all; a member is whole wherever he was touched.
var attributions = []report.Column{
	{Name: "leads", Title: "Leads", Adds: true},
	{Name: "members", Title: "Members", Adds: true},
	{Name: "qualified", Title: "Qualified", Adds: true},
	{Name: "deals", Title: "Deals", Adds: true},
	{Name: "amount", Title: "Amount", Adds: true},
	{Name: "won", Title: "Won", Adds: true},
	{Name: "won_revenue", Title: "Won revenue", Adds: true},
	{Name: "days_to_win", Title: "Average days to win"},
}

// What figures of attribution count among leads, and among their deals.
var (
	ofTouchedLeads = map[string]string{"leads": "", "qualified": `status in ("qualified", "converted")`}
	ofTouchedDeals = map[string]string{"deals": "", "amount": "", "won": isWon, "won_revenue": isWon, "days_to_win": isWon}
)

// costColumns stand behind what was brought.
var costColumns = []report.Column{{Name: "cost", Title: "Cost", Plain: true, Adds: true}, {Name: "cost_per_lead", Title: "Cost per lead", Plain: true}, {Name: "return", Title: "Return", Rate: true, Plain: true}}

const attributionHelp = " Costs are those of the period, spread over their days; return is revenue less cost, of the cost. Leads without a touch stand in a line of their own, so that totals equal the list of leads."

// attributionReports tell what sources, channels and campaigns brought and cost,
// by the first touch of a lead, by its last, or by all of them evenly.
func attributionReports() []report.Spec {
	var list []report.Spec
	for _, by := range []touchKey{bySource, byChannel, byCampaign} {
		list = append(list, touchedBy(by.report, by.title+" by first touch", by, firstTouch), touchedBy(by.report+"-last", by.title+" by last touch", by, lastTouch),
			touchedBy(by.report+"-even", by.title+" by all touches", by, everyTouch))
	}
	return list
}

func keyText(key any) string {
	if id, ok := key.(value.ID); ok {
		return id.String()
	}
	text, _ := key.(string)
	return text
}

// addCosts adds what each line of a table cost, and what that brought; what was
// spent on something that brought nothing has a line, too.
func addCosts(ctx context.Context, s *record.Session, p report.Params, t *report.Table, by touchKey, keyOf func(report.Row) string) error {
	costs, err := by.costs(ctx, s, p)
	if err != nil {
		return err
	}
	if costs == nil {
		t.Notes = append(t.Notes, report.Note{Text: i18n.Text(language(s), costsUntold(s, p), nil)})
	}
	t.Columns = append(append([]report.Column{}, t.Columns...), costColumns...)
	there := map[string]bool{}
	for _, r := range t.Rows {
		there[keyOf(r)] = true
	}
	if costs != nil {
		for key, minor := range costs.by {
			if !there[key] && minor != 0 {
				t.Rows = append(t.Rows, by.idle(key))
			}
		}
	}
	labels, err := by.labels(ctx, s)
	if err != nil {
		return err
	}
	total := int64(0)
	for i := range t.Rows {
		r, key := &t.Rows[i], keyOf(t.Rows[i])
		if label, ok := labels[key]; ok {
			r.Labels[0] = label
		}
		if costs == nil {
			r.Values = append(r.Values, record.Measure{}, record.Measure{}, record.Measure{})
			continue
		}
		values := returned(s, t, *r, costs.by[key])
		if key == "" { // what nobody knows the use of did not bring what nobody knows the origin of
			values[1], values[2] = record.Measure{}, record.Measure{}
		}
		r.Values = append(r.Values, values...)
		total += costs.by[key]
	}
	if t.Total != nil && costs == nil {
		t.Total.Values = append(t.Total.Values, record.Measure{}, record.Measure{}, record.Measure{})
	} else if t.Total != nil {
		t.Total.Values = append(t.Total.Values, returned(s, t, *t.Total, total)...)
		t.Total.Values[len(attributions)].Missing = costs.missing
	}
	return nil
}

// costs are those of each key; nil where the reader is told none.
func (by touchKey) costs(ctx context.Context, s *record.Session, p report.Params) (*spent, error) {
	if costsUntold(s, p) != "" {
		return nil, nil
	}
	costs, err := costsOf(ctx, s, p, by.cost, cmp.Or(by.path, by.field))
	if err == nil && by.field == bySource.field && p.From == 0 && p.To == 0 {
		err = undatedCosts(ctx, s, costs)
	}
	return costs, err
}

// returned are cost, cost per lead and return of a line.
func returned(s *record.Session, t *report.Table, r report.Row, cost int64) []record.Measure {
	out := make([]record.Measure, 3)
	if cost == 0 {
		return out
	}
	out[0].Value = value.Money{Minor: cost, Currency: s.Settings().Currency}
	leads := decimal.Decimal{}
	brought, _ := t.Value(r, "leads")
	switch n := brought.Value.(type) {
	case int64:
		leads = decimal.NewFromInt(n)
	case decimal.Decimal:
		leads = n
	}
	out[1] = per(out[0], leads)
	won, _ := t.Value(r, "won_revenue")
	revenue, _ := won.Value.(value.Money)
	out[2].Value = decimal.NewFromInt(revenue.Minor-cost).DivRound(decimal.NewFromInt(cost), 6)
	return out
}

// undatedCosts adds what was spent on sources on days that nobody knows.
func undatedCosts(ctx context.Context, s *record.Session, to *spent) error {
	o, err := s.Object(LeadSources.Name)
	if err != nil {
		return nil
	}
	if f, ok := o.Field(LeadSourceCost.Name()); !ok || !s.Sees(f) {
		return nil
	}
	r, err := s.Aggregate(ctx, record.Aggregate{Object: o.Name, Group: []string{"id"}, Measures: []string{"sum:cost"}, Limit: 1000})
	if err != nil {
		return err
	}
	for _, g := range r.Groups {
		if cost, has := g.Values[0].Value.(value.Money); has {
			to.by[keyText(g.Keys[0])] += cost.Minor
		}
	}
	return nil
}
