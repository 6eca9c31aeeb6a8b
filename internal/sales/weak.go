package sales

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// Spot is a stage of which something is out of its usual band: how many go on
// from there, or how long deals stay.
type Spot struct {
	Stage    value.ID
	Name     string
	Pipeline value.ID
	// Person is whose deals they are, measured against those of the others; 0 =
	// everybody's, against what was usual there before.
	Person  value.ID
	Measure string // GoesOn or DaysThere
	// Now is the share that goes on, or the median of days; Low and High are the
	// band that is usual.
	Now, Low, High float64
	Deals          int // that left the stage in the time looked at
	Worse          bool
}

// What is measured of a stage.
const (
	GoesOn    = "conversion"
	DaysThere = "days"
)

// How weak spots are told from chance. A band is as wide as so few deals can
// make it, and never narrower than what anybody would care for.
const (
	lately      = 60 * 24 * time.Hour  // what is looked at
	before      = 365 * 24 * time.Hour // what is usual, before that; and a person's time
	leastLately = 20                   // deals that left the stage
	leastBefore = 60
	sigmas      = 3.5
	leastPoints = 0.1 // ten points of conversion
	leastLonger = 1.5 // half as long again
)

// left is one deal's going from a stage. A large company has millions of them.
type left struct {
	age       time.Duration
	days      float64
	person    int32 // in people
	on, known bool
}

// leavers are the goings from the open stages, and whose deals they were.
type leavers struct {
	by     map[value.ID][]left
	people []value.ID
}

// WeakSpots are the stages that are out of their band, in the order of their
// pipelines, over the deals that the actor may read and that fit the filter.
func WeakSpots(ctx context.Context, s *record.Session, filter string) ([]Spot, error) {
	list, _, err := spotsOf(ctx, s, filter)
	return list, err
}

// spotsOf tells also of how many stages enough is known to judge them.
func spotsOf(ctx context.Context, s *record.Session, filter string) (list []Spot, judged int, err error) {
	stages := map[value.ID]*record.Record{}
	if err := s.Each(ctx, record.Query{Object: Stages.Name, Sort: "position"}, func(r *record.Record) error {
		stages[r.ID] = r
		return nil
	}); err != nil {
		return nil, 0, err
	}
	gone, err := leavings(ctx, s, filter, stages)
	if err != nil {
		return nil, 0, err
	}
	for id, all := range gone.by {
		st := stages[id]
		base := Spot{Stage: id, Name: st.Title()}
		base.Pipeline, _ = record.Get(st, StagePipeline)
		if is, was, _ := beforeAndNow(all); enough(is, was) {
			judged++
		}
		list = append(list, againstBefore(base, all)...)
		list = append(list, againstOthers(base, all, gone.people)...)
	}
	position := func(x Spot) int64 { n, _ := record.Get(stages[x.Stage], StagePosition); return n }
	slices.SortFunc(list, func(a, b Spot) int {
		return cmp.Or(cmp.Compare(a.Pipeline, b.Pipeline), cmp.Compare(position(a), position(b)), cmp.Compare(a.Stage, b.Stage),
			cmp.Compare(a.Person, b.Person), cmp.Compare(a.Measure, b.Measure))
	})
	return list, judged, nil
}

// leavings are the goings from open stages. Going back is none: the deal will
// leave again.
func leavings(ctx context.Context, s *record.Session, filter string, stages map[value.ID]*record.Record) (*leavers, error) {
	from := value.DateOf(s.Now().Add(-lately-before-before/2), s.Env().Zone)
	gone, number := &leavers{by: map[value.ID][]left{}}, map[value.ID]int32{}
	err := s.Leavings(ctx, record.StayQuery{Object: Deals.Name, Field: DealStage.Name(), By: "owner", Filter: filter, From: from}, func(x record.Leaving) {
		was, is, age := stages[x.From], stages[x.To], s.Now().Sub(x.At)
		if was == nil || is == nil || age >= lately+before {
			return
		}
		kind, _ := record.Get(was, StageKind)
		next, _ := record.Get(is, StageKind)
		a, _ := record.Get(was, StagePosition)
		b, _ := record.Get(is, StagePosition)
		if kind != Open || next == Open && b <= a {
			return
		}
		person, ok := number[x.By]
		if !ok {
			person = int32(len(gone.people))
			number[x.By], gone.people = person, append(gone.people, x.By)
		}
		gone.by[x.From] = append(gone.by[x.From], left{age: age, person: person, on: next != Lost, days: x.Stayed.Hours() / 24, known: x.Known})
	})
	return gone, err
}

// beforeAndNow parts those that left lately from those of the year before, past.
func beforeAndNow(all []left) (is, was crowd, past []left) {
	for _, x := range all {
		if x.age < lately {
			is.add(x)
			continue
		}
		was.add(x)
		past = append(past, x)
	}
	return is, was, past
}

func enough(is, was crowd) bool { return is.n >= leastLately && was.n >= leastBefore }

// againstBefore compares the last weeks of a stage with its year before.
func againstBefore(base Spot, all []left) (list []Spot) {
	is, was, past := beforeAndNow(all)
	if !enough(is, was) {
		return nil
	}
	is.sort()
	was.sort()
	if x, out := shares(base, is, was, drift(past)); out {
		list = append(list, x)
	}
	if x, out := stays(base, ranked{all: is.days}, ranked{all: was.days}); out {
		list = append(list, x)
	}
	return list
}

// againstOthers compares each person's year with that of the others. Only what
// is worse is told: beside somebody weak everybody else looks strong.
func againstOthers(base Spot, all []left, people []value.ID) (list []Spot) {
	var everybody crowd
	each := make([]crowd, len(people))
	for _, x := range all {
		if x.age < before {
			everybody.add(x)
			each[x.person].add(x)
		}
	}
	everybody.sort()
	for i, his := range each {
		others := crowd{n: everybody.n - his.n, on: everybody.on - his.on}
		if people[i] == 0 || his.n < leastLately || others.n < leastBefore {
			continue
		}
		base.Person = people[i]
		if x, out := shares(base, his, others, 0); out && x.Worse {
			list = append(list, x)
		}
		his.sort()
		if x, out := stays(base, ranked{all: his.days}, ranked{all: everybody.days, but: his.days}); out && x.Worse {
			list = append(list, x)
		}
	}
	return list
}

// crowd is how many left, how many of them went on, and the days that those
// stayed of whom that is known.
type crowd struct {
	n, on int
	days  []float64
}

func (c *crowd) add(x left) {
	c.n++
	if x.on {
		c.on++
	}
	if x.known {
		c.days = append(c.days, x.days)
	}
}

func (c *crowd) sort() { slices.Sort(c.days) }

// shares compares how many go on. wide is the least half-width of the band.
func shares(x Spot, is, was crowd, wide float64) (Spot, bool) {
	n, m := float64(is.n), float64(was.n)
	usual := float64(was.on) / m
	pooled := (float64(is.on)/n*n + usual*m) / (n + m)
	wide = max(wide, leastPoints, sigmas*math.Sqrt(pooled*(1-pooled)*(1/n+1/m)))
	x.Measure, x.Deals, x.Now, x.Low, x.High = GoesOn, is.n, float64(is.on)/n, max(usual-wide, 0), min(usual+wide, 1)
	x.Worse = x.Now < x.Low
	return x, x.Worse || x.Now > x.High
}

// drift is how far the share moves by itself from one stretch to the next: three
// times the median distance from the median, as one odd stretch should not count.
func drift(was []left) float64 {
	on, all := map[int]float64{}, map[int]float64{}
	for _, x := range was {
		i := int(x.age / lately)
		all[i]++
		if x.on {
			on[i]++
		}
	}
	var rates []float64
	for i, n := range all {
		if n >= leastLately/2 {
			rates = append(rates, on[i]/n)
		}
	}
	if len(rates) < 4 {
		return 0
	}
	slices.Sort(rates)
	_, mad := ranked{all: rates}.middle()
	return 3 * mad
}

// stays compares how long deals were there, by medians: a few that nobody closes
// make a mean of anything.
func stays(x Spot, a, b ranked) (Spot, bool) {
	if a.len() < leastLately || b.len() < leastBefore {
		return x, false
	}
	now, _ := a.middle()
	usual, mad := b.middle()
	// 1.2533 is by how much a median is less certain than a mean.
	wide := sigmas * 1.2533 * max(mad, usual) * math.Sqrt(1/float64(a.len())+1/float64(b.len()))
	x.Measure, x.Deals, x.Now = DaysThere, a.len(), now
	x.Low, x.High = max(min(usual-wide, usual/leastLonger), 0), max(usual+wide, usual*leastLonger)
	x.Worse = x.Now > x.High
	return x, x.Worse || x.Now < x.Low
}

// WeakSpotsReport is the name of the report of weak spots.
const WeakSpotsReport = "weak-spots"

// weakSpots is the report: a line for each, leading to the deals that stand there
// now.
func weakSpots() report.Spec {
	return report.Spec{Name: WeakSpotsReport, Title: "Weak spots", Object: Deals.Name, Run: weakTable,
		Help:    "Stages of which the last 60 days are out of what was usual in the year before, and people whose year is worse than that of the others. Where fewer than 20 deals left a stage, nothing is said.",
		Columns: weakColumns}
}

var weakColumns = []report.Column{{Name: "weak_open", Title: "Stand there now"}, {Name: "weak_now", Title: "Lately", Plain: true}, {Name: "weak_low", Title: "Usual from", Plain: true},
	{Name: "weak_high", Title: "Usual to", Plain: true}, {Name: "weak_deals", Title: "Deals that left", Plain: true}}

func weakTable(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	spots, judged, err := spotsOf(ctx, s, p.Filter)
	if err != nil {
		return nil, err
	}
	t := &report.Table{Object: Deals.Name, Groups: []string{"stage.name", "owner", "measure"}, Columns: weakColumns, Rows: []report.Row{}}
	language := i18n.FormatFor(s.Who().Locale).Language()
	t.Heads = []string{"", "", i18n.Text(language, "web.goals.measure", nil)}
	if t.None = i18n.Text(language, "sales.weak_none", nil); judged == 0 {
		t.None = i18n.Text(language, "sales.weak_few", nil)
	}
	for _, x := range spots {
		filter := DealStage.Name() + ` = "` + x.Stage.String() + `"`
		who, person := i18n.Text(language, "sales.weak_all", nil), any(nil)
		if x.Person != 0 {
			person = x.Person
			filter += ` and owner = "` + x.Person.String() + `"`
			who = s.Roster().Name(x.Person)
		}
		filter = report.Both(filter, p.Filter)
		open, _, err := s.Count(ctx, record.Query{Object: Deals.Name, Filter: filter, Count: record.CountExact})
		if err != nil {
			return nil, err
		}
		measure := i18n.Text(language, "sales.weak."+x.word(), nil)
		number := func(n float64) record.Measure { return record.Measure{Value: x.figure(n)} }
		t.Rows = append(t.Rows, report.Row{Keys: []any{x.Stage, person, measure}, Labels: []string{x.Name, who, measure}, Filter: filter,
			Values: []record.Measure{{Value: open}, number(x.Now), number(x.Low), number(x.High), {Value: int64(x.Deals)}}})
	}
	order, err := s.States(ctx, s.Schema().MustObject(Stages.Name))
	slices.SortStableFunc(t.Rows, func(a, b report.Row) int { return cmp.Compare(order.Place(a.Keys[0]), order.Place(b.Keys[0])) })
	return t, err
}

// figure is a number of the spot as it is told: in percent, or in days.
func (x Spot) figure(n float64) decimal.Decimal {
	if x.Measure == GoesOn {
		n *= 100
	}
	return decimal.NewFromFloat(n).Round(1)
}

// word says how the measure is out of its band.
func (x Spot) word() string {
	switch {
	case x.Measure == GoesOn && x.Worse:
		return "fewer"
	case x.Measure == GoesOn:
		return "more"
	case x.Worse:
		return "slower"
	}
	return "faster"
}
