package process

import (
	"context"
	"slices"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Leads tells, for each state of a field, to which states the actor may find a
// way from it, whatever version a record runs under; nil where records may go
// anywhere. Whether a way is open for a certain record the record decides.
func Leads(ctx context.Context, s *record.Session, object, field string) (map[string][]string, error) {
	b, err := bookOf(ctx, s)
	if err != nil {
		return nil, err
	}
	var leads map[string][]string
	all := false
	for _, x := range b.blueprints[object] {
		if x.field.Name != field {
			continue
		}
		all = all || x.when == nil
		versions, err := x.versions(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			if v.Override.could(s) {
				return nil, nil
			}
			if leads == nil {
				leads = map[string][]string{}
			}
			v.lead(s, leads)
		}
	}
	if !all { // some records are under no blueprint
		return nil, nil
	}
	return leads, nil
}

// lead adds the ways of one version.
func (b *blueprint) lead(s *record.Session, leads map[string][]string) {
	for i := range b.States {
		from := b.States[i].State
		to := leads[from]
		for _, m := range b.moves {
			if m.from(from) && !m.broken && (m.Who == nil || m.Who.could(s)) {
				to = append(to, m.To)
			}
		}
		to = append(to, b.freeFrom(from)...)
		slices.Sort(to)
		leads[from] = slices.Compact(to)
	}
}

// versions are the one that governs and those before it, under which records
// may still run.
func (b *blueprint) versions(ctx context.Context, s *record.Session) ([]*blueprint, error) {
	list := []*blueprint{b}
	if b.number < 2 {
		return list, nil
	}
	rows, err := s.Tx().Query(ctx, `SELECT id FROM {blueprint_version} WHERE blueprint_id = $1 AND id <> $2 AND deleted_at IS NULL ORDER BY id`, b.id, b.version)
	if err != nil {
		return nil, err
	}
	var ids []value.ID
	for rows.Next() {
		id, _ := rows.ID(0)
		ids = append(ids, id)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	for _, id := range ids {
		old, err := versionOf(ctx, s, id)
		if err != nil {
			return nil, err
		}
		if old != nil {
			list = append(list, old)
		}
	}
	return list, nil
}

// could reports whether the actor may be meant, by what he is or by owning a
// record.
func (w *Who) could(s *record.Session) bool {
	if w == nil {
		return false
	}
	if w.Owner || w.Manager {
		return true
	}
	me := s.Actor().Member()
	return me != 0 && (slices.Contains(w.Members, me) || w.placed(s, me))
}
