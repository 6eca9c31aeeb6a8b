package record

import (
	"net/url"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	work "wellmet/internal/web/activity"
	"wellmet/internal/web/door"
	"wellmet/internal/web/guide"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
	"wellmet/internal/web/predict"
)

// model is one record as its page shows it to one actor.
type model struct {
	v      *kit.View
	o      *schema.Object
	r      *record.Record
	n      *parts.Names
	actor  *access.Actor
	schema *schema.Schema

	change, drop bool // the actor may change and delete it
	in           string
	tab          string
	tabs         []tab
	path         *path
	panel        templ.Component
	typed        sales.Choice    // what its record type chooses for the page
	fresh        map[string]bool // fields that somebody else has just changed

	// What a page fetches by itself, nil until it has: how much the tabs hold,
	// and a customer's figures.
	counts  map[string]string
	figures []figure
	work    *work.Work     // what there is to do about it
	clock   *sales.Clock   // of a lead, how long it waits for its first answer
	outlook *predict.Panel // what is foretold of a deal
	guide   *guide.Panel   // what the process wants next; nil where none governs
}

// load reads the record of the address with the names of what it links to.
func load(c *door.Call, s *record.Session) (*model, error) {
	o, err := c.Object(s)
	if err != nil {
		return nil, err
	}
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	r, err := s.Get(c.Ctx, o.Name, id)
	if err != nil {
		return nil, err
	}
	m := &model{v: c.View, o: o, r: r, n: parts.NewNames(s), actor: s.Actor(), schema: s.Schema()}
	if m.typed, err = sales.ChoiceOf(c.Ctx, s, r); err != nil {
		return nil, err
	}
	m.n.WantRecord(r, m.fields())
	if err := m.n.Load(c.Ctx); err != nil {
		return nil, err
	}
	if m.lead() {
		if m.clock, err = sales.ClockOf(c.Ctx, s); err != nil {
			return nil, err
		}
	}
	if m.change, err = mayChange(c, s, o, id); err != nil {
		return nil, err
	}
	m.drop = o.Access == schema.Unowned && s.Actor().Can(o, access.Delete) || s.Actor().Reaches(o, access.Delete, r.Owner())
	return m, nil
}

// mayChange asks for the right that any change needs, shares included.
func mayChange(c *door.Call, s *record.Session, o *schema.Object, id value.ID) (bool, error) {
	err := s.MayChange(c.Ctx, o.Name, id)
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// fields are those of the record that the actor may know of, in their order.
func (m *model) fields() []*schema.FieldDef { return fieldsOf(m.actor, m.o) }

func fieldsOf(a *access.Actor, o *schema.Object) []*schema.FieldDef {
	var fields []*schema.FieldDef
	for _, f := range o.Visible() {
		if a.Sees(f) {
			fields = append(fields, f)
		}
	}
	return fields
}

// field is a field that the actor sees, nil otherwise.
func (m *model) field(name string) *schema.FieldDef {
	f, ok := m.o.Field(name)
	if !ok || f.Hidden || !m.actor.Sees(f) {
		return nil
	}
	return f
}

// writable reports whether the actor may set the field of this record.
func (m *model) writable(f *schema.FieldDef) bool {
	return m.change && !f.Engine && f.Writable() && m.actor.CanWrite(f)
}

// url is an address below the record's.
func (m *model) url(rest string) string { return "/" + m.o.Plural + "/" + m.r.ID.String() + rest }

func (m *model) title() string {
	if t := m.r.Title(); t != "" {
		return t
	}
	return m.o.Label(m.v.Lang).One
}

// page is the address of the whole page with a tab and the list one came from.
func (m *model) page(tab string) string {
	q := url.Values{}
	if tab != "" && tab != m.home() {
		q.Set("tab", tab)
	}
	if m.in != "" {
		q.Set("in", m.in)
	}
	if len(q) == 0 {
		return m.url("")
	}
	return m.url("?" + q.Encode())
}

// list is the address of the list one came from.
func (m *model) list() string {
	if m.in == "" || m.in == everything {
		return "/" + m.o.Plural
	}
	return "/" + m.o.Plural + "?" + m.in
}

func (m *model) deal() bool { return m.o.Name == sales.Deals.Name }

func (m *model) lead() bool { return m.o.Name == sales.Leads.Name }

// ended are the ends of a lead.
var ended = map[string]string{sales.Converted: sales.Won, sales.Disqualified: sales.Lost}

// ended says how the work on a deal or a lead ended: won or lost; "" = it goes on,
// or there is none.
func (m *model) ended() string {
	switch {
	case m.deal() && m.status() != sales.Open:
		return m.status()
	case m.lead():
		status, _ := record.Get(m.r, sales.LeadStatus)
		return ended[status]
	}
	return ""
}

// moves reports whether its state can change at all: what a lead became stays.
func (m *model) moves() bool { return !m.lead() || m.ended() != sales.Won }

// status of a deal: open, won or lost; "" for anything else.
func (m *model) status() string {
	if !m.deal() {
		return ""
	}
	status, _ := record.Get(m.r, sales.DealStatus)
	return status
}
