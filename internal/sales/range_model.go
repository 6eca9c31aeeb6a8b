package sales

import (
	"math"
	"math/rand/v2"
	"slices"

	"wellmet/internal/value"
)

// horizons are the days within which deals are watched being won.
var horizons = []int{7, 15, 30, 45, 60, 75, 92, 120, 183, 275, 366}

const (
	// watchEvery is how many days lie between two looks at the past, and mostLooks
	// how many there are.
	watchEvery = 30
	mostLooks  = 36
	// FewClosed and FewMonths are what it takes of history for a range that is
	// not widened.
	FewClosed = 30
	FewMonths = 6
	// mostWins is how many wins are kept one by one; of more a sample is.
	mostWins = 20_000
)

// spot is what open deals are likened by: the stage, how long they are in it,
// and whether their close date comes within the horizon.
type spot struct {
	Stage value.ID `json:"s"`
	Age   int      `json:"a"`
	Due   bool     `json:"d"`
}

// ages are the days in a stage after which a deal is of the next bucket.
var ages = []int{14, 45}

func ageOf(days int) int {
	for i, d := range ages {
		if days <= d {
			return i
		}
	}
	return len(ages)
}

// seen counts deals that stood on a spot, and how many were won in time.
type seen struct {
	N float64 `json:"n"`
	W float64 `json:"w"`
}

func (x seen) add(o seen) seen { return seen{x.N + o.N, x.W + o.W} }

// spotSeen is what was seen of a spot for a horizon.
type spotSeen struct {
	H  int  `json:"h"`
	At spot `json:"at"`
	Of seen `json:"of"`
}

// win is one that was won: whose, in which pipeline, when it began and ended, and
// what it came to.
type win struct {
	Owner value.ID   `json:"o"`
	Pipe  value.ID   `json:"p"`
	Began value.Date `json:"b"`
	Won   value.Date `json:"w"`
	Base  int64      `json:"m"`
}

// rangeModel is what the company's history lets be expected.
type rangeModel struct {
	Form   int        `json:"form"`   // modelForm, or what an older program kept
	On     value.Date `json:"on"`     // known until the end of this day
	First  value.Date `json:"first"`  // since when there is history
	Closed int        `json:"closed"` // deals that it was learned from
	Spots  []spotSeen `json:"spots"`
	Wins   []win      `json:"wins"`

	by map[int]map[spot]seen
}

// modelForm is what is kept of wins: from 2 on their pipelines, too.
const modelForm = 2

// What stands for all ages of a stage, with the due ones apart and together, and
// for all stages.
const (
	anyAge = -1 - iota
	anyAgeOrDue
	anyStage
)

// index adds up what was seen, from the single spot to all of them.
func (m *rangeModel) index() {
	m.by = map[int]map[spot]seen{}
	for _, x := range m.Spots {
		if m.by[x.H] == nil {
			m.by[x.H] = map[spot]seen{}
		}
		for _, at := range x.At.wider() {
			m.by[x.H][at] = m.by[x.H][at].add(x.Of)
		}
	}
}

// wider are the spot and those that it is part of, the widest first.
func (at spot) wider() []spot {
	return []spot{{Age: anyStage}, {Stage: at.Stage, Age: anyAgeOrDue}, {Stage: at.Stage, Age: anyAge, Due: at.Due}, at}
}

// months is how far back the history goes.
func (m *rangeModel) months() int {
	if m.First == 0 {
		return 0
	}
	return int(m.On-m.First) / 30
}

// few reports whether there is too little history to be sure of a range.
func (m *rangeModel) few() bool { return m.Closed < FewClosed || m.months() < FewMonths }

// belief is how sure a neighbouring rate counts beside what was seen on a spot
// itself, in deals.
const belief = 8

// rate is the share of deals on a spot that are won within a number of days, and
// of how many deals that is known. set is what somebody set for the stage, which
// counts for little.
func (m *rangeModel) rate(at spot, days int, set float64) (p, n float64) {
	if days <= 0 {
		return 0, 1e6
	}
	low, high := 0, len(horizons)-1
	for low < high && horizons[low] < days {
		low++
	}
	p, n = m.rateAt(at, horizons[low], set)
	switch {
	case horizons[low] == days || days > horizons[high]:
		return p, n
	case low == 0:
		return p * float64(days) / float64(horizons[0]), n
	}
	before, _ := m.rateAt(at, horizons[low-1], set)
	part := float64(days-horizons[low-1]) / float64(horizons[low]-horizons[low-1])
	return before + (p-before)*part, n
}

func (m *rangeModel) rateAt(at spot, h int, set float64) (p, n float64) {
	have := m.by[h]
	p = set
	if !at.Due {
		p = set * 0.3
	}
	for _, x := range at.wider() {
		p = (have[x].W + belief*p) / (have[x].N + belief)
	}
	overlap := math.Max(1, float64(h)/watchEvery) // the same deal is looked at several times
	return p, have[spot{Stage: at.Stage, Age: anyAgeOrDue}].N/overlap + 2
}

// lot is open deals on one spot: mostly one.
type lot struct {
	Stage value.ID
	Age   int
	Due   value.Date // 0 = no close date
	N     float64
	Base  float64
	Set   float64 // the probability that was set, 0 to 1
}

// Band is how much a period brings: in 1 of 10, half and 9 of 10 cases no more.
type Band struct {
	P10, P50, P90 int64
	Mean          int64
	// Open is what of the mean comes from open deals, New from business that is
	// not there yet.
	Open, New int64
}

// simulate draws many ways in which a period can go on from a day: how much is
// won from the day after lo to hi, by deals that are open and such as do not
// exist yet. The same question has the same answer.
func (m *rangeModel) simulate(lots []lot, on value.Date, lo, hi int, asked func(win) bool) Band {
	random := rand.New(rand.NewPCG(uint64(on), uint64(lo)<<32|uint64(hi)))
	chances := m.chances(lots, on, lo, hi)
	fresh := m.fresh(lo, hi, asked)
	draws := min(2000, max(300, 4_000_000/max(1, len(lots))))
	sums := make([]float64, draws)
	var open, fresher float64
	shift := map[spot]float64{}
	for i := range sums {
		clear(shift)
		won := 0.0
		for j, l := range lots {
			c := chances[j]
			z, ok := shift[c.at]
			if !ok {
				z = random.NormFloat64()
				shift[c.at] = z
			}
			won += l.draw(random, min(1, max(0, c.p+z*c.doubt)))
		}
		born := 0.0
		if len(fresh) > 0 {
			born = fresh[random.IntN(len(fresh))] * max(0, 1+random.NormFloat64()*0.25)
		}
		open, fresher = open+won, fresher+born
		sums[i] = won + born
	}
	slices.Sort(sums)
	at := func(q float64) float64 { return sums[min(draws-1, int(q*float64(draws)))] }
	b := Band{Open: int64(open / float64(draws)), New: int64(fresher / float64(draws))}
	b.Mean = b.Open + b.New
	b.P10, b.P50, b.P90 = int64(at(0.1)), int64(at(0.5)), int64(at(0.9))
	if wide := m.wider(); wide > 1 {
		b.P10 = max(0, b.P50-int64(float64(b.P50-b.P10)*wide))
		b.P90 = b.P50 + int64(float64(b.P90-b.P50)*wide)
	}
	return b
}

// wider is by how much a range is widened for want of history.
func (m *rangeModel) wider() float64 {
	short := max(0, 1-float64(m.Closed)/FewClosed, 1-float64(m.months())/FewMonths)
	return 1 + short
}

// draw is what one drawing lets a lot come to.
func (l lot) draw(random *rand.Rand, p float64) float64 {
	if l.N <= 1 {
		if random.Float64() < p {
			return l.Base
		}
		return 0
	}
	won := l.N*p + random.NormFloat64()*math.Sqrt(l.N*p*(1-p))
	return l.Base * min(1, max(0, won/l.N))
}

// chance is that of a lot to be won in time, and how far it is doubted.
type chance struct {
	at       spot
	p, doubt float64
}

func (m *rangeModel) chances(lots []lot, on value.Date, lo, hi int) []chance {
	list := make([]chance, len(lots))
	for i, l := range lots {
		due := func(days int) bool { return l.Due != 0 && l.Due <= on.AddDays(days) }
		at := spot{l.Stage, l.Age, due(hi)}
		p, n := m.rate(at, hi, l.Set)
		if lo > 0 {
			before, _ := m.rate(spot{l.Stage, l.Age, due(lo)}, lo, l.Set)
			p = max(0, p-before)
		}
		list[i] = chance{at, p, math.Sqrt(p * (1 - p) / n)}
	}
	return list
}

// fresh is, for each look at the past, what was won from lo to hi days later by
// deals that did not exist then.
func (m *rangeModel) fresh(lo, hi int, asked func(win) bool) []float64 {
	var sums []float64
	for look := m.On.AddDays(-hi); look >= m.First.AddDays(watchEvery) && len(sums) < mostLooks; look = look.AddDays(-watchEvery) {
		sum := 0.0
		for _, w := range m.Wins {
			if w.Began > look && w.Won > look.AddDays(lo) && w.Won <= look.AddDays(hi) && (asked == nil || asked(w)) {
				sum += float64(w.Base)
			}
		}
		sums = append(sums, sum)
	}
	if len(sums) > 24 { // what was long ago tells little
		sums = sums[:24]
	}
	return sums
}
