package sales_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/apptest"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// wins makes a customer of each number of months back, won then.
func wins(t *testing.T, k *apptest.Kit, back ...int) (month value.Date) {
	t.Helper()
	var won value.ID
	k.Read(t, k.Ada, func(s *record.Session) error {
		month = s.Today().MonthStart()
		page, err := s.Query(t.Context(), record.Query{Object: "stage", Filter: `kind = "won"`, Limit: 1})
		won = page.Records[0].ID
		return err
	})
	for i, n := range back {
		firm := k.Create(t, k.Rita, "account", record.Values{"name": fmt.Sprint("Firm ", i)})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Deal", "account": firm, "amount": "100"})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"stage": won, "close_date": month.AddMonths(-n)})
			return err
		})
	}
	return month
}

// A month of customers stands beside the month of the other period, with the list
// behind it, whether that is a year or twelve months before.
func TestCustomerGrowthIsCompared(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		month := wins(t, k, 1, 2, 13)
		for _, way := range []string{report.PreviousPeriod, report.LastYear} {
			table, _ := reported(t, k, k.Ada, "customer-growth", report.Params{Compare: way})
			n := 0
			for _, r := range table.Rows {
				if r.Gone {
					t.Errorf("%s: %v has a line of its own", way, r.Labels)
				}
				if r.Ahead {
					continue
				}
				n++
				if len(r.Before) != 3 || len(r.BeforeBehind) != 3 {
					t.Errorf("%s: nothing beside %v", way, r.Labels)
					continue
				}
				want := int64(0)
				if r.Keys[0] == month.AddMonths(-1) {
					want = 1
				}
				if r.Before[0].Value != want || report.Size(r.Values[0]) < float64(want) {
					t.Errorf("%s: %v beside %v in %v", way, r.Values[0].Value, r.Before[0].Value, r.Labels)
				}
				k.Read(t, k.Ada, func(s *record.Session) error {
					got, _, err := s.Count(t.Context(), record.Query{Object: "account", Filter: r.BeforeBehind[0].Filter})
					if err == nil && got != want {
						t.Errorf("%s: %d listed of the month before %v", way, got, r.Labels)
					}
					return err
				})
			}
			if n != 12 {
				t.Errorf("%s: %d months", way, n)
			}
		}
	})
}

// For each working day counts and sums are told of reports that are worked out, all of
// them or none; a place is no measure.
func TestReportsWorkedOutAreToldPerDay(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		month := wins(t, k, 1, 1, 2)
		p := report.Params{From: month.AddMonths(-1), To: month.AddDays(-1), Compare: report.PreviousPeriod, PerDay: true}
		each := func(n int64, days int) string {
			return decimal.NewFromInt(n).DivRound(decimal.NewFromInt(int64(days)), 2).String()
		}
		for name, columns := range map[string][]string{"ranking": {"won"}, "efficiency": {"closed", "won"}} {
			table, rows := reported(t, k, k.Ada, name, p)
			r, x := rows["[Rita]"], table.Before
			if x.Days < 15 || len(r.Before) == 0 {
				t.Fatalf("%s: %+v of %d days", name, r, x.Days)
			}
			for _, c := range columns {
				equal(t, name+" "+c, shown(table, r, c), each(2, x.Days))
				equal(t, name+" "+c+" before", shown(table, report.Row{Values: r.Before}, c), each(1, x.DaysBefore))
			}
			equal(t, name+" revenue", shown(table, r, "won_revenue"), value.Money{Minor: decimal.NewFromInt(20000).DivRound(decimal.NewFromInt(int64(x.Days)), 0).IntPart(), Currency: "EUR"}.String())
			if name == "ranking" {
				equal(t, "the first", shown(table, r, "place"), "1")
				k.Read(t, k.Ada, func(s *record.Session) error {
					spec, err := k.App.Reports().Find(t.Context(), s, name)
					if err != nil {
						return err
					}
					w, err := report.Worded(s, i18n.FormatFor("en"), spec, table)
					if err == nil && (w.ChangeOf(r, 0) != "" || w.ChangeOf(r, 1) == "") {
						t.Errorf("a place changed by %q, revenue by %q", w.ChangeOf(r, 0), w.ChangeOf(r, 1))
					}
					return err
				})
			}
		}
		for _, name := range []string{"target-attainment", "forecast-against-quota"} {
			if table, _ := reported(t, k, k.Ada, name, p); table.Before.Days != 0 {
				t.Errorf("%s: nothing is divided, and it says by %d days", name, table.Before.Days)
			}
		}
	})
}

// A ready report stands beside the month before and the year before, told for each
// working day: February of both years had 20, January 22. A rate and an average stay.
func TestAReadyReportIsToldPerDay(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		month := wins(t, k, 1, 1, 2, 13) // today is in March 2026
		p := report.Params{From: month.AddMonths(-1), To: month.AddDays(-1), PerDay: true}
		for way, want := range map[string]string{report.PreviousPeriod: "20 22; 0.1 10.00_EUR 1 100.00_EUR; 0.05 4.55_EUR 1 100.00_EUR", report.LastYear: "20 20; 0.1 10.00_EUR 1 100.00_EUR; 0.05 5.00_EUR 1 100.00_EUR"} {
			p.Compare = way
			table, rows := reported(t, k, k.Ada, "deals-by-owner", p)
			told := func(values []record.Measure) string {
				var list []record.Measure
				for _, name := range []string{"won", "won_revenue", "win_rate", "avg_won"} {
					m, _ := table.Value(report.Row{Values: values}, name)
					list = append(list, m)
				}
				return figuresOf(report.Row{Values: list})
			}
			r := rows["[Rita]"]
			if got := fmt.Sprintf("%d %d; %s; %s", table.Before.Days, table.Before.DaysBefore, told(r.Values), told(r.Before)); got != want {
				t.Errorf("%s:\n got %s\nwant %s", way, got, want)
			}
		}
	})
}

// Quarters are those of the fiscal year.
func TestQuartersAreFiscal(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		firm := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "Pump", "price": "10"})
		for _, day := range []string{"2026-02-10", "2026-04-20"} {
			deal := k.Create(t, k.Rita, "deal", record.Values{"name": day, "account": firm, "close_date": day})
			k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "product": pump})
		}
		for start, want := range map[int][2]string{1: {"[2026-Q1 2026-Q2]", "Q1 2026, Quarter"}, 2: {"[FY2027-Q1]", "Q1 FY2027, Fiscal quarter"}} {
			k.Write(t, k.Ada, func(s *record.Session) error {
				return s.ChangeSettings(t.Context(), func(x *record.Settings) { x.FiscalStart = start })
			})
			for i, name := range []string{"deals-by-quarter", "revenue-by-product-and-quarter"} {
				table, _ := reported(t, k, k.Ada, name, report.Params{})
				var labels []string
				for _, r := range table.Rows {
					labels = append(labels, r.Labels[i])
				}
				equal(t, fmt.Sprint(name, " from month ", start), fmt.Sprint(labels), want[0])
				k.Read(t, k.Ada, func(s *record.Session) error {
					spec, err := k.App.Reports().Find(t.Context(), s, name)
					if err != nil {
						return err
					}
					w, err := report.Worded(s, i18n.FormatFor("en"), spec, table)
					if err == nil {
						equal(t, name+" in words", w.Label(table.Rows[0], i)+", "+w.Head(i), want[1])
					}
					return err
				})
			}
		}
	})
}
