package sales

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Foreknown is what was learned last night of how deals are won.
type Foreknown struct {
	Model *rangeModel `json:"model"`
	Backs []Back      `json:"backs"`
}

// knows reports whether it still serves on a day: of little history nothing is
// kept, for there soon is more.
func (k *Foreknown) knows(on value.Date) bool {
	return k.Model != nil && k.Model.Form == modelForm && k.Model.On >= on && !k.Model.few()
}

var keptModel = store.Setting[Foreknown]{Key: "forecast_model"}

// lastPeriods is how many quarters of the past are told anew.
const lastPeriods = 8

// KeepForecast is the work of a night: the snapshots of the days that have ended,
// and what is learned of them.
type KeepForecast struct {
	// Few makes up few days at a time, which takes longer for all of them, but each
	// time is short: where one reading of the whole past takes too long.
	Few bool `json:"few,omitempty"`
}

// Kind implements jobs.Job.
func (KeepForecast) Kind() string { return "sales.keep_forecast" }

// ForecastDue reports whether there is such work.
func ForecastDue(ctx context.Context, s *record.Session) (bool, error) {
	k, err := keptModel.Get(ctx, s.Tx())
	if err != nil || !k.knows(s.Today()) {
		return true, err
	}
	days, err := missedDays(ctx, s, s.Today().AddDays(-1))
	return len(days) > 0, err
}

// LearnRange learns from the company's history how deals are won: the work of a
// night. It answers nil where today's is known already, and only reads: KeepRange
// keeps it.
func LearnRange(ctx context.Context, s *record.Session) (*Foreknown, error) {
	k, err := keptModel.Get(ctx, s.Tx())
	if err != nil || k.knows(s.Today()) {
		return nil, err
	}
	return learnRange(ctx, s, s.Today())
}

// KeepRange keeps what was learned.
func KeepRange(ctx context.Context, s *record.Session, k *Foreknown) error {
	return keptModel.Set(ctx, s.Tx(), *k)
}

func learnRange(ctx context.Context, s *record.Session, on value.Date) (*Foreknown, error) {
	var periods []value.Period
	p := value.PeriodOf(value.Quarter, on, time.Month(s.Settings().FiscalStart))
	for range lastPeriods {
		p = p.Prev()
		periods = append(periods, p)
	}
	l := newLearner(s.Env().Zone, on, periods)
	if err := eachPast(ctx, s, l.see); err != nil {
		return nil, err
	}
	return &Foreknown{Model: l.model(on), Backs: l.backs()}, nil
}

// mostSpans is how much history is learned from while somebody waits.
const mostSpans = 100_000

// knownRange is what was learned last night, or, where little is to be learned,
// now; nil when it takes longer and the night is still to come.
func knownRange(ctx context.Context, s *record.Session) (*Foreknown, error) {
	k, err := keptModel.Get(ctx, s.Tx())
	if err != nil {
		return nil, err
	}
	if k.knows(s.Today().AddDays(-1)) {
		k.Model.index()
		return &k, nil
	}
	var beyond int64
	many, err := s.Tx().Row(ctx, `SELECT from_ms FROM {span_deal} ORDER BY record, from_ms LIMIT 1 OFFSET $1`, []any{mostSpans}, &beyond)
	if err != nil {
		return nil, err
	}
	if many {
		if k.Model == nil {
			return nil, nil
		}
		k.Model.index()
		return &k, nil
	}
	return learnRange(ctx, s, s.Today())
}

// Outlook is how much a period may bring: what is closed, and a range for what
// is still to come. Amounts are in the company's currency.
type Outlook struct {
	Closed value.Money
	Band   Band // of the whole period, what is closed included
	// Known is false before the first night in a large company.
	Known bool
	Few   bool // too little history: the range is widened
	Deals int  // closed ones learned from
	Month int  // of history
	// Missing is how many amounts, won and open, are in no figure for want of a
	// rate.
	Missing int64
	// Over says that the period is over: nothing is still to come.
	Over bool
}

// Blank reports whether nothing at all is known: no deal has ended to learn from,
// and no amount that is open is due.
func (o *Outlook) Blank() bool { return o.Known && o.Deals == 0 && o.Band == Band{} }

// Zero reports whether nothing came of these people's deals, and nothing is to come.
func (o *Outlook) Zero() bool { return o.Known && o.Deals > 0 && o.Missing == 0 && o.Band == Band{} }

// Money is an amount of an outlook.
func (o *Outlook) Money(minor int64) value.Money {
	return value.Money{Minor: minor, Currency: o.Closed.Currency}
}

// LookOut answers the range of a period for the people asked for.
func LookOut(ctx context.Context, s *record.Session, f *Forecast) (*Outlook, error) {
	o := &Outlook{Closed: value.Money{Currency: s.Settings().Currency}, Over: f.Query.To < f.Today}
	if m, ok := f.Total.Cell(Closed).Amount.Value.(value.Money); ok {
		o.Closed = m
	}
	o.Missing = f.Total.Cell(Closed).Amount.Missing
	k, err := knownRange(ctx, s)
	if err != nil || k == nil {
		return o, err
	}
	if f.Query.Pipeline != 0 && k.Model.Form < modelForm {
		return o, nil // tonight will tell
	}
	o.Known, o.Few, o.Deals, o.Month = true, k.Model.few(), k.Model.Closed, k.Model.months()
	if o.Over {
		o.Band = Band{P10: o.Closed.Minor, P50: o.Closed.Minor, P90: o.Closed.Minor, Mean: o.Closed.Minor}
		return o, nil
	}
	lots, missing, err := openLots(ctx, s, f.Query)
	if err != nil {
		return o, err
	}
	o.Missing += missing
	lo := max(0, int(f.Query.From-f.Today)-1)
	b := k.Model.simulate(lots, f.Today, lo, int(f.Query.To-f.Today), wonBy(s, f.Query))
	for _, to := range []*int64{&b.P10, &b.P50, &b.P90, &b.Mean} {
		*to += o.Closed.Minor
	}
	o.Band = b
	return o, nil
}

// asked reports whose business is asked for.
func (q ForecastQuery) asked(s *record.Session) func(value.ID) bool {
	return func(owner value.ID) bool {
		return (q.Person == 0 || q.Person == owner) && (q.Team == 0 || s.Roster().InTeam(owner, q.Team))
	}
}

// owns reports whose business is asked for and may be read.
func owns(s *record.Session, q ForecastQuery) func(value.ID) bool {
	o, asked := s.Schema().MustObject(Deals.Name), q.asked(s)
	known := map[value.ID]bool{}
	return func(owner value.ID) bool {
		in, ok := known[owner]
		if !ok {
			in = asked(owner) && s.Actor().Reaches(o, access.Read, owner)
			known[owner] = in
		}
		return in
	}
}

// wonBy reports which wins are asked for and may be read.
func wonBy(s *record.Session, q ForecastQuery) func(win) bool {
	mine := owns(s, q)
	return func(w win) bool { return (q.Pipeline == 0 || q.Pipeline == w.Pipe) && mine(w.Owner) }
}

// mostLots is how many open deals are drawn one by one; more are drawn together
// by stage.
const mostLots = 5_000

// openLots are the open deals that are asked for, and how many amounts of them
// have no rate.
func openLots(ctx context.Context, s *record.Session, q ForecastQuery) (lots []lot, missing int64, err error) {
	whose := q.ofDeals(s)
	filter := joinAnd(isDue, whose)
	n, more, err := s.Count(ctx, record.Query{Object: Deals.Name, Filter: filter, Count: record.CountCapped})
	if err != nil {
		return nil, 0, err
	}
	if more || n > mostLots {
		return stageLots(ctx, s, filter)
	}
	err = s.Each(ctx, record.Query{Object: Deals.Name, Filter: filter, Fields: []string{"stage", "stage_since", "close_date", "amount", "probability"}}, func(r *record.Record) error {
		l := lot{N: 1}
		l.Stage, _ = record.Get(r, DealStage)
		l.Due, _ = record.Get(r, DealCloseDate)
		if since, ok := record.Get(r, DealStageSince); ok {
			l.Age = ageOf(int(s.Today() - value.DateOf(time.Time(since), s.Env().Zone)))
		}
		if m, ok := record.Get(r, DealAmount); ok {
			base, rated := s.Base(m)
			if l.Base = float64(base); !rated {
				missing++
			}
		}
		if p, ok := record.Get(r, DealChance); ok {
			l.Set = p.InexactFloat64() / 100
		}
		lots = append(lots, l)
		return nil
	})
	return lots, missing, err
}

// stageLots are the open deals by stage and the month in which they should close.
func stageLots(ctx context.Context, s *record.Session, filter string) (lots []lot, missing int64, err error) {
	a, err := s.Aggregate(ctx, record.Aggregate{Object: Deals.Name, Filter: filter, Group: []string{"stage", "close_date:month"}, Measures: []string{"count", "sum:amount", "avg:probability"},
		Limit: 10_000, Unlabeled: true})
	if err != nil {
		return nil, 0, err
	}
	for _, g := range a.Groups {
		l := lot{Age: 1}
		l.Stage, _ = g.Keys[0].(value.ID)
		if day, ok := g.Keys[1].(value.Date); ok {
			l.Due = day.AddDays(15)
		}
		n, _ := g.Values[0].Value.(int64)
		l.N = float64(n)
		missing += g.Values[1].Missing
		if m, ok := g.Values[1].Value.(value.Money); ok {
			l.Base = float64(m.Minor)
		}
		if p, ok := g.Values[2].Value.(decimal.Decimal); ok {
			l.Set = p.InexactFloat64() / 100
		}
		lots = append(lots, l)
	}
	return lots, missing, nil
}

// Backs are the last quarters as their ranges would have been told, for who may
// read all deals.
func Backs(ctx context.Context, s *record.Session) ([]Back, error) {
	o, err := s.Object(Deals.Name)
	if err != nil || !seesAll(s, o) || seesFields(s, o, keptFields...) != nil {
		return nil, err
	}
	k, err := knownRange(ctx, s)
	if err != nil || k == nil {
		return nil, err
	}
	return k.Backs, nil
}
