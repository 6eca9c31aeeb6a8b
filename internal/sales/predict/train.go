package predict

import (
	"context"
	"slices"
)

// Backtest is how a model that knew only the past would have done: trained on
// what had ended by Cut, asked about later moments.
type Backtest struct {
	Cut      int64   `json:"cut"`
	Learnt   int     `json:"learnt"` // things that it learnt from
	Asked    int     `json:"asked"`  // things that it was asked about
	Strength float64 `json:"strength"`
	Model    Score   `json:"model"`
	// Stage is the measured rate of the stage alone, Set the chance that was set
	// for it, Base the same chance for everything.
	Stage Score `json:"stage"`
	Set   Score `json:"set"`
	Base  Score `json:"base"`
	// Hurried back-tests had not enough time behind them to wait for slow deals.
	Hurried bool `json:"hurried,omitempty"`
}

// strengths are tried, the weightiest first: the simpler answer wins a draw.
var strengths = []float64{1000, 300, 100, 30, 10, 3}

// mostTried is how many examples the strength is chosen by.
const mostTried = 40_000

// Train learns from the given examples of a table. The back-test is nil where
// there are too few for one.
func Train(ctx context.Context, t *Table, rows []int32) (*Model, *Backtest, error) {
	x := &trainer{ctx: ctx, t: t, rows: rows}
	x.look()
	back, err := x.backtest()
	if err != nil {
		return nil, nil, err
	}
	strength := 30.0
	if back != nil {
		strength = back.Strength
	}
	m, err := x.fit(x.ripe(rows, x.last), strength)
	return m, back, err
}

type trainer struct {
	ctx  context.Context
	t    *Table
	rows []int32
	ends []int64 // sorted
	last int64   // the last end
	wait int64   // most things end within it from any moment
}

// look learns when things ended, and how long they take.
func (x *trainer) look() {
	var waits []int64
	for _, i := range x.rows {
		x.ends = append(x.ends, x.t.end[i])
		waits = append(waits, x.t.end[i]-x.t.at[i])
	}
	slices.Sort(x.ends)
	slices.Sort(waits)
	if n := len(waits); n > 0 {
		x.last, x.wait = x.ends[n-1], waits[n*9/10]
	}
}

// when is the moment by which a share of the examples had ended.
func (x *trainer) when(share float64) int64 { return x.ends[int(share*float64(len(x.ends)-1))] }

// ripe are the examples that had ended at a moment, without those so late that
// only the quick ones of their time had: these would teach haste.
func (x *trainer) ripe(rows []int32, by int64) []int32 {
	var all, ripe []int32
	for _, i := range rows {
		if x.t.end[i] > by {
			continue
		}
		all = append(all, i)
		if x.t.at[i] <= by-x.wait {
			ripe = append(ripe, i)
		}
	}
	if len(ripe) < len(all)/2 {
		return all
	}
	return ripe
}

// later are examples of moments after one by which others had ended; hurried
// where nobody can wait for the slow ones.
func (x *trainer) later(after, until int64) (rows []int32, hurried bool) {
	for _, i := range x.rows {
		if x.t.at[i] > after && x.t.end[i] <= until && x.t.at[i] <= until-x.wait {
			rows = append(rows, i)
		}
	}
	if len(rows) >= 100 {
		return rows, false
	}
	rows = rows[:0]
	for _, i := range x.rows {
		if x.t.at[i] > after && x.t.end[i] <= until {
			rows = append(rows, i)
		}
	}
	return rows, true
}

// backtest chooses the strength by time and asks about what came later still.
func (x *trainer) backtest() (*Backtest, error) {
	if len(x.rows) < 100 {
		return nil, nil
	}
	b := &Backtest{Cut: x.when(0.6)}
	var err error
	if b.Strength, err = x.choose(b.Cut); err != nil {
		return nil, err
	}
	train := x.ripe(x.rows, b.Cut)
	test, hurried := x.later(b.Cut, x.last)
	if b.Hurried = hurried; len(train) < 50 || len(test) < 50 {
		return nil, nil
	}
	m, err := x.fit(train, b.Strength)
	if err != nil {
		return nil, err
	}
	b.Learnt, _ = x.t.count(train)
	b.Asked, _ = x.t.count(test)
	b.judge(x.t, m, train, test)
	return b, nil
}

// choose tries the strengths on what had ended earlier still.
func (x *trainer) choose(by int64) (float64, error) {
	inner := x.when(0.4)
	train, test := thin(x.ripe(x.rows, inner), mostTried), []int32(nil)
	for _, i := range x.rows {
		if x.t.at[i] > inner && x.t.end[i] <= by {
			test = append(test, i)
		}
	}
	test = thin(test, mostTried)
	best, lowest := 30.0, 0.0
	if len(train) < 50 || len(test) < 50 {
		return best, nil
	}
	c := learnCoder(x.t, train)
	coded, asked := c.encode(x.t, train), c.encode(x.t, test)
	var w []float64
	for _, strength := range strengths {
		var err error
		if w, err = solve(x.ctx, coded, len(c.features), strength, w); err != nil {
			return 0, err
		}
		if loss := Judge(asked.chances(w), asked.won).LogLoss; lowest == 0 || loss < lowest*0.9995 {
			best, lowest = strength, loss
		}
	}
	return best, nil
}

// thin takes every nth.
func thin(rows []int32, most int) []int32 {
	if len(rows) <= most {
		return rows
	}
	out := make([]int32, 0, most)
	for i := range most {
		out = append(out, rows[i*len(rows)/most])
	}
	return out
}

func (x *sparse) chances(w []float64) []float64 {
	out := make([]float64, len(x.won))
	for i := range out {
		out[i] = sigmoid(x.score(i, w))
	}
	return out
}

func (x *trainer) fit(rows []int32, strength float64) (*Model, error) {
	c := learnCoder(x.t, rows)
	w, err := solve(x.ctx, c.encode(x.t, rows), len(c.features), strength, nil)
	if err != nil {
		return nil, err
	}
	m := &Model{Columns: x.t.Columns, Features: c.features, Bias: w[len(w)-1], Strength: strength, Examples: len(rows)}
	for i := range m.Features {
		m.Features[i].Weight = w[i]
	}
	m.Of, m.Won = x.t.count(rows)
	return m, nil
}

// judge asks the model, the rate of the stage, the chance that was set and the
// rate of everything about the same examples.
func (b *Backtest) judge(t *Table, m *Model, train, test []int32) {
	base, rate := rates(len(t.stages.list), func(i int32) uint16 { return t.stage[i] }, t, train)
	asked := m.coder().encode(t, test)
	w := make([]float64, len(m.Features)+1)
	for i, f := range m.Features {
		w[i] = f.Weight
	}
	w[len(w)-1] = m.Bias
	byStage, bySet, byBase := make([]float64, len(test)), make([]float64, len(test)), make([]float64, len(test))
	for n, i := range test {
		byBase[n], byStage[n] = base, rate(t.stage[i])
		if bySet[n] = float64(t.set[i]); bySet[n] < 0 {
			bySet[n] = base
		}
	}
	b.Model, b.Stage = Judge(asked.chances(w), asked.won), Judge(byStage, asked.won)
	b.Set, b.Base = Judge(bySet, asked.won), Judge(byBase, asked.won)
}
