package store

import (
	"context"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"wellmet/internal/fault"
)

// pgPool holds the connections of one PostgreSQL database; the engines of all its schemas share it.
type pgPool struct {
	pool     *pgxpool.Pool
	longGate chan struct{} // reports and exports take at most half of the connections
	sightings
}

func openPool(ctx context.Context, url string, conns, idle int) (*pgPool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fault.New(fault.Invalid, "store.bad_url", fault.Args{"scheme": "postgres"}).Because(err)
	}
	config.MaxConns = int32(conns)
	config.MinIdleConns = int32(idle)
	config.MaxConnIdleTime = 5 * time.Minute
	// Our statements do not pass through pgx's query layer at all; this is for its pings. Which of ours
	// are prepared decides pgSession.prepare.
	config.AfterConnect = inspect
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.ConnConfig.StatementCacheCapacity = 0
	config.ConnConfig.DescriptionCacheCapacity = 0
	if _, set := config.ConnConfig.RuntimeParams["application_name"]; !set {
		config.ConnConfig.RuntimeParams["application_name"] = "wellmet"
	}
	config.ConnConfig.RuntimeParams["datestyle"] = "ISO, YMD" // one of the few that PgBouncer passes on
	config.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		// A page that gave up must not leave its query running; the connection is closed only if the
		// server does not answer the cancel request.
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: 5 * time.Second}
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	return &pgPool{pool: pool, longGate: make(chan struct{}, max(1, conns/2))}, nil
}

// check refuses a server that would give wrong answers.
func (p *pgPool) check(ctx context.Context) error {
	c, err := p.pool.Acquire(ctx)
	if err != nil {
		return unreachable(err)
	}
	defer c.Release()
	res := c.Conn().PgConn().ExecParams(ctx, `SELECT current_setting('server_version_num'), current_setting('bytea_output'),
		current_setting('server_encoding'), current_setting('server_version')`, nil, nil, nil, nil).Read()
	if res.Err != nil {
		return unreachable(res.Err)
	}
	row := res.Rows[0]
	if n, _ := strconv.Atoi(string(row[0])); n < 150000 {
		return fault.New(fault.Unavailable, "store.old_server", fault.Args{"version": string(row[3])})
	}
	if string(row[1]) != "hex" || string(row[2]) != "UTF8" {
		return fault.New(fault.Unavailable, "store.server_settings", fault.Args{"bytea_output": string(row[1]), "encoding": string(row[2])})
	}
	return nil
}

// pgEngine opens transactions on one schema.
type pgEngine struct {
	*pgPool
	direct   *pgPool
	expander expander
	patience string // lock_timeout of its transactions, "" = the server's
}

func newPGEngine(data, direct *pgPool, schema string) *pgEngine {
	return &pgEngine{pgPool: data, direct: direct, expander: expander{prefix: quote(schema) + "."}}
}

func (e *pgEngine) altering() beginner {
	return &pgEngine{pgPool: e.direct, direct: e.direct, expander: e.expander, patience: "200ms"}
}

// Without a level of our own, transactions would take the server's default. Writers see what others
// committed before each statement, so a lock waited for shows the newest row; readers see one snapshot.
const (
	pgBeginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
	pgBeginRead  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
)

func (e *pgEngine) begin(ctx context.Context, write bool, class Class) (session, error) {
	s := &pgSession{engine: e, ctx: ctx, begin: pgBeginRead}
	if write {
		s.begin = pgBeginWrite
	}
	if class.long() {
		select {
		case e.longGate <- struct{}{}:
			s.long = true
		case <-ctx.Done():
			return nil, waitedTooLong(ctx)
		}
	}
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		if s.long {
			<-e.longGate
		}
		return nil, translateAcquire(ctx, err)
	}
	s.conn, s.pg = conn, conn.Conn().PgConn()
	if err := s.set(ctx); err != nil {
		s.rollback()
		return nil, err
	}
	return s, nil
}

// set is what the transaction needs other than the server has it. Behind a pooler only the long ones are
// spared the server's compiler (see inspect): it costs the others a round trip more than it saves.
func (s *pgSession) set(ctx context.Context) error {
	if p := s.engine.patience; p != "" {
		if _, err := s.exec(ctx, "SET LOCAL lock_timeout = '"+p+"'", nil); err != nil {
			return err
		}
	}
	if s.long && s.pooled() {
		_, err := s.exec(ctx, "SET LOCAL jit = off", nil)
		return err
	}
	return nil
}

// close leaves the pool to the server, which closes it after all its schemas.
func (e *pgEngine) close() error { return nil }

// unreachable says that the database does not answer; the operator, who sees
// arguments that users do not, also learns why.
func unreachable(err error) error {
	problem := err.Error()
	var op *net.OpError
	var said *pgconn.PgError
	switch {
	case errors.As(err, &said):
		problem = said.Message
	case errors.As(err, &op):
		problem = op.Err.Error()
	}
	return fault.New(fault.Unavailable, "store.unreachable", fault.Args{"problem": problem}).Because(err)
}
