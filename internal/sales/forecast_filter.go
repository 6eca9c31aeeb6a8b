package sales

import (
	"slices"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// part is one aggregate of a forecast: an index serves each.
type part struct {
	filter string
	class  string // of all of them; "" = by their category
	// months ask the same of sums that are kept by month.
	months record.CalendarQuery
}

func onOrAfter(prefix string, d value.Date) string {
	return prefix + DealCloseDate.Name() + ` >= date("` + d.String() + `")`
}
func onOrBefore(prefix string, d value.Date) string {
	return prefix + DealCloseDate.Name() + ` <= date("` + d.String() + `")`
}

// open is the first day of which open deals are in the period's figures.
func (x *foresight) open() value.Date { return max(x.q.From, x.f.Today) }

// pastFilter is the condition of open deals whose day is past. The period that
// runs has them all, since they are in no other's figures; one that is over has
// those of its own.
func (x *foresight) pastFilter() string {
	p := x.prefix
	switch {
	case x.q.From > x.f.Today:
		return ""
	case x.q.To >= x.f.Today:
		return p + isOpen + ` and ` + p + DealCloseDate.Name() + ` < date("` + x.f.Today.String() + `")`
	}
	return p + isOpen + ` and ` + onOrAfter(p, x.q.From) + ` and ` + onOrBefore(p, x.q.To)
}

func (x *foresight) parts() []part {
	p := x.prefix
	list := []part{{filter: p + isWon + " and " + onOrAfter(p, x.q.From) + " and " + onOrBefore(p, x.q.To),
		months: record.CalendarQuery{State: Won, From: x.q.From, To: x.q.To}}}
	if x.open() <= x.q.To {
		list = append(list, part{filter: p + isOpen + " and " + onOrAfter(p, x.open()) + " and " + onOrBefore(p, x.q.To),
			months: record.CalendarQuery{State: Open, From: x.open(), To: x.q.To}})
	}
	if past := x.pastFilter(); past != "" {
		months := record.CalendarQuery{State: Open, From: x.q.From, To: x.q.To}
		if x.q.To >= x.f.Today {
			months.From, months.To = 0, x.f.Today.AddDays(-1)
		}
		list = append(list, part{filter: past, class: Past, months: months})
	}
	if x.q.To >= x.f.Today {
		list = append(list, part{filter: p + isOpen + " and " + p + DealCloseDate.Name() + " is empty", class: Undated,
			months: record.CalendarQuery{State: Open, Undated: true}})
	}
	return list
}

// within narrows to whose deals are asked for.
func (x *foresight) within() []string {
	parts := []string{x.q.Whose(x.s)}
	if x.q.Pipeline != 0 {
		parts = append(parts, x.prefix+DealPipeline.Name()+` = "`+x.q.Pipeline.String()+`"`)
	}
	if x.unlined {
		parts = append(parts, "not any(lines)")
	}
	return parts
}

// Whose is the condition of records of any object whose owners are asked for,
// "" for everybody's.
func (q ForecastQuery) Whose(s *record.Session) string {
	return report.Scope{Person: q.Person, Team: q.Team}.Condition(s, "owner")
}

// ofDeals is the condition of deals that are asked for.
func (q ForecastQuery) ofDeals(s *record.Session) string {
	if q.Pipeline == 0 {
		return q.Whose(s)
	}
	return joinAnd(q.Whose(s), DealPipeline.Name()+` = "`+q.Pipeline.String()+`"`)
}

// joinAnd is the condition that all hold, but for empty ones.
func joinAnd(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " and ")
}

// condition is that of the deals in a class.
func (x *foresight) condition(class string) string {
	p := x.prefix
	won := p + isWon + " and " + onOrAfter(p, x.q.From) + " and " + onOrBefore(p, x.q.To)
	open := p + isOpen + " and " + onOrAfter(p, x.open()) + " and " + onOrBefore(p, x.q.To)
	field := p + DealForecast.Name()
	switch class {
	case Closed:
		return won + " and " + field + ` != "omitted"`
	case Commit:
		return open + " and " + field + ` in ("commit", "closed")`
	case BestCase:
		return open + " and " + field + ` = "best"`
	case InPipeline:
		return open + " and (" + field + ` = "pipeline" or ` + field + " is empty)"
	case Omitted:
		return field + ` = "omitted" and (` + won + " or " + open + ")"
	case Past:
		return x.pastFilter()
	}
	return p + isOpen + " and " + p + DealCloseDate.Name() + " is empty"
}
