package sales

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// attributions are what a source brought, by the leads' first or last touch.
var attributions = []report.Column{
	{Name: "leads", Title: "Leads", Measure: "count"},
	{Name: "qualified", Title: "Qualified", Measure: `count{status in ("qualified", "converted")}`},
	{Name: "won", Title: "Won", Measure: `count{converted_deal.status = "won"}`},
	{Name: "won_revenue", Title: "Won revenue", Measure: `sum:converted_deal.amount{converted_deal.status = "won"}`},
	{Name: "days_to_win", Title: "Average days to win", Measure: `avg:converted_deal.cycle_days{converted_deal.status = "won"}`},
}

// attributionBy reports leads by a link to their source.
func attributionBy(name, title, link, help string) report.Spec {
	return report.Spec{Name: name, Title: title, Object: Leads.Name, Group: []string{link}, Columns: attributions, Period: "created_at", Help: help,
		Run: func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
			return sourceReport(ctx, s, p, link)
		}}
}

// sourceReport adds what each source cost, as far as the reader may know.
func sourceReport(ctx context.Context, s *record.Session, p report.Params, link string) (*report.Table, error) {
	spec := report.Spec{Object: Leads.Name, Group: []string{link}, Columns: attributions, Period: "created_at"}
	t, err := spec.Table(ctx, s, p)
	if err != nil {
		return nil, err
	}
	costs, err := sourceCosts(ctx, s)
	if err != nil {
		return nil, err
	}
	total := value.Money{Currency: s.Settings().Currency}
	t.Columns = append(append([]report.Column{}, t.Columns...), report.Column{Name: "cost", Title: "Cost"})
	for i := range t.Rows {
		cost := record.Measure{}
		if id, ok := t.Rows[i].Keys[0].(value.ID); ok && costs[id] != nil {
			cost = record.Measure{Value: *costs[id]}
			total.Minor += costs[id].Minor
		}
		t.Rows[i].Values = append(t.Rows[i].Values, cost)
	}
	if t.Total != nil {
		t.Total.Values = append(t.Total.Values, record.Measure{Value: total})
	}
	return t, nil
}

// sourceCosts reads the costs in the workspace's currency.
func sourceCosts(ctx context.Context, s *record.Session) (map[value.ID]*value.Money, error) {
	costs := map[value.ID]*value.Money{}
	o, err := s.Object(LeadSources.Name)
	if err != nil {
		return costs, nil // who may not know of sources sees no costs
	}
	if f, ok := o.Field(LeadSourceCost.Name()); !ok || !s.Sees(f) {
		return costs, nil
	}
	r, err := s.Aggregate(ctx, record.Aggregate{Object: o.Name, Group: []string{"id"}, Measures: []string{"sum:cost"}, Limit: 1000})
	if err != nil {
		return nil, err
	}
	for _, g := range r.Groups {
		id, ok := g.Keys[0].(value.ID)
		if cost, has := g.Values[0].Value.(value.Money); ok && has {
			costs[id] = &cost
		}
	}
	return costs, nil
}
