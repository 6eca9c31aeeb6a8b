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

// Whoever moves a record in the moment in which its limit runs out has moved it:
// the clock does not put it back where it stood.
func TestAMoveAgainstTheClock(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.blueprint(strings.Replace(limited, `, "then": [{"do": "task", "text": "Late: {{name}}"}, {"do": "move", "to": "<lost>"}]`, "", 1), nil)
		var deals []value.ID
		for range 20 {
			deals = append(deals, k.deal("prospecting", nil))
		}
		k.Pass(10 * 24 * time.Hour)
		rung := make(chan error, 1)
		go func() { rung <- k.Workspace.Process().Tick(k.t.Context(), k.Workspace.Engine()) }()
		for _, id := range deals {
			k.must(k.move(k.Rita, id, "qualified", nil))
		}
		k.must(<-rung)
		k.Read(k.t, k.Rita, func(s *record.Session) error {
			for _, id := range deals {
				look, err := process.Look(k.t.Context(), s, "deal", id)
				if err != nil {
					return err
				}
				if len(look.Lapses) != 1 {
					k.t.Errorf("moved once, too late: %+v", look.Lapses)
				}
			}
			return nil
		})
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

// due is when a deal's time in its state is over.
func (k *bench) due(deal value.ID) (due *time.Time) {
	k.t.Helper()
	k.Read(k.t, k.Rita, func(s *record.Session) error {
		r, err := s.Get(k.t.Context(), "deal", deal)
		if err != nil {
			return err
		}
		list, err := process.Standings(k.t.Context(), s, r)
		if err == nil {
			due = list[0].Due
		}
		return err
	})
	return due
}

// The day on which a limit ends stays that day when the company's clock hangs
// elsewhere, whichever clocks strike at once; what is counted in hours stays the
// same moment.
func TestADueDayStaysInAnotherTimeZone(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) { // Monday, 2 March, noon
		move := func(zone string) {
			k.Write(k.t, k.Ada, func(s *record.Session) error {
				return s.ChangeSettings(k.t.Context(), func(x *record.Settings) { x.Zone = zone })
			})
		}
		want := func(what string, deal value.ID, zone, want string) {
			k.t.Helper()
			at, err := time.LoadLocation(zone)
			k.must(err)
			if due := k.due(deal); due == nil || due.In(at).Format("2006-01-02 15:04") != want {
				k.t.Errorf("%s: due %v, want %s in %s", what, due, want, zone)
			}
		}
		move("Europe/Madrid")
		text := strings.Replace(limited, `"n": 2, "unit": "business_days", "warn": {"n": 1, "unit": "business_days"}`, `"n": 30, "unit": "days"`, 1)
		text = strings.Replace(text, `{"state": "<qualified>", "pause": true}`, `{"state": "<qualified>", "limit": {"n": 30, "unit": "hours"}}`, 1)
		k.blueprint(text, nil)
		deal, quick := k.deal("prospecting", nil), k.deal("prospecting", nil)
		k.must(k.move(k.Rita, quick, "qualified", nil))
		k.tick()
		want("at first", deal, "Europe/Madrid", "2026-04-01 13:00")
		for _, zone := range []string{"America/New_York", "Pacific/Auckland", "Pacific/Honolulu", "Asia/Shanghai"} {
			move(zone)
			struck := make(chan error)
			for range 3 {
				go func() { struck <- k.Workspace.Process().Tick(k.t.Context(), k.Workspace.Engine()) }()
			}
			for range 3 {
				k.must(<-struck)
			}
			want("by another clock", deal, zone, "2026-04-01 13:00")
			want("in hours", quick, "UTC", "2026-03-03 18:00")
		}
		before := k.notices(k.Rita)
		k.Pass(29 * 24 * time.Hour) // 31 March, 20:00 in Shanghai: a day before it was 13:00
		k.tick()
		if n := k.notices(k.Rita); n == before {
			k.t.Error("nobody reminds of the day")
		}
	})
}

// Who sets a limit and says nothing of a reminder is reminded in good time; who
// says none is not.
func TestALimitRemindsByItself(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) { // Monday, 2 March, noon
		text := strings.Replace(limited, `, "warn": {"n": 1, "unit": "business_days"}`, "", 1)
		text = strings.Replace(text, `{"state": "<qualified>", "pause": true}`, `{"state": "<qualified>", "limit": {"n": 2, "unit": "business_days", "warn": {"n": 0, "unit": "days"}}}`, 1)
		k.blueprint(text, nil)
		k.deal("prospecting", nil)
		silent := k.deal("prospecting", nil)
		k.must(k.move(k.Rita, silent, "qualified", nil))
		k.Pass(23 * time.Hour)
		k.tick()
		if n := k.notices(k.Rita); n != 0 {
			k.t.Errorf("%d notices too early", n)
		}
		k.Pass(2 * time.Hour)
		k.tick()
		k.tick()
		if n := k.notices(k.Rita); n != 1 {
			k.t.Errorf("%d reminders a day before", n)
		}
	})
}

func TestTheUsualWarning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n    int
		unit hours.Unit
		want hours.Duration
	}{
		{5, hours.BusinessDays, hours.Duration{N: 1, Unit: hours.BusinessDays}}, {2, hours.Days, hours.Duration{N: 1, Unit: hours.Days}},
		{1, hours.Days, hours.Duration{N: 6, Unit: hours.Hours}}, {1, hours.BusinessDays, hours.Duration{N: 2, Unit: hours.BusinessHours}},
		{8, hours.Hours, hours.Duration{N: 120, Unit: hours.Minutes}}, {1, hours.BusinessHours, hours.Duration{N: 15, Unit: hours.BusinessMinutes}},
		{30, hours.Minutes, hours.Duration{N: 7, Unit: hours.Minutes}}, {2, hours.Minutes, hours.Duration{N: 0, Unit: hours.Minutes}},
	} {
		limit := process.Limit{Duration: hours.Duration{N: c.n, Unit: c.unit}}
		if got := limit.Warning(); got != c.want {
			t.Errorf("%v: %v, want %v", limit.Duration, got, c.want)
		}
		if err := limit.Warning().Check(); err != nil {
			t.Errorf("%v: %v", limit.Duration, err)
		}
	}
}

// A list shows until when a record may stay where it is, as long as a limit runs.
func TestARecordShowsWhenItIsDue(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) { // Monday, 2 March, noon
		shows := func(what string, deal value.ID) {
			k.t.Helper()
			due, got := k.due(deal), k.get("deal", deal, process.DueField)
			if at, ok := got.(time.Time); ok != (due != nil) || ok && !at.Equal(*due) {
				k.t.Errorf("%s: it shows %v, due %v", what, got, due)
			}
		}
		old := k.deal("prospecting", nil)
		if got := k.get("deal", old, process.DueField); got != nil {
			k.t.Errorf("no process yet: %v", got)
		}
		id := k.blueprint(limited, nil)
		deal := k.deal("prospecting", nil)
		shows("made", deal)
		shows("taken in", old)
		if n := k.count("deal", process.DueField+` <= "2026-03-04T12:00:00Z"`); n != 2 {
			k.t.Errorf("%d deals are due on Wednesday", n)
		}
		k.must(k.move(k.Rita, deal, "qualified", nil))
		if got := k.get("deal", deal, process.DueField); got != nil {
			k.t.Errorf("paused: %v", got)
		}
		k.Pass(24 * time.Hour)
		k.must(k.move(k.Rita, deal, "prospecting", nil))
		shows("taken up again", deal)
		k.tick()
		k.Write(k.t, k.Ada, func(s *record.Session) error {
			return s.ChangeSettings(k.t.Context(), func(x *record.Settings) { x.Zone = "Asia/Shanghai" })
		})
		k.tick()
		shows("by another clock", deal)
		k.Write(k.t, k.Ada, func(s *record.Session) error { return process.Retire(k.t.Context(), s, id) })
		k.Drain(k.t)
		for _, deal := range []value.ID{old, deal} {
			if got := k.get("deal", deal, process.DueField); got != nil {
				k.t.Errorf("the process has ended: %v", got)
			}
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

// Two clocks that strike at once, as when a node comes back that others took for
// dead, do what is due once.
func TestTwoClocks(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.blueprint(strings.Replace(limited, `, {"do": "move", "to": "<lost>"}`, "", 1), nil)
		k.rule("date", `status = "open"`, []process.Action{{Do: "task", Text: "Ask about {{name}}"}}, record.Values{"date_field": "close_date"})
		const deals = 20
		for range deals {
			k.deal("prospecting", record.Values{"close_date": "2026-03-10"})
		}
		k.Pass(10 * 24 * time.Hour)
		struck := make(chan error)
		const clocks = 4
		for range clocks {
			go func() { struck <- k.Workspace.Process().Tick(k.t.Context(), k.Workspace.Engine()) }()
		}
		for range clocks {
			k.must(<-struck)
		}
		for _, subject := range []string{"Late: Pumps", "Ask about Pumps"} {
			if n := k.count("activity", `subject = "`+subject+`"`); n != deals {
				k.t.Errorf("%d tasks %q for %d deals", n, subject, deals)
			}
		}
	})
}

// A record that somebody moves while it is taken in stands where he put it.
func TestAMoveAgainstTakingIn(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		var deals []value.ID
		for range 20 {
			deals = append(deals, k.deal("prospecting", nil))
		}
		id := k.Create(k.t, k.Ada, "blueprint", record.Values{"name": "Selling", "object": "deal", "field": "stage", "definition": k.write(limited)})
		moved := make(chan error, 1)
		go func() {
			var err error
			for _, d := range deals {
				if err == nil {
					err = k.move(k.Rita, d, "qualified", nil)
				}
			}
			moved <- err
		}()
		k.publish(id)
		k.must(<-moved)
		k.Drain(k.t)
		k.Read(k.t, k.Rita, func(s *record.Session) error {
			var n int
			_, err := s.Tx().Row(k.t.Context(), `SELECT count(*) FROM {process_run} WHERE state = $1`, []any{k.stages["qualified"].String()}, &n)
			if n != len(deals) {
				k.t.Errorf("%d of %d stand where they were put", n, len(deals))
			}
			return err
		})
	})
}
