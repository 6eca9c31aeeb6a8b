package ownership

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
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
	if !s.Roster().Active(to) {
		return 0, fault.New(fault.Invalid, "record.invalid", fault.Args{"object": o.Name}).With(fault.Field{Path: "owner", Key: "field.inactive_member"})
	}
	moved := 0
	for chunk := range slices.Chunk(ids, 500) {
		before, err := s.GetMany(ctx, o.Name, chunk)
		if err != nil {
			return moved, err
		}
		b := record.Batch{Object: o.Name, Accept: true}
		for _, id := range chunk {
			b.Changes = append(b.Changes, record.Change{ID: id, Values: record.Values{"owner": to}})
		}
		if _, err := s.Save(ctx, b); err != nil {
			return moved, err
		}
		moved += len(chunk)
		if tasks {
			if err := x.bring(ctx, s, o.Name, before, to); err != nil {
				return moved, err
			}
		}
	}
	return moved, nil
}

// bring hands on the tasks that the old owners had about the records.
func (x *Room) bring(ctx context.Context, s *record.Session, object string, before map[value.ID]*record.Record, to value.ID) error {
	var ids, owners []value.ID
	for id, r := range before {
		ids, owners = append(ids, id), append(owners, r.Owner())
	}
	tasks, err := x.needs.Tasks(ctx, s, object, ids)
	if err != nil || len(tasks) == 0 {
		return err
	}
	sys := s.AsSystem("tasks follow their record")
	found, err := sys.GetMany(ctx, "activity", tasks)
	if err != nil {
		return err
	}
	b := record.Batch{Object: "activity"}
	for _, id := range tasks {
		if t := found[id]; t != nil && slices.Contains(owners, t.Owner()) && t.Owner() != to {
			b.Changes = append(b.Changes, record.Change{ID: id, Values: record.Values{"owner": to}})
		}
	}
	if len(b.Changes) == 0 {
		return nil
	}
	_, err = sys.Save(ctx, b)
	return err
}

// Reclaim takes a record back at once, with its open tasks (R28): for whoever
// manages its owner, by the right to change what is his.
func (x *Room) Reclaim(ctx context.Context, s *record.Session, object string, id value.ID) error {
	_, err := x.Transfer(ctx, s, object, []value.ID{id}, s.Actor().Member(), true)
	return err
}
