package process_test

import (
	"strings"
	"testing"
	"time"

	"wellmet/internal/hours"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

const limited = `{
 "states": [
  {"state": "<prospecting>", "limit": {"n": 2, "unit": "business_days", "warn": {"n": 1, "unit": "business_days"}, "tell": ["role:manager"], "then": [{"do": "task", "text": "Late: {{name}}"}, {"do": "move", "to": "<lost>"}]}},
  {"state": "<qualified>", "pause": true},
  {"state": "<lost>", "end": true}],
 "moves": [
  {"key": "wait", "name": "Wait", "from": ["<prospecting>"], "to": "<qualified>"},
  {"key": "go_on", "name": "Go on", "from": ["<qualified>"], "to": "<prospecting>"},
  {"key": "close", "name": "Close", "from": ["<prospecting>"], "to": "<lost>"}]}`

// A limit warns, and when it is over is told and does what it says; holidays,
// weekends and pauses do not count.
func TestALimitRunsOut(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) { // Monday, 2 March, noon
		k.Create(k.t, k.Ada, "holiday", record.Values{"name": "Fair", "day": value.DateOf(k.Now(), time.UTC).AddDays(2)})
		k.blueprint(limited, nil)
		deal := k.deal("prospecting", record.Values{"lost_reason": "timing"})
		k.must(k.move(k.Rita, deal, "qualified", nil))
		k.Pass(24 * time.Hour) // Tuesday, a pause from the beginning
		k.must(k.move(k.Rita, deal, "prospecting", nil))
		k.tick()
		if n := k.notices(k.Rita); n != 0 {
			k.t.Errorf("%d notices too early", n)
		}
		k.Pass(48 * time.Hour) // Thursday noon: a business day later, Wednesday was a holiday
		k.tick()
		if n := k.notices(k.Rita); n != 1 {
			k.t.Errorf("%d warnings", n)
		}
		k.Pass(23 * time.Hour)
		k.tick()
		if n := k.count("activity", `kind = "task"`); n != 0 {
			k.t.Error("over before its time")
		}
		k.Pass(2 * time.Hour)
		k.tick()
		k.tick()
		if got := k.get("deal", deal, "stage"); got != k.stages["lost"] {
			k.t.Errorf("the deal stands in %v: %v", got, k.log("deal", deal))
		}
		if n := k.count("activity", `subject = "Late: Pumps"`); n != 1 {
			k.t.Errorf("%d tasks", n)
		}
		if n := k.notices(k.Bob); n != 1 {
			k.t.Errorf("the manager has %d notices", n)
		}
		if list := k.trace(deal); !list[len(list)-1].Late {
			k.t.Errorf("the trace ends with %+v", list[len(list)-1])
		}
	})
}

func (k *bench) notices(member value.ID) (n int64) {
	k.t.Helper()
	k.Read(k.t, k.Ada, func(s *record.Session) error {
		_, err := s.Tx().Row(k.t.Context(), `SELECT count(*) FROM {notice} WHERE member = $1 AND kind = 'process'`, []any{member}, &n)
		return err
	})
	return n
}

// A limit in days ends at the same hour by the wall clock over the change of
// the clock.
func TestALimitOverTheChangeOfTheClock(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.Write(k.t, k.Ada, func(s *record.Session) error {
			return s.ChangeSettings(k.t.Context(), func(x *record.Settings) { x.Zone = "Europe/Madrid" })
		})
		k.blueprint(strings.Replace(limited, `"n": 2, "unit": "business_days", "warn": {"n": 1, "unit": "business_days"}`, `"n": 30, "unit": "days"`, 1), nil)
		deal := k.deal("prospecting", nil)
		var due *time.Time
		k.Read(k.t, k.Rita, func(s *record.Session) error {
			r, err := s.Get(k.t.Context(), "deal", deal)
			if err != nil {
				return err
			}
			list, err := process.Standings(k.t.Context(), s, r)
			due = list[0].Due
			return err
		})
		zone, _ := time.LoadLocation("Europe/Madrid")
		if due == nil || due.In(zone).Format("2006-01-02 15:04") != "2026-04-01 13:00" {
			k.t.Errorf("due %v", due)
		}
	})
}

// Records that were there before a blueprint are taken in, and their time
// counts from then.
func TestOldRecordsAreTakenIn(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		deal := k.deal("prospecting", nil)
		k.Pass(90 * 24 * time.Hour)
		k.blueprint(limited, nil)
		k.tick()
		if got := k.get("deal", deal, "stage"); got != k.stages["prospecting"] {
			k.t.Errorf("late at once: %v", got)
		}
		k.Read(k.t, k.Rita, func(s *record.Session) error {
			r, err := s.Get(k.t.Context(), "deal", deal)
			if err != nil {
				return err
			}
			list, err := process.Standings(k.t.Context(), s, r)
			cal, _ := hours.Of(k.t.Context(), s)
			if want := cal.Add(s.Now(), hours.Duration{N: 2, Unit: hours.BusinessDays}); err == nil && (list[0].Due == nil || !list[0].Due.Equal(want)) {
				k.t.Errorf("due %v, want %v", list[0].Due, want)
			}
			return err
		})
	})
}
