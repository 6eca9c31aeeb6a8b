package sales

import (
	"context"
	"math"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// SeasonMonths is how many months of wins it takes to tell the season.
const SeasonMonths = 24

// Season is how a period usually is beside the average one.
type Season struct {
	Months int             // of wins that are known
	Index  decimal.Decimal // 1.2 = a fifth more than the average
}

// Enough reports whether there is history to tell it from.
func (x Season) Enough() bool { return x.Months >= SeasonMonths }

// SeasonOf learns from whole months of won deals, as far as the actor may read
// them, how a period usually is.
func SeasonOf(ctx context.Context, s *record.Session, q ForecastQuery) (Season, error) {
	whose := q.ofDeals(s)
	this := s.Today().MonthStart()
	a, err := s.Aggregate(ctx, record.Aggregate{Object: Deals.Name, Group: []string{"close_date:month"}, Measures: []string{"sum:amount"}, Limit: 100,
		Filter: joinAnd(isWon, onOrAfter("", this.AddMonths(-48)), `close_date < date("`+this.String()+`")`, whose)})
	if err != nil {
		return Season{}, err
	}
	by := map[value.Date]float64{}
	first := this
	for _, g := range a.Groups {
		month, ok := g.Keys[0].(value.Date)
		m, has := g.Values[0].Value.(value.Money)
		if ok && has && m.Minor > 0 {
			by[month], first = float64(m.Minor), min(first, month)
		}
	}
	return seasonIn(by, first, this, q.From, q.To), nil
}

// seasonIn averages each month of the year over the whole years that are known,
// the latest ones.
func seasonIn(by map[value.Date]float64, first, this, from, to value.Date) Season {
	out := Season{Index: decimal.NewFromInt(1)}
	for m := first; m < this; m = m.AddMonths(1) {
		out.Months++
	}
	if !out.Enough() {
		return out
	}
	var months [13]float64
	all := 0.0
	years := out.Months / 12
	for i := 1; i <= years*12; i++ {
		m := this.AddMonths(-i)
		_, number, _ := m.Civil()
		months[number] += by[m]
		all += by[m]
	}
	part, n := 0.0, 0.0
	for m := from.MonthStart(); m <= to; m = m.AddMonths(1) {
		_, number, _ := m.Civil()
		part, n = part+months[number], n+1
	}
	if all > 0 && n > 0 {
		out.Index = decimal.NewFromFloat(part / n * 12 / all).Round(4)
	}
	return out
}

// Expectation is all that is told of how much a period may bring.
type Expectation struct {
	*Outlook
	Season Season
	// Lines are in the band: without them it is as they are taken from its mean.
	Lines []Line
	Leads LeadLine
	Led   bool // there are leads
	// NoLeads says that none came in the months learned from, to who may read leads.
	NoLeads bool
}

// Expect answers how much a period may bring, and by what.
func Expect(ctx context.Context, s *record.Session, q ForecastQuery) (*Expectation, error) {
	q.By = ByPipeline // few rows
	f, err := Foresee(ctx, s, q)
	if err != nil {
		return nil, err
	}
	x := &Expectation{}
	if x.Outlook, err = LookOut(ctx, s, f); err != nil {
		return nil, err
	}
	if x.Season, err = SeasonOf(ctx, s, q); err != nil {
		return nil, err
	}
	factors, err := OutsidesOf(ctx, s, f)
	if err != nil {
		return nil, err
	}
	x.Lines = Lines(x.Outlook, f, x.Season, factors)
	x.Band = x.Band.moved(x.Closed.Minor, x.Lines)
	if x.Leads, x.Led, err = LeadVolume(ctx, s, q); err != nil {
		return nil, err
	}
	_, unseen := s.Object(Leads.Name)
	x.NoLeads = !x.Led && unseen == nil
	return x, nil
}

// Line is one share of what is expected.
type Line struct {
	Name   string // of a factor; "" = the season
	Share  value.Money
	Factor Outside
}

// Lines are the shares of season and outside factors in what is still to come of
// a period. Each is of the same sum, so that taking one away leaves the others
// as they are; that of a team moves as much of the sum as is the team's. Factors
// that are off have no share.
func Lines(o *Outlook, f *Forecast, season Season, outside Outsides) (list []Line) {
	coming := o.Band.Mean - o.Closed.Minor
	if o.Over || coming <= 0 {
		return nil
	}
	left := coming
	share := func(part decimal.Decimal) value.Money {
		n := max(-left, decimal.NewFromInt(coming).Mul(part).Round(0).IntPart()) // no more than all can go
		left += n
		return o.Money(n)
	}
	if season.Enough() && !season.Index.Equal(decimal.NewFromInt(1)) {
		list = append(list, Line{Share: share(season.Index.Sub(decimal.NewFromInt(1)))})
	}
	from, to := max(f.Query.From, f.Today), f.Query.To
	for _, x := range outside.List {
		days := int64(min(to, x.To)-max(from, x.From)) + 1
		if !x.Active || days <= 0 {
			continue
		}
		part := x.Percent.Mul(decimal.NewFromInt(days)).Div(decimal.NewFromInt(int64(to-from) + 1)).Shift(-2).Mul(outside.Parts[x.Team])
		list = append(list, Line{Name: x.Name, Share: share(part), Factor: x})
	}
	return list
}

// moved is a band with season and outside factors in it: what is still to come
// follows them in every case, so that the range lies about what is expected.
func (b Band) moved(closed int64, lines []Line) Band {
	coming, shares := b.Mean-closed, int64(0)
	for _, l := range lines {
		shares += l.Share.Minor
	}
	if coming <= 0 || shares == 0 {
		return b
	}
	part := float64(max(0, coming+shares)) / float64(coming)
	for _, n := range []*int64{&b.P10, &b.P50, &b.P90} {
		*n = closed + int64(math.Round(float64(*n-closed)*part))
	}
	b.Mean = closed + max(0, coming+shares)
	return b
}
