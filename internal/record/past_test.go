package record

import (
	"slices"
	"testing"
	"time"

	"wellmet/internal/value"
)

// What the system brings in from before keeps its moments and its people:
// every deed is an act of its own that belongs to the bringing in.
func TestThePastKeepsWhenAndWho(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		monday, tuesday := noon.Add(-96*time.Hour), noon.Add(-72*time.Hour)
		var ids []value.ID
		save := func(member value.ID, changes ...Change) value.ID {
			return k.do(member, func(s *Session) error {
				out, err := s.Save(k.ctx(), Batch{Object: "bill", Changes: changes})
				ids = ids[:0]
				for _, o := range out {
					ids = append(ids, o.ID)
				}
				return err
			})
		}
		brought := save(0, Change{Values: Values{"amount": eur(1)}, At: monday, By: k.rep}, Change{Values: Values{"amount": eur(2)}, At: monday, By: k.rep},
			Change{Values: Values{"amount": eur(3)}, At: monday, By: k.mate}, Change{Values: Values{"amount": eur(4)}})
		bills := slices.Clone(ids)
		save(0, Change{ID: bills[0], Values: Values{"status": "sent"}, At: tuesday, By: k.mate})

		acts := map[value.ID]bool{}
		var first value.ID
		for i, want := range []struct {
			at time.Time
			by value.ID
		}{{monday, k.rep}, {monday, k.rep}, {monday, k.mate}, {noon, 0}} {
			e := history(t, k, bills[i])
			made := e[len(e)-1]
			if made.Actor != want.by || made.At != want.at.UnixMilli() {
				t.Errorf("bill %d was made by %v at %v, want %+v", i, made.Actor, time.UnixMilli(made.At).UTC(), want)
			}
			k.wantField("bill", bills[i], "created_at", want.at)
			acts[made.Act] = true
			if i == 0 {
				first = made.Act
			}
			if (made.Act == brought) != (want.by == 0) {
				t.Errorf("bill %d: act %v of %v", i, made.Act, brought)
			}
		}
		if len(acts) != 3 {
			t.Errorf("%d acts, want one for each deed", len(acts))
		}
		k.as(0, func(s *Session) {
			if a, err := s.ReadAct(k.ctx(), first, "", 10); err != nil || a.Parent != brought || len(a.Entries) != 2 {
				t.Errorf("the act is %+v, %v", a, err)
			}
		})
		if e := history(t, k, bills[0])[0]; e.Actor != k.mate || e.At != tuesday.UnixMilli() {
			t.Errorf("changed by %v at %v", e.Actor, e.At)
		}
		k.wantField("bill", bills[0], "created_by", k.rep)
		k.wantField("bill", bills[0], "updated_by", k.mate)
		k.wantField("bill", bills[0], "updated_at", tuesday)
		k.invariants()

		// Nobody else can say that it was a colleague, or yesterday.
		save(k.rep, Change{Values: Values{"amount": eur(9)}, At: monday, By: k.mate})
		if e := history(t, k, ids[0])[0]; e.Actor != k.rep || e.At != noon.UnixMilli() {
			t.Errorf("a member wrote as %v at %v", e.Actor, e.At)
		}
		k.wantField("bill", ids[0], "created_by", k.rep)
	})
}

func history(t *testing.T, k *shop, bill value.ID) (entries []Entry) {
	t.Helper()
	k.as(0, func(s *Session) {
		var err error
		if entries, err = s.History(k.ctx(), "bill", bill, 0, 10); err != nil || len(entries) == 0 {
			t.Fatalf("history: %v", err)
		}
	})
	return entries
}
