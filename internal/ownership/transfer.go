package ownership

import (
	"context"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// atHome are the members whose region names what the record's field says.
func (r *round) atHome(ctx context.Context, x rule, rec *record.Record, able []value.ID) ([]value.ID, error) {
	sys := r.s.AsSystem("the territory of a record")
	e, err := sys.Check(rec.Object, x.territory, expr.Text)
	if err != nil {
		return nil, nil // the field is gone: nobody, so the fallback
	}
	where, err := sys.Eval(rec, e)
	if err != nil {
		return nil, nil
	}
	place := i18n.Fold(schema.Neutral(where))
	if place == "" {
		return nil, nil
	}
	members, err := sys.GetMany(ctx, access.Members.Name, able)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(able, func(id value.ID) bool {
		m := members[id]
		if m == nil {
			return true
		}
		region, _ := record.Get(m, access.MemberRegion)
		return !slices.ContainsFunc(strings.Split(region, ","), func(part string) bool { return i18n.Fold(strings.TrimSpace(part)) == place })
	}), nil
}

// Transfer hands records to another owner; the open tasks about them that were
// the old owner's follow, if wanted (R22). All or nothing.
func (x *Room) Transfer(ctx context.Context, s *record.Session, object string, ids []value.ID, to value.ID, tasks bool) (int, error) {
	o, err := s.Object(object)
	if err != nil {
		return 0, err
	}
	moved := 0
	for chunk := range slices.Chunk(ids, 500) {
		b := record.Batch{Object: o.Name, Accept: true}
		for _, id := range chunk {
			b.Changes = append(b.Changes, record.Change{ID: id, Values: record.Values{"owner": to, record.SaidKey: record.Said{Tasks: tasks}}})
		}
		if _, err := s.Save(ctx, b); err != nil {
			return moved, err
		}
		moved += len(chunk)
	}
	return moved, nil
}

// bring hands on the open tasks that old owners had about records, where who
// changed the owner says so, whichever way he did it.
func (x *Room) bring(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	handed := map[value.ID]map[value.ID]value.ID{} // by new owner: records with the old one
	for _, d := range drafts {
		if d.Doing != record.Updating || !d.Said().Tasks || !d.Changed("owner") {
			continue
		}
		from, _ := d.Before("owner").(value.ID)
		to, _ := d.Field("owner").(value.ID)
		if from == 0 || to == 0 {
			continue
		}
		if handed[to] == nil {
			handed[to] = map[value.ID]value.ID{}
		}
		handed[to][d.ID] = from
	}
	for _, to := range slices.Sorted(maps.Keys(handed)) {
		if err := x.handOn(ctx, s, drafts[0].Object.Name, handed[to], to); err != nil {
			return err
		}
	}
	return nil
}

// handOn gives the open tasks about records, as far as they are the record's
// old owner's, to another.
func (x *Room) handOn(ctx context.Context, s *record.Session, object string, from map[value.ID]value.ID, to value.ID) error {
	tasks, err := x.needs.Tasks(ctx, s, object, from)
	if err != nil {
		return err
	}
	sys := s.AsSystem("tasks follow their record")
	for chunk := range slices.Chunk(tasks, record.MaxBatch) {
		b := record.Batch{Object: "activity"}
		for _, id := range chunk {
			b.Changes = append(b.Changes, record.Change{ID: id, Values: record.Values{"owner": to}})
		}
		if _, err := sys.Save(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// Reclaim takes a record back at once, with its open tasks (R28): for whoever
// manages its owner, by the right to change what is his.
func (x *Room) Reclaim(ctx context.Context, s *record.Session, object string, id value.ID) error {
	_, err := x.Transfer(ctx, s, object, []value.ID{id}, s.Actor().Member(), true)
	return err
}
