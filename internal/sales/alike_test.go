package sales_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Two customers, teams and colleagues of one name are two lines in each
// report, each with its own figures and leading to its own records, as of a past
// day, too; a report that was saved by the name tells them apart as well.
func TestReportsTellRecordsOfOneNameApart(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		for i := range 2 {
			named := func(object string, v record.Values) value.ID {
				v["name"] = "Twin"
				return k.Create(t, k.Ada, object, v)
			}
			lead, team := named("member", record.Values{}), named("team", record.Values{})
			owner := named("member", record.Values{"manager": lead, "team": team})
			account := named("account", record.Values{"owner": owner, "parent": named("account", record.Values{"owner": owner})})
			for range i + 1 {
				deal := k.Create(t, k.Ada, "deal", record.Values{"name": "Deal", "owner": owner, "account": account, "close_date": "2026-04-01"})
				k.Create(t, k.Ada, "lead", record.Values{"name": "Lead", "email": fmt.Sprintf("a%d@home.example", deal), "owner": owner, "source": "web"})
				k.Create(t, k.Ada, "activity", record.Values{"subject": "x", "kind": "call", "owner": owner, "done": true, "about": []schema.Ref{{Object: "deal", ID: deal}}})
				k.Pass(time.Minute)
				k.Write(t, k.Ada, func(s *record.Session) error {
					_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"close_date": "2026-04-05"})
					return err
				})
				k.Pass(time.Minute)
				k.Write(t, k.Ada, func(s *record.Session) (err error) {
					if i == 1 {
						_, err = sales.Move(t.Context(), s, sales.Step{Deal: deal, Kind: sales.Lost, Close: sales.Close{Reason: "price"}})
					}
					return err
				})
			}
		}
		apart := func(name string, p report.Params, column string) {
			t.Helper()
			table, _ := reported(t, k, k.Ada, name, p)
			var got []int64
			k.Read(t, k.Ada, func(s *record.Session) error {
				for _, r := range table.Rows {
					if !slices.Contains(r.Labels, "Twin") {
						continue
					}
					m, _ := table.Value(r, column)
					n, _ := m.Value.(int64)
					got = append(got, n)
					if column == "moves" && !p.AsOf.IsZero() {
						continue // a page lists these
					}
					behind, ok := table.BehindOf(r, slices.IndexFunc(table.Columns, func(c report.Column) bool { return c.Name == column }))
					if !ok {
						t.Errorf("%s: %v leads nowhere", name, r.Labels)
						continue
					}
					page, err := s.Query(t.Context(), record.Query{Object: behind.Object, Filter: behind.Filter})
					if err != nil {
						return err
					}
					if int64(len(page.Records)) != n {
						t.Errorf("%s: behind %d are %d records", name, n, len(page.Records))
					}
				}
				return nil
			})
			slices.Sort(got)
			want := []int64{1, 2}
			if name == "lost-by-reason" {
				want = []int64{2}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v: %v", name, got, want, table.Rows)
			}
		}
		for name, column := range map[string]string{"deals-by-owner": "deals", "deals-by-manager": "deals", "deals-by-team": "deals", "deals-by-account": "deals", "deals-by-parent-account": "deals",
			"lost-by-reason": "lost", "leads-by-owner": "leads", "lead-conversion": "leads", "speed-to-lead": "leads", "activity-by-person": "activities", "slippage": "deals"} {
			apart(name, report.Params{}, column)
		}
		apart("slippage", report.Params{AsOf: k.Now()}, "moves")
		saved := k.Create(t, k.Ada, "report", record.Values{"name": "Mine", "object": "deal", "group": "account.name, stage.name", "measures": "count", "sort": "-account.name"})
		table, _ := reported(t, k, k.Ada, saved.String(), report.Params{})
		if len(table.Rows) != 2 || strings.Join(table.Groups, " ") != "account stage.name" || table.Rows[0].Labels[0] != "Twin" {
			t.Errorf("saved: %v %+v", table.Groups, table.Rows)
		}
	})
}
