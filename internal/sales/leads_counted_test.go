package sales_test

import (
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// A lead that one made, another was given and a third converted counts with each by
// the rule that is chosen, and never with two; so it does by source.
func TestLeadsThatWerePassedOnCountByTheRule(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		for name, x := range map[string]struct {
			source               string
			maker, owner, closer value.ID
			status, amount, deal string
		}{
			"all three": {"web", k.Rita, k.Max, k.Bob, sales.Converted, "100", sales.Won},
			"given up":  {"web", k.Rita, k.Max, k.Max, sales.Disqualified, "", ""},
			"qualified": {"phone", k.Max, k.Max, 0, sales.Qualified, "", ""},
			"his own":   {"phone", k.Rita, k.Rita, k.Rita, sales.Converted, "50", sales.Open},
			"passed on": {"web", k.Rita, k.Max, k.Max, sales.Converted, "30", sales.Won},
		} {
			id := k.Create(t, x.maker, "lead", record.Values{"name": name, "email": strings.ReplaceAll(name, " ", "") + "@home.example", "source": x.source})
			k.Pass(time.Minute)
			change := func(who value.ID, v record.Values) {
				k.Write(t, who, func(s *record.Session) error { _, err := s.Update(t.Context(), "lead", id, 0, v); return err })
			}
			if x.owner != x.maker {
				change(k.Bob, record.Values{"owner": x.owner})
			}
			switch x.status {
			case sales.Qualified:
				change(x.owner, record.Values{"status": x.status})
			case sales.Disqualified:
				change(x.owner, record.Values{"status": x.status, "lost_reason": "no_budget"})
			default:
				k.Write(t, x.closer, func(s *record.Session) error {
					c, err := sales.Convert(t.Context(), s, id, sales.Options{Deal: record.Values{"amount": x.amount}})
					if err == nil && x.deal == sales.Won {
						_, err = sales.Win(t.Context(), s, c.Deal, 0, sales.Close{})
					}
					return err
				})
			}
		}
		// leads, qualified, converted, disqualified, conversion, won, won revenue
		for name, want := range map[string]map[string]string{
			"leads-by-owner":               {"Max": "4 3 2 1 0.5 2 130.00_EUR", "Rita": "1 1 1 0 1 0 -"},
			"leads-by-creator":             {"Rita": "4 3 3 1 0.75 2 130.00_EUR", "Max": "1 1 0 0 0 0 -"},
			"leads-by-converter":           {"Bob": "1 1 1 0 1 1 100.00_EUR", "Rita": "1 1 1 0 1 0 -", "Max": "1 1 1 0 1 1 30.00_EUR", "": "2 1 0 1 0 0 -"},
			"lead-conversion":              {"Max/Web": "3 2 2 1 0.666667 2 130.00_EUR", "Max/Phone": "1 1 0 0 0 0 -", "Rita/Phone": "1 1 1 0 1 0 -"},
			"lead-conversion-by-creator":   {"Rita/Web": "3 2 2 1 0.666667 2 130.00_EUR", "Max/Phone": "1 1 0 0 0 0 -", "Rita/Phone": "1 1 1 0 1 0 -"},
			"lead-conversion-by-converter": {"Bob/Web": "1 1 1 0 1 1 100.00_EUR", "Rita/Phone": "1 1 1 0 1 0 -", "Max/Web": "1 1 1 0 1 1 30.00_EUR", "/Web": "1 0 0 1 0 0 -", "/Phone": "1 1 0 0 0 0 -"},
		} {
			table, _ := reported(t, k, k.Ada, name, report.Params{})
			for _, r := range table.Rows {
				label := strings.Join(r.Labels, "/")
				equal(t, name+": "+label, figuresOf(r), want[label])
				for col, c := range table.Columns[:4] {
					b, _ := table.BehindOf(r, col)
					k.Read(t, k.Ada, func(s *record.Session) error {
						n, _, err := s.Count(t.Context(), record.Query{Object: "lead", Filter: b.Filter, Count: record.CountExact})
						if err == nil && n != r.Values[col].Value {
							t.Errorf("%s, %s: %v %s, %d listed", name, label, r.Values[col].Value, c.Name, n)
						}
						return err
					})
				}
			}
			if len(table.Rows) != len(want) {
				t.Errorf("%s: %d lines", name, len(table.Rows))
			}
			equal(t, name+" in all", figuresOf(*table.Total), "5 4 3 1 0.6 2 130.00_EUR")
		}
	})
}
