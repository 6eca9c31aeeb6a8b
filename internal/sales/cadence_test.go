package sales_test

import (
	"fmt"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// enrolled is a lead in the shipped cadence.
func enrolled(t *testing.T, k *apptest.Kit) (lead, enrollment value.ID) {
	t.Helper()
	lead = k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example"})
	cadence := only(t, k, "cadence", "")
	k.Write(t, k.Rita, func(s *record.Session) error { return sales.Enroll(t.Context(), s, cadence, lead) })
	return lead, only(t, k, "enrollment", `lead = "`+lead.String()+`"`)
}

// attempts are when the lead's tasks are due, in the company's zone.
func attempts(t *testing.T, k *apptest.Kit, zone *time.Location) (list []string) {
	t.Helper()
	k.Read(t, k.Rita, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "activity", Filter: `kind = "call"`, Sort: "due_at,id"})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			if at, ok := r.Field("due_at").(time.Time); ok && r.Owner() == k.Rita {
				list = append(list, at.In(zone).Format("01-02 15:04"))
			}
		}
		return nil
	})
	return list
}

func runFor(t *testing.T, k *apptest.Kit, hours int) {
	t.Helper()
	for range hours {
		k.Pass(time.Hour)
		goOn(t, k)
	}
}

func goOn(t *testing.T, k *apptest.Kit) {
	t.Helper()
	if err := k.Workspace.RunCadences(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Holidays, a weekend and the change of the clock on 29 March lie in the week.
func TestAttemptsKeepToWorkingTime(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		zone, err := time.LoadLocation("Europe/Madrid")
		if err != nil {
			t.Fatal(err)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			return s.ChangeSettings(t.Context(), func(x *record.Settings) { x.Zone = "Europe/Madrid" })
		})
		k.Create(t, k.Ada, "holiday", record.Values{"name": "Day off", "day": "2026-03-30"})
		k.Pass(time.Date(2026, 3, 27, 11, 0, 0, 0, zone).Sub(k.Now())) // a Friday
		_, enrollment := enrolled(t, k)
		runFor(t, k, 9*24)
		got := attempts(t, k, zone)
		if len(got) != 8 || got[0] != "03-27 11:00" || got[1] != "03-27 16:00" {
			t.Fatalf("attempts %v", got)
		}
		for _, at := range got {
			day, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+at, zone)
			if err != nil {
				t.Fatal(err)
			}
			if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || at[:5] == "03-30" || day.Hour() < 9 || day.Hour() >= 18 || at > "04-03" {
				t.Errorf("%s is out of hours, or out of the week: %v", at, got)
			}
		}
		expect(t, "at the end", texts(t, k, "enrollment", enrollment, "state", "reason"), "done", "finished")
	})
}

func TestCadencesStop(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		about := func(lead value.ID) []schema.Ref { return []schema.Ref{{Object: "lead", ID: lead}} }
		for reason, do := range map[string]func(value.ID){
			"contacted": func(lead value.ID) {
				k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "done": true, "result": "reached", "about": about(lead)})
			},
			"replied": func(lead value.ID) {
				k.Create(t, k.Rita, "activity", record.Values{"kind": "mail", "inbound": true, "about": about(lead)})
			},
			"opted_out": func(lead value.ID) {
				k.Write(t, k.Rita, func(s *record.Session) error {
					_, err := s.Update(t.Context(), "lead", lead, 0, record.Values{"opted_out": true})
					return err
				})
			},
			"converted": func(lead value.ID) { convert(t, k, k.Rita, lead, sales.Options{}) },
		} {
			lead, enrollment := enrolled(t, k)
			if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				return sales.Enroll(t.Context(), s, only(t, k, "cadence", ""), lead)
			}); !fault.Is(err, fault.Conflict) {
				t.Errorf("enrolled twice: %v", err)
			}
			goOn(t, k) // a second attempt stands beside the first
			if n := len(attempts(t, k, time.UTC)); n != 2 {
				t.Errorf("%d attempts are open", n)
			}
			do(lead)
			expect(t, reason, texts(t, k, "enrollment", enrollment, "state", "reason", "next_at"), "stopped", reason, "")
		}
		if left := attempts(t, k, time.UTC); len(left) != 0 {
			t.Errorf("attempts are left: %v", left)
		}
		_, enrollment := enrolled(t, k)
		if err := k.Try(t.Context(), k.Olga, func(s *record.Session) error { return sales.Stop(t.Context(), s, enrollment) }); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep of another team stopped it: %v", err)
		}
		k.Write(t, k.Max, func(s *record.Session) error { return sales.Pause(t.Context(), s, enrollment) })
		runFor(t, k, 30)
		if n := len(attempts(t, k, time.UTC)); n != 1 {
			t.Errorf("%d attempts in a pause", n)
		}
		k.Write(t, k.Max, func(s *record.Session) error { return sales.Resume(t.Context(), s, enrollment) })
		runFor(t, k, 30)
		if n := len(attempts(t, k, time.UTC)); n < 2 {
			t.Errorf("%d attempts after the pause", n)
		}
	})
}

func TestTheFirstResponseInWorkingTime(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		k.Pass(4 * time.Hour) // Monday at four, an hour or two before closing
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann"})
		k.Pass(18 * time.Hour) // ten on Tuesday
		k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "done": true, "result": "not_reached", "about": []schema.Ref{{Object: "lead", ID: lead}}})
		got := texts(t, k, "lead", lead, "first_response_at", "response_minutes")
		if got[0] != "2026-03-03T10:00:00Z" || got[1] == "" || len(got[1]) > 3 {
			t.Errorf("first response %v", got)
		}
	})
}

// Colleagues who answer one lead at a time count each other's work.
func TestColleaguesAtOneLead(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		k.Create(t, k.Ada, "score_rule", record.Values{"name": "Calls", "kind": "behaviour", "event": "call", "points": int64(10)})
		lead := k.Create(t, k.Rita, "lead", record.Values{"company": "Acme"})
		k.Pass(time.Hour)
		const calls = 8
		done := make(chan error)
		for range calls {
			go func() {
				done <- k.Try(t.Context(), k.Rita, func(s *record.Session) error {
					_, err := s.Create(t.Context(), "activity", record.Values{"kind": "call", "done": true, "about": []schema.Ref{{Object: "lead", ID: lead}}})
					return err
				})
			}()
		}
		for range calls {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		expect(t, "all of them", texts(t, k, "lead", lead, "score", "first_response_at"), "80", "2026-03-02T13:00:00Z")
	})
}

func TestScoresHaveFactorsAndFade(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		k.Create(t, k.Ada, "score_rule", record.Values{"name": "Has a company", "condition": "company is not empty", "points": int64(30)})
		k.Create(t, k.Ada, "score_rule", record.Values{"name": "Calls", "kind": "behaviour", "event": "call", "points": int64(20), "half_life_days": int64(10), "most": int64(50)})
		lead := k.Create(t, k.Rita, "lead", record.Values{"company": "Acme"})
		expect(t, "fit", texts(t, k, "lead", lead, "score"), "30")
		for range 2 {
			k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "done": true, "about": []schema.Ref{{Object: "lead", ID: lead}}})
		}
		expect(t, "behaviour", texts(t, k, "lead", lead, "score"), "70")
		k.Try(t.Context(), k.Rita, func(s *record.Session) error { // more than a chunk, and the first stands on the last page
			for i := range 205 {
				if _, err := s.Create(t.Context(), "lead", record.Values{"name": fmt.Sprint("Lead ", i)}); err != nil {
					t.Fatal(err)
				}
			}
			return nil
		})
		k.Pass(10 * 24 * time.Hour)
		chunks := 0
		for job, more := (sales.Rescore{Object: "lead"}), true; more; chunks++ {
			if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) (err error) {
				job, more, err = job.Run(t.Context(), s)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if chunks != 2 {
			t.Errorf("scored in %d chunks", chunks)
		}
		expect(t, "faded by half", texts(t, k, "lead", lead, "score"), "50")
		k.Read(t, k.Ada, func(s *record.Session) error {
			r, err := s.Get(t.Context(), "lead", lead)
			if f := sales.Factors(r); err == nil && (len(f) != 2 || f[0].Points != 30 || f[1].Points != 20 || f[1].Events != 2 || f[1].Name != "Calls") {
				t.Errorf("factors %+v", f)
			}
			return err
		})
		err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "score_rule", record.Values{"name": "Wrong", "condition": "colour = 3", "points": int64(5)})
			return err
		})
		if !refusedAt(err, "condition") {
			t.Errorf("a rule about nothing: %v", err)
		}
	})
}
