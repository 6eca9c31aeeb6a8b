package exchange

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// incompleteField is what objects call the mark of a record that an import
// brought without what a rule demands (engine decision 20).
const incompleteField = "incomplete"

// incomplete counts the marked ones of the records that a chunk wrote.
func (w *worker) incomplete(ctx context.Context, s *record.Session, ids []value.ID) (n int, err error) {
	f, ok := w.layout.object.Field(incompleteField)
	if !ok || f.Kind != schema.KindBool || len(w.mapping.AcceptIncomplete) == 0 {
		return 0, nil
	}
	if len(ids) == 0 {
		return 0, nil
	}
	d := s.Tx().Dialect()
	_, err = s.Tx().Row(ctx, `SELECT count(*) FROM {`+w.layout.object.Table+`} WHERE `+d.AnyOf("id", d.Param(1, store.IDList))+
		` AND `+d.Quote(f.Column)+` IS TRUE`, []any{store.IDs(d, ids)}, &n)
	return n, err
}
