package record

import (
	"context"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// ShiftQuery asks how often a tracked date of records was moved up to a moment,
// and by how many days.
type ShiftQuery struct {
	Object, Field string
	// While and Is say when a move counts: while a tracked choice of the record was
	// that before and after.
	While, Is string
	// By tells the records apart by a link of theirs, Amount is money of theirs;
	// "" = nobody wants to know. Both are as they were then.
	By, Amount string
	Filter     string // over records as they were
	AsOf       time.Time
	// Export counts only what the reader may take out.
	Export bool
}

// Shifted is a record whose date was moved. What was taken back is no move.
type Shifted struct {
	Record, By  value.ID
	Times, Days int64
	Amount      Worth
}

// Shifts reads each record whose date was moved, the newest first. It follows
// spans, so it knows also of moves that nothing counted when they were made.
func (s *Session) Shifts(ctx context.Context, q ShiftQuery, fn func(Shifted)) error {
	o, err := s.Object(q.Object)
	if err != nil {
		return err
	}
	f := map[string]*schema.FieldDef{}
	for _, name := range []string{q.Field, q.While, q.By, q.Amount} {
		found, ok := o.Field(name)
		switch {
		case name == "":
		case !ok || !s.actor.CanFilter(found):
			return schema.UnknownField(o, name, s.Sees)
		case !found.Spanned():
			return fault.New(fault.Invalid, "query.not_then", fault.Args{"field": name})
		default:
			f[name] = found
		}
	}
	args := s.args()
	sql, err := s.shiftSQL(ctx, o, f, q, args)
	if err != nil {
		return err
	}
	rows, err := s.tx.Query(ctx, sql, args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var at Shifted
	tell := func() {
		if at.Times > 0 {
			fn(at)
		}
	}
	for rows.Next() {
		id, _ := rows.ID(0)
		if id != at.Record {
			tell()
			at = Shifted{Record: id, Amount: Worth{Sums: map[string]int64{}}}
			at.By, _ = rows.ID(4)
			if minor, ok := rows.Int(5); ok {
				currency, _ := rows.Text(6)
				at.Amount.Sums[strings.Clone(currency)] = minor
				if at.Amount.Base, ok = rows.Int(7); !ok {
					at.Amount.Missing = 1
				}
			}
		}
		was, _ := rows.Date(1)
		is, _ := rows.Date(2)
		at.Days += int64(is) - int64(was)
		if back, _ := rows.Int(3); back == 1 { // of an act that takes another one back
			at.Times--
		} else {
			at.Times++
		}
	}
	tell()
	return rows.Err()
}

// shiftSQL is a row for each move of a record, with what the record was then.
func (s *Session) shiftSQL(ctx context.Context, o *schema.Object, f map[string]*schema.FieldDef, q ShiftQuery, args *expr.Args) (string, error) {
	then, past, err := s.then(o, q.AsOf)
	if err != nil {
		return "", err
	}
	if past == nil { // now is a moment, too
		if then, past, err = s.then(o, s.now); err != nil {
			return "", err
		}
	}
	cond, err := then.filter(ctx, o, q.Filter, nil)
	if err == nil {
		err = past.knew(cond.where)
	}
	if err != nil {
		return "", err
	}
	d := s.tx.Dialect()
	day, state := "sp."+d.Quote(f[q.Field].Column), "sp."+d.Quote(f[q.While].Column)
	moves := "SELECT sp.record, " + day + " AS is_, lag(" + day + ") OVER r AS was, " + state + " AS st, lag(" + state + ") OVER r AS st_was, sp.from_ms, sp.act FROM {" +
		o.SpanTable() + "} sp WHERE sp.from_ms <= " + args.Add(past.at.UnixMilli(), "bigint") + " WINDOW r AS (PARTITION BY sp.record ORDER BY sp.from_ms)"
	by, amount := "CAST(0 AS bigint)", "CAST(NULL AS bigint), CAST(NULL AS text), CAST(NULL AS bigint)"
	if g := f[q.By]; g != nil {
		by = "coalesce(t." + d.Quote(g.Column) + ", 0)"
	}
	if g := f[q.Amount]; g != nil {
		c := g.ReadColumns()
		amount = "t." + d.Quote(c[0].Name) + ", t." + d.Quote(c[1].Name) + ", t." + d.Quote(c[2].Name)
	}
	action := access.Read
	if q.Export {
		action = access.Export
	}
	is := args.Add(q.Is, "text")
	sql := "SELECT m.record, m.was, m.is_, CASE WHEN EXISTS (SELECT 1 FROM {act} u WHERE u.undone_by = m.act) THEN 1 ELSE 0 END, " + by + ", " + amount + " FROM (" + moves + ") m JOIN " + past.table(action, nil, args) +
		" t ON t.id = m.record WHERE m.is_ <> m.was AND m.st = " + is + " AND m.st_was = " + is
	if cond.where != nil {
		text, err := cond.where.SQL(then.columnsOf(past, args), then.env, "t", args)
		if err != nil {
			return "", err
		}
		sql += " AND (" + text + ")"
	}
	return sql + " ORDER BY m.record DESC, m.from_ms", nil
}
