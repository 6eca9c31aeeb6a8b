package sales

import (
	"context"
	"errors"
	"slices"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales/predict"
	"wellmet/internal/value"
)

// mostDeals is how many closed deals are learnt from, the latest ones, and
// mostExamples how many examples they make at most.
const (
	mostDeals    = 100_000
	mostExamples = 200_000
	// tooGood is how well a field may tell the end by itself. One that does
	// better was filled in when the end was known.
	tooGood = 0.93
)

// dealLearner reads the closed deals of a workspace and learns from them.
type dealLearner struct {
	past   *pastReader
	table  *predict.Table
	of     map[value.ID]*Learnt // by pipeline; 0 is all
	stages map[value.ID]map[value.ID]*StageRate
	pipe   []value.ID // of each example
	keep   float64    // the share of moments that become examples
	out    *Predictions
}

// LearnPredictions learns from the deals that have ended, as everybody's system
// and without writing anything, a portion of them in a snapshot each. Where the
// schema changes meanwhile it begins anew.
func LearnPredictions(ctx context.Context, read Reading) (p *Predictions, err error) {
	for range 3 {
		if p, err = learnPredictions(ctx, read); !errors.Is(err, errReshaped) {
			break
		}
	}
	return p, err
}

func learnPredictions(ctx context.Context, read Reading) (*Predictions, error) {
	l := &dealLearner{of: map[value.ID]*Learnt{0: {}}, stages: map[value.ID]map[value.ID]*StageRate{}}
	err := read(ctx, func(s *record.Session) (err error) {
		if l.past, err = newPastReader(ctx, s); err == nil {
			l.past.results, err = readResults(ctx, s)
		}
		l.out = &Predictions{Trained: s.Now(), Seen: looksAt(s.Schema()).marks()}
		return err
	})
	if err != nil {
		return nil, err
	}
	results := l.past.results
	results.sort()
	l.table = predict.NewTable(l.past.look.columns)
	ended := len(results.all)
	l.out.Closed = ended
	if ended > 0 {
		l.out.Latest = time.UnixMilli(results.all[ended-1].at).UTC()
	}
	l.keep = min(1, float64(mostExamples)/float64(max(1, 6*min(ended, mostDeals))))
	if err := l.readAll(ctx, read); err != nil {
		return nil, err
	}
	l.past.accounts, l.past.results = nil, nil
	return l.out, l.learn(ctx)
}

// readAll makes examples of the latest deals, a portion at a time.
func (l *dealLearner) readAll(ctx context.Context, read Reading) error {
	before := value.ID(1<<63 - 1)
	for n, more := 0, true; more && n < mostDeals; {
		err := l.past.portion(ctx, read, func() error {
			ids, err := closedDeals(ctx, l.past.s, before, 500)
			if more = len(ids) > 0; err != nil || !more {
				return err
			}
			list, err := l.past.read(ctx, ids)
			if err != nil {
				return err
			}
			before, n = ids[len(ids)-1], n+len(ids)
			for _, d := range list {
				l.take(d)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// take makes examples of one deal.
func (l *dealLearner) take(d *dealPast) {
	if !d.ended() {
		return
	}
	won := d.status == Won
	for _, pipeline := range []value.ID{d.pipeline, 0} {
		x := l.of[pipeline]
		if x == nil {
			x = &Learnt{Pipeline: pipeline}
			l.of[pipeline] = x
		}
		x.Closed++
		if won {
			x.Won++
		}
	}
	l.countStages(d, won)
	for n, at := range d.moments(l.past.s.Env().Zone) {
		if uint64(d.id+value.ID(n+1))*0x9E3779B97F4A7C15>>11 > uint64(l.keep*(1<<53)) {
			continue
		}
		row, stage := l.past.row(d, at)
		set := -1.0
		if st := l.past.book.byID[stage]; st.hasChance {
			set = st.chance.InexactFloat64() / 100
		}
		l.table.Add(predict.Example{Row: row, Of: int64(d.id), Stage: stage.String(), Set: set, At: at, End: d.closed, Won: won})
		l.pipe = append(l.pipe, d.pipeline)
	}
}

func (l *dealLearner) countStages(d *dealPast, won bool) {
	if d.brought {
		return
	}
	seen := map[value.ID]bool{}
	for _, x := range d.spans {
		if !x.open || seen[x.stage] {
			continue
		}
		seen[x.stage] = true
		if l.stages[d.pipeline] == nil {
			l.stages[d.pipeline] = map[value.ID]*StageRate{}
		}
		r := l.stages[d.pipeline][x.stage]
		if r == nil {
			r = &StageRate{Stage: x.stage}
			l.stages[d.pipeline][x.stage] = r
		}
		if r.Deals++; won {
			r.Won++
		}
	}
}

// learn makes a model for each pipeline with enough deals, and one of all.
func (l *dealLearner) learn(ctx context.Context) error {
	all := l.table.Where(func(int) bool { return true })
	l.leaveOut(all)
	var pipelines []value.ID
	for id, x := range l.of {
		if id != 0 && x.Enough() {
			pipelines = append(pipelines, id)
		}
		for _, r := range l.stages[id] {
			x.Stages = append(x.Stages, *r)
		}
		slices.SortFunc(x.Stages, func(a, b StageRate) int { return int(l.past.place(a.Stage) - l.past.place(b.Stage)) })
	}
	slices.Sort(pipelines)
	l.out.Of = l.of
	for _, id := range pipelines {
		if err := l.train(ctx, l.of[id], l.table.Where(func(i int) bool { return l.pipe[i] == id })); err != nil {
			return err
		}
	}
	if whole := l.of[0]; whole.Enough() {
		if len(pipelines) == 1 && l.of[pipelines[0]].Closed == whole.Closed { // the same deals
			one := l.of[pipelines[0]]
			whole.Model, whole.Back = one.Model, one.Back
			return nil
		}
		return l.train(ctx, whole, all)
	}
	return nil
}

func (l *dealLearner) train(ctx context.Context, x *Learnt, rows []int32) (err error) {
	x.Model, x.Back, err = predict.Train(ctx, l.table, rows)
	return err
}

// leaveOut drops fields that by themselves tell how deals end: whoever fills
// them in knows it already.
func (l *dealLearner) leaveOut(rows []int32) {
	for _, t := range slices.Concat(l.past.look.deal, l.past.look.account) {
		if l.table.Alone(l.past.look.place[t.key], rows) > tooGood {
			l.table.Drop(l.past.look.place[t.key])
			l.out.Left = append(l.out.Left, t.key)
		}
	}
}
