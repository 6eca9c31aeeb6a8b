package sales_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// waits tells how long a lead waits for its first answer, as a member is told.
func waits(t *testing.T, k *apptest.Kit, member, lead value.ID) (d time.Duration, ok bool) {
	t.Helper()
	k.Read(t, member, func(s *record.Session) error {
		clock, err := sales.ClockOf(t.Context(), s)
		if err != nil {
			return err
		}
		l, err := s.Get(t.Context(), "lead", lead)
		if err == nil {
			d, ok = clock.Waiting(l)
		}
		return err
	})
	return d, ok
}

func TestLeadsWaitInWorkingTime(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "source": "phone"})
		k.Create(t, k.Rita, "lead", record.Values{"name": "Bo", "source": "phone"})
		k.Pass(130 * time.Minute)
		if d, ok := waits(t, k, k.Rita, lead); !ok || d != 130*time.Minute {
			t.Errorf("waits %s %v", d, ok)
		}
		k.Pass(15 * time.Hour) // the night is no working time
		if d, ok := waits(t, k, k.Rita, lead); !ok || d >= 17*time.Hour {
			t.Errorf("the next morning: %s %v", d, ok)
		}
		now, _ := waits(t, k, k.Rita, lead)
		k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "done": true, "about": []schema.Ref{{Object: "lead", ID: lead}}})
		if d, ok := waits(t, k, k.Rita, lead); ok {
			t.Errorf("answered, and waits %s", d)
		}
		table, rows := reported(t, k, k.Ada, "speed-to-lead-by-source", report.Params{})
		if len(rows) != 1 || shown(table, table.Rows[0], "leads") != "2" || shown(table, table.Rows[0], "answered") != "1" || shown(table, table.Rows[0], "in_time") != "0" ||
			shown(table, table.Rows[0], "median_minutes") != schema.Neutral(int64(now/time.Minute)) || shown(table, table.Rows[0], "waiting") != "1" {
			t.Errorf("by source: %+v", table.Rows)
		}
		second := only(t, k, "lead", `name = "Bo"`)
		k.Mask(t, "lead.first_response_at")
		if d, ok := waits(t, k, k.Rita, second); ok {
			t.Errorf("who may not know of answers is told of %s", d)
		}
	})
}
