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
	whose, err := q.ofDeals(ctx, s)
	if err != nil {
		return Season{}, err
	}
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
	x.Leads, x.Led, err = LeadVolume(ctx, s, q)
	return x, err
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

// LeadLine is what a period may bring by the leads that come in: how many, how
// many of them are won, what a win is worth, and how long it takes (R101).
type LeadLine struct {
	Leads      int64 // that become due in the period
	ToCome     int64 // of these, such as are not there yet
	PerMonth   int64
	Conversion decimal.Decimal // share that is won
	Value      value.Money     // of a won one
	Delay      int             // days from lead to won deal
	Amount     value.Money
	Won        int64 // leads that were won, learned from
}

// Few reports whether too few leads were won to learn from.
func (l LeadLine) Few() bool { return l.Won < FewDeals }

// leadHistory is how many days of leads are learned from.
const leadHistory = 366

// LeadVolume answers the lead line of a period; false where there are no leads.
func LeadVolume(ctx context.Context, s *record.Session, q ForecastQuery) (l LeadLine, ok bool, err error) {
	if _, err := s.Object(Leads.Name); err != nil {
		return l, false, nil
	}
	whose, err := q.Whose(ctx, s)
	if err != nil {
		return l, false, err
	}
	today := s.Today()
	since := func(d value.Date) string { return `created_at >= date("` + d.String() + `")` }
	until := func(d value.Date) string { return `created_at < date("` + d.AddDays(1).String() + `")` }
	ask := func(measures []string, filter ...string) ([]record.Measure, error) {
		a, err := s.Aggregate(ctx, record.Aggregate{Object: Leads.Name, Filter: joinAnd(append(filter, whose)...), Measures: measures})
		if err != nil {
			return nil, err
		}
		return a.Total.Values, nil
	}
	won := `converted_deal.status = "won" and shares_deal is empty`
	if q.Pipeline != 0 { // a lead has none: how many of all become deals of this one
		won += ` and converted_deal.pipeline = "` + q.Pipeline.String() + `"`
	}
	v, err := ask([]string{"count", "count{" + won + "}", "avg:converted_deal.amount{" + won + "}", "avg:converted_deal.cycle_days{" + won + "}", "avg:converted_at-created_at{" + won + "}",
		"count{" + since(today.AddDays(-90)) + "}"}, since(today.AddDays(-leadHistory)))
	if err != nil {
		return l, false, err
	}
	all, _ := v[0].Value.(int64)
	l.Won, _ = v[1].Value.(int64)
	l.Value, _ = v[2].Value.(value.Money)
	recent, _ := v[5].Value.(int64)
	l.PerMonth = recent / 3
	if all == 0 {
		return l, false, nil
	}
	for _, m := range v[3:5] {
		if d, ok := m.Value.(decimal.Decimal); ok {
			l.Delay += int(d.Round(0).IntPart())
		}
	}
	l.Conversion = decimal.NewFromInt(l.Won).DivRound(decimal.NewFromInt(all), 4)
	from, to := q.From.AddDays(-l.Delay), q.To.AddDays(-l.Delay)
	if to > today { // what is not there yet comes as fast as it did
		l.ToCome = recent * int64(to-max(today, from.AddDays(-1))) / 90
		to = today
	}
	l.Leads = l.ToCome
	if from <= to {
		if v, err = ask([]string{"count"}, since(from), until(to)); err != nil {
			return l, false, err
		}
		n, _ := v[0].Value.(int64)
		l.Leads += n
	}
	l.Amount = value.Money{Minor: decimal.NewFromInt(l.Leads).Mul(l.Conversion).Mul(decimal.NewFromInt(l.Value.Minor)).Round(0).IntPart(), Currency: s.Settings().Currency}
	return l, true, nil
}
