package app

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/commerce"
	"wellmet/internal/exchange"
	"wellmet/internal/ownership"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/support"
	"wellmet/internal/value"
)

// Workspace is one company's records and the people who work on them.
type Workspace struct {
	app     *App
	slug    string
	engine  *record.Engine
	process *process.Process
	owners  *ownership.Room
}

// Slug names the workspace in addresses.
func (w *Workspace) Slug() string { return w.slug }

// App is the installation.
func (w *Workspace) App() *App { return w.app }

// Engine serves the records.
func (w *Workspace) Engine() *record.Engine { return w.engine }

// Owners gives records their owners.
func (w *Workspace) Owners() *ownership.Room { return w.owners }

// Importer brings files in and takes them out.
func (w *Workspace) Importer() *exchange.Importer {
	return exchange.New(w.engine, exchange.Again{sales.Leads.Name: {Touch: sales.CameAgain, Open: sales.Joinable}})
}

// Read runs fn on one snapshot, in somebody's name.
func (w *Workspace) Read(ctx context.Context, who record.Who, fn func(*record.Session) error, class ...store.Class) error {
	return w.engine.Read(ctx, who, fn, class...)
}

// Write runs fn as one act, in somebody's name. fn may run twice.
func (w *Workspace) Write(ctx context.Context, who record.Who, fn func(*record.Session) error, class ...store.Class) error {
	return w.engine.Write(ctx, who, fn, class...)
}

// open brings the tables up to date and gives a new workspace what every one
// begins with: settings, roles and a pipeline.
func (w *Workspace) open(ctx context.Context) error {
	if w.app.config.Beside {
		return w.engine.Attach(ctx)
	}
	if err := w.engine.Open(ctx); err != nil {
		return err
	}
	fresh := false
	err := w.engine.DB().Read(ctx, func(tx *store.Tx) error {
		var n int64
		_, err := tx.Row(ctx, `SELECT count(*) FROM {role}`, nil, &n)
		fresh = n == 0
		return err
	})
	if err != nil {
		return err
	}
	if fresh {
		return w.begin(ctx)
	}
	return w.bringUp(ctx)
}

// bringUp gives a workspace of an older program what new ones begin with.
func (w *Workspace) bringUp(ctx context.Context) error {
	leads, cases := false, false
	err := w.engine.DB().Read(ctx, func(tx *store.Tx) (err error) {
		if leads, err = sales.NeedsLeadSeed(ctx, tx); err == nil {
			cases, err = support.NeedsSeed(ctx, tx)
		}
		return err
	})
	if err != nil || !leads && !cases {
		return err
	}
	return w.Write(ctx, record.AsSystem("new program"), func(s *record.Session) error {
		if leads {
			if err := sales.SeedLeads(ctx, s); err != nil {
				return err
			}
		}
		return support.Seed(ctx, s)
	})
}

func (w *Workspace) begin(ctx context.Context) error {
	if err := w.engine.DB().Write(ctx, func(tx *store.Tx) error {
		s := record.DefaultSettings()
		c := w.app.config
		for _, x := range []struct{ to, from *string }{{&s.Currency, &c.Currency}, {&s.Zone, &c.Zone}, {&s.Locale, &c.Locale}} {
			if *x.from != "" {
				*x.to = *x.from
			}
		}
		if err := s.Check(); err != nil {
			return err
		}
		return record.SaveSettings(ctx, tx, s)
	}); err != nil {
		return err
	}
	return w.Write(ctx, record.AsSystem("new workspace"), func(s *record.Session) error {
		for _, r := range access.ShippedRoles() {
			v := record.Values{}
			record.With(v, access.RoleName, r.Name)
			record.With(v, access.RoleKey, r.Key)
			record.With(v, access.RolePermissions, r.Permissions.String())
			record.With(v, access.RoleBuiltin, true)
			if _, err := s.Create(ctx, access.Roles.Name, v); err != nil {
				return err
			}
		}
		if err := sales.Seed(ctx, s); err != nil {
			return err
		}
		if err := sales.SeedPeople(ctx, s); err != nil {
			return err
		}
		if err := sales.SeedLeads(ctx, s); err != nil {
			return err
		}
		if err := commerce.Seed(ctx, s); err != nil {
			return err
		}
		return support.Seed(ctx, s)
	})
}

// Empty reports whether the workspace has no member yet: the first one must be
// introduced by the set-up code.
func (w *Workspace) Empty(ctx context.Context) (bool, error) {
	empty := false
	err := w.engine.DB().Read(ctx, func(tx *store.Tx) error {
		var id value.ID
		found, err := tx.Row(ctx, `SELECT id FROM {member} LIMIT 1`, nil, &id)
		empty = !found
		return err
	})
	return empty, err
}
