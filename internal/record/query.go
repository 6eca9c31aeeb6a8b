package record

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// CountMode says how many matches a query counts beside its page.
type CountMode uint8

// Counting every match of a big list costs a scan; a capped count stops at
// CountCap and says so.
const (
	CountNone CountMode = iota
	CountCapped
	CountExact
)

// CountCap is the highest figure that a capped count tells: "10,000+".
const CountCap = 10_000

const (
	defaultLimit = 50
	maxLimit     = 10_000 // for the engine's own callers; doors allow less
	batchLimit   = 1_000  // rows that Each holds at a time
)

// Query asks for records of one object that the actor may read.
type Query struct {
	Object string
	Filter string     // an expression, as the actor typed it
	Where  *expr.Expr // made by code, ANDed to Filter
	Sort   string     // "-amount,name"; "" = newest first
	Fields []string   // API paths; nil = every field the actor may see
	Limit  int        // 0 = 50
	Cursor string     // Page.Next of the page before
	Count  CountMode
	Text   string // full text, ANDed to Filter
	Trash  bool   // deleted records instead; needs the right to delete
	Export bool   // only what the actor may take out
	// Gone asks for records in the trash instead that were put there after a moment,
	// for code that looks back to it: those that the actor could read, were they not.
	Gone time.Time
	// AsOf asks for the records as they were; zero = now. Filter and Sort then
	// take what Remembered says.
	AsOf time.Time
}

// Page is a part of a query's answer.
type Page struct {
	Records []*Record
	Next    string // "" = this was the last page
	Count   int64  // of all pages, when it was asked for
	Capped  bool   // there are more than Count
}

// Query reads one page.
func (s *Session) Query(ctx context.Context, q Query) (*Page, error) {
	l, err := s.list(ctx, q)
	if err != nil {
		return nil, err
	}
	p := &Page{}
	if p.Records, err = l.records(ctx); err != nil {
		return nil, err
	}
	if l.more {
		if p.Next, err = l.seal(ctx); err != nil {
			return nil, err
		}
	}
	p.Count, p.Capped, err = l.count(ctx, len(p.Records))
	return p, err
}

// Among is the filter of records of which a field is one of some ids or keys of options, of which there must
// be some.
func Among[T value.ID | string](field string, keys []T) string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = fmt.Sprint(key)
	}
	return field + ` in ("` + strings.Join(texts, `", "`) + `")`
}

// Each reads all matches in order, in batches, so that memory stays flat. fn
// may use the session. Where fn changes what the query sorts by, records can
// move into its way or out of it: the default sort is safe from that.
func (s *Session) Each(ctx context.Context, q Query, fn func(*Record) error) error {
	q.Limit, q.Count = batchLimit, CountNone
	l, err := s.list(ctx, q)
	if err != nil {
		return err
	}
	for {
		records, err := l.records(ctx)
		if err != nil {
			return err
		}
		for _, r := range records {
			if err := fn(r); err != nil {
				return err
			}
		}
		if !l.more {
			return nil
		}
		l.from, l.counted = l.last, true
	}
}

// Count is how many records match, and whether there are more than it says.
func (s *Session) Count(ctx context.Context, q Query) (int64, bool, error) {
	q.Fields, q.Sort, q.Cursor = []string{}, "", ""
	if q.Count == CountNone {
		q.Count = CountCapped
	}
	l, err := s.list(ctx, q)
	if err != nil {
		return 0, false, err
	}
	l.more = true // nothing was read that could tell
	return l.count(ctx, 0)
}

// listing is a query made ready to run: names are resolved, rights applied and
// the cursor opened.
type listing struct {
	s     *Session
	q     Query
	o     *schema.Object
	match *filter
	reach access.Reach
	keys  []sortKey // the id comes last
	// computed says that a key is no column of the table, so that no index
	// gives the order; such sorts are for up to sortCap matches.
	computed bool
	out      *projection
	limit    int
	from     *mark // read behind this; nil = from the beginning

	more    bool  // set by records: there is a next page
	last    *mark // and it begins behind this
	past    *past // nil = now
	counted bool  // the cap of computed sorts has been looked at
}

// list makes a query ready.
func (s *Session) list(ctx context.Context, q Query) (*listing, error) {
	o, err := s.Object(q.Object)
	if err != nil {
		return nil, err
	}
	l := &listing{s: s, q: q, o: o, limit: q.Limit}
	switch {
	case q.Limit == 0:
		l.limit = defaultLimit
	case q.Limit < 0 || q.Limit > maxLimit:
		return nil, fault.New(fault.Invalid, "query.limit", fault.Args{"max": maxLimit, "got": q.Limit})
	}
	if s, l.past, err = s.then(o, q.AsOf); err != nil {
		return nil, err
	}
	l.s = s
	if l.reach, err = l.whose(); err != nil {
		return nil, err
	}
	if l.match, err = s.filter(ctx, o, q.Filter, q.Where); err != nil {
		return nil, err
	}
	if err := l.order(); err != nil {
		return nil, err
	}
	if l.out, err = s.project(o, q.Fields); err != nil {
		return nil, err
	}
	if err := l.out.fits(q.Fields); err != nil {
		return nil, err
	}
	if err := l.back(); err != nil {
		return nil, err
	}
	if q.Cursor != "" {
		l.from, err = l.unseal(ctx, q.Cursor)
	}
	return l, err
}

const (
	// maxColumns and maxJoins are what both databases take in one statement,
	// less what the rest of it needs.
	maxColumns = 1_500
	maxJoins   = 40
)

// fits refuses to read more columns, or over more links, than a statement can.
func (p *projection) fits(asked []string) error {
	if asked == nil || p.n <= maxColumns && len(p.joins) <= maxJoins {
		return nil
	}
	args := fault.Args{"got": len(asked), "links": maxJoins}
	return fault.New(fault.Invalid, "query.too_many_fields", args).With(fault.Field{Path: "fields", Key: "query.too_many_fields", Args: args})
}

// whose is the reach of the listing; the trash is for those who may delete.
func (l *listing) whose() (access.Reach, error) {
	if l.q.Export {
		return l.s.actor.Reach(l.o, access.Export), nil
	}
	if !l.q.Trash {
		return l.s.actor.Reach(l.o, access.Read), nil
	}
	r := l.s.actor.Reach(l.o, access.Delete)
	if r.None {
		return r, fault.New(fault.Forbidden, "query.no_trash", fault.Args{"object": l.o.Name})
	}
	return r, nil
}

// deleted reports whether the listing is of what is in the trash.
func (l *listing) deleted() bool { return l.q.Trash || !l.q.Gone.IsZero() }

// nothing reports whether no record can match, so that no SQL need run.
func (l *listing) nothing() bool { return l.reach.None && !l.reach.Extra }

// big reports whether the object is large enough for index hints and owner
// branches to pay (engine decision 3).
func (l *listing) big() bool { return l.rows() > hintRows }

func (l *listing) rows() int64 { return l.s.state.sizes.rows[l.o.Table] }

// records reads the page as records.
func (l *listing) records(ctx context.Context) ([]*Record, error) {
	records := make([]*Record, 0, min(l.limit, 64))
	err := l.run(ctx, func(rows *store.Rows) {
		records = append(records, l.out.record(rows))
	})
	if err != nil {
		return nil, err
	}
	if err := l.out.fillLists(ctx, records); err != nil || l.past == nil {
		return records, err
	}
	return records, l.past.restore(ctx, l.out, records)
}

// run reads the page, segment by segment of the order, and hands each row on.
// One row more than asked for tells whether there is a next page.
func (l *listing) run(ctx context.Context, each func(*store.Rows)) error {
	l.more, l.last = false, nil
	if l.nothing() {
		return nil
	}
	if err := l.checkSortable(ctx); err != nil {
		return err
	}
	got := 0
	for _, seg := range l.segments() {
		if err := l.read(ctx, seg, &got, each); err != nil {
			return err
		}
		if l.more {
			return nil
		}
	}
	return nil
}

// read runs the statement of one segment.
func (l *listing) read(ctx context.Context, seg segment, got *int, each func(*store.Rows)) error {
	sql, args, err := l.statement(seg, l.limit+1-*got)
	if err != nil || sql == "" {
		return err
	}
	rows, err := l.s.tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if *got == l.limit {
			l.more = true
			break
		}
		*got++
		if *got == l.limit {
			l.last = l.markOf(rows)
		}
		each(rows)
	}
	return rows.Close()
}

// mark is a place in the order: the sort keys of a row, and its id.
type mark struct {
	values []any
	id     value.ID
}

// markOf reads the sort keys that stand behind the row's own columns.
func (l *listing) markOf(rows *store.Rows) *mark {
	m := &mark{}
	for i, k := range l.keys[:len(l.keys)-1] {
		m.values = append(m.values, keyValue(rows, l.out.n+i, k.typ))
	}
	id, _ := rows.Int(0)
	m.id = value.ID(id)
	return m
}

func keyValue(rows *store.Rows, i int, t store.Type) any {
	if rows.Null(i) {
		return nil
	}
	switch t {
	case store.Int:
		n, _ := rows.Int(i)
		return n
	case store.Bool:
		b, _ := rows.Bool(i)
		return b
	case store.Date:
		d, _ := rows.Date(i)
		return d
	case store.Bytes:
		b, _ := rows.Bytes(i)
		return append([]byte(nil), b...)
	}
	b, _ := rows.Bytes(i)
	return string(b)
}

// appendCount writes the tail of a JSON page.
func appendCount(dst []byte, n int64, capped bool) []byte {
	dst = append(dst, `,"count":`...)
	dst = strconv.AppendInt(dst, n, 10)
	if capped {
		dst = append(dst, `,"capped":true`...)
	}
	return dst
}
