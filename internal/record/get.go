package record

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Get reads one record. What the actor may not read is as absent as what is
// not there, or is in the trash.
func (s *Session) Get(ctx context.Context, object string, id value.ID) (*Record, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	key := seenKey{s.actor, o.ID, id}
	if s.actor.System() { // whatever the reason
		key.actor = nil
	}
	if r := s.seen[key]; r != nil {
		return r.clone(), nil
	}
	p, err := s.project(o, nil)
	if err != nil {
		return nil, err
	}
	var r *Record
	if err := s.getOne(ctx, p, id, func(rows *store.Rows) { r = p.record(rows) }); err != nil {
		return nil, err
	}
	err = p.fillLists(ctx, []*Record{r})
	if err == nil && s.reading && len(s.seen) < mostSeen {
		if s.seen == nil {
			s.seen = map[seenKey]*Record{}
		}
		s.seen[key] = r.clone()
	}
	return r, err
}

// seenKey is a record as an actor saw it; nil is the system.
type seenKey struct {
	actor  *access.Actor
	object string
	id     value.ID
}

// mostSeen bounds what a reader remembers: a page asks for few records, each
// many times.
const mostSeen = 32

// GetJSON appends one record as the API spells it; nil fields are all that the
// actor sees.
func (s *Session) GetJSON(ctx context.Context, object string, id value.ID, fields []string, dst []byte) ([]byte, error) {
	o, err := s.Object(object)
	if err != nil {
		return dst, err
	}
	p, err := s.project(o, fields)
	if err != nil {
		return dst, err
	}
	if err := p.fits(fields); err != nil {
		return dst, err
	}
	e := encoder{p: p, dst: dst}
	if err := s.getOne(ctx, p, id, e.item); err != nil {
		return dst, err
	}
	err = e.fill(ctx)
	return e.dst, err
}

// getOne reads the row by its id under the actor's rights.
func (s *Session) getOne(ctx context.Context, p *projection, id value.ID, each func(*store.Rows)) error {
	args := s.args()
	columns, err := p.columns(args, "t")
	if err != nil {
		return err
	}
	sql := "SELECT " + columns + " FROM {" + p.o.Table + "} t" + p.from(args) + " WHERE t.id = " + args.Add(int64(id), "bigint") +
		" AND t.deleted_at IS NULL"
	if rule := s.may(p.o, access.Read, "t", args); rule != "" {
		sql += " AND " + rule
	}
	rows, err := s.tx.Query(ctx, sql, args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Close(); err != nil {
			return err
		}
		return noRecord(p.o, id)
	}
	each(rows)
	return rows.Close()
}

// Path is the value of a column over links, "account.name", or of a part of an
// address, as Query.Fields asked for it.
func (r *Record) Path(path string) any {
	if v, ok := r.far[path]; ok {
		return v
	}
	return r.Field(path)
}

func noRecord(o *schema.Object, id value.ID) error {
	return fault.New(fault.NotFound, "record.absent", fault.Args{"object": o.Name, "id": id.String()})
}
