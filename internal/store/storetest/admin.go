package storetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// admin makes and drops databases. All that it makes bear its name, which its connections bear, too: whose
// connections are gone has left his template behind, and the next process drops it.
type admin struct {
	pool *pgxpool.Pool
	name string
	made atomic.Int64
}

const (
	family     = "wellmet_test_"
	nameLength = len(family) + 12
)

var administrator = sync.OnceValues(func() (*admin, error) {
	ctx := context.Background()
	c, err := pgxpool.ParseConfig(cmp.Or(os.Getenv(DirectVariable), os.Getenv(PostgresVariable)))
	if err != nil {
		return nil, err
	}
	a := &admin{name: family + strings.ToLower(rand.Text()[:nameLength-len(family)])}
	c.MinConns, c.MaxConns = 1, 4
	c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	c.ConnConfig.RuntimeParams["application_name"] = a.name
	if a.pool, err = pgxpool.NewWithConfig(ctx, c); err != nil {
		return nil, err
	}
	return a, a.tidy(ctx)
})

// create makes a database, as a copy of another unless that is ""; a kept one stays when this process ends.
func (a *admin) create(ctx context.Context, from string, kept bool) (string, error) {
	name := a.name + "_" + strconv.FormatInt(a.made.Add(1), 10)
	if kept {
		name = "kept_" + name
	}
	sql := "CREATE DATABASE " + name
	if from != "" {
		sql += " TEMPLATE " + from + " STRATEGY FILE_COPY" // a fifth of what the log of its pages costs
	}
	_, err := a.pool.Exec(ctx, sql)
	return name, err
}

func (a *admin) drop(ctx context.Context, name string) error {
	_, err := a.pool.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	return err
}

// tidy drops what processes left behind that have ended.
func (a *admin) tidy(ctx context.Context) error {
	rows, err := a.pool.Query(ctx, `SELECT d.datname FROM pg_catalog.pg_database d WHERE starts_with(d.datname, $1)
		AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity c WHERE c.application_name = left(d.datname, $2))`, family, nameLength)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		_ = a.drop(ctx, name) // another process may be at it
	}
	return nil
}
