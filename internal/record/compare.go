package record

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Comparison asks what became of records between two moments, of those of whose
// tracked fields any changed. Rights are those of today; what is in the trash
// today is left out.
type Comparison struct {
	Object   string
	From, To time.Time
	// Keys are conditions and links over tracked fields, asked at both moments.
	Keys []string
	// Amount is a tracked money field.
	Amount string
}

// Shift is how an amount changed between the moments of a comparison.
type Shift int

// An amount that stayed as it was may still be worth another one by the rates.
const (
	Same Shift = iota
	Less
	More
	Rated
)

// Worth is what amounts come to: in the workspace's currency, in each currency,
// and how many of them have no rate.
type Worth struct {
	Base    int64
	Sums    map[string]int64
	Missing int64
}

// Add adds some amounts so many times, -1 to take them away.
func (w *Worth) Add(o Worth, times int64) {
	w.Base += times * o.Base
	w.Missing += o.Missing
	for code, minor := range o.Sums {
		if w.Sums == nil {
			w.Sums = map[string]int64{}
		}
		if w.Sums[code] += times * minor; w.Sums[code] == 0 {
			delete(w.Sums, code)
		}
	}
}

// Compared are records of which the same became.
type Compared struct {
	Record        value.ID // of CompareEach
	Before, After []any    // a bool or an id for each key; nil = they were not there
	Shift         Shift
	Records       int64
	Was, Is       Worth
}

// comparison is a Comparison made ready to run.
type comparison struct {
	s      *Session
	o      *schema.Object
	c      Comparison
	keys   []*expr.Expr
	amount *schema.FieldDef
}

// Compare answers groups of records of which the same became.
func (s *Session) Compare(ctx context.Context, c Comparison) ([]Compared, error) {
	x, err := s.comparison(c)
	if err != nil {
		return nil, err
	}
	args := s.args()
	inner, err := x.rows(args)
	if err != nil {
		return nil, err
	}
	n := x.width()
	g := store.Grouping{From: " FROM (" + inner + ") c", Few: true}
	for i := range n {
		g.Keys = append(g.Keys, store.Key{SQL: fmt.Sprintf("c.k%d", i), Name: fmt.Sprintf("k%d", i)})
	}
	add := func(kind store.FigureKind, of string, names ...string) {
		g.Figures = append(g.Figures, store.Figure{Kind: kind, Of: of, Names: names})
	}
	for _, column := range []string{"was", "is_", "was_b", "is_b"} {
		add(store.Added, "c."+column, column+"_n", column+"_high", column+"_low")
	}
	add(store.CountRows, "", "n")
	add(store.CountFilled, "CASE WHEN c.was IS NOT NULL AND c.was_b IS NULL THEN 1 END", "was_missing")
	add(store.CountFilled, "CASE WHEN c.is_ IS NOT NULL AND c.is_b IS NULL THEN 1 END", "is_missing")
	sql := s.tx.Dialect().Group(g)
	rows, err := s.tx.Query(ctx, sql, args.Values()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Compared
	for rows.Next() {
		r := x.read(rows, 0)
		sums := make([]int64, 4)
		for i := range sums {
			if sums[i], err = readHalf(rows, n+3*i).total(); err != nil {
				return nil, err
			}
		}
		r.Records, _ = rows.Int(n + 12)
		r.Was.Missing, _ = rows.Int(n + 13)
		r.Is.Missing, _ = rows.Int(n + 14)
		r.fill(sums)
		all = append(all, r)
	}
	return all, rows.Err()
}

// FewSince reports whether so little happened to records of an object since a
// moment that what they came to then is told sooner by taking that back from what
// they come to now than by reading what they were.
func (s *Session) FewSince(ctx context.Context, object string, at time.Time) (bool, error) {
	o, err := s.Object(object)
	if err != nil || o.SpanTable() == "" {
		return false, err
	}
	most := max(s.state.sizes.rows[o.Table]/4, 1000)
	var n int64
	_, err = s.tx.Row(ctx, "SELECT count(*) FROM (SELECT 1 FROM {"+o.SpanTable()+"} sp WHERE sp.from_ms > $1 LIMIT $2) c", []any{at.UnixMilli(), most + 1}, &n)
	return n <= most, err
}

// CompareEach hands on every record of which something became, the newest first,
// until fn says that it has enough. fn must not use the session.
func (s *Session) CompareEach(ctx context.Context, c Comparison, fn func(Compared) bool) error {
	x, err := s.comparison(c)
	if err != nil {
		return err
	}
	args := s.args()
	inner, err := x.rows(args)
	if err != nil {
		return err
	}
	list := []string{"c.id", "c.was", "c.is_", "c.was_b", "c.is_b"}
	for i := range x.width() {
		list = append(list, fmt.Sprintf("c.k%d", i))
	}
	rows, err := s.tx.Query(ctx, "SELECT "+strings.Join(list, ", ")+" FROM ("+inner+") c ORDER BY c.id DESC", args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r := x.read(rows, 5)
		r.Record, _ = rows.ID(0)
		r.Records = 1
		sums := make([]int64, 4)
		for i := range sums {
			sums[i], _ = rows.Int(1 + i)
		}
		if !rows.Null(1) && rows.Null(3) {
			r.Was.Missing = 1
		}
		if !rows.Null(2) && rows.Null(4) {
			r.Is.Missing = 1
		}
		if r.fill(sums); !fn(r) {
			break
		}
	}
	return rows.Close()
}

// fill gives the amounts their currencies.
func (r *Compared) fill(sums []int64) {
	put := func(w *Worth, sum, base int64) {
		w.Base = base
		for code := range w.Sums {
			w.Sums[code] = sum
		}
		maps.DeleteFunc(w.Sums, func(code string, minor int64) bool { return code == "" || minor == 0 })
	}
	put(&r.Was, sums[0], sums[2])
	put(&r.Is, sums[1], sums[3])
}

func (s *Session) comparison(c Comparison) (*comparison, error) {
	o, err := s.Object(c.Object)
	if err != nil {
		return nil, err
	}
	x := &comparison{s: s, o: o, c: c}
	for _, at := range []time.Time{c.From, c.To} {
		if _, _, err := s.then(o, at); err != nil {
			return nil, err
		}
	}
	if c.To.Before(c.From) {
		return nil, fault.New(fault.Invalid, "query.bad_span", nil)
	}
	f, ok := o.Field(c.Amount)
	if !ok || !s.actor.CanFilter(f) {
		return nil, schema.UnknownField(o, c.Amount, s.Sees)
	}
	if !f.Spanned() || f.ValueKind() != schema.KindMoney {
		return nil, fault.New(fault.Invalid, "query.not_then", fault.Args{"field": value.Printable(c.Amount)})
	}
	x.amount = f
	for _, text := range c.Keys {
		e, err := s.Check(o, text, expr.Empty)
		if err == nil {
			err = s.Knew(o, e)
		}
		if err == nil {
			err = e.Refusal()
		}
		if err == nil {
			err = x.spanned(e)
		}
		if err != nil {
			return nil, err
		}
		x.keys = append(x.keys, e)
	}
	return x, nil
}

// spanned refuses what no span holds, though it is known: spans are read alone.
func (x *comparison) spanned(e *expr.Expr) error {
	kin := x.s.past(x.o, x.c.To).kin
	for _, ref := range e.Fields() {
		f, own := x.o.Field(ref.Path[0])
		if ref.Field.Formula == nil && (!own || !f.Spanned() || len(ref.Path) > 1 && kin[f.Target] != nil) {
			return fault.New(fault.Invalid, "query.not_then", fault.Args{"field": strings.Join(ref.Path, ".")})
		}
	}
	return nil
}

// width is how many columns a group has: whether the record was there, and what
// it was, before and after; how the amount changed; the two currencies.
func (x *comparison) width() int { return 2*(1+len(x.keys)) + 3 }

// rows selects id, amounts and groups of the records that changed.
func (x *comparison) rows(args *expr.Args) (string, error) {
	d, s := x.s.tx.Dialect(), x.s
	from, to := args.Add(x.c.From.UnixMilli(), "bigint"), args.Add(x.c.To.UnixMilli(), "bigint")
	money := func(alias, part string) string { return alias + "." + d.Quote(x.amount.Column+part) }
	list := []string{"t.id", money("a", "") + " AS was", money("b", "") + " AS is_", money("a", "_b") + " AS was_b", money("b", "_b") + " AS is_b"}
	n := 0
	add := func(sql string) {
		list = append(list, fmt.Sprintf("%s AS k%d", sql, n))
		n++
	}
	for _, alias := range []string{"a", "b"} {
		add("CASE WHEN " + alias + ".record IS NULL THEN 0 ELSE 1 END")
		for _, e := range x.keys {
			sql, err := e.SQL(columns{s}, s.env, alias, args)
			if err != nil {
				return "", err
			}
			if e.Type().Kind == expr.Bool {
				sql = "CASE WHEN " + sql + " THEN 1 ELSE 0 END"
			}
			add(sql)
		}
	}
	add(x.shift(money))
	add(money("a", "_c"))
	add(money("b", "_c"))
	span := "{" + x.o.SpanTable() + "}"
	sql := "SELECT " + strings.Join(list, ", ") + " FROM (SELECT sp.record FROM " + span + " sp WHERE sp.from_ms > " + from + " AND sp.from_ms <= " + to +
		" UNION SELECT sp.record FROM " + span + " sp WHERE sp.to_ms > " + from + " AND sp.to_ms <= " + to + " AND sp.to_ms < " + fmt.Sprint(forever) + ") d JOIN {" +
		x.o.Table + "} t ON t.id = d.record LEFT JOIN " + span + " a ON a.record = t.id AND a.from_ms <= " + from + " AND a.to_ms > " + from +
		" LEFT JOIN " + span + " b ON b.record = t.id AND b.from_ms <= " + to + " AND b.to_ms > " + to + " WHERE t.deleted_at IS NULL"
	if rule := s.may(x.o, access.Read, "t", args); rule != "" {
		sql += " AND " + rule
	}
	return sql, nil
}

// shift tells more from less: in the currency of the amount where that stayed,
// otherwise by what it is worth. No amount is less than any.
func (x *comparison) shift(money func(alias, part string) string) string {
	was, is := "coalesce("+money("a", "")+", 0)", "coalesce("+money("b", "")+", 0)"
	wasBase, isBase := "coalesce("+money("a", "_b")+", 0)", "coalesce("+money("b", "_b")+", 0)"
	alike := "coalesce(" + money("a", "_c") + ", " + money("b", "_c") + ", '') = coalesce(" + money("b", "_c") + ", " + money("a", "_c") + ", '')"
	return fmt.Sprintf("CASE WHEN a.record IS NULL OR b.record IS NULL THEN %d WHEN %s AND %s = %s THEN CASE WHEN %s = %s THEN %d ELSE %d END"+
		" WHEN %s THEN CASE WHEN %s > %s THEN %d ELSE %d END WHEN %s >= %s THEN %d ELSE %d END",
		Same, alike, was, is, wasBase, isBase, Same, Rated, alike, is, was, More, Less, isBase, wasBase, More, Less)
}

// read reads the columns of a group, the first of which is at.
func (x *comparison) read(rows *store.Rows, at int) (r Compared) {
	side := func() []any {
		there, _ := rows.Int(at)
		at++
		keys := make([]any, len(x.keys))
		for i, e := range x.keys {
			if n, ok := rows.Int(at); ok {
				if keys[i] = value.ID(n); e.Type().Kind == expr.Bool {
					keys[i] = n == 1
				}
			}
			at++
		}
		if there == 0 {
			return nil
		}
		return keys
	}
	r.Before, r.After = side(), side()
	shift, _ := rows.Int(at)
	r.Shift = Shift(shift)
	for i, w := range []*Worth{&r.Was, &r.Is} {
		code, _ := rows.Text(at + 1 + i)
		w.Sums = map[string]int64{strings.Clone(code): 0}
	}
	return r
}

// Measure is what the amounts come to, as a figure of a report.
func (w Worth) Measure(currency string) Measure {
	m := Measure{Value: value.Money{Minor: w.Base, Currency: currency}, Missing: w.Missing}
	for _, code := range slices.Sorted(maps.Keys(w.Sums)) {
		m.Sums = append(m.Sums, value.Money{Minor: w.Sums[code], Currency: code})
	}
	return m
}
