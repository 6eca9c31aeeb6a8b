package report

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// scope is what a report is narrowed to: a period, a person, a team.
type scope struct {
	period   string // a word, or "dates" for the two below
	from, to value.Date
	dated    bool   // the report knows periods
	owner    string // path of the owner, "" when nobody owns
	person   value.ID
	team     value.ID
	people   []option
	teams    []option
	filter   string
}

type option struct {
	value, label string
	chosen       bool
}

// periods by the words of addresses.
var periods = []string{"all", "this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_year", "last_12", "dates"}

func readScope(c *door.Call, s *record.Session, spec report.Spec, o *schema.Object) (scope, error) {
	q := c.R.URL.Query()
	x := scope{period: q.Get("period"), dated: spec.Period != "", owner: ownerPath(o)}
	if !slices.Contains(periods, x.period) {
		x.period = "all"
	}
	x.from, x.to = span(x.period, s.Today(), time.Month(s.Settings().FiscalStart))
	if x.period == "dates" {
		x.from, _ = c.View.ParseDateInput(q.Get("from"), c.View.Today())
		x.to, _ = c.View.ParseDateInput(q.Get("to"), c.View.Today())
	}
	if x.owner == "" {
		return x, nil
	}
	x.person, _ = value.ParseID(q.Get("owner"))
	x.team, _ = value.ParseID(q.Get("team"))
	for _, id := range s.Roster().MemberIDs() {
		if s.Roster().Active(id) || id == x.person {
			x.people = append(x.people, option{id.String(), s.Roster().Name(id), id == x.person})
		}
	}
	slices.SortFunc(x.people, func(a, b option) int { return strings.Compare(i18n.Fold(a.label), i18n.Fold(b.label)) })
	var err error
	x.teams, err = teams(c, s, x.team)
	x.filter = x.condition()
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

// ownerPath leads from a record to who owns it.
func ownerPath(o *schema.Object) string {
	if _, ok := o.Field("owner"); ok {
		return "owner"
	}
	if link, ok := o.ParentLink(); ok {
		return link.Name + ".owner"
	}
	return ""
}

func (x scope) condition() string {
	var parts []string
	if x.person != 0 {
		parts = append(parts, x.owner+` = "`+x.person.String()+`"`)
	}
	if x.team != 0 {
		parts = append(parts, x.owner+`.team = "`+x.team.String()+`"`)
	}
	return strings.Join(parts, " and ")
}

func (x scope) params() report.Params {
	p := report.Params{Filter: x.filter}
	if x.dated {
		p.From, p.To = x.from, x.to
	}
	return p
}

// span is a period in days; quarters and years are fiscal.
func span(period string, today value.Date, first time.Month) (from, to value.Date) {
	switch period {
	case "this_month":
		from = today.MonthStart()
		return from, from.AddMonths(1).AddDays(-1)
	case "last_month":
		to = today.MonthStart().AddDays(-1)
		return to.MonthStart(), to
	case "this_quarter":
		from = today.QuarterStart(first)
		return from, from.AddMonths(3).AddDays(-1)
	case "last_quarter":
		to = today.QuarterStart(first).AddDays(-1)
		return to.QuarterStart(first), to
	case "this_year":
		from = today.YearStart(first)
		return from, from.AddMonths(12).AddDays(-1)
	case "last_year":
		to = today.YearStart(first).AddDays(-1)
		return to.YearStart(first), to
	case "last_12":
		return today.MonthStart().AddMonths(-11), today
	}
	return 0, 0
}

// said is the period in words.
func (x scope) said(v *kit.View) string {
	if !x.dated {
		return v.T("web.report.period.now")
	}
	if x.from == 0 && x.to == 0 {
		return v.T("web.report.period.all")
	}
	if x.from == 0 {
		return v.T("web.report.until", "date", v.Date(x.to))
	}
	if x.to == 0 {
		return v.T("web.report.since", "date", v.Date(x.from))
	}
	return v.T("web.report.from_to", "from", v.Date(x.from), "to", v.Date(x.to))
}

// query is the scope as an address has it.
func (x scope) query() string {
	q := url.Values{}
	if x.dated && x.period != "all" {
		q.Set("period", x.period)
	}
	if x.period == "dates" {
		for name, d := range map[string]value.Date{"from": x.from, "to": x.to} {
			if d != 0 {
				q.Set(name, d.String())
			}
		}
	}
	if x.person != 0 {
		q.Set("owner", x.person.String())
	}
	if x.team != 0 {
		q.Set("team", x.team.String())
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func day(d value.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
