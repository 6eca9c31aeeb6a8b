package record

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

const (
	// BulkAtOnce is how many records are changed within the request.
	BulkAtOnce = MaxBatch
	// MaxBulk is the most that one bulk change takes.
	MaxBulk = 100_000
	// bulkTried is how many a trial changes, and puts back.
	bulkTried = 250
	// bulkNamed is how many refused records a reason names.
	bulkNamed = 100
)

// Bulk is one thing to do to many records: those named, or all that match when
// it is done.
type Bulk struct {
	Object string     `json:"object"`
	Do     Doing      `json:"do"` // Updating, Deleting or Restoring
	Values Values     `json:"values,omitempty"`
	IDs    []value.ID `json:"ids,omitempty"`
	Filter string     `json:"filter,omitempty"`
	Text   string     `json:"text,omitempty"`
	// Into takes the place of records that are deleted (Removal).
	Into value.ID `json:"into,omitempty"`
}

// BulkRun is what became of a bulk change, or how far it is. Each record counts
// once: as changed, as it was already, or as refused.
type BulkRun struct {
	ID        value.ID // 0 = done within the request
	Object    string
	Do        Doing
	State     BulkState
	Values    Values // of an update, as JSON
	Filter    string
	Total     int // records named or matching when it began
	Changed   int
	Unchanged int
	Failed    int
	Reasons   []BulkReason // most frequent first
	Warned    int          // of the changed ones, those that rules found odd
	Warnings  []BulkReason // why, most frequent first
	Act       value.ID     // 0 = nothing was changed
	Undone    value.ID     // the act that took it back
	By        value.ID
	Begun     time.Time
	Finished  *time.Time
	Error     string // why it failed as a whole
}

// Done is how many records have been looked at.
func (r *BulkRun) Done() int { return r.Changed + r.Unchanged + r.Failed }

// BulkState is where a bulk change stands.
type BulkState string

// The states of a bulk change.
const (
	BulkRunning BulkState = "running"
	BulkDone    BulkState = "done"
	BulkStopped BulkState = "stopped"
	BulkFailed  BulkState = "failed"
	BulkTried   BulkState = "tried" // and put back
)

// BulkReason is why some records stayed as they were.
type BulkReason struct {
	Key     string     `json:"key"`
	Args    fault.Args `json:"args,omitempty"`
	Field   string     `json:"field,omitempty"`
	Count   int        `json:"count"`
	Records []value.ID `json:"records"` // the first of them
}

// ChangeMany does a bulk change: at once, as the session's act, when it is of
// few records; of many, by a job, in the actor's name and with the rights that
// he has then. All parts are one act.
func (s *Session) ChangeMany(ctx context.Context, b Bulk) (*BulkRun, error) {
	run, err := s.beginBulk(ctx, &b)
	if err != nil {
		return nil, err
	}
	if run.Total > BulkAtOnce {
		return run, s.bulkLater(ctx, b, run)
	}
	ids, err := s.nextOfBulk(ctx, b, newest, BulkAtOnce)
	if err != nil {
		return nil, err
	}
	if err := s.bulkPart(ctx, b, ids, run); err != nil {
		return nil, err
	}
	run.State, run.Act = BulkDone, s.act
	return run, nil
}

var errTried = errors.New("only tried")

// TryMany tells what a bulk change would do: how many records it is of, and
// what would become of the first of them. They are changed and put back.
func (s *Session) TryMany(ctx context.Context, b Bulk) (*BulkRun, error) {
	run, err := s.beginBulk(ctx, &b)
	if err != nil {
		return nil, err
	}
	ids, err := s.nextOfBulk(ctx, b, newest, bulkTried)
	if err != nil {
		return nil, err
	}
	err = s.Try(ctx, func() error {
		if err := s.bulkPart(ctx, b, ids, run); err != nil {
			return err
		}
		return errTried
	})
	if err != errTried {
		return nil, err
	}
	run.State = BulkTried
	return run, nil
}

// beginBulk checks what is asked for and counts the records it is of.
func (s *Session) beginBulk(ctx context.Context, b *Bulk) (*BulkRun, error) {
	o, err := s.Object(b.Object)
	if err != nil {
		return nil, err
	}
	b.Object = o.Name
	if err := s.mayBulk(o, b.Do); err != nil {
		return nil, err
	}
	run := &BulkRun{Object: o.Name, Do: b.Do, Filter: b.Filter, By: s.actor.Member(), Begun: s.now, Reasons: []BulkReason{}, Warnings: []BulkReason{}}
	if b.Do == Updating {
		if b.Values, err = s.bulkValues(o, b.Values); err != nil {
			return nil, err
		}
		run.Values = b.Values
	} else {
		b.Values = nil
	}
	b.IDs = newestFirst(b.IDs)
	if run.Total = len(b.IDs); run.Total == 0 {
		n, _, err := s.Count(ctx, b.matching(CountExact))
		if err != nil {
			return nil, err
		}
		run.Total = int(n)
	}
	switch {
	case run.Total == 0:
		return nil, fault.New(fault.Invalid, "record.bulk_of_none", nil)
	case run.Total > MaxBulk:
		return nil, fault.New(fault.TooLarge, "record.bulk_too_large", fault.Args{"max": MaxBulk, "count": run.Total})
	}
	return run, nil
}

func newestFirst(ids []value.ID) []value.ID {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b value.ID) int { return cmp.Compare(b, a) })
	return slices.Compact(ids)
}

// mayBulk refuses those who may do that to no record of the object; which
// records they may is found out record by record.
func (s *Session) mayBulk(o *schema.Object, do Doing) error {
	action, key := access.Delete, "record.may_not_delete"
	switch do {
	case Updating:
		action, key = access.Update, "record.may_not_change"
	case Deleting, Restoring:
	default:
		return fault.New(fault.Invalid, "record.bulk_of_what", nil)
	}
	if s.actor.Scope(o, action) == access.None {
		return fault.New(fault.Forbidden, key, fault.Args{"object": o.Name})
	}
	return nil
}

// bulkValues checks values as a change would, and writes them as JSON reads
// them: a job gets them from the database.
func (s *Session) bulkValues(o *schema.Object, v Values) (Values, error) {
	if len(v) == 0 {
		return nil, fault.New(fault.Invalid, "record.bulk_of_what", nil)
	}
	d := &Draft{Object: o, Doing: Updating, after: newRecord(o), given: make([]bool, len(o.Fields)), changed: make([]bool, len(o.Fields))}
	s.fill(d, v)
	if d.err != nil {
		return nil, d.err
	}
	out := Values{}
	for name, raw := range v {
		text, err := json.Marshal(raw)
		if f, ok := o.Field(name); ok {
			text = schema.AppendJSON(nil, d.Value(f))
		}
		if err != nil {
			return nil, err
		}
		out[name] = json.RawMessage(text)
	}
	return decodeValues(out)
}

// decodeValues makes values of JSON such as Save takes.
func decodeValues(v Values) (Values, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	out := Values{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	return out, dec.Decode(&out)
}

// matching asks for the records that are meant, when none are named.
func (b Bulk) matching(count CountMode) Query {
	return Query{Object: b.Object, Filter: b.Filter, Text: b.Text, Trash: b.Do == Restoring, Sort: "-id", Fields: []string{"id"}, Count: count}
}

// newest stands before all records.
const newest = value.ID(math.MaxInt64)

// nextOfBulk are the newest records that are meant, older than one.
func (s *Session) nextOfBulk(ctx context.Context, b Bulk, before value.ID, limit int) ([]value.ID, error) {
	if len(b.IDs) > 0 {
		from := slices.IndexFunc(b.IDs, func(id value.ID) bool { return id < before })
		if from < 0 {
			return nil, nil
		}
		return b.IDs[from:min(from+limit, len(b.IDs))], nil
	}
	q := b.matching(CountNone)
	q.Limit = limit
	l, err := s.list(ctx, q)
	if err != nil {
		return nil, err
	}
	l.from = &mark{id: before}
	records, err := l.records(ctx)
	ids := make([]value.ID, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	return ids, err
}

// bulkPart does it to some of the records and counts what became of them.
func (s *Session) bulkPart(ctx context.Context, b Bulk, ids []value.ID, run *BulkRun) error {
	if len(ids) == 0 {
		return nil
	}
	var out []Outcome
	var err error
	switch b.Do {
	case Deleting:
		out, err = s.Remove(ctx, Removal{Object: b.Object, IDs: ids, PerRow: true, Into: b.Into})
	case Restoring:
		out, err = s.RestoreEach(ctx, b.Object, ids)
	default:
		batch := Batch{Object: b.Object, PerRow: true, Changes: make([]Change, len(ids))}
		for i, id := range ids {
			batch.Changes[i] = Change{ID: id, Values: b.Values}
		}
		out, err = s.Save(ctx, batch)
	}
	if err != nil {
		return err
	}
	for i, o := range out {
		switch {
		case o.Err != nil:
			if err := run.refuse(ids[i], o.Err); err != nil {
				return err
			}
		case b.Do == Updating && !o.Changed:
			run.Unchanged++
		default:
			run.Changed++
			run.warn(ids[i], o.Warned)
		}
	}
	for _, list := range [][]BulkReason{run.Reasons, run.Warnings} {
		slices.SortStableFunc(list, func(a, b BulkReason) int { return cmp.Compare(b.Count, a.Count) })
	}
	return nil
}

// refuse counts a record that stayed as it was; what is no refusal ends the
// whole.
func (r *BulkRun) refuse(id value.ID, why error) error {
	e, ok := fault.As(why)
	if !ok {
		return why
	}
	reason := BulkReason{Key: e.Key, Args: e.Args}
	if len(e.Fields) > 0 {
		reason = BulkReason{Key: e.Fields[0].Key, Args: e.Fields[0].Args, Field: e.Fields[0].Path}
	}
	r.Failed++
	r.Reasons = addReason(r.Reasons, reason, id)
	return nil
}

// warn counts a record that was changed although rules found something odd.
func (r *BulkRun) warn(id value.ID, warned []fault.Field) {
	if len(warned) == 0 {
		return
	}
	r.Warned++
	r.Warnings = AddReasons(r.Warnings, id, warned)
}

// AddReasons counts what was said of one record.
func AddReasons(list []BulkReason, id value.ID, said []fault.Field) []BulkReason {
	for _, f := range said {
		list = addReason(list, BulkReason{Key: f.Key, Args: f.Args, Field: f.Path}, id)
	}
	return list
}

// MergeReasons adds up what two parts of one piece of work say.
func MergeReasons(a, b []BulkReason) []BulkReason {
	out := slices.Clone(a)
	for _, x := range b {
		i := slices.IndexFunc(out, func(y BulkReason) bool { return x.Key == y.Key && x.Field == y.Field })
		if i < 0 {
			out = append(out, x)
			continue
		}
		out[i].Count += x.Count
		out[i].Records = append(slices.Clip(out[i].Records), x.Records[:min(len(x.Records), bulkNamed-len(out[i].Records))]...)
	}
	return out
}

// addReason adds a record to those of a reason.
func addReason(list []BulkReason, reason BulkReason, id value.ID) []BulkReason {
	i := slices.IndexFunc(list, func(x BulkReason) bool { return x.Key == reason.Key && x.Field == reason.Field })
	if i < 0 {
		list = append(list, reason)
		i = len(list) - 1
	}
	list[i].Count++
	if len(list[i].Records) < bulkNamed {
		list[i].Records = append(list[i].Records, id)
	}
	return list
}
