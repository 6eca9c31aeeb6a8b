package record

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
)

// related is a page of the records that lead to the model's by a field.
type related struct {
	o       *schema.Object
	columns []*schema.FieldDef
	rows    []*record.Record
	next    string // address of the next page
	create  string // address of a new one, with the link filled in
	make    string // address that makes the one that is missing
}

// relatedPage is how many rows come at once.
const relatedPage = 25

// relatedColumns are what a related list shows beside the title.
const relatedColumns = 5

func first(shown, _ []tab) []tab { return shown }

func second(_, more []tab) []tab { return more }

// inMenu marks the button of the menu while the open tab is in it.
func inMenu(m *model, more []tab) templ.Attributes {
	if slices.ContainsFunc(more, func(t tab) bool { return t.key == m.tab }) {
		return templ.Attributes{"aria-current": "true"}
	}
	return templ.Attributes{}
}

// relatedPanel reads the first page of a related list.
func relatedPanel(c *door.Call, s *record.Session, m *model, t tab) (templ.Component, error) {
	x, err := readRelated(c, s, m, t, "")
	if err != nil {
		return nil, err
	}
	return relatedList(m, x), nil
}

// moreRows answers the next page of a related list.
func moreRows(c *door.Call) error {
	var m *model
	var x *related
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = loadTabs(c, s, c.R.PathValue("tab")); err != nil {
			return err
		}
		t := m.tabOf(m.tab)
		if m.tab != c.R.PathValue("tab") || t.link == nil {
			return errNoState
		}
		x, err = readRelated(c, s, m, t, c.R.URL.Query().Get("cursor"))
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, relatedRows(m, x))
}

func readRelated(c *door.Call, s *record.Session, m *model, t tab, cursor string) (*related, error) {
	where, err := linked(m, t.link)
	if err != nil {
		return nil, err
	}
	x := &related{o: t.link.Object, columns: columnsOf(s.Actor(), t.link)}
	page, err := s.Query(c.Ctx, record.Query{Object: x.o.Name, Where: where, Limit: relatedPage, Cursor: cursor})
	if err != nil {
		return nil, err
	}
	x.rows = page.Records
	for _, r := range x.rows {
		m.n.WantRecord(r, x.columns)
	}
	if page.Next != "" {
		x.next = m.url("/rows/"+url.PathEscape(t.key)) + "?cursor=" + escape(page.Next)
	}
	if s.Actor().Can(x.o, access.Create) && s.Actor().CanWrite(t.link) && t.link.Kind != schema.KindLinks {
		x.create = "/" + x.o.Plural + "/new?" + url.Values{t.link.Name: {m.r.ID.String()}}.Encode()
	}
	if x.o.Name == commerce.Contracts.Name && m.deal() { // a won deal has one, made of its lines
		if x.create != "" && m.status() == sales.Won && !slices.ContainsFunc(x.rows, binds) {
			x.make = m.url("/contract")
		}
		x.create = ""
	}
	return x, m.n.Load(c.Ctx)
}

// binds reports whether a contract is not void.
func binds(r *record.Record) bool {
	state, _ := record.Get(r, commerce.ContractState)
	return state != commerce.Void
}

// columnsOf chooses what says most about the records of a related list.
func columnsOf(a *access.Actor, link *schema.FieldDef) []*schema.FieldDef {
	o := link.Object
	var columns []*schema.FieldDef
	add := func(f *schema.FieldDef) {
		if f != nil && f != link && len(columns) <= relatedColumns && !slices.Contains(columns, f) {
			columns = append(columns, f)
		}
	}
	seen := fieldsOf(a, o)
	named := func(name string) *schema.FieldDef {
		if i := slices.IndexFunc(seen, func(f *schema.FieldDef) bool { return f.Name == name }); i >= 0 {
			return seen[i]
		}
		return nil
	}
	add(named(o.Title))
	for _, name := range listColumns[o.Name] {
		add(named(name))
	}
	for _, f := range seen {
		if listColumns[o.Name] == nil && !f.Engine && slices.Contains(factKinds, f.ValueKind()) {
			add(f)
		}
	}
	add(named("owner"))
	return columns
}

// listColumns are the columns of built-in objects.
var listColumns = map[string][]string{
	"deal":      {"stage", "amount", "close_date", "account"},
	"contact":   {"job_title", "phone", "email"},
	"account":   {"industry", "phone"},
	"lead":      {"company", "status", "source"},
	"contract":  {"number", "state", "total", "open_amount", "signed_on"},
	"deal_line": {"deal", "quantity", "unit_price", "amount"},
	"stage":     {"kind", "probability", "usual_days"},
}

// url is the address of a row's record.
func (x *related) url(r *record.Record) string { return "/" + x.o.Plural + "/" + r.ID.String() }

func (x *related) title(m *model, r *record.Record) string {
	if t := r.Title(); t != "" {
		return t
	}
	return x.o.Label(m.v.Lang).One
}
