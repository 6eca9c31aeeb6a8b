package sales

import (
	"context"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// LeadLine is what a period may bring by the leads that come in: how many, how
// many of them are won, how long that takes, and what a win is worth (R101).
type LeadLine struct {
	Months     []LeadMonth // of the period
	Leads      int64       // that come in the period
	ToCome     int64       // of these, such as are not there yet
	PerMonth   int64
	Conversion decimal.Decimal // share that is won, sooner or later
	Value      value.Money     // of a won one
	Delay      int             // days from lead to won deal
	Amount     value.Money
	Won        int64 // leads that were won, learned from
	Known      int   // whole months of leads, learned from
}

// LeadMonth is a month of the lead line.
type LeadMonth struct {
	Month  value.Date
	Leads  int64 // that came in it; Filter lists them
	ToCome int64 // that may still come in it
	// Won is how many leads, of whatever month, were won in it; WonFilter lists them.
	Won               int64
	Filter, WonFilter string
	// Expected is how many wins follow from the leads of this month and those
	// before, Amount what they are worth.
	Expected decimal.Decimal
	Amount   value.Money
}

// Few reports whether there is too little to learn from.
func (l LeadLine) Few() bool { return l.Won < FewDeals || l.Known < FewMonths }

// leadMonths is how many whole months of leads are learned from, recentDays how
// many days tell how fast they come.
const (
	leadMonths = 18
	recentDays = 90
)

// leadPast is what came of the leads of past months.
type leadPast struct {
	this   value.Date
	came   map[value.Date]int64                  // leads by the month in which they came
	won    [leadMonths + 1][leadMonths + 1]int64 // by how many months ago the lead came, and months until it was won
	closed map[value.Date]int64                  // won leads by the month of the win, those of the period
	recent int64                                 // leads of the last days
}

// ago is how many leads came so many months ago.
func (x *leadPast) ago(months int) int64 { return x.came[x.this.AddMonths(-months)] }

// rate is the share of leads that is won so many months after they came. Only
// months count that had so much time, or the youngest leads would look lost.
func (x *leadPast) rate(after int) float64 {
	began := 1 + after
	if x.months() == 0 {
		began = after // nothing but the running month is known
	}
	came, won := int64(0), int64(0)
	for i := began; i <= leadMonths; i++ {
		came, won = came+x.ago(i), won+x.won[i][after]
	}
	if came == 0 {
		return 0
	}
	return float64(won) / float64(came)
}

// months is how many whole months of leads are known.
func (x *leadPast) months() (n int) {
	for i := 1; i <= leadMonths; i++ {
		if x.ago(i) > 0 {
			n = i
		}
	}
	return n
}

// toCome is how many leads a month may still bring, as fast as the last ones came.
func (x *leadPast) toCome(month, today value.Date) float64 {
	last := month.AddMonths(1).AddDays(-1)
	days := int64(last - max(today, month.AddDays(-1)))
	return float64(x.recent*max(0, days)) / recentDays
}

// in is how many leads came in a month, and may still come.
func (x *leadPast) in(month, today value.Date) float64 {
	return x.toCome(month, today) + float64(x.came[month])
}

// wins is how many of the leads of a month and of those before are won in it.
func (x *leadPast) wins(month, today value.Date) (n float64) {
	for after := 0; after <= leadMonths; after++ {
		n += x.in(month.AddMonths(-after), today) * x.rate(after)
	}
	return n
}

// LeadVolume answers the lead line of a period; false where there are no leads.
func LeadVolume(ctx context.Context, s *record.Session, q ForecastQuery) (l LeadLine, ok bool, err error) {
	if _, err := s.Object(Leads.Name); err != nil {
		return l, false, nil
	}
	whose := q.Whose(s)
	won := `converted_deal.status = "won" and shares_deal is empty`
	if q.Pipeline != 0 { // a lead has none: how many of all become deals of this one
		won += ` and converted_deal.pipeline = "` + q.Pipeline.String() + `"`
	}
	x := &leadPast{this: s.Today().MonthStart(), came: map[value.Date]int64{}, closed: map[value.Date]int64{}}
	if ok, err = x.learn(ctx, s, &l, q, whose, won); err != nil || !ok {
		return l, false, err
	}
	won = joinAnd(whose, won)
	if err = x.learnDelays(ctx, s, won); err != nil {
		return l, false, err
	}
	if err = x.countWins(ctx, s, q, won); err != nil {
		return l, false, err
	}
	l.conclude(x)
	l.Amount.Currency, l.Value.Currency = s.Settings().Currency, s.Settings().Currency
	for m := q.From.MonthStart(); m <= q.To; m = m.AddMonths(1) {
		month := x.month(m, s.Today(), l.Value, won)
		month.Filter = joinAnd(monthOf("created_at", m), whose)
		l.Months = append(l.Months, month)
		l.Leads, l.ToCome, l.Amount.Minor = l.Leads+month.Leads+month.ToCome, l.ToCome+month.ToCome, l.Amount.Minor+month.Amount.Minor
	}
	return l, true, nil
}

// month is one of the line, of leads of which a condition says that they were won.
func (x *leadPast) month(m, today value.Date, worth value.Money, won string) LeadMonth {
	n := x.wins(m, today)
	return LeadMonth{Month: m, Leads: x.came[m], ToCome: round(x.toCome(m, today)), Won: x.closed[m], WonFilter: joinAnd(won, monthOf(leadClose, m)),
		Expected: decimal.NewFromFloat(n).Round(1), Amount: value.Money{Minor: round(n * float64(worth.Minor)), Currency: worth.Currency}}
}

// leadClose is the day on which a lead is won. Only that of won ones says anything:
// the days of open deals lie anywhere, and nothing is grouped by them.
const leadClose = "converted_deal.close_date"

func monthOf(path string, m value.Date) string { return between(path, m, m.AddMonths(1)) }

// between is a condition on a day from one on, until before another.
func between(path string, from, to value.Date) string {
	return path + ` >= date("` + from.String() + `") and ` + path + ` < date("` + to.String() + `")`
}

// first and end bound the months that are learned from.
func (x *leadPast) first() value.Date { return x.this.AddMonths(-leadMonths) }
func (x *leadPast) end() value.Date   { return x.this.AddMonths(1) }

// learn reads how many leads came in the last months, and in those of the period
// and before it, and what came of them; false of none.
func (x *leadPast) learn(ctx context.Context, s *record.Session, l *LeadLine, q ForecastQuery, whose, won string) (bool, error) {
	from, to := min(x.first(), q.From.MonthStart().AddMonths(-leadMonths)), max(x.end(), q.To.MonthStart().AddMonths(1))
	won = joinAnd(between("created_at", x.first(), x.end()), won)
	a, err := s.Aggregate(ctx, record.Aggregate{Object: Leads.Name, Filter: joinAnd(between("created_at", from, to), whose), Group: []string{"created_at:month"},
		Measures: []string{"count", `count{created_at >= date("` + s.Today().AddDays(-recentDays).String() + `")}`, "count{" + won + "}",
			"count{" + won + " and " + leadClose + ` < date("` + x.first().String() + `")}`, "count{" + won + " and " + leadClose + ` >= date("` + x.end().String() + `")}`,
			"avg:converted_deal.amount{" + won + "}", "avg:converted_deal.cycle_days{" + won + "}", "avg:converted_at-created_at{" + won + "}"}})
	if err != nil {
		return false, err
	}
	for _, g := range a.Groups {
		came, ok := g.Keys[0].(value.Date)
		if !ok {
			continue
		}
		x.came[came] = whole(g.Values[0])
		if ago := value.MonthsBetween(came, x.this); ago >= 0 && ago <= leadMonths { // wins whose day lies outside count at either end
			x.won[ago][0] += whole(g.Values[3])
			x.won[ago][ago] += whole(g.Values[4])
		}
	}
	total := a.Total.Values
	x.recent, l.Won = whole(total[1]), whole(total[2])
	l.Value, _ = total[5].Value.(value.Money)
	for _, m := range total[6:] {
		if d, ok := m.Value.(decimal.Decimal); ok {
			l.Delay += int(d.Round(0).IntPart())
		}
	}
	return whole(total[0]) > 0, nil
}

// learnDelays reads how many months after they came the leads of the last months
// were won.
func (x *leadPast) learnDelays(ctx context.Context, s *record.Session, won string) error {
	a, err := s.Aggregate(ctx, record.Aggregate{Object: Leads.Name, Filter: joinAnd(between("created_at", x.first(), x.end()), between(leadClose, x.first(), x.end()), won),
		Group: []string{"created_at:month", leadClose + ":month"}, Measures: []string{"count"}})
	if err != nil {
		return err
	}
	for _, g := range a.Groups {
		came, _ := g.Keys[0].(value.Date)
		on, ok := g.Keys[1].(value.Date)
		if ago := value.MonthsBetween(came, x.this); ok && ago >= 0 && ago <= leadMonths {
			x.won[ago][min(max(0, value.MonthsBetween(came, on)), ago)] += whole(g.Values[0])
		}
	}
	return nil
}

// countWins counts the leads that were won in each month of a period, however long
// ago they came.
func (x *leadPast) countWins(ctx context.Context, s *record.Session, q ForecastQuery, won string) error {
	a, err := s.Aggregate(ctx, record.Aggregate{Object: Leads.Name, Filter: joinAnd(won, between(leadClose, q.From.MonthStart(), q.To.MonthStart().AddMonths(1))),
		Group: []string{leadClose + ":month"}, Measures: []string{"count"}})
	if err != nil {
		return err
	}
	for _, g := range a.Groups {
		if on, ok := g.Keys[0].(value.Date); ok {
			x.closed[on] = whole(g.Values[0])
		}
	}
	return nil
}

// conclude says what follows from what was learned.
func (l *LeadLine) conclude(x *leadPast) {
	l.PerMonth, l.Known = x.recent/3, x.months()
	sum := 0.0
	for after := 0; after <= leadMonths; after++ {
		sum += x.rate(after)
	}
	l.Conversion = decimal.NewFromFloat(min(1, sum)).Round(4)
}
