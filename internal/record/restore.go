package record

import (
	"context"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Restore brings records back from the trash, with what went along with them
// and the links that were emptied (engine decision 5). Unique values are
// checked again.
func (s *Session) Restore(ctx context.Context, object string, ids ...value.ID) error {
	o, err := s.Object(object)
	if err != nil {
		return err
	}
	acts, err := s.deletedBy(ctx, o, ids)
	if err != nil {
		return err
	}
	drafts, err := s.removals(ctx, o, ids, Restoring)
	if err != nil {
		return err
	}
	if err := s.carryOut(ctx, o, drafts, false); err != nil {
		return err
	}
	gone := map[value.ID][]value.ID{} // by the act that deleted them
	for _, d := range drafts {
		if act, ok := acts[d.ID]; ok {
			gone[act] = append(gone[act], d.ID)
		}
	}
	for act, ids := range gone {
		if err := s.restoreWith(ctx, o, ids, act); err != nil {
			return err
		}
	}
	return nil
}

// RestoreEach restores those of some records that can be restored.
func (s *Session) RestoreEach(ctx context.Context, object string, ids []value.ID) ([]Outcome, error) {
	out := make([]Outcome, len(ids))
	for i, id := range ids {
		out[i].ID = id
	}
	err := s.Try(ctx, func() error { return s.Restore(ctx, object, ids...) })
	if _, ok := fault.As(err); !ok {
		return out, err
	}
	for i, id := range ids {
		out[i].Err = s.Try(ctx, func() error { return s.Restore(ctx, object, id) })
		if _, ok := fault.As(out[i].Err); out[i].Err != nil && !ok {
			return nil, out[i].Err
		}
	}
	return out, nil
}

func (s *Session) deletedBy(ctx context.Context, o *schema.Object, ids []value.ID) (map[value.ID]value.ID, error) {
	acts := map[value.ID]value.ID{}
	for chunk := range slices.Chunk(ids, 500) {
		args := s.args()
		rows, err := s.tx.Query(ctx, "SELECT t.id, t.deleted_act FROM {"+o.Table+"} t WHERE t.id IN ("+idList(chunk, args)+")", args.Values()...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			id, _ := rows.ID(0)
			if act, ok := rows.ID(1); ok {
				acts[id] = act
			}
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return nil, err
		}
	}
	return acts, nil
}

// restoreWith undoes what the deletion of some records did to those that linked
// to them, where nobody has changed them since.
func (s *Session) restoreWith(ctx context.Context, o *schema.Object, ids []value.ID, act value.ID) error {
	sys := s.AsSystem("restore of what a deletion took along")
	for _, f := range s.state.schema.LinksTo(o.Name) {
		if len(f.Columns()) == 0 {
			continue
		}
		switch f.OnDelete {
		case schema.Cascade:
			along, err := sys.trashed(ctx, f, ids, act)
			if err != nil {
				return err
			}
			for chunk := range slices.Chunk(along, MaxBatch) {
				if err := sys.Restore(ctx, f.Object.Name, chunk...); err != nil {
					return err
				}
			}
		case schema.Clear:
			if err := sys.relink(ctx, f, ids, act); err != nil {
				return err
			}
		}
	}
	return nil
}

// trashed lists the children that one act deleted along with their parents.
func (s *Session) trashed(ctx context.Context, f *schema.FieldDef, parents []value.ID, act value.ID) ([]value.ID, error) {
	var all []value.ID
	for chunk := range slices.Chunk(parents, 500) {
		args := s.args()
		ids, err := s.tx.IDs(ctx, "SELECT t.id FROM {"+f.Object.Table+"} t WHERE t."+s.tx.Dialect().Quote(f.Column)+
			" IN ("+idList(chunk, args)+") AND t.deleted_act = "+args.Add(int64(act), "bigint")+" ORDER BY t.id", args.Values()...)
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	return all, nil
}

// relink sets links again that the deletion emptied, where they are still
// empty.
func (s *Session) relink(ctx context.Context, f *schema.FieldDef, targets []value.ID, act value.ID) error {
	back := map[value.ID]bool{}
	for _, id := range targets {
		back[id] = true
	}
	was, err := s.emptied(ctx, f, act)
	if err != nil || len(was) == 0 {
		return err
	}
	touched := keys(was)
	slices.Sort(touched)
	found, err := s.lock(ctx, f.Object, touched, access.Update, false)
	if err != nil {
		return err
	}
	var changes []Change
	for _, record := range touched {
		if l, ok := found[record]; ok && l.record.Value(f) == nil && back[was[record]] {
			changes = append(changes, Change{ID: record, Values: Values{f.Name: was[record]}})
		}
	}
	for chunk := range slices.Chunk(changes, MaxBatch) {
		if _, err := s.Save(ctx, Batch{Object: f.Object.Name, Changes: chunk}); err != nil {
			return err
		}
	}
	return nil
}

// emptied tells which links an act took from records: their targets, by
// record.
func (s *Session) emptied(ctx context.Context, f *schema.FieldDef, act value.ID) (map[value.ID]value.ID, error) {
	rows, err := s.tx.Query(ctx, `SELECT record, changes FROM {history} WHERE act = $1 AND object = $2 AND kind = $3 ORDER BY record, version DESC`,
		act, f.Object.ID, string(Updating))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	was := map[value.ID]value.ID{}
	for rows.Next() {
		record, _ := rows.ID(0)
		text, _ := rows.Text(1)
		changes, err := parseChanges(text)
		if err != nil {
			return nil, err
		}
		v, err := decodeValue(f, changes[f.ID][0], s.store)
		if id, ok := v.(value.ID); ok && err == nil {
			was[record] = id
		}
	}
	return was, rows.Err()
}
