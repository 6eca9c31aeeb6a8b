package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/store"
)

// Options say what to measure.
type Options struct {
	Rows     int      // deals of the largest workspace; the sizes below it, from 10,000, are measured too
	Only     bool     // this size alone
	Database string   // postgres://…; "" = SQLite
	Dir      string   // keeps the workspaces, for another run; "" = a temporary folder
	JSON     bool     // print JSON instead of tables
	Crowd    bool     // 5,000 members in 1,300 teams
	Seconds  float64  // a shape is asked for; 0 = 2
	Shapes   []string // only these shapes, and no import nor eight clients
	// Server answers the command of a server on a place: Serve in a process of
	// its own.
	Server   func(p Place, addr string) (program string, args []string)
	Out, Err io.Writer
}

// Run fills workspaces, measures a server on each and prints the report.
func Run(ctx context.Context, o Options) error {
	if o.Rows < 100 {
		return fmt.Errorf("bench: %d rows are too few to measure", o.Rows)
	}
	dir, clean, err := o.folder()
	if err != nil {
		return err
	}
	defer clean()
	r := &Report{Machine: ThisMachine(), Database: "SQLite", Targets: slices.Concat(targets(o.Database == ""), processTargets(), foresightTargets())}
	if o.Database != "" {
		r.Database = "PostgreSQL"
	}
	for _, size := range o.sizes() {
		for _, past := range o.kinds() {
			g := rig{Options: o, report: r, size: size, past: past}
			g.place = Place{Dir: filepath.Join(dir, g.name()), Database: o.Database}
			if o.Database != "" {
				g.place.Prefix = "bench_" + g.name() + "_"
			}
			do := g.measure
			if past {
				do = g.foresee
			}
			if err := do(ctx); err != nil {
				return fmt.Errorf("%d deals: %w", size, err)
			}
		}
	}
	if o.JSON {
		return r.JSON(o.Out)
	}
	return r.Text(o.Out)
}

func (o Options) folder() (string, func(), error) {
	if o.Dir != "" {
		return o.Dir, func() {}, os.MkdirAll(o.Dir, 0o700)
	}
	dir, err := os.MkdirTemp("", "wellmet-bench-*")
	return dir, func() { os.RemoveAll(dir) }, err
}

// kinds are the workspaces of a size: the usual one, and one whose deals have a
// past.
func (o Options) kinds() (past []bool) {
	if len(o.Shapes) == 0 || slices.ContainsFunc(o.Shapes, func(name string) bool { return name != shapeForesight }) {
		past = append(past, false)
	}
	if slices.Contains(o.Shapes, shapeForesight) {
		past = append(past, true)
	}
	return past
}

func (o Options) sizes() []int {
	var sizes []int
	for n := 10_000; n < o.Rows && !o.Only; n *= 10 {
		sizes = append(sizes, n)
	}
	return append(sizes, o.Rows)
}

// rig measures at one size.
type rig struct {
	Options
	report *Report
	size   int
	past   bool // its deals have a history
	place  Place
	plan   Plan

	site   *site
	server *Server
	made   made
	app    string  // application_name of the server's connections
	page   float64 // CPU of the first page, over HTTP
	// lifePipeline is the one whose funnel is asked for.
	lifePipeline string
	lifeStages   []string // of it
}

func (g *rig) name() string {
	name := strconv.Itoa(g.size)
	switch {
	case g.past:
		name += "h"
	case g.Crowd:
		name += "c"
	}
	return name
}

func (g *rig) say(format string, args ...any) {
	fmt.Fprintf(g.Err, "%s %s: %s\n", time.Now().Format(time.TimeOnly), sizeName(g.size), fmt.Sprintf(format, args...))
}

func (g *rig) number(name, unit string, v float64) { g.figure(&actor{}, name, unit, v) }

// figure is a number as one actor.
func (g *rig) figure(a *actor, name, unit string, v float64) {
	g.report.Numbers = append(g.report.Numbers, Number{Size: g.size, Name: name, As: a.name, Unit: unit, Value: v})
	g.say("%s %s: %s %s", name, a.name, number(v), unit)
}

// measure fills the workspace where that is not done, and asks it everything.
func (g *rig) measure(ctx context.Context) error {
	g.plan = Office(g.size)
	reaches := officeReaches(g.plan)
	if g.Crowd {
		g.plan = Crowd(g.size)
		reaches = crowdReaches(g.plan)
	}
	g.made.run = "B" + strconv.FormatInt(time.Now().UnixMilli(), 36)
	if err := g.prepare(ctx, g.fillOffice, func(ctx context.Context, w *app.Workspace) (err error) {
		if g.site, err = introduce(ctx, w, g.plan, reaches); err != nil || g.Crowd {
			return err
		}
		g.site.extras, err = furnish(ctx, &filler{w: w, plan: g.plan, say: g.say}, g.site, filepath.Join(g.place.Dir, extrasMark))
		return err
	}); err != nil {
		return err
	}
	if g.Dir == "" && g.Database != "" {
		defer g.drop(ctx)
	}
	if err := g.start(ctx); err != nil {
		return err
	}
	err := g.ask(ctx)
	if err == nil && len(g.Shapes) == 0 {
		err = g.compare(ctx)
	}
	if err = errors.Join(err, g.server.Stop()); err != nil {
		return err
	}
	return g.cadences(ctx)
}

// filledMark stands in a folder whose workspace is whole.
const filledMark = "filled.json"

// extrasMark stands beside it once the extras are there.
const extrasMark = "extras.json"

// drop removes the schemas of a run on PostgreSQL.
func (g *rig) drop(ctx context.Context) error {
	return store.DropPrefix(context.WithoutCancel(ctx), store.Config{Dir: g.place.Dir, URL: g.Database, SchemaPrefix: g.place.Prefix})
}

func (g *rig) fillOffice(ctx context.Context, w *app.Workspace) (perSecond, cpuBatch float64, err error) {
	return (&filler{w: w, plan: g.plan, say: g.say}).fill(ctx)
}

// prepare fills the workspace where that is not done, and then does what else is
// to be done in it before a server opens it.
func (g *rig) prepare(ctx context.Context, fill func(context.Context, *app.Workspace) (float64, float64, error), then func(context.Context, *app.Workspace) error) error {
	c := g.place.config()
	c.Quiet, c.Sync, c.Filling = true, store.SyncOff, true
	mark := filepath.Join(g.place.Dir, filledMark)
	_, err := os.Stat(mark)
	fresh := errors.Is(err, os.ErrNotExist)
	_, begun := os.Stat(filepath.Join(g.place.Dir, begunMark))
	if fresh && begun != nil {
		if err := g.wipe(ctx); err != nil {
			return err
		}
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
	if fresh {
		perSecond, cpu, err := fill(ctx, w)
		if err != nil {
			return err
		}
		text, _ := json.Marshal([]float64{perSecond, cpu})
		if err := os.WriteFile(mark, text, 0o600); err != nil {
			return err
		}
	}
	g.tellFilling(mark)
	return then(ctx, w)
}

// tellFilling reports how fast the workspace was filled, whenever that was.
func (g *rig) tellFilling(mark string) {
	var kept [2]float64
	if text, err := os.ReadFile(mark); err == nil && json.Unmarshal(text, &kept) == nil {
		g.number(figureLoad, "rows/s", kept[0])
		g.number(figureLoadCPU, "ms CPU", kept[1])
	}
}

// wipe removes what an interrupted filling left.
func (g *rig) wipe(ctx context.Context) error {
	if g.Database != "" {
		if err := g.drop(ctx); err != nil {
			return err
		}
	}
	return os.RemoveAll(g.place.Dir)
}

// start starts the server twice, so that the second finds the program in the
// machine's cache, and asks for a page at once.
func (g *rig) start(ctx context.Context) error {
	g.app = "wellmet-bench-" + strconv.Itoa(os.Getpid())
	place, err := g.place.named(g.app)
	if err != nil {
		return err
	}
	for try := range 2 {
		addr, err := FreeAddr()
		if err != nil {
			return err
		}
		program, args := g.Server(place, addr)
		if g.server, err = Start(ctx, addr, "/healthz", program, args...); err != nil {
			return err
		}
		if try == 0 {
			if err := g.server.Stop(); err != nil {
				return err
			}
		}
	}
	began := time.Now()
	c := connection{addr: g.server.Addr, header: bearer(&g.site.actors[0])}
	defer c.close()
	status, body, err := c.do(&Request{Method: http.MethodGet, Path: "/api/v1/deals?limit=1"})
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("first page: %d %w %.300s", status, err, body)
	}
	g.number(figureStart, "s", (g.server.Ready + time.Since(began)).Seconds())
	return nil
}
