package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// serveWord, as its first argument, tells the test binary to be a server under
// measurement; see TestMain.
const serveWord = "serve-a-place"

func serveAlone(dir, addr string) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := Serve(ctx, Place{Dir: dir}, addr); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// measured runs the shapes on a small workspace and answers how often each
// name was asked for or told.
func measured(t *testing.T, shapes ...string) map[string]int {
	t.Helper()
	var out, said strings.Builder
	self := func(p Place, addr string) (string, []string) { return os.Args[0], []string{serveWord, p.Dir, addr} }
	err := Run(t.Context(), Options{Rows: 200, Only: true, Seconds: 0.01, JSON: true, Dir: t.TempDir(), Shapes: shapes, Server: self, Out: &out, Err: &said})
	if err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	var report Report
	if err := json.Unmarshal([]byte(out.String()), &report); err != nil {
		t.Fatal(err)
	}
	asked := map[string]int{}
	for _, e := range report.Entries {
		asked[e.Name]++
		if e.Errors > 0 || e.Requests == 0 {
			t.Errorf("%s as %s: %d requests, %d errors: %s", e.Name, e.As, e.Requests, e.Errors, e.FirstError)
		}
	}
	for _, n := range report.Numbers {
		asked[n.Name] += 2 // one figure is enough
	}
	return asked
}

func TestRunMeasuresEverything(t *testing.T) {
	t.Parallel()
	asked := measured(t)
	for _, target := range targets(true) {
		if asked[target.Name] < 2 {
			t.Errorf("%q was not measured, as rep and as admin", target.Name)
		}
	}
}

func TestRunMeasuresTheProcess(t *testing.T) {
	t.Parallel()
	asked := measured(t, shapeProcess)
	for _, target := range processTargets() {
		if asked[target.Name] == 0 {
			t.Errorf("%q was not measured", target.Name)
		}
	}
}

func TestRunMeasuresForesight(t *testing.T) {
	t.Parallel()
	asked := measured(t, shapeForesight)
	for _, target := range foresightTargets() {
		if asked[target.Name] == 0 {
			t.Errorf("%q was not measured", target.Name)
		}
	}
}

func TestTooFewRowsAreRefused(t *testing.T) {
	t.Parallel()
	if err := Run(t.Context(), Options{Rows: 10}); err == nil {
		t.Error("ten rows were measured")
	}
}
