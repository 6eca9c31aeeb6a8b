package bench

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the bare driver of PostgreSQL
	_ "modernc.org/sqlite"             // the bare driver of SQLite

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// statement is one that the engine sent, to be sent again without it.
type statement struct {
	sql  string
	args []any
}

// recorder keeps the statements of a while.
type recorder struct {
	mu   sync.Mutex
	on   bool
	list []statement
}

func (r *recorder) see(x store.Statement) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.on && x.Database != "control" {
		args := make([]any, len(x.Values))
		for i, v := range x.Values {
			args[i] = plain(v)
		}
		r.list = append(r.list, statement{x.SQL, args})
	}
}

func (r *recorder) record(on bool) []statement {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.list
	r.on, r.list = on, nil
	return list
}

// plain is an argument as a driver takes it.
func plain(v any) any {
	switch x := v.(type) {
	case value.ID:
		return int64(x)
	case value.Date:
		return x.String()
	case time.Time:
		return x.UnixMilli()
	case int:
		return int64(x)
	}
	return v
}

// requests is how many different ones the comparison replays.
const requests = 50

// inside compares the engine with the bare driver in this process, beside the
// running server: what one request costs through record, and what the same
// statements cost when nothing is done with their rows but reading them.
type inside struct {
	place    Place
	span     time.Duration        // for which each side is repeated
	meter    func() time.Duration // CPU of this process and its database
	recorder recorder
}

// both answers the milliseconds of CPU a request through the engine, and bare.
func (x *inside) both(ctx context.Context, a *actor, ask func(*record.Session, *rand.Rand) error) (engine, bare float64, err error) {
	c := x.place.config()
	c.Quiet, c.Beside, c.OnStatement = true, c.Database == "", x.recorder.see
	opened, err := app.Open(ctx, c)
	if err != nil {
		return 0, 0, err
	}
	defer opened.Close()
	w, err := opened.Default(ctx)
	if err != nil {
		return 0, 0, err
	}
	random := rand.New(rand.NewPCG(11, 1))
	once := func() error {
		return w.Read(ctx, record.Who{Member: a.member, Door: "bench"}, func(s *record.Session) error { return ask(s, random) })
	}
	if _, err := x.cost(once); err != nil { // warm
		return 0, 0, err
	}
	if engine, err = x.cost(once); err != nil {
		return 0, 0, err
	}
	x.recorder.record(true)
	for range requests {
		if err := once(); err != nil {
			return 0, 0, err
		}
	}
	bare, err = x.replay(ctx, opened, x.recorder.record(false))
	return engine, bare, err
}

// cost runs something over and over and answers its CPU in milliseconds.
func (x *inside) cost(once func() error) (float64, error) {
	before, began, n := x.meter(), time.Now(), 0
	for ; n == 0 || time.Since(began) < x.span; n++ {
		if err := once(); err != nil {
			return 0, err
		}
	}
	return millis(x.meter()-before) / float64(n), nil
}

// replay sends the statements of some requests by the bare driver and answers
// the cost a request. On SQLite they are prepared once; on PostgreSQL they are
// sent as text each time, which a pooler between demands of anybody.
func (x *inside) replay(ctx context.Context, a *app.App, list []statement) (float64, error) {
	driver, url := "sqlite", "file:"+x.place.Dir+"/ws_"+a.Config().Slug+".db?mode=ro"
	if x.place.Database != "" {
		exec, err := x.place.with("default_query_exec_mode", "exec")
		if err != nil {
			return 0, err
		}
		driver, url = "pgx", exec.Database
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var prepared map[string]*sql.Stmt
	if x.place.Database == "" {
		prepared = map[string]*sql.Stmt{}
	}
	once := func() error {
		for _, st := range list {
			if err := runBare(ctx, db, prepared, st); err != nil {
				return err
			}
		}
		return nil
	}
	if err := once(); err != nil {
		return 0, err
	}
	cost, err := x.cost(once)
	return cost / float64(requests), err
}

func runBare(ctx context.Context, db *sql.DB, prepared map[string]*sql.Stmt, st statement) error {
	rows, err := query(ctx, db, prepared, st)
	if err != nil {
		return fmt.Errorf("bare %s: %w", st.sql, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(names))
	into := make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
	}
	return rows.Err()
}

func query(ctx context.Context, db *sql.DB, prepared map[string]*sql.Stmt, st statement) (*sql.Rows, error) {
	if prepared == nil {
		return db.QueryContext(ctx, st.sql, st.args...)
	}
	p := prepared[st.sql]
	if p == nil {
		var err error
		if p, err = db.PrepareContext(ctx, st.sql); err != nil {
			return nil, err
		}
		prepared[st.sql] = p
	}
	return p.QueryContext(ctx, st.args...)
}
