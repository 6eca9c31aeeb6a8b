package sales_test

import (
	"fmt"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Leads that were given up count on the day on which they were, in the stage that
// they were in before; one that is taken up again no longer counts. What an older
// program did not keep comes from history.
func TestLeadsAreLostWhenTheyAreGivenUp(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		lead := func(name string, way ...string) value.ID {
			id := k.Create(t, k.Rita, "lead", record.Values{"name": name, "email": name + "@home.example"})
			for _, status := range way {
				k.Pass(24 * time.Hour)
				v := record.Values{"status": status}
				if status == sales.Disqualified {
					v["lost_reason"] = "no_budget"
				}
				k.Write(t, k.Rita, func(s *record.Session) error { _, err := s.Update(t.Context(), "lead", id, 0, v); return err })
			}
			return id
		}
		today := func() (d value.Date) {
			k.Read(t, k.Ada, func(s *record.Session) error { d = s.Today(); return nil })
			return d
		}
		made := today()
		lost := lead("ann", sales.Working, sales.Disqualified)
		again := lead("bo", sales.Qualified, sales.Disqualified, sales.Working)
		check := func(when string) {
			t.Helper()
			for name, labels := range map[string]string{"leads-lost-by-reason": "[No budget]", "leads-lost-by-person": "[Rita No budget]", "leads-lost-by-stage": "[Working No budget]"} {
				table, rows := reported(t, k, k.Ada, name, report.Params{From: made.AddDays(2), To: made.AddDays(2)})
				if len(table.Rows) != 1 || shown(table, rows[labels], "leads") != "1" {
					t.Errorf("%s: %s on the day: %+v", when, name, table.Rows)
				}
				if table, _ := reported(t, k, k.Ada, name, report.Params{From: made, To: made.AddDays(1)}); len(table.Rows) != 0 {
					t.Errorf("%s: %s by the day it was made: %+v", when, name, table.Rows)
				}
			}
			k.Read(t, k.Ada, func(s *record.Session) error {
				r, err := s.Get(t.Context(), "lead", again)
				if err == nil && fmt.Sprint(r.Field("lost_at"), r.Field("lost_stage")) != "<nil> <nil>" {
					t.Errorf("%s: taken up again, and lost at %v in %v", when, r.Field("lost_at"), r.Field("lost_stage"))
				}
				return err
			})
		}
		check("now")
		err := k.Workspace.Engine().DB().Write(t.Context(), func(tx *store.Tx) error { // as an older program left it
			_, err := tx.Exec(t.Context(), `UPDATE {lead} SET lost_at = NULL, lost_stage_id = NULL WHERE id = $1`, lost)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Workspace.FillLostStages(t.Context()); err != nil {
			t.Fatal(err)
		}
		check("from history")
	})
}
