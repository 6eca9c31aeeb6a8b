package sales

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// attributed are figures of attribution by the names of their columns.
type attributed map[string]record.Measure

func (f attributed) line() []record.Measure {
	list := make([]record.Measure, len(attributions))
	for i, c := range attributions {
		list[i] = f[c.Name]
	}
	return list
}

// wholeOf are the figures of all leads that a condition holds of, but for members.
func wholeOf(ctx context.Context, s *record.Session, cond string, export bool) (attributed, error) {
	f := attributed{}
	ask := func(object, filter string, names, measures []string) error {
		r, err := s.Aggregate(ctx, record.Aggregate{Object: object, Filter: filter, Measures: measures, Export: export})
		if err != nil {
			return err
		}
		for i, name := range names {
			f[name] = r.Total.Values[i]
		}
		return nil
	}
	if err := ask(Leads.Name, cond, []string{"leads", "qualified"}, []string{"count", "count{" + ofTouchedLeads["qualified"] + "}"}); err != nil {
		return nil, err
	}
	return f, ask(Deals.Name, becameOf(cond), []string{"deals", "amount", "won", "won_revenue", "days_to_win"},
		[]string{"count", "sum:amount", "count{" + isWon + "}", "sum:amount{" + isWon + "}", "avg:cycle_days{" + isWon + "}"})
}

// becameOf is the condition of the deals that such leads became. A deal of several
// leads counts with one of them, as it does wherever leads are counted.
func becameOf(cond string) string {
	return "any(leads, " + report.Both(cond, countsWithIt) + ")"
}

// listsOf are the lists behind the figures of leads that a condition holds of;
// members are those of another.
func listsOf(cond, members string) []report.Behind {
	out := make([]report.Behind, len(attributions))
	for i, c := range attributions {
		if only, ok := ofTouchedDeals[c.Name]; ok {
			out[i] = report.Behind{Object: Deals.Name, Filter: report.Both(becameOf(cond), only)}
		} else if only, ok := ofTouchedLeads[c.Name]; ok {
			out[i].Filter = cmp.Or(report.Both(cond, only), "id is not empty")
		} else {
			out[i].Filter = members
		}
	}
	return out
}

// idle is the line of something that cost and brought nothing.
func (by touchKey) idle(key string) report.Row {
	f := attributed{}
	for _, name := range []string{"leads", "members", "qualified", "deals", "won"} {
		f[name] = record.Measure{Value: int64(0)}
	}
	r := report.Row{Keys: []any{any(key)}, Labels: []string{key}, Values: f.line(), Behind: make([]report.Behind, len(attributions))}
	if key == "" {
		r.Keys[0] = nil
	}
	return r
}

func (b *brought) row(s *record.Session, key, cond string, by touchKey, model string) report.Row {
	said := slices.Sorted(slices.Values(b.said))
	member := by.member(key, said)
	r := report.Row{Keys: []any{key}, Labels: []string{key}, Behind: listsOf(report.Both(cond, by.filter(key, model, said)), report.Both(cond, member))}
	for _, text := range said { // as somebody wrote it
		if text != "" {
			r.Labels[0] = text
			break
		}
	}
	count := func(n int64) record.Measure {
		if model != everyTouch {
			return record.Measure{Value: n / oneLead}
		}
		return record.Measure{Value: decimal.New(n, -6)}
	}
	money := func(n, of int64) record.Measure {
		if of == 0 {
			return record.Measure{}
		}
		return record.Measure{Value: value.Money{Minor: n, Currency: s.Settings().Currency}}
	}
	f := attributed{"leads": count(b.leads), "members": {Value: b.members}, "qualified": count(b.qualified), "deals": count(b.deals), "amount": money(b.amount, b.deals),
		"won": count(b.won), "won_revenue": money(b.revenue, b.won)}
	if b.timed > 0 {
		f["days_to_win"] = record.Measure{Value: b.days.DivRound(decimal.NewFromInt(b.timed), 4)} // parts are in millionths
	}
	if key == "" { // nobody is touched by nothing
		f["members"] = record.Measure{}
	}
	r.Values = f.line()
	return r
}

// touches is the condition of touches of a line; without a key of those of any.
func (by touchKey) touches(key string, said []string) string {
	switch {
	case key == "":
		return by.field + " is not empty"
	case by.field == bySource.field:
		return by.field + ` = "` + key + `"`
	}
	texts := make([]string, len(said))
	for i, text := range said {
		texts[i] = literal(text)
	}
	return by.field + " in (" + strings.Join(texts, ", ") + ")"
}

// member is the condition of leads that were touched by what a line is of, first
// or later; without a key by anything.
func (by touchKey) member(key string, said []string) string {
	return "any(touches, " + by.touches(key, said) + ")"
}

// The conditions of the first and the last touch of a lead. One of an older program
// that has not been looked at yet (MarkedTouches) goes by its moment.
const (
	isFirst = "(first_of_lead = true or first_of_lead is empty and at = lead.first_touch_at)"
	isLast  = "(last_of_lead = true or last_of_lead is empty and at = lead.last_touch_at)"
)

// filter is the condition of the leads that have a part in a line.
func (by touchKey) filter(key, model string, said []string) string {
	is := by.touches(key, said)
	if key == "" {
		is = by.field + " is empty"
	}
	switch model {
	case firstTouch:
		is += " and " + isFirst
	case lastTouch:
		is += " and " + isLast
	}
	is = "any(touches, " + is + ")"
	if key == "" {
		return "(" + is + " or " + untouched + ")"
	}
	return is
}

// evenOut rounds parts of leads and deals to hundredths so that they add up to the
// whole: what rounding down leaves goes to those that lost most by it.
func evenOut(t *report.Table) {
	for col := range t.Columns {
		if _, counts := t.Total.Values[col].Value.(int64); !counts {
			continue
		}
		left := decimal.NewFromInt(whole(t.Total.Values[col]))
		type lost struct {
			row  int
			rest decimal.Decimal
		}
		var parts []lost
		for i := range t.Rows {
			n, ok := t.Rows[i].Values[col].Value.(decimal.Decimal)
			if !ok {
				continue
			}
			down := n.Truncate(2)
			t.Rows[i].Values[col].Value = down
			left = left.Sub(down)
			parts = append(parts, lost{i, n.Sub(down)})
		}
		slices.SortStableFunc(parts, func(a, b lost) int { return b.rest.Cmp(a.rest) })
		cent := decimal.New(1, -2)
		for i := 0; i < len(parts) && left.GreaterThanOrEqual(cent); i++ {
			v := &t.Rows[parts[i].row].Values[col]
			v.Value = v.Value.(decimal.Decimal).Add(cent)
			left = left.Sub(cent)
		}
	}
}
