package activity

import (
	"context"
	"fmt"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Queues are lists that somebody works through, record by record: who leaves
// one finds himself at the same place when he comes back. They are nobody
// else's.
var Queues = queues()

// Fields of a queue. At is the place of the record that is next. A queue holds a
// part of its list: Items are some records of it, Past how many were before them,
// and GoesOn is where the list goes on behind them.
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
	// QueueMatches is how many records there are to go through; more than Past and
	// Items come to as long as there are others behind them.
	QueueMatches = schema.Int(Queues, "matches").ReadOnly().Default("0")
	QueuePast    = schema.Int(Queues, "past_items").ReadOnly().Default("0").On(func(f *schema.FieldDef) { f.Hidden, f.Quiet = true, true })
	QueueGoesOn  = schema.LongText(Queues, "goes_on").ReadOnly().On(func(f *schema.FieldDef) { f.Hidden, f.Quiet = true, true })
	QueueOver    = schema.Bool(Queues, "over").ReadOnly().Default("false")
	QueueShown   = schema.Choice(Queues, "shown", "private", "team", "all").Default("private").ReadOnly().On(func(f *schema.FieldDef) { f.Hidden, f.Quiet = true, true })
)

func queues() *schema.Object {
	o := schema.NewObject("work_queue", "work_queues", schema.Owned, "Queue", "Queues").PersonalBy("shown")
	o.Hidden = true
	return o
}

// Portion is how many records of its list a queue takes at once; it keeps those of
// the last mostKept places, to which its owner may go back, and the last mostWorked
// that were worked on, as many as a long text surely holds.
const (
	Portion    = 1000
	mostKept   = 3 * Portion
	mostWorked = 4900
)

// List is what is to be worked through.
type List struct{ Object, Filter, Words, Sort string }

// BeginQueue makes a queue of a list, or answers the one that the actor has begun
// with it and not come to the end of. One at its end is over: the list begins anew.
func BeginQueue(ctx context.Context, s *record.Session, l List) (value.ID, error) {
	o, err := s.Object(l.Object)
	if err != nil {
		return 0, err
	}
	l.Object = o.Name
	page, err := s.Query(ctx, record.Query{Object: Queues.Name, Filter: fmt.Sprintf(`owner = me() and over != true and object = %q`, o.Name), Sort: "-id", Limit: 200})
	if err != nil {
		return 0, err
	}
	for _, q := range page.Records {
		if listOf(q) != l {
			continue
		}
		t, err := TurnOf(ctx, s, q.ID)
		if err != nil {
			return 0, err
		}
		if t.Record != nil || t.Broken != nil {
			return q.ID, nil
		}
		if err := EndQueue(ctx, s, q.ID); err != nil {
			return 0, err
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

// OpenQueues are the queues of the actor in which something is left to do, latest
// first; next goes on behind them, "" = there are no others.
func OpenQueues(ctx context.Context, s *record.Session, cursor string, limit int) (list []*Turn, next string, err error) {
	for next = cursor; len(list) == 0; {
		page, err := s.Query(ctx, record.Query{Object: Queues.Name, Filter: `owner = me() and over != true and (at < total or at < matches)`, Sort: "-id", Limit: limit, Cursor: next})
		if err != nil {
			return nil, "", err
		}
		for _, q := range page.Records {
			t, err := readTurn(ctx, s, q)
			if err != nil {
				return nil, "", err
			}
			if t.Record != nil || t.Broken != nil {
				list = append(list, t)
			}
		}
		if next = page.Next; next == "" {
			break
		}
	}
	return list, next, nil
}

// fillQueues gives new queues the first records of their lists.
func fillQueues(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Creating {
			continue
		}
		l := listOf(d.Record())
		ids, next, err := l.portion(ctx, s, "")
		if err != nil {
			return err
		}
		all := int64(len(ids))
		if next != "" {
			if all, _, err = s.Count(ctx, record.Query{Object: l.Object, Filter: l.Filter, Text: l.Words, Count: record.CountExact}); err != nil {
				return err
			}
		}
		v := record.With(record.With(record.Values{}, QueueTotal, all), QueueMatches, all)
		record.With(record.With(v, QueueItems, written(ids)), QueueGoesOn, next)
		if _, err := s.AsSystem("the records of a queue").Update(ctx, Queues.Name, d.ID, 0, v); err != nil {
			return err
		}
	}
	return nil
}

// portion reads a part of the list behind a cursor, and answers where it goes on.
func (l List) portion(ctx context.Context, s *record.Session, cursor string) (ids []value.ID, next string, err error) {
	page, err := s.Query(ctx, record.Query{Object: l.Object, Filter: l.Filter, Text: l.Words, Sort: l.Sort, Fields: []string{"id"}, Limit: Portion, Cursor: cursor})
	if err != nil {
		return nil, "", err
	}
	for _, r := range page.Records {
		ids = append(ids, r.ID)
	}
	return ids, page.Next, nil
}

// items are the records that a field of a queue holds; written is how it holds them.
func items(q *record.Record, f schema.Field[string]) (ids []value.ID) {
	text, _ := record.Get(q, f)
	for _, word := range strings.Fields(text) {
		if id, err := value.ParseID(word); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func written(ids []value.ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = id.String()
	}
	return strings.Join(words, " ")
}

func listOf(q *record.Record) (l List) {
	l.Object, _ = record.Get(q, QueueObject)
	l.Filter, _ = record.Get(q, QueueFilter)
	l.Words, _ = record.Get(q, QueueText)
	l.Sort, _ = record.Get(q, QueueSort)
	return l
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
