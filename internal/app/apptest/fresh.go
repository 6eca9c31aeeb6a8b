package apptest

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// Postgres as the database of a configuration is a fresh installation on the
// PostgreSQL of the tests.
const Postgres = "postgres"

// People are the members of a kit.
type People struct{ Ada, Bob, Rita, Max, Olga value.ID }

// The installations that fresh ones are copied from.
var (
	deserted = prepare("deserted", func(context.Context, *app.Workspace, string) error { return nil })
	staffed  = prepare("staffed", func(ctx context.Context, w *app.Workspace, dir string) error {
		var p People
		if err := p.join(ctx, w); err != nil {
			return err
		}
		return p.note(dir)
	})
	sampled = prepare("sampled", func(ctx context.Context, w *app.Workspace, _ string) error {
		_, err := w.LoadDemo(ctx)
		return err
	})
)

func prepare(name string, fill func(ctx context.Context, w *app.Workspace, dir string) error) *storetest.Prepared {
	return storetest.Prepare(func(ctx context.Context, c store.Config) error {
		return filled(ctx, c, func(w *app.Workspace) error { return fill(ctx, w, c.Dir) })
	}).Shared(name)
}

// roster is where the people of an installation are noted in its folder: who
// copies it did not see them join.
const roster = "people.json"

func (p *People) note(dir string) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, roster), text, 0o600)
}

func (p *People) recall(t testing.TB, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, roster))
	if err == nil {
		err = json.Unmarshal(text, p)
	}
	if err != nil {
		t.Fatalf("people of the kit: %v", err)
	}
}

func config(c store.Config) app.Config {
	return app.Config{Dir: c.Dir, Database: c.URL, Direct: c.DirectURL, Prefix: c.SchemaPrefix, Sync: c.Sync, OnStatement: c.OnStatement}
}

// Quiet is the configuration of an installation without background jobs, on
// databases that storetest prepared.
func Quiet(c store.Config, clock func() time.Time) app.Config {
	x := cheap(config(c), clock)
	x.Quiet = true
	return x
}

// filled makes an installation, and does what its filling asked for.
func filled(ctx context.Context, c store.Config, fill func(*app.Workspace) error) error {
	a, err := app.Open(ctx, Quiet(c, func() time.Time { return Noon }))
	if err != nil {
		return err
	}
	w, err := a.Default(ctx)
	if err == nil {
		err = fill(w)
	}
	if err == nil {
		err = a.Jobs().Drain(ctx)
	}
	return errors.Join(err, a.Close())
}

// fresh puts a copy where a configuration asks for one.
func fresh(t testing.TB, c app.Config, from *storetest.Prepared) (app.Config, bool) {
	t.Helper()
	var at store.Config
	switch {
	case c.Database == Postgres:
		at = from.PostgresConfig(t)
	case c.Database == "" && c.Dir == "":
		at = from.SQLiteConfig(t)
	default:
		return c, false
	}
	c.Dir, c.Database, c.Direct, c.Prefix = at.Dir, at.URL, at.DirectURL, at.SchemaPrefix
	return c, true
}

// join makes the people members.
func (p *People) join(ctx context.Context, w *app.Workspace) error {
	who := record.AsSystem("test")
	for _, x := range []struct {
		to               *value.ID
		name, role, team string
	}{{&p.Ada, "Ada", access.AdminRole, "Sales"}, {&p.Bob, "Bob", access.ManagerRole, "Sales"},
		{&p.Rita, "Rita", access.RepRole, "North"}, {&p.Max, "Max", access.RepRole, "North"}, {&p.Olga, "Olga", access.RepRole, "South"}} {
		in, err := w.AddMember(ctx, who, app.NewMember{Name: x.name, Email: x.name + "@test.example", Password: Password, Role: x.role, Team: x.team})
		if err != nil {
			return err
		}
		*x.to = in.Member
	}
	return w.Write(ctx, who, func(s *record.Session) error {
		sales, err := app.TeamNamed(ctx, s, "Sales", 0)
		if err != nil {
			return err
		}
		for _, name := range []string{"North", "South"} {
			id, err := app.TeamNamed(ctx, s, name, 0)
			if err != nil {
				return err
			}
			if _, err := s.Update(ctx, "team", id, 0, record.Values{"parent": sales}); err != nil {
				return err
			}
		}
		return nil
	})
}
