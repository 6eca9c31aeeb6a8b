package list

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
	"wellmet/internal/web/views"
)

// page is one page of a list, as it is shown.
type page struct {
	*views.State
	cols    []column
	records []*record.Record
	next    string // cursor of the page behind this one
	names   *parts.Names
	reader  *access.Actor
	// stages are the states of records by which there is something to do, nil
	// when the object has none.
	status *schema.FieldDef
	// done says of activities whether something is left to do, nil for others.
	done  *schema.FieldDef
	today value.Date
	clock *sales.Clock // of leads, where a column tells how long they wait
	// paths are the ways of deals or leads through their stages, and work the
	// company's days, where columns tell of them; else nil.
	paths  map[value.ID][]sales.PathStage
	work   *hours.Calendars
	silent *sales.Silences // why nothing is foretold of deals, where a column would say it
	prefix string          // of the addresses of records
	// fits is whether a row that was asked for by its id belongs to the view.
	fits bool
	// may says which records the actor may change, when cells can be edited.
	may map[value.ID]bool
	// total is how many records there are in all, in words; "" while nobody
	// counted them.
	total string
}

// column is a column with what every cell of it needs.
type column struct {
	views.Column
	label string
	class string
	open  kit.Markup // a cell's tag
	fixed kit.Markup // the tag in a row that the actor may not change
	edit  bool       // cells can be edited in place
	due   bool       // it shows when the next activity is
	named bool       // records bring along how those they link to are named
}

// nextActivity is the field that says when something is to be done.
const nextActivity = "next_activity_at"

// load reads a page. A place or an order that cannot be taken up is left out
// and told.
func load(c *door.Call, s *record.Session, st *views.State) (*page, error) {
	p := &page{State: st, names: st.Names, reader: s.Actor(), today: c.View.Today(), prefix: "/" + st.Object.Plural + "/"}
	q := st.Query()
	if behind := c.R.URL.Query(); behind.Get("part") == "more" { // rows behind those that are shown
		q.Cursor, q.Limit, p.total = behind.Get("after"), views.PageSize, behind.Get("of")
	}
	q.Fields = append(q.Fields, st.Columns...)
	if f, ok := st.Object.Field("status"); ok && s.Actor().Sees(f) {
		if _, ok := f.Option("open"); ok {
			p.status = f
			q.Fields = append(q.Fields, f.Name)
		}
	}
	if st.Object.Name == sales.Deals.Name {
		for _, name := range append(parts.LineFields(), sales.DealRots.Name()) {
			if f, ok := st.Object.Field(name); ok && s.Actor().Sees(f) {
				q.Fields = append(q.Fields, f.Name)
			}
		}
	}
	var along []string // what columns take beside themselves
	if p.shows(sales.DealWay.Name()) || p.shows(sales.DealStageSince.Name()) {
		along = append(along, sales.DealStage.Name(), sales.DealStatus.Name(), "owner")
	}
	if p.foretells() {
		along = append(along, sales.SilenceFields()...)
	}
	for _, name := range along {
		if f, ok := st.Object.Field(name); ok && s.Actor().Sees(f) {
			q.Fields = append(q.Fields, f.Name)
		}
	}
	if st.Object.Name == sales.Leads.Name && slices.Contains(st.Columns, sales.LeadResponseMinutes.Name()) {
		var err error
		if p.clock, err = sales.ClockOf(c.Ctx, s); err != nil {
			return nil, err
		}
		q.Fields = append(q.Fields, p.clock.Fields()...)
	}
	if f, ok := st.Object.Field("done"); ok && st.Object.Name == "activity" && s.Actor().Sees(f) && p.May.Update && !p.Trash {
		p.done = f
		q.Fields = append(q.Fields, f.Name)
	}
	if id, err := value.ParseID(c.R.URL.Query().Get("id")); err == nil { // one row, whether it still fits or not
		if p.fits, err = fits(c, s, q, id); err != nil {
			return nil, err
		}
		q = record.Query{Object: q.Object, Fields: q.Fields, Filter: one(id), Trash: q.Trash, AsOf: q.AsOf}
	}
	for _, col := range p.Shown() {
		q.Fields = append(q.Fields, p.names.Along(col.Path, col.Field)...)
	}
	answer, err := s.Query(c.Ctx, q)
	if fault.Is(err, fault.Invalid) && q.Cursor != "" {
		q.Cursor, st.Place = "", views.First()
		st.Notes = append(st.Notes, c.View.T("web.list.first_page"))
		answer, err = s.Query(c.Ctx, q)
	}
	if fault.Is(err, fault.Invalid) && q.Sort != "" {
		st.Notes = append(st.Notes, c.View.Fault(err))
		q.Sort, st.Sort = "", ""
		answer, err = s.Query(c.Ctx, q)
	}
	if err != nil {
		return nil, err
	}
	p.records, p.next = answer.Records, answer.Next
	if err := p.stages(c.Ctx, s); err != nil {
		return nil, err
	}
	p.columns(c.View, s)
	for i := range p.cols {
		c := &p.cols[i]
		for _, r := range p.records {
			if c.named {
				p.names.Take(r, c.Path, c.Field)
			} else {
				p.names.Want(c.Field, r.Path(c.Path))
			}
		}
	}
	if p.may, err = p.changeable(c.Ctx, s); err != nil {
		return nil, err
	}
	return p, p.names.Load(c.Ctx)
}

// shows reports whether a column tells of a deal's or lead's stages.
func (p *page) shows(path string) bool {
	return (p.Object.Name == sales.Deals.Name || p.Object.Name == sales.Leads.Name) && slices.Contains(p.Columns, path)
}

// foretells reports whether a column tells how likely deals are won.
func (p *page) foretells() bool {
	return p.Object.Name == sales.Deals.Name && p.shows(sales.DealPrediction.Name())
}

// stages reads what columns tell of stages.
func (p *page) stages(ctx context.Context, s *record.Session) (err error) {
	if p.shows(sales.DealStageSince.Name()) {
		if p.work, err = hours.Everybodys(ctx, s); err != nil {
			return err
		}
	}
	if p.foretells() && !p.Past() {
		if p.silent, err = sales.SilencesOf(ctx, s); err != nil {
			return err
		}
	}
	if p.shows(sales.DealWay.Name()) {
		p.paths, err = sales.Paths(ctx, s, p.Object, p.records, p.AsOf)
	}
	return err
}

// changeable tells whose cells can be edited, when any can.
func (p *page) changeable(ctx context.Context, s *record.Session) (map[value.ID]bool, error) {
	if !slices.ContainsFunc(p.cols, func(c column) bool { return c.edit }) {
		return nil, nil
	}
	ids := make([]value.ID, len(p.records))
	for i, r := range p.records {
		ids[i] = r.ID
	}
	return s.Changeable(ctx, p.Object.Name, ids)
}

func one(id value.ID) string { return `id = "` + id.String() + `"` }

// fits reports whether a record belongs to what a view shows.
func fits(c *door.Call, s *record.Session, q record.Query, id value.ID) (bool, error) {
	if q.Filter != "" {
		q.Filter = "(" + q.Filter + ") and "
	}
	n, _, err := s.Count(c.Ctx, record.Query{Object: q.Object, Filter: q.Filter + one(id), Text: q.Text, Trash: q.Trash, AsOf: q.AsOf})
	return n > 0, err
}

// columns works out once what each cell would have to.
func (p *page) columns(v *kit.View, s *record.Session) {
	var phone [7]int // which columns stand in the lines of a phone, by place
	for i, c := range p.Shown() {
		col := column{Column: c, label: c.Label(v), due: c.Path == nextActivity, named: p.names.Along(c.Path, c.Field) != nil}
		col.edit = p.May.Update && !p.Trash && len(c.Over) == 0 && i > 0 && s.Actor().CanWrite(c.Field) && c.Field.Writable()
		if i == 0 {
			col.class = "nm"
		}
		if i > 0 && parts.Right(c.Field) {
			col.class = "r"
		}
		if at := p.line(s, i, &col); at > 0 && (phone[at] == 0 || col.due) {
			phone[at] = i
		}
		p.cols = append(p.cols, col)
	}
	for at, i := range phone {
		if i > 0 {
			p.cols[i].class = strings.TrimSpace(p.cols[i].class + " p" + strconv.Itoa(at))
		}
	}
	for i := range p.cols {
		p.cols[i].open, p.cols[i].fixed = p.cols[i].tag(true), p.cols[i].tag(false)
	}
}

// line is where a phone shows the column beside the title: 2 figure, 3 whose it
// is, 4 when, 5 state, 6 owner; 0 nowhere.
func (p *page) line(s *record.Session, i int, c *column) int {
	k := c.Field.ValueKind()
	switch {
	case i == 0:
		return 0
	case c.due || k == schema.KindDate || k == schema.KindMoment:
		return 4
	case k == schema.KindMoney:
		return 2
	case k == schema.KindChoice || c.Field.IsLink() && c.Field.Target != "" && s.Schema().Target(c.Field).StateList:
		return 5
	case k == schema.KindPerson:
		return 6
	}
	return 3
}

// tag begins a cell of the column.
func (c *column) tag(edit bool) kit.Markup {
	tag := kit.Markup("<td")
	if c.class != "" {
		tag += ` class="` + kit.Text(c.class) + `"`
	}
	if c.edit && edit {
		tag += ` data-f="` + kit.Text(c.Path) + `"`
	}
	return tag + ">"
}

// title is what the record is called, never nothing.
func (p *page) title(v *kit.View, r *record.Record) string {
	if t := r.Title(); t != "" {
		return t
	}
	return v.T("web.list.untitled", "object", v.In(p.Label(v).One))
}

// cell is what a record says in a column.
func (p *page) cell(v *kit.View, r *record.Record, c *column) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		open := c.open
		if !p.may[r.ID] {
			open = c.fixed
		}
		if err := open.Render(ctx, w); err != nil {
			return err
		}
		if err := p.inCell(v, r, c).Render(ctx, w); err != nil {
			return err
		}
		return kit.Markup("</td>").Render(ctx, w)
	})
}

func (p *page) inCell(v *kit.View, r *record.Record, c *column) templ.Component {
	if path := p.paths[r.ID]; len(path) > 0 && c.Path == sales.DealWay.Name() {
		return parts.Path(v, path, "72")
	}
	if p.Past() { // what is due is due today
		return parts.Cell(v, p.names, c.Field, r.Path(c.Path))
	}
	if day, ok := r.Field(sales.DealRots.Name()).(value.Date); ok && p.Object.Name == sales.Deals.Name && day <= p.today &&
		(c.Path == sales.DealStage.Name() || c.Path == sales.DealRots.Name()) {
		over := int64(p.today-day) + 1
		mark := `<span class="due late" title="` + kit.Text(v.T("web.list.rotting", "count", over, "n", v.Int(over))) + `">` + kit.Icon("clock") + kit.Text(v.Days(int(over))) + `</span>`
		return templ.Join(parts.Cell(v, p.names, c.Field, r.Path(c.Path)), mark)
	}
	if p.Object.Name == sales.Deals.Name && c.Path == sales.DealAmount.Name() {
		if mark := parts.BesideMark(v, p.reader, r); mark != "" {
			return templ.Join(mark, parts.Cell(v, p.names, c.Field, r.Path(c.Path)))
		}
	}
	if since, ok := r.Path(c.Path).(time.Time); ok && p.work != nil && c.Path == sales.DealStageSince.Name() {
		if p.worked(r) {
			return p.age(v, r.Owner(), since)
		}
		return kit.Markup(kit.Text(v.Date(value.DateOf(since, v.Zone))))
	}
	if p.silent != nil && c.Path == sales.DealPrediction.Name() {
		if x := p.silent.Of(r, v.Lang); x.Silent != "" {
			return `<span class="faint" title="` + kit.Text(x.SilentText) + `">` + kit.Text(x.Brief(v.Lang)) + `</span>`
		}
	}
	if p.clock != nil && c.Path == sales.LeadResponseMinutes.Name() {
		if d, waits := p.clock.Waiting(r); waits {
			state := "due"
			if p.clock.Late(r) {
				state = "due late"
			}
			return `<span class="` + kit.Markup(state) + `" title="` + kit.Text(parts.Unanswered(v, d)) + `">` + kit.Icon("clock") + kit.Text(parts.WorkingTime(v, d)) + `</span>`
		}
	}
	if !c.due {
		return parts.Cell(v, p.names, c.Field, r.Path(c.Path))
	}
	state, icon, text := p.due(v, r, r.Path(c.Path))
	if text == "" {
		return kit.Markup("")
	}
	return `<span class="due ` + kit.Markup(state) + `">` + kit.Icon(icon) + kit.Text(text) + `</span>`
}

// worked reports whether work on a deal or lead goes on.
func (p *page) worked(r *record.Record) bool {
	switch status, _ := r.Field(sales.DealStatus.Name()).(string); status {
	case sales.Won, sales.Lost, sales.Disqualified, sales.Converted:
		return false
	}
	return true
}

// age is for how long a record has been in its stage.
func (p *page) age(v *kit.View, owner value.ID, since time.Time) kit.Markup {
	day := value.DateOf(since, v.Zone)
	days := int(p.today - day)
	title := v.T("web.list.in_stage", "count", days, "n", v.Int(int64(days)), "business", v.Int(int64(p.work.Of(owner).BusinessDays(since, v.Now))), "since", v.DateLong(day))
	return `<span class="num" title="` + kit.Text(title) + `">` + kit.Text(v.Days(days)) + `</span>`
}

// due is what the next activity of a record asks for: "late", "today", "none"
// or "" for later, and the words.
func (p *page) due(v *kit.View, r *record.Record, val any) (state, icon, text string) {
	at, ok := val.(time.Time)
	open := p.status != nil && r.Value(p.status) == "open"
	switch {
	case !ok && !open:
		return "", "", ""
	case !ok:
		return "none", "triangle-alert", v.T("web.list.none_planned")
	}
	day := value.DateOf(at, v.Zone)
	switch days := int(p.today) - int(day); {
	case days > 0:
		return "late", "circle-alert", v.T("web.list.late", "days", v.Days(days))
	case days == 0:
		return "today", "clock", v.T("web.list.today_at", "time", v.Time(at, v.Zone))
	}
	return "later", "calendar", v.Near(day, p.today)
}

// span tells which rows the page has: "51–100", or "51–100 of 8,812".
func (p *page) span(v *kit.View, rows int, total string) string {
	if rows == 0 {
		return ""
	}
	from, to := v.Int(int64(p.At)+1), v.Int(int64(p.At+rows))
	if total == "" {
		return v.T("web.list.rows", "from", from, "to", to)
	}
	return v.T("web.list.rows_of", "from", from, "to", to, "n", total)
}

func (p *page) width() string { return strconv.Itoa(len(p.cols) + 1) }

// long reports whether a title may be cut off in its column.
func long(title string) bool { return utf8.RuneCountInString(title) > 28 }
