package sales

import (
	"cmp"
	"context"
	"slices"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// pastDeal is how one deal went, as its spans tell.
type pastDeal struct {
	owner, pipeline value.ID
	spans           []pastSpan
}

type pastSpan struct {
	from, to int64
	stage    value.ID
	status   string
	due      value.Date
	base     int64
	chance   float64
	brought  bool // by an import
}

// at is the span of a moment.
func (d *pastDeal) at(ms int64) (pastSpan, bool) {
	i := slices.IndexFunc(d.spans, func(x pastSpan) bool { return x.from <= ms && ms < x.to })
	if i < 0 {
		return pastSpan{}, false
	}
	return d.spans[i], true
}

// entered is since when the deal was in the stage that it was in at a moment.
func (d *pastDeal) entered(ms int64) int64 {
	since, stage := int64(0), value.ID(0)
	for _, x := range d.spans {
		if x.from > ms {
			break
		}
		if x.stage != stage {
			since, stage = x.from, x.stage
		}
	}
	return since
}

// won is the span in which the deal came to be won, as of a moment.
func (d *pastDeal) won(until int64) (pastSpan, bool) {
	var found pastSpan
	for i, x := range d.spans {
		if x.from > until {
			break
		}
		switch {
		case x.status != Won:
			found = pastSpan{}
		case found.status == "" || i == 0:
			found = x
		}
	}
	return found, found.status == Won
}

// eachPast reads the spans of all deals, deal by deal.
func eachPast(ctx context.Context, s *record.Session, fn func(*pastDeal)) error {
	rows, err := s.Tx().Query(ctx, `SELECT sp.record, d.owner_id, sp.from_ms, sp.to_ms, sp.stage_id, sp.status, sp.close_date, sp.amount_b, sp.probability, a.door, d.pipeline_id
		FROM {span_deal} sp JOIN {deal} d ON d.id = sp.record AND d.deleted_at IS NULL LEFT JOIN {act} a ON a.id = sp.act
		ORDER BY sp.record, sp.from_ms`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var id value.ID
	d := &pastDeal{}
	for rows.Next() {
		record, _ := rows.ID(0)
		if record != id {
			if id != 0 {
				fn(d)
			}
			id, d.spans = record, d.spans[:0]
			d.owner, _ = rows.ID(1)
			d.pipeline, _ = rows.ID(10)
		}
		x := pastSpan{}
		x.from, _ = rows.Int(2)
		x.to, _ = rows.Int(3)
		x.stage, _ = rows.ID(4)
		status, _ := rows.Text(5)
		x.status = map[string]string{Open: Open, Won: Won, Lost: Lost}[status]
		x.due, _ = rows.Date(6)
		x.base, _ = rows.Int(7)
		chance, _ := rows.Int(8)
		x.chance = float64(chance) / 1e4
		door, _ := rows.Text(9)
		x.brought = door == "import"
		d.spans = append(d.spans, x)
	}
	if id != 0 {
		fn(d)
	}
	return rows.Err()
}

// learner watches deals go by and keeps what was seen, look by look, so that it
// can say what was known on any day.
type learner struct {
	zone  *time.Location
	on    value.Date
	first value.Date
	looks []value.Date
	saw   map[value.Date]map[int]map[spot]seen
	ends  []value.Date // on which deals were closed
	wins  []win
	casts []*cast
}

// cast is a period of the past, forecast as on the eve of it.
type cast struct {
	from, to value.Date
	lots     []lot
	actual   int64
}

func newLearner(zone *time.Location, on value.Date, periods []value.Period) *learner {
	l := &learner{zone: zone, on: on, saw: map[value.Date]map[int]map[spot]seen{}}
	for i := 1; i <= mostLooks; i++ {
		day := on.AddDays(-i * watchEvery)
		l.looks = append(l.looks, day)
		l.saw[day] = map[int]map[spot]seen{}
	}
	for _, p := range periods {
		l.casts = append(l.casts, &cast{from: p.First(), to: p.Last()})
	}
	return l
}

// end is the last moment of a day.
func (l *learner) end(d value.Date) int64 { return d.AddDays(1).Time(l.zone).UnixMilli() - 1 }

func (l *learner) day(ms int64) value.Date { return value.DateOf(time.UnixMilli(ms), l.zone) }

func (l *learner) see(d *pastDeal) {
	last := l.end(l.on)
	began := l.day(d.spans[0].from)
	if l.first == 0 || began < l.first {
		l.first = began
	}
	won, isWon := d.won(last)
	wonOn := value.Date(0)
	if isWon {
		if wonOn = l.day(won.from); won.due != 0 && (won.brought || won.due < wonOn) {
			wonOn = won.due
		}
		if !won.brought || len(d.spans) > 1 {
			l.wins = append(l.wins, win{d.owner, d.pipeline, began, wonOn, won.base})
		}
	}
	if x := d.spans[len(d.spans)-1]; x.status != Open && x.status != "" && !d.spans[0].brought {
		l.ends = append(l.ends, l.day(x.from))
	}
	for _, look := range l.looks {
		l.look(d, look, wonOn)
	}
	for _, c := range l.casts {
		if isWon && wonOn >= c.from && wonOn <= c.to {
			c.actual += won.base
		}
		if x, ok := l.lotAt(d, c.from.AddDays(-1)); ok {
			c.lots = append(c.lots, x)
		}
	}
}

// look sees one deal on one day, and what became of it in time.
func (l *learner) look(d *pastDeal, look, wonOn value.Date) {
	x, ok := l.lotAt(d, look)
	if !ok {
		return
	}
	for _, h := range horizons {
		until := look.AddDays(h)
		if until > l.on {
			break
		}
		if l.saw[look][h] == nil {
			l.saw[look][h] = map[spot]seen{}
		}
		at, one := spot{x.Stage, x.Age, x.Due != 0 && x.Due <= until}, seen{N: 1}
		if wonOn != 0 && wonOn > look && wonOn <= until {
			one.W = 1
		}
		l.saw[look][h][at] = l.saw[look][h][at].add(one)
	}
}

// lotAt is an open deal as it stood at the end of a day.
func (l *learner) lotAt(d *pastDeal, on value.Date) (lot, bool) {
	ms := l.end(on)
	x, ok := d.at(ms)
	if !ok || x.status != Open || x.stage == 0 {
		return lot{}, false
	}
	return lot{Stage: x.stage, Age: ageOf(int(on - l.day(d.entered(ms)))), Due: x.due, N: 1, Base: float64(x.base), Set: x.chance}, true
}

// model is what was known at the end of a day.
func (l *learner) model(on value.Date) *rangeModel {
	m := &rangeModel{Form: modelForm, On: on, First: min(l.first, on)}
	all := map[spotKey]seen{}
	for look, hs := range l.saw {
		for h, spots := range hs {
			if look.AddDays(h) > on {
				continue
			}
			for at, of := range spots {
				all[spotKey{h, at}] = all[spotKey{h, at}].add(of)
			}
		}
	}
	for key, of := range all {
		m.Spots = append(m.Spots, spotSeen{key.h, key.at, of})
	}
	slices.SortFunc(m.Spots, func(a, b spotSeen) int {
		return cmp.Or(cmp.Compare(a.H, b.H), cmp.Compare(a.At.Stage, b.At.Stage), cmp.Compare(a.At.Age, b.At.Age), cmp.Compare(a.Of.N, b.Of.N))
	})
	for _, day := range l.ends {
		if day <= on {
			m.Closed++
		}
	}
	for _, w := range l.wins {
		if w.Won <= on {
			m.Wins = append(m.Wins, w)
		}
	}
	slices.SortFunc(m.Wins, func(a, b win) int {
		return cmp.Or(cmp.Compare(b.Won, a.Won), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Base, b.Base))
	})
	m.Wins = sampled(m.Wins)
	m.index()
	return m
}

// sampled keeps every so many-th of more wins than are kept, and lets it stand for
// those it was drawn from. The latest alone would be those of a month in a large
// company, and say that nothing was won before.
func sampled(all []win) []win {
	step := (len(all) + mostWins - 1) / mostWins
	if step <= 1 {
		return all
	}
	var list []win
	for i := step / 2; i < len(all); i += step {
		w := all[i]
		w.Base *= int64(step)
		list = append(list, w)
	}
	return list
}

type spotKey struct {
	h  int
	at spot
}

// Back is a period of the past: the range as it would have been told on its eve,
// and what came.
type Back struct {
	From   value.Date `json:"from"`
	To     value.Date `json:"to"`
	Band   Band       `json:"band"`
	Actual int64      `json:"actual"`
	Few    bool       `json:"few"`
}

// Hit reports whether what came lay within the range.
func (b Back) Hit() bool { return b.Actual >= b.Band.P10 && b.Actual <= b.Band.P90 }

// backs are the periods of the past as they would have been told.
func (l *learner) backs() (list []Back) {
	for _, c := range l.casts {
		eve := c.from.AddDays(-1)
		m := l.model(eve)
		if m.months() < 3 || len(c.lots) == 0 {
			continue
		}
		list = append(list, Back{From: c.from, To: c.to, Band: m.simulate(c.lots, eve, 0, int(c.to-eve), nil), Actual: c.actual, Few: m.few()})
	}
	return list
}
