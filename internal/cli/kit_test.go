package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/store/storetest"
)

// place is an installation that a test runs commands on.
type place struct {
	t     *testing.T
	flags []string
	p     Program
	dir   string
}

var now = time.Date(2026, 3, 18, 10, 0, 0, 0, time.UTC)

// each runs a test on SQLite and on PostgreSQL.
func each(t *testing.T, test func(t *testing.T, at *place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, onSQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		c := storetest.PostgresConfig(t)
		at := onSQLite(t)
		at.flags = append(at.flags, "--database", c.URL)
		if c.DirectURL != "" {
			at.flags = append(at.flags, "--direct", c.DirectURL)
		}
		at.p.prefix = c.SchemaPrefix
		test(t, at)
	})
}

func onSQLite(t *testing.T) *place {
	t.Helper()
	dir := t.TempDir()
	return &place{t: t, dir: dir, flags: []string{"--data", filepath.Join(dir, "data"), "--zone", "UTC"},
		p: Program{Version: "test", In: strings.NewReader(""), Dir: dir, now: func() time.Time { return now },
			cost: access.Cost{Memory: 64, Rounds: 1, Threads: 1}}}
}

func (at *place) run(args ...string) (out, problems string, status int) {
	at.t.Helper()
	return at.runIn("", args...)
}

func (at *place) runIn(in string, args ...string) (out, problems string, status int) {
	at.t.Helper()
	var o, e bytes.Buffer
	p := at.p
	p.In, p.Out, p.Err = strings.NewReader(in), &o, &e
	status = p.Run(at.t.Context(), append(append([]string{}, args...), at.flags...))
	return o.String(), e.String(), status
}

// ok runs a command that must succeed and answers what it printed.
func (at *place) ok(args ...string) string {
	at.t.Helper()
	out, problems, status := at.run(args...)
	if status != 0 {
		at.t.Fatalf("wellmet %s: status %d\n%s%s", strings.Join(args, " "), status, out, problems)
	}
	return out
}

// fails runs a command that must fail and answers what it said.
func (at *place) fails(args ...string) string {
	at.t.Helper()
	out, problems, status := at.run(args...)
	if status != 1 {
		at.t.Fatalf("wellmet %s: status %d\n%s%s", strings.Join(args, " "), status, out, problems)
	}
	return problems
}

// answer runs a command with --json and reads its answer.
func (at *place) answer(to any, args ...string) {
	at.t.Helper()
	out := at.ok(append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), to); err != nil {
		at.t.Fatalf("wellmet %s: %v in\n%s", strings.Join(args, " "), err, out)
	}
}

// write makes a file and answers its name, relative to the place.
func (at *place) write(name, text string) string {
	at.t.Helper()
	if err := os.WriteFile(filepath.Join(at.dir, name), []byte(text), 0o600); err != nil {
		at.t.Fatal(err)
	}
	return name
}

func (at *place) read(name string) string {
	at.t.Helper()
	text, err := os.ReadFile(filepath.Join(at.dir, name))
	if err != nil {
		at.t.Fatal(err)
	}
	return string(text)
}

// begin starts a command that runs until stop, and answers its lines as they
// come. stop answers the exit status.
func (at *place) begin(args ...string) (lines <-chan string, stop func() int) {
	at.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	p := at.p
	p.Out, p.Err = w, w
	ended := make(chan int, 1)
	go func() {
		ended <- p.Run(ctx, append(append([]string{}, args...), at.flags...))
		w.Close()
	}()
	stop = sync.OnceValue(func() int {
		cancel()
		return <-ended
	})
	at.t.Cleanup(func() { stop() })
	return linesOf(r), stop
}

func linesOf(r io.Reader) <-chan string {
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		var rest string
		buf := make([]byte, 4096)
		for {
			n, err := r.Read(buf)
			rest += string(buf[:n])
			for {
				one, more, ok := strings.Cut(rest, "\n")
				if !ok {
					break
				}
				lines <- one
				rest = more
			}
			if err != nil {
				return
			}
		}
	}()
	return lines
}

// await reads lines until one holds the text; how long a busy machine may take
// says nothing about the program.
func (at *place) await(lines <-chan string, text string) string {
	at.t.Helper()
	var seen []string
	patience := time.NewTimer(4 * time.Minute)
	defer patience.Stop()
	for {
		select {
		case one, ok := <-lines:
			if !ok {
				at.t.Fatalf("ended without %q:\n%s", text, strings.Join(seen, "\n"))
			}
			if seen = append(seen, one); strings.Contains(one, text) {
				return one
			}
		case <-patience.C:
			at.t.Fatalf("%q did not come:\n%s", text, strings.Join(seen, "\n"))
		}
	}
}

// shared finds a folder of the shared data; tests that need it say so where it
// is absent.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		at := filepath.Join(dir, "shared", "data", name)
		if _, err := os.Stat(at); err == nil {
			return at
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skipf("no shared/data/%s above this tree", name)
		}
		dir = up
	}
}
