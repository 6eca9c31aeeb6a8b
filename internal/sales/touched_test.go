package sales_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
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
		second := oldLead(t, k, record.Values{"name": "Bo", "email": "bo@home.example"})
		touches(second, record.Values{"source": fair})
		oldLead(t, k, record.Values{"name": "From nowhere", "email": "no@home.example"})
		k.Pass(time.Hour)
		k.Write(t, k.Ada, func(s *record.Session) error {
			c, err := sales.Convert(t.Context(), s, first, sales.Options{Deal: record.Values{"amount": "100.01", "started_on": today.AddDays(-5)}})
			if err == nil {
				_, err = sales.Win(t.Context(), s, c.Deal, 0, sales.Close{})
			}
			if err == nil {
				_, err = sales.Convert(t.Context(), s, second, sales.Options{Deal: record.Values{"amount": "50"}})
			}
			return err
		})
		// leads, members, deals, amount, won, won revenue, cost
		for name, want := range map[string]map[string]string{
			"lead-attribution":          {"Ads": "1 1 1 100.01 EUR 1 100.01 EUR 100.00 EUR", "Fair": "1 2 1 50.00 EUR 0 <nil> 30.00 EUR", "": "1 <nil> 0 <nil> 0 <nil> 7.00 EUR"},
			"lead-attribution-last":     {"Ads": "1 1 1 100.01 EUR 1 100.01 EUR 100.00 EUR", "Fair": "1 2 1 50.00 EUR 0 <nil> 30.00 EUR", "": "1 <nil> 0 <nil> 0 <nil> 7.00 EUR"},
			"lead-attribution-even":     {"Ads": "0.67 1 0.67 66.67 EUR 0.67 66.67 EUR 100.00 EUR", "Fair": "1.33 2 1.33 83.34 EUR 0.33 33.34 EUR 30.00 EUR", "": "1 <nil> 0 <nil> 0 <nil> 7.00 EUR"},
			"channel-attribution":       {"Banner": "1 1 1 100.01 EUR 1 100.01 EUR <nil>", "Hall 3": "0 1 0 <nil> 0 <nil> <nil>", "": "2 <nil> 1 50.00 EUR 0 <nil> 137.00 EUR"},
			"channel-attribution-even":  {"Banner": "0.67 1 0.67 66.67 EUR 0.67 66.67 EUR <nil>", "Hall 3": "0.33 1 0.33 33.34 EUR 0.33 33.34 EUR <nil>", "": "2 <nil> 1 50.00 EUR 0 <nil> 137.00 EUR"},
			"campaign-attribution-last": {"Spring": "1 1 1 100.01 EUR 1 100.01 EUR 100.00 EUR", "": "2 <nil> 1 50.00 EUR 0 <nil> 37.00 EUR"},
			"campaign-attribution-even": {"Spring": "0.67 1 0.67 66.67 EUR 0.67 66.67 EUR 100.00 EUR", "": "2.33 <nil> 1.33 83.34 EUR 0.33 33.34 EUR 37.00 EUR"},
		} {
			table, rows := reported(t, k, k.Ada, name, report.Params{})
			sums := map[string]decimal.Decimal{}
			for _, r := range table.Rows {
				equal(t, name+" "+r.Labels[0], shownAll(table, r, "leads", "members", "deals", "amount", "won", "won_revenue", "cost"), want[r.Labels[0]])
				addAll(sums, table, r)
				listsWhole(t, k, k.Ada, table, r)
				if r.Labels[0] == "" { // costs of nothing known did not bring leads of unknown origin
					equal(t, name+" of nothing known", shownAll(table, r, "cost_per_lead", "return"), "<nil> <nil>")
				}
			}
			listsWhole(t, k, k.Ada, table, *table.Total)
			for figure, all := range map[string]string{"leads": "3", "deals": "2", "won": "1", "amount": "150.01", "won_revenue": "100.01"} {
				equal(t, name+" adds up: "+figure, sums[figure].String(), all)
			}
			touched := map[bool]string{true: "1", false: "2"}[strings.HasPrefix(name, "c")]
			if len(rows) != len(want) {
				t.Errorf("%s: %d lines", name, len(rows))
			}
			equal(t, name+" in all", shownAll(table, *table.Total, "leads", "members", "deals", "amount", "won", "won_revenue", "cost"), "3 "+touched+" 2 150.01 EUR 1 100.01 EUR 137.00 EUR")
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

// shownAll are figures of a row as text.
func shownAll(t *report.Table, r report.Row, columns ...string) string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = shown(t, r, c)
	}
	return strings.Join(texts, " ")
}

// addAll adds the figures of a row.
func addAll(to map[string]decimal.Decimal, t *report.Table, r report.Row) {
	for i, c := range t.Columns {
		switch n := r.Values[i].Value.(type) {
		case int64:
			to[c.Name] = to[c.Name].Add(decimal.NewFromInt(n))
		case decimal.Decimal:
			to[c.Name] = to[c.Name].Add(n)
		case value.Money:
			to[c.Name] = to[c.Name].Add(n.Decimal())
		}
	}
}

// listsWhole tells whether as many leads, members and deals stand behind a line as it
// has, where it has whole ones, and how much those deals amount to.
func listsWhole(t *testing.T, k *apptest.Kit, who value.ID, table *report.Table, r report.Row) {
	t.Helper()
	for col, c := range table.Columns {
		b, ok := table.BehindOf(r, col)
		if !ok {
			continue
		}
		k.Read(t, who, func(s *record.Session) error {
			got, err := s.Aggregate(t.Context(), record.Aggregate{Object: b.Object, Filter: b.Filter, Measures: []string{"count", map[string]string{"deal": "sum:amount", "lead": "count"}[b.Object]}})
			if err != nil {
				t.Errorf("%s of %s: %v", c.Name, r.Labels, err)
				return nil
			}
			want, is := r.Values[col].Value, got.Total.Values[0].Value
			switch want.(type) {
			case value.Money:
				if is = got.Total.Values[1].Value; len(r.Labels) > 0 && strings.HasSuffix(table.Name, "-even") {
					is = want
				}
			case int64:
			default:
				is = want
			}
			if is != want {
				t.Errorf("%s, %s: %s %v, the list %s has %v", table.Name, r.Labels, c.Name, want, b.Filter, is)
			}
			return nil
		})
	}
}

// Members and deals of a report are those that its reader sees, and so are the lists
// behind them.
func TestAttributionIsOfWhatItsReaderSees(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		k.Write(t, k.Ada, func(s *record.Session) error {
			for _, name := range []string{"lead", "deal"} {
				if err := access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject(name), access.Private); err != nil {
					return err
				}
			}
			return nil
		})
		for i, owner := range []value.ID{k.Rita, k.Rita, k.Max} {
			id := k.Create(t, k.Ada, "lead", record.Values{"name": fmt.Sprint("Lead ", i), "email": fmt.Sprint("l", i, "@home.example"), "source": "web", "owner": owner})
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := sales.Convert(t.Context(), s, id, sales.Options{Deal: record.Values{"amount": "10", "owner": []value.ID{owner, k.Max, owner}[i]}})
				return err
			})
		}
		for who, want := range map[value.ID]string{k.Ada: "3 3 3 30.00 EUR", k.Rita: "2 2 1 10.00 EUR"} {
			for _, name := range []string{"lead-attribution", "lead-attribution-last", "lead-attribution-even", "channel-attribution"} {
				table, _ := reported(t, k, who, name, report.Params{})
				equal(t, name, shownAll(table, *table.Total, "leads", "members", "deals", "amount"), want)
				sums := map[string]decimal.Decimal{}
				for _, r := range table.Rows {
					addAll(sums, table, r)
					listsWhole(t, k, who, table, r)
				}
				equal(t, name+" adds up", sums["leads"].String()+" "+sums["deals"].String()+" "+sums["amount"].String(), map[value.ID]string{k.Ada: "3 3 30", k.Rita: "2 1 10"}[who])
			}
		}
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
