package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"wellmet/internal/fault"
)

// translate tells errors apart by SQLSTATE; an error without one on a closed connection is a lost
// connection, and nothing was committed yet.
func (s *pgSession) translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if s.stale(err) || s.stray(ctx, err) {
		return s.again(err)
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return translatePG(ctx, e)
	}
	if end, ok := ended(ctx, err); ok {
		return end
	}
	if s.pg.IsClosed() {
		return retryable{fault.New(fault.Unavailable, keyLost, nil).Because(err)}
	}
	return err
}

// again throws the connection away, so that a repetition gets another one.
func (s *pgSession) again(err error) error {
	s.spoilt = true
	return retryable{fault.New(fault.Unavailable, keyBusy, nil).Because(err)}
}

const (
	// leftKey is where a connection's own data hold when somebody left it whose context had ended.
	leftKey = "wellmet left"
	// strayFor is how long after that a cancel request may still arrive.
	strayFor = time.Minute
)

// stray reports that the cancel request of somebody who has left hit the one who came after him on the
// connection: the server takes a request by a connection of its own, and under load later than the driver waits.
func (s *pgSession) stray(ctx context.Context, err error) bool {
	var e *pgconn.PgError
	if ctx.Err() != nil || !errors.As(err, &e) || e.Code != queryCanceled {
		return false
	}
	left, ok := s.pg.CustomData()[leftKey].(time.Time)
	return ok && time.Since(left) < strayFor
}

// queryCanceled: a cancel request, or a statement_timeout of the server.
const queryCanceled = "57014"

func translatePG(ctx context.Context, e *pgconn.PgError) error {
	switch e.Code {
	case "23505": // unique_violation
		// A primary key is nobody's field; its name would be the only one without a meaning upstairs.
		index := e.ConstraintName
		if strings.HasSuffix(index, "_pkey") {
			index = ""
		}
		return fault.New(fault.Conflict, keyUnique, fault.Args{"index": index, "table": e.TableName}).Because(e)
	case "23503": // foreign_key_violation
		return fault.New(fault.Conflict, keyReference, nil).Because(e)
	case "40001", "40P01", "55P03", "53300": // serialisation, deadlock, lock not available, too many connections
		return retryable{fault.New(fault.Unavailable, keyBusy, nil).Because(e)}
	case "25006", "57P01", "57P02", "57P03", "08006", "08P01": // primary became a replica, server going or coming, PgBouncer lost it
		return retryable{fault.New(fault.Unavailable, keyLost, nil).Because(e)}
	case "53100": // disk_full
		return fault.New(fault.Unavailable, keyFull, nil).Because(e)
	case queryCanceled:
		if end, ok := ended(ctx, e); ok {
			return end
		}
		return fault.New(fault.Unavailable, keyTimeout, nil).Because(e)
	}
	return e
}

// commitPG judges a failed COMMIT: an ERROR is the server's word that nothing was committed; a FATAL, or no
// word at all, leaves it open.
func commitPG(err error) error {
	var e *pgconn.PgError
	if errors.As(err, &e) && e.SeverityUnlocalized == "ERROR" {
		return translatePG(context.Background(), e)
	}
	return fault.New(fault.Unavailable, keyUnknown, nil).Because(err)
}

func translateAcquire(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return waitedTooLong(ctx)
	}
	return retryable{fault.New(fault.Unavailable, keyLost, nil).Because(err)}
}
