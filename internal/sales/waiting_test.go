package sales_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
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

// A lead that waits is late from the moment on at which it should have been
// answered; who may not know of that sees no lead as late.
func TestLeadsThatWaitAreLateOnceDue(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) { // Monday, noon; due within the hour
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "source": "phone"})
		late := func(after string, want bool) {
			t.Helper()
			k.Read(t, k.Rita, func(s *record.Session) error {
				clock, err := sales.ClockOf(t.Context(), s)
				if err != nil {
					return err
				}
				l, err := s.Get(t.Context(), "lead", lead)
				if err != nil {
					return err
				}
				if _, ok := clock.Waiting(l); !ok || clock.Late(l) != want {
					t.Errorf("%s: waits %v, late %v", after, ok, !want)
				}
				return nil
			})
		}
		late("just come", false)
		k.Pass(time.Hour - time.Second)
		late("a second before", false)
		k.Pass(time.Second)
		late("when due", true)
		k.Mask(t, "lead.response_due")
		late("hidden", false)
	})
}

// Until when a lead is to be answered follows from the company's time for that, in
// working hours, and from whose lead it is; who was answered keeps what held then.
func TestLeadsAreDueForAnAnswer(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) { // Monday, noon
		due := func(lead value.ID) string { t.Helper(); return texts(t, k, "lead", lead, "response_due")[0] }
		answered := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "source": "phone"})
		late := k.Create(t, k.Rita, "lead", record.Values{"name": "李明", "source": "phone"})
		if got := due(answered); got != "2026-03-02T13:00:00Z" {
			t.Fatalf("due at %s", got)
		}
		k.Pass(30 * time.Minute)
		k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "done": true, "about": []schema.Ref{{Object: "lead", ID: answered}}})
		waiting := k.Create(t, k.Rita, "lead", record.Values{"name": "Bo", "source": "phone"})
		k.Pass(40 * time.Minute)
		report := func() string {
			table, rows := reported(t, k, k.Ada, "speed-to-lead-by-source", report.Params{})
			if len(rows) != 1 {
				t.Fatalf("%d rows", len(rows))
			}
			return shown(table, table.Rows[0], "in_time") + " " + shown(table, table.Rows[0], "waiting") + " " + shown(table, table.Rows[0], "overdue")
		}
		if got := report(); got != "1 2 1" {
			t.Errorf("in time, waiting and too long: %s", got)
		}
		set := func(by value.ID, minutes int) error {
			err := k.Try(t.Context(), by, func(s *record.Session) error {
				return s.ChangeSettings(t.Context(), func(to *record.Settings) { to.ResponseMinutes = minutes })
			})
			k.Drain(t)
			return err
		}
		for _, minutes := range []int{0, -5, record.MaxResponseMinutes + 1} {
			if err := set(k.Ada, minutes); !refusedAt(err, "response_minutes") {
				t.Errorf("%d minutes: %v", minutes, err)
			}
		}
		if err := set(k.Rita, 10); !fault.Is(err, fault.Forbidden) {
			t.Errorf("set by a rep: %v", err)
		}
		if err := set(k.Ada, 8*60); err != nil {
			t.Fatal(err)
		}
		if a, b, c := due(answered), due(late), due(waiting); a != "2026-03-02T13:00:00Z" || b <= "2026-03-03T08:00:00Z" || c <= b {
			t.Errorf("with a working day, due at %s, %s and %s", a, b, c)
		}
		if got := report(); got != "1 2 0" {
			t.Errorf("in time, waiting and too long: %s", got)
		}
		update(t, k, k.Rita, "lead", waiting, record.Values{"captured_at": k.Now().Add(-100 * time.Hour)})
		if got := due(waiting); got >= due(late) {
			t.Errorf("who came earlier is due at %s", got)
		}
		update(t, k, k.Rita, "lead", waiting, record.Values{"captured_at": nil})
		if got := due(waiting); got != "" {
			t.Errorf("who came nobody knows when is due at %s", got)
		}
	})
}
