package ownership

import (
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Assign gives existing records to whom the rule of that name chooses, in turn
// and by load as it does with new ones; the old owners' open tasks follow where
// said. Those for whom there is nobody stay as
// they are; where nobody owns them, they wait in the rule's pool.
func (x *Room) Assign(ctx context.Context, s *record.Session, object string, ids []value.ID, name string, tasks bool) error {
	rules, err := rulesOf(ctx, s)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rules, func(r rule) bool { return r.name == name && r.object == object && r.broken == nil })
	if i < 0 {
		return fault.New(fault.Invalid, "ownership.no_rule", fault.Args{"name": value.Printable(name)})
	}
	found, err := s.GetMany(ctx, object, ids)
	if err != nil {
		return err
	}
	now := &round{room: x, s: s, rules: rules[i : i+1]}
	b := record.Batch{Object: object}
	for _, id := range ids {
		if found[id] == nil {
			continue
		}
		owner, err := now.choose(ctx, rules[i], found[id])
		if err != nil {
			return err
		}
		if owner == 0 {
			v := Verdict{Record: id, Name: name}
			v.fall(s, rules[i])
			if v.Pool != 0 && found[id].Owner() == 0 {
				if err := tell(ctx, s, object, v); err != nil {
					return err
				}
			}
			owner = v.Owner
		}
		if owner != 0 && owner != found[id].Owner() {
			b.Changes = append(b.Changes, record.Change{ID: id, Values: record.Values{"owner": owner, record.SaidKey: record.Said{Tasks: tasks}}})
		}
	}
	if len(b.Changes) == 0 {
		return nil
	}
	_, err = s.Save(ctx, b)
	return err
}
