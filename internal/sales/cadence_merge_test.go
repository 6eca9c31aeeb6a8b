package sales_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/dedupe"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// mergeLeads lets the second lead go into the first.
func mergeLeads(t *testing.T, k *apptest.Kit, by, winner, loser value.ID) (act value.ID) {
	t.Helper()
	k.Write(t, by, func(s *record.Session) error {
		m, err := dedupe.Merge(t.Context(), s, dedupe.Order{Object: "lead", Winner: winner, Loser: loser})
		act = m.Act
		return err
	})
	return act
}

func takeBack(t *testing.T, k *apptest.Kit, by, act value.ID) {
	t.Helper()
	k.Write(t, by, func(s *record.Session) error {
		u, err := s.UndoAct(t.Context(), act)
		if err == nil && len(u.Kept) > 0 {
			t.Errorf("kept %+v", u.Kept)
		}
		return err
	})
}

// openCalls are the attempts that stand in somebody's list, about the lead.
func openCalls(t *testing.T, k *apptest.Kit, lead value.ID) (n int64) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		_, err := s.Tx().Row(t.Context(), `SELECT count(*) FROM {activity} a JOIN {link_about} l ON l.activity = a.id
			WHERE l.record = $1 AND l.kind <> 'file' AND a.deleted_at IS NULL AND a.kind = 'call' AND a.done IS NOT TRUE`, []any{lead}, &n)
		return err
	})
	return n
}

func TestAMergeEndsTheCadenceOfWhoMustNotBeCalled(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		for reason, over := range map[string]func(value.ID){
			"opted_out": func(lead value.ID) {
				k.Write(t, k.Rita, func(s *record.Session) error {
					_, err := s.Update(t.Context(), "lead", lead, 0, record.Values{"opted_out": true})
					return err
				})
			},
			"converted": func(lead value.ID) { convert(t, k, k.Rita, lead, sales.Options{}) },
			"disqualified": func(lead value.ID) {
				k.Write(t, k.Rita, func(s *record.Session) error {
					_, err := sales.Disqualify(t.Context(), s, lead, 0, record.Values{"lost_reason": "no_interest"}, "")
					return err
				})
			},
		} {
			winner := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann B.", "email": "ann.b@home.example"})
			over(winner)
			loser, enrollment := enrolled(t, k)
			act := mergeLeads(t, k, k.Rita, winner, loser)
			expect(t, reason, texts(t, k, "enrollment", enrollment, "state", "reason", "lead", "next_at"), "stopped", reason, winner.String(), "")
			if left := attempts(t, k, k.Now().Location()); len(left) != 0 {
				t.Errorf("%s: attempts are left: %v", reason, left)
			}
			takeBack(t, k, k.Rita, act)
			expect(t, reason+" taken back", texts(t, k, "enrollment", enrollment, "state", "reason", "lead"), "active", "", loser.String())
			k.Write(t, k.Rita, func(s *record.Session) error { return sales.Stop(t.Context(), s, enrollment) })
		}
	})
}

func TestAnOptOutOutlivesAMerge(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		winner, enrollment := enrolled(t, k)
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "lead", winner, 0, record.Values{"opted_out": false})
			return err
		})
		loser := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "opted_out": true})
		act := mergeLeads(t, k, k.Rita, winner, loser)
		expect(t, "the lead", texts(t, k, "lead", winner, "opted_out"), "true")
		expect(t, "its cadence", texts(t, k, "enrollment", enrollment, "state", "reason"), "stopped", "opted_out")
		takeBack(t, k, k.Rita, act)
		expect(t, "the lead again", texts(t, k, "lead", winner, "opted_out"), "false")
		expect(t, "its cadence again", texts(t, k, "enrollment", enrollment, "state"), "active")

		stays := k.Create(t, k.Rita, "contact", record.Values{"name": "Ann", "no_mail": false, "no_calls": true})
		goes := k.Create(t, k.Rita, "contact", record.Values{"name": "Ann", "no_mail": true, "no_calls": false})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := dedupe.Merge(t.Context(), s, dedupe.Order{Object: "contact", Winner: stays, Loser: goes,
				Picks: map[string]dedupe.Pick{"no_mail": dedupe.Left, "no_calls": dedupe.Right}})
			return err
		})
		expect(t, "a contact", texts(t, k, "contact", stays, "no_mail", "no_calls"), "true", "true")
	})
}

func TestOneCadenceOfTwoLeadsGoesOn(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		shipped := only(t, k, "cadence", "")
		second := k.Create(t, k.Ada, "cadence", record.Values{"name": "Second"})
		k.Create(t, k.Ada, "cadence_step", record.Values{"name": "Call the lead", "cadence": second, "kind": "call"})
		for _, winnerAhead := range []bool{true, false} {
			enter := func(cadence value.ID) (lead, enrollment value.ID) {
				lead = k.Create(t, k.Rita, "lead", record.Values{"name": "Ann"})
				k.Write(t, k.Rita, func(s *record.Session) error { return sales.Enroll(t.Context(), s, cadence, lead) })
				return lead, only(t, k, "enrollment", `lead = "`+lead.String()+`"`)
			}
			far, ahead := enter(shipped)
			goOn(t, k) // a second attempt
			near, behind := enter(second)
			winner, loser := far, near
			if !winnerAhead {
				winner, loser = near, far
			}
			act := mergeLeads(t, k, k.Rita, winner, loser)
			expect(t, "further on", texts(t, k, "enrollment", ahead, "state", "lead"), "active", winner.String())
			expect(t, "the other", texts(t, k, "enrollment", behind, "state", "reason", "lead"), "stopped", "merged", winner.String())
			if n := openCalls(t, k, winner); n != 2 {
				t.Errorf("%d open calls", n)
			}
			if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error { return sales.Enroll(t.Context(), s, second, winner) }); err == nil {
				t.Error("it entered another")
			}
			takeBack(t, k, k.Rita, act)
			expect(t, "taken back", texts(t, k, "enrollment", ahead, "state", "lead"), "active", far.String())
			expect(t, "the other", texts(t, k, "enrollment", behind, "state", "reason", "lead"), "active", "", near.String())
			if a, b := openCalls(t, k, far), openCalls(t, k, near); a != 2 || b != 1 {
				t.Errorf("%d and %d open calls again", a, b)
			}
			for _, e := range []value.ID{ahead, behind} {
				k.Write(t, k.Rita, func(s *record.Session) error { return sales.Stop(t.Context(), s, e) })
			}
		}
	})
}

func TestAttemptsGoWithTheirLead(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		// One of which no attempt was placed holds up nobody else's.
		bare := k.Create(t, k.Rita, "lead", record.Values{"name": "Ben", "email": "ben@home.example"})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.AsSystem("test").Create(t.Context(), "enrollment", record.Values{"lead": bare, "cadence": only(t, k, "cadence", ""), "state": "paused"})
			return err
		})
		lead, enrollment := enrolled(t, k)
		goOn(t, k)
		made := k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "done": true, "about": []schema.Ref{{Object: "lead", ID: lead}}})
		for _, back := range []func(*record.Session, value.ID) error{
			func(s *record.Session, _ value.ID) error { return s.Restore(t.Context(), "lead", lead) },
			func(s *record.Session, act value.ID) error { _, err := s.UndoAct(t.Context(), act); return err },
		} {
			var act value.ID
			k.Write(t, k.Rita, func(s *record.Session) error {
				err := s.Delete(t.Context(), "lead", lead)
				act = s.Act()
				return err
			})
			if left := attempts(t, k, k.Now().Location()); len(left) != 0 {
				t.Errorf("attempts are left: %v", left)
			}
			expect(t, "what was done", texts(t, k, "activity", made, "done"), "true")
			k.Write(t, k.Rita, func(s *record.Session) error { return back(s, act) })
			if left := attempts(t, k, k.Now().Location()); len(left) != 2 {
				t.Errorf("attempts again: %v", left)
			}
			expect(t, "the cadence again", texts(t, k, "enrollment", enrollment, "state"), "active")
		}
		both := []value.ID{bare, lead}
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "lead", both...) })
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Restore(t.Context(), "lead", both...) })
		if left := attempts(t, k, k.Now().Location()); len(left) != 2 {
			t.Errorf("attempts after two leads came back: %v", left)
		}
		k.Write(t, k.Rita, func(s *record.Session) error { return sales.Stop(t.Context(), s, enrollment) })
		if left := attempts(t, k, k.Now().Location()); len(left) != 0 {
			t.Errorf("attempts after its end: %v", left)
		}
	})
}
