package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Prepared statements. PostgreSQL spends more on planning a statement over a wide table with a dozen
// indexes than on running it, so a text that comes again and again is prepared on the connections that
// run it. This is safe only where a connection is one server process for its whole life. Behind a pooler
// in transaction mode it is not; there nothing is prepared (docs/decisions/0006).

const (
	// preparedFrom is how often a text must have come, on whichever connection: preparing takes a round
	// trip, and most texts, such as a filter somebody tries, come once.
	preparedFrom = 3
	// preparedMost is kept on one connection; each costs the server some ten kilobytes and more.
	preparedMost = 256
	// preparedLong and preparedWide leave out statements of many rows, whose number differs each time.
	preparedLong = 16 << 10
	preparedWide = 200
	// sightedMost bounds the texts counted; beyond it counting starts anew.
	sightedMost = 4096
)

// sightings counts how often texts came, over all connections of a pool.
type sightings struct {
	off    atomic.Bool // a server did not know a statement: there is a pooler between after all
	mu     sync.Mutex
	counts map[[sha256.Size]byte]uint8
}

// often counts a text and reports whether it is worth preparing.
func (s *sightings) often(key [sha256.Size]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil || len(s.counts) >= sightedMost {
		s.counts = make(map[[sha256.Size]byte]uint8)
	}
	n := s.counts[key]
	if n < preparedFrom {
		n++
		s.counts[key] = n
	}
	return n >= preparedFrom
}

// prepared are the statements of one connection. The connection has one user at a time.
type prepared struct {
	names map[[sha256.Size]byte]string
	order [][sha256.Size]byte // least recently prepared first
}

// preparedKey is where a connection's own data hold its statements.
const preparedKey = "wellmet prepared"

// inspect tells a connection to the server itself from one to a pooler: the server announces the number of
// the process that serves the connection, a pooler a number of its own. The server's own compiler is off:
// it takes half a minute over a report that runs in half a second.
func inspect(ctx context.Context, c *pgx.Conn) error {
	pg := c.PgConn()
	res := pg.ExecParams(ctx, "SELECT pg_backend_pid()::bigint", nil, nil, nil, []int16{1}).Read()
	if res.Err != nil {
		return res.Err
	}
	if pid := binary.BigEndian.Uint64(res.Rows[0][0]); pid != uint64(pg.PID()) {
		return nil
	}
	pg.CustomData()[preparedKey] = &prepared{names: make(map[[sha256.Size]byte]string)}
	_, err := pg.ExecParams(ctx, "SET jit = off", nil, nil, nil, nil).Close()
	return err
}

// pooled reports whether the connection may be another server process in the next transaction, so that
// nothing can be set for its life.
func (s *pgSession) pooled() bool {
	_, direct := s.pg.CustomData()[preparedKey]
	return !direct
}

// prepare answers the name under which the connection knows the statement, or "" where it is to be sent
// as text. The name follows from text and types: should a pooler slip through inspect, a name can be
// unknown to a server process but never mean another statement.
func (s *pgSession) prepare(ctx context.Context, sql string, p *pgParams) (string, error) {
	known, ok := s.pg.CustomData()[preparedKey].(*prepared)
	if !ok || s.engine.patience != "" || len(sql) > preparedLong || len(p.oids) > preparedWide || valued(sql) || s.engine.sightings.off.Load() {
		return "", nil
	}
	key := statementKey(sql, p.oids)
	if name := known.names[key]; name != "" {
		return name, nil
	}
	if !s.engine.sightings.often(key) {
		return "", nil
	}
	if len(known.order) >= preparedMost {
		if err := s.forget(ctx, known); err != nil {
			return "", err
		}
	}
	name := "wellmet_" + hex.EncodeToString(key[:16])
	if _, err := s.pg.Prepare(ctx, name, sql, p.oids); err != nil {
		s.spoilt = true // who leaves in between does not know whether the server has it
		return "", s.translate(ctx, err)
	}
	known.names[key] = name
	known.order = append(known.order, key)
	return name, nil
}

// valued tells questions to the search index. Which plan is good hangs on the words asked for: one made for
// any words walks along the index once for each colleague. Their table is narrow and planned at once.
func valued(sql string) bool {
	return strings.Contains(sql, wordsMatch) || strings.Contains(sql, gramsMatch)
}

// forget makes room by an eighth at once, so that a connection over its limit does not pay with each
// statement.
func (s *pgSession) forget(ctx context.Context, known *prepared) error {
	for _, key := range known.order[:preparedMost/8] {
		if err := s.pg.Deallocate(ctx, known.names[key]); err != nil {
			s.spoilt = true // as in prepare
			return s.translate(ctx, err)
		}
		delete(known.names, key)
	}
	known.order = slices.Delete(known.order, 0, preparedMost/8)
	return nil
}

func statementKey(sql string, oids []uint32) (key [sha256.Size]byte) {
	h := sha256.New()
	h.Write([]byte(sql))
	var b [4]byte
	for _, oid := range oids {
		binary.BigEndian.PutUint32(b[:], oid)
		h.Write(b[:])
	}
	h.Sum(key[:0])
	return key
}

// stale reports that the error is about a statement's being prepared and not about the statement: its
// result changed its types with the schema, or the process behind the connection does not know it. The
// connection is thrown away and the transaction repeated.
func (s *pgSession) stale(err error) bool {
	var e *pgconn.PgError
	if !s.named || !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case "26000": // invalid_sql_statement_name
		s.engine.sightings.off.Store(true)
		return true
	case "0A000": // feature_not_supported: cached plan must not change result type
		return true
	}
	return false
}
