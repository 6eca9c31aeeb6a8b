package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// shapeForesight, among the shapes to ask, stands for the forecast and the past,
// on workspaces of their own whose deals have a history. It is asked for by name
// alone.
const shapeForesight = "foresight"

const (
	lineFunnel   = "funnel over a year"
	lineForecast = "forecast page"
	linePast     = "list of the past, 50 rows"
	lineBoard    = "board of the past"
	lineGroups   = "report by two groups"
	lineChanges  = "what changed in a week"

	figureMedian    = ", median"
	figureSQL       = ", its SQL alone"
	figureLearning  = "learning from 100,000 closed deals"
	figureHeap      = "learning, most heap"
	figureNight     = "a night's snapshot"
	figureNightCPU  = "a night's snapshot, CPU"
	figureNightWait = "a writer beside the snapshot, longest"
)

// foresightTargets are what forecast and past promise, in the middle of their
// wall times.
func foresightTargets() []Target {
	list := []Target{{Name: figureLearning, Limit: 20}, {Name: figureHeap, Limit: 300}, {Name: figureNightWait, Limit: 50}}
	for name, limit := range map[string]float64{lineFunnel: 150, lineForecast: 100, lineForecast + byPipeline: 100, linePast: 50, linePast + ofAllOpen: 50,
		linePast + newestFirst: 50, linePast + newestFirst + ofStage: 50, linePast + newestFirst + ofOwner: 50,
		lineGroups: 150, lineGroups + twoChoices: 150, lineGroups + anyFields: 150} {
		list = append(list, Target{Name: name + figureMedian, Limit: limit})
	}
	return list
}

// What is added to a line's name.
const (
	byPipeline  = " by pipeline"
	ofAllOpen   = ", of all open deals"
	newestFirst = ", newest first"
	ofStage     = ", of one stage"
	ofOwner     = ", of one owner"
	twoChoices  = ", of two choices"
	anyFields   = ", of a field without an index"
)

// foresightReaches are who asks: who leads a region of several teams, and who may
// read everything.
func foresightReaches(p Plan) []reach {
	const region = 2
	return []reach{
		{"manager", access.ManagerRole, region, func(m int) bool { return p.within(p.Member(m).Team, region) }},
		{"admin", access.AdminRole, 0, func(int) bool { return true }},
	}
}

// foresee fills a workspace with a past where that is not done, and asks it.
func (g *rig) foresee(ctx context.Context) error {
	g.plan = Office(g.size)
	if err := g.prepare(ctx, g.fillPast, func(ctx context.Context, w *app.Workspace) (err error) {
		if g.site, err = introduce(ctx, w, g.plan, foresightReaches(g.plan)); err != nil {
			return err
		}
		if err = g.firstLife(ctx, w); err != nil {
			return err
		}
		return g.firstNight(ctx, w)
	}); err != nil {
		return err
	}
	if g.Dir == "" && g.Database != "" {
		defer g.drop(ctx)
	}
	if err := g.start(ctx); err != nil {
		return err
	}
	g.settle(ctx)
	err := g.lines(ctx)
	if stopped := g.server.Stop(); err == nil {
		err = stopped
	}
	if err != nil {
		return err
	}
	if err := g.inProcess(ctx, nil, g.learning); err != nil {
		return err
	}
	return g.inProcess(ctx, func(c *app.Config) { c.Sync = store.SyncNormal }, g.night)
}

func (g *rig) fillPast(ctx context.Context, w *app.Workspace) (perSecond, cpuBatch float64, err error) {
	var today value.Date
	if err := w.Read(ctx, asBench, func(s *record.Session) error { today = s.Today(); return nil }); err != nil {
		return 0, 0, err
	}
	f := &pastFiller{filler: &filler{w: w, plan: g.plan, say: g.say}, past: Past{Plan: g.plan, Today: today},
		mark: filepath.Join(g.place.Dir, begunMark)}
	return f.fill(ctx)
}

// firstLife finds the first of the pipelines with a past, and its stages.
func (g *rig) firstLife(ctx context.Context, w *app.Workspace) error {
	return w.Read(ctx, asBench, func(s *record.Session) error {
		var id value.ID
		ok, err := s.Tx().Row(ctx, `SELECT id FROM {pipeline} WHERE name = $1 AND deleted_at IS NULL`, []any{lifePipeline(1)}, &id)
		if err == nil && !ok {
			err = errNothing
		}
		if err != nil {
			return err
		}
		g.lifePipeline = id.String()
		stages, err := s.Tx().IDs(ctx, `SELECT id FROM {stage} WHERE pipeline_id = $1 AND deleted_at IS NULL ORDER BY id`, id)
		for _, id := range stages {
			g.lifeStages = append(g.lifeStages, id.String())
		}
		return err
	})
}

// firstNight keeps the snapshots of the past and learns, as a server does in its
// first night, so that none does it while it is asked.
func (g *rig) firstNight(ctx context.Context, w *app.Workspace) error {
	began := time.Now()
	if err := w.KeepForecast(ctx); err != nil {
		return err
	}
	g.say("the snapshots of the past took %.1f s", time.Since(began).Seconds())
	began = time.Now()
	err := w.Relearn(ctx, false)
	g.say("learning and foretelling took %.1f s", time.Since(began).Seconds())
	return err
}

// asked is one line: a request, and the same question to the engine alone.
type asked struct {
	name  string
	page  bool // asked for as a browser does
	shape func(r *rand.Rand) Request
	ask   func(ctx context.Context, s *record.Session, r *rand.Rand) error
}

// lines asks everything as everybody.
func (g *rig) lines(ctx context.Context) error {
	for i := range g.site.actors {
		a := &g.site.actors[i]
		if err := signIn(ctx, g.server.Addr, a); err != nil {
			return err
		}
		for _, x := range g.asked(a) {
			if err := g.line(ctx, a, x); err != nil {
				return fmt.Errorf("%s as %s: %w", x.name, a.name, err)
			}
		}
	}
	return nil
}

func (g *rig) line(ctx context.Context, a *actor, x asked) error {
	load, want := g.load(a, 1), `"`
	if x.page {
		load, want = g.browsing(a, 1), ""
	}
	res, err := load.Run(ctx, Shape{Name: x.name, Want: want, Make: func(r *rand.Rand, req *Request) { *req = x.shape(r) }})
	if err != nil {
		return err
	}
	g.add(a, res)
	g.figure(a, x.name+figureMedian, "ms", res.P50)
	in, err := g.inside(3)
	if err != nil {
		return err
	}
	_, bare, err := in.both(ctx, a, func(s *record.Session, r *rand.Rand) error { return x.ask(ctx, s, r) })
	if err != nil {
		return err
	}
	g.figure(a, x.name+figureSQL, "ms", bare.median)
	return nil
}

// asked are the lines of an actor.
func (g *rig) asked(a *actor) []asked {
	today := value.DateOf(time.Now(), time.UTC)
	quarter := value.PeriodOf(value.Quarter, today, time.January)
	list := []asked{g.funnelLine(today), forecastLine(a, quarter, sales.ByTeam), forecastLine(a, quarter, sales.ByPipeline),
		pastLine(linePast, today, "-amount", func(r *rand.Rand) string {
			return fmt.Sprintf(`owner = "%s" and stage.name = "%s"`, pick(r, a.owners), lifeStages[r.IntN(lifeWon)].name)
		}),
		pastLine(linePast+ofAllOpen, today, "-amount", func(*rand.Rand) string { return `status = "open"` }),
		pastLine(linePast+newestFirst, today, "-id", func(*rand.Rand) string { return "amount >= 0" }),
		pastLine(linePast+newestFirst+ofStage, today, "-id", func(r *rand.Rand) string {
			return fmt.Sprintf(`stage = "%s"`, pick(r, g.lifeStages))
		}),
		pastLine(linePast+newestFirst+ofOwner, today, "-id", func(r *rand.Rand) string { return fmt.Sprintf(`owner = "%s"`, pick(r, a.owners)) }),
		g.boardLine(today),
		{name: lineChanges, page: true, shape: fixed("/reports/changes", "from", today.AddDays(-7).String()), ask: func(ctx context.Context, s *record.Session, _ *rand.Rand) error {
			_, err := sales.ChangesSince(ctx, s, sales.ChangesQuery{From: today.AddDays(-7).Time(time.UTC), To: s.Now()})
			return err
		}}}
	if a.owners != nil && len(a.owners) < g.plan.Members {
		return list
	}
	return append(list, g.groupsLine(lineGroups, today, "owner", "close_date:month"), g.groupsLine(lineGroups+twoChoices, today, "kind", "source"),
		g.groupsLine(lineGroups+anyFields, today, "forecast", "source"))
}

func fixed(path string, args ...string) func(*rand.Rand) Request {
	return func(*rand.Rand) Request { return Request{Method: http.MethodGet, Path: address(path, args...)} }
}

func (g *rig) funnelLine(today value.Date) asked {
	from := today.AddDays(-365)
	return asked{name: lineFunnel, page: true,
		shape: fixed("/reports/funnel", "period", "dates", "from", from.String(), "to", today.String(), "pipeline", g.lifePipeline),
		ask: func(ctx context.Context, s *record.Session, _ *rand.Rand) error {
			pipeline, err := value.ParseID(g.lifePipeline)
			if err == nil {
				_, err = sales.Funnel(ctx, s, sales.FunnelQuery{Pipeline: pipeline, From: from, To: today})
			}
			return err
		}}
}

// forecastLine is the running quarter: of the team of who leads one, or of all.
func forecastLine(a *actor, quarter value.Period, by string) asked {
	x := asked{name: lineForecast, page: true, shape: fixed("/forecast", "period", quarter.String(), "by", by)}
	if by == sales.ByPipeline {
		x.name += byPipeline
	}
	x.ask = func(ctx context.Context, s *record.Session, _ *rand.Rand) error {
		q := sales.ForecastQuery{From: quarter.First(), To: quarter.Last(), By: by}
		q.Person, q.Team = sales.ForecastScope(s)
		f, err := sales.Foresee(ctx, s, q)
		if err == nil && f.Total.Deals() == 0 {
			err = errNothing
		}
		return err
	}
	return x
}

// pastLine is a page of deals as they were on some day of the two years.
func pastLine(name string, today value.Date, sort string, filter func(r *rand.Rand) string) asked {
	on := func(r *rand.Rand) value.Date { return today.AddDays(-30 - r.IntN(lifeDays-100)) }
	return asked{name: name,
		shape: func(r *rand.Rand) Request {
			return asking("deals", "filter", filter(r), "sort", sort, "limit", "50", "as_of", on(r).String())
		},
		ask: func(ctx context.Context, s *record.Session, r *rand.Rand) error {
			_, err := s.QueryJSON(ctx, record.Query{Object: sales.Deals.Name, Filter: filter(r), Sort: sort, Limit: 50, AsOf: on(r).Time(time.UTC)}, nil)
			return err
		}}
}

// boardLine is the board of a pipeline as it was on some day of the two years.
func (g *rig) boardLine(today value.Date) asked {
	on := func(r *rand.Rand) value.Date { return today.AddDays(-30 - r.IntN(lifeDays-100)) }
	return asked{name: lineBoard, page: true,
		shape: func(r *rand.Rand) Request {
			return Request{Method: http.MethodGet, Path: address("/deals", "layout", "board", "pipeline", g.lifePipeline, "as_of", on(r).String())}
		},
		ask: func(ctx context.Context, s *record.Session, r *rand.Rand) error {
			_, err := s.Aggregate(ctx, record.Aggregate{Object: sales.Deals.Name, Filter: fmt.Sprintf(`stage.pipeline = "%s"`, g.lifePipeline),
				Group: []string{"stage"}, Measures: []string{"count", "sum:amount", "sum:weighted"}, AsOf: on(r).Time(time.UTC)})
			return err
		}}
}

// groupsLine is a report over the deals that closed in so many days as make
// 100,000 of them, or over two years.
func (g *rig) groupsLine(name string, today value.Date, groups ...string) asked {
	days := min(lifeDays, 100_000*lifeDays/g.size)
	filter := fmt.Sprintf(`close_date > date("%s") and close_date <= date("%s")`, today.AddDays(-days), today)
	measures := []string{"count", "sum:amount"}
	return asked{name: name,
		shape: func(*rand.Rand) (req Request) {
			post(&req, "deals/aggregate", fmt.Sprintf(`{"filter":%q,"group":[%q,%q],"measures":[%q,%q]}`, filter, groups[0], groups[1], measures[0], measures[1]))
			return req
		},
		ask: func(ctx context.Context, s *record.Session, _ *rand.Rand) error {
			_, err := s.Aggregate(ctx, record.Aggregate{Object: sales.Deals.Name, Filter: filter, Group: groups, Measures: measures})
			return err
		}}
}

// inProcess opens the workspace in this process, while no server runs.
func (g *rig) inProcess(ctx context.Context, with func(*app.Config), do func(context.Context, *app.Workspace) error) error {
	c := g.place.config()
	c.Quiet = true
	if with != nil {
		with(&c)
	}
	a, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	w, err := a.Default(ctx)
	if err != nil {
		return err
	}
	return do(ctx, w)
}

// learning learns what wins deals, and tells the greatest heap on the way.
func (g *rig) learning(ctx context.Context, w *app.Workspace) error {
	var closed int
	began, stop := time.Now(), watchHeap()
	p, err := sales.LearnPredictions(ctx, func(ctx context.Context, fn func(*record.Session) error) error {
		return w.Read(ctx, asBench, fn, store.Export)
	})
	if err == nil {
		closed = p.Of[0].Closed
	}
	heap, seconds := stop(), time.Since(began).Seconds()
	if err != nil {
		return err
	}
	g.say("learnt from %d closed deals in %.1f s", closed, seconds)
	g.number(figureLearning, "s", seconds*100_000/float64(max(1, closed)))
	g.number(figureHeap, "MB", float64(heap)/1e6)
	return nil
}

// night keeps yesterday's snapshot anew while somebody writes.
func (g *rig) night(ctx context.Context, w *app.Workspace) error {
	if err := w.Write(ctx, asBench, func(s *record.Session) error {
		_, err := s.Tx().Exec(ctx, `DELETE FROM {forecast_day} WHERE day = $1`, s.Today().AddDays(-1))
		return err
	}); err != nil {
		return err
	}
	stop, waits := make(chan struct{}), make(chan []float64)
	go func() { waits <- writeBeside(ctx, w, stop) }()
	began, cpu := time.Now(), selfCPU()
	err := w.KeepForecast(ctx)
	g.number(figureNight, "s", time.Since(began).Seconds())
	g.number(figureNightCPU, "s", (selfCPU() - cpu).Seconds())
	close(stop)
	waited := <-waits
	if err == nil && len(waited) > 0 {
		g.number(figureNightWait, "ms", slices.Max(waited))
	}
	return err
}
