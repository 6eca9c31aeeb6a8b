package record

import (
	"context"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// reindexStep is how many records one transaction of Reindex takes.
const reindexStep = 500

// Reindex writes the search text of all records of an object anew, in short
// transactions beside running work: after a field became searched, or hidden
// from a role and so has to leave the texts.
func (e *Engine) Reindex(ctx context.Context, object string) error {
	after, n := value.ID(0), reindexStep
	for n == reindexStep {
		last := after // of this step; the function may run twice
		err := e.Write(ctx, AsSystem("reindex"), func(s *Session) error {
			o, ok := s.state.schema.Object(object)
			if !ok {
				n = 0
				return nil
			}
			var err error
			last, n, err = s.reindexFrom(ctx, o, after)
			return err
		}, store.Batch)
		if err != nil {
			return err
		}
		after = last
	}
	return nil
}

// reindexFrom takes the records after an id and says where it stopped.
func (s *Session) reindexFrom(ctx context.Context, o *schema.Object, after value.ID) (value.ID, int, error) {
	if !s.state.searchable(o) {
		return s.unindexFrom(ctx, o, after)
	}
	args := s.args()
	where := "t.id > " + args.Add(int64(after), "bigint") + " ORDER BY t.id LIMIT " + args.Add(int64(reindexStep), "bigint")
	records, err := s.searchRows(ctx, o, where, args.Values())
	if err != nil || len(records) == 0 {
		return after, 0, err
	}
	return records[len(records)-1].ID, len(records), s.writeSearch(ctx, o, records)
}

// unindexFrom removes texts of an object that is no longer searched.
func (s *Session) unindexFrom(ctx context.Context, o *schema.Object, after value.ID) (value.ID, int, error) {
	ids, err := s.tx.IDs(ctx, `SELECT d.id FROM {search_doc} d WHERE d.object = $1 AND d.id > $2 ORDER BY d.id LIMIT $3`, o.ID, after, reindexStep)
	if err != nil || len(ids) == 0 {
		return after, 0, err
	}
	return ids[len(ids)-1], len(ids), s.removeSearch(ctx, ids)
}
