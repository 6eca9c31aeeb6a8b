package bench

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/cli/front"
	"wellmet/internal/store"
)

// BenchmarkWrite is a rep's deal through the API, in a workspace of 10,000 on both
// databases: made, changed, moved, and moved under a blueprint and ten rules.
// WELLMET_BENCH_STATEMENTS=1 prints what each of them asks of the database.
func BenchmarkWrite(b *testing.B) {
	for _, database := range []string{"", apptest.Postgres} {
		b.Run(map[bool]string{true: "sqlite", false: "postgres"}[database == ""], func(b *testing.B) {
			w := writing(b, database)
			rep := &w.site.actors[0]
			of := func(name string) Shape {
				shapes := w.site.shapes(rep, "", &w.made)
				return shapes[slices.IndexFunc(shapes, func(x Shape) bool { return x.Name == name })]
			}
			w.run(b, "create", of(shapeCreate))
			w.run(b, "update", of(shapeUpdate))
			w.run(b, "move", w.site.move(shapeMove, rep))
			server := httptest.NewServer(w.handler)
			defer server.Close()
			c := &caller{connection{addr: server.Listener.Addr().String(), header: bearer(&w.site.actors[1])}}
			law, err := (&rig{site: w.site}).legislate(c)
			if err == nil {
				err = law.enact(c)
			}
			if err != nil {
				b.Fatal(err)
			}
			w.run(b, "guided", w.site.move(shapeGuided, rep))
		})
	}
}

// writer asks an installation without a network between.
type writer struct {
	*apptest.Kit
	site    *site
	handler http.Handler
	made    made
	heard   []string // statements, while it listens
	listens bool
}

func writing(b *testing.B, database string) *writer {
	b.Helper()
	w := &writer{}
	c := app.Config{Quiet: true, Database: database, Sync: store.SyncNormal}
	if os.Getenv("WELLMET_BENCH_STATEMENTS") != "" {
		c.OnStatement = func(x store.Statement) {
			if w.listens {
				w.heard = append(w.heard, x.SQL)
			}
		}
	}
	w.Kit = apptest.Open(b, c)
	f := &filler{w: w.Workspace, plan: Office(10_000), say: b.Logf}
	if _, _, err := f.fill(b.Context()); err != nil {
		b.Fatal(err)
	}
	var err error
	if w.site, err = introduce(b.Context(), w.Workspace, f.plan, officeReaches(f.plan)); err != nil {
		b.Fatal(err)
	}
	server, err := front.Server(b.Context(), w.App, false)
	if err != nil {
		b.Fatal(err)
	}
	w.handler, w.made.run = server.Handler, "bench"
	return w
}

func (w *writer) run(b *testing.B, name string, shape Shape) {
	b.Run(name, func(b *testing.B) {
		r := rand.New(rand.NewPCG(uint64(len(name)), 2))
		b.ReportAllocs()
		began := selfCPU()
		for i := 0; b.Loop(); i++ {
			w.Pass(time.Second)
			w.listens = i == 10
			w.send(b, shape, r)
		}
		b.ReportMetric(millis(selfCPU()-began)/float64(b.N), "ms-CPU/op")
		for i, sql := range w.heard {
			fmt.Printf("%s %d: %s\n", b.Name(), i+1, sql)
		}
		w.heard = nil
	})
}

func (w *writer) send(b *testing.B, shape Shape, r *rand.Rand) {
	var x Request
	shape.Make(r, &x)
	q := httptest.NewRequestWithContext(b.Context(), x.Method, x.Path, bytes.NewReader(x.Body))
	q.Header.Set("Authorization", "Bearer "+w.site.actors[0].token)
	q.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, q)
	if !strings.Contains(answer.Body.String(), shape.Want) {
		b.Fatalf("%d %.500s", answer.Code, answer.Body)
	}
}
