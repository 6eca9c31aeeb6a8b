package board

import (
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/moving"
	"wellmet/internal/web/views"
)

// perColumn is how many cards of a column come at once.
const perColumn = 25

// mostColumns bounds a board of a long list of states.
const mostColumns = 60

// board is one look at the columns.
type board struct {
	st      *views.State
	o       *schema.Object
	sort    string
	v       *kit.View
	s       *record.Session
	field   *schema.FieldDef
	fields  []*schema.FieldDef // by which there can be columns
	where   string             // the view's filter, with the pipeline
	amount  *schema.FieldDef
	day     *schema.FieldDef
	columns []*column
	// pipelines are those to choose from, the shown one marked.
	pipelines []choice
	pipeline  string
	movable   bool
	creates   bool
	total     int64
	currency  string // of sums
	face      face
	has       []string // what the asking page shows already
	// leads are the columns to which the process leads from each; nil = anywhere.
	leads map[string][]string
	// silent is why nothing is foretold of deals, where cards would say it.
	silent *sales.Silences
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

// open prepares the board that the address of the call is about: its field, its
// columns and their figures, no cards.
func open(c *door.Call, s *record.Session, o *schema.Object) (*board, error) {
	st, err := views.Parse(c, s, o)
	if err != nil {
		return nil, err
	}
	return prepare(c, s, st)
}

func prepare(c *door.Call, s *record.Session, st *views.State) (*board, error) {
	o := st.Object
	b := &board{st: st, o: o, v: c.View, s: s, where: st.Applied(), sort: st.Sort, fields: moving.States(s, o), currency: s.Settings().Currency}
	if st.Past() {
		b.fields = slices.DeleteFunc(b.fields, func(f *schema.FieldDef) bool { return !record.Remembered(f) })
	}
	for _, f := range b.fields {
		if f.Name == st.Own.Get("by") || b.field == nil && st.Own.Get("by") == "" {
			b.field = f
		}
	}
	if b.field == nil {
		return nil, errNoBoard
	}
	b.movable = !st.Past() && s.Actor().Can(o, access.Update) && s.Actor().CanWrite(b.field)
	if b.movable {
		var err error
		if b.leads, err = process.Leads(c.Ctx, s, o.Name, b.field.Name); err != nil {
			return nil, err
		}
	}
	b.creates = !st.Past() && s.Actor().Can(o, access.Create)
	b.amount, b.day = amountOf(s, o), dayOf(s, o)
	if st.Past() && b.amount != nil && !record.Remembered(b.amount) {
		b.amount = nil
	}
	if b.sort == "" && b.amount != nil && o.Sum != nil {
		b.sort = "-" + b.amount.Name
	}
	b.draw()
	if err := b.findColumns(c.Ctx); err != nil {
		return nil, err
	}
	return b, b.count(c.Ctx)
}

// amountOf is the money that columns add up.
func amountOf(s *record.Session, o *schema.Object) *schema.FieldDef {
	if o.Sum != nil {
		if f, ok := o.Field(o.Sum.Amounts[0]); ok && s.Actor().CanFilter(f) {
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
func (b *board) url(changes ...string) string { return b.st.URL(changes...) }

// query is the board's own part of addresses, behind the question mark.
func (b *board) query() string {
	_, query, _ := strings.Cut(b.st.URL(), "?")
	return query
}

// records asks for the cards of a column, or of all.
func (b *board) records(limit int) record.Query {
	return record.Query{Object: b.o.Name, Filter: b.where, Text: b.st.Text, Sort: b.sort, Limit: limit, Fields: b.cardFields(), AsOf: b.st.AsOf}
}
