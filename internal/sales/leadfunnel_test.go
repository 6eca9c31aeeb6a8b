package sales_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// A lead that is worked, qualified, converted and won is in every step; one that
// is converted straight away has passed the steps between only where the report
// says so; one that is lost is lost where it was.
func TestFromLeadToWon(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead := func(name string) value.ID {
			return k.Create(t, k.Rita, "lead", record.Values{"name": name, "email": strings.ToLower(name) + "@home.example"})
		}
		set := func(id value.ID, v record.Values) {
			k.Pass(time.Hour)
			k.Write(t, k.Rita, func(s *record.Session) error { _, err := s.Update(t.Context(), "lead", id, 0, v); return err })
		}
		convert := func(id value.ID) (deal value.ID) {
			k.Pass(time.Hour)
			k.Write(t, k.Rita, func(s *record.Session) error {
				out, err := sales.Convert(t.Context(), s, id, sales.Options{Deal: record.Values{"name": "Pumps", "amount": "10 EUR"}})
				if err == nil {
					deal = out.Deal
				}
				return err
			})
			return deal
		}
		all, straight, lost := lead("Ann"), lead("Bo"), lead("Cy")
		lead("Di")
		for _, status := range []string{sales.Working, sales.Qualified} {
			set(all, record.Values{"status": status})
		}
		set(lost, record.Values{"status": sales.Working})
		set(lost, record.Values{"status": sales.Disqualified, "lost_reason": "no_budget"})
		won := convert(all)
		convert(straight)
		k.Write(t, k.Rita, func(s *record.Session) error { _, err := sales.Win(t.Context(), s, won, 0, sales.Close{}); return err })

		got := func(name string) string {
			var list []string
			k.Read(t, k.Ada, func(s *record.Session) error {
				table, err := k.App.Reports().Run(t.Context(), s, name, report.Params{})
				if err != nil {
					return err
				}
				for _, r := range table.Rows {
					list = append(list, fmt.Sprint(r.Values[0].Value, "-", r.Values[1].Value, "-", r.Values[2].Value))
				}
				last := table.Rows[len(table.Rows)-1]
				n, _, err := s.Count(t.Context(), record.Query{Object: "lead", Filter: last.Filter})
				if fmt.Sprint(n) != fmt.Sprint(last.Values[0].Value) {
					t.Errorf("%d leads behind %v", n, last.Values[0].Value)
				}
				return err
			})
			return strings.Join(list, " ")
		}
		if text := got("lead-funnel"); text != "4-0-0.75 2-1-0.5 1-0-1 2-0-0.5 1-<nil>-<nil>" {
			t.Errorf("entered: %s", text)
		}
		if text := got("lead-funnel-passed"); text != "4-0-0.75 3-1-0.666667 2-0-1 2-0-0.5 1-<nil>-<nil>" {
			t.Errorf("passed: %s", text)
		}
	})
}
