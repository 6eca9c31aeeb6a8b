package record

import (
	"context"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Recollate is the job that follows a changed collation.
type Recollate struct{}

// Kind implements jobs.Job.
func (Recollate) Kind() string { return "record.recollate" }

// Recollate makes all sort keys anew after the workspace's collation changed,
// in chunks, so that writers wait for none of them long. Until it is through,
// lists mix the two orders; it may be run again at any time.
func (e *Engine) Recollate(ctx context.Context) error {
	for _, o := range e.Schema().Objects() {
		var fields []*schema.FieldDef
		for _, f := range o.Fields {
			if f.HasSortKey() {
				fields = append(fields, f)
			}
		}
		if len(fields) == 0 {
			continue
		}
		after := value.ID(0)
		for done := false; !done; {
			from := after // the function may run twice
			err := e.needs.DB.Write(ctx, func(tx *store.Tx) error {
				s, err := e.open(ctx, tx, AsSystem("collation"))
				if err != nil {
					return err
				}
				after, err = s.recollate(ctx, o, fields, from)
				done = after == from
				return err
			}, store.Export)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// recollate writes the keys of up to 1,000 records behind an id, those in the
// trash included, and answers the last of them.
func (s *Session) recollate(ctx context.Context, o *schema.Object, fields []*schema.FieldDef, after value.ID) (value.ID, error) {
	d := s.tx.Dialect()
	columns := "t.id"
	for _, f := range fields {
		columns += ", t." + d.Quote(f.Column)
	}
	rows, err := s.tx.Query(ctx, "SELECT "+columns+" FROM {"+o.Table+"} t WHERE t.id > $1 ORDER BY t.id LIMIT 1000"+d.ForUpdate(), after)
	if err != nil {
		return after, err
	}
	defer rows.Close()
	derived := map[value.ID][]any{}
	for rows.Next() {
		id, _ := rows.ID(0)
		values := make([]any, len(fields))
		for i, f := range fields {
			values[i] = f.Load(rows, i+1)
		}
		derived[id], after = values, id
	}
	if err := rows.Close(); err != nil || len(derived) == 0 {
		return after, err
	}
	return after, s.SetDerived(ctx, o, fields, derived)
}
