// Package focus is the list of deals that are worth working on now, each with
// the reasons, pinned and put off by whoever looks at it.
package focus

import (
	"net/http"
	"net/url"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /focus", Do: show},
		{Pattern: "POST /focus/{id}", Do: mark},
	}
}

const (
	address  = "/focus"
	pageRows = 50
)

// sorts are what the list can be sorted by.
var sorts = []string{"-focus", "-amount", "-probability", "close_date", "last_activity_at"}

// list is what the page shows.
type list struct {
	v       *kit.View
	Whose   string // mine or all
	Sort    string
	Snoozed bool // shows what was put off instead
	Rows    []row
	Next    string
	more    bool // it is a further page
}

type row struct {
	ID, URL, Title, Of, Amount, Why string
	Rank                            int64
	Pinned                          bool
	Until                           string
}

// show answers the page; further pages are fragments that follow the rows.
func show(c *door.Call) error {
	l, err := load(c, c.R.URL.Query())
	if err != nil {
		return err
	}
	if l.more && c.Fragment() {
		return c.Parts(http.StatusOK, rows(l))
	}
	return c.Show(kit.Page{Title: c.View.T("web.focus.title"), Nav: address, Body: page(l)})
}

func load(c *door.Call, q url.Values) (*list, error) {
	l := &list{v: c.View, Whose: q.Get("whose"), Sort: q.Get("sort"), Snoozed: q.Get("snoozed") == "1", more: q.Get("cursor") != "" || q.Get("pinned") != ""}
	if !slices.Contains(sorts, l.Sort) {
		l.Sort = sorts[0]
	}
	if l.Whose != "all" {
		l.Whose = "mine"
	}
	return l, c.Read(func(s *record.Session) error { return l.read(c, s, q.Get("pinned"), q.Get("cursor")) })
}

// read asks for a page: first what is pinned, page by page, then the others. What
// is put off has one list.
func (l *list) read(c *door.Call, s *record.Session, pinned, cursor string) error {
	if l.Snoozed {
		_, err := l.part(c, s, sales.SnoozedFilter, "cursor", cursor)
		return err
	}
	if cursor == "" {
		more, err := l.part(c, s, sales.PinnedFilter, "pinned", pinned)
		if err != nil || more {
			return err
		}
	}
	_, err := l.part(c, s, sales.UnpinnedFilter, "cursor", cursor)
	return err
}

// part adds a page of what fits a condition, with the way to the next one.
func (l *list) part(c *door.Call, s *record.Session, filter, name, cursor string) (more bool, err error) {
	if l.Whose == "mine" {
		filter += " and owner = me()"
	}
	p, err := s.Query(c.Ctx, record.Query{Object: sales.Deals.Name, Filter: filter, Sort: l.Sort, Limit: pageRows, Cursor: cursor})
	if err != nil {
		return false, err
	}
	for _, r := range p.Records {
		x, err := Row(c, s, r)
		if err != nil {
			return false, err
		}
		x.Pinned = name == "pinned"
		l.Rows = append(l.Rows, x)
	}
	if p.Next != "" {
		l.Next = l.url(name, p.Next)
	}
	return p.Next != "", nil
}

// Row is a deal as the list shows it.
func Row(c *door.Call, s *record.Session, r *record.Record) (row, error) {
	whys, err := sales.FocusWhy(c.Ctx, s, r)
	if err != nil {
		return row{}, err
	}
	x := row{ID: r.ID.String(), URL: "/deals/" + r.ID.String(), Title: r.Title(), Why: Said(c.View, whys)}
	x.Rank, _ = record.Get(r, sales.DealFocus)
	x.Of, _ = r.Path("account.name").(string)
	if m, ok := record.Get(r, sales.DealAmount); ok {
		x.Amount = c.View.MoneyWhole(m)
	}
	return x, nil
}

// mostSaid is how many reasons are told.
const mostSaid = 3

// Said tells the weightiest reasons in words.
func Said(v *kit.View, whys []sales.Why) string {
	text := ""
	for _, x := range whys[:min(len(whys), mostSaid)] {
		if text != "" {
			text += " · "
		}
		text += reason(v, x)
	}
	return text
}

// reason is one of them.
func reason(v *kit.View, x sales.Why) string {
	switch x.Key {
	case sales.WhyValue:
		return v.T("web.focus.why_value")
	case sales.WhyChance:
		return v.T("web.focus.why_chance", "count", x.Count)
	case sales.WhyOverdue:
		return v.T("web.focus.why_overdue", "count", x.Count)
	case sales.WhyToday:
		return v.T("web.focus.why_today")
	case sales.WhyNoStep:
		return v.T("web.focus.why_no_step")
	case sales.WhyQuiet:
		return v.T("web.focus.why_quiet", "count", x.Count)
	case sales.WhySlow:
		return v.T("web.focus.why_slow", "count", x.Count)
	case sales.WhyClosePast:
		return v.T("web.focus.why_close_past", "count", x.Count)
	}
	return v.T("web.focus.why_close_soon", "count", x.Count)
}

// url is the address of the list with some parameters otherwise.
func (l *list) url(changes ...string) string {
	q := url.Values{}
	if l.Whose == "all" {
		q.Set("whose", "all")
	}
	if l.Sort != sorts[0] {
		q.Set("sort", l.Sort)
	}
	if l.Snoozed {
		q.Set("snoozed", "1")
	}
	for i := 0; i < len(changes); i += 2 {
		if q.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			q.Del(changes[i])
		}
	}
	if len(q) == 0 {
		return address
	}
	return address + "?" + q.Encode()
}

// mark pins a deal, lets it go, or puts it off, and answers the list as it is
// then.
func mark(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	m, text, err := wish(c.View, form)
	if err != nil {
		return err
	}
	var act value.ID
	if err := c.Write("deals.focus", func(s *record.Session) error {
		err := sales.MarkFocus(c.Ctx, s, id, m)
		act = s.Act()
		return err
	}); err != nil {
		return err
	}
	if !c.Fragment() {
		return c.Go(address)
	}
	q := url.Values{}
	if u, err := url.Parse(c.R.Header.Get("HX-Current-URL")); err == nil && u.Path == address {
		q = u.Query()
	}
	q.Del("cursor")
	q.Del("pinned")
	l, err := load(c, q)
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, rowsBox(l), kit.ToastPart(c.View, text, door.Undo(act)))
}

// later are the days by which a deal is put off.
var later = []struct {
	Key  string
	Days int
}{{"1", 1}, {"3", 3}, {"7", 7}, {"30", 30}}

// wish reads what is wanted of a deal.
func wish(v *kit.View, form url.Values) (m sales.SetMark, text string, err error) {
	yes, no, now := true, false, value.Date(0)
	switch form.Get("pin") {
	case "1":
		return sales.SetMark{Pinned: &yes}, v.T("web.focus.is_pinned"), nil
	case "0":
		return sales.SetMark{Pinned: &no}, v.T("web.focus.is_unpinned"), nil
	}
	for _, x := range later {
		if form.Get("snooze") == x.Key {
			day := v.Today().AddDays(x.Days)
			return sales.SetMark{Snoozed: &day}, v.T("web.focus.is_snoozed", "day", v.DateNear(day, v.Today())), nil
		}
	}
	if form.Get("snooze") == "0" {
		return sales.SetMark{Snoozed: &now}, v.T("web.focus.is_back"), nil
	}
	return m, "", fault.New(fault.Invalid, "web.bad_form", nil)
}

// filter is the condition of what the list shows, as a list or a queue of deals
// has it.
func (l *list) filter() string {
	f := sales.FocusFilter
	if l.Snoozed {
		f = sales.SnoozedFilter
	}
	if l.Whose == "mine" {
		f += " and owner = me()"
	}
	return f
}

// sorted is what an order is called.
func (l *list) sorted(sort string) string {
	switch sort {
	case "-amount":
		return l.v.T("web.focus.by_amount")
	case "-probability":
		return l.v.T("web.focus.by_chance")
	case "close_date":
		return l.v.T("web.focus.by_close")
	case "last_activity_at":
		return l.v.T("web.focus.by_quiet")
	}
	return l.v.T("web.focus.by_focus")
}
