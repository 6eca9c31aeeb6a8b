package access

import (
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// checked runs a check and answers the keys of its problems by record.
func (h *house) checked(check func(*store.Tx) ([]Problem, error)) map[value.ID]string {
	h.t.Helper()
	keys := map[value.ID]string{}
	h.write(func(tx *store.Tx) error {
		problems, err := check(tx)
		for _, p := range problems {
			keys[p.ID] = p.Field + " " + p.Key
		}
		return err
	})
	return keys
}

func (h *house) expect(name string, got map[value.ID]string, want map[value.ID]string) {
	h.t.Helper()
	if len(got) != len(want) {
		h.t.Errorf("%s: %v, want %v", name, got, want)
	}
	for id, key := range want {
		if got[id] != key {
			h.t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		roles := h.shipped()
		check := func(c ...MemberChange) map[value.ID]string {
			return h.checked(func(tx *store.Tx) ([]Problem, error) { return CheckMembers(t.Context(), tx, c) })
		}
		h.expect("no administrator yet", check(MemberChange{ID: 5, Role: roles[RepRole], Active: true}), nil)
		one := h.member(0, roles[AdminRole])
		rep := h.member(0, roles[RepRole])
		is := func(id value.ID, role string, active, gone bool) MemberChange {
			return MemberChange{ID: id, Role: roles[role], Active: active, Gone: gone}
		}
		h.expect("renamed", check(is(one, AdminRole, true, false)), nil)
		h.expect("deactivated", check(is(one, AdminRole, false, false)), map[value.ID]string{one: "active access.last_admin"})
		h.expect("demoted", check(is(one, RepRole, true, false)), map[value.ID]string{one: "role access.last_admin"})
		h.expect("deleted", check(is(one, AdminRole, true, true)), map[value.ID]string{one: " access.last_admin"})
		h.expect("a rep deactivated", check(is(rep, RepRole, false, false)), nil)
		h.expect("replaced in one batch", check(is(one, RepRole, true, false), is(rep, AdminRole, true, false)), nil)
		h.expect("replaced, other way round", check(is(rep, AdminRole, true, false), is(one, AdminRole, false, false)), nil)
		two := h.member(0, roles[AdminRole])
		h.expect("one of two", check(is(one, AdminRole, false, false)), nil)
		h.expect("both of two", check(is(one, AdminRole, false, false), is(two, RepRole, true, false)),
			map[value.ID]string{one: "active access.last_admin", two: "role access.last_admin"})
	})
}

func TestNoCircles(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		role := h.shipped()[RepRole]
		a, b, c := h.member(0, role), h.member(0, role), h.member(0, role)
		h.exec(`UPDATE {member} SET manager_id = $1 WHERE id = $2`, a, b)
		h.exec(`UPDATE {member} SET manager_id = $1 WHERE id = $2`, b, c)
		managers := func(changes ...MemberChange) map[value.ID]string {
			for i := range changes {
				changes[i].Active, changes[i].Role = true, role
			}
			return h.checked(func(tx *store.Tx) ([]Problem, error) { return CheckMembers(t.Context(), tx, changes) })
		}
		const circle = "manager access.manager_circle"
		h.expect("himself", managers(MemberChange{ID: a, Manager: a}), map[value.ID]string{a: circle})
		h.expect("over others", managers(MemberChange{ID: a, Manager: c}), map[value.ID]string{a: circle})
		h.expect("a new one", managers(MemberChange{ID: 9, Manager: c}), nil)
		h.expect("turned over", managers(MemberChange{ID: c}, MemberChange{ID: a, Manager: c}), nil)
		h.expect("two new ones", managers(MemberChange{ID: 8, Manager: 9}, MemberChange{ID: 9, Manager: 8}),
			map[value.ID]string{8: circle, 9: circle})

		top := h.team(0)
		mid := h.team(top)
		low := h.team(mid)
		teams := func(changes ...TeamChange) map[value.ID]string {
			return h.checked(func(tx *store.Tx) ([]Problem, error) { return CheckTeams(t.Context(), tx, changes) })
		}
		const inside = "parent access.team_circle"
		h.expect("itself", teams(TeamChange{ID: top, Parent: top}), map[value.ID]string{top: inside})
		h.expect("below itself", teams(TeamChange{ID: top, Parent: low}), map[value.ID]string{top: inside})
		h.expect("moved", teams(TeamChange{ID: low, Parent: top}), nil)
		h.expect("swapped", teams(TeamChange{ID: mid, Parent: low}, TeamChange{ID: low, Parent: top}), nil)
		h.expect("gone", teams(TeamChange{ID: top, Parent: low, Gone: true}), nil)
	})
}

func TestRolesAreChecked(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		roles := h.shipped()
		own := h.role("boss", `{"admin": true}`)
		check := func(c RoleChange) map[value.ID]string {
			return h.checked(func(tx *store.Tx) ([]Problem, error) { return CheckRoles(t.Context(), tx, h.s, []RoleChange{c}) })
		}
		one := func(id value.ID, key string) map[value.ID]string { return map[value.ID]string{id: key} }
		rep := roles[RepRole]
		h.expect("new", check(RoleChange{ID: 5, Permissions: `{"objects": {"deal": {"read": "all"}}}`}), nil)
		h.expect("shipped, other rights", check(RoleChange{ID: rep, Key: RepRole, WasKey: RepRole, Permissions: `{}`}), nil)
		h.expect("shipped, deleted", check(RoleChange{ID: rep, Key: RepRole, WasKey: RepRole, Gone: true}), one(rep, " access.shipped_role"))
		h.expect("shipped, another key", check(RoleChange{ID: rep, Key: "x", WasKey: RepRole}), one(rep, "key access.shipped_role"))
		h.expect("misspelt", check(RoleChange{ID: 5, Permissions: `{"objects": {"*": {"read": "al"}}}`}), one(5, "permissions access.unknown_scope"))
		h.expect("unknown object", check(RoleChange{ID: 5, Permissions: `{"objects": {"deel": {"read": "all"}}}`}), one(5, "permissions access.unknown_object"))
		h.expect("unknown field", check(RoleChange{ID: 5, Permissions: `{"fields": {"deal.x": "none"}}`}), one(5, "permissions access.unknown_field"))
		h.expect("deleted", check(RoleChange{ID: own, WasKey: "boss", Gone: true}), nil)
		h.member(0, own)
		h.expect("the last administrator's, deleted", check(RoleChange{ID: own, WasKey: "boss", Gone: true}), one(own, "permissions access.last_admin"))
		h.expect("the last administrator's, taken", check(RoleChange{ID: own, Permissions: `{}`}), one(own, "permissions access.last_admin"))
		h.member(0, roles[AdminRole])
		h.expect("one of two, taken", check(RoleChange{ID: own, Permissions: `{}`}), nil)
	})
}
