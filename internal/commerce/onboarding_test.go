package commerce_test

import (
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// begun are the open steps of a contract: what, whose and when due.
func (k *shop) begun(t *testing.T, contract value.ID) string {
	t.Helper()
	var list []string
	k.Read(t, k.Ada, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "activity", Filter: `kind != "note"`, Sort: "due_at,id"})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			if about, _ := r.Field("about").([]schema.Ref); len(about) == 2 && about[0].ID == contract {
				list = append(list, r.Title()+" "+s.Roster().Name(r.Owner())+" "+r.Field("due_at").(time.Time).Format("01-02 15:04"))
			}
		}
		page, err = s.Query(t.Context(), record.Query{Object: "case", Sort: "id"})
		for _, r := range page.Records {
			list = append(list, r.Title()+" "+s.Roster().Name(r.Owner())+" "+schema.Neutral(r.Field("due_on"))+" "+schema.Neutral(r.Field("account")))
		}
		return err
	})
	return strings.Join(list, "; ")
}

// without takes the shipped steps after signing out of use.
func (k *shop) without(t *testing.T) {
	t.Helper()
	k.Write(t, k.Ada, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "onboarding_step", Limit: 10})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			if _, err := s.Update(t.Context(), "onboarding_step", r.ID, 0, record.Values{"active": false}); err != nil {
				return err
			}
		}
		return nil
	})
}

// A new company has steps after signing, which go with the signature, and does
// without them where it wants.
func TestShippedStepsFollowASignature(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		sign := func(contract value.ID) (act value.ID) {
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "contract", contract, 0, record.Values{"state": "signed"})
				act = s.Act()
				return err
			})
			return act
		}
		deal := k.deal(t)
		k.win(t, deal)
		c := k.contracts(t, deal)[0].ID
		act := sign(c)
		want := "Welcome call Rita 03-03 09:00; Hand over to delivery Rita 03-04 09:00; Check the first invoice Rita 03-16 09:00; Is the customer satisfied? Rita 04-01 09:00"
		if got := k.begun(t, c); got != want {
			t.Errorf("begun: %s\nwant %s", got, want)
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.UndoAct(t.Context(), act)
			return err
		})
		if got := k.begun(t, c); got != "" {
			t.Errorf("after undo: %s", got)
		}
		k.without(t)
		sign(c)
		if got := k.begun(t, c); got != "" {
			t.Errorf("without steps: %s", got)
		}
	})
}

// The steps after signing begin in the act that signs, those of the deal's
// pipeline and type, in the working days of whoever does them, and go with it.
func TestSigningBeginsWhatFollows(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		k.without(t)
		step := func(v record.Values) value.ID { return k.Create(t, k.Ada, "onboarding_step", v) }
		if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "onboarding_step", record.Values{"name": "Mine"})
			return err
		}); err == nil {
			t.Error("a rep says what follows a contract")
		}
		deal := k.deal(t)
		var pipeline, typ value.ID
		k.Read(t, k.Ada, func(s *record.Session) error {
			r, err := s.Get(t.Context(), "deal", deal)
			pipeline, _ = r.Field("pipeline").(value.ID)
			types, err2 := s.Query(t.Context(), record.Query{Object: "record_type", Sort: "position"})
			if err == nil && err2 == nil {
				typ = types.Records[0].ID
			}
			return err
		})
		other := k.Create(t, k.Ada, "pipeline", record.Values{"name": "Renewals"})
		step(record.Values{"name": "交付", "days": int64(1), "pipeline": pipeline, "position": int64(1)})
		step(record.Values{"name": "Train", "kind": "meeting", "days": int64(2), "member": k.Olga, "description": "At theirs", "position": int64(2)})
		step(record.Values{"name": "Care", "kind": "case", "days": int64(1), "position": int64(3)})
		step(record.Values{"name": "Elsewhere", "pipeline": other})
		step(record.Values{"name": "Of a type", "record_type": typ})
		step(record.Values{"name": "No more", "active": false})
		k.Create(t, k.Ada, "holiday", record.Values{"name": "Away", "day": "2026-03-03", "region": "DE-BY"})
		if err := k.update(t, k.Ada, "member", k.Olga, record.Values{"holiday_region": "DE-BY"}); err != nil {
			t.Fatal(err)
		}
		k.win(t, deal)
		c := k.contracts(t, deal)[0].ID
		if got := k.begun(t, c); got != "" {
			t.Errorf("before signing: %s", got)
		}
		var act value.ID
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "contract", c, 0, record.Values{"state": "signed"})
			act = s.Act()
			return err
		})
		want := "交付 Rita 03-03 09:00; Train Olga 03-05 09:00; Care Rita 2026-03-03 " + k.account.String()
		if got := k.begun(t, c); got != want {
			t.Errorf("signed on a Monday: %s\nwant %s", got, want)
		}
		if err := k.update(t, k.Rita, "contract", c, record.Values{"state": "active"}); err != nil {
			t.Fatal(err)
		}
		if got := k.begun(t, c); got != want {
			t.Errorf("active: %s", got)
		}
		_ = act
	})
}

func TestUndoingASignatureTakesItsStepsBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		k.without(t)
		k.Create(t, k.Ada, "onboarding_step", record.Values{"name": "Deliver"})
		k.Create(t, k.Ada, "onboarding_step", record.Values{"name": "Care", "kind": "case"})
		deal := k.deal(t)
		k.win(t, deal)
		c := k.contracts(t, deal)[0].ID
		var act value.ID
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "contract", c, 0, record.Values{"state": "signed"})
			act = s.Act()
			return err
		})
		if got := k.begun(t, c); strings.Count(got, ";") != 1 {
			t.Errorf("begun: %s", got)
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.UndoAct(t.Context(), act)
			return err
		})
		k.want(t, "contract", c, map[string]string{"state": "draft"})
		if got := k.begun(t, c); got != "" {
			t.Errorf("after undo: %s", got)
		}
	})
}
