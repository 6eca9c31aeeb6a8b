package record

import (
	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// peek reads a linked record while an expression is evaluated in memory; false
// when it is deleted, or not the actor's to read. An error of the database
// breaks the transaction, which then says so itself.
func (s *Session) peek(object string, id value.ID) (*Record, bool) {
	r, err := s.Get(s.ctx, object, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		s.engine.needs.Log.Warn("read linked record", "object", object, "id", id, "error", err)
	}
	return r, err == nil
}

// children reads the records that a back-link leads to, as far as the actor
// may read them.
func (s *Session) children(r *Record, b expr.Back) []expr.Row {
	records, err := s.readChildren(r, b)
	if err != nil {
		s.engine.needs.Log.Warn("read back-link", "object", b.Object, "of", r.ID, "error", err)
		return nil
	}
	rows := make([]expr.Row, len(records))
	for i, child := range records {
		rows[i] = row{s, child}
	}
	return rows
}

func (s *Session) readChildren(r *Record, b expr.Back) ([]*Record, error) {
	o, ok := s.state.schema.Object(b.Object)
	if !ok || !s.actor.Can(o, access.Read) {
		return nil, nil
	}
	p, err := s.project(o, nil)
	if err != nil {
		return nil, err
	}
	args, c := s.args(), columns{s}
	list, err := p.columns(args, "t")
	if err != nil {
		return nil, err
	}
	sql := "SELECT " + list + " FROM {" + o.Table + "} t WHERE " + s.backCondition(r, b, args) + " AND " + c.Rule(o.Name, "t", args) + " ORDER BY t.id"
	rows, err := s.tx.Query(s.ctx, sql, args.Values()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var records []*Record
	for rows.Next() {
		records = append(records, p.record(rows))
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	return records, p.fillLists(s.ctx, records)
}

// backCondition picks the children of the record.
func (s *Session) backCondition(r *Record, b expr.Back, args *expr.Args) string {
	id := args.Add(int64(r.ID), "bigint")
	switch {
	case b.About:
		return "t.id IN (SELECT la.activity FROM {link_about} la WHERE la.object = " + args.Add(r.Object.ID, "text") + " AND la.record = " + id + ")"
	case b.Forward:
		return "t.id IN (SELECT rl.to_id FROM {record_link} rl WHERE rl.field = " + args.Add(b.Link.ID, "text") + " AND rl.from_id = " + id + ")"
	}
	return columns{s}.Column("t", b.Link, expr.Value) + " = " + id
}
