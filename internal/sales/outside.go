package sales

import (
	"context"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// OutsideFactors are what is expected to move the business from outside: so
// many percent of what is still to come, between two days, of the whole company
// or of a team and those below it.
var OutsideFactors = outsideFactors()

// Fields of an outside factor.
var (
	FactorName    = schema.Text(OutsideFactors, "name").Required()
	FactorFrom    = schema.Date(OutsideFactors, "starts_on").Required()
	FactorTo      = schema.Date(OutsideFactors, "ends_on").Required()
	FactorPercent = schema.Percent(OutsideFactors, "change", 2).Required().Between(-100, 1000)
	// FactorTeam is whose business it moves, those below included; none = the
	// company's.
	FactorTeam   = schema.Link(OutsideFactors, "team", access.Teams.Name).OnDelete(schema.Cascade)
	FactorNote   = schema.LongText(OutsideFactors, "note")
	FactorActive = schema.Bool(OutsideFactors, "active").Default("true")
)

func outsideFactors() *schema.Object {
	o := schema.NewObject("outside_factor", "outside_factors", schema.Owned, "Outside factor", "Outside factors").Indexed("starts_on")
	o.Hidden = true
	return o
}

// placeFactors gives the factor of somebody who leads a team, and not the
// company, to his team.
func placeFactors(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if _, said := record.Will(d, FactorTeam); d.Doing == record.Creating && !said && !MayFactor(s, 0) && s.Actor().Team() != 0 {
			record.Put(d, FactorTeam, s.Actor().Team())
		}
	}
	return nil
}

// checkFactors leaves outside factors to those who lead whom they move, and
// their days in order.
func checkFactors(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		was, _ := record.Was(d, FactorTeam)
		will, _ := record.Will(d, FactorTeam)
		if d.Doing != record.Creating && !MayFactor(s, was) || d.Doing != record.Deleting && !MayFactor(s, will) {
			d.Fail(fault.New(fault.Forbidden, "forecast.may_not_factor", nil))
			continue
		}
		from, _ := record.Will(d, FactorFrom)
		if to, ok := record.Will(d, FactorTo); ok && to < from && d.Doing != record.Deleting {
			d.Refuse(FactorTo.Name(), "forecast.ends_before", nil)
		}
	}
	return nil
}

// MayFactor reports whether the actor may move the business of a team from
// outside, 0 = of the whole company: he leads it.
func MayFactor(s *record.Session, team value.ID) bool {
	a := s.Actor()
	if a.System() {
		return true
	}
	scope := a.Scope(s.Schema().MustObject(Deals.Name), access.Update)
	return scope == access.All || scope == access.Below && team != 0 && a.Team() != 0 && s.Roster().Below(a.Team(), team)
}

// MayFactorSome reports whether the actor may add outside factors at all.
func MayFactorSome(s *record.Session) bool { return s.Actor().System() || leads(s) }

// Outside is an outside factor as it is said.
type Outside struct {
	ID       value.ID
	Name     string
	Team     value.ID // whose business it moves; 0 = the company's
	From, To value.Date
	Percent  decimal.Decimal
	Note     string
	Active   bool
}

// ReadFactor reads an outside factor.
func ReadFactor(r *record.Record) Outside {
	f := Outside{ID: r.ID, Active: true}
	f.Name, _ = record.Get(r, FactorName)
	f.Team, _ = record.Get(r, FactorTeam)
	f.From, _ = record.Get(r, FactorFrom)
	f.To, _ = record.Get(r, FactorTo)
	f.Percent, _ = record.Get(r, FactorPercent)
	f.Note, _ = record.Get(r, FactorNote)
	if on, said := record.Get(r, FactorActive); said {
		f.Active = on
	}
	return f
}

// FactorsIn lists the outside factors that move what is asked for, on and off, as
// they begin: those of the company, and of teams that the people asked for
// belong to or stand above.
func FactorsIn(ctx context.Context, s *record.Session, q ForecastQuery) (list []*record.Record, err error) {
	if _, err := s.Object(OutsideFactors.Name); err != nil {
		return nil, nil // who may see none has none
	}
	err = s.Each(ctx, record.Query{Object: OutsideFactors.Name, Sort: "starts_on,id",
		Filter: `starts_on <= date("` + q.To.String() + `") and ends_on >= date("` + q.From.String() + `")`},
		func(r *record.Record) error {
			if team, _ := record.Get(r, FactorTeam); team == 0 || q.touches(s, team) {
				list = append(list, r)
			}
			return nil
		})
	return list, err
}

// touches reports whether there are people of a team, or of one below it, among
// those asked for.
func (q ForecastQuery) touches(s *record.Session, team value.ID) bool {
	return q.inside(s, team) || q.Person == 0 && (q.Team == 0 || s.Roster().Below(q.Team, team))
}

// inside reports whether all who are asked for belong to a team or one below it.
func (q ForecastQuery) inside(s *record.Session, team value.ID) bool {
	return q.Person != 0 && s.Roster().InTeam(q.Person, team) || q.Team != 0 && s.Roster().Below(team, q.Team)
}

// partOf tells how much of what is open in a forecast is a team's, by weight:
// the factors of a team move that much of a wider forecast.
func (f *Forecast) partOf(ctx context.Context, s *record.Session, team value.ID) (decimal.Decimal, error) {
	one := decimal.NewFromInt(1)
	if team == 0 || f.Query.inside(s, team) {
		return one, nil
	}
	q := f.Query
	q.Person, q.Team = 0, team
	of, err := Foresee(ctx, s, q)
	if err != nil {
		return one, err
	}
	all, its := f.Total.coming(), of.Total.coming()
	if all <= 0 {
		return decimal.Decimal{}, nil
	}
	return decimal.Min(one, decimal.NewFromInt(max(0, its)).DivRound(decimal.NewFromInt(all), 4)), nil
}

// coming is what the open deals in the figures come to, each by its
// probability, in the company's currency.
func (r ForecastRow) coming() (minor int64) {
	for _, class := range []string{Commit, BestCase, InPipeline} {
		if m, ok := r.Cells[class].Weighted.Value.(value.Money); ok {
			minor += m.Minor
		}
	}
	return minor
}

// Outsides are the factors that move a forecast.
type Outsides struct {
	List  []Outside
	Parts map[value.ID]decimal.Decimal // by team: how much of the forecast is its
}

// OutsidesOf reads the factors that move a forecast, and how much each moves.
func OutsidesOf(ctx context.Context, s *record.Session, f *Forecast) (Outsides, error) {
	out := Outsides{Parts: map[value.ID]decimal.Decimal{}}
	records, err := FactorsIn(ctx, s, f.Query)
	if err != nil {
		return out, err
	}
	for _, r := range records {
		x := ReadFactor(r)
		if _, known := out.Parts[x.Team]; !known && x.Active {
			if out.Parts[x.Team], err = f.partOf(ctx, s, x.Team); err != nil {
				return out, err
			}
		}
		out.List = append(out.List, x)
	}
	return out, nil
}
