// Package apptest opens whole installations for tests: on SQLite and on
// PostgreSQL, with an administrator, a manager, reps in two teams and a clock
// that stands still.
package apptest

import (
	"context"
	"log/slog"
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

	Ada, Bob, Rita, Max, Olga value.ID

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
		c.Dir, c.Sync = t.TempDir(), store.SyncOff
		test(t, open(t, c))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		p, c := storetest.PostgresConfig(t), c
		c.Dir, c.Database, c.Direct, c.Prefix = p.Dir, p.URL, p.DirectURL, p.SchemaPrefix
		test(t, open(t, c))
	})
}

// Open opens one installation and its people.
func Open(t testing.TB, c app.Config) *Kit {
	t.Helper()
	k := Empty(t, c)
	k.people(t)
	return k
}

// Empty opens one installation without anybody in it.
func Empty(t testing.TB, c app.Config) *Kit {
	t.Helper()
	k := &Kit{now: Noon}
	c.Clock = k.Now
	c.Cost = access.Cost{Memory: 64, Rounds: 1, Threads: 1}
	c.Log = slog.New(slog.DiscardHandler)
	heard, lint := c.OnStatement, storetest.Linter(t, c.Prefix)
	c.OnStatement = func(x store.Statement) {
		if heard != nil {
			heard(x)
		}
		lint(x)
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

func (k *Kit) people(t testing.TB) {
	t.Helper()
	for _, p := range []struct {
		to               *value.ID
		name, role, team string
	}{{&k.Ada, "Ada", access.AdminRole, "Sales"}, {&k.Bob, "Bob", access.ManagerRole, "Sales"},
		{&k.Rita, "Rita", access.RepRole, "North"}, {&k.Max, "Max", access.RepRole, "North"}, {&k.Olga, "Olga", access.RepRole, "South"}} {
		in, err := k.Workspace.AddMember(t.Context(), record.AsSystem("test"), app.NewMember{Name: p.name, Email: p.name + "@test.example",
			Password: Password, Role: p.role, Team: p.team})
		if err != nil {
			t.Fatalf("add %s: %v", p.name, err)
		}
		*p.to = in.Member
	}
	k.write(t, record.AsSystem("test"), func(s *record.Session) error {
		sales, err := app.TeamNamed(t.Context(), s, "Sales", 0)
		if err != nil {
			return err
		}
		for _, name := range []string{"North", "South"} {
			id, err := app.TeamNamed(t.Context(), s, name, 0)
			if err != nil {
				return err
			}
			if _, err := s.Update(t.Context(), "team", id, 0, record.Values{"parent": sales}); err != nil {
				return err
			}
		}
		return nil
	})
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
