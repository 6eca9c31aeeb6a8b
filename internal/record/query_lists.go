package record

import (
	"context"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// listKey is a field of a record.
type listKey struct {
	field string
	id    value.ID
}

// readLists reads the fields that hold many records, for all rows of a page in
// one statement a kind.
func (p *projection) readLists(ctx context.Context, ids []value.ID) (map[listKey]any, error) {
	lists := map[listKey]any{}
	if len(ids) == 0 {
		return lists, nil
	}
	var links []*schema.FieldDef
	for _, i := range p.lists {
		switch out := &p.outs[i]; {
		case out.masked: // that there are any would tell who
		case out.field.Kind == schema.KindLinks:
			links = append(links, out.field)
		default:
			if err := p.s.readAbout(ctx, out.field, ids, lists); err != nil {
				return nil, err
			}
		}
	}
	if len(links) == 0 {
		return lists, nil
	}
	return lists, p.s.readLinks(ctx, links, ids, lists)
}

func (s *Session) readLinks(ctx context.Context, fields []*schema.FieldDef, ids []value.ID, lists map[listKey]any) error {
	args := s.args()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = args.Add(f.ID, "text")
	}
	rows, err := s.tx.Query(ctx, "SELECT rl.field, rl.from_id, rl.to_id FROM {record_link} rl WHERE rl.field IN ("+
		strings.Join(names, ", ")+") AND rl.from_id IN ("+idList(ids, args)+") ORDER BY rl.field, rl.from_id, rl.to_id", args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		field, _ := rows.Text(0)
		from, _ := rows.ID(1)
		to, _ := rows.ID(2)
		key := listKey{strings.Clone(field), from}
		list, _ := lists[key].([]value.ID)
		lists[key] = append(list, to)
	}
	return rows.Close()
}

// readAbout reads what activities are about. Of an object that the actor may
// not read at all he does not learn which of its records they are.
func (s *Session) readAbout(ctx context.Context, f *schema.FieldDef, ids []value.ID, lists map[listKey]any) error {
	args := s.args()
	rows, err := s.tx.Query(ctx, "SELECT la.activity, la.object, la.record FROM {link_about} la WHERE la.activity IN ("+
		idList(ids, args)+") ORDER BY la.activity, la.object, la.record", args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		object, _ := rows.Text(1)
		to, _ := rows.ID(2)
		o, ok := s.objectByID(object)
		if !ok || !s.actor.Can(o, access.Read) {
			continue
		}
		key := listKey{f.ID, id}
		list, _ := lists[key].([]schema.Ref)
		lists[key] = append(list, schema.Ref{Object: o.Name, ID: to})
	}
	return rows.Close()
}

// objectByID finds an object by the id that fixed tables keep, which outlives
// renaming.
func (s *Session) objectByID(id string) (*schema.Object, bool) {
	if o, ok := s.state.schema.Object(id); ok && o.ID == id {
		return o, true
	}
	for _, o := range s.state.schema.Objects() {
		if o.ID == id {
			return o, true
		}
	}
	return nil, false
}

// fillLists gives records their lists.
func (p *projection) fillLists(ctx context.Context, records []*Record) error {
	if len(p.lists) == 0 || len(records) == 0 {
		return nil
	}
	ids := make([]value.ID, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	lists, err := p.readLists(ctx, ids)
	if err != nil {
		return err
	}
	for _, r := range records {
		for _, i := range p.lists {
			f := p.outs[i].field
			r.set(f, lists[listKey{f.ID, r.ID}])
		}
	}
	return nil
}
