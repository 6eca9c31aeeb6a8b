package process

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Handle says how this room's jobs run; of finds the workspace's engine and
// its process.
func Handle(r *jobs.Runner, of func(ctx context.Context, workspace string) (*record.Engine, *Process, error)) {
	jobs.Handle(r, jobs.Options{}, func(ctx context.Context, run jobs.Run, j adopt) error {
		e, _, err := of(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return adoptChunk(ctx, e, j)
	})
	jobs.Handle(r, jobs.Options{}, func(ctx context.Context, run jobs.Run, j undue) error {
		e, _, err := of(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return undueSome(ctx, e, j)
	})
	jobs.Handle(r, jobs.Options{Timeout: time.Minute}, func(ctx context.Context, run jobs.Run, j deliveries) error {
		e, p, err := of(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return p.work(ctx, e, j.Webhook)
	})
	jobs.Handle(r, jobs.Options{Timeout: time.Minute}, func(ctx context.Context, run jobs.Run, j calls) error {
		e, p, err := of(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return p.AnswerCalls(ctx, e, j.Hook)
	})
	jobs.Handle(r, jobs.Options{Attempts: letterTries}, func(ctx context.Context, run jobs.Run, j letter) error {
		e, p, err := of(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return p.post(ctx, e, run, j)
	})
	jobs.Handle(r, jobs.Options{}, func(ctx context.Context, run jobs.Run, j paper) error {
		e, p, err := of(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return p.print(ctx, e, run, j)
	})
}

// clockwork is who acts when nobody but the clock does.
func clockwork() record.Who { return record.Who{System: "time", Door: "clock"} }

// tickChunk is how many records one transaction of the clock takes.
const tickChunk = 100

// Tick does what the clock asks for: time limits that near or are over, rules
// about dates, webhooks that a crash left waiting. It is called every minute.
func (p *Process) Tick(ctx context.Context, e *record.Engine) error {
	for _, portion := range []func(context.Context, *record.Session) (bool, error){p.rezone, p.overdue} {
		for more := true; more && ctx.Err() == nil; {
			err := e.Write(ctx, clockwork(), func(s *record.Session) (err error) {
				more, err = portion(ctx, s)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	if err := p.dates(ctx, e); err != nil {
		return err
	}
	return p.forgotten(ctx, e)
}

// overdue takes the records whose clock has to be looked at.
func (p *Process) overdue(ctx context.Context, s *record.Session) (more bool, err error) {
	rows, err := s.Tx().Query(ctx, `SELECT `+runColumns+` FROM {process_run} WHERE next_at <= $1 ORDER BY next_at LIMIT $2`, s.Now(), tickChunk)
	if err != nil {
		return false, err
	}
	var list []*run
	for rows.Next() {
		r := &run{}
		if err := r.scan(rows); err != nil {
			rows.Close()
			return false, err
		}
		list = append(list, r)
	}
	if err := rows.Close(); err != nil {
		return false, err
	}
	for _, r := range list {
		if err := p.ring(ctx, s, r); err != nil {
			return false, err
		}
	}
	return len(list) == tickChunk, nil
}

// ring warns of a limit that nears, or does what is to be done when it is over.
func (p *Process) ring(ctx context.Context, s *record.Session, r *run) error {
	b, err := versionOf(ctx, s, r.version)
	if err != nil {
		return err
	}
	var x *record.Record
	if b != nil {
		found, err := s.AsSystem("time limits").GetMany(ctx, b.object.Name, []value.ID{r.record})
		if err != nil {
			return err
		}
		x = found[r.record]
	}
	if x == nil || b.states[r.state] == nil || stateKey(x.Value(b.field)) != r.state {
		_, err := r.set(ctx, s, nil)
		return err
	}
	st := b.states[r.state]
	cal, err := hours.Whose(ctx, s, x.Owner())
	if err != nil {
		return err
	}
	over := r.due != nil && !r.due.After(s.Now())
	r.level = levelWarned
	if over {
		r.level = levelOver
	}
	if stands, err := r.set(ctx, s, r.next(st, cal)); err != nil || !stands {
		return err
	}
	return p.limitReached(ctx, s, b, st, x, over, r)
}

// maxAutos is how often a record may move by itself before somebody moves it.
const maxAutos = 10

func (p *Process) limitReached(ctx context.Context, s *record.Session, b *blueprint, st *state, x *record.Record, over bool, r *run) error {
	labels, err := labelsOf(ctx, s, b.field)
	if err != nil {
		return err
	}
	tell, then, key := []string{toOwner}, []deed(nil), "process.limit_near"
	if over {
		tell, then, key = st.Limit.Tell, st.then, "process.limit_over"
		if len(tell) == 0 {
			tell = []string{toOwner}
		}
	}
	hits := []hit{{record: x}}
	why := cause{source: b.id, name: "limit"}
	if r.autos >= maxAutos && slices.ContainsFunc(then, func(d deed) bool { return d.Do == DoMove }) {
		return logRuns(ctx, s, why, hits, outcomeStopped, fault.New(fault.Conflict, "process.moves_by_itself", fault.Args{"max": maxAutos}))
	}
	notice := deed{Action: Action{Do: DoNotify, Tell: tell}, text: &Text{pieces: []piece{{words: words(s, fault.New(fault.Invalid, key, fault.Args{"state": label(labels, r.state)}))}}}}
	if err := p.perform(ctx, s, []deed{notice}, hits, why); err != nil {
		return err
	}
	return p.perform(ctx, s, then, hits, why)
}

// dates looks at the rules about dates.
func (p *Process) dates(ctx context.Context, e *record.Engine) error {
	var list []*rule
	if err := e.Read(ctx, clockwork(), func(s *record.Session) error {
		b, err := bookOf(ctx, s)
		if err == nil {
			list = b.dated
		}
		return err
	}); err != nil {
		return err
	}
	for _, r := range list {
		for more := true; more && ctx.Err() == nil; {
			err := e.Write(ctx, clockwork(), func(s *record.Session) (err error) {
				more, err = p.reached(ctx, s, r)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// reached takes the next records whose date has come since the rule looked
// last. A rule that is new looks at nothing that is past.
func (p *Process) reached(ctx context.Context, s *record.Session, r *rule) (more bool, err error) {
	var until, target, last int64
	found, err := s.Tx().Row(ctx, `SELECT until, target, last FROM {rule_mark} WHERE rule = $1`, []any{r.id}, &until, &target, &last)
	if err != nil {
		return false, err
	}
	was := [3]int64{until, target, last}
	now := s.Now().UnixMilli()
	if !found {
		until, target = now, now
	}
	if last == 0 {
		target = now
	}
	var hits []hit
	if from, to := r.window(s, until), r.window(s, target); found && from != to {
		if hits, err = r.within(ctx, s, from, to, value.ID(last)); err != nil {
			return false, err
		}
	}
	if more = len(hits) == tickChunk; more {
		last = int64(hits[len(hits)-1].record.ID)
	} else {
		until, last = target, 0
	}
	if free, err := mark(ctx, s, r, was, [3]int64{until, target, last}); err != nil || !free {
		return false, err
	}
	var fulfil []hit
	for _, h := range hits {
		yes, err := r.holds(s, h.record)
		if err != nil {
			return false, err
		}
		if yes {
			fulfil = append(fulfil, h)
		}
	}
	return more, p.perform(ctx, s, r.deeds, fulfil, cause{source: r.id, name: WhenDate})
}

// mark notes how far a rule about dates has looked, unless the rule was changed
// or somebody else has looked since the mark was read: that stands then.
func mark(ctx context.Context, s *record.Session, r *rule, was, is [3]int64) (free bool, err error) {
	n, err := s.Tx().Exec(ctx, `INSERT INTO {rule_mark} AS m (rule, until, target, last) VALUES ($1, $2, $3, $4)
		ON CONFLICT (rule) DO UPDATE SET until = excluded.until, target = excluded.target, last = excluded.last
		WHERE m.until = $5 AND m.target = $6 AND m.last = $7`, r.id, is[0], is[1], is[2], was[0], was[1], was[2])
	return n > 0, err
}

// window is the value of the date field that a moment of looking stands for:
// the moment itself less the offset, or its day.
func (r *rule) window(s *record.Session, ms int64) any {
	at := time.UnixMilli(ms).UTC().Add(-time.Duration(r.offset) * time.Minute)
	if r.date.ValueKind() == schema.KindDate {
		return value.DateOf(at, s.Env().Zone)
	}
	return at
}

// within lists records whose date lies after one value, up to another.
func (r *rule) within(ctx context.Context, s *record.Session, from, to any, after value.ID) ([]hit, error) {
	sys := s.AsSystem("rules about dates")
	f := r.date.ExprField()
	low, err := expr.Compare(f, expr.OpGt, from)
	if err != nil {
		return nil, err
	}
	high, err := expr.Compare(f, expr.OpLe, to)
	if err != nil {
		return nil, err
	}
	where := expr.And(low, high)
	page, err := sys.After(ctx, r.object.Name, where, after, tickChunk)
	if err != nil {
		return nil, err
	}
	hits := make([]hit, len(page))
	for i, x := range page {
		hits[i] = hit{record: x}
	}
	return hits, nil
}

// forgotten asks again for messages and calls that nobody is at, which a crash
// may have left behind.
func (p *Process) forgotten(ctx context.Context, e *record.Engine) error {
	return e.Write(ctx, clockwork(), func(s *record.Session) error {
		ids, err := s.Tx().IDs(ctx, `SELECT DISTINCT d.webhook FROM {webhook_delivery} d JOIN {webhook} h ON h.id = d.webhook AND h.deleted_at IS NULL AND h.active IS TRUE LEFT JOIN {webhook_state} w ON w.webhook = d.webhook
			WHERE d.state = 'waiting' AND d.next_at <= $1 AND (w.webhook IS NULL OR w.busy_until <= $2 AND w.wait_until <= $2)`, s.Now().Add(-time.Minute), s.Now())
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.Later(deliveries{Webhook: id}); err != nil {
				return err
			}
		}
		return callsForgotten(ctx, s)
	})
}

// How long logs are kept.
const (
	keepRuns       = 180 * 24 * time.Hour
	keepDeliveries = 30 * 24 * time.Hour
)

// Tidy forgets old lines of the run log, and messages and calls that arrived long ago.
// Those that were given up stay as long as the log, those to a webhook that was
// deleted as long as it can be restored.
func Tidy(ctx context.Context, tx *store.Tx, now time.Time) error {
	if _, err := tx.Exec(ctx, `DELETE FROM {rule_run} WHERE id IN (SELECT id FROM {rule_run} WHERE at < $1 ORDER BY at LIMIT 5000)`, now.Add(-keepRuns)); err != nil {
		return err
	}
	if err := tidyCalls(ctx, tx, now); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM {webhook_delivery} WHERE id IN (SELECT d.id FROM {webhook_delivery} d
		LEFT JOIN {webhook} h ON h.id = d.webhook AND (h.deleted_at IS NULL OR h.deleted_at >= $1) WHERE h.id IS NULL LIMIT 5000)`, now.Add(-keepDeliveries)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM {webhook_delivery} WHERE id IN (SELECT id FROM {webhook_delivery}
		WHERE done_at IS NOT NULL AND done_at < $1 AND (state = 'delivered' OR done_at < $2) LIMIT 5000)`, now.Add(-keepDeliveries), now.Add(-keepRuns))
	return err
}

// adoptChunk puts the next records under a version. Their time counts from now:
// what nobody measured is not late.
func adoptChunk(ctx context.Context, e *record.Engine, j adopt) error {
	return e.Write(ctx, clockwork(), func(s *record.Session) error {
		b, err := versionOf(ctx, s, j.Version)
		if err != nil || b == nil {
			return err
		}
		page, err := s.AsSystem("adopt").After(ctx, b.object.Name, nil, j.After, 500)
		if err != nil || len(page) == 0 {
			return err
		}
		ids := make([]value.ID, len(page))
		for i, r := range page {
			ids[i] = r.ID
		}
		if page, err = held(ctx, s.AsSystem("adopt"), b, ids); err != nil {
			return err
		}
		runs, err := runsOf(ctx, s, ids)
		if err != nil {
			return err
		}
		rows, err := adoptRows(ctx, s, b, page, runs)
		if err != nil {
			return err
		}
		if err := writeRuns(ctx, s, rows); err != nil {
			return err
		}
		if err := showDue(ctx, s, b.object, ids); err != nil || len(ids) < 500 {
			return err
		}
		j.After = ids[len(ids)-1]
		return s.Later(j)
	})
}

// held reads records that nobody moves until the transaction ends: a run is
// written for the state in which the record is, not for one that it has left.
func held(ctx context.Context, s *record.Session, b *blueprint, ids []value.ID) ([]*record.Record, error) {
	if err := s.Hold(ctx, b.object.Name, ids); err != nil {
		return nil, err
	}
	found, err := s.GetMany(ctx, b.object.Name, ids)
	if err != nil {
		return nil, err
	}
	var page []*record.Record
	for _, id := range ids {
		if found[id] != nil {
			page = append(page, found[id])
		}
	}
	return page, nil
}

// adoptRows begins runs of records that have none, and sets the clock of those
// that were taken over.
func adoptRows(ctx context.Context, s *record.Session, b *blueprint, page []*record.Record, runs map[runKey]*run) ([][]any, error) {
	var rows [][]any
	for _, r := range page {
		key := stateKey(r.Value(b.field))
		at := runs[runKey{b.id, r.ID}]
		if b.states[key] == nil || at != nil && (at.version != b.version || at.state != key) {
			continue
		}
		if b.when != nil {
			if yes, err := s.Judge(r, b.when); err != nil && !isFault(err) || !yes {
				if err != nil && !isFault(err) {
					return nil, err
				}
				continue
			}
		}
		next := &run{blueprint: b.id, record: r.ID, version: b.version, state: key, since: s.Now()}
		if at != nil {
			next.since, next.held, next.left, next.level = at.since, at.held, at.left, at.level
		}
		cal, err := hours.Whose(ctx, s, r.Owner())
		if err != nil {
			return nil, err
		}
		rows = append(rows, next.row(next.clock(b, cal, nil)))
	}
	return rows, nil
}
