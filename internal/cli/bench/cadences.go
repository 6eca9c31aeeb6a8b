package bench

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
)

// cadenceLeads is how many leads are in cadences at most.
const cadenceLeads = 100_000

// cadences lets leads enter a cadence of two attempts and, two days later by
// its own clock, places the second of each, while somebody else writes. The
// server stands still meanwhile.
func (g *rig) cadences(ctx context.Context) error {
	if !slices.Contains(g.Shapes, shapeProcess) {
		return nil
	}
	var ahead atomic.Int64
	c := g.place.config()
	c.Quiet, c.Sync = true, store.SyncNormal
	c.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	a, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	w, err := a.Default(ctx)
	if err != nil {
		return err
	}
	f := &filler{w: w, plan: g.plan, say: g.say}
	n, err := g.enrolled(ctx, f)
	if err != nil {
		return err
	}
	ahead.Store(int64(4 * 24 * time.Hour))
	stop, waits := make(chan struct{}), make(chan []float64)
	go func() { waits <- writeBeside(ctx, w, stop) }()
	began := time.Now()
	err = w.RunCadences(ctx)
	seconds := time.Since(began).Seconds()
	close(stop)
	waited := <-waits
	if err != nil {
		return err
	}
	g.number(figureCadence, "s", seconds*cadenceLeads/float64(n))
	g.number(figureWaiting, "ms", p95(waited))
	return nil
}

// enrolled makes a cadence and leads in it.
func (g *rig) enrolled(ctx context.Context, f *filler) (int, error) {
	n := min(cadenceLeads, g.size)
	err := f.w.Write(ctx, asBench, func(s *record.Session) error {
		made, err := s.Create(ctx, sales.Cadences.Name, record.Values{"name": "Bench " + g.made.run, "auto": true, "active": true,
			"condition": fmt.Sprintf("channel = %q", g.made.run), "position": int64(-1)})
		if err != nil {
			return err
		}
		for day, kind := range []string{"call", "task"} {
			if _, err := s.Create(ctx, sales.CadenceSteps.Name, record.Values{"name": fmt.Sprint("Attempt ", day+1), "cadence": made.ID, "day": int64(day), "kind": kind, "position": int64(day)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	_, err = f.save(ctx, sales.Leads.Name, n, func(i int) record.Values {
		return record.Values{"name": fmt.Sprint("Lead ", i), "channel": g.made.run}
	})
	if err == nil {
		g.say("%d leads entered their cadence in %.1f s", n, time.Since(began).Seconds())
	}
	return n, err
}

// writeBeside changes one record after the other, one at least, and answers how
// long each took, in milliseconds.
func writeBeside(ctx context.Context, w *app.Workspace, stop chan struct{}) (waits []float64) {
	for i := 0; ; i++ {
		if i > 0 {
			select {
			case <-stop:
				return waits
			case <-time.After(20 * time.Millisecond):
			}
		}
		began := time.Now()
		if err := w.Write(ctx, asBench, func(s *record.Session) error {
			_, err := s.Create(ctx, "account", record.Values{"name": fmt.Sprint("Beside ", i)})
			return err
		}); err != nil {
			continue
		}
		waits = append(waits, millis(time.Since(began)))
	}
}

func p95(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)*95/100]
}
