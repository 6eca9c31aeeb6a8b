package store

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"
)

// pgStatement is ready to be sent: by its name where the connection knows it, otherwise as text.
type pgStatement struct {
	name, sql string
	*pgParams
}

func (x pgStatement) into(b *pgconn.Batch) {
	if x.name != "" {
		b.ExecPrepared(x.name, x.values, x.formats, nil)
		return
	}
	b.ExecParams(x.sql, x.values, x.oids, x.formats, nil)
}

// sendBehind sends a statement together with BEGIN and what was posted before it.
func (s *pgSession) sendBehind(ctx context.Context, x pgStatement) (pgResult, error) {
	all, before := s.sendWaiting(ctx, &x)
	for range before {
		if err := nextOf(all); err != nil {
			return pgResult{}, s.translate(ctx, err)
		}
	}
	if !all.NextResult() {
		return pgResult{}, s.translate(ctx, orLost(all.Close()))
	}
	return pgResult{ctx: ctx, rr: all.ResultReader(), batch: all}, nil
}

// sendWaiting sends BEGIN, what was posted and, if there is one, a last statement, and says how many stand
// before that one.
func (s *pgSession) sendWaiting(ctx context.Context, last *pgStatement) (all *pgconn.MultiResultReader, before int) {
	var batch pgconn.Batch
	if before = len(s.posted); s.begin != "" {
		batch.ExecParams(s.begin, nil, nil, nil, nil)
		before++
	}
	for _, p := range s.posted {
		p.into(&batch)
	}
	if last != nil {
		last.into(&batch)
	}
	s.begin, s.posted = "", nil
	return s.pg.ExecBatch(ctx, &batch), before
}

// nextOf reads to the end of the next statement of a batch. After a failure the server skips the others.
func nextOf(all *pgconn.MultiResultReader) error {
	if !all.NextResult() {
		return orLost(all.Close())
	}
	if _, err := all.ResultReader().Close(); err != nil {
		all.Close()
		return err
	}
	return nil
}

// postMost bounds what one batch holds.
const postMost = 64

func (s *pgSession) post(ctx context.Context, sql string, args []any) error {
	x, err := s.ready(ctx, sql, args)
	if err != nil {
		return err
	}
	return s.keep(ctx, x)
}

func (s *pgSession) keep(ctx context.Context, x pgStatement) error {
	if s.posted = append(s.posted, x); len(s.posted) < postMost {
		return nil
	}
	return s.flush(ctx)
}

// postRows posts what is one short statement, and runs what is more at once.
func (s *pgSession) postRows(ctx context.Context, in rowsInsert) error {
	if len(in.rows) >= copyFrom {
		_, err := s.execRows(ctx, in)
		return err
	}
	x, err := s.insert(ctx, in, len(in.rows))
	if err != nil {
		return err
	}
	return s.keep(ctx, x)
}

func (s *pgSession) flush(ctx context.Context) error {
	if len(s.posted) == 0 {
		return nil
	}
	return s.sendAll(ctx)
}

// sendAll sends what waits by itself.
func (s *pgSession) sendAll(ctx context.Context) error {
	all, n := s.sendWaiting(ctx, nil)
	for range n {
		if err := nextOf(all); err != nil {
			return s.translate(ctx, err)
		}
	}
	return s.translate(ctx, all.Close())
}
