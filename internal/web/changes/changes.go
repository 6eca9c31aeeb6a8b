// Package changes looks back: what became of the pipeline between two days, and
// how deals come through its stages. Each figure leads to the deals behind it.
package changes

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/chart"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /reports/changes", Do: show},
		{Pattern: "GET /reports/changes/deals", Do: deals},
		{Pattern: "GET /reports/funnel", Do: funnel},
	}
}

// mostListed is how many deals behind a figure a page lists.
const mostListed = 200

// usualDays is how far the report looks back unless told otherwise.
const usualDays = 7

type option struct {
	value, label string
	chosen       bool
}

// look is what the report is asked.
type look struct {
	v                      *kit.View
	from, to               value.Date
	closeFrom, closeTo     value.Date
	person, team, pipeline string
	people, teams, pipes   []option
	query                  sales.ChangesQuery
	changes                *sales.Changes
	currency               string
	notes                  []string
}

// row is a line of the table of parts.
type row struct {
	label, deals, amount, url string
	total                     bool
}

func read(c *door.Call, s *record.Session) (*look, error) {
	q := c.R.URL.Query()
	x := &look{v: c.View, person: id(q.Get("owner")), team: id(q.Get("team")), pipeline: id(q.Get("pipeline")), currency: s.Settings().Currency}
	x.from, x.to = s.Today().AddDays(-usualDays), s.Today()
	for name, d := range map[string]*value.Date{"from": &x.from, "to": &x.to, "closing_from": &x.closeFrom, "closing_to": &x.closeTo} {
		if text := q.Get(name); text != "" {
			day, err := c.View.ParseDateInput(text, c.View.Today())
			if err != nil {
				x.notes = append(x.notes, c.View.Said(err))
				continue
			}
			*d = day
		}
	}
	if x.to > s.Today() {
		x.to = s.Today()
	}
	if x.from >= x.to {
		x.from = x.to.AddDays(-usualDays)
		x.notes = append(x.notes, c.View.T("web.changes.bad_days"))
	}
	of := func(text string) value.ID { id, _ := value.ParseID(text); return id }
	x.query = sales.ChangesBetween(s, x.from, x.to).Of(s, of(x.person), of(x.team), of(x.pipeline))
	x.query.CloseFrom, x.query.CloseTo = x.closeFrom, x.closeTo
	return x, x.choices(c, s)
}

// id takes only what is the id of something.
func id(text string) string {
	if n, err := value.ParseID(text); err == nil {
		return n.String()
	}
	return ""
}

// choices are the people, teams and pipelines to choose among.
func (x *look) choices(c *door.Call, s *record.Session) (err error) {
	x.people = peopleOf(s, x.person)
	if x.teams, err = options(c, s, access.Teams.Name, "name", x.team); err != nil {
		return err
	}
	x.pipes, err = options(c, s, sales.Pipelines.Name, "position", x.pipeline)
	return err
}

// peopleOf are the colleagues to choose among, by name.
func peopleOf(s *record.Session, chosen string) (list []option) {
	for _, m := range s.Roster().MemberIDs() {
		if s.Roster().Person(m) || m.String() == chosen {
			list = append(list, option{m.String(), s.Roster().Name(m), m.String() == chosen})
		}
	}
	slices.SortFunc(list, func(a, b option) int { return strings.Compare(i18n.Fold(a.label), i18n.Fold(b.label)) })
	return list
}

// options are the records of an object, none for who may not know of it.
func options(c *door.Call, s *record.Session, object, order, chosen string) ([]option, error) {
	if _, err := s.Object(object); err != nil {
		return nil, nil
	}
	page, err := s.Query(c.Ctx, record.Query{Object: object, Sort: order, Limit: 200})
	if err != nil {
		return nil, err
	}
	var list []option
	for _, r := range page.Records {
		list = append(list, option{r.ID.String(), r.Title(), r.ID.String() == chosen})
	}
	return list, nil
}

func show(c *door.Call) error {
	var x *look
	err := c.Read(func(s *record.Session) (err error) {
		if x, err = read(c, s); err != nil {
			return err
		}
		if x.changes, err = sales.ChangesSince(c.Ctx, s, x.query); err != nil {
			return report.Hidden(s, "changes", err)
		}
		since, ok, err := s.KnownSince(c.Ctx, sales.Deals.Name)
		if ok && since.After(x.query.From) {
			x.notes = append(x.notes, c.View.T("web.changes.known_since", "day", c.View.Date(value.DateOf(since, c.View.Zone))))
		}
		return err
	}, store.Report)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.changes.title"), Nav: "/reports", Body: page(x)})
}

// money is an amount in the workspace's currency, with what it is of in others.
func (x *look) money(w record.Worth) string {
	text := x.v.Money(value.Money{Minor: w.Base, Currency: x.currency})
	m := w.Measure(x.currency)
	if len(m.Sums) == 0 || len(m.Sums) == 1 && m.Sums[0].Currency == x.currency {
		return text
	}
	all := make([]string, len(m.Sums))
	for i, sum := range m.Sums {
		all[i] = x.v.Money(sum)
	}
	return x.v.T("web.changes.of", "amount", text, "sums", x.v.List(all))
}

// rows are opening, parts and closing.
func (x *look) rows() []row {
	list := []row{{label: x.v.T("web.changes.opening", "day", x.v.Date(x.from)), deals: x.v.Int(x.changes.Opening.Deals), amount: x.money(x.changes.Opening.Worth), url: x.pipelineURL(x.from), total: true}}
	for _, p := range sales.ChangeParts() {
		if part := x.changes.Parts[p]; part.Deals > 0 {
			list = append(list, row{label: x.v.T("web.changes.part." + string(p)), deals: x.v.Int(part.Deals), amount: x.money(part.Worth), url: x.url("deals", "part", string(p))})
		}
	}
	return append(list, row{label: x.v.T("web.changes.closing", "day", x.v.Date(x.to)), deals: x.v.Int(x.changes.Closing.Deals), amount: x.money(x.changes.Closing.Worth), url: x.pipelineURL(x.to), total: true})
}

// pipelineURL lists the open deals of a day.
func (x *look) pipelineURL(day value.Date) string {
	q := url.Values{"filter": {x.query.Open()}}
	if day < x.v.Today() {
		q.Set("as_of", day.String())
	}
	return "/deals?" + q.Encode()
}

// url is an address of this report with what it is asked.
func (x *look) url(sub string, more ...string) string {
	q := url.Values{"from": {x.from.String()}, "to": {x.to.String()}}
	for name, text := range map[string]string{"owner": x.person, "team": x.team, "pipeline": x.pipeline, "closing_from": day(x.closeFrom), "closing_to": day(x.closeTo)} {
		if text != "" {
			q.Set(name, text)
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if sub != "" {
		sub = "/" + sub
	}
	return "/reports/changes" + sub + "?" + q.Encode()
}

func day(d value.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// waterfall draws the parts between opening and closing.
func (x *look) waterfall() chart.Chart {
	c := chart.Chart{View: x.v, Title: x.v.T("web.changes.title"), Head: x.v.T("web.changes.part_head"), Sums: map[int]bool{},
		Series: []chart.Series{{Name: x.v.T("web.changes.amount"), Color: chart.Open}},
		Axis:   chart.Amounts(x.v, x.currency)}
	add := func(r row, w record.Worth, sum bool) {
		c.Sums[len(c.Cats)] = sum
		c.Cats = append(c.Cats, r.label)
		c.Series[0].Points = append(c.Series[0].Points, chart.Point{N: value.Money{Minor: w.Base, Currency: x.currency}.Decimal().InexactFloat64(), Text: r.amount, URL: r.url})
	}
	rows := x.rows()
	add(rows[0], x.changes.Opening.Worth, true)
	i := 1
	for _, p := range sales.ChangeParts() {
		if part := x.changes.Parts[p]; part.Deals > 0 {
			add(rows[i], part.Worth, false)
			i++
		}
	}
	add(rows[i], x.changes.Closing.Worth, true)
	return c
}

// missing is how many amounts no rate is known for.
func (x *look) missing() int64 { return max(x.changes.Opening.Missing, x.changes.Closing.Missing) }

// listed is a deal behind a figure.
type listed struct{ id, name, was, is string }

// behind is the page of the deals behind a figure.
type behind struct {
	v           *kit.View
	title, back string
	crumb       string
	list        []listed
	count       int64 // of all deals, listed or not
	values      bool  // what they were worth and are
	next        string
}

// asked is the figure whose deals the address asks for.
func asked(q url.Values) (of sales.ChangeOf, ok bool) {
	of.Part = sales.ChangePart(q.Get("part"))
	of.From, _ = value.ParseID(q.Get("from_stage"))
	of.To, _ = value.ParseID(q.Get("to_stage"))
	of.Before, _ = value.ParseID(q.Get("before"))
	return of, slices.Contains(sales.ChangeParts(), of.Part) || of.Part == "" && of.From != 0 && of.To != 0
}

// title is what the figure is called.
func title(c *door.Call, s *record.Session, of sales.ChangeOf) (string, error) {
	if of.Part != "" {
		return c.View.T("web.changes.part." + string(of.Part)), nil
	}
	names, err := s.GetMany(c.Ctx, sales.Stages.Name, []value.ID{of.From, of.To})
	name := func(id value.ID) string {
		if r := names[id]; r != nil {
			return r.Title()
		}
		return id.String()
	}
	return c.View.T("web.changes.move", "from", name(of.From), "to", name(of.To)), err
}

func deals(c *door.Call) error {
	of, ok := asked(c.R.URL.Query())
	if !ok {
		return c.Go("/reports/changes")
	}
	b := &behind{v: c.View, crumb: c.View.T("web.changes.title"), values: true}
	err := c.Read(func(s *record.Session) error {
		x, err := read(c, s)
		if err != nil {
			return err
		}
		b.back = x.url("")
		if b.title, err = title(c, s, of); err != nil {
			return err
		}
		found, n, err := sales.ChangedDeals(c.Ctx, s, x.query, of, mostListed+1)
		if err != nil {
			return report.Hidden(s, "changes", err)
		}
		if b.count = n; len(found) > mostListed {
			found = found[:mostListed]
			q := c.R.URL.Query()
			q.Set("before", found[mostListed-1].ID.String())
			b.next = "/reports/changes/deals?" + q.Encode()
		}
		ids := make([]value.ID, len(found))
		for i, d := range found {
			ids[i] = d.ID
		}
		if err := b.name(c, s, ids); err != nil {
			return err
		}
		for i, d := range found {
			b.list[i].was, b.list[i].is = x.side(d.Was, d.There[0]), x.side(d.Is, d.There[1])
		}
		return nil
	}, store.Report)
	if err != nil {
		return err
	}
	return c.ShowStatus(http.StatusOK, kit.Page{Title: b.title, Nav: "/reports", Body: behindPage(b)})
}

// side is what a deal was worth at one of the moments.
func (x *look) side(w record.Worth, there bool) string {
	if !there || len(w.Sums) == 0 && w.Base == 0 {
		return ""
	}
	for code, minor := range w.Sums {
		return x.v.Money(value.Money{Minor: minor, Currency: code})
	}
	return x.v.Money(value.Money{Minor: w.Base, Currency: x.currency})
}

// name gives the deals their titles.
func (b *behind) name(c *door.Call, s *record.Session, ids []value.ID) error {
	records, err := s.GetMany(c.Ctx, sales.Deals.Name, ids)
	for _, id := range ids {
		l := listed{id: id.String(), name: id.String()}
		if r := records[id]; r != nil && r.Title() != "" {
			l.name = r.Title()
		}
		b.list = append(b.list, l)
	}
	return err
}
