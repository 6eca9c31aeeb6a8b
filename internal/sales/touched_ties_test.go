package sales_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/dedupe"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// Of two touches at the same moment the one that was written down first comes first,
// in figures and in the lists behind them alike: for sources, channels and campaigns,
// by the first touch and by the last, also after one of them goes, after a merge, and
// for touches of an older program.
func TestTouchesOfOneMomentCountOnce(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		sources := map[string]value.ID{}
		for _, name := range []string{"Ads", "Fair"} {
			sources[name] = k.Create(t, k.Ada, "lead_source", record.Values{"name": name})
		}
		began := k.Now()
		touch := func(lead value.ID, source, campaign, channel string, at time.Time) value.ID {
			k.Pass(time.Second) // ids are in the order of time
			return k.Create(t, k.Ada, "touch", record.Values{"lead": lead, "source": sources[source], "campaign": campaign, "channel": channel, "at": at})
		}
		ann := oldLead(t, k, record.Values{"name": "Ann", "email": "ann@home.example"})
		bo := oldLead(t, k, record.Values{"name": "Bo", "email": "bo@home.example"})
		first := touch(ann, "Ads", "spring", "Banner", began)
		touch(ann, "Fair", "Autumn", "Hall", began)
		touch(ann, "Ads", "autumn", "hall", began.Add(time.Hour))
		touch(ann, "Fair", "Spring", "banner", began.Add(time.Hour))
		touch(bo, "Fair", "Autumn", "Hall", began.Add(time.Minute))
		k.Pass(2 * time.Hour)
		is := func(when string, leads int64, want map[string]map[string]string) {
			t.Helper()
			for name, lines := range want {
				table, rows := reported(t, k, k.Ada, name, report.Params{})
				sum := int64(0)
				for _, r := range table.Rows {
					n, _ := table.Value(r, "leads")
					whole, _ := n.Value.(int64)
					sum += whole
					listsWhole(t, k, k.Ada, table, r)
				}
				listsWhole(t, k, k.Ada, table, *table.Total)
				for label, line := range lines {
					equal(t, when+": "+name+": "+label, shownAll(table, rows["["+label+"]"], "leads", "members"), line)
				}
				if sum != leads || len(table.Rows) != len(lines) {
					t.Errorf("%s: %s: %d leads on %d lines", when, name, sum, len(table.Rows))
				}
			}
		}
		two := map[string]map[string]string{
			"lead-attribution": {"Ads": "1 1", "Fair": "1 2"}, "lead-attribution-last": {"Ads": "0 1", "Fair": "2 2"},
			"campaign-attribution": {"Spring": "1 1", "Autumn": "1 2"}, "campaign-attribution-last": {"Spring": "1 1", "Autumn": "1 2"},
			"channel-attribution": {"Banner": "1 1", "Hall": "1 2"}, "channel-attribution-last": {"Banner": "1 1", "Hall": "1 2"},
		}
		is("two at a moment", 2, two)
		unmark := func() {
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := s.Tx().Exec(t.Context(), `UPDATE {touch} SET first_of_lead = NULL, last_of_lead = NULL`)
				return err
			})
		}
		unmark()
		if err := k.Workspace.MarkTouches(t.Context()); err != nil {
			t.Fatal(err)
		}
		is("of an older program", 2, two)
		k.Write(t, k.Ada, func(s *record.Session) error { return s.Delete(t.Context(), "touch", first) })
		is("without the first", 2, map[string]map[string]string{
			"lead-attribution": {"Ads": "0 1", "Fair": "2 2"}, "campaign-attribution": {"Spring": "0 1", "Autumn": "2 2"}, "channel-attribution": {"banner": "0 1", "Hall": "2 2"},
			"campaign-attribution-last": {"Spring": "1 1", "Autumn": "1 2"},
		})
		k.Write(t, k.Ada, func(s *record.Session) error { return s.Restore(t.Context(), "touch", first) })
		is("put back", 2, two)
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := dedupe.Merge(t.Context(), s, dedupe.Order{Object: "lead", Winner: bo, Loser: ann})
			return err
		})
		is("merged", 1, map[string]map[string]string{
			"lead-attribution": {"Ads": "1 1", "Fair": "0 1"}, "lead-attribution-last": {"Ads": "0 1", "Fair": "1 1"},
			"campaign-attribution": {"Spring": "1 1", "Autumn": "0 1"}, "campaign-attribution-last": {"Spring": "1 1", "Autumn": "0 1"},
		})
	})
}
