package report

import (
	"slices"
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Scope is what reports are narrowed to: a period, a person, a team.
type Scope struct {
	Period       string // one of Periods, "" = the report's own
	From, To     value.Date
	Person, Team value.ID
	AsOf         time.Time // the moment looked back to; zero = now
}

// today is the day as of which periods are meant.
func (x Scope) today(s *record.Session) value.Date {
	if x.AsOf.IsZero() {
		return s.Today()
	}
	return value.DateOf(x.AsOf, s.Env().Zone)
}

// AllTime is the period that narrows nothing, Dates that of two days.
const (
	AllTime = "all"
	Dates   = "dates"
)

// Periods are the words of periods, in the order offered.
var Periods = []string{AllTime, "this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_year", "last_12", Dates}

// On is the scope with the days of its period, as of today or the day looked back to; a word that is none
// is all time. The days of Dates stay.
func (x Scope) On(s *record.Session) Scope {
	if x.Period != "" && !slices.Contains(Periods, x.Period) {
		x.Period = AllTime
	}
	if x.Period != Dates {
		x.From, x.To = span(x.Period, x.today(s), time.Month(s.Settings().FiscalStart))
	}
	return x
}

// Params narrow a report over an object to the scope.
func (x Scope) Params(s *record.Session, spec Spec, o *schema.Object) Params {
	p := Params{AsOf: x.AsOf}
	if !spec.Whole {
		p.Filter = x.Condition(s, OwnerPath(o))
	}
	if spec.Period != "" {
		p.From, p.To, p.Span = x.From, x.To, x.Period
	}
	return p
}

// Condition narrows records to the person, and to the team with those below it, as
// a forecast means it; owner is the path of whose they are, "" for nobody's.
func (x Scope) Condition(s *record.Session, owner string) string {
	var parts []string
	if owner != "" && x.Person != 0 {
		parts = append(parts, owner+` = "`+x.Person.String()+`"`)
	}
	if owner != "" && x.Team != 0 {
		var teams []string
		for _, id := range s.Roster().Under(x.Team) {
			teams = append(teams, `"`+id.String()+`"`)
		}
		parts = append(parts, owner+".team in ("+strings.Join(teams, ", ")+")")
	}
	return strings.Join(parts, " and ")
}

// OwnerPath leads from a record to who owns it, "" when nobody does.
func OwnerPath(o *schema.Object) string {
	if _, ok := o.Field("owner"); ok {
		return "owner"
	}
	if link, ok := o.ParentLink(); ok {
		return link.Name + ".owner"
	}
	return ""
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
