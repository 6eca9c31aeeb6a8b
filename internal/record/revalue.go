package record

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Revalue is the job that brings the base amounts of one currency up to a rate
// that changed.
type Revalue struct {
	Currency string `json:"currency"`
}

// Kind implements jobs.Job.
func (Revalue) Kind() string { return "record.revalue" }

// Revalue computes the base amounts of records in a currency anew, of those
// that are still open; closed ones keep the rate of their day (engine decision
// 10). It works in chunks, and begun again it does no harm.
func (e *Engine) Revalue(ctx context.Context, currency string) error {
	for _, o := range e.Schema().Objects() {
		if err := e.revalueObject(ctx, o, currency); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) revalueObject(ctx context.Context, o *schema.Object, currency string) error {
	for _, f := range o.Fields {
		if !f.InMoney() {
			continue
		}
		if err := e.revalueField(ctx, o.Name, f.Name, currency); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) revalueField(ctx context.Context, object, field, currency string) error {
	after := value.ID(0)
	for {
		var last value.ID // of this chunk; the function may run twice
		err := e.Write(ctx, AsSystem("revalue "+currency), func(s *Session) error {
			o := s.state.schema.MustObject(object)
			f, ok := o.Field(field)
			if !ok {
				last = 0
				return nil
			}
			ids, err := s.openIn(ctx, o, f, currency, after)
			if last = 0; err != nil || len(ids) == 0 {
				return err
			}
			last = ids[len(ids)-1]
			return s.revalueChunk(ctx, o, f, ids)
		})
		if err != nil || last == 0 {
			return err
		}
		after = last
	}
}

// openIn lists open records with an amount in the currency, by id.
func (s *Session) openIn(ctx context.Context, o *schema.Object, f *schema.FieldDef, currency string, after value.ID) ([]value.ID, error) {
	args := s.args()
	d := s.tx.Dialect()
	sql := "SELECT t.id FROM {" + o.Table + "} t WHERE t.deleted_at IS NULL AND t." + d.Quote(f.Column+"_c") + " = " + args.Add(currency, "text") +
		" AND t.id > " + args.Add(int64(after), "bigint")
	if o.Open != "" {
		e, err := expr.Check(o.Open, s.state.schema.Scope(o, nil), expr.Type{Kind: expr.Bool})
		if err != nil {
			return nil, err
		}
		cond, err := e.SQL(columns{s}, s.env, "t", args)
		if err != nil {
			return nil, err
		}
		sql += " AND (" + cond + ")"
	}
	return s.tx.IDs(ctx, sql+" ORDER BY t.id LIMIT 500", args.Values()...)
}

func (s *Session) revalueChunk(ctx context.Context, o *schema.Object, f *schema.FieldDef, ids []value.ID) error {
	found, err := s.lock(ctx, o, ids, access.Update, false)
	if err != nil {
		return err
	}
	rows := map[value.ID][]any{}
	var before, after []*Record
	for id, l := range found {
		m, ok := l.record.Value(f).(value.Money)
		base, has := s.worth(l.record, m)
		if was, had := l.record.bases[f.ID]; !ok || has == had && was == base {
			continue
		}
		next := l.record.clone()
		s.keepBase(next, f)
		rows[id] = []any{m}
		before, after = append(before, l.record), append(after, next)
	}
	if len(rows) == 0 {
		return nil
	}
	if kept, ok := sumsOf(o); ok && kept.hold([]*schema.FieldDef{f}) {
		if err := s.recordSums(ctx, o, before, after); err != nil {
			return err
		}
	}
	if err := s.SetDerived(ctx, o, []*schema.FieldDef{f}, rows); err != nil {
		return err
	}
	return s.rollOver(ctx, o, keys(rows), func(x *schema.FieldDef) bool { return x.Rollup.Field == f.Name })
}
