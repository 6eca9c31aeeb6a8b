package activity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Turn is where somebody is in a queue.
type Turn struct {
	Queue *record.Record
	List  List
	// Record is what is next; nil at the end.
	Record *record.Record
	// Broken says why the list can no longer be read: its object or a field of its
	// filter is gone or hidden. No record is next then.
	Broken error
	// At is its place among the Total, beginning with 0; Done are those that were
	// worked on.
	At, Done, Total int64

	past   int64      // how many were before the ids
	ids    []value.ID // that the queue holds
	goesOn string     // where the list goes on behind them
}

// TurnOf tells what is next in a queue. Records that no longer fit the list, that
// are out of sight, or that somebody else has worked on since the queue began
// have dropped out, except the one to which somebody went back. A list that can
// no longer be read is a broken turn, not an error, so that its owner can be told
// and end the queue.
func TurnOf(ctx context.Context, s *record.Session, queue value.ID) (*Turn, error) {
	q, err := s.Get(ctx, Queues.Name, queue)
	if err != nil {
		return nil, err
	}
	return readTurn(ctx, s, q)
}

// readTurn finds what is next in a queue.
func readTurn(ctx context.Context, s *record.Session, q *record.Record) (*Turn, error) {
	p := turnOf(q)
	if err := p.find(ctx, s); unreadable(err) {
		p.Broken = err
	} else if err != nil {
		return nil, err
	}
	return p, nil
}

// turnOf is what the queue itself says of a turn.
func turnOf(q *record.Record) *Turn {
	p := &Turn{Queue: q, List: listOf(q)}
	p.At, _ = record.Get(q, QueueAt)
	p.Done, _ = record.Get(q, QueueDone)
	p.past, _ = record.Get(q, QueuePast)
	p.goesOn, _ = record.Get(q, QueueGoesOn)
	matches, _ := record.Get(q, QueueMatches)
	total, _ := record.Get(q, QueueTotal)
	p.ids = items(q, QueueItems)
	p.Total = max(matches, total, p.held()) // queues of an older program do not know the first
	return p
}

// held is how many records of the list the queue holds or held.
func (p *Turn) held() int64 { return p.past + int64(len(p.ids)) }

// find goes on to the first record that has not dropped out, and stays at one to
// which the actor went back while he may read it.
func (p *Turn) find(ctx context.Context, s *record.Session) (err error) {
	if back, _ := record.Get(p.Queue, QueueBack); back && p.At < p.held() {
		if p.Record, err = s.Get(ctx, p.List.Object, p.ids[p.At-p.past]); !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	for few := int64(20); ; few = 200 { // of many that dropped out, more at once
		for p.At >= p.held() {
			if more, err := p.goOn(ctx, s); err != nil || !more {
				return err
			}
		}
		chunk := p.ids[p.At-p.past : min(p.At-p.past+few, int64(len(p.ids)))]
		left, err := p.left(ctx, s, chunk)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(chunk, func(id value.ID) bool { return left[id] })
		if i < 0 {
			p.At += int64(len(chunk))
			continue
		}
		p.At += int64(i)
		p.Record, err = s.Get(ctx, p.List.Object, chunk[i])
		return err
	}
}

// goOn takes the records that follow in the list, those left out that the queue
// holds already or that were worked on in it, as work may move a record to a later
// place, and answers whether there were any others. Where the place is
// lost, as after a change of the schema or in a queue of an older program, the list
// is read from its beginning.
func (p *Turn) goOn(ctx context.Context, s *record.Session) (bool, error) {
	if p.held() >= p.Total {
		return false, nil
	}
	ids, next, err := p.List.portion(ctx, s, p.goesOn)
	if e, ok := fault.As(err); ok && e.Key == "query.bad_cursor" {
		ids, next, err = p.List.portion(ctx, s, "")
	}
	if err != nil {
		return false, err
	}
	known := map[value.ID]bool{}
	for _, id := range slices.Concat(p.ids, items(p.Queue, QueueWorkedItems)) {
		known[id] = true
	}
	if over := len(p.ids) - mostKept; over > 0 {
		p.ids, p.past = p.ids[over:], p.past+int64(over)
	}
	for _, id := range ids {
		if !known[id] {
			p.ids = append(p.ids, id)
		}
	}
	if p.goesOn, p.Total = next, max(p.Total, p.held()+1); next == "" {
		p.Total = p.held()
	}
	return true, nil
}

// unreadable tells whether an error is about what a list names.
func unreadable(err error) bool {
	return fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden)
}

// narrowed is the object of the list, and its condition as its owner may state it
// now; nil = none.
func (p *Turn) narrowed(s *record.Session) (*schema.Object, *expr.Expr, error) {
	o, err := s.Object(p.List.Object)
	if err != nil || p.List.Filter == "" {
		return o, nil, err
	}
	e, err := s.Check(o, p.List.Filter, expr.Bool)
	return o, e, err
}

// left are those of some records that have not dropped out.
func (p *Turn) left(ctx context.Context, s *record.Session, ids []value.ID) (map[value.ID]bool, error) {
	o, narrowed, err := p.narrowed(s)
	if err != nil {
		return nil, err
	}
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = fmt.Sprintf("%q", id.String())
	}
	among := "id in (" + strings.Join(quoted, ", ") + ")"
	page, err := s.Query(ctx, record.Query{Object: o.Name, Filter: among, Where: narrowed, Text: p.List.Words, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	left := map[value.ID]bool{}
	for _, r := range page.Records {
		done, _ := record.Get(r, Done)
		left[r.ID] = o.Name != Activities.Name || !done
	}
	return left, p.drop(ctx, s, o, ids, left)
}

// drop takes out what somebody else has worked on since the queue began.
func (p *Turn) drop(ctx context.Context, s *record.Session, o *schema.Object, ids []value.ID, left map[value.ID]bool) error {
	holders, args := make([]string, len(ids)), []any{o.ID, s.Actor().Member(), p.Queue.Field("created_at")}
	for i, id := range ids {
		holders[i] = s.Tx().Dialect().Param(len(args)+1, store.Int)
		args = append(args, id)
	}
	rows, err := s.Tx().Query(ctx, `SELECT l.record FROM {link_about} l JOIN {activity} a ON a.id = l.activity AND a.deleted_at IS NULL
		WHERE l.object = $1 AND l.kind <> 'file' AND a.done IS TRUE AND a.private IS NOT TRUE AND a.owner_id <> $2 AND a.done_at >= $3
		AND l.record IN (`+strings.Join(holders, ", ")+`)`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		delete(left, id)
	}
	return rows.Err()
}

// mine is a queue of the actor's, as it stays until he has changed it.
func mine(ctx context.Context, s *record.Session, queue value.ID) (*record.Record, error) {
	if err := s.Hold(ctx, Queues.Name, []value.ID{queue}); err != nil {
		return nil, err
	}
	q, err := s.Get(ctx, Queues.Name, queue)
	if err == nil && q.Owner() != s.Actor().Member() {
		err = fault.New(fault.Forbidden, "record.may_not_change", fault.Args{"object": Queues.Name})
	}
	return q, err
}

// PassTurn goes on behind a record of the queue, which was worked on or skipped.
// Going on twice from the same place is once, and who goes back and works on a
// record again has worked on one.
func PassTurn(ctx context.Context, s *record.Session, queue, behind value.ID, worked bool) error {
	q, err := mine(ctx, s, queue)
	if err != nil {
		return err
	}
	p, before := turnOf(q), items(q, QueueWorkedItems)
	at, v := p.At, record.Values{}
	i := slices.Index(p.ids, behind)
	if i < 0 && slices.Contains(before, behind) {
		return nil // so long ago that the queue no longer holds it
	}
	if i < 0 {
		if p, i, err = shown(ctx, s, q, behind); err != nil {
			return err
		}
		p.hold(v)
	}
	if p.past+int64(i) < at {
		return nil
	}
	p.At = p.past + int64(i) + 1
	if worked && !slices.Contains(before, behind) {
		record.With(v, QueueDone, min(p.Done+1, p.held())) // an older program did not keep which it counted
		before = before[max(0, len(before)-mostWorked+1):]
		record.With(v, QueueWorkedItems, written(append(before, behind)))
	}
	if err := p.ahead(ctx, s, v); err != nil {
		return err
	}
	return moveTo(ctx, s, queue, record.With(record.With(v, QueueAt, p.At), QueueBack, false))
}

// ahead takes what follows where nothing is left of what the queue holds: work on
// the next record may take it out of the list or move it, and it is still the next.
func (p *Turn) ahead(ctx context.Context, s *record.Session, v record.Values) error {
	if p.At < p.held() || p.held() >= p.Total {
		return nil
	}
	at := p.At
	if err := p.find(ctx, s); unreadable(err) {
		p.At = at // who asks for the next record is told
		return nil
	} else if err != nil {
		return err
	}
	p.hold(v)
	return nil
}

// shown is a turn that holds a record which its owner saw as the next though the
// queue did not hold it yet, as all that it held had dropped out, and the place of
// the record among the ids. What was done about it may have taken it out of the
// list, or to another place there.
func shown(ctx context.Context, s *record.Session, q *record.Record, behind value.ID) (*Turn, int, error) {
	was := turnOf(q)
	p, err := readTurn(ctx, s, q)
	if err == nil {
		err = p.Broken
	}
	if err != nil {
		return nil, 0, err
	}
	at, i := int(p.At-p.past), slices.Index(p.ids, behind)
	if i >= 0 && i <= at {
		return p, i, nil
	}
	there := was.held() < was.Total && p.At >= was.held() // the turn went on behind what the queue held
	if there && i < 0 {
		there, err = readable(ctx, s, p.List.Object, behind)
	}
	if err != nil {
		return nil, 0, err
	}
	if !there {
		return nil, 0, fault.New(fault.Invalid, "activity.not_in_queue", nil).With(fault.Field{Path: "record", Key: "activity.not_in_queue"})
	}
	p.put(at, behind)
	return p, at, nil
}

// put makes a record the one at a place of the ids.
func (p *Turn) put(at int, id value.ID) {
	more := p.Total > p.held()
	p.ids = slices.DeleteFunc(p.ids, func(x value.ID) bool { return x == id })
	p.ids = slices.Insert(p.ids, at, id)
	p.Total = max(p.Total, p.held())
	if more {
		p.Total = max(p.Total, p.held()+1)
	}
}

// hold writes what the queue holds and where it goes on.
func (p *Turn) hold(v record.Values) {
	record.With(record.With(v, QueueItems, written(p.ids)), QueuePast, p.past)
	record.With(record.With(record.With(v, QueueGoesOn, p.goesOn), QueueTotal, p.Total), QueueMatches, p.Total)
}

// moveTo writes where somebody is in a queue.
func moveTo(ctx context.Context, s *record.Session, queue value.ID, v record.Values) error {
	_, err := s.AsSystem("a place in a queue").Update(ctx, Queues.Name, queue, 0, v)
	return err
}

// TurnBack goes to the record before: one that the actor worked on whatever
// became of it, while he may read it; others if they have not dropped out.
func TurnBack(ctx context.Context, s *record.Session, queue value.ID) error {
	if _, err := mine(ctx, s, queue); err != nil {
		return err
	}
	p, err := TurnOf(ctx, s, queue)
	if err == nil {
		err = p.Broken
	}
	if err != nil {
		return err
	}
	at, err := p.before(ctx, s, p.ids[:p.At-p.past])
	if err != nil || at < 0 {
		return err
	}
	return moveTo(ctx, s, queue, record.With(record.With(record.Values{}, QueueAt, p.past+int64(at)), QueueBack, true))
}

// before is the place of the last of some records that can be shown again, -1 if
// there is none.
func (p *Turn) before(ctx context.Context, s *record.Session, ids []value.ID) (int, error) {
	worked := items(p.Queue, QueueWorkedItems)
	for len(ids) > 0 {
		rest := max(0, len(ids)-20)
		left, err := p.left(ctx, s, ids[rest:])
		if err != nil {
			return -1, err
		}
		for i := len(ids) - 1; i >= rest; i-- {
			there := left[ids[i]]
			if !there && slices.Contains(worked, ids[i]) {
				there, err = readable(ctx, s, p.List.Object, ids[i])
			}
			if there || err != nil {
				return i, err
			}
		}
		ids = ids[:rest]
	}
	return -1, nil
}

// readable tells whether the actor may read a record.
func readable(ctx context.Context, s *record.Session, object string, id value.ID) (bool, error) {
	_, err := s.Get(ctx, object, id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// EndQueue ends a queue: the list begins anew the next time.
func EndQueue(ctx context.Context, s *record.Session, queue value.ID) error {
	if _, err := mine(ctx, s, queue); err != nil {
		return err
	}
	_, err := s.AsSystem("a queue that is over").Update(ctx, Queues.Name, queue, 0, record.With(record.Values{}, QueueOver, true))
	return err
}
