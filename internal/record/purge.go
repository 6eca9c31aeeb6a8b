package record

import (
	"context"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Purging is the history's word for a record that is gone for good.
const Purging Doing = "purge"

// Purge deletes records in the trash for good, with their history and
// everything that hung on them. Administrators may; that it was done, by whom
// and when stays in the history (R15).
func (s *Session) Purge(ctx context.Context, object string, ids ...value.ID) error {
	o, err := s.Object(object)
	if err != nil {
		return err
	}
	if err := s.administers(); err != nil {
		return err
	}
	if len(ids) > MaxBatch {
		return fault.New(fault.TooLarge, "record.batch_too_large", fault.Args{"max": MaxBatch})
	}
	found, err := s.lock(ctx, o, ids, access.Delete, true)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, ok := found[id]; !ok {
			return absent(o, id)
		}
	}
	if err := s.checkUnlinked(ctx, o, ids); err != nil {
		return err
	}
	act, err := s.actID(ctx)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(ids, 500) {
		if err := s.wipe(ctx, o, chunk); err != nil {
			return err
		}
	}
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{id, act, o.ID, found[id].record.Version + 1, string(Purging), "{}"}
	}
	_, err = s.tx.ExecRows(ctx, `INSERT INTO {history} (record, act, object, version, kind, changes) VALUES`, 6, rows, "")
	return err
}

// checkUnlinked refuses while a record, living or in the trash, still links to
// one that is to go: a restore would bring back a dead link.
func (s *Session) checkUnlinked(ctx context.Context, o *schema.Object, ids []value.ID) error {
	for _, f := range s.state.schema.LinksTo(o.Name) {
		if len(f.Columns()) == 0 {
			continue
		}
		for chunk := range slices.Chunk(ids, 500) {
			args := s.args()
			list := idList(chunk, args)
			again := idList(chunk, args)
			var n int64
			if _, err := s.tx.Row(ctx, "SELECT count(*) FROM {"+f.Object.Table+"} t WHERE t."+s.tx.Dialect().Quote(f.Column)+
				" IN ("+list+") AND t.id NOT IN ("+again+")", args.Values(), &n); err != nil {
				return err
			}
			if n > 0 {
				return fault.New(fault.Conflict, "record.linked", fault.Args{"object": o.Name, "by": f.Object.Name, "field": f.Name, "count": n})
			}
		}
	}
	return nil
}

// wipe deletes the rows of some records from every table that has any.
func (s *Session) wipe(ctx context.Context, o *schema.Object, ids []value.ID) error {
	tables := [][2]string{{o.Table, "id"}, {"history", "record"}, {"record_link", "from_id"}, {"record_link", "to_id"},
		{"link_about", "activity"}, {"link_about", "record"}}
	if t := o.SpanTable(); t != "" {
		tables = append(tables, [2]string{t, "record"})
	}
	for _, t := range tables {
		args := s.args()
		if _, err := s.tx.Exec(ctx, "DELETE FROM {"+t[0]+"} WHERE "+t[1]+" IN ("+idList(ids, args)+")", args.Values()...); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := access.ForgetRecord(ctx, s.tx, o, id); err != nil {
			return err
		}
	}
	if err := s.markPassages(ctx, o, ids); err != nil {
		return err
	}
	return s.removeSearch(ctx, ids)
}

// ForgetValues takes the old values of a record out of its history: that it
// changed, when and by whom stays. It is for erasing a person's data; what the
// record says now is for the caller to change first.
func (s *Session) ForgetValues(ctx context.Context, object string, id value.ID) error {
	o, err := s.Object(object)
	if err != nil {
		return err
	}
	if err := s.administers(); err != nil {
		return err
	}
	if _, err := s.tx.Exec(ctx, `UPDATE {history} SET changes = '{}' WHERE record = $1 AND object = $2`, id, o.ID); err != nil {
		return err
	}
	if _, err := s.tx.Exec(ctx, `UPDATE {file_deed} SET name = '' WHERE record = $1 AND object = $2`, id, o.ID); err != nil {
		return err
	}
	// Answers kept for repetitions say what the record was.
	_, err = s.tx.Exec(ctx, `UPDATE {idempotency} SET body = NULL WHERE body LIKE $1`, `%"`+id.String()+`"%`)
	return err
}
