package access

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Problem is why a change of a member, team or role is refused.
type Problem struct {
	ID    value.ID // of the record
	Field string   // "" = the record as a whole
	Key   string
	Args  fault.Args
}

// MemberChange is a member as he will be after the write.
type MemberChange struct {
	ID, Manager, Role value.ID
	Active            bool
	Gone              bool // he is being deleted
}

// TeamChange is a team as it will be after the write.
type TeamChange struct {
	ID, Parent value.ID
	Gone       bool
}

// CheckMembers refuses circles of managers, and to deactivate, demote or
// delete the last active administrator. It must run before the rows are
// written, in the same transaction, over all changes of the batch.
func CheckMembers(ctx context.Context, tx *store.Tx, changes []MemberChange) ([]Problem, error) {
	if err := lockAccess(ctx, tx); err != nil {
		return nil, err
	}
	now, err := loadMembers(ctx, tx)
	if err != nil {
		return nil, err
	}
	managers := make(map[value.ID]value.ID, len(now))
	for id, p := range now {
		managers[id] = p.manager
	}
	for _, c := range changes {
		managers[c.ID] = c.Manager
	}
	var problems []Problem
	for _, c := range changes {
		if !c.Gone && circular(managers, c.ID) {
			problems = append(problems, Problem{ID: c.ID, Field: MemberManager.Name(), Key: "access.manager_circle"})
		}
	}
	admins, err := adminRoles(ctx, tx)
	if err != nil {
		return nil, err
	}
	return append(problems, lastAdmin(now, admins, changes)...), nil
}

// lastAdmin finds the changes that would leave the workspace without an active
// administrator, if it has one.
func lastAdmin(now map[value.ID]*person, admins map[value.ID]bool, changes []MemberChange) []Problem {
	left := map[value.ID]bool{}
	for id, p := range now {
		if p.active && admins[p.role] {
			left[id] = true
		}
	}
	if len(left) == 0 {
		return nil
	}
	var problems []Problem
	for _, c := range changes {
		is := c.Active && !c.Gone && admins[c.Role]
		if left[c.ID] && !is {
			field := MemberActive.Name()
			if c.Gone {
				field = ""
			} else if c.Active {
				field = MemberRole.Name()
			}
			problems = append(problems, Problem{ID: c.ID, Field: field, Key: "access.last_admin"})
		}
		delete(left, c.ID)
		if is {
			left[c.ID] = true
		}
	}
	if len(left) > 0 {
		return nil
	}
	return problems
}

// adminRoles are the roles whose members administer the workspace.
func adminRoles(ctx context.Context, tx *store.Tx) (map[value.ID]bool, error) {
	rows, err := tx.Query(ctx, `SELECT id, "key", permissions FROM {role} WHERE deleted_at IS NULL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	admins := map[value.ID]bool{}
	for rows.Next() {
		var id value.ID
		var key, text *string
		if err := rows.Scan(&id, &key, &text); err != nil {
			return nil, err
		}
		x := &role{key: textOf(key)}
		x.permissions, x.broken = ParsePermissions(textOf(text))
		if x.admin() {
			admins[id] = true
		}
	}
	return admins, rows.Err()
}

// CheckTeams refuses circles in the tree of teams. It must run before the rows
// are written.
func CheckTeams(ctx context.Context, tx *store.Tx, changes []TeamChange) ([]Problem, error) {
	if err := lockAccess(ctx, tx); err != nil {
		return nil, err
	}
	parents, err := loadParents(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		parents[c.ID] = c.Parent
	}
	var problems []Problem
	for _, c := range changes {
		if !c.Gone && circular(parents, c.ID) {
			problems = append(problems, Problem{ID: c.ID, Field: TeamParent.Name(), Key: "access.team_circle"})
		}
	}
	return problems, nil
}

// circular reports whether going up from id comes back to it. A circle further
// up that id is no part of is not its own fault.
func circular(up map[value.ID]value.ID, id value.ID) bool {
	at := up[id]
	for steps := 0; at != 0 && steps <= len(up); steps++ {
		if at == id {
			return true
		}
		at = up[at]
	}
	return false
}

// lockAccess makes transactions that change members, teams or roles wait for
// one another: two could otherwise each take away one of the last two
// administrators, or close a circle together.
func lockAccess(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Row(ctx, `SELECT access_version FROM {workspace_state} WHERE "key" = 1`+tx.Dialect().ForUpdate(), nil, nil)
	return err
}
