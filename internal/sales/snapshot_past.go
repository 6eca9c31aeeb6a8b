package sales

import (
	"context"
	"slices"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Many days are not read one after another: spans are read once, in portions, and
// each says on which of the days it begins and ceases to count. From the last day
// back these steps add up to what the forecast was.

const (
	// singly is for up to how many days the database adds up each: it does that in
	// half the time in which the program reads all spans.
	singly = 2
	// spansAtOnce is how many spans one transaction reads.
	spansAtOnce = 20_000
	// stepsAtOnce bounds the memory: with more steps than that the older half of the
	// days waits for another reading.
	stepsAtOnce = 400_000
)

// Snapshots makes up the snapshots of days that have ended.
type Snapshots struct {
	yesterday value.Date
	days      []snapWindow // ascending
	steps     []map[snapFigure]snapSum
	count     int // of all steps
	most      int // of them
	atOnce    int // spans
	months    map[value.Date][2]int
	words     map[string]string
	record    value.ID // the last span read
	from      int64
	running   map[snapFigure]snapSum
	ready     []*Snapshot
}

// TakeSnapshots begins to read what the forecast was on the days that have ended
// since the last one that is kept; nil means that there is none. Of the past before
// the first night it takes the days by which forecasts are judged; of few, the latest
// alone. Read goes on with it.
func TakeSnapshots(ctx context.Context, s *record.Session, few bool) (*Snapshots, error) {
	x := &Snapshots{yesterday: s.Today().AddDays(-1), most: stepsAtOnce, atOnce: spansAtOnce, running: map[snapFigure]snapSum{}, months: map[value.Date][2]int{}, words: map[string]string{}}
	days, err := missedDays(ctx, s, x.yesterday)
	if err != nil || len(days) == 0 {
		return nil, err
	}
	if few {
		days = days[:min(len(days), singly)]
	}
	if len(days) > singly {
		slices.Reverse(days)
		for _, day := range days {
			x.days = append(x.days, windowOf(s, day))
			x.steps = append(x.steps, map[snapFigure]snapSum{})
		}
		return x, nil
	}
	for _, day := range days {
		one, err := takeSnapshot(ctx, s, day)
		if err != nil {
			return nil, err
		}
		x.ready = append(x.ready, one)
	}
	return x, nil
}

// Read reads the next spans; more says that there are others, so that each portion
// can be a transaction of its own and nobody's is long.
func (x *Snapshots) Read(ctx context.Context, s *record.Session) (more bool, err error) {
	if len(x.days) == 0 {
		return false, nil
	}
	last := x.days[len(x.days)-1]
	rows, err := s.Tx().Query(ctx, `SELECT record, from_ms, to_ms, owner_id, close_date, status, forecast, amount_c, amount, amount_b, probability
		FROM {span_deal} WHERE (record, from_ms) > ($1, $2) ORDER BY record, from_ms LIMIT $3`, x.record, x.from, x.atOnce)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		x.record, _ = rows.ID(0)
		x.from, _ = rows.Int(1)
		to, _ := rows.Int(2)
		close, dated := rows.Date(4)
		if !dated || x.from > last.at || to <= x.days[0].at || close < x.days[0].from || close > last.to {
			continue
		}
		status, _ := rows.Text(5)
		if status != Open && status != Won {
			continue
		}
		x.span(x.from, to, close, status == Open, x.figure(rows), sumOf(rows))
		x.relieve()
	}
	return n == x.atOnce, rows.Close()
}

// Next is the snapshot of the latest day that was read and not answered yet; nil
// when there is none.
func (x *Snapshots) Next() *Snapshot {
	var next *Snapshot
	if n := len(x.days); n > 0 {
		for k, by := range x.steps[n-1] {
			if sum := x.running[k].plus(by, 1); sum.n == 0 {
				delete(x.running, k)
			} else {
				x.running[k] = sum
			}
		}
		next = newSnapshot(x.days[n-1].day, x.running)
		x.days, x.steps = x.days[:n-1], x.steps[:n-1]
	} else if len(x.ready) > 0 {
		next, x.ready = x.ready[0], x.ready[1:]
	}
	if next != nil {
		next.madeUp = next.day != x.yesterday
	}
	return next
}
