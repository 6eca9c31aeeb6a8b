package bench

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
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

// inside compares the engine with the bare driver in this process, beside the
// running server: what one request costs through record, and what the same
// statements cost when nothing is done with their rows but reading them.
type inside struct {
	place    Place
	requests int                  // how many different ones are replayed
	span     time.Duration        // for which each side is repeated
	meter    func() time.Duration // CPU of this process and its database
	recorder recorder
}

// cost is what something takes, in milliseconds: of CPU on average, and of wall
// time in the middle.
type cost struct{ cpu, median float64 }

// both answers what a request costs through the engine, and bare.
func (x *inside) both(ctx context.Context, a *actor, ask func(*record.Session, *rand.Rand) error) (engine, bare cost, err error) {
	c := x.place.config()
	c.Quiet, c.Beside, c.OnStatement = true, c.Database == "", x.recorder.see
	opened, err := app.Open(ctx, c)
	if err != nil {
		return cost{}, cost{}, err
	}
	defer opened.Close()
	w, err := opened.Default(ctx)
	if err != nil {
		return cost{}, cost{}, err
	}
	random := rand.New(rand.NewPCG(11, 1))
	once := func() error {
		return w.Read(ctx, record.Who{Member: a.member, Door: "bench"}, func(s *record.Session) error { return ask(s, random) }, store.Export)
	}
	if _, err := x.cost(once); err != nil { // warm
		return cost{}, cost{}, err
	}
	if engine, err = x.cost(once); err != nil {
		return cost{}, cost{}, err
	}
	sent := make([][]statement, x.requests)
	for i := range sent {
		x.recorder.record(true)
		if err := once(); err != nil {
			return cost{}, cost{}, err
		}
		sent[i] = x.recorder.record(false)
	}
	bare, err = x.replay(ctx, opened, sent)
	return engine, bare, err
}

// cost runs something over and over.
func (x *inside) cost(once func() error) (cost, error) {
	before, began := x.meter(), time.Now()
	var took []float64
	for len(took) == 0 || time.Since(began) < x.span {
		from := time.Now()
		if err := once(); err != nil {
			return cost{}, err
		}
		took = append(took, millis(time.Since(from)))
	}
	slices.Sort(took)
	return cost{cpu: millis(x.meter()-before) / float64(len(took)), median: took[len(took)/2]}, nil
}

// replay sends the statements of one request after the other by the bare driver.
// On SQLite they are prepared once; on PostgreSQL they are sent as text each
// time, which a pooler between demands of anybody.
func (x *inside) replay(ctx context.Context, a *app.App, sent [][]statement) (cost, error) {
	driver, url := "sqlite", "file:"+x.place.Dir+"/ws_"+a.Config().Slug+".db?mode=ro"
	if x.place.Database != "" {
		exec, err := x.place.with("default_query_exec_mode", "exec")
		if err != nil {
			return cost{}, err
		}
		driver, url = "pgx", exec.Database
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		return cost{}, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var prepared map[string]*sql.Stmt
	if x.place.Database == "" {
		prepared = map[string]*sql.Stmt{}
	}
	at := 0
	once := func() error {
		list := sent[at%len(sent)]
		at++
		for _, st := range list {
			if err := runBare(ctx, db, prepared, st); err != nil {
				return err
			}
		}
		return nil
	}
	for range sent { // warm
		if err := once(); err != nil {
			return cost{}, err
		}
	}
	return x.cost(once)
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
