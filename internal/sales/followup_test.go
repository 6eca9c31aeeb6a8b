package sales_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Per person stand the customers with the latest contact of any, the next one, how
// many are overdue and of how many nothing is planned; each count leads to as many.
func TestFollowUpByHand(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		firm := func(name string, owner value.ID) value.ID {
			return k.Create(t, k.Ada, "account", record.Values{"name": name, "owner": owner})
		}
		first, second, third := firm("First", k.Rita), firm("Second", k.Rita), firm("Third", k.Rita)
		other := firm("Other", k.Olga)
		k.Create(t, k.Ada, "account", record.Values{"name": "No customer", "owner": k.Rita, "kinds": []string{"supplier"}})
		act := func(about value.ID, kind, at string, done bool) value.ID {
			when, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			v := record.Values{"subject": "x", "kind": kind, "owner": k.Rita, "done": done, "about": []schema.Ref{{Object: "account", ID: about}}}
			if done {
				v["done_at"] = when
			} else {
				v["due_at"] = when
			}
			return k.Create(t, k.Ada, "activity", v)
		}
		act(first, "call", "2026-02-20T10:00:00Z", true)
		act(first, "call", "2026-02-10T10:00:00Z", true)
		late := act(first, "task", "2026-02-27T10:00:00Z", false)
		act(second, "meeting", "2026-02-25T10:00:00Z", true)
		act(second, "task", "2026-03-01T09:00:00Z", true) // no contact
		act(second, "call", "2026-03-10T10:00:00Z", false)
		act(second, "call", "2026-03-12T10:00:00Z", false)
		act(other, "mail", "2026-03-01T10:00:00Z", true)
		is := func(what string, want map[string]string) {
			t.Helper()
			table, rows := reported(t, k, k.Bob, "follow-up", report.Params{})
			got := map[string]string{}
			for label, r := range rows {
				got[strings.Trim(label, "[]")] = figuresOf(r)
				k.Read(t, k.Bob, func(s *record.Session) error {
					for _, col := range []int{0, 3, 4} {
						b, ok := table.BehindOf(r, col)
						n, _, err := s.Count(t.Context(), record.Query{Object: "account", Filter: b.Filter, Count: record.CountExact})
						if !ok || err != nil || r.Values[col].Value != n {
							t.Errorf("%s, %s: %v, and %d listed: %v", what, table.Columns[col].Name, r.Values[col].Value, n, err)
						}
					}
					return nil
				})
			}
			if !maps.Equal(got, want) {
				t.Errorf("%s:\n got %v\nwant %v", what, got, want)
			}
		}
		is("at first", map[string]string{"Rita": "3 2026-02-25T10:00:00Z 2026-02-27T10:00:00Z 1 1 0", "Olga": "1 2026-03-01T10:00:00Z - 0 1 0"})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "activity", late, 0, record.Values{"done": true})
			return err
		})
		act(third, "call", "2026-03-01T12:00:00Z", false)
		is("when it is done", map[string]string{"Rita": "3 2026-02-25T10:00:00Z 2026-03-01T12:00:00Z 1 1 0", "Olga": "1 2026-03-01T10:00:00Z - 0 1 0"})
		k.Pass(8*24*time.Hour + time.Hour)
		is("as days pass", map[string]string{"Rita": "3 2026-02-25T10:00:00Z 2026-03-01T12:00:00Z 2 1 0", "Olga": "1 2026-03-01T10:00:00Z - 0 1 0"})
	})
}
