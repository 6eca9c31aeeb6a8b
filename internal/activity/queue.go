package activity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Queues are lists that somebody works through, record by record: who leaves
// one finds himself at the same place when he comes back. They are nobody
// else's.
var Queues = queues()

// Fields of a queue. Items are the records of the list as it was when the queue
// began, At the place of the one that is next.
var (
	QueueName   = schema.Text(Queues, "name").ReadOnly()
	QueueObject = schema.Text(Queues, "object").Required()
	QueueFilter = schema.LongText(Queues, "filter")
	QueueText   = schema.Text(Queues, "words")
	QueueSort   = schema.Text(Queues, "sort")
	QueueItems  = schema.LongText(Queues, "items").ReadOnly().On(func(f *schema.FieldDef) { f.Hidden, f.Quiet = true, true })
	QueueAt     = schema.Int(Queues, "at").ReadOnly().Default("0")
	QueueDone   = schema.Int(Queues, "worked").ReadOnly().Default("0")
	// QueueWorkedItems are the records that Done counts, each once; QueueBack says
	// that its owner went back to the record at his place.
	QueueWorkedItems = schema.LongText(Queues, "worked_items").ReadOnly().On(func(f *schema.FieldDef) { f.Hidden, f.Quiet = true, true })
	QueueBack        = schema.Bool(Queues, "went_back").ReadOnly().Default("false").On(func(f *schema.FieldDef) { f.Hidden, f.Quiet = true, true })
	QueueTotal       = schema.Int(Queues, "total").ReadOnly().Default("0")
	// QueueMatches is how many records the list had when the queue began, of which
	// it got the first ones.
	QueueMatches = schema.Int(Queues, "matches").ReadOnly().Default("0")
	QueueOver    = schema.Bool(Queues, "over").ReadOnly().Default("false")
	QueueShown   = schema.Choice(Queues, "shown", "private", "team", "all").Default("private").ReadOnly().On(func(f *schema.FieldDef) { f.Hidden, f.Quiet = true, true })
)

func queues() *schema.Object {
	o := schema.NewObject("work_queue", "work_queues", schema.Owned, "Queue", "Queues").PersonalBy("shown")
	o.Hidden = true
	return o
}

// MostQueued is how many records of a list become a queue.
const MostQueued = 1000

// List is what is to be worked through.
type List struct{ Object, Filter, Words, Sort string }

// BeginQueue makes a queue of a list, or answers the one that the actor has begun
// with it and not ended.
func BeginQueue(ctx context.Context, s *record.Session, l List) (value.ID, error) {
	o, err := s.Object(l.Object)
	if err != nil {
		return 0, err
	}
	page, err := s.Query(ctx, record.Query{Object: Queues.Name, Filter: `owner = me() and over != true`, Sort: "-id", Limit: 50})
	if err != nil {
		return 0, err
	}
	for _, q := range page.Records {
		if listOf(q) == (List{o.Name, l.Filter, l.Words, l.Sort}) {
			return q.ID, nil
		}
	}
	v := record.With(record.Values{}, QueueObject, o.Name)
	for f, text := range map[schema.Field[string]]string{QueueFilter: l.Filter, QueueText: l.Words, QueueSort: l.Sort} {
		if text != "" {
			record.With(v, f, text)
		}
	}
	out, err := s.Create(ctx, Queues.Name, v)
	return out.ID, err
}

// fillQueues gives new queues the records of their lists.
func fillQueues(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Creating {
			continue
		}
		l := listOf(d.Record())
		o, err := s.Object(l.Object)
		if err != nil {
			return err
		}
		ids, matches, err := idsOf(ctx, s, o, l)
		if err != nil {
			return err
		}
		words := make([]string, len(ids))
		for i, id := range ids {
			words[i] = id.String()
		}
		v := record.With(record.With(record.Values{}, QueueItems, strings.Join(words, " ")), QueueTotal, int64(len(ids)))
		record.With(v, QueueMatches, matches)
		if _, err := s.AsSystem("the records of a queue").Update(ctx, Queues.Name, d.ID, 0, v); err != nil {
			return err
		}
	}
	return nil
}

func listOf(q *record.Record) (l List) {
	l.Object, _ = record.Get(q, QueueObject)
	l.Filter, _ = record.Get(q, QueueFilter)
	l.Words, _ = record.Get(q, QueueText)
	l.Sort, _ = record.Get(q, QueueSort)
	return l
}

// idsOf are the first records of a list, and how many it has in all.
func idsOf(ctx context.Context, s *record.Session, o *schema.Object, l List) (ids []value.ID, matches int64, err error) {
	ask := record.Query{Object: o.Name, Filter: l.Filter, Text: l.Words, Sort: l.Sort, Fields: []string{"id"}, Limit: 200}
	for len(ids) < MostQueued {
		page, err := s.Query(ctx, ask)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range page.Records {
			ids = append(ids, r.ID)
		}
		if ask.Cursor = page.Next; page.Next == "" {
			return ids, int64(len(ids)), nil
		}
	}
	matches, _, err = s.Count(ctx, record.Query{Object: o.Name, Filter: l.Filter, Text: l.Words, Count: record.CountExact})
	return ids[:MostQueued], matches, err
}

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
	// worked on. Matches is how many records the list had.
	At, Done, Total, Matches int64
}

// TurnOf tells what is next in a queue. Records that no longer fit the list, that
// are out of sight, or that somebody else has worked on since the queue began
// have dropped out, except the one to which somebody went back. A list that can no longer be read is a broken turn, not an
// error, so that its owner can be told and end the queue.
func TurnOf(ctx context.Context, s *record.Session, queue value.ID) (*Turn, error) {
	q, err := s.Get(ctx, Queues.Name, queue)
	if err != nil {
		return nil, err
	}
	p := &Turn{Queue: q, List: listOf(q)}
	p.At, _ = record.Get(q, QueueAt)
	p.Done, _ = record.Get(q, QueueDone)
	p.Matches, _ = record.Get(q, QueueMatches)
	ids := items(q, QueueItems)
	p.Total = int64(len(ids))
	p.Matches = max(p.Matches, p.Total) // queues of an older program do not know
	if err := p.find(ctx, s, ids); unreadable(err) {
		p.Broken = err
	} else if err != nil {
		return nil, err
	}
	return p, nil
}

// find goes on to the first record that has not dropped out, and stays at one to
// which the actor went back while he may read it.
func (p *Turn) find(ctx context.Context, s *record.Session, ids []value.ID) (err error) {
	if back, _ := record.Get(p.Queue, QueueBack); back && p.At < p.Total {
		if p.Record, err = s.Get(ctx, p.List.Object, ids[p.At]); !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	for p.At < p.Total {
		chunk := ids[p.At:min(p.At+20, p.Total)]
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
	return nil
}

// unreadable tells whether an error is about what a list names.
func unreadable(err error) bool {
	return fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden)
}

// items are the records that a field of a queue holds.
func items(q *record.Record, f schema.Field[string]) (ids []value.ID) {
	text, _ := record.Get(q, f)
	for _, word := range strings.Fields(text) {
		if id, err := value.ParseID(word); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// left are those of some records that have not dropped out.
func (p *Turn) left(ctx context.Context, s *record.Session, ids []value.ID) (map[value.ID]bool, error) {
	o, err := s.Object(p.List.Object)
	if err != nil {
		return nil, err
	}
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = fmt.Sprintf("%q", id.String())
	}
	filter := "id in (" + strings.Join(quoted, ", ") + ")"
	if p.List.Filter != "" {
		filter += " and (" + p.List.Filter + ")"
	}
	page, err := s.Query(ctx, record.Query{Object: o.Name, Filter: filter, Text: p.List.Words, Limit: len(ids)})
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
	at, _ := record.Get(q, QueueAt)
	ids := items(q, QueueItems)
	i := slices.Index(ids, behind)
	if i < 0 {
		return fault.New(fault.Invalid, "activity.not_in_queue", nil).With(fault.Field{Path: "record", Key: "activity.not_in_queue"})
	}
	if int64(i) < at {
		return nil
	}
	v := record.With(record.With(record.Values{}, QueueAt, int64(i)+1), QueueBack, false)
	if before, _ := record.Get(q, QueueWorkedItems); worked && !slices.Contains(items(q, QueueWorkedItems), behind) {
		done, _ := record.Get(q, QueueDone)
		record.With(v, QueueDone, min(done+1, int64(len(ids)))) // an older program did not keep which it counted
		record.With(v, QueueWorkedItems, strings.TrimSpace(before+" "+behind.String()))
	}
	return moveTo(ctx, s, queue, v)
}

// moveTo writes where somebody is in a queue.
func moveTo(ctx context.Context, s *record.Session, queue value.ID, v record.Values) error {
	_, err := s.AsSystem("a place in a queue").Update(ctx, Queues.Name, queue, 0, v)
	return err
}

// TurnBack goes to the record before: one that the actor worked on whatever
// became of it, while he may read it; others if they have not dropped out.
func TurnBack(ctx context.Context, s *record.Session, queue value.ID) error {
	q, err := mine(ctx, s, queue)
	if err != nil {
		return err
	}
	p, err := TurnOf(ctx, s, queue)
	if err == nil {
		err = p.Broken
	}
	if err != nil {
		return err
	}
	at, err := p.before(ctx, s, items(q, QueueItems)[:p.At])
	if err != nil || at < 0 {
		return err
	}
	return moveTo(ctx, s, queue, record.With(record.With(record.Values{}, QueueAt, int64(at)), QueueBack, true))
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

// nameQueues calls a queue by the object it is of, and keeps it its owner's.
func nameQueues(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		object, _ := record.Will(d, QueueObject)
		record.Put(d, QueueName, object)
		record.Put(d, QueueShown, "private")
	}
	return nil
}
