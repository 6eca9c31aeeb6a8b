package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// killRounds is how often a process is killed on each database;
// WELLMET_TEST_KILL_ROUNDS raises it.
func killRounds() int {
	if n, err := strconv.Atoi(os.Getenv("WELLMET_TEST_KILL_ROUNDS")); err == nil && n > 0 {
		return n
	}
	return 5
}

// doomed is what a process is told that will be killed.
type doomed struct {
	Mode                          string
	Dir, Database, Direct, Prefix string
	Member, Run                   value.ID
	Round                         int
}

const doomedVariable = "WELLMET_TEST_DOOMED"

// TestMain is also the process that the tests below kill.
func TestMain(m *testing.M) {
	text := os.Getenv(doomedVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var d doomed
	err := json.Unmarshal([]byte(text), &d)
	if err == nil {
		err = d.live(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(3)
	}
}

// open waits for the lock: a killed process holds it until its last thread is
// gone.
func (d doomed) open(ctx context.Context) (*app.App, *app.Workspace, error) {
	c := app.Config{Dir: d.Dir, Database: d.Database, Direct: d.Direct, Prefix: d.Prefix, Quiet: true, Sync: store.SyncNormal,
		Log: slog.New(slog.DiscardHandler), Cost: access.Cost{Memory: 64, Rounds: 1, Threads: 1}}
	for n := 0; ; n++ {
		a, err := app.Open(ctx, c)
		if err == nil {
			w, err := a.Default(ctx)
			return a, w, err
		}
		if n == 50 || !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Unavailable) {
			return nil, nil, err
		}
		<-time.After(100 * time.Millisecond)
	}
}

func (d doomed) live(ctx context.Context) error {
	a, w, err := d.open(ctx)
	if err != nil {
		return err
	}
	fmt.Println("open")
	switch d.Mode {
	case "mail":
		if err := w.PostDue(ctx); err != nil {
			return err
		}
		return a.Jobs().Drain(ctx)
	case "cadences":
		return w.RunCadences(ctx)
	case "import":
		return w.Importer().Go(ctx, d.Run, func(c exchange.Counts) { fmt.Println("rows", c.Rows) })
	case "bulk":
		return w.Engine().GoOnChanging(ctx, record.BulkJob{Run: d.Run}, 1)
	case "unbulk":
		return w.Engine().GoOnUndoing(ctx, record.UndoJob{Act: d.Run})
	case "undo":
		_, err := w.Importer().Undo(ctx, d.who(), d.Run)
		if fault.Is(err, fault.Conflict) { // the one before was through
			err = nil
		}
		return err
	}
	for n := 1; ; n++ {
		if err := w.Write(ctx, d.who(), func(s *record.Session) error { return d.write(ctx, s, n) }); err != nil {
			return err
		}
		fmt.Println("ack", n)
		if n%20 == 0 {
			if _, err := w.Engine().FoldSums(ctx); err != nil {
				return err
			}
		}
	}
}

func (d doomed) who() record.Who { return record.Who{Member: d.Member, Door: "api", Cause: "test"} }

func (d doomed) name(kind string, n int) string { return fmt.Sprintf("%s %d-%d", kind, d.Round, n) }

// write is one act of several records: an account with two deals, a change of
// the deal before, now and then a deletion and a larger batch.
func (d doomed) write(ctx context.Context, s *record.Session, n int) error {
	account, err := s.Create(ctx, "account", record.Values{"name": d.name("account", n)})
	if err != nil {
		return err
	}
	b := record.Batch{Object: "deal"}
	for _, kind := range append([]string{"a", "b"}, strings.Fields(strings.Repeat("c ", n%7/6*40))...) {
		b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": d.name(kind, n), "account": account.ID, "amount": strconv.Itoa(n)}})
	}
	if _, err := s.Save(ctx, b); err != nil {
		return err
	}
	before, err := s.Query(ctx, record.Query{Object: "deal", Filter: fmt.Sprintf("name = %q", d.name("a", n-1)), Fields: []string{"name"}})
	if err != nil || len(before.Records) == 0 {
		return err
	}
	stages, err := s.Query(ctx, record.Query{Object: "stage", Filter: `kind = "open"`, Fields: []string{"name"}})
	if err != nil {
		return err
	}
	_, err = s.Update(ctx, "deal", before.Records[0].ID, 0, record.Values{"next_step": strconv.Itoa(n), "amount": strconv.Itoa(n * 2),
		"stage": stages.Records[n%len(stages.Records)].ID})
	if err == nil && n%5 == 0 {
		err = s.Delete(ctx, "deal", before.Records[0].ID)
	}
	return err
}

// eachDoomed sets an installation up on each database, with one administrator.
func eachDoomed(t *testing.T, test func(t *testing.T, d doomed)) {
	t.Parallel()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			d := doomed{Dir: t.TempDir()}
			if kind == "postgres" {
				c := storetest.PostgresConfig(t)
				d = doomed{Dir: c.Dir, Database: c.URL, Direct: c.DirectURL, Prefix: c.SchemaPrefix}
			}
			d.with(t, func(w *app.Workspace) {
				in, err := w.AddMember(t.Context(), record.AsSystem("test"), app.NewMember{Name: "Ada", Email: "ada@x.example", Password: "correct horse battery", Role: access.AdminRole})
				if err != nil {
					t.Fatal(err)
				}
				d.Member = in.Member
			})
			test(t, d)
		})
	}
}

// with opens the installation in this process.
func (d doomed) with(t *testing.T, fn func(w *app.Workspace)) {
	t.Helper()
	a, w, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fn(w)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// run runs the process and kills it a random while after its first sign of
// life; 0 lets it live. It answers the lines and whether it was killed.
func (d doomed) run(t *testing.T, within time.Duration) (lines []string, killed bool) {
	t.Helper()
	return d.runUntil(t, func(kill func()) {
		if within > 0 {
			time.AfterFunc(rand.N(within), kill)
		}
	})
}

// runUntil runs the process; alive is called at its first sign of life, with what
// kills it.
func (d doomed) runUntil(t *testing.T, alive func(kill func())) (lines []string, killed bool) {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), doomedVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for scan := bufio.NewScanner(out); scan.Scan(); {
		if lines = append(lines, scan.Text()); len(lines) == 1 {
			alive(func() { cmd.Process.Signal(syscall.SIGKILL) })
		}
	}
	err = cmd.Wait()
	status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
	killed = status.Signaled() && status.Signal() == syscall.SIGKILL
	if err != nil && !killed {
		t.Fatalf("the process ended by itself: %v", err)
	}
	return lines, killed
}

// Whatever was acknowledged before kill -9 is there afterwards, and nothing is
// half there.
func TestKillDuringWrites(t *testing.T) {
	eachDoomed(t, func(t *testing.T, d doomed) {
		total := 0
		for round := range killRounds() {
			d.Mode, d.Round = "write", round
			lines, killed := d.run(t, 1500*time.Millisecond)
			last := 0
			for _, line := range lines {
				if text, ok := strings.CutPrefix(line, "ack "); ok {
					last, _ = strconv.Atoi(text)
				}
			}
			if !killed {
				t.Fatal("the process was not killed")
			}
			total += last
			d.with(t, func(w *app.Workspace) { d.written(t, w, last) })
		}
		d.with(t, func(w *app.Workspace) { sound(t, w) })
		t.Logf("%d rounds, %d acts acknowledged", killRounds(), total)
		if total < killRounds() {
			t.Errorf("too little happened: %d acts", total)
		}
	})
}

// written holds the round's acts to what was acknowledged: each is there as a
// whole, and at most one more.
func (d doomed) written(t *testing.T, w *app.Workspace, last int) {
	t.Helper()
	names := map[string]string{} // name -> next step
	for _, object := range []string{"account", "deal"} {
		for _, q := range []record.Query{{Object: object}, {Object: object, Trash: true}} {
			eachRecord(t, w, q, func(r *record.Record) {
				step, _ := r.Field("next_step").(string)
				names[r.Title()] = step
			})
		}
	}
	n := 1
	for ; ; n++ {
		parts := 0
		for _, kind := range []string{"account", "a", "b"} {
			if _, ok := names[d.name(kind, n)]; ok {
				parts++
			}
		}
		if parts == 0 {
			break
		}
		if parts != 3 {
			t.Errorf("act %d of round %d is half there", n, d.Round)
		}
		if want := strconv.Itoa(n); n > 1 && names[d.name("a", n-1)] != want {
			t.Errorf("act %d of round %d: the change of the deal before is %q", n, d.Round, names[d.name("a", n-1)])
		}
	}
	if n-1 < last || n-1 > last+1 {
		t.Errorf("round %d: %d acts acknowledged, %d there", d.Round, last, n-1)
	}
}

func eachRecord(t *testing.T, w *app.Workspace, q record.Query, fn func(*record.Record)) {
	t.Helper()
	if err := w.Read(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		return s.Each(t.Context(), q, func(r *record.Record) error { fn(r); return nil })
	}); err != nil {
		t.Fatal(err)
	}
}

// An import that is killed again and again goes on where its last chunk ended,
// and comes to exactly the rows of the file.
func TestKillDuringImport(t *testing.T) {
	eachDoomed(t, func(t *testing.T, d doomed) {
		rows := 1500 * killRounds()
		d.with(t, func(w *app.Workspace) { d.Run = startLong(t, w, d.who(), rows) })
		d.Mode = "import"
		kills := 0
		for range killRounds() {
			if _, killed := d.run(t, 600*time.Millisecond); killed {
				kills++
			}
		}
		d.run(t, 0)
		d.with(t, func(w *app.Workspace) {
			imported(t, w, d, rows)
			sound(t, w)
		})
		t.Logf("%d kills in %d rounds, %d rows", kills, killRounds(), rows)
		if kills == 0 {
			t.Error("no process was killed")
		}
	})
}

// brokenRow tells the rows that cannot come in.
func brokenRow(i int) bool { return i%997 == 5 }

func startLong(t *testing.T, w *app.Workspace, who record.Who, rows int) value.ID {
	t.Helper()
	var b strings.Builder
	b.WriteString("external_id,name,account,stage,amount,product\n")
	for i := range rows {
		amount := strconv.Itoa(i)
		if brokenRow(i) {
			amount = "broken"
		}
		fmt.Fprintf(&b, "X%d,Deal %d,Firm %d,%s,%s,Product %d\n", i, i, i/3, []string{"Won", "Lost", "Proposal", "New stage"}[i%4], amount, i%9)
	}
	id, err := w.Importer().Start(t.Context(), who, exchange.Request{Object: "deal", Name: "long.csv", File: strings.NewReader(b.String()),
		Mapping: exchange.Mapping{Columns: map[string]string{"product": "lines.product.name"}, Create: []string{"account", "stage", "lines.product"}}}, false)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func imported(t *testing.T, w *app.Workspace, d doomed, rows int) {
	t.Helper()
	run, err := w.Importer().Get(t.Context(), d.who(), d.Run)
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	want := map[string]bool{}
	for i := range rows {
		if brokenRow(i) {
			broken++
		} else {
			want[fmt.Sprintf("X%d", i)] = true
		}
	}
	if run.State != exchange.Done || run.Rows != rows || run.Created != len(want) || run.Failed != broken || len(run.Errors) != min(broken, 200) {
		t.Errorf("%s %s %+v, %d errors", run.State, run.Error, run.Counts, len(run.Errors))
	}
	eachRecord(t, w, record.Query{Object: "deal", Fields: []string{"external_id"}}, func(r *record.Record) {
		id, _ := r.Field("external_id").(string)
		if !want[id] {
			t.Errorf("%s is there twice, or should not be", id)
		}
		delete(want, id)
	})
	if len(want) > 0 {
		t.Errorf("%d rows are missing", len(want))
	}
	counted := map[string]int{}
	for _, object := range []string{"account", "deal_line", "product"} {
		eachRecord(t, w, record.Query{Object: object, Fields: []string{"id"}}, func(*record.Record) { counted[object]++ })
	}
	firms := (rows + 2) / 3
	if counted["account"] != firms || counted["deal_line"] != run.Created || counted["product"] != 9 || run.Links["account.name"] != firms {
		t.Errorf("%v, made %v; want %d accounts", counted, run.Links, firms)
	}
}

// An undo that is killed goes on as well, until nothing of the import is left.
func TestKillDuringUndo(t *testing.T) {
	eachDoomed(t, func(t *testing.T, d doomed) {
		d.with(t, func(w *app.Workspace) {
			d.Run = startLong(t, w, d.who(), 400)
			if err := w.Importer().Go(t.Context(), d.Run, nil); err != nil {
				t.Fatal(err)
			}
		})
		d.Mode = "undo"
		for range min(killRounds(), 10) {
			d.run(t, 300*time.Millisecond)
		}
		if lines, _ := d.run(t, 0); len(lines) == 0 {
			t.Error("the last process did nothing")
		}
		d.with(t, func(w *app.Workspace) {
			run, err := w.Importer().Get(t.Context(), d.who(), d.Run)
			if err != nil || run.State != exchange.Undone || len(run.Kept) > 0 {
				t.Fatalf("%v %+v", err, run)
			}
			for _, object := range []string{"deal", "deal_line", "account", "product"} {
				eachRecord(t, w, record.Query{Object: object, Fields: []string{"id"}}, func(r *record.Record) {
					t.Errorf("%s %s is left", object, r.ID)
				})
			}
			sound(t, w)
		})
	})
}

// A bulk change that is killed again and again changes each record once, and
// so does its undo.
func TestKillDuringBulk(t *testing.T) {
	eachDoomed(t, func(t *testing.T, d doomed) {
		deals := 1500 * killRounds()
		var act value.ID
		d.with(t, func(w *app.Workspace) {
			fill(t, w, d.who(), deals)
			if err := w.Write(t.Context(), d.who(), func(s *record.Session) error {
				run, err := s.ChangeMany(t.Context(), record.Bulk{Object: "deal", Do: record.Updating, Filter: `next_step is empty`, Values: record.Values{"next_step": "Call"}})
				if err == nil {
					d.Run, act = run.ID, run.Act
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		})
		kills := d.until(t, "bulk")
		d.with(t, func(w *app.Workspace) {
			sound(t, w)
			d.versions(t, w, "Call", 2)
			if err := w.Read(t.Context(), d.who(), func(s *record.Session) error {
				run, err := s.Bulk(t.Context(), d.Run)
				if err == nil && (run.State != record.BulkDone || run.Changed != deals || run.Total != deals || run.Failed+run.Unchanged > 0) {
					t.Errorf("%+v", run)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if err := w.Write(t.Context(), d.who(), func(s *record.Session) error {
				_, err := s.UndoAct(t.Context(), act)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		})
		d.Run = act
		kills += d.until(t, "unbulk")
		d.with(t, func(w *app.Workspace) {
			sound(t, w)
			d.versions(t, w, "", 3)
		})
		t.Logf("%d kills", kills)
		if kills == 0 {
			t.Error("no process was killed")
		}
	})
}

// until kills the process some rounds long and then lets it end.
func (d doomed) until(t *testing.T, mode string) (kills int) {
	t.Helper()
	d.Mode = mode
	for range killRounds() {
		if _, killed := d.run(t, 600*time.Millisecond); killed {
			kills++
		}
	}
	d.run(t, 0)
	return kills
}

// versions wants every deal to have the step, and that many versions.
func (d doomed) versions(t *testing.T, w *app.Workspace, step string, version int64) {
	t.Helper()
	wrong := 0
	eachRecord(t, w, record.Query{Object: "deal", Fields: []string{"next_step"}}, func(r *record.Record) {
		if text, _ := r.Field("next_step").(string); text != step || r.Version != version {
			wrong++
		}
	})
	if wrong > 0 {
		t.Errorf("%d deals are not as they should be", wrong)
	}
}

func fill(t *testing.T, w *app.Workspace, who record.Who, deals int) {
	t.Helper()
	for made := 0; made < deals; {
		if err := w.Write(t.Context(), who, func(s *record.Session) error {
			account, err := s.Create(t.Context(), "account", record.Values{"name": "Acme"})
			if err != nil {
				return err
			}
			b := record.Batch{Object: "deal"}
			for i := range min(500, deals-made) {
				b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": fmt.Sprint("Deal ", made+i), "account": account.ID, "amount": "10"}})
			}
			_, err = s.Save(t.Context(), b)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		made += min(500, deals-made)
	}
}
