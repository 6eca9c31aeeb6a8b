package sales

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// creditByPerson reports won revenue by the shares of the teams. What nobody
// was given is the owner's, so the sum is the revenue that the reader sees.
func creditByPerson(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	earned, err := earnings(ctx, s, p)
	if err != nil {
		return nil, err
	}
	t := &report.Table{Object: Deals.Name, Groups: []string{"owner"}, Rows: []report.Row{}, Columns: []report.Column{{Name: "won_revenue", Title: "Won revenue", Adds: true}}}
	total := value.Money{Currency: s.Settings().Currency}
	won := report.Spec{Filter: isWon, Period: DealCloseDate.Name()}.Condition(p)
	for member, minor := range earned {
		if minor == 0 {
			continue
		}
		total.Minor += minor
		t.Rows = append(t.Rows, report.Row{Keys: []any{member}, Labels: []string{s.Roster().Name(member)}, Behind: []report.Behind{{Filter: report.Both(won, partOf(member))}},
			Values: []record.Measure{{Value: value.Money{Minor: minor, Currency: total.Currency}}}})
	}
	slices.SortFunc(t.Rows, func(a, b report.Row) int {
		return cmp.Or(cmp.Compare(b.Values[0].Value.(value.Money).Minor, a.Values[0].Value.(value.Money).Minor), cmp.Compare(a.Labels[0], b.Labels[0]),
			cmp.Compare(a.Keys[0].(value.ID), b.Keys[0].(value.ID)))
	})
	t.Total = &report.Row{Values: []record.Measure{{Value: total}}}
	return t, nil
}

// partOf is the condition of deals that somebody owns or has a share in.
func partOf(member value.ID) string {
	id := `"` + member.String() + `"`
	return "(owner = " + id + " or any(team_members, credit > 0 and member = " + id + "))"
}

// earnings are the won revenue of each person by shares, in minor units.
func earnings(ctx context.Context, s *record.Session, p report.Params) (map[value.ID]int64, error) {
	beneath, err := beneathDeal(p.Filter)
	if err != nil {
		return nil, err
	}
	earned := map[value.ID]int64{}
	add := func(object, status, group, measure, period string, sign int64) error {
		filter := p.Filter
		if object != Deals.Name {
			filter = beneath
		}
		spec := report.Spec{Object: object, Filter: status, Group: []string{group}, Period: period,
			Columns: []report.Column{{Name: "won_revenue", Measure: measure}}}
		t, err := spec.Table(ctx, s, report.Params{From: p.From, To: p.To, Filter: filter, Limit: 10_000})
		if err != nil {
			return err
		}
		for _, r := range t.Rows {
			member, _ := r.Keys[0].(value.ID)
			if m, ok := r.Values[0].Value.(value.Money); ok {
				earned[member] += sign * m.Minor
			}
		}
		return nil
	}
	const wonPart = `deal.status = "won"`
	for _, err := range []error{
		add(Deals.Name, isWon, "owner", "sum:amount", DealCloseDate.Name(), 1),
		add(DealMembers.Name, wonPart, "deal.owner", "sum:credited", "deal.close_date", -1),
		add(DealMembers.Name, wonPart, "member", "sum:credited", "deal.close_date", 1),
	} {
		if err != nil {
			return nil, err
		}
	}
	return earned, nil
}

// beneathDeal is a condition on deals as one on what belongs to a deal.
func beneathDeal(filter string) (string, error) { return beneath("deal", filter) }

// beneath is a condition on records as one on those that a link leads from.
func beneath(link, filter string) (string, error) {
	if strings.TrimSpace(filter) == "" {
		return "", nil
	}
	n, err := expr.Parse(filter)
	if err != nil {
		return "", err
	}
	return expr.Beneath(link, n).String(), nil
}
