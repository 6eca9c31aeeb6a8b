package process

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// traceMoves writes where records stand now and how they came there.
func traceMoves(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	memo, err := decided(s)
	if err != nil {
		return err
	}
	var runs, steps [][]any
	gone := map[value.ID][]value.ID{} // by blueprint
	for _, d := range drafts {
		for _, x := range memo.of[d] {
			if x.left != nil {
				gone[x.left.id] = append(gone[x.left.id], d.ID)
				labels, err := labelsOf(ctx, s, x.left.field)
				if err != nil {
					return err
				}
				steps = append(steps, step(s, x.left, d, decision{was: x.was, now: x.now, run: x.run}, kindLeave, labels))
			}
			if x.of == nil {
				continue
			}
			labels, err := labelsOf(ctx, s, x.of.field)
			if err != nil {
				return err
			}
			runs = append(runs, x.enters.row(x.next))
			steps = append(steps, step(s, x.of, d, x, x.kind, labels))
		}
	}
	for blueprint, ids := range gone {
		for _, id := range ids {
			if err := s.Tx().Post(ctx, `DELETE FROM {process_run} WHERE blueprint = $1 AND record = $2`, blueprint, id); err != nil {
				return err
			}
		}
	}
	if err := writeRuns(ctx, s, runs); err != nil || len(steps) == 0 {
		return err
	}
	return s.Tx().PostRows(ctx, `INSERT INTO {process_step} (id, object, record, blueprint, version, was, was_label, state, label, move, kind, act, at, member, due_at, said) VALUES`,
		16, steps, ``)
}

func step(s *record.Session, b *blueprint, d *record.Draft, x decision, kind string, labels map[string]string) []any {
	key := ""
	if x.move != nil {
		key = x.move.Key
	}
	var due, member any
	if x.run != nil {
		due = orNull(x.run.due)
	}
	if _, by := d.Deed(); by != 0 {
		member = by
	} else if m := s.Actor().Member(); m != 0 {
		member = m
	} else if m := s.Who().Member; m != 0 {
		member = m
	}
	said := "{}"
	if !d.Said().Zero() {
		said = marshal(d.Said())
	}
	return []any{value.NewID(s.Now()), b.object.ID, d.ID, b.id, b.version, x.was, label(labels, x.was), x.now, label(labels, x.now),
		key, kind, s.Act(), d.At(), member, due, said}
}

// enter begins the run of a record that comes into a state.
func (x *decision) enter(cal *hours.Calendar, s *record.Session, d *record.Draft) {
	x.enters = &run{blueprint: x.of.id, record: d.ID, version: x.of.version, state: x.now, since: d.At()}
	if automation(s) && x.run != nil {
		x.enters.autos = x.run.autos + 1
	}
	x.next = x.enters.clock(x.of, cal, x.run)
}

// clock sets when the time of the run's state is over, and says when to look
// next. A pause keeps what is left of the state that it interrupts, and gives
// it back.
func (r *run) clock(b *blueprint, cal *hours.Calendar, was *run) *time.Time {
	st := b.states[r.state]
	if st == nil {
		return nil
	}
	if st.Pause {
		r.hold(b, cal, was)
		return nil
	}
	if st.Limit == nil {
		return nil
	}
	due := cal.Add(r.since, st.Limit.Duration)
	if was != nil && was.held == r.state {
		due = cal.Resume(r.since, was.left, st.Limit.Unit)
	}
	r.due = &due
	return r.next(st, cal)
}

// hold notes what is left of the time that a pause interrupts; a pause within
// a pause keeps the first.
func (r *run) hold(b *blueprint, cal *hours.Calendar, was *run) {
	switch {
	case was == nil:
	case was.held != "":
		r.held, r.left = was.held, was.left
	case was.due != nil:
		unit := hours.Hours
		if st := b.states[was.state]; st != nil && st.Limit != nil {
			unit = st.Limit.Unit
		}
		r.held, r.left = was.state, cal.Left(r.since, *was.due, unit)
	}
}

// Levels of a run's clock.
const (
	levelFresh  = 0
	levelWarned = 1
	levelOver   = 2
)

// next is when the clock is looked at again; nil when there is nothing left to
// do.
func (r *run) next(st *state, cal *hours.Calendar) *time.Time {
	if r.due == nil || st == nil || st.Limit == nil || r.level >= levelOver {
		return nil
	}
	if w := st.Limit.Warning(); !w.Zero() && r.level == levelFresh {
		at := cal.Before(*r.due, w)
		if at.Before(r.since) {
			at = r.since
		}
		return &at
	}
	return r.due
}

// traceAtOnce is how many steps are read at once.
const traceAtOnce = 1000

// Trace lists how a record came to be where it is, oldest first, with what was
// said. It is for whoever may read the record; steps of a state that he may not
// see are left out. Where no blueprint governed the record, its steps are what
// history tells of its stages.
func Trace(ctx context.Context, s *record.Session, object string, id value.ID) ([]Passage, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	if _, err := s.Get(ctx, o.Name, id); err != nil {
		return nil, err
	}
	list := []Passage{}
	for after := value.ID(0); ; {
		n := 0
		err = eachPassage(ctx, s, `record = $1 AND object = $2 AND id > $3 ORDER BY id LIMIT $4`, []any{id, o.ID, after, traceAtOnce},
			func(_ value.ID, p Passage) { list, after, n = append(list, p), p.id, n+1 })
		if err != nil {
			return nil, err
		}
		if n < traceAtOnce {
			break
		}
	}
	if list, err = seen(ctx, s, list); err != nil {
		return nil, err
	}
	return withHistory(ctx, s, o, id, list)
}

// seen are the passages of states that the actor may see.
func seen(ctx context.Context, s *record.Session, list []Passage) ([]Passage, error) {
	out, open := []Passage{}, map[value.ID]bool{}
	for _, p := range list {
		may, known := open[p.Version]
		if !known {
			b, err := versionOf(ctx, s, p.Version)
			if err != nil {
				return nil, err
			}
			may = b == nil || b.field == nil || s.Actor().Sees(b.field)
			open[p.Version] = may
		}
		if may {
			out = append(out, p)
		}
	}
	return out, nil
}

// eachPassage reads steps of the trace, with the records that made them.
func eachPassage(ctx context.Context, s *record.Session, where string, args []any, each func(value.ID, Passage)) error {
	rows, err := s.Tx().Query(ctx, `SELECT id, record, blueprint, version, was, was_label, state, label, move, kind, act, at, member, due_at, said
		FROM {process_step} WHERE `+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p Passage
		var of value.ID
		var member *value.ID
		var said string
		if err := rows.Scan(&p.id, &of, &p.Blueprint, &p.Version, &p.Was, &p.WasLabel, &p.State, &p.Label, &p.Move, &p.Kind, &p.Act, &p.At, &member, &p.Due, &said); err != nil {
			return err
		}
		if member != nil {
			p.Member = *member
		}
		if err := strict(said, &p.Said); err != nil {
			return err
		}
		p.Late = p.Due != nil && p.At.After(*p.Due)
		each(of, p)
	}
	return rows.Close()
}

// Passage is one step of a record through its process.
type Passage struct {
	id        value.ID
	Blueprint value.ID   `json:"blueprint"`
	Version   value.ID   `json:"version"`
	Was       string     `json:"was,omitempty"`
	WasLabel  string     `json:"was_label,omitempty"`
	State     string     `json:"state"`
	Label     string     `json:"label"`
	Move      string     `json:"move,omitempty"`
	Kind      string     `json:"kind"`
	Act       value.ID   `json:"act"`
	At        time.Time  `json:"at"`
	Member    value.ID   `json:"member,omitempty"`
	Due       *time.Time `json:"due,omitempty"` // of the state that was left
	Late      bool       `json:"late,omitempty"`
	// Marks say what is worth a look about the step, and Skipped the names of the
	// states that it passed over; Look fills them in.
	Marks   []string    `json:"marks,omitempty"`
	Skipped []string    `json:"skipped,omitempty"`
	Said    record.Said `json:"said"`
}

// movedBy groups the drafts that were moved, by the move, for what comes after
// it.
func movedBy(memo *decisions, drafts []*record.Draft) (moves []*move, by map[*move][]*record.Draft, of map[*move]*blueprint) {
	by, of = map[*move][]*record.Draft{}, map[*move]*blueprint{}
	for _, d := range drafts {
		for _, x := range memo.of[d] {
			if x.move == nil || len(x.move.then) == 0 {
				continue
			}
			if by[x.move] == nil {
				moves = append(moves, x.move)
				of[x.move] = x.of
			}
			by[x.move] = append(by[x.move], d)
		}
	}
	return slices.Clip(moves), by, of
}
