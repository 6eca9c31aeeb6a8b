package sales_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
)

// Leads of which no source is known have a line of that name, which leads to them,
// and all lines together are the list of leads.
func TestLeadsWithoutASourceAreUnknown(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.Create(t, k.Rita, "lead", record.Values{"name": "Web", "email": "web@home.example", "source": "web"})
		for _, name := range []string{"Ann", "天津"} {
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := s.AsSystem("leads of long ago").Save(t.Context(), record.Batch{Object: "lead", Changes: []record.Change{{
					Values: record.Values{"name": name, "owner": k.Rita}, At: k.Now().Add(-time.Hour), By: k.Rita}}})
				return err
			})
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			all, _, err := s.Count(t.Context(), record.Query{Object: "lead"})
			if err != nil {
				return err
			}
			for _, name := range []string{"leads-by-source", "lead-attribution", "lead-attribution-last", "campaign-attribution", "channel-attribution"} {
				spec, err := k.App.Reports().Find(t.Context(), s, name)
				if err != nil {
					return err
				}
				table, err := k.App.Reports().RunSpec(t.Context(), s, spec, report.Params{})
				if err != nil {
					return err
				}
				w, err := report.Worded(s, i18n.FormatFor("en"), spec, table)
				if err != nil {
					return err
				}
				sum, found := int64(0), false
				for _, r := range table.Rows {
					n, _ := r.Values[0].Value.(int64)
					sum += n
					b, ok := table.BehindOf(r, 0)
					listed, _, err := s.Count(t.Context(), record.Query{Object: "lead", Filter: b.Filter})
					if err != nil || n > 0 && (!ok || listed != n) {
						t.Errorf("%s, %s: %d leads, %d listed (%v)", name, w.Label(r, 0), n, listed, err)
					}
					if r.Keys[0] == nil {
						found = w.Label(r, 0) == "Unknown" && n > 0
					}
				}
				if !found || sum != all {
					t.Errorf("%s: %d of %d leads, unknown ones named: %v", name, sum, all, found)
				}
			}
			return nil
		})
	})
}
