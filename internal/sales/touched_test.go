package sales_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// What leads became is shared out among their touches by the model that is asked
// for, and adds up to the list of leads whichever it is; costs are of their days.
func TestAttributionAddsUp(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		var today value.Date
		k.Read(t, k.Ada, func(s *record.Session) error { today = s.Today(); return nil })
		ads := k.Create(t, k.Ada, "lead_source", record.Values{"name": "Ads", "way": "campaign"})
		fair := k.Create(t, k.Ada, "lead_source", record.Values{"name": "Fair", "way": "event"})
		spring := k.Create(t, k.Ada, "campaign", record.Values{"name": "Spring", "code": "spring-26"})
		cost := func(v record.Values) { k.Create(t, k.Ada, "source_cost", v) }
		cost(record.Values{"name": "Ten days", "source": ads, "campaign": spring, "amount": "100", "first_day": today.AddDays(-9), "last_day": today})
		cost(record.Values{"name": "A stand", "source": fair, "amount": "30", "first_day": today})
		cost(record.Values{"name": "Nobody knows", "amount": "7", "first_day": today})
		touches := func(lead value.ID, list ...record.Values) {
			for i, v := range list {
				v["lead"], v["at"] = lead, k.Now().Add(time.Duration(i)*time.Minute)
				k.Create(t, k.Ada, "touch", v)
			}
		}
		first := oldLead(t, k, record.Values{"name": "Ann", "email": "ann@home.example"})
		touches(first, record.Values{"source": ads, "channel": "Banner", "campaign": "Spring-26"}, record.Values{"source": fair, "channel": "Hall 3"}, record.Values{"source": ads, "channel": "banner", "campaign": "spring-26"})
		touches(oldLead(t, k, record.Values{"name": "Bo", "email": "bo@home.example"}), record.Values{"source": fair})
		oldLead(t, k, record.Values{"name": "From nowhere", "email": "no@home.example"})
		k.Pass(time.Hour)
		k.Write(t, k.Ada, func(s *record.Session) error {
			c, err := sales.Convert(t.Context(), s, first, sales.Options{Deal: record.Values{"amount": "100.01", "started_on": today.AddDays(-5)}})
			if err == nil {
				_, err = sales.Win(t.Context(), s, c.Deal, 0, sales.Close{})
			}
			return err
		})
		for name, want := range map[string]map[string]string{
			"lead-attribution":          {"Ads": "1 100.01 EUR 100.00 EUR", "Fair": "1 <nil> 30.00 EUR", "": "1 <nil> 7.00 EUR"},
			"lead-attribution-last":     {"Ads": "1 100.01 EUR 100.00 EUR", "Fair": "1 <nil> 30.00 EUR", "": "1 <nil> 7.00 EUR"},
			"lead-attribution-even":     {"Ads": "0.67 66.67 EUR 100.00 EUR", "Fair": "1.33 33.34 EUR 30.00 EUR", "": "1 <nil> 7.00 EUR"},
			"channel-attribution":       {"Banner": "1 100.01 EUR <nil>", "": "2 <nil> 137.00 EUR"},
			"channel-attribution-even":  {"Banner": "0.67 66.67 EUR <nil>", "Hall 3": "0.33 33.34 EUR <nil>", "": "2 <nil> 137.00 EUR"},
			"campaign-attribution-last": {"Spring": "1 100.01 EUR 100.00 EUR", "": "2 <nil> 37.00 EUR"},
			"campaign-attribution-even": {"Spring": "0.67 66.67 EUR 100.00 EUR", "": "2.33 33.34 EUR 37.00 EUR"},
		} {
			table, rows := reported(t, k, k.Ada, name, report.Params{})
			leads, revenue := decimal.Decimal{}, int64(0)
			for _, r := range table.Rows {
				got := shown(table, r, "leads") + " " + shown(table, r, "won_revenue") + " " + shown(table, r, "cost")
				equal(t, name+" "+r.Labels[0], got, want[r.Labels[0]])
				leads = leads.Add(decimal.RequireFromString(shown(table, r, "leads")))
				if m, ok := table.Value(r, "won_revenue"); ok && m.Value != nil {
					revenue += m.Value.(value.Money).Minor
				}
				listsWhole(t, k, table, r)
			}
			if len(rows) != len(want) || !leads.Equal(decimal.NewFromInt(3)) || revenue != 10001 {
				t.Errorf("%s: %d lines, %s leads, %d revenue", name, len(rows), leads, revenue)
			}
			equal(t, name+" in all", shown(table, *table.Total, "leads")+" "+shown(table, *table.Total, "cost"), "3 137.00 EUR")
		}
		part := func(from, to value.Date) string {
			table, rows := reported(t, k, k.Ada, "lead-attribution-even", report.Params{From: from, To: to})
			return shown(table, rows[fmt.Sprint([]string{"Ads"})], "cost")
		}
		equal(t, "three of ten days", part(today.AddDays(-12), today.AddDays(-7)), "30.00 EUR")
		equal(t, "the other seven", part(today.AddDays(-6), today), "70.00 EUR")
		table, _ := reported(t, k, k.Ada, "lead-attribution-even", report.Params{Filter: `name = "Ann"`})
		equal(t, "costs of some leads", shown(table, *table.Total, "cost"), "<nil>")
	})
}

// listsWhole tells whether as many leads stand behind a line as it has, where it has
// whole ones.
func listsWhole(t *testing.T, k *apptest.Kit, table *report.Table, r report.Row) {
	t.Helper()
	b, ok := table.BehindOf(r, 0)
	n, is := r.Values[0].Value.(int64)
	if !ok || !is {
		return
	}
	k.Read(t, k.Ada, func(s *record.Session) error {
		got, _, err := s.Count(t.Context(), record.Query{Object: "lead", Filter: b.Filter})
		if err == nil && got != n {
			t.Errorf("%s: %d leads, the list %s has %d", r.Labels[0], n, b.Filter, got)
		}
		return err
	})
}

func TestCostsThatAreNone(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		for field, v := range map[string]record.Values{
			"last_day": {"name": "Backwards", "amount": "1", "first_day": "2026-02-02", "last_day": "2026-02-01"},
			"amount":   {"name": "Less", "amount": "-1", "first_day": "2026-02-02"},
		} {
			err := k.Try(t.Context(), k.Ada, func(s *record.Session) error { _, err := s.Create(t.Context(), "source_cost", v); return err })
			if !refusedAt(err, field) {
				t.Errorf("%s: %v", field, err)
			}
		}
		if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "source_cost", record.Values{"name": "Mine", "amount": "1", "first_day": "2026-02-02"})
			return err
		}); err == nil {
			t.Error("a rep writes costs")
		}
	})
}
