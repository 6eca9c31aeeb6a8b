package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// shapePages, among the shapes to ask, stands for all pages.
const shapePages = "pages"

func (g *rig) wants(x screen) bool {
	return len(g.Shapes) == 0 || slices.Contains(g.Shapes, shapePages) || slices.Contains(g.Shapes, x.name)
}

// pages opens every page as every actor. They come before the API's shapes,
// which write.
func (g *rig) pages(ctx context.Context) error {
	if g.Crowd {
		return nil
	}
	for i := range g.site.actors {
		a := &g.site.actors[i]
		cpu := map[string]float64{}
		for _, x := range g.site.screens(a) {
			if !g.wants(x) {
				continue
			}
			if a.cookie == "" {
				if err := signIn(ctx, g.server.Addr, a); err != nil {
					return fmt.Errorf("sign in as %s: %w", a.name, err)
				}
			}
			var err error
			if cpu[x.name], err = g.open(ctx, a, x); err != nil {
				return err
			}
		}
		ten, asked := cpu[screenTen]
		if many, too := cpu[screenMany]; asked && too {
			g.figure(a, figureMany, "×", many/max(ten, 0.001)) // a short run may end within a tick of the clock
		}
	}
	return nil
}

// open measures one page: alone, beside the same data over the API, and asked
// for by eight clients at once. It answers the page's CPU in milliseconds.
func (g *rig) open(ctx context.Context, a *actor, x screen) (float64, error) {
	if err := g.look(a, x); err != nil {
		return 0, err
	}
	page, err := g.browsing(a, 1).Run(ctx, x.shape())
	if err != nil {
		return 0, err
	}
	g.add(a, page)
	if x.alone {
		return page.ServerCPU, nil
	}
	data, err := g.load(a, 1).Run(ctx, x.data())
	if err != nil {
		return 0, err
	}
	data.perPage(x.calls())
	g.add(a, data)
	g.figure(a, x.name+figureOver, "ms CPU", page.ServerCPU-data.ServerCPU)
	g.figure(a, x.name+figureZipped, "KiB", float64(page.Bytes)/1024)
	together, err := g.browsing(a, 8).Run(ctx, x.shape())
	if err != nil {
		return 0, err
	}
	g.add(a, together)
	g.figure(a, x.name+figureTogether, "ms", together.P95)
	return page.ServerCPU, nil
}

// perPage makes the figures of single calls those of all calls of a page. The
// percentiles stay a call's.
func (r *Result) perPage(calls int) {
	n := float64(calls)
	r.ServerCPU, r.GeneratorCPU, r.Bytes = r.ServerCPU*n, r.GeneratorCPU*n, r.Bytes*calls
}

// browsing asks as a browser does: with a session, and for compressed answers.
func (g *rig) browsing(a *actor, clients int) Load {
	l := g.load(a, clients)
	l.Header = "Cookie: " + a.cookie + "\r\nAccept-Encoding: gzip\r\n"
	return l
}

// look opens a page uncompressed and says how much it shows: a page of nothing
// would be fast.
func (g *rig) look(a *actor, x screen) error {
	c := connection{addr: g.server.Addr, header: "Cookie: " + a.cookie + "\r\n"}
	defer c.close()
	random := rand.New(rand.NewPCG(3, 1))
	for range looks {
		path, _ := x.about(random)
		status, body, err := c.do(&Request{Method: http.MethodGet, Path: path})
		if err != nil || status != http.StatusOK {
			return fmt.Errorf("%s as %s: GET %s: %d %w %.300s", x.name, a.name, path, status, err, body)
		}
		if shown := bytes.Count(body, []byte(x.mark)); shown > 0 {
			g.say("%s as %s shows %d in %d bytes", x.name, a.name, shown, len(body))
			return nil
		}
	}
	return fmt.Errorf("%s as %s: %w", x.name, a.name, errNothing)
}

// looks are enough to find a stage in which an owner has deals.
const looks = 50

var errNothing = errors.New("nothing is shown")

var errNotIn = errors.New("no session was given")

// signIn signs an actor in as the sign-in page does, and keeps his cookies.
func signIn(ctx context.Context, addr string, a *actor) error {
	form := url.Values{"email": {a.email}, "password": {a.password}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/signin", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(req)
	if err != nil {
		return err
	}
	answer.Body.Close()
	var cookies []string
	for _, c := range answer.Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	if answer.StatusCode != http.StatusSeeOther || len(cookies) == 0 {
		return fmt.Errorf("status %d: %w", answer.StatusCode, errNotIn)
	}
	a.cookie = strings.Join(cookies, "; ")
	return nil
}
