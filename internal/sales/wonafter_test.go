package sales_test

import (
	"fmt"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Deals that were won after somebody had done something about them are his, of as
// many people as did; what was done later, or about others' deals that the reader does
// not see, is nobody's. Each figure leads to these deals.
func TestDealsWonAfterActivities(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		deal := func(owner value.ID, stage, closed string) value.ID {
			return k.Create(t, k.Ada, "deal", record.Values{"name": "d", "account": book.account, "owner": owner, "stage": book.stages[stage], "started_on": "2026-01-01", "close_date": closed, "amount": "10"})
		}
		var today value.Date
		k.Read(t, k.Ada, func(s *record.Session) error { today = s.Today(); return nil })
		won, hers, before, open := deal(k.Rita, "Won", today.String()), deal(k.Olga, "Won", today.String()), deal(k.Rita, "Won", today.AddDays(-1).String()), deal(k.Rita, "Proposal", today.AddDays(9).String())
		act := func(owner value.ID, done bool, about ...value.ID) {
			var refs []schema.Ref
			for _, id := range about {
				refs = append(refs, schema.Ref{Object: "deal", ID: id})
			}
			k.Create(t, owner, "activity", record.Values{"subject": "x", "kind": "call", "owner": owner, "done": done, "about": refs})
		}
		act(k.Rita, true, won, before, open)
		act(k.Rita, true, won)
		act(k.Rita, false, hers)
		act(k.Olga, true, won, hers)
		is := func(who value.ID, want map[string]string, all string) {
			t.Helper()
			table, rows := reported(t, k, who, "activity-by-person", report.Params{})
			for name, n := range want {
				equal(t, name, shown(table, rows[fmt.Sprint([]string{name})], "won_after"), n)
			}
			equal(t, "all", shown(table, *table.Total, "won_after"), all)
			if !rows["[Rita]"].Few {
				t.Error("two activities are not greyed")
			}
			k.Read(t, who, func(s *record.Session) error {
				behindFigures(t, k, s, "activity-by-person", report.Params{})
				return nil
			})
		}
		is(k.Ada, map[string]string{"Rita": "1", "Olga": "2"}, "2")
		k.Read(t, k.Ada, func(s *record.Session) error {
			found, _, err := k.App.Reports().Behind(t.Context(), s, "activity-by-person", report.Trail{Of: "won_after::" + k.Olga.String()})
			if err != nil || found.Object != "deal" || found.Count != 2 || len(found.IDs) != 2 {
				t.Errorf("behind Olga's: %+v, %v", found, err)
			}
			if _, _, err := k.App.Reports().Behind(t.Context(), s, "activity-by-person", report.Trail{Of: "lost_after::" + k.Olga.String()}); !fault.Is(err, fault.NotFound) {
				t.Errorf("a figure that is none: %v", err)
			}
			return nil
		})
		k.Write(t, k.Ada, func(s *record.Session) error {
			return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject("deal"), access.Private)
		})
		is(k.Rita, map[string]string{"Rita": "1"}, "1") // not the deal of Olga's
		is(k.Ada, map[string]string{"Rita": "1", "Olga": "2"}, "2")
		k.Mask(t, "deal.close_date")
		is(k.Rita, map[string]string{"Rita": "no such column"}, "no such column")
	})
}
