package record

import (
	"cmp"
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Stay is how long records were in one state of a tracked link field.
type Stay struct {
	Key     value.ID
	Label   string
	Record  *Record // the state itself
	Records int64
	ms      int64
}

// AverageDays is the mean over the records that were in the state, all visits
// of a record summed, with two decimals.
func (x Stay) AverageDays() any {
	if x.Records == 0 {
		return nil
	}
	const day = 24 * 60 * 60 * 1000
	return decimal.NewFromInt(x.ms).Div(decimal.NewFromInt(x.Records * day)).RoundBank(2)
}

// Stays measures the spans of a tracked link field over the records that the
// actor may read and that fit the filter. Spans that began with an import are
// left out: nobody knows since when they really ran.
func (s *Session) Stays(ctx context.Context, object, field, filter string) ([]Stay, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	f, ok := o.Field(field)
	if !ok || !s.actor.CanFilter(f) {
		return nil, schema.UnknownField(o, field, s.Sees)
	}
	if !f.Tracked || !f.IsLink() {
		return nil, fault.New(fault.Invalid, "record.not_tracked", fault.Args{"field": field})
	}
	found, err := s.measureStays(ctx, o, f, filter)
	if err != nil {
		return nil, err
	}
	return s.labelStays(ctx, f, found)
}

func (s *Session) measureStays(ctx context.Context, o *schema.Object, f *schema.FieldDef, filter string) (map[value.ID]Stay, error) {
	cond, err := s.filter(ctx, o, filter, nil)
	if err != nil {
		return nil, err
	}
	args := s.args()
	column := "sp." + s.tx.Dialect().Quote(f.Column)
	now := args.Add(s.now.UnixMilli(), "bigint")
	sql := "SELECT " + column + ", count(DISTINCT sp.record), CAST(sum((CASE WHEN sp.to_ms > " + now + " THEN " + now + " ELSE sp.to_ms END) - sp.from_ms) AS bigint)" +
		" FROM {" + o.SpanTable() + "} sp JOIN {" + o.Table + "} t ON t.id = sp.record AND t.deleted_at IS NULL" +
		" JOIN {act} a ON a.id = sp.act AND a.door <> 'import' WHERE " + column + " IS NOT NULL AND sp.from_ms < " + now
	if rule := s.may(o, access.Read, "t", args); rule != "" {
		sql += " AND " + rule
	}
	if cond.where != nil {
		text, err := cond.where.SQL(columns{s}, s.env, "t", args)
		if err != nil {
			return nil, err
		}
		sql += " AND (" + text + ")"
	}
	rows, err := s.tx.Query(ctx, sql+" GROUP BY "+column, args.Values()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[value.ID]Stay{}
	for rows.Next() {
		var x Stay
		x.Key, _ = rows.ID(0)
		x.Records, _ = rows.Int(1)
		x.ms, _ = rows.Int(2)
		found[x.Key] = x
	}
	return found, rows.Err()
}

// labelStays puts the states in their order.
func (s *Session) labelStays(ctx context.Context, f *schema.FieldDef, found map[value.ID]Stay) ([]Stay, error) {
	target := s.state.schema.Target(f)
	states, err := s.GetMany(ctx, target.Name, keys(found))
	if err != nil {
		return nil, err
	}
	var out []Stay
	for id, x := range found {
		if r, ok := states[id]; ok {
			x.Record, x.Label = r, r.Title()
			out = append(out, x)
		}
	}
	sortStays(out)
	return out, nil
}

func sortStays(list []Stay) {
	position := func(x Stay) int64 { n, _ := x.Record.Field("position").(int64); return n }
	slices.SortFunc(list, func(a, b Stay) int {
		return cmp.Or(cmp.Compare(position(a), position(b)), cmp.Compare(a.Key, b.Key))
	})
}
