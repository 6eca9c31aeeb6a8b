package access

import (
	"slices"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// scopes is what a role gives on an object, action by action.
type scopes [actions]Scope

func TestShippedRoles(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		roles := h.shipped()
		every := scopes{All, All, All, All, All, All}
		looks := scopes{All, None, None, None, None, None}
		for _, c := range []struct {
			role, object string
			openness     Openness
			want         scopes // read, create, update, delete, export, import
		}{
			{AdminRole, "deal", Open, every},
			{AdminRole, "deal", Private, every},
			{AdminRole, "member", Open, every},
			{AdminRole, "product", Open, every},
			{ManagerRole, "deal", Open, scopes{All, Below, Below, Below, Below, Below}},
			{ManagerRole, "deal", TeamOnly, scopes{Below, Below, Below, Below, Below, Below}},
			{ManagerRole, "deal", Private, scopes{Below, Below, Below, Below, Below, Below}},
			{ManagerRole, "deal_line", Private, scopes{Below, Below, Below, Below, Below, Below}},
			{ManagerRole, "member", Open, looks},
			{ManagerRole, "product", Open, looks},
			{RepRole, "deal", Open, scopes{All, Team, Team, Own, Own, None}},
			{RepRole, "deal", TeamOnly, scopes{Team, Team, Team, Own, Own, None}},
			{RepRole, "deal", Private, scopes{Own, Team, Own, Own, Own, None}},
			{RepRole, "deal_line", TeamOnly, scopes{Team, Team, Team, Team, Own, None}},
			{RepRole, "member", Open, looks},
			{RepRole, "team", Open, looks},
			{RepRole, "role", Open, looks},
			{RepRole, "product", Open, looks},
		} {
			h.write(func(tx *store.Tx) error { return SetOpenness(t.Context(), tx, h.object("deal"), c.openness) })
			a := h.actor(h.member(0, roles[c.role]))
			var got scopes
			for act := range actions {
				got[act] = a.Scope(h.object(c.object), Action(act))
			}
			if got != c.want {
				t.Errorf("%s on %s, %s: %v, want %v", c.role, c.object, c.openness, got, c.want)
			}
			if a.Admin() != (c.role == AdminRole) {
				t.Errorf("%s is admin: %v", c.role, a.Admin())
			}
		}
	})
}

func TestRolesDenyWhatTheyDoNotSay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		for name, role := range map[string]value.ID{
			"none": 0, "gone": 77, "empty": h.role("empty", ""), "broken": h.role("broken", `{"objects": {"*": {"read": "al"}}}`),
			"other object": h.role("other", `{"objects": {"account": {"read": "all", "update": "all"}}}`),
		} {
			a := h.actor(h.member(0, role))
			for act := range actions {
				if got := a.Reach(h.object("deal"), Action(act)); !got.None || got.Extra {
					t.Errorf("role %s: %s reaches %+v", name, Action(act), got)
				}
			}
			if f := h.field("deal", "amount"); a.Sees(f) || a.CanFilter(f) || a.CanWrite(f) {
				t.Errorf("role %s sees a field", name)
			}
			if a.Admin() {
				t.Errorf("role %s is admin", name)
			}
		}
		a := h.actor(h.member(0, h.role("one", `{"objects": {"account": {"read": "all", "update": "own"}}}`)))
		if got := a.Scope(h.object("account"), Read); got != All {
			t.Errorf("granted object: %v", got)
		}
		if got := a.Scope(h.object("account"), Update); got != Own {
			t.Errorf("granted object: %v", got)
		}
	})
}

func TestRoleDataCannotReachMembersAndRoles(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		all := `"objects": {"*": {"read":"all","create":"all","update":"all","delete":"all","export":"all","import":"all"}, "role": {"update":"all"}}`
		wide := h.actor(h.member(0, h.role("wide", "{"+all+"}")))
		admin := h.actor(h.member(0, h.role("second", "{"+all+`,"admin":true}`)))
		for _, o := range Objects() {
			for _, act := range []Action{Create, Update, Delete, Import} {
				if wide.Can(h.object(o.Name), act) {
					t.Errorf("no administrator may %s %s", act, o.Name)
				}
				if !admin.Can(h.object(o.Name), act) {
					t.Errorf("an administrator may not %s %s", act, o.Name)
				}
			}
		}
		if wide.Admin() || !admin.Admin() {
			t.Error("admin is not what the role says")
		}
		broken := h.actor(h.member(0, h.role(AdminRole, "{nonsense")))
		if !broken.Admin() || broken.Scope(h.object("deal"), Delete) != All {
			t.Error("the shipped administrator locked himself out")
		}
	})
}

func TestNobodyChangesWhatHeMayNotRead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		a := h.actor(h.member(0, h.role("x", `{"objects": {"deal": {"read":"own","update":"all","delete":"team","export":"all","create":"all"}}}`)))
		for act, want := range map[Action]Scope{Update: Own, Delete: Own, Export: Own, Create: All} {
			if got := a.Scope(h.object("deal"), act); got != want {
				t.Errorf("%s: %s, want %s", act, got, want)
			}
		}
		b := h.actor(h.member(0, h.role("y", `{"objects": {"*": {"read":"all","update":"all"}, "deal_line": {"read":"none"}, "product": {"update":"none"}}}`)))
		if b.Can(h.object("deal_line"), Read) || b.Can(h.object("deal_line"), Update) || b.Can(h.object("product"), Update) {
			t.Error("a restriction by name fell off")
		}
		if !b.Can(h.object("deal"), Update) || !b.Can(h.object("product"), Read) {
			t.Error("a restriction by name took more than it says")
		}
	})
}

func TestOnlyActiveMembersAct(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		role := h.shipped()[RepRole]
		on, off, gone, unsure := h.member(0, role), h.member(0, role), h.member(0, role), h.member(0, role)
		h.exec(`UPDATE {member} SET active = $1 WHERE id = $2`, false, off)
		h.exec(`UPDATE {member} SET active = NULL WHERE id = $1`, unsure)
		h.exec(`UPDATE {member} SET deleted_at = 1 WHERE id = $1`, gone)
		r := h.roster()
		if a, err := r.Actor(on); err != nil || a.Member() != on {
			t.Errorf("active: %v", err)
		}
		for _, id := range []value.ID{off, gone, unsure, 0, 5} {
			if _, err := r.Actor(id); !fault.Is(err, fault.Forbidden) {
				t.Errorf("member %d: %v", id, err)
			}
			if r.Active(id) {
				t.Errorf("member %d counts as active", id)
			}
		}
		if got := r.MemberIDs(); !slices.Equal(got, []value.ID{on, off, unsure}) {
			t.Errorf("members %v", got)
		}
	})
}

func TestSystemMayEverything(t *testing.T) {
	t.Parallel()
	a := System("nightly sums")
	o := Members
	if !a.System() || !a.Admin() || a.Reason() != "nightly sums" || a.Member() != 0 {
		t.Error("not the system")
	}
	for act := range actions {
		if !a.Reach(o, Action(act)).All || !a.Limit(nil).Reach(o, Action(act)).All {
			t.Errorf("system may not %s", Action(act))
		}
	}
	if !System("").System() {
		t.Error("without a reason it is nobody")
	}
}

func TestTokenScopesLimit(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		admin := h.actor(h.member(0, h.shipped()[AdminRole]))
		type may struct {
			read, write, lines, accounts, members, memberWrite, admin bool
		}
		for text, want := range map[string]may{
			"":              {},
			"nonsense":      {},
			"deals:nothing": {},
			ScopeAll:        {true, true, true, true, true, true, true},
			ScopeRead:       {true, false, false, true, true, false, false},
			ScopeWrite:      {true, true, true, true, true, false, false},
			ScopeAdmin:      {members: true, memberWrite: true, admin: true},
			"deals:read":    {read: true},
			"deals:write":   {read: true, write: true, lines: true},
			"members:write": {members: true, memberWrite: true},
		} {
			a := admin.Limit([]string{text})
			got := may{a.Can(h.object("deal"), Read), a.Can(h.object("deal"), Update), a.Can(h.object("deal_line"), Create),
				a.Can(h.object("account"), Read), a.Can(h.object("member"), Read), a.Can(h.object("member"), Update), a.Admin()}
			if got != want {
				t.Errorf("%q: %+v, want %+v", text, got, want)
			}
		}
		both := admin.Limit([]string{ScopeWrite}).Limit([]string{"deals:read", "accounts:write"})
		if both.Can(h.object("deal"), Update) || !both.Can(h.object("deal"), Read) || !both.Can(h.object("account"), Delete) || both.Can(h.object("product"), Read) {
			t.Error("two limits do not leave what both allow")
		}
		if f := h.field("deal", "amount"); admin.Limit([]string{ScopeRead}).Field(f) != ReadField || admin.Limit([]string{"accounts:read"}).Sees(f) {
			t.Error("limits do not reach fields")
		}
		if admin.Field(h.field("deal", "amount")) != WriteField {
			t.Error("limiting a copy limited the actor")
		}
		for text, ok := range map[string]bool{"all": true, "deals:read": true, "deal:read": false, "deals": false, "deals:delete": false, "": false} {
			if err := CheckScopes(h.s, []string{text}); (err == nil) != ok {
				t.Errorf("scope %q: %v", text, err)
			}
		}
		if CheckScopes(h.s, nil) == nil {
			t.Error("no scopes accepted")
		}
	})
}
