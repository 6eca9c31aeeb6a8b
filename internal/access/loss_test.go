package access

import (
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

func TestTighteningTellsWhoLosesWhat(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		roles := h.shipped()
		top := h.team(0)
		low := h.team(top)
		boss, rep, other := h.member(top, roles[ManagerRole]), h.member(low, roles[RepRole]), h.member(low, roles[RepRole])
		lone, admin, off := h.member(0, roles[RepRole]), h.member(0, roles[AdminRole]), h.member(0, roles[RepRole])
		h.exec(`UPDATE {member} SET active = $1 WHERE id = $2`, false, off)
		h.changed()
		deal := h.object("deal")
		var first value.ID
		for owner, n := range map[value.ID]int{boss: 1, rep: 2, other: 4, lone: 8, 0: 16} {
			for range n {
				id := h.id()
				var o any
				if owner != 0 {
					o = owner
				}
				if owner == boss {
					first = id
				}
				h.exec(`INSERT INTO {deal} (id, version, owner_id) VALUES ($1, 1, $2)`, id, o)
			}
		}
		h.exec(`INSERT INTO {deal} (id, version, owner_id, deleted_at) VALUES ($1, 1, $2, 1)`, h.id(), rep)
		h.share(Grant{Object: deal, Record: first, Member: rep, Level: ReadLevel, At: noon})

		tighten := func(to Openness) *Tightening {
			var got *Tightening
			h.write(func(tx *store.Tx) (err error) {
				got, err = TightenOpenness(t.Context(), tx, h.roster(), deal, to, noon)
				return err
			})
			return got
		}
		check := func(to Openness, want map[value.ID]Loss, records int64) {
			t.Helper()
			got := tighten(to)
			if len(got.Losses) != len(want) {
				t.Errorf("%s: %+v", to, got.Losses)
			}
			for _, l := range got.Losses {
				w := want[l.Member]
				if w.From != l.From || w.To != l.To || w.Before != l.Before || w.After != l.After || l.Lost != l.Before-l.After {
					t.Errorf("%s: %+v, want %+v", to, l, w)
				}
			}
			var sum int64
			members := 0
			for _, g := range got.Groups {
				sum += g.Records
				members += g.Members
			}
			if sum != records || members != len(want) {
				t.Errorf("%s: groups %+v", to, got.Groups)
			}
		}
		check(Open, nil, 0)
		check(TeamOnly, map[value.ID]Loss{
			boss:  {From: All, To: Below, Before: 31, After: 7},
			rep:   {From: All, To: Team, Before: 31, After: 7}, // his team's 6 and the shared one
			other: {From: All, To: Team, Before: 31, After: 6},
			lone:  {From: All, To: Team, Before: 31, After: 8},
		}, 24+24+25+23)
		check(Private, map[value.ID]Loss{
			boss:  {From: All, To: Below, Before: 31, After: 7},
			rep:   {From: All, To: Own, Before: 31, After: 3},
			other: {From: All, To: Own, Before: 31, After: 4},
			lone:  {From: All, To: Own, Before: 31, After: 8},
		}, 24+28+27+23)
		h.write(func(tx *store.Tx) error { return SetOpenness(t.Context(), tx, deal, TeamOnly) })
		check(Open, nil, 0)
		check(Private, map[value.ID]Loss{
			rep:   {From: Team, To: Own, Before: 7, After: 3}, // the shared one counts before and after
			other: {From: Team, To: Own, Before: 6, After: 4},
			lone:  {From: Team, To: Own, Before: 8, After: 8},
		}, 4+2+0)
		_ = admin
	})
}

func TestOpennessIsChecked(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		set := func(object string, to Openness) error {
			return h.db.Write(t.Context(), func(tx *store.Tx) error { return SetOpenness(t.Context(), tx, h.object(object), to) })
		}
		for object, ok := range map[string]bool{"deal": true, "deal_line": false, "product": false, "member": false} {
			if err := set(object, Private); (err == nil) != ok {
				t.Errorf("%s: %v", object, err)
			}
		}
		if err := set("deal", "closed"); !fault.Is(err, fault.Invalid) {
			t.Errorf("closed: %v", err)
		}
		r := h.roster()
		for object, want := range map[string]Openness{"deal": Private, "deal_line": Private, "account": Open} {
			if got := r.Openness(h.object(object)); got != want {
				t.Errorf("%s is %s, want %s", object, got, want)
			}
		}
		h.exec(`UPDATE {setting} SET value = 'opne' WHERE "key" = $1`, opennessKey+"deal")
		if got := h.roster().Openness(h.object("deal")); got != Private {
			t.Errorf("an unreadable setting counts as %s", got)
		}
	})
}
