package record

import (
	"context"
	"strings"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// past is an object at a moment that is over (engine decision 16). A statement
// over it reads, under the name of the object's table, rows of what is known of
// then: the tracked fields as spans hold them, and what never changes. So
// expressions, sorts and figures are written as they are for now. Rights are
// those of today, as the records of today have them.
type past struct {
	s  *Session
	o  *schema.Object
	at time.Time
	// kin are the objects that expressions lead to and that are read of then, too,
	// by name.
	kin map[string]*schema.Object
}

// ParseAsOf reads a moment to look back to: a day, which means its end in the
// workspace's zone, or a moment in RFC 3339. Today is now; what is to come is
// refused.
func (s *Session) ParseAsOf(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		day, err := value.ParseDate(text)
		if err != nil {
			return time.Time{}, inPast("query.bad_as_of", fault.Args{"got": value.Printable(text)})
		}
		if at = day.AddDays(1).Time(s.state.zone).Add(-time.Millisecond); day == s.Today() {
			at = s.now
		}
	}
	if at = value.Moment(at); at.After(s.now) {
		return time.Time{}, inPast("query.as_of_to_come", nil)
	}
	return at, nil
}

func inPast(key string, args fault.Args) error {
	return fault.New(fault.Invalid, key, args).With(fault.Field{Path: "as_of", Key: key, Args: args})
}

// then opens an object at a moment, with a session whose expressions take it
// for now. No moment is now itself, which needs nothing.
func (s *Session) then(o *schema.Object, at time.Time) (*Session, *past, error) {
	switch {
	case at.IsZero():
		return s, nil, nil
	case o.SpanTable() == "":
		return s, nil, inPast("query.no_past", fault.Args{"object": o.Name})
	case at.After(s.now):
		return s, nil, inPast("query.as_of_to_come", nil)
	case s.state.untold[o.Name]:
		return s, nil, inPast("query.past_untold", fault.Args{"object": o.Name})
	}
	c := *s
	c.env.Now = at
	c.moment = c.past(o, at)
	return &c, c.moment, nil
}

// KnownSince is when the first span of an object begins: nothing is known of
// before. False while there is none.
func (s *Session) KnownSince(ctx context.Context, object string) (time.Time, bool, error) {
	o, err := s.Object(object)
	if err != nil || o.SpanTable() == "" {
		return time.Time{}, false, err
	}
	var ms *int64
	if _, err := s.tx.Row(ctx, "SELECT min(sp.from_ms) FROM {"+o.SpanTable()+"} sp", nil, &ms); err != nil || ms == nil {
		return time.Time{}, false, err
	}
	return time.UnixMilli(*ms).UTC(), true, nil
}

// Remembered reports whether lists of the past may filter, sort and sum by the
// field: it is tracked, or never changes. Texts are not, for spans hold them
// without what comparing and sorting them takes.
func Remembered(f *schema.FieldDef) bool {
	return constant4ever(f) || f.Spanned() && len(f.Columns()) == len(f.ReadColumns())
}

// constant4ever are the fields that a record is born with.
func constant4ever(f *schema.FieldDef) bool {
	return f.Engine && (f.Name == "id" || f.Name == "created_at" || f.Name == "created_by")
}

// knew refuses expressions over what spans do not tell. Behind a link that they
// do tell the target is read as it is today, unless it is of the kin.
func (p *past) knew(e *expr.Expr) error {
	if p == nil || e == nil {
		return nil
	}
	for _, ref := range e.Fields() {
		if ref.Field.Formula != nil { // stands for its inputs, which follow
			continue
		}
		if !p.knows(ref.Path) {
			return p.unknown(strings.Join(ref.Path, "."))
		}
	}
	return nil
}

// Knew refuses an expression over what is not known of the object's past.
func (s *Session) Knew(o *schema.Object, e *expr.Expr) error { return s.past(o, s.now).knew(e) }

func (p *past) unknown(path string) error {
	return fault.New(fault.Invalid, "query.not_then", fault.Args{"field": value.Printable(path)})
}

// sorts refuses to sort by what spans do not tell.
func (p *past) sorts(keys []sortKey) error {
	for _, k := range keys {
		first, _, _ := strings.Cut(k.name, ".")
		f, ok := p.o.Field(first)
		switch {
		case !ok:
			return inField("sort", p.unknown(k.name))
		case f.Kind == schema.KindFormula && !f.Stored:
			if err := p.knew(f.Expr); err != nil {
				return inField("sort", err)
			}
		case !p.knows(p.sortedBy(k, f)):
			return inField("sort", p.unknown(k.name))
		}
	}
	return nil
}

// covers is the condition that the span of an alias holds the moment.
func (p *past) covers(span string, args *expr.Args) string {
	ms := args.Add(p.at.UnixMilli(), "bigint")
	return span + ".from_ms <= " + ms + " AND " + span + ".to_ms > " + ms
}

// back takes a listing to its moment.
func (l *listing) back() error {
	p := l.past
	if p == nil {
		return nil
	}
	switch {
	case l.deleted():
		return inPast("query.past_trash", nil)
	case l.q.Text != "":
		return inPast("query.past_text", nil)
	}
	if err := p.knew(l.match.where); err != nil {
		return inFilter(err)
	}
	if err := p.sorts(l.keys); err != nil {
		return err
	}
	l.out.past = p
	for i := range l.out.joins {
		if j := &l.out.joins[i]; j.from == "t" && j.link.Spanned() {
			j.from = "sp"
		}
	}
	return nil
}

// back takes figures to their moment.
func (p *aggregation) back() error {
	if p.past == nil {
		return nil
	}
	if p.a.Text != "" {
		return inPast("query.past_text", nil)
	}
	list := []*expr.Expr{p.where}
	for _, g := range p.groups {
		list = append(list, g.e)
	}
	for _, o := range p.operands {
		list = append(list, o.e, o.to, o.only)
	}
	for _, e := range list {
		if err := p.past.knew(e); err != nil {
			return err
		}
	}
	return nil
}

// table is where figures are read from, rights included where it is the past.
func (p *aggregation) table(args *expr.Args) string {
	if p.past != nil {
		return p.past.table(p.right(), p.pastWay(), args)
	}
	return "{" + p.o.Table + "}"
}

// pastItems writes the rows of a page of the past.
func (l *listing) pastItems(ctx context.Context, e *encoder) error {
	records, err := l.records(ctx)
	for i, r := range records {
		if i > 0 {
			e.dst = append(e.dst, ',')
		}
		e.dst = l.out.appendRecord(e.dst, r)
	}
	e.n = len(records)
	return err
}
