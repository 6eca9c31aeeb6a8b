package sales_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/dedupe"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// reported runs a report and finds its rows by their labels.
func reported(t *testing.T, k *apptest.Kit, who value.ID, name string, p report.Params) (table *report.Table, rows map[string]report.Row) {
	t.Helper()
	rows = map[string]report.Row{}
	k.Read(t, who, func(s *record.Session) (err error) {
		if table, err = k.App.Reports().Run(t.Context(), s, name, p); err != nil {
			return err
		}
		for _, r := range table.Rows {
			rows[fmt.Sprint(r.Labels)] = r
		}
		return nil
	})
	return table, rows
}

// shown is a figure of a row as text.
func shown(t *report.Table, r report.Row, column string) string {
	m, ok := t.Value(r, column)
	if !ok {
		return "no such column"
	}
	return fmt.Sprint(m.Value)
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	expect(t, what, []string{got}, want)
}

// Targets, attainment, ranking and the report against quota count a shared deal by
// one rule, and all together have what it amounts to.
func TestSharedDealsCountByOneRule(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		k.Create(t, k.Rita, "deal_member", record.Values{"deal": x.deal, "member": k.Max, "credit": "25"})
		if err := x.move(stepTo(x, "Won", record.Values{"amount": "1000"})); err != nil {
			t.Fatal(err)
		}
		var today value.Date
		k.Read(t, k.Ada, func(s *record.Session) error { today = s.Today(); return nil })
		quarter := value.PeriodOf(value.Quarter, today, 1).String()
		for who, amount := range map[value.ID]string{k.Rita: "1500", k.Max: "500", 0: "5000"} {
			v := record.Values{"measure": goal.WonRevenue, "period": quarter, "amount": amount}
			if who != 0 {
				v["member"] = who
			}
			k.Create(t, k.Ada, "target", v)
		}
		open := k.Create(t, k.Rita, "deal", record.Values{"name": "Open", "account": k.Create(t, k.Rita, "account", record.Values{"name": "Else"}), "amount": "400", "close_date": today.AddDays(1), "probability": "50", "forecast": "commit"})
		k.Create(t, k.Rita, "deal_member", record.Values{"deal": open, "member": k.Max, "credit": "50"})
		for rule, want := range map[string]map[string][3]string{
			record.CreditByShare: {"Rita": {"750.00 EUR", "200.00 EUR", "850.00 EUR"}, "Max": {"250.00 EUR", "200.00 EUR", "350.00 EUR"}},
			record.CreditOwner:   {"Rita": {"1000.00 EUR", "400.00 EUR", "1200.00 EUR"}, "Max": {"0.00 EUR", "0.00 EUR", "0.00 EUR"}},
		} {
			k.Write(t, k.Ada, func(s *record.Session) error {
				return s.ChangeSettings(t.Context(), func(to *record.Settings) { to.Credit = rule })
			})
			attained, rows := reported(t, k, k.Ada, "target-attainment", report.Params{})
			quota, against := reported(t, k, k.Ada, "forecast-against-quota", report.Params{})
			ranking, _ := reported(t, k, k.Ada, "ranking", report.Params{})
			earned := map[string]string{}
			for _, r := range ranking.Rows {
				earned[r.Labels[0]] = shown(ranking, r, "won_revenue")
			}
			for name, figures := range want {
				key := fmt.Sprint([]string{name, goal.WonRevenue, quarter})
				equal(t, rule+" attained by "+name, shown(attained, rows[key], "actual"), figures[0])
				equal(t, rule+" commit of "+name, shown(quota, against[key], "commit"), figures[1])
				equal(t, rule+" weighted of "+name, shown(quota, against[key], "weighted"), figures[2])
				if figures[0] != "0.00 EUR" {
					equal(t, rule+" rank of "+name, earned[name], figures[0])
				}
				listed(t, k, rows[key].Behind[1], figures[0] != "0.00 EUR")
			}
			for _, r := range attained.Rows {
				if r.Keys[0] == value.ID(0) {
					equal(t, rule+" the company", shown(attained, r, "actual"), "1000.00 EUR")
				}
			}
		}
	})
}

// listed tells whether records stand behind a figure.
func listed(t *testing.T, k *apptest.Kit, b report.Behind, some bool) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		n, _, err := s.Count(t.Context(), record.Query{Object: b.Object, Filter: b.Filter})
		if err == nil && (n > 0) != some {
			t.Errorf("%d records behind %s", n, b.Filter)
		}
		return err
	})
}

// A report on targets is narrowed by period and by whose they are, says why there
// is no percentage, and stands beside the period before. A rep sees his own.
func TestTargetAttainmentAsAReport(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		var today value.Date
		k.Read(t, k.Ada, func(s *record.Session) error { today = s.Today(); return nil })
		month := value.PeriodOf(value.Month, today, 1)
		rita := k.Create(t, k.Ada, "target", record.Values{"member": k.Rita, "measure": goal.NewDeals, "period": month.String(), "number": 4})
		k.Create(t, k.Ada, "target", record.Values{"member": k.Rita, "measure": goal.NewDeals, "period": month.Prev().String(), "number": 2})
		k.Create(t, k.Ada, "target", record.Values{"member": k.Max, "measure": goal.WonRevenue, "period": month.String(), "amount": "0"})
		k.Create(t, k.Ada, "target", record.Values{"member": k.Max, "measure": goal.NewDeals, "period": value.PeriodOf(value.Year, today, 1).String(), "number": 9})
		k.Create(t, k.Rita, "deal", record.Values{"name": "Fresh", "account": k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})})
		p := report.Params{From: month.First(), To: month.Last(), Compare: report.PreviousPeriod}
		table, rows := reported(t, k, k.Ada, "target-attainment", p)
		r := rows[fmt.Sprint([]string{"Rita", goal.NewDeals, month.String()})]
		equal(t, "of one month", fmt.Sprint(len(table.Rows)), "2")
		equal(t, "attained", shown(table, r, "attained"), "0.25")
		if r.Behind[0].Filter != `id = "`+rita.String()+`"` || len(r.Before) == 0 || r.Before[0].Value != int64(2) {
			t.Errorf("beside the month before: %+v", r)
		}
		zero := rows[fmt.Sprint([]string{"Max", goal.WonRevenue, month.String()})]
		equal(t, "a target of zero", shown(table, zero, "note")+shown(table, zero, "attained"), goal.Zero+"<nil>")
		if table, _ := reported(t, k, k.Rita, "target-attainment", report.Params{}); len(table.Rows) == 0 {
			t.Error("a rep sees nothing of his own")
		} else {
			for _, r := range table.Rows {
				if r.Labels[0] != "Rita" {
					t.Errorf("a rep sees the target of %s", r.Labels[0])
				}
			}
		}
		if table, _ := reported(t, k, k.Olga, "target-attainment", report.Params{}); len(table.Rows) != 0 || len(table.Columns) == 0 {
			t.Errorf("who has no target sees %d", len(table.Rows))
		}
	})
}

// Merging two customers into one loses none, in the month of the merge or later.
func TestMergedCustomersAreNoLoss(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		var today value.Date
		var won value.ID
		k.Read(t, k.Ada, func(s *record.Session) error {
			today = s.Today().MonthStart()
			page, err := s.Query(t.Context(), record.Query{Object: "stage", Filter: `kind = "won"`, Limit: 1})
			won = page.Records[0].ID
			return err
		})
		firms := map[string]value.ID{}
		for name, back := range map[string]int{"Left": -11, "Right": -2, "Gone": -13} {
			firms[name] = k.Create(t, k.Rita, "account", record.Values{"name": name, "industry": name})
			deal := k.Create(t, k.Rita, "deal", record.Values{"name": name, "account": firms[name], "amount": "10", "close_date": today.AddMonths(back)})
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"stage": won, "close_date": today.AddMonths(back)})
				return err
			})
		}
		of := func(filter string) (lost, active, made int64) {
			table, _ := reported(t, k, k.Ada, "customer-growth", report.Params{Filter: filter})
			for _, r := range table.Rows {
				if r.Ahead {
					continue
				}
				for i, at := range []*int64{&made, &active, &lost} {
					n := r.Values[i].Value.(int64)
					if i == 1 {
						*at = n // of the last month
					} else {
						*at += n
					}
					k.Read(t, k.Ada, func(s *record.Session) error {
						got, _, err := s.Count(t.Context(), record.Query{Object: "account", Filter: r.Behind[i].Filter})
						if err == nil && got != n {
							t.Errorf("%s %v: %d, listed %d", table.Columns[i].Name, r.Labels, n, got)
						}
						return err
					})
				}
			}
			return lost, active, made
		}
		if lost, active, made := of(""); lost != 1 || active != 2 || made != 2 {
			t.Errorf("lost %d, active %d, new %d", lost, active, made)
		}
		if lost, active, made := of(`industry = "Right"`); lost != 0 || active != 1 || made != 1 {
			t.Errorf("of one: lost %d, active %d, new %d", lost, active, made)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := dedupe.Merge(context.WithoutCancel(t.Context()), s, dedupe.Order{Object: "account", Winner: firms["Left"], Loser: firms["Right"]})
			return err
		})
		if lost, active, made := of(""); lost != 1 || active != 1 || made != 1 {
			t.Errorf("merged: lost %d, active %d, new %d", lost, active, made)
		}
	})
}

// Targets of another fiscal calendar are on no board of today's: the reports say how
// many they leave out, and lead to them.
func TestTargetsOfAnotherCalendarAreNamed(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		id := k.Create(t, k.Ada, "target", record.Values{"measure": goal.WonRevenue, "period": "2026-Q1", "amount": "500", "member": k.Rita})
		p := report.Params{From: day(t, "2025-01-01"), To: day(t, "2026-12-31")}
		if table, rows := reported(t, k, k.Ada, "target-attainment", p); len(rows) != 1 || len(table.Notes) != 0 {
			t.Errorf("%v, notes %v", rows, table.Notes)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			return s.ChangeSettings(t.Context(), func(to *record.Settings) { to.FiscalStart = 2 })
		})
		for _, name := range []string{"target-attainment", "forecast-against-quota"} {
			table, rows := reported(t, k, k.Ada, name, p)
			if len(rows) != 0 || len(table.Notes) != 1 || table.Notes[0].Object != "target" {
				t.Errorf("%s: %v, notes %+v", name, rows, table.Notes)
				continue
			}
			k.Read(t, k.Ada, func(s *record.Session) error {
				page, err := s.Query(t.Context(), record.Query{Object: "target", Filter: table.Notes[0].Filter})
				if err != nil || len(page.Records) != 1 || page.Records[0].ID != id {
					t.Errorf("the note of %s leads to %+v: %v", name, page, err)
				}
				return nil
			})
		}
	})
}

// Where no stage stands out the report of weak spots says so, or that there is too
// little to tell.
func TestWeakSpotsSayWhyThereAreNone(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		table, rows := reported(t, k, k.Ada, "weak-spots", report.Params{})
		if len(rows) != 0 || !strings.HasPrefix(table.None, "There is too little to tell") {
			t.Errorf("%v, %q", rows, table.None)
		}
		k.Plant(t, apptest.Planting{Seed: 5, Deals: 1500})
		if table, _ = reported(t, k, k.Ada, "weak-spots", report.Params{}); !strings.HasPrefix(table.None, "Nothing stands out") {
			t.Errorf("of many deals it says %q", table.None)
		}
	})
}
