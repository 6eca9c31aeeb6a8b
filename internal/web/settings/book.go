package settings

import (
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// book is a subject of the settings whose few records are kept on one page:
// added, changed, put in order, taken out of use.
type book struct {
	path, object string
	fields       []string // of the form
	sort         string
	position     string // the field of the order by hand, "" = there is none
	active       string // the field that takes one out of use, "" = it is deleted
	// of and by are the object and field that name these records, whose uses are
	// counted; "" = none are.
	of, by string
	color  string     // the field of a colour, "" = there is none
	sets   []fieldSet // which fields of an object are meant, ticked by name
	laid   []string   // objects whose layout each of these records can have of its own
	// places let records of a state that goes stand elsewhere; nil = they keep it.
	places *sales.Places
	words  func(*kit.View) bookWords
	facts  func(*bookPage, *record.Record) string
	notes  func(*bookPage) []string // what to look at
}

// fieldSet is a text that names fields of an object.
type fieldSet struct {
	field, of string
	hides     bool // they are left out; otherwise they stand first
}

type bookWords struct{ Title, Help, Add, None string }

// routes are the addresses of the page and of what is done on it.
func (b *book) routes() []door.Route {
	return []door.Route{
		{Pattern: "GET " + b.path, Do: b.show},
		{Pattern: "POST " + b.path, Do: b.save},
		{Pattern: "POST " + b.path + "/order", Do: b.order},
		{Pattern: "POST " + b.path + "/{id}", Do: b.save},
		{Pattern: "POST " + b.path + "/{id}/remove", Do: b.remove},
		{Pattern: "POST " + b.path + "/{id}/back", Do: b.back},
	}
}

// bookRow is one record on the page.
type bookRow struct {
	Rec   *record.Record
	Facts string
	Uses  int64
	List  string // of the records that use it
}

func (r bookRow) ID() string { return r.Rec.ID.String() }

type bookPage struct {
	*book
	v       *kit.View
	s       *record.Session
	names   *parts.Names
	o       *schema.Object
	Words   bookWords
	Rows    []bookRow
	Retired []bookRow
	Notes   []string
	Edit    string // of which record the form is open; "add" = of a new one
	Goes    string // which record is asked about where its uses go
	Done    string
	Undo    string
	seen    string // the order that the page shows
	form    url.Values
	Err     error
}

// dones are what the page tells of after a change.
var dones = []string{"saved", "added", "moved", "overtaken", "removed", "back", "moving", "partly", "undone"}

func (b *book) show(c *door.Call) error {
	p := &bookPage{book: b, Edit: c.R.URL.Query().Get("edit"), Goes: c.R.URL.Query().Get("remove")}
	if done := c.R.URL.Query().Get("done"); slices.Contains(dones, done) {
		act, _ := value.ParseID(c.R.URL.Query().Get("act"))
		p.Done, p.Undo = c.View.T("web.settings.done."+done), door.Undo(act)
	}
	return p.answer(c)
}

// answer shows the page, with what was refused if something was.
func (p *bookPage) answer(c *door.Call) error {
	if err := c.AdminRead(func(s *record.Session) error { return p.load(c, s) }); err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(p.Err), kit.Page{Title: p.Words.Title, Nav: home, Body: bookView(c.View, p)})
}

// mostRows is how many records such a page can hold.
const mostRows = 1000

func (p *bookPage) load(c *door.Call, s *record.Session) error {
	p.v, p.s, p.names, p.Words = c.View, s, parts.NewNames(s), p.words(c.View)
	p.o = s.Schema().MustObject(p.object)
	page, err := s.Query(c.Ctx, record.Query{Object: p.object, Sort: p.sort, Limit: mostRows})
	if err != nil {
		return err
	}
	uses, err := p.count(c, s)
	if err != nil {
		return err
	}
	for _, r := range page.Records {
		p.names.WantRecord(r, p.o.Fields)
	}
	if err := p.names.Load(c.Ctx); err != nil {
		return err
	}
	p.Rows, p.Retired = nil, nil
	for _, r := range page.Records {
		row := bookRow{Rec: r, Uses: uses[r.ID]}
		if p.of != "" {
			row.List = "/" + s.Schema().MustObject(p.of).Plural + "?" + url.Values{"filter": {p.by + ` = "` + r.ID.String() + `"`}}.Encode()
		}
		if p.active != "" && r.Field(p.active) == false {
			p.Retired = append(p.Retired, row)
			continue
		}
		p.Rows = append(p.Rows, row)
	}
	p.seen = kit.Seen(parts.IDs(p.records()))
	for i := range p.Rows {
		if p.facts != nil {
			p.Rows[i].Facts = p.facts(p, p.Rows[i].Rec)
		}
	}
	if p.notes != nil {
		p.Notes = p.notes(p)
	}
	return nil
}

// count tells how many records name each of these.
func (p *bookPage) count(c *door.Call, s *record.Session) (map[value.ID]int64, error) {
	uses := map[value.ID]int64{}
	if p.of == "" {
		return uses, nil
	}
	found, err := s.Aggregate(c.Ctx, record.Aggregate{Object: p.of, Group: []string{p.by}, Measures: []string{"count"}, Unlabeled: true})
	if err != nil {
		return nil, err
	}
	for _, g := range found.Groups {
		if id, ok := g.Keys[0].(value.ID); ok {
			uses[id], _ = g.Values[0].Value.(int64)
		}
	}
	return uses, nil
}

// elsewhere are the states that what stands in one can go to.
func (p *bookPage) elsewhere(r bookRow) []*record.Record {
	var all []*record.Record
	for _, x := range p.Rows {
		all = append(all, x.Rec)
	}
	return p.places.Alike(r.Rec, all)
}

// tint is the colour of a record, or of a new one.
func (p *bookPage) tint(r *record.Record) string {
	if typed := p.form.Get(p.color); typed != "" {
		return typed
	}
	if r != nil {
		if color, ok := r.Field(p.color).(string); ok {
			return color
		}
	}
	return "blue"
}

// choosable are the fields that a set can name.
func (p *bookPage) choosable(set fieldSet) (list []*schema.FieldDef) {
	for _, f := range p.s.Schema().MustObject(set.of).Visible() {
		if (!set.hides || sales.CanHide(f)) && (!f.Engine || f.Name == "owner") {
			list = append(list, f)
		}
	}
	return list
}

// chosen are the names that a set holds, as typed or kept.
func (p *bookPage) chosen(set fieldSet, r *record.Record) []string {
	if names, sent := p.form[set.field]; sent {
		return names
	}
	if r == nil {
		return nil
	}
	text, _ := r.Field(set.field).(string)
	return sales.FieldNames(text)
}

// setText are the labels of the fields that a set names.
func (p *bookPage) setText(set fieldSet, r *record.Record) string {
	var labels []string
	o := p.s.Schema().MustObject(set.of)
	for _, name := range p.chosen(set, r) {
		if f, ok := o.Field(name); ok {
			labels = append(labels, f.Label(p.v.Lang))
		}
	}
	return p.v.List(labels)
}

// layout is a page where the layout of an object is made, for what is of a record.
type layout struct{ URL, Label string }

func (p *bookPage) layouts(r bookRow) (list []layout) {
	for _, name := range p.laid {
		o := p.s.Schema().MustObject(name)
		list = append(list, layout{home + "/objects/" + name + "/layout?type=" + r.ID(), p.v.T("web.settings.type_layout", "objects", p.v.In(o.Label(p.v.Lang).Many))})
	}
	return list
}

func (p *bookPage) controls(of *record.Record) []parts.Control {
	return parts.Controls(p.v, of, p.o, p.fields, p.form, p.Err)
}

// done leads back to the page, which tells what was done.
func (b *book) done(c *door.Call, what string, act value.ID) error {
	q := url.Values{"done": {what}}
	if act != 0 {
		q.Set("act", act.String())
	}
	return c.Go(b.path + "?" + q.Encode())
}

// ended answers a change: what a form can show is shown in it.
func (p *bookPage) ended(c *door.Call, err error, what string, act value.ID) error {
	switch {
	case err == nil:
		return p.done(c, what, act)
	case !door.Showable(err):
		return err
	}
	p.Err = err
	return p.answer(c)
}

// save changes a record, or makes one, last in the order.
func (b *book) save(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	p := &bookPage{book: b, form: form, Edit: "add"}
	id := value.ID(0)
	if c.R.PathValue("id") != "" {
		if id, err = c.ID(); err != nil {
			return err
		}
		p.Edit = id.String()
	}
	act, err := c.AdminWrite("settings.change", func(s *record.Session) error {
		v, err := parts.ReadAll(c.View, s, parts.Fields(s.Schema().MustObject(b.object), b.fields...), form, "")
		if err != nil {
			return err
		}
		b.read(form, v)
		if id != 0 {
			_, err = s.Update(c.Ctx, b.object, id, 0, v)
			return err
		}
		if b.position != "" {
			n, _, err := s.Count(c.Ctx, record.Query{Object: b.object})
			if err != nil {
				return err
			}
			v[b.position] = n + 1
		}
		_, err = s.Create(c.Ctx, b.object, v)
		return err
	})
	return p.ended(c, err, map[bool]string{true: "saved", false: "added"}[id != 0], act)
}

// read takes what no control of a field reads: a colour, and the names of fields.
func (b *book) read(form url.Values, v record.Values) {
	if color := form.Get(b.color); b.color != "" && slices.Contains(kit.Colors, color) {
		v[b.color] = color
	}
	for _, set := range b.sets {
		if names, sent := form[set.field]; sent {
			v[set.field] = strings.Trim(strings.Join(names, ","), ",")
		}
	}
}

// order moves a record by one place, or before another, or takes it out of use.
func (b *book) order(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	p := &bookPage{book: b}
	if b.position == "" {
		return fault.New(fault.NotFound, "web.no_page", nil)
	}
	if text, gone := strings.CutPrefix(form.Get("do"), "remove:"); gone && b.places == nil {
		id, err := value.ParseID(text)
		if err != nil {
			return fault.New(fault.NotFound, "web.no_page", nil)
		}
		return b.use(c, id, false, "removed")
	}
	what := "moved"
	act, err := c.AdminWrite("settings.order", func(s *record.Session) error {
		overtaken, err := parts.Arrange(c.Ctx, s, b.position, form, func() ([]*record.Record, error) {
			err := p.load(c, s)
			return p.records(), err
		})
		if what = "moved"; overtaken {
			what = "overtaken"
		}
		if fault.Is(err, fault.Invalid) {
			return fault.New(fault.Conflict, "web.settings.meanwhile", nil)
		}
		return err
	})
	return p.ended(c, err, what, act)
}

// records are those of the list, in its order.
func (p *bookPage) records() []*record.Record {
	list := make([]*record.Record, len(p.Rows))
	for i, r := range p.Rows {
		list[i] = r.Rec
	}
	return list
}

// remove takes a record out of use, or deletes one that others need not name.
func (b *book) remove(c *door.Call) error {
	if b.places == nil {
		return b.named(c, false, "removed")
	}
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	to, _ := value.ParseID(form.Get("to"))
	var run *record.BulkRun
	act, err := c.AdminWrite("settings.removed", func(s *record.Session) (err error) {
		run, err = b.places.Retire(c.Ctx, s, id, to)
		return err
	})
	what := "removed"
	switch {
	case run == nil:
	case run.State == record.BulkRunning:
		what = "moving"
	case run.Failed > 0:
		what = "partly"
	}
	return (&bookPage{book: b, Goes: id.String()}).ended(c, err, what, act)
}

// back takes it into use again.
func (b *book) back(c *door.Call) error { return b.named(c, true, "back") }

func (b *book) named(c *door.Call, active bool, what string) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	return b.use(c, id, active, what)
}

func (b *book) use(c *door.Call, id value.ID, active bool, what string) error {
	act, err := c.AdminWrite("settings."+what, func(s *record.Session) error {
		if b.active == "" && active {
			return fault.New(fault.NotFound, "web.no_page", nil)
		}
		if b.active == "" {
			return s.Delete(c.Ctx, b.object, id)
		}
		_, err := s.Update(c.Ctx, b.object, id, 0, record.Values{b.active: active})
		return err
	})
	return (&bookPage{book: b}).ended(c, err, what, act)
}
