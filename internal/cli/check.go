package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/store"
)

type checkCmd struct {
	JSON bool `help:"Answer as JSON."`
}

// The states of a finding.
const (
	fine = "ok"
	look = "look" // worth a look; nothing is broken
	bad  = "bad"  // somebody must act
)

// finding is what one check found.
type finding struct {
	What  string `json:"what"`
	State string `json:"state"`
	Text  string `json:"text"`
}

// Run looks at everything and ends with status 1 if somebody must act.
func (c *checkCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	x := &checkup{sh: sh, w: w}
	for _, check := range []func(context.Context) error{x.database, x.disk, x.clock, x.queue, x.tables, x.indexes, x.people} {
		if err := check(ctx); err != nil {
			return err
		}
	}
	failed := false
	t := table{}
	for _, f := range x.found {
		failed = failed || f.State == bad
		t.add(f.State, f.What, f.Text)
	}
	if c.JSON {
		err = sh.json(x.found)
	} else {
		t.write(sh.Out)
	}
	if err == nil && failed {
		err = errSaid
	}
	return err
}

// checkup is one look at an installation.
type checkup struct {
	sh    *shell
	w     *app.Workspace
	found []finding
}

func (x *checkup) note(what, state, key string, args fault.Args) {
	x.found = append(x.found, finding{what, state, i18n.Text(x.sh.flags.Locale, key, args)})
}

func (x *checkup) read(ctx context.Context, fn func(*store.Tx) error) error {
	return x.w.Engine().DB().Read(ctx, fn, store.Export)
}

// database: it could be opened and migrated, or we would not be here; on
// SQLite every page of both files is read.
func (x *checkup) database(ctx context.Context) error {
	server := x.w.App().Server()
	name := server.Dialect().Name()
	x.note("database", fine, "cli.check_database", fault.Args{"kind": name, "workspace": x.w.Slug()})
	if x.w.App().Config().Beside {
		x.note("migrations", look, "cli.check_beside", nil)
	} else {
		x.note("migrations", fine, "cli.check_migrations", nil)
	}
	if name != "sqlite" {
		return nil
	}
	for _, db := range []*store.DB{server.Control(), x.w.Engine().DB()} {
		problem := ""
		err := db.Read(ctx, func(tx *store.Tx) error {
			_, err := tx.Row(ctx, "PRAGMA quick_check(1)", nil, &problem)
			return err
		}, store.Export)
		if err != nil {
			return err
		}
		if problem != "ok" {
			x.note("database", bad, "cli.check_broken", fault.Args{"database": db.Name(), "problem": problem})
		}
	}
	return nil
}

func (x *checkup) disk(context.Context) error {
	free, known := freeSpace(x.w.App().Config().Dir)
	switch {
	case !known:
		x.note("disk", look, "cli.check_disk_unknown", nil)
	case free < 500<<20:
		x.note("disk", bad, "cli.check_disk", fault.Args{"free": size(free)})
	case free < 2<<30:
		x.note("disk", look, "cli.check_disk", fault.Args{"free": size(free)})
	default:
		x.note("disk", fine, "cli.check_disk", fault.Args{"free": size(free)})
	}
	return nil
}

func size(n uint64) string {
	switch {
	case n >= 10<<30:
		return strconv.FormatUint(n>>30, 10) + " GB"
	case n < 1<<20:
		return strconv.FormatUint(n>>10, 10) + " KB"
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// clock: nothing may have happened after now.
func (x *checkup) clock(ctx context.Context) error {
	var last *time.Time
	err := x.read(ctx, func(tx *store.Tx) error {
		_, err := tx.Row(ctx, `SELECT max(at) FROM {act}`, nil, &last)
		return err
	})
	if err != nil {
		return err
	}
	now := x.w.App().Now()
	args := fault.Args{"now": now.UTC().Format(time.RFC3339), "zone": x.w.Engine().Settings().Zone}
	if last != nil && last.After(now.Add(time.Minute)) {
		args["last"] = last.Format(time.RFC3339)
		x.note("clock", bad, "cli.check_clock_back", args)
		return nil
	}
	x.note("clock", fine, "cli.check_clock", args)
	return nil
}

// queue: jobs that wait too long, and those that were given up.
func (x *checkup) queue(ctx context.Context) error {
	var waiting, failed int64
	var oldest *time.Time
	err := x.read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Row(ctx, `SELECT count(*), min(not_before) FROM {outbox} WHERE done_at IS NULL AND failed_at IS NULL`, nil, &waiting, &oldest); err != nil {
			return err
		}
		_, err := tx.Row(ctx, `SELECT count(*) FROM {outbox} WHERE failed_at IS NOT NULL AND done_at IS NULL`, nil, &failed)
		return err
	})
	if err != nil {
		return err
	}
	late := oldest != nil && x.w.App().Now().Sub(*oldest) > 15*time.Minute
	state := fine
	if late || failed > 0 {
		state = look
	}
	x.note("queue", state, "cli.check_queue", fault.Args{"waiting": waiting, "failed": failed})
	if late {
		x.note("queue", look, "cli.check_late", fault.Args{"minutes": int(x.w.App().Now().Sub(*oldest).Minutes())})
	}
	return nil
}

// tables: each object has its table and columns.
func (x *checkup) tables(ctx context.Context) error {
	missing := 0
	s := x.w.Engine().Schema()
	objects := s.Objects()
	err := x.read(ctx, func(tx *store.Tx) error {
		missing = 0
		have, err := tx.TableColumns(ctx, s.Tables()...)
		if err != nil {
			return err
		}
		for _, o := range objects {
			missing += lacking(have[o.Table], o.TableColumns(), func(c schema.Column) string { return c.Name })
		}
		return nil
	})
	if err != nil {
		return err
	}
	if missing > 0 {
		x.note("schema", bad, "cli.check_columns", fault.Args{"count": missing})
		return nil
	}
	x.note("schema", fine, "cli.check_schema", fault.Args{"objects": len(objects), "version": s.Version})
	return nil
}

// indexes: those that serve lists are there and valid.
func (x *checkup) indexes(ctx context.Context) error {
	missing, all := 0, 0
	err := x.read(ctx, func(tx *store.Tx) error {
		missing, all = 0, 0
		s := x.w.Engine().Schema()
		have, err := tx.TableIndexes(ctx, s.Tables()...)
		if err != nil {
			return err
		}
		for _, o := range s.Objects() {
			var want []string
			for _, i := range o.Indexes {
				byName, byOwner := o.IndexName(i)
				if want = append(want, byName); o.HasOwner() && i.Served && !i.Unique {
					want = append(want, byOwner)
				}
			}
			all += len(want)
			missing += lacking(have[o.Table], want, func(s string) string { return s })
		}
		return nil
	})
	if err != nil {
		return err
	}
	if missing > 0 {
		x.note("indexes", look, "cli.check_no_index", fault.Args{"count": missing})
		return nil
	}
	x.note("indexes", fine, "cli.check_indexes", fault.Args{"count": all})
	return nil
}

func lacking[T any](have []string, want []T, name func(T) string) int {
	there := map[string]bool{}
	for _, h := range have {
		there[h] = true
	}
	n := 0
	for _, w := range want {
		if !there[name(w)] {
			n++
		}
	}
	return n
}

// people: somebody can administer.
func (x *checkup) people(ctx context.Context) error {
	members, err := x.w.App().Auth().WorkspaceMemberships(ctx, x.w.Slug())
	if err != nil {
		return err
	}
	if len(members) == 0 {
		x.note("people", look, "cli.check_nobody", nil)
		return nil
	}
	x.note("people", fine, "cli.check_people", fault.Args{"count": len(members)})
	return nil
}
