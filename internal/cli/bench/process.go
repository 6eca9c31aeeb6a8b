package bench

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
)

// shapeProcess, among the shapes to ask, stands for the guided process: what a
// blueprint and ten rules add to a move, dry runs, bulk changes, cadences. It
// changes the workspace and is asked for by name alone.
const shapeProcess = "process"

const (
	shapeMove   = "move"
	shapeGuided = "move by a blueprint, with ten rules"

	figureMove     = "blueprint and ten rules, a move"
	figureDry      = "dry run of a rule over 10,000 records"
	figureBulk     = "bulk change through all rules"
	figureCadence  = "cadences of 100,000 leads"
	figureWaiting  = "a writer beside cadences, p95"
	screenGoverned = "record page with its process"
)

// governing is how many rules look at every move.
const governing = 10

// turns is how often moves are measured with and without what governs them. The
// figure is a small difference of two that each follow the machine's mood, so
// they are taken one behind the other, and the median of the differences counts.
const turns = 5

// process measures while the server runs; cadences come after it, by a clock of
// their own.
func (g *rig) process(ctx context.Context) error {
	if !slices.Contains(g.Shapes, shapeProcess) {
		return nil
	}
	rep, admin := &g.site.actors[0], &g.site.actors[len(g.site.actors)-1]
	c := &caller{connection{addr: g.server.Addr, header: bearer(admin)}}
	law, err := g.legislate(c)
	if err != nil {
		return err
	}
	if err := g.moves(ctx, c, rep, law); err != nil {
		return err
	}
	if err := law.enact(c); err != nil {
		return err
	}
	g.settle(ctx)
	if err := g.governedPage(ctx, rep); err != nil {
		return err
	}
	if err := g.dryRun(c); err != nil {
		return err
	}
	if err := g.bulk(ctx, c); err != nil {
		return err
	}
	return law.repeal(c)
}

// moves measures what governs a move, in turns with moves that nothing governs.
func (g *rig) moves(ctx context.Context, c *caller, rep *actor, l law) error {
	var free, guided, more []Result
	for range turns {
		g.settle(ctx) // a server that has just started learns and counts first
		without, err := g.load(rep, 1).Run(ctx, g.site.move(shapeMove, rep))
		if err != nil {
			return err
		}
		if err := l.enact(c); err != nil {
			return err
		}
		g.settle(ctx)
		with, err := g.load(rep, 1).Run(ctx, g.site.move(shapeGuided, rep))
		if err != nil {
			return err
		}
		if err := l.repeal(c); err != nil {
			return err
		}
		free, guided = append(free, without), append(guided, with)
		more = append(more, Result{ServerCPU: with.ServerCPU - without.ServerCPU})
		g.say("a move %s ms CPU, governed %s", number(without.ServerCPU), number(with.ServerCPU))
	}
	g.add(rep, median(free))
	g.add(rep, median(guided))
	g.number(figureMove, "ms CPU", median(more).ServerCPU)
	return nil
}

// median is the result in the middle by its CPU.
func median(of []Result) Result {
	slices.SortFunc(of, func(a, b Result) int { return cmp.Compare(a.ServerCPU, b.ServerCPU) })
	return of[len(of)/2]
}

// move puts one of the actor's deals into another open stage.
func (s *site) move(name string, a *actor) Shape {
	return Shape{Name: name, Want: `"version":`, Make: func(r *rand.Rand, req *Request) {
		post(req, "deals/"+pick(r, a.deals), fmt.Sprintf(`{"stage":%q}`, pick(r, s.stages[:4])))
		req.Method = http.MethodPatch
	}}
}

// caller asks the API one thing after the other. Between two of them a measurement
// may run for longer than a server keeps a silent connection, so it keeps none.
type caller struct{ connection }

func (c *caller) call(method, path, body string, into any) error {
	defer c.close()
	req := Request{Method: method, Path: "/api/v1/" + path, Body: []byte(body), Header: "Content-Type: application/json\r\n"}
	status, answer, err := c.do(&req)
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("%d %.500s", status, answer)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(answer, into)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

func (c *caller) create(plural string, values map[string]any) (string, error) {
	body, err := json.Marshal(values)
	if err != nil {
		return "", err
	}
	var made struct {
		ID string `json:"id"`
	}
	return made.ID, c.call(http.MethodPost, plural, string(body), &made)
}

// law is what governs moves while it is in force.
type law struct {
	blueprint string
	rules     []string
}

// legislate drafts a process in which every stage follows every other, with a
// condition and a limit, and rules that look at every move and fire on none.
func (g *rig) legislate(c *caller) (l law, err error) {
	var states, moves []string
	for i, stage := range g.site.stages {
		states = append(states, fmt.Sprintf(`{"state":%q,"start":true,"limit":{"n":5,"unit":"business_days","warn":{"n":4,"unit":"business_days"}}}`, stage))
		moves = append(moves, fmt.Sprintf(`{"key":"to%d","name":"To %d","to":%q,"when":"amount is empty or amount >= 0","ask":[{"field":"name"}]}`, i, i, stage))
	}
	definition := `{"states":[` + strings.Join(states, ",") + `],"moves":[` + strings.Join(moves, ",") + `]}`
	if l.blueprint, err = c.create("blueprints", map[string]any{"name": "Bench " + g.made.run, "object": "deal", "field": "stage", "definition": definition}); err != nil {
		return law{}, err
	}
	for i := range governing {
		id, err := c.create("rules", map[string]any{"name": fmt.Sprint("Bench ", g.made.run, " ", i), "object": "deal", "trigger": "changed", "active": false,
			"condition": fmt.Sprintf(`amount > %d and name contains "no such name"`, i*1000), "actions": `[{"do":"task","text":"Call"}]`})
		if err != nil {
			return law{}, err
		}
		l.rules = append(l.rules, id)
	}
	return l, nil
}

// enact publishes the process and switches its rules on.
func (l law) enact(c *caller) error {
	if err := c.call(http.MethodPost, "blueprints/"+l.blueprint+"/publish", `{"accept_warnings":true}`, nil); err != nil {
		return err
	}
	return l.watch(c, true)
}

// repeal ends what was enacted, so that a kept workspace is as it was.
func (l law) repeal(c *caller) error {
	if err := l.watch(c, false); err != nil {
		return err
	}
	return c.call(http.MethodPost, "blueprints/"+l.blueprint+"/retire", "{}", nil)
}

func (l law) watch(c *caller, active bool) error {
	for _, id := range l.rules {
		if err := c.call(http.MethodPatch, "rules/"+id, fmt.Sprintf(`{"active":%t}`, active), nil); err != nil {
			return err
		}
	}
	return nil
}

// governedPage opens records as pages do, with the guide beside them.
func (g *rig) governedPage(ctx context.Context, a *actor) error {
	for _, x := range g.site.screens(a) {
		if x.name != screenRecord {
			continue
		}
		if err := signIn(ctx, g.server.Addr, a); err != nil {
			return err
		}
		x.name = screenGoverned
		_, err := g.open(ctx, a, x)
		return err
	}
	return nil
}

// settle waits until the server has done what publishing and releasing set off,
// and what its nights ask for at the start. Between two jobs, or while a job
// waits for the disk, it looks as if it were done: only two still seconds count.
func (g *rig) settle(ctx context.Context) {
	const pause, still = 250 * time.Millisecond, 8
	last := time.Duration(-1)
	for quiet := 0; quiet < still && ctx.Err() == nil; {
		now := g.load(&g.site.actors[0], 1).reading().server
		if quiet++; last < 0 || now-last >= pause/20 {
			quiet = 0
		}
		last = now
		time.Sleep(pause)
	}
}

// dryRun asks how often a rule for new deals would have fired in a month.
func (g *rig) dryRun(c *caller) error {
	rule, err := c.create("rules", map[string]any{"name": "Bench " + g.made.run, "object": "deal", "trigger": "created",
		"condition": `amount > 10000 and name contains "cedar"`, "actions": `[{"do":"task","text":"Call"}]`})
	if err != nil {
		return err
	}
	var out struct{ Looked, Fired int }
	began := time.Now()
	if err := c.call(http.MethodPost, "rules/"+rule+"/dry-run", `{"days":30}`, &out); err != nil {
		return err
	}
	if out.Looked == 0 {
		return fmt.Errorf("the dry run looked at nothing")
	}
	g.say("the dry run looked at %d, %d would have fired", out.Looked, out.Fired)
	g.number(figureDry, "s", time.Since(began).Seconds()*10_000/float64(out.Looked))
	return nil
}

// bulk changes up to 100,000 deals through blueprint and rules.
func (g *rig) bulk(ctx context.Context, c *caller) error {
	var run struct {
		ID             string
		State          string
		Changed, Total int
		Failures       any
	}
	began := time.Now()
	body := fmt.Sprintf(`{"filter":"","changes":{"next_step":%q}}`, "Call "+g.made.run)
	if g.size >= 100_000 { // more than that many, with those made on the way, are not changed at a time
		body = fmt.Sprintf(`{"filter":"external_id starts with \"EXT-1\"","changes":{"next_step":%q}}`, "Call "+g.made.run)
	}
	if err := c.call(http.MethodPost, "deals/bulk", body, &run); err != nil {
		return err
	}
	for run.State == "waiting" || run.State == "running" {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if err := c.call(http.MethodGet, "jobs/"+run.ID, "", &run); err != nil {
			return err
		}
	}
	if run.Changed == 0 {
		return fmt.Errorf("the bulk change %s with %d of %d changed: %v", run.State, run.Changed, run.Total, run.Failures)
	}
	g.number(figureBulk, "rows/s", float64(run.Changed)/time.Since(began).Seconds())
	return nil
}
