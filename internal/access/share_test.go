package access

import (
	"slices"
	"testing"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// sharedWith lists who reads the record by a share, as a query would.
func (h *house) sharedWith(object string, record value.ID, level int64, now time.Time) []value.ID {
	h.t.Helper()
	var ids []value.ID
	err := h.db.Read(h.t.Context(), func(tx *store.Tx) error {
		ids = nil
		rows, err := tx.Query(h.t.Context(), `SELECT DISTINCT x.member FROM {extra_access} x WHERE x.object = $1 AND x.record = $2
			AND x.level >= $3 AND x.member <> 0 AND (x.until IS NULL OR x.until > $4) ORDER BY x.member`, object, record, level, now)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			id, _ := rows.ID(0)
			ids = append(ids, id)
		}
		return rows.Err()
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return ids
}

func (h *house) share(g Grant) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error { return Share(h.t.Context(), tx, g) })
}

func TestSharesGoToMembers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		role := h.role("x", `{"objects": {"*": {"read":"own","update":"own","delete":"own","export":"own"}}}`)
		ann, bob, eve := h.member(0, role), h.member(0, role), h.member(0, h.role("y", `{"objects": {"account": {"read":"own"}}}`))
		deal, line := h.object("deal"), h.object("deal_line")
		if h.actor(bob).Reach(deal, Read).Extra {
			t.Error("bob holds shares before there is one")
		}
		before := h.roster().Version()
		g := Grant{Object: deal, Record: 7, Member: bob, Level: ReadLevel, By: ann, At: noon}
		h.share(g)
		if h.roster().Version() != before+1 {
			t.Error("the first share of a member leaves the roster as it was")
		}
		h.share(Grant{Object: deal, Record: 8, Member: bob, Level: ReadLevel, By: ann, At: noon})
		if h.roster().Version() != before+1 {
			t.Error("the second share of a member changes the roster again")
		}
		h.share(Grant{Object: deal, Record: 8, Member: eve, Level: UpdateLevel, By: ann, At: noon})
		a := h.actor(bob)
		r := a.Reach(deal, Read)
		if !r.Extra || r.Level != ReadLevel || r.Object != "deal" || len(r.Via) != 0 {
			t.Errorf("reading: %+v", r)
		}
		if r := a.Reach(line, Read); !r.Extra || r.Object != "deal" || len(r.Via) != 1 || r.Via[0].Name != "deal" {
			t.Errorf("lines of a shared deal: %+v", r)
		}
		for _, act := range []Action{Create, Update, Delete, Export, Import} {
			if a.Reach(deal, act).Extra {
				t.Errorf("a share for reading lets bob %s", act)
			}
		}
		if a.Reach(h.object("account"), Read).Extra {
			t.Error("a share of a deal opens accounts")
		}
		if r := h.actor(eve).Reach(deal, Read); !r.None || r.Extra {
			t.Errorf("a role without the object gets it by a share: %+v", r)
		}
		g.Level = UpdateLevel
		h.share(g)
		a = h.actor(bob)
		if !a.Reach(deal, Read).Extra || !a.Reach(deal, Update).Extra || !a.Reach(line, Delete).Extra || a.Reach(deal, Delete).Extra || a.Reach(deal, Export).Extra {
			t.Error("a share for changing is not reading, changing, and the lines")
		}
	})
}

func TestSharesWithTeamsFollowTheTeam(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		role := h.shipped()[RepRole]
		top := h.team(0)
		low := h.team(top)
		ann, bob, eve := h.member(top, role), h.member(low, role), h.member(0, role)
		h.changed()
		h.share(Grant{Object: h.object("deal"), Record: 7, Team: top, Level: ReadLevel, By: ann, At: noon})
		h.share(Grant{Object: h.object("deal"), Record: 7, Member: bob, Level: UpdateLevel, By: ann, At: noon})
		want := func(name string, level int64, ids ...value.ID) {
			t.Helper()
			if got := h.sharedWith("deal", 7, level, noon); !slices.Equal(got, ids) {
				t.Errorf("%s: %v, want %v", name, got, ids)
			}
		}
		want("shared", ReadLevel, ann, bob)
		want("shared for changing", UpdateLevel, bob)
		h.exec(`UPDATE {member} SET team_id = $1 WHERE id = $2`, low, eve)
		h.exec(`UPDATE {member} SET team_id = NULL WHERE id = $1`, ann)
		h.membersChanged(eve, ann)
		want("moved", ReadLevel, bob, eve)
		h.exec(`UPDATE {team} SET parent_id = NULL WHERE id = $1`, low)
		h.changed()
		want("torn off", ReadLevel, bob)
		h.exec(`UPDATE {team} SET parent_id = $1 WHERE id = $2`, top, low)
		h.changed()
		want("put back", ReadLevel, bob, eve)
		h.write(func(tx *store.Tx) error {
			if err := SetOpenness(t.Context(), tx, h.object("deal"), Private); err != nil {
				return err
			}
			there, err := Unshare(t.Context(), tx, h.object("deal"), 7, 0, top)
			if !there {
				t.Error("the share is not there")
			}
			return err
		})
		want("unshared", ReadLevel, bob)
		if a := h.actor(eve); !a.Reach(h.object("deal"), Read).Extra {
			t.Error("eve held a share and is not known as a holder")
		}
		h.write(func(tx *store.Tx) error {
			_, err := ExpireShares(t.Context(), tx, noon)
			return err
		})
		if a := h.actor(eve); a.Reach(h.object("deal"), Read).Extra {
			t.Error("eve holds no share any more and still counts as a holder")
		}
		if a := h.actor(bob); !a.Reach(h.object("deal"), Read).Extra {
			t.Error("bob was forgotten")
		}
	})
}

func TestSharesEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		bob := h.member(0, h.shipped()[RepRole])
		deal := h.object("deal")
		end := noon.Add(time.Hour)
		h.share(Grant{Object: deal, Record: 7, Member: bob, Level: ReadLevel, Until: end, At: noon})
		list := func(now time.Time) (all []Grant) {
			h.write(func(tx *store.Tx) (err error) {
				all, err = Shares(t.Context(), tx, deal, 7, now)
				return err
			})
			return all
		}
		if got := list(noon); len(got) != 1 || got[0].Member != bob || !got[0].Until.Equal(end) || !got[0].At.Equal(noon) {
			t.Errorf("shares now: %+v", got)
		}
		if got := list(end); len(got) != 0 {
			t.Errorf("shares at the end: %+v", got)
		}
		var removed int64
		expire := func(now time.Time) int64 {
			h.write(func(tx *store.Tx) (err error) {
				removed, err = ExpireShares(t.Context(), tx, now)
				return err
			})
			return removed
		}
		if expire(end.Add(-time.Millisecond)) != 0 || expire(end) != 1 {
			t.Error("shares do not expire at their end")
		}
	})
}

func TestSharesAreChecked(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		role := h.shipped()[RepRole]
		on, off, team := h.member(0, role), h.member(0, role), h.team(0)
		h.exec(`UPDATE {member} SET active = $1 WHERE id = $2`, false, off)
		deal := h.object("deal")
		for key, g := range map[string]Grant{
			"access.share_unowned":   {Object: h.object("product"), Member: on, Level: 1},
			"access.share_with_whom": {Object: deal, Member: on, Team: team, Level: 1},
			"access.unknown_level":   {Object: deal, Member: on},
			"access.share_over":      {Object: deal, Member: on, Level: 1, Until: noon},
			"access.share_unknown":   {Object: deal, Member: off, Level: 1},
		} {
			g.Record, g.At = 7, noon
			err := h.db.Write(t.Context(), func(tx *store.Tx) error { return Share(t.Context(), tx, g) })
			if e, ok := fault.As(err); !ok || e.Key != key {
				t.Errorf("%s: %v", key, err)
			}
		}
		err := h.db.Write(t.Context(), func(tx *store.Tx) error {
			return Share(t.Context(), tx, Grant{Object: deal, Record: 7, Team: 99, Level: 1, At: noon})
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a team that is not there: %v", err)
		}
		for text, want := range map[string]int64{"read": ReadLevel, "update": UpdateLevel, "write": 0, "": 0} {
			if got, err := ParseLevel(text); got != want || (err == nil) != (want != 0) || want != 0 && LevelName(got) != text {
				t.Errorf("level %q: %d, %v", text, got, err)
			}
		}
	})
}
