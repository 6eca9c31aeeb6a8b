package access

import (
	"context"
	"strings"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// loadMembers reads the living members. One whose active field is empty is not
// active.
func loadMembers(ctx context.Context, tx *store.Tx) (map[value.ID]*person, error) {
	rows, err := tx.Query(ctx, `SELECT id, name, team_id, role_id, manager_id, active, holiday_region FROM {member} WHERE deleted_at IS NULL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := make(map[value.ID]*person, 64)
	for rows.Next() {
		p := &person{}
		name, _ := rows.Text(1)
		p.name = strings.Clone(name)
		p.id, _ = rows.ID(0)
		p.team, _ = rows.ID(2)
		p.role, _ = rows.ID(3)
		p.manager, _ = rows.ID(4)
		p.active, _ = rows.Bool(5)
		region, _ := rows.Text(6)
		p.region = strings.Clone(region)
		all[p.id] = p
	}
	return all, rows.Err()
}

// loadParents reads the living teams, each with the team above it.
func loadParents(ctx context.Context, tx *store.Tx) (map[value.ID]value.ID, error) {
	rows, err := tx.Query(ctx, `SELECT id, parent_id FROM {team} WHERE deleted_at IS NULL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[value.ID]value.ID{}
	for rows.Next() {
		id, _ := rows.ID(0)
		all[id], _ = rows.ID(1)
	}
	return all, rows.Err()
}

// loadExtras reads who holds shares at all.
func (r *Roster) loadExtras(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.Query(ctx, `SELECT member, object, level FROM {extra_holder}`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k extraKey
		if err := rows.Scan(&k.member, &k.object, &k.level); err != nil {
			return err
		}
		r.extras[k] = true
	}
	return rows.Err()
}

// loadRoles reads the living roles and works out their rights. A role whose
// permissions can not be read grants nothing.
func (r *Roster) loadRoles(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.Query(ctx, `SELECT id, "key", name, permissions FROM {role} WHERE deleted_at IS NULL`)
	if err != nil {
		return err
	}
	defer rows.Close()
	r.roles = map[value.ID]*role{}
	for rows.Next() {
		var id value.ID
		var key, text *string
		var name string
		if err := rows.Scan(&id, &key, &name, &text); err != nil {
			return err
		}
		x := &role{id: id, key: textOf(key), name: name}
		x.permissions, x.broken = ParsePermissions(textOf(text))
		r.roles[id] = x
	}
	if err := rows.Err(); err != nil {
		return err
	}
	r.workOut()
	return nil
}

func textOf(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
