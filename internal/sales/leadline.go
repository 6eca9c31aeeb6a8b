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

// leadPast is what came of the leads of past months: the first figure is of the
// running month, the next of the one before.
type leadPast struct {
	this   value.Date
	came   [leadMonths + 1]int64
	won    [leadMonths + 1][leadMonths + 1]int64 // by month of the lead, and months until it was won
	recent int64                                 // leads of the last days
}

// rate is the share of leads that is won so many months after they came. Only
// months count that had so much time, or the youngest leads would look lost.
func (x *leadPast) rate(after int) float64 {
	began := 1 + after
	if x.months() == 0 {
		began = after // nothing but the running month is known
	}
	came, won := int64(0), int64(0)
	for i := began; i <= leadMonths; i++ {
		came, won = came+x.came[i], won+x.won[i][after]
	}
	if came == 0 {
		return 0
	}
	return float64(won) / float64(came)
}

// months is how many whole months of leads are known.
func (x *leadPast) months() (n int) {
	for i := 1; i <= leadMonths; i++ {
		if x.came[i] > 0 {
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
	n := x.toCome(month, today)
	if ago := monthsBetween(month, x.this); ago >= 0 && ago <= leadMonths {
		n += float64(x.came[ago])
	}
	return n
}

// wins is how many of the leads of a month and of those before are won in it.
func (x *leadPast) wins(month, today value.Date) (n float64) {
	for after := 0; after <= leadMonths; after++ {
		n += x.in(month.AddMonths(-after), today) * x.rate(after)
	}
	return n
}

func monthsBetween(from, to value.Date) int {
	y, m, _ := from.Civil()
	year, month, _ := to.Civil()
	return (year-y)*12 + int(month) - int(m)
}

// LeadVolume answers the lead line of a period; false where there are no leads.
func LeadVolume(ctx context.Context, s *record.Session, q ForecastQuery) (l LeadLine, ok bool, err error) {
	if _, err := s.Object(Leads.Name); err != nil {
		return l, false, nil
	}
	whose, err := q.Whose(ctx, s)
	if err != nil {
		return l, false, err
	}
	won := `converted_deal.status = "won" and shares_deal is empty`
	if q.Pipeline != 0 { // a lead has none: how many of all become deals of this one
		won += ` and converted_deal.pipeline = "` + q.Pipeline.String() + `"`
	}
	x := &leadPast{this: s.Today().MonthStart()}
	if ok, err = x.learn(ctx, s, &l, whose, won); err != nil || !ok {
		return l, false, err
	}
	l.Amount.Currency, l.Value.Currency = s.Settings().Currency, s.Settings().Currency
	for m := q.From.MonthStart(); m <= q.To; m = m.AddMonths(1) {
		month := x.month(m, s.Today(), l.Value, joinAnd(whose, won))
		month.Filter = joinAnd(monthOf("created_at", m), whose)
		l.Months = append(l.Months, month)
		l.Leads, l.ToCome, l.Amount.Minor = l.Leads+month.Leads+month.ToCome, l.ToCome+month.ToCome, l.Amount.Minor+month.Amount.Minor
	}
	return l, true, nil
}

// month is one of the line, of leads of which a condition says that they were won.
func (x *leadPast) month(m, today value.Date, worth value.Money, won string) LeadMonth {
	n := x.wins(m, today)
	out := LeadMonth{Month: m, ToCome: round(x.toCome(m, today)), WonFilter: joinAnd(won, monthOf("converted_deal.close_date", m)),
		Expected: decimal.NewFromFloat(n).Round(1), Amount: value.Money{Minor: round(n * float64(worth.Minor)), Currency: worth.Currency}}
	ago := monthsBetween(m, x.this)
	if ago >= 0 && ago <= leadMonths {
		out.Leads = x.came[ago]
	}
	for i := max(0, ago); i <= leadMonths && ago >= 0; i++ {
		out.Won += x.won[i][i-ago]
	}
	return out
}

func monthOf(path string, m value.Date) string {
	return path + ` >= date("` + m.String() + `") and ` + path + ` < date("` + m.AddMonths(1).String() + `")`
}

// learn reads what came of the leads of the last months; false of none.
func (x *leadPast) learn(ctx context.Context, s *record.Session, l *LeadLine, whose, won string) (bool, error) {
	first := x.this.AddMonths(-leadMonths)
	a, err := s.Aggregate(ctx, record.Aggregate{Object: Leads.Name, Filter: joinAnd(`created_at >= date("`+first.String()+`")`, whose), Limit: 10_000,
		Group: []string{"created_at:month", "converted_deal.close_date:month"},
		Measures: []string{"count", "count{" + won + "}", `count{created_at >= date("` + s.Today().AddDays(-recentDays).String() + `")}`,
			"avg:converted_deal.amount{" + won + "}", "avg:converted_deal.cycle_days{" + won + "}", "avg:converted_at-created_at{" + won + "}"}})
	if err != nil {
		return false, err
	}
	for _, g := range a.Groups {
		came, ok := g.Keys[0].(value.Date)
		ago := monthsBetween(came, x.this)
		if !ok || ago < 0 || ago > leadMonths {
			continue
		}
		n, _ := g.Values[0].Value.(int64)
		x.came[ago] += n
		if on, ok := g.Keys[1].(value.Date); ok {
			n, _ = g.Values[1].Value.(int64)
			x.won[ago][min(max(0, monthsBetween(came, on)), ago)] += n
		}
	}
	total := a.Total.Values
	all, _ := total[0].Value.(int64)
	l.Won, _ = total[1].Value.(int64)
	x.recent, _ = total[2].Value.(int64)
	l.Value, _ = total[3].Value.(value.Money)
	for _, m := range total[4:] {
		if d, ok := m.Value.(decimal.Decimal); ok {
			l.Delay += int(d.Round(0).IntPart())
		}
	}
	l.PerMonth, l.Known = x.recent/3, x.months()
	sum := 0.0
	for after := 0; after <= leadMonths; after++ {
		sum += x.rate(after)
	}
	l.Conversion = decimal.NewFromFloat(min(1, sum)).Round(4)
	return all > 0, nil
}
