// Package apptest opens whole installations for tests: on SQLite and on
// PostgreSQL, with an administrator, a manager, reps in two teams and a clock
// that stands still.
package apptest

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// Password is everybody's.
const Password = "correct horse battery"

// Noon is the moment of every test, unless it moves the clock.
var Noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Kit is an installation with people:
//
//	Sales: Ada (admin), Bob (manager) · North: Rita, Max (reps) · South: Olga (rep)
type Kit struct {
	App       *app.App
	Workspace *app.Workspace
	Config    app.Config
	People

	mu  sync.Mutex
	now time.Time
}

// Each runs test on a fresh installation of each kind, in parallel.
func Each(t *testing.T, test func(t *testing.T, k *Kit)) {
	t.Helper()
	each(t, app.Config{}, Open, test)
}

// EachQuiet is Each without background jobs, for tests that run these
// themselves and count what leaves: a job may run twice, and would where a test
// drains what the queue is just at.
func EachQuiet(t *testing.T, test func(t *testing.T, k *Kit)) {
	t.Helper()
	each(t, app.Config{Quiet: true}, Open, test)
}

// EachWith is Each on installations of a configuration that says nothing of the
// database.
func EachWith(t *testing.T, c app.Config, test func(t *testing.T, k *Kit)) {
	t.Helper()
	each(t, c, Open, test)
}

// EachSample runs test on a quiet installation of each kind with the sample
// company, as Sample opens it.
func EachSample(t *testing.T, test func(t *testing.T, k *Kit, d *app.Demo)) {
	t.Helper()
	sample := func(t testing.TB, c app.Config) *Kit { k, _ := Sample(t, c); return k }
	each(t, app.Config{Quiet: true}, sample, func(t *testing.T, k *Kit) {
		d, err := k.Workspace.Demo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		test(t, k, d)
	})
}

// EachEmpty is Each without anybody in the installation.
func EachEmpty(t *testing.T, test func(t *testing.T, k *Kit)) {
	t.Helper()
	each(t, app.Config{}, Empty, test)
}

func each(t *testing.T, c app.Config, open func(testing.TB, app.Config) *Kit, test func(t *testing.T, k *Kit)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		c := c
		c.Sync = store.SyncOff
		test(t, open(t, c))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		c := c
		c.Database = Postgres
		test(t, open(t, c))
	})
}

// Bench runs a benchmark on a quiet installation of each kind, whose statements
// nobody judges.
func Bench(b *testing.B, run func(b *testing.B, k *Kit)) {
	b.Run("sqlite", func(b *testing.B) {
		run(b, Open(b, app.Config{Quiet: true, Sync: store.SyncNormal}))
	})
	b.Run("postgres", func(b *testing.B) {
		run(b, Open(b, app.Config{Quiet: true, Database: Postgres}))
	})
}

// Open opens one installation and its people. Without a folder, and on the
// database Postgres, it is a fresh one, copied from one that was made before.
func Open(t testing.TB, c app.Config) *Kit {
	t.Helper()
	if c, ready := fresh(t, c, staffed); ready {
		k := open(t, c)
		k.People.recall(t, c.Dir)
		return k
	}
	k := open(t, c)
	if err := k.People.join(t.Context(), k.Workspace); err != nil {
		t.Fatal(err)
	}
	return k
}

// Empty opens one installation without anybody in it, fresh as in Open.
func Empty(t testing.TB, c app.Config) *Kit {
	t.Helper()
	c, _ = fresh(t, c, deserted)
	return open(t, c)
}

// Sample opens one installation with the sample company, fresh as in Open.
func Sample(t testing.TB, c app.Config) (*Kit, *app.Demo) {
	t.Helper()
	c, ready := fresh(t, c, sampled)
	k := open(t, c)
	if !ready {
		if _, err := k.Workspace.LoadDemo(t.Context()); err != nil {
			t.Fatalf("sample company: %v", err)
		}
	}
	d, err := k.Workspace.Demo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return k, d
}

func open(t testing.TB, c app.Config) *Kit {
	t.Helper()
	k := &Kit{now: Noon}
	c = cheap(c, k.Now)
	if _, measured := t.(*testing.B); !measured {
		heard, lint := c.OnStatement, storetest.Linter(t, c.Prefix)
		c.OnStatement = func(x store.Statement) {
			if heard != nil {
				heard(x)
			}
			lint(x)
		}
	}
	k.Config = c
	a, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatalf("open app: %v", err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close app: %v", err)
		}
	})
	k.App = a
	if k.Workspace, err = a.Default(t.Context()); err != nil {
		t.Fatal(err)
	}
	return k
}

// cheap is a configuration that says nothing, and whose passwords cost nothing.
func cheap(c app.Config, clock func() time.Time) app.Config {
	c.Clock = clock
	c.Cost = access.Cost{Memory: 64, Rounds: 1, Threads: 1}
	c.Log = slog.New(slog.DiscardHandler)
	c.Patience = storetest.Patience
	return c
}

// Now is the clock.
func (k *Kit) Now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

// Pass moves the clock on.
func (k *Kit) Pass(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now = k.now.Add(d)
}

// As is a member at the API's door.
func As(member value.ID) record.Who { return record.Who{Member: member, Door: "api", Cause: "test"} }

// Speak lets a member read everything in a language.
func (k *Kit) Speak(t testing.TB, member value.ID, language string) {
	t.Helper()
	users, err := k.App.Auth().WorkspaceMemberships(t.Context(), k.Workspace.Slug())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		if u.Member != member {
			continue
		}
		if err := k.App.Auth().SetPreferences(t.Context(), u.User, access.Preferences{Language: language}); err != nil {
			t.Fatal(err)
		}
	}
}

// Drain runs every job that is due. Only a quiet installation can be drained:
// what a queue is just running is not waited for, and would still be under way.
func (k *Kit) Drain(t testing.TB) {
	t.Helper()
	if !k.Config.Quiet {
		t.Fatal("drained beside background jobs: open the installation with EachQuiet")
	}
	if err := k.App.Jobs().Drain(t.Context()); err != nil {
		t.Fatalf("drain jobs: %v", err)
	}
}

// Write runs fn as one act and fails the test on an error.
func (k *Kit) Write(t testing.TB, member value.ID, fn func(*record.Session) error) {
	t.Helper()
	k.write(t, As(member), fn)
}

func (k *Kit) write(t testing.TB, who record.Who, fn func(*record.Session) error) {
	t.Helper()
	if err := k.Workspace.Write(t.Context(), who, fn); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// Try runs fn as one act and answers its error.
func (k *Kit) Try(ctx context.Context, member value.ID, fn func(*record.Session) error) error {
	return k.Workspace.Write(ctx, As(member), fn)
}

// Read runs fn on a snapshot and fails the test on an error.
func (k *Kit) Read(t testing.TB, member value.ID, fn func(*record.Session) error) {
	t.Helper()
	if err := k.Workspace.Read(t.Context(), As(member), fn); err != nil {
		t.Fatalf("read: %v", err)
	}
}

// Create makes a record and answers its id.
func (k *Kit) Create(t testing.TB, member value.ID, object string, v record.Values) (id value.ID) {
	t.Helper()
	k.Write(t, member, func(s *record.Session) error {
		out, err := s.Create(t.Context(), object, v)
		id = out.ID
		return err
	})
	return id
}

// Inbox is what a member was told, latest first.
func (k *Kit) Inbox(t testing.TB, member value.ID) (items []notify.Item) {
	t.Helper()
	k.Read(t, member, func(s *record.Session) (err error) {
		items, _, err = notify.Inbox(t.Context(), s, notify.Page{Limit: 50})
		return err
	})
	return items
}

// Mask keeps fields ("deal.kind") from the reps, who may do all else.
func (k *Kit) Mask(t testing.TB, fields ...string) {
	t.Helper()
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = `"` + f + `": "none"`
	}
	k.write(t, record.AsSystem("test"), func(s *record.Session) error {
		rep, _ := s.Roster().Role(access.RepRole)
		_, err := s.Update(t.Context(), "role", rep, 0, record.Values{"permissions": `{"objects": {"*": {"read": "all", "create": "all", "update": "all"}}, "fields": {` + strings.Join(texts, ", ") + `}}`})
		return err
	})
}
