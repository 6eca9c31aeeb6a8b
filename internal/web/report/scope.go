package report

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// scope is what a report is narrowed to: a period, a person, a team.
type scope struct {
	report.Scope
	dated  bool   // the report knows periods
	owner  string // path of the owner, "" when nobody owns
	people []option
	teams  []option
	// compare is what each figure stands beside, perDay whether for each working
	// day.
	compare string
	perDay  bool
	own     bool   // the report has a period of its own
	travels bool   // the report can look back
	day     string // that it looks back to, as the address has it
}

// comparisons are the words of addresses.
var comparisons = []string{report.NoComparison, report.PreviousPeriod, report.LastYear}

func (x scope) params(s *record.Session, spec report.Spec, o *schema.Object) report.Params {
	p := x.Params(s, spec, o)
	p.Compare, p.PerDay = x.compare, x.perDay
	return p
}

type option struct {
	value, label string
	chosen       bool
}

func readScope(c *door.Call, s *record.Session, spec report.Spec, o *schema.Object) (scope, error) {
	q := c.R.URL.Query()
	x := scope{dated: spec.Period != "", owner: report.OwnerPath(o), travels: spec.Travels(s), day: q.Get("as_of")}
	if spec.Whole {
		x.owner = ""
	}
	if x.day != "" {
		at, err := s.ParseAsOf(x.day)
		if err != nil {
			return x, err
		}
		x.AsOf = at
	}
	x.Period = cmp.Or(q.Get("period"), spec.Span, report.AllTime)
	if x.Period == report.Dates {
		x.From, _ = c.View.ParseDateInput(q.Get("from"), c.View.Today())
		x.To, _ = c.View.ParseDateInput(q.Get("to"), c.View.Today())
	}
	x.Scope, x.own = x.On(s), spec.Span != ""
	if x.compare = q.Get("compare"); !slices.Contains(comparisons, x.compare) {
		x.compare = cmp.Or(spec.Compare, report.NoComparison)
	}
	x.perDay = q.Get("per_day") == "1" || spec.PerDay && !q.Has("period")
	if x.owner == "" {
		return x, nil
	}
	x.Person, _ = value.ParseID(q.Get("owner"))
	x.Team, _ = value.ParseID(q.Get("team"))
	_, err := s.Check(o, x.owner, expr.Empty)
	if err != nil { // who may not see whose they are is offered no choice; an address that makes one is refused
		x.owner = ""
		return x, nil
	}
	x.people = people(s, x.Person)
	x.teams, err = teams(c, s, x.Team)
	return x, err
}

func teams(c *door.Call, s *record.Session, chosen value.ID) ([]option, error) {
	o, err := s.Object(access.Teams.Name)
	if err != nil {
		return nil, nil // who may not see teams has no choice among them
	}
	page, err := s.Query(c.Ctx, record.Query{Object: o.Name, Sort: "name", Limit: 200})
	if err != nil {
		return nil, err
	}
	var list []option
	for _, r := range page.Records {
		list = append(list, option{r.ID.String(), r.Title(), r.ID == chosen})
	}
	return list, nil
}

// said is the period in words.
func (x scope) said(v *kit.View) string {
	if !x.dated {
		return v.T("web.report.period.now")
	}
	if x.From == 0 && x.To == 0 {
		return v.T("web.report.period.all")
	}
	if x.From == 0 {
		return v.T("web.report.until", "date", v.Date(x.To))
	}
	if x.To == 0 {
		return v.T("web.report.since", "date", v.Date(x.From))
	}
	return v.T("web.report.from_to", "from", v.Date(x.From), "to", v.Date(x.To))
}

// query is the scope as an address has it.
func (x scope) query() string {
	q := url.Values{}
	if x.dated && (x.own || x.Period != report.AllTime) {
		q.Set("period", x.Period)
	}
	if x.compare != "" && x.compare != report.NoComparison {
		q.Set("compare", x.compare)
	}
	if x.perDay {
		q.Set("per_day", "1")
	}
	if x.Period == report.Dates {
		for name, d := range map[string]value.Date{"from": x.From, "to": x.To} {
			if d != 0 {
				q.Set(name, d.String())
			}
		}
	}
	if x.Person != 0 {
		q.Set("owner", x.Person.String())
	}
	if x.Team != 0 {
		q.Set("team", x.Team.String())
	}
	if x.day != "" {
		q.Set("as_of", x.day)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// today is the same of now.
func (x scope) today() string {
	x.day = ""
	return x.query()
}

// kept is what an address keeps when another day is looked back to.
func (x scope) kept() (list [][2]string) {
	q, _ := url.ParseQuery(strings.TrimPrefix(x.today(), "?"))
	for _, name := range slices.Sorted(maps.Keys(q)) {
		list = append(list, [2]string{name, q.Get(name)})
	}
	return list
}

// moment is when the figures are of.
func (x scope) moment(v *kit.View) string {
	if x.day != "" {
		return parts.SaidMoment(v, x.day, x.AsOf)
	}
	return v.Moment(v.Now, v.Zone, v.Now)
}

func day(d value.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
