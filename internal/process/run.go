package process

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// run is where a record stands in a blueprint.
type run struct {
	blueprint, record, version value.ID
	state                      string
	since                      time.Time
	due                        *time.Time
	level                      int64
	held                       string
	left                       time.Duration
	autos                      int64
}

// runKey finds a run.
type runKey struct{ blueprint, record value.ID }

// runsOf reads where records stand, in all their blueprints.
func runsOf(ctx context.Context, s *record.Session, ids []value.ID) (map[runKey]*run, error) {
	runs := map[runKey]*run{}
	for chunk := range slices.Chunk(ids, 500) {
		var b strings.Builder
		args := make([]any, len(chunk))
		for i, id := range chunk {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString("$" + strconv.Itoa(i+1))
			args[i] = id
		}
		rows, err := s.Tx().Query(ctx, `SELECT `+runColumns+` FROM {process_run} WHERE record IN (`+b.String()+`)`, args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			r := &run{}
			if err := r.scan(rows); err != nil {
				rows.Close()
				return nil, err
			}
			runs[runKey{r.blueprint, r.record}] = r
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return runs, nil
}

const runColumns = `blueprint, record, version, state, since, due_at, level, held, left_ms, autos`

func (r *run) scan(rows interface{ Scan(...any) error }) error {
	var left int64
	err := rows.Scan(&r.blueprint, &r.record, &r.version, &r.state, &r.since, &r.due, &r.level, &r.held, &left, &r.autos)
	r.left = time.Duration(left) * time.Millisecond
	return err
}

// row is the run as it is written; next is when the clock is looked at again.
func (r *run) row(next *time.Time) []any {
	return []any{r.blueprint, r.record, r.version, r.state, r.since, orNull(r.due), orNull(next), r.level, r.held,
		r.left.Milliseconds(), r.autos}
}

func orNull(t *time.Time) any {
	if t == nil {
		return nil
	}
	return *t
}

func writeRuns(ctx context.Context, s *record.Session, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	return s.Tx().PostRows(ctx, `INSERT INTO {process_run} (blueprint, record, version, state, since, due_at, next_at, level, held, left_ms, autos) VALUES`,
		11, rows, ` ON CONFLICT (blueprint, record) DO UPDATE SET version = excluded.version, state = excluded.state, since = excluded.since,
		due_at = excluded.due_at, next_at = excluded.next_at, level = excluded.level, held = excluded.held, left_ms = excluded.left_ms, autos = excluded.autos`)
}

// set writes how far the clock of a run has come and when to look at it next,
// if the record still stands where it stood and its clock has still to be looked
// at: somebody may have moved it since the run was read, and what he did stays.
func (r *run) set(ctx context.Context, s *record.Session, next *time.Time) (stands bool, err error) {
	n, err := s.Tx().Exec(ctx, `UPDATE {process_run} SET level = $1, next_at = $2 WHERE blueprint = $3 AND record = $4 AND state = $5 AND since = $6 AND next_at <= $7`,
		r.level, orNull(next), r.blueprint, r.record, r.state, r.since, s.Now())
	return n > 0, err
}
