package board

import (
	"context"
	"maps"
	"net/url"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// perColumn is how many cards of a column come at once.
const perColumn = 25

// mostColumns bounds a board: a choice with more options makes no board.
const mostColumns = 60

// ask is what a board shows: records of an object, by a field.
type ask struct {
	o                  *schema.Object
	filter, text, sort string
	query              url.Values // as the address has it
}

// own are the parts of a board's address; everything else in the query of its
// requests is about the one request.
var own = []string{"layout", "view", "filter", "q", "sort", "by", "pipeline", "open", "columns"}

func askOf(c *door.Call, o *schema.Object) ask {
	all := c.R.URL.Query()
	kept := url.Values{}
	for _, name := range own {
		if all.Has(name) {
			kept.Set(name, all.Get(name))
		}
	}
	return ask{o: o, filter: kept.Get("filter"), text: kept.Get("q"), sort: kept.Get("sort"), query: kept}
}

// board is one look at the columns.
type board struct {
	ask
	v       *kit.View
	s       *record.Session
	field   *schema.FieldDef
	fields  []*schema.FieldDef // by which there can be columns
	where   string             // the filter, with the pipeline
	amount  *schema.FieldDef
	day     *schema.FieldDef
	columns []*column
	// pipelines are those to choose from, the shown one marked.
	pipelines []choice
	pipeline  string
	movable   bool
	creates   bool
	total     int64
	has       []string // what the asking page shows already
}

// choice is one of several boards.
type choice struct {
	Label, URL string
	Current    bool
}

var (
	errNoBoard  = fault.New(fault.NotFound, "web.board.no_field", nil)
	errNoColumn = fault.New(fault.NotFound, "web.board.no_column", nil)
)

// States are the fields of an object by which the actor may sort records into
// columns: choices, and links to lists of states.
func States(s *record.Session, o *schema.Object) []*schema.FieldDef {
	var found []*schema.FieldDef
	for _, f := range o.Visible() {
		if f.ReadOnly || f.Engine || f.Derived() || !s.Actor().CanFilter(f) {
			continue
		}
		switch target := s.Schema().Target(f); {
		case f.Kind == schema.KindChoice && len(f.Options) > 1 && len(f.Options) <= mostColumns:
			found = append(found, f)
		case f.Kind == schema.KindLink && target != nil && target.StateList && s.Actor().Can(target, access.Read):
			found = append(found, f)
		}
	}
	// Where records stand on their way comes first: a list of states, a status.
	slices.SortStableFunc(found, func(a, b *schema.FieldDef) int { return rank(a) - rank(b) })
	return found
}

func rank(f *schema.FieldDef) int {
	switch {
	case f.IsLink():
		return 0
	case f.Name == "status" || f.Name == "stage" || f.Name == "state":
		return 1
	case !f.Builtin:
		return 2
	}
	return 3
}

// open prepares a board: its field, its columns and their figures, no cards.
func open(c *door.Call, s *record.Session, a ask) (*board, error) {
	b := &board{ask: a, v: c.View, s: s, where: a.filter, fields: States(s, a.o)}
	for _, f := range b.fields {
		if f.Name == a.query.Get("by") || b.field == nil && a.query.Get("by") == "" {
			b.field = f
		}
	}
	if b.field == nil {
		return nil, errNoBoard
	}
	b.movable = s.Actor().Can(a.o, access.Update) && s.Actor().CanWrite(b.field)
	b.creates = s.Actor().Can(a.o, access.Create)
	b.amount, b.day = amountOf(s, a.o), dayOf(s, a.o)
	if b.sort == "" && b.amount != nil && a.o.Sum != nil {
		b.sort = "-" + b.amount.Name
	}
	if err := b.findColumns(c.Ctx); err != nil {
		return nil, err
	}
	return b, b.count(c.Ctx)
}

// amountOf is the money that columns add up.
func amountOf(s *record.Session, o *schema.Object) *schema.FieldDef {
	if o.Sum != nil {
		if f, ok := o.Field(o.Sum.Amount); ok && s.Actor().CanFilter(f) {
			return f
		}
	}
	for _, f := range o.Visible() {
		if f.ValueKind() == schema.KindMoney && f.Kind == schema.KindMoney && s.Actor().CanFilter(f) {
			return f
		}
	}
	return nil
}

// dayOf is the date on a card: when a deal closes.
func dayOf(s *record.Session, o *schema.Object) *schema.FieldDef {
	if f, ok := o.Field(sales.DealCloseDate.Name()); ok && s.Sees(f) {
		return f
	}
	for _, f := range o.Visible() {
		if f.Kind == schema.KindDate && s.Sees(f) {
			return f
		}
	}
	return nil
}

// url is the address of this board with some parts of it changed; an empty
// value takes a part away.
func (b *board) url(path string, changes ...string) string {
	q := maps.Clone(b.query)
	for i := 0; i+1 < len(changes); i += 2 {
		if q.Del(changes[i]); changes[i+1] != "" {
			q.Set(changes[i], changes[i+1])
		}
	}
	if len(q) == 0 {
		return "/" + b.o.Plural + path
	}
	return "/" + b.o.Plural + path + "?" + q.Encode()
}

// query of records in a column, or in all.
func (b *board) records(_ context.Context, limit int) record.Query {
	return record.Query{Object: b.o.Name, Filter: b.where, Text: b.text, Sort: b.sort, Limit: limit, Fields: b.cardFields()}
}
