package sales_test

import (
	"math"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/dedupe"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// Two leads became deals that turned out to be one: with the merge the deal counts
// once, for what brought the lead that it counts with, in every report of
// attribution and in the lists behind it; also where one of the leads has no touch,
// and when the merge is taken back.
func TestDealsMergedAcrossLeadsCountOnce(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.AsSystem("leads of long ago").Save(t.Context(), record.Batch{Object: "lead", Changes: []record.Change{
				{Values: record.Values{"name": "From nowhere", "owner": k.Rita}, At: k.Now().Add(-time.Hour), By: k.Rita}}})
			return err
		})
		account := k.Create(t, k.Ada, "account", record.Values{"name": "Acme"})
		deals := []value.ID{}
		for i, name := range []string{"From nowhere", "Ann", "Bo"} {
			var lead value.ID
			if i == 0 {
				lead = only(t, k, "lead", `name = "From nowhere"`)
			} else {
				lead = k.Create(t, k.Rita, "lead", record.Values{"name": name, "email": name + "@acme.example", "source": []string{"web", "event"}[i-1]})
			}
			k.Pass(time.Minute)
			c, _ := convert(t, k, k.Rita, lead, sales.Options{Account: sales.Target{ID: account}, Deal: record.Values{"name": name, "amount": "100"}})
			deals = append(deals, c.Deal)
		}
		attributed := func(after, want string) {
			t.Helper()
			for _, name := range []string{"lead-attribution", "lead-attribution-last", "lead-attribution-even", "channel-attribution", "campaign-attribution-even"} {
				table, _ := reported(t, k, k.Ada, name, report.Params{})
				equal(t, after+": "+name, shownAll(table, *table.Total, "leads", "deals", "amount"), want)
				deals := int64(0)
				for _, r := range table.Rows {
					n, _ := table.Value(r, "deals")
					deals += int64(math.Round(100 * report.Size(n)))
					listsWhole(t, k, k.Ada, table, r)
				}
				listsWhole(t, k, k.Ada, table, *table.Total)
				all, _ := table.Value(*table.Total, "deals")
				if want, _ := all.Value.(int64); deals != want*100 {
					t.Errorf("%s: %s: lines have %d hundredths of %d deals", after, name, deals, want)
				}
			}
		}
		attributed("apart", "3 3 300.00 EUR")
		var act value.ID
		merge := func(winner, loser value.ID) {
			t.Helper()
			k.Write(t, k.Ada, func(s *record.Session) error {
				m, err := dedupe.Merge(t.Context(), s, dedupe.Order{Object: "deal", Winner: winner, Loser: loser})
				act = m.Act
				return err
			})
		}
		merge(deals[1], deals[2]) // of two that were touched
		attributed("two of one", "3 2 200.00 EUR")
		merge(deals[1], deals[0]) // and of one that was not
		attributed("three of one", "3 1 100.00 EUR")
		takeBack(t, k, k.Ada, act)
		attributed("taken back", "3 2 200.00 EUR")
	})
}
