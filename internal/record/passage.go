package record

import (
	"cmp"
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
	"wellmet/internal/value"
)

// Passage asks how records come through the states of a tracked link field.
type Passage struct {
	Object, Field string
	Filter        string // over records as they are today, or were AsOf
	// By tells them apart by a link or a choice of the object, "" = by nothing.
	By string
	// Order has a place for each state that counts: the first is 0, Ended and
	// Done are where the way ends. Other states are passed over.
	Order map[value.ID]int
	// From and To bound when a state was first entered, or of a Cohort when the
	// record was made; zero = open.
	From, To time.Time
	Cohort   bool
	// Over counts records in the states that they came past without being in them,
	// too: as having come further, when they first came past.
	Over bool
	// In is the one state to be told of, 0 = all.
	In value.ID
	// AsOf is the moment looked back to: the way of records up to it, as they were.
	AsOf time.Time
	// Before begins lists behind a record, the last of the page before; 0 = with
	// the newest.
	Before value.ID
}

// Places of the states in which the way ends: short of the last, or well.
const (
	Ended = -1
	Done  = 1 << 20
)

// PassedTo is what became of a record in a state in a state, the first that holds of these: it is
// there; it ended from there; it came further; it went back.
type PassedTo int

// What became of records that entered a state.
const (
	Here PassedTo = iota
	EndedHere
	Further
	WentBack
)

// Passed is how many records entered a state, with the same outcome.
type Passed struct {
	State   value.ID
	By      any // an id or a key, nil for none
	To      PassedTo
	Records int64
	// Spent is how long Timed of them, which have left and whose coming is
	// known, were there.
	Spent time.Duration
	Timed int64
}

// Pass counts records by state and outcome.
func (s *Session) Pass(ctx context.Context, p Passage) ([]Passed, error) {
	x, err := s.openPassage(p)
	if err != nil || x == nil {
		return nil, err
	}
	found := passedBook{}
	if x.kept {
		if err := x.keptWays(ctx, func(w way, y Passed) {
			y.To = w.passed(p.Order, y.State)
			found.add(y)
		}); err != nil {
			return nil, err
		}
	}
	if err = x.pass(ctx, found); err == nil && p.Over {
		err = x.passOver(ctx, found)
	}
	return found.sorted(p.In), err
}

// passedBook adds up by state, part and outcome.
type passedBook map[passedKey]*Passed

type passedKey struct {
	state value.ID
	by    any
	to    PassedTo
}

func (b passedBook) add(y Passed) {
	k := passedKey{y.State, y.By, y.To}
	if b[k] == nil {
		b[k] = &Passed{State: y.State, By: y.By, To: y.To}
	}
	b[k].Records += y.Records
	b[k].Spent += y.Spent
	b[k].Timed += y.Timed
}

// sorted is what was added up, of one state or, for 0, of all.
func (b passedBook) sorted(in value.ID) []Passed {
	var list []Passed
	for _, x := range b {
		if x.Records != 0 && (in == 0 || x.State == in) {
			list = append(list, *x)
		}
	}
	slices.SortFunc(list, func(a, b Passed) int {
		return cmp.Or(cmp.Compare(a.State, b.State), strings.Compare(schema.Neutral(a.By), schema.Neutral(b.By)), cmp.Compare(a.To, b.To))
	})
	return list
}

// pass counts what spans tell.
func (x *passing) pass(ctx context.Context, found passedBook) error {
	args := x.s.args()
	inner, err := x.passages(ctx, args)
	if err != nil {
		return err
	}
	left := fmt.Sprintf("w.outcome <> %d AND w.brought = 0", Here)
	rows, err := x.s.tx.Query(ctx, "SELECT w.state, w.part, w.outcome, count(*), CAST(sum(CASE WHEN "+left+" THEN w.ms ELSE 0 END) AS bigint), count(CASE WHEN "+left+
		" THEN 1 END) FROM ("+inner+") w GROUP BY w.state, w.part, w.outcome", args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var y Passed
		y.State, _ = rows.ID(0)
		if x.by != nil {
			y.By = x.by.Load(rows, 1)
		}
		to, _ := rows.Int(2)
		y.To = PassedTo(to)
		y.Records, _ = rows.Int(3)
		ms, _ := rows.Int(4)
		y.Spent = time.Duration(ms) * time.Millisecond
		y.Timed, _ = rows.Int(5)
		found.add(y)
	}
	return rows.Err()
}

// PassedThrough lists records that entered a state, the newest first, those of
// some outcomes or of all, up to a limit.
func (s *Session) PassedThrough(ctx context.Context, p Passage, state value.ID, to []PassedTo, limit int) ([]value.ID, error) {
	p.In = state
	x, err := s.openPassage(p)
	if err != nil || x == nil {
		return nil, err
	}
	if _, known := p.Order[state]; !known {
		return nil, nil
	}
	var kept []value.ID
	if x.kept {
		if kept, err = x.keptThrough(ctx, state, to, limit); err != nil {
			return nil, err
		}
	}
	args := s.args()
	inner, err := x.passages(ctx, args)
	if err != nil {
		return nil, err
	}
	sql := "SELECT w.record FROM (" + inner + ") w WHERE w.state = " + args.Add(int64(state), "bigint")
	if len(to) > 0 {
		list := ""
		for i, x := range to {
			if i > 0 {
				list += ", "
			}
			list += fmt.Sprint(int(x))
		}
		sql += " AND w.outcome IN (" + list + ")"
	}
	ids, err := s.tx.IDs(ctx, sql+x.page("w.record", limit, args), args.Values()...)
	ids = append(ids, kept...)
	if err == nil && p.Over && (len(to) == 0 || slices.Contains(to, Further)) {
		var over []value.ID
		over, err = x.overThrough(ctx, limit)
		ids = append(ids, over...)
	}
	slices.SortFunc(ids, func(a, b value.ID) int { return cmp.Compare(b, a) })
	return ids[:min(len(ids), limit)], err
}

// page orders a list, the newest first, and takes a part of it.
func (x *passing) page(id string, limit int, args *expr.Args) (sql string) {
	if x.p.Before != 0 {
		sql = " AND " + id + " < " + args.Add(int64(x.p.Before), "bigint")
	}
	return sql + " ORDER BY " + id + " DESC LIMIT " + args.Add(int64(limit), "bigint")
}

// CameTo lists records that came to a place or further, the newest first, up to a
// limit.
func (s *Session) CameTo(ctx context.Context, p Passage, least, limit int) ([]value.ID, error) {
	x, err := s.openPassage(p)
	if err != nil || x == nil {
		return nil, err
	}
	var kept []value.ID
	if x.kept = x.kept && p.Cohort; x.kept { // as in Came
		if kept, err = x.keptCame(ctx, least, limit); err != nil {
			return nil, err
		}
	}
	args := s.args()
	inner, err := x.passages(ctx, args)
	if err != nil {
		return nil, err
	}
	sql := "SELECT c.record FROM (SELECT w.record, max(" + place("w.state", p.Order, args) + ") AS far FROM (" + inner + ") w GROUP BY w.record) c WHERE c.far >= " +
		args.Add(int64(least), "bigint")
	ids, err := s.tx.IDs(ctx, sql+x.page("c.record", limit, args), args.Values()...)
	ids = append(ids, kept...)
	slices.SortFunc(ids, func(a, b value.ID) int { return cmp.Compare(b, a) })
	return ids[:min(len(ids), limit)], err
}

// Came counts records by the furthest place that they came to.
func (s *Session) Came(ctx context.Context, p Passage) (map[int]int64, error) {
	x, err := s.openPassage(p)
	if err != nil || x == nil {
		return nil, err
	}
	came := map[int]int64{}
	if x.kept = x.kept && p.Cohort; x.kept { // else a record may have come to one state in the period and to another before
		if err := x.keptWays(ctx, func(w way, y Passed) {
			if far, one, ok := w.far(p.Order); ok && one == y.State {
				came[far] += y.Records
			}
		}); err != nil {
			return nil, err
		}
	}
	args := s.args()
	inner, err := x.passages(ctx, args)
	if err != nil {
		return nil, err
	}
	rows, err := s.tx.Query(ctx, "SELECT c.far, count(*) FROM (SELECT w.record, max("+place("w.state", p.Order, args)+") AS far FROM ("+inner+
		") w GROUP BY w.record) c GROUP BY c.far", args.Values()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		far, _ := rows.Int(0)
		n, _ := rows.Int(1)
		came[int(far)] += n
	}
	maps.DeleteFunc(came, func(_ int, n int64) bool { return n == 0 })
	return came, rows.Err()
}

// passing is a Passage made ready to run.
type passing struct {
	s     *Session
	p     Passage
	o     *schema.Object
	f, by *schema.FieldDef
	// kept says that passages are maintained: spans are asked about marked records
	// alone.
	kept bool
	// then is the session whose expressions take the moment looked back to for now,
	// past the records of then; nil of now.
	then *Session
	past *past
}

// until is the moment up to which ways are told.
func (x *passing) until() int64 {
	if x.past == nil {
		return x.s.now.UnixMilli()
	}
	return x.past.at.UnixMilli() + 1
}

// openPassage answers nil where nothing can be found.
func (s *Session) openPassage(p Passage) (*passing, error) {
	o, err := s.Object(p.Object)
	if err != nil {
		return nil, err
	}
	x := &passing{s: s, p: p, o: o}
	var ok bool
	if x.f, ok = o.Field(p.Field); !ok || !s.actor.CanFilter(x.f) {
		return nil, schema.UnknownField(o, p.Field, s.Sees)
	}
	if !x.f.Tracked || !x.f.IsLink() {
		return nil, fault.New(fault.Invalid, "record.not_tracked", fault.Args{"field": p.Field})
	}
	if len(p.Order) == 0 {
		return nil, nil
	}
	if p.By != "" {
		if x.by, ok = o.Field(p.By); !ok || !s.actor.CanFilter(x.by) || len(x.by.ReadColumns()) != 1 {
			return nil, schema.UnknownField(o, p.By, s.Sees)
		}
	}
	x.kept = p.Field == o.Passed && s.state.passed[o.ID] && p.AsOf.IsZero()
	x.then, x.past, err = s.then(o, p.AsOf)
	return x, err
}

// part is what tells records apart.
func (x *passing) part() string {
	if x.by == nil {
		return "CAST(NULL AS bigint)"
	}
	return "t." + x.s.tx.Dialect().Quote(x.by.Column)
}

// passages is a row for each record and state that it entered: one pass over
// the spans, a second over what they come to.
func (x *passing) passages(ctx context.Context, args *expr.Args) (string, error) {
	placed, err := x.placed(ctx, args)
	if err != nil {
		return "", err
	}
	told := "SELECT q.record, q.state, q.part, q.first_ms, q.last_ms, q.end_ms, q.ms, q.brought, q.place, max(q.place) OVER r AS far, " +
		fmt.Sprintf("max(CASE WHEN q.place >= 0 AND q.place < %d THEN q.last_ms END) OVER r AS latest, max(CASE WHEN q.end_ms = %d AND q.place = %d THEN 1 ELSE 0 END) OVER r AS ended", Done, forever, Ended) +
		" FROM (" + placed + ") q WINDOW r AS (PARTITION BY q.record)"
	sql := "SELECT u.record, u.state, u.part, u.ms, u.brought, " + fmt.Sprintf("CASE WHEN u.end_ms = %d THEN %d WHEN u.ended = 1 AND u.last_ms = u.latest THEN %d WHEN u.far > u.place THEN %d ELSE %d END AS outcome",
		forever, Here, EndedHere, Further, WentBack) + " FROM (" + told + ") u"
	return sql + entered(x.p, args), nil
}

// placed is a row for each record and state that it was in, with the state's
// place.
func (x *passing) placed(ctx context.Context, args *expr.Args) (string, error) {
	s, p, o := x.s, x.p, x.o
	where, err := x.records(ctx, args)
	if err != nil {
		return "", err
	}
	if x.kept {
		where += " AND sp.record IN (" + x.marked(args) + ")"
	}
	column := "sp." + s.tx.Dialect().Quote(x.f.Column)
	now, end, table := args.Add(x.until(), "bigint"), "sp.to_ms", "{"+o.Table+"}"
	if x.past != nil {
		end, table = fmt.Sprintf("CASE WHEN sp.to_ms >= %s THEN %d ELSE sp.to_ms END", now, forever), x.past.table(access.Read, nil, args)
		where += " AND sp.from_ms < " + now
	}
	visits := "SELECT sp.record, " + column + " AS state, max(" + x.part() + ") AS part, min(sp.from_ms) AS first_ms, max(sp.from_ms) AS last_ms, max(" + end + ") AS end_ms, " +
		"sum((CASE WHEN sp.to_ms > " + now + " THEN " + now + " ELSE sp.to_ms END) - sp.from_ms) AS ms, max(CASE WHEN a.door = 'import' THEN 1 ELSE 0 END) AS brought" +
		" FROM {" + o.SpanTable() + "} sp JOIN " + table + " t ON t.id = sp.record LEFT JOIN {act} a ON a.id = sp.act WHERE " + where + " AND " + column +
		" IN (" + idList(slices.Sorted(maps.Keys(p.Order)), args) + ") GROUP BY sp.record, " + column
	return "SELECT v.record, v.state, v.part, v.first_ms, v.last_ms, v.end_ms, v.ms, v.brought, " + place("v.state", p.Order, args) + " AS place FROM (" + visits + ") v", nil
}

// records is the condition of those that are followed.
func (x *passing) records(ctx context.Context, args *expr.Args) (string, error) {
	s, o, p, sql := x.then, x.o, x.p, "t.deleted_at IS NULL"
	if rule := s.may(o, access.Read, "t", args); rule != "" {
		sql += " AND " + rule
	}
	if x.past != nil {
		sql = "1 = 1" // what is read of then is allowed already
	}
	if p.Cohort && !p.From.IsZero() {
		sql += " AND t.created_at >= " + args.Add(p.From.UnixMilli(), "bigint")
	}
	if p.Cohort && !p.To.IsZero() {
		sql += " AND t.created_at < " + args.Add(p.To.UnixMilli(), "bigint")
	}
	cond, err := s.filter(ctx, o, p.Filter, nil)
	if err == nil {
		err = x.past.knew(cond.where)
	}
	if err != nil || cond.where == nil {
		return sql, err
	}
	text, err := cond.where.SQL(s.columnsOf(x.past, args), s.env, "t", args)
	return sql + " AND (" + text + ")", err
}

// entered bounds when a state was first come to.
func entered(p Passage, args *expr.Args) string {
	sql := " WHERE 1 = 1"
	if !p.Cohort && !p.From.IsZero() {
		sql += " AND u.first_ms >= " + args.Add(p.From.UnixMilli(), "bigint")
	}
	if !p.Cohort && !p.To.IsZero() {
		sql += " AND u.first_ms < " + args.Add(p.To.UnixMilli(), "bigint")
	}
	return sql
}

// place writes where a state stands.
func place(state string, order map[value.ID]int, args *expr.Args) string {
	sql := "CASE " + state
	for _, id := range slices.Sorted(maps.Keys(order)) {
		sql += " WHEN " + args.Add(int64(id), "bigint") + fmt.Sprintf(" THEN %d", order[id])
	}
	return sql + " END"
}
