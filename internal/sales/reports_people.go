package sales

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/activity"
	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// peopleReports tell what people do, and how well.
func peopleReports() []report.Spec {
	kind := func(name, title, kind string) report.Column {
		return report.Column{Name: name, Title: title, Measure: `count{kind = "` + kind + `"}`}
	}
	result := func(name, title, results string) report.Column {
		return report.Column{Name: name, Title: title, Measure: "count{result in (" + results + ")}"}
	}
	done := []report.Column{{Name: "activities", Title: "Activities", Measure: "count"}, kind("calls", "Calls", activity.Call), kind("meetings", "Meetings", activity.Meeting),
		kind("mails", "Mails", activity.Mail), kind("tasks", "Tasks", activity.Task), result("reached", "Reached", `"reached", "held", "sent"`),
		result("not_reached", "Not reached", `"not_reached", "left_message", "no_show", "cancelled"`),
		{Name: "agreed", Title: "Next step agreed", Measure: "count{" + activity.NextAt.Name() + " is not empty}"},
		{Name: "success", Title: "Success", Measure: `rate{result in ("reached", "held", "sent") / result is not empty}`},
		{Name: "imported", Title: "Imported", Measure: `count{imported or external_id is not empty and not (external_id starts with "mail:")}`}}
	return []report.Spec{
		followed(report.Spec{Name: "activity-by-person", Title: "Activities and outcomes by person", Object: activity.Activities.Name, Filter: "done", Group: []string{"owner"}, Period: activity.At.Name(),
			Help:    "What was done and what came of it: whom it reached, and for how many the next step was agreed. A visit is a meeting. Imported activities are those that an import made or that carry the number of another program. Deals won after are those that were won on the day of an activity about them or later; a deal of several people is of each. Fewer than ten activities are greyed.",
			Columns: done}),
		{Name: "activity-by-month", Title: "Activities by month and person", Object: activity.Activities.Name, Filter: "done", Group: []string{activity.At.Name() + ":month", "owner"},
			Period: activity.At.Name(), Columns: done, Help: "What was done in each month, by whom, and what came of it. A visit is a meeting."},
		{Name: "ranking", Title: "Ranking by won revenue", Object: Deals.Name, Filter: isWon, Period: DealCloseDate.Name(), Run: ranking, Past: true,
			Help: "Who has won most, by the company's rule for shared deals; on a past day their owners alone. Equal revenues share a place, and the place after them is left out."},
		{Name: "efficiency", Title: "Efficiency by person", Object: Deals.Name, Period: DealCloseDate.Name(), Run: efficiency,
			Help: "What people win with what they do: activities done in the period for each deal closed in it, revenue for each hour and each meeting. Who did something and closed nothing has a line, too. Fewer than ten closed deals are greyed."},
		{Name: "follow-up", Title: "Follow-up by person", Object: customer.Accounts.Name, Filter: customer.AccountIsCustomer.Name(), Run: followUp,
			Help: "The customers of each person with the last and the next contact. An open deal that is shared counts by the company's rule: with each colleague by his share, the rest with its owner, or with its owner alone."},
	}
}

// ranking puts people in the order of what they have won.
func ranking(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	spec := report.Spec{Object: Deals.Name, Filter: isWon, Group: []string{"owner"}, Period: DealCloseDate.Name(), Sort: "-sum:amount",
		Columns: []report.Column{{Name: "won_revenue", Title: "Won revenue", Measure: "sum:amount"}, {Name: "won", Title: "Won", Measure: "count"}}}
	t, err := spec.Table(ctx, s, p)
	if err != nil {
		return nil, err
	}
	if s.Settings().Credit == record.CreditByShare && p.AsOf.IsZero() { // shares have no history
		if err := rankByShare(ctx, s, p, t); err != nil {
			return nil, err
		}
	}
	t.Columns = append([]report.Column{{Name: "place", Title: "Place", Plain: true, Place: true}}, t.Columns...)
	place, before := int64(0), any(nil)
	for i := range t.Rows {
		r := &t.Rows[i]
		if now := r.Values[0].Value; i == 0 || now != before {
			place, before = int64(i+1), now
		}
		r.Values = append([]record.Measure{{Value: place}}, r.Values...)
	}
	if t.Total != nil {
		t.Total.Values = append([]record.Measure{{}}, t.Total.Values...)
	}
	return t, nil
}

// rankByShare puts what people earned by their shares in the place of what the
// deals that they own came to.
func rankByShare(ctx context.Context, s *record.Session, p report.Params, t *report.Table) error {
	earned, err := earnings(ctx, s, p)
	if err != nil {
		return err
	}
	at := map[value.ID]int{}
	for i, r := range t.Rows {
		id, _ := r.Keys[0].(value.ID)
		at[id] = i
	}
	won := report.Spec{Filter: isWon, Period: DealCloseDate.Name()}.Condition(p)
	for id, minor := range earned {
		i, owns := at[id]
		if !owns && minor == 0 {
			continue
		}
		if !owns {
			i = len(t.Rows)
			t.Rows = append(t.Rows, report.Row{Keys: []any{id}, Labels: []string{s.Roster().Name(id)}, Values: []record.Measure{{}, {Value: int64(0)}}})
		}
		if _, told := t.Rows[i].Values[0].Value.(value.Money); told || minor != 0 {
			t.Rows[i].Values[0] = record.Measure{Value: value.Money{Minor: minor, Currency: s.Settings().Currency}, Missing: t.Rows[i].Values[0].Missing}
		}
		t.Rows[i].Behind = []report.Behind{{}, {Filter: report.Both(won, partOf(id))}, {}}
	}
	t.Columns = []report.Column{{Name: t.Columns[0].Name, Title: t.Columns[0].Title, Adds: true}, t.Columns[1]}
	slices.SortStableFunc(t.Rows, func(a, b report.Row) int {
		return cmp.Or(cmp.Compare(report.Size(b.Values[0]), report.Size(a.Values[0])), cmp.Compare(a.Labels[0], b.Labels[0]))
	})
	return nil
}

// byOwner are figures of an object by who owns the records.
func byOwner(ctx context.Context, s *record.Session, object, filter, owner string, measures ...string) (map[value.ID]record.Group, error) {
	r, err := s.Aggregate(ctx, record.Aggregate{Object: object, Filter: filter, Group: []string{owner}, Measures: measures, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	by := map[value.ID]record.Group{}
	for _, g := range r.Groups {
		if id, ok := g.Keys[0].(value.ID); ok {
			by[id] = g
		}
	}
	return by, nil
}

// efficiency sets what people have won against what they did for it.
func efficiency(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	deals, err := byOwner(ctx, s, Deals.Name, report.Spec{Filter: isClosed, Period: DealCloseDate.Name()}.Condition(p), "owner",
		"count", "count{"+isWon+"}", "sum:amount{"+isWon+"}", "avg:cycle_days{"+isWon+"}")
	if err != nil {
		return nil, err
	}
	done, fits, err := doneBy(ctx, s, p)
	if err != nil {
		return nil, err
	}
	t := &report.Table{Object: Deals.Name, Groups: []string{"owner"}, Rows: []report.Row{}, Columns: []report.Column{
		{Name: "closed", Title: "Closed", Adds: true}, {Name: "won", Title: "Won", Adds: true}, {Name: "win_rate", Title: "Win rate", Rate: true}, {Name: "won_revenue", Title: "Won revenue", Adds: true},
		{Name: "days_to_win", Title: "Average days to win"}, {Name: "activities", Title: "Activities", Adds: true}, {Name: "hours", Title: "Hours", Adds: true}, {Name: "per_deal", Title: "Activities per deal"},
		{Name: "per_hour", Title: "Revenue per hour"}, {Name: "per_meeting", Title: "Revenue per meeting"}}}
	for id, g := range deals {
		t.Rows = append(t.Rows, efficiencyRow(s, id, g, done[id], len(t.Columns)))
	}
	for id, a := range done {
		if _, closed := deals[id]; !closed { // much was done, and nothing closed
			none := record.Measure{Value: int64(0)}
			t.Rows = append(t.Rows, efficiencyRow(s, id, record.Group{Values: []record.Measure{none, none, {}, {}}}, a, len(t.Columns)))
		}
	}
	if !fits {
		t.Notes = append(t.Notes, report.Note{Text: i18n.Text(i18n.FormatFor(s.Who().Locale).Language(), "sales.efficiency_narrowed", nil)})
	}
	slices.SortFunc(t.Rows, func(a, b report.Row) int {
		return cmp.Or(cmp.Compare(a.Labels[0], b.Labels[0]), cmp.Compare(a.Keys[0].(value.ID), b.Keys[0].(value.ID)))
	})
	return t, nil
}

// efficiencyRow is the line of somebody: the deals that he closed, and what he did,
// where that is known.
func efficiencyRow(s *record.Session, id value.ID, g, a record.Group, columns int) report.Row {
	closed, won := whole(g.Values[0]), whole(g.Values[1])
	row := report.Row{Keys: []any{id}, Labels: []string{s.Roster().Name(id)}, Few: closed < fewDeals, Behind: make([]report.Behind, columns),
		Values: []record.Measure{g.Values[0], g.Values[1], {Value: share(won, closed)}, g.Values[2], g.Values[3], {}, {}, {}, {}, {}}}
	if closed > 0 {
		row.Behind[0].Filter, row.Behind[1].Filter = g.Filter, report.Both(g.Filter, isWon)
		row.Behind[2], row.Behind[3] = row.Behind[0], row.Behind[1]
	}
	if len(a.Values) == 0 {
		return row
	}
	n, meetings, minutes := whole(a.Values[0]), whole(a.Values[1]), decimal.NewFromInt(whole(a.Values[2]))
	row.Values[5], row.Values[6], row.Values[7] = a.Values[0], record.Measure{Value: value.Round(minutes.DivRound(decimal.NewFromInt(60), 6), 2)}, record.Measure{Value: share(n, closed)}
	row.Values[8], row.Values[9] = per(g.Values[2], minutes.DivRound(decimal.NewFromInt(60), 6)), per(g.Values[2], decimal.NewFromInt(meetings))
	row.Behind[5] = report.Behind{Object: activity.Activities.Name, Filter: a.Filter}
	row.Behind[6] = report.Behind{Object: activity.Activities.Name, Filter: report.Both(a.Filter, activity.Minutes.Name()+" > 0")}
	row.Behind[7], row.Behind[8], row.Behind[9] = row.Behind[0], row.Behind[1], row.Behind[1] // the deals that are told for each
	return row
}

// doneBy counts what people did. Where the filter is about something that only
// deals have, it fits no activities, and nothing is told of them.
func doneBy(ctx context.Context, s *record.Session, p report.Params) (by map[value.ID]record.Group, fits bool, err error) {
	measures := []string{"count", `count{kind = "meeting"}`, "sum:minutes"}
	filter := report.Spec{Filter: "done", Period: activity.At.Name()}.Condition(p)
	if strings.TrimSpace(p.Filter) != "" {
		err := s.CheckAggregate(ctx, record.Aggregate{Object: activity.Activities.Name, Filter: filter, Group: []string{"owner"}, Measures: measures})
		if fault.Is(err, fault.Invalid) {
			return nil, false, nil
		}
	}
	by, err = byOwner(ctx, s, activity.Activities.Name, filter, "owner", measures...)
	return by, true, err
}

func whole(m record.Measure) int64 {
	n, _ := m.Value.(int64)
	return n
}

// per is an amount for each of so many.
func per(m record.Measure, n decimal.Decimal) record.Measure {
	amount, ok := m.Value.(value.Money)
	if !ok || n.Sign() <= 0 {
		return record.Measure{}
	}
	return record.Measure{Value: value.Money{Minor: decimal.NewFromInt(amount.Minor).DivRound(n, 0).IntPart(), Currency: amount.Currency}}
}

// followUp tells when people were last in touch with their customers.
func followUp(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	spec := report.Spec{Object: customer.Accounts.Name, Filter: customer.AccountIsCustomer.Name(), Group: []string{"owner"}, Columns: []report.Column{
		{Name: "customers", Title: "Customers", Measure: "count"}, {Name: "last_contact", Title: "Last contact", Measure: "max:last_contact_at"},
		{Name: "next_action", Title: "Next action", Measure: "min:next_activity_at"}, {Name: "overdue", Title: "Overdue", Measure: "count{next_activity_at < now()}"},
		{Name: "unplanned", Title: "Nothing planned", Measure: "count{next_activity_at is empty}"}}}
	t, err := spec.Table(ctx, s, p)
	if err != nil {
		return nil, err
	}
	meant, err := beneath(DealAccount.Name(), p.Filter)
	if err != nil {
		return nil, err
	}
	shares, err := openShares(ctx, s, meant)
	if err != nil {
		return nil, err
	}
	t.Columns = append(slices.Clone(t.Columns), report.Column{Name: "open_deals", Title: "Open deals by share"})
	if strings.TrimSpace(p.Filter) == "" { // else nobody knows whether they are meant
		addWithoutCustomers(s, t, shares)
	}
	total := decimal.Decimal{}
	for i := range t.Rows {
		r := &t.Rows[i]
		id, _ := r.Keys[0].(value.ID)
		r.Values = append(r.Values, record.Measure{Value: shares[id]})
		r.Behind = make([]report.Behind, len(t.Columns))
		r.Behind[5] = report.Behind{Object: Deals.Name, Filter: report.Both(report.Both(isOpen, meant), heldBy(s, id))}
		total = total.Add(shares[id])
	}
	if t.Total != nil {
		t.Total.Values = append(t.Total.Values, record.Measure{Value: total})
	}
	return t, nil
}

// heldBy is the condition of the deals that count for somebody by the company's rule.
func heldBy(s *record.Session, id value.ID) string {
	if s.Settings().Credit == record.CreditByShare {
		return partOf(id)
	}
	return `owner = "` + id.String() + `"`
}

// addWithoutCustomers adds who has open deals and no customers.
func addWithoutCustomers(s *record.Session, t *report.Table, shares map[value.ID]decimal.Decimal) {
	for _, id := range slices.Sorted(maps.Keys(shares)) {
		if shares[id].IsZero() || slices.ContainsFunc(t.Rows, func(r report.Row) bool { return r.Keys[0] == id }) {
			continue
		}
		none := record.Measure{Value: int64(0)}
		t.Rows = append(t.Rows, report.Row{Keys: []any{id}, Labels: []string{s.Roster().Name(id)}, Filter: customer.AccountIsCustomer.Name() + ` and owner = "` + id.String() + `"`,
			Values: []record.Measure{none, {}, {}, none, none}})
	}
}

// openShares are the open deals of each person that fit a condition, shared ones by
// share.
func openShares(ctx context.Context, s *record.Session, meant string) (map[value.ID]decimal.Decimal, error) {
	beneath, err := beneathDeal(meant)
	if err != nil {
		return nil, err
	}
	shares := map[value.ID]decimal.Decimal{}
	parts := []struct {
		object, filter, owner, measure string
		sign                           int64
	}{{Deals.Name, report.Both(isOpen, meant), "owner", "count", 100}, {DealMembers.Name, report.Both(`deal.status = "open"`, beneath), "deal.owner", "sum:credit", -1},
		{DealMembers.Name, report.Both(`deal.status = "open"`, beneath), "member", "sum:credit", 1}}
	if s.Settings().Credit != record.CreditByShare {
		parts = parts[:1]
	}
	for _, x := range parts {
		by, err := byOwner(ctx, s, x.object, x.filter, x.owner, x.measure)
		if err != nil {
			return nil, err
		}
		for id, g := range by {
			n := decimal.Decimal{}
			switch v := g.Values[0].Value.(type) {
			case int64:
				n = decimal.NewFromInt(v)
			case decimal.Decimal:
				n = v
			}
			shares[id] = shares[id].Add(n.Mul(decimal.NewFromInt(x.sign)).Shift(-2))
		}
	}
	return shares, nil
}
