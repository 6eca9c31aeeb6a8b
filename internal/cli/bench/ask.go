package bench

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"time"

	"wellmet/internal/record"
)

func bearer(a *actor) string { return "Authorization: Bearer " + a.token + "\r\n" }

func (g *rig) load(a *actor, clients int) Load {
	return Load{Addr: g.server.Addr, Header: bearer(a), Clients: clients, Warm: min(g.span(), 300*time.Millisecond),
		Duration: g.span(), Roots: g.roots(), Seed: rand.Uint64()}
}

func (g *rig) span() time.Duration { return time.Duration(cmp.Or(g.Seconds, 2) * float64(time.Second)) }

// ask opens every page; it sends every shape as every actor, one client at a
// time; then the import, and eight clients at once.
func (g *rig) ask(ctx context.Context) error {
	if err := g.pages(ctx); err != nil {
		return err
	}
	if err := g.askEach(ctx); err != nil {
		return err
	}
	if err := g.process(ctx); err != nil {
		return err
	}
	if slices.Contains(g.Shapes, "import") {
		return g.imports(ctx)
	}
	if len(g.Shapes) > 0 {
		return nil
	}
	return g.askTogether(ctx)
}

func (g *rig) askEach(ctx context.Context) error {
	for i := range g.site.actors {
		a := &g.site.actors[i]
		later, err := g.walk(a)
		if err != nil {
			return err
		}
		for _, shape := range g.site.shapes(a, later, &g.made) {
			if shape.Name == shapeMix || len(g.Shapes) > 0 && !slices.Contains(g.Shapes, shape.Name) {
				continue
			}
			res, err := g.load(a, 1).Run(ctx, shape)
			if err != nil {
				return err
			}
			g.add(a, res)
			if i == 0 && shape.Name == shapePage {
				g.page = res.ServerCPU
			}
		}
	}
	return nil
}

// askTogether imports, and then sends everything from eight clients at once.
func (g *rig) askTogether(ctx context.Context) error {
	if err := g.imports(ctx); err != nil {
		return err
	}
	for i := range g.site.actors {
		a := &g.site.actors[i]
		later, err := g.walk(a)
		if err != nil {
			return err
		}
		for _, shape := range g.site.shapes(a, later, &g.made) {
			if shape.Name == shapeMix {
				l := g.load(a, 8)
				l.Duration *= 3
				res, err := l.Run(ctx, shape)
				if err != nil {
					return err
				}
				g.add(a, res)
			}
		}
	}
	pid := g.server.Pid()
	g.number(figureMemory, "MiB", float64(kilobytes(procFile(pid, "status"), "VmRSS:"))/1024)
	g.number("most resident", "MiB", float64(PeakMemory(pid)>>10)/1024)
	return nil
}

func (g *rig) add(a *actor, res Result) {
	g.report.Entries = append(g.report.Entries, Entry{Size: g.size, As: a.name, Result: res})
	g.say("%s as %s, %d clients: %s ms CPU, p50 %s ms, %d requests, %d errors %s", res.Name, a.name, res.Clients,
		number(res.ServerCPU), number(res.P50), res.Requests, res.Errors, res.FirstError)
}

func (g *rig) imports(ctx context.Context) error {
	admin := &g.site.actors[len(g.site.actors)-1]
	rows := min(20_000, g.size)
	perSecond, cpu, err := g.site.importRows(ctx, g.load(admin, 1), &g.made, rows)
	if err != nil {
		return err
	}
	g.number(figureImport, "rows/s", perSecond)
	g.number("import, a row", "ms CPU", cpu)
	return nil
}

// walk goes through the list to its page 1,000, or to its last whole one, and
// answers the cursor of that page.
func (g *rig) walk(a *actor) (string, error) {
	c := connection{addr: g.server.Addr, header: bearer(a)}
	defer c.close()
	cursor, before := "", ""
	for row := 0; row < 999*50; row += 500 {
		q := url.Values{"sort": {"-amount"}, "limit": {"500"}, "fields": {"name"}}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		status, body, err := c.do(&Request{Method: http.MethodGet, Path: "/api/v1/deals?" + q.Encode()})
		if err != nil || status != http.StatusOK {
			return "", fmt.Errorf("walk: %d %w %.300s", status, err, body)
		}
		var page struct {
			Next string `json:"next"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return "", err
		}
		if page.Next == "" {
			break
		}
		cursor, before = page.Next, cursor
	}
	return cmp.Or(before, cursor), nil
}

// compare puts the engine beside the bare driver, in this process.
func (g *rig) compare(ctx context.Context) error {
	a := &g.site.actors[0]
	x, err := g.inside(50)
	if err != nil {
		return err
	}
	engine, bare, err := x.both(ctx, a, func(s *record.Session, r *rand.Rand) error {
		_, err := s.QueryJSON(ctx, record.Query{Object: "deal", Sort: "-amount", Count: record.CountCapped, Limit: 50,
			Filter: fmt.Sprintf(`stage = "%s" and owner = "%s"`, pick(r, g.site.stages), pick(r, a.owners))}, nil)
		return err
	})
	if err != nil {
		return err
	}
	g.number(figureBare, "ms CPU", bare.cpu)
	g.number("the first page through record", "ms CPU", engine.cpu)
	g.number(figurePage, "×", engine.cpu/max(bare.cpu, 0.001)) // a short run may end within a tick of the clock
	g.number(figureHTTP, "ms CPU", g.page-engine.cpu)
	return nil
}

// inside makes a comparison of so many requests with the bare driver.
func (g *rig) inside(requests int) (*inside, error) {
	here := g.app + "-inside"
	place, err := g.place.named(here)
	return &inside{place: place, requests: requests, span: g.span(),
		meter: func() time.Duration { return selfCPU() + treeCPU(backends(place.Database, here)) }}, err
}
