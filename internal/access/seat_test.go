package access

import (
	"testing"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

func TestPreviewRoleTellsWhoGainsAndLoses(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		roles := h.shipped()
		north := h.team(0)
		a, b := h.member(north, roles[RepRole]), h.member(north, roles[RepRole])
		h.changed()
		deal := h.object("deal")
		var first value.ID
		for owner, n := range map[value.ID]int{a: 2, b: 3} {
			for range n {
				id := h.id()
				if owner == a {
					first = id
				}
				h.exec(`INSERT INTO {deal} (id, version, owner_id) VALUES ($1, 1, $2)`, id, owner)
			}
		}
		h.share(Grant{Object: deal, Record: first, Member: b, Level: ReadLevel, At: noon})
		preview := func(text string) (e *RoleEffect, err error) {
			h.write(func(tx *store.Tx) error {
				e, err = PreviewRole(t.Context(), tx, h.roster(), roles[RepRole], text, noon)
				return nil
			})
			return e, err
		}
		e, err := preview(`{"objects": {"*": {"read": "own", "create": "team", "update": "team", "delete": "own", "export": "own", "import": "none"}}}`)
		if err != nil || len(e.Members) != 2 || e.Admin != nil {
			t.Fatalf("%+v, %v", e, err)
		}
		for _, x := range e.Scopes {
			if x.Object != deal || x.Action != Read {
				continue
			}
			for _, l := range x.Members {
				after := map[value.ID]int64{a: 2, b: 4}[l.Member] // b keeps what is shared with him
				if l.Before != 5 || l.After != after || l.Lost != 5-after {
					t.Errorf("%+v, want %d after", l, after)
				}
			}
			if x.From != All || x.To != Own || len(x.Members) != 2 {
				t.Errorf("%+v", x)
			}
		}
		if e, err := preview(`{"admin": true}`); err != nil || e.Admin == nil || !*e.Admin {
			t.Errorf("administrators: %+v, %v", e, err)
		}
		if _, err := preview(`{"objects": {"ghost": {"read": "all"}}}`); err == nil {
			t.Error("an object that is not there")
		}
	})
}

func TestSeats(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		g := newGate(t, s)
		u := g.user("ann@example.com", 7)
		seat := func() Seat {
			all, err := g.Seats(g.ctx(), storetest.Slug)
			g.must(err)
			return all[7]
		}
		if x := seat(); x.User != u || !x.Active || x.Invited || !x.Seen.IsZero() || !x.Link.IsZero() {
			t.Errorf("before: %+v", x)
		}
		g.signIn("ann@example.com")
		_, err := g.PasswordCode(g.ctx(), u)
		g.must(err)
		if x := seat(); x.Seen.IsZero() || x.Link.Sub(x.Seen) < PasswordLife-time.Minute {
			t.Errorf("signed in: %+v", x)
		}
		g.later(PasswordLife + time.Hour)
		if x := seat(); !x.Link.IsZero() {
			t.Errorf("the link is over, but %v", x.Link)
		}
	})
}
