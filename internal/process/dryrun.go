package process

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// DryRun tells what a rule would have done in the past.
type DryRun struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Looked is how often the rule would have been looked at, Fired how often
	// its condition held, Records on how many records.
	Looked  int64   `json:"looked"`
	Fired   int64   `json:"fired"`
	Records int64   `json:"records"`
	Sample  []Fired `json:"sample"`
	// More says that there was too much to look at everything.
	More bool `json:"more,omitempty"`
}

// Fired is one time that a rule would have fired.
type Fired struct {
	Record value.ID  `json:"record"`
	Title  string    `json:"title"`
	At     time.Time `json:"at"`
}

// Bounds of a dry run.
const (
	maxSample = 50
	maxLooks  = 200_000
	dryChunk  = 500
)

// Dry goes through what happened to real records between two moments and tells
// when a rule, as it stands now and active or not, would have fired. Imports, undo
// and what the program brings in ask no rules, here as then. What the
// rule itself made of them is no news to it, here as when it runs. Records are
// taken as they were then, links of theirs as they are now. Nothing is written. It is for administrators.
func Dry(ctx context.Context, s *record.Session, id value.ID, from, to time.Time) (*DryRun, error) {
	r, err := onTrial(ctx, s, id)
	if err != nil || r == nil {
		return nil, err
	}
	x := &dry{rule: r, DryRun: DryRun{From: from, To: to, Sample: []Fired{}}, records: map[value.ID]bool{}}
	switch r.trigger {
	case WhenDate:
		err = x.dates(ctx, s)
	case WhenCalled:
		err = x.calls(ctx, s)
	default:
		err = x.past(ctx, s)
	}
	x.Records = int64(len(x.records))
	slices.SortFunc(x.Sample, func(a, b Fired) int { return b.At.Compare(a.At) })
	return &x.DryRun, err
}

type dry struct {
	DryRun
	rule    *rule
	records map[value.ID]bool
}

// dates looks at records whose date lies in the time.
func (x *dry) dates(ctx context.Context, s *record.Session) error {
	from, to := x.rule.window(s, x.From.UnixMilli()), x.rule.window(s, x.To.UnixMilli())
	after := value.ID(0)
	for {
		hits, err := x.rule.within(ctx, s, from, to, after)
		if err != nil {
			return err
		}
		for _, h := range hits {
			at, ok := h.record.Value(x.rule.date).(time.Time)
			if d, isDay := h.record.Value(x.rule.date).(value.Date); isDay {
				at, ok = d.Time(s.Env().Zone), true
			}
			if ok {
				at = at.Add(time.Duration(x.rule.offset) * time.Minute)
			}
			if err := x.look(s, h.record, at); err != nil {
				return err
			}
			after = h.record.ID
		}
		if len(hits) < tickChunk {
			return nil
		}
	}
}

func (x *dry) look(s *record.Session, r *record.Record, at time.Time) error {
	x.Looked++
	yes, err := x.rule.holds(s, r)
	if err != nil || !yes {
		return err
	}
	x.Fired++
	x.records[r.ID] = true
	if len(x.Sample) < maxSample {
		x.Sample = append(x.Sample, Fired{r.ID, r.Title(), at})
	}
	return nil
}

// event is a line of history that the rule would have been looked at for.
type event struct {
	record  value.ID
	act     value.ID
	version int64
	at      time.Time
	kind    string
	asked   bool // rules were asked then
	changes map[string][2]json.RawMessage
}

// past walks through the history of the time, record by record.
func (x *dry) past(ctx context.Context, s *record.Session) error {
	return walkBack(ctx, s, x, x.touched, x.echoes, x.back)
}

// walkBack reads records a chunk at a time, what happened to them since, and what
// else is known of them, and hands each over with these.
func walkBack[T any](ctx context.Context, s *record.Session, x *dry, next func(context.Context, *record.Session, value.ID) ([]value.ID, error),
	known func(context.Context, *record.Session, []value.ID) (map[value.ID][]T, error), each func(*record.Session, *record.Record, []event, []T) error) error {
	after := value.ID(0)
	for {
		ids, err := next(ctx, s, after)
		if err != nil || len(ids) == 0 {
			return err
		}
		found, err := s.AsSystem("dry run of a rule").GetMany(ctx, x.rule.object.Name, ids)
		if err != nil {
			return err
		}
		events, err := x.events(ctx, s, ids)
		if err != nil {
			return err
		}
		more, err := known(ctx, s, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if found[id] == nil {
				continue
			}
			if err := each(s, found[id], events[id], more[id]); err != nil {
				return err
			}
		}
		if after = ids[len(ids)-1]; x.Looked > maxLooks {
			x.More = true
			return nil
		}
		if len(ids) < dryChunk {
			return nil
		}
	}
}

// touched lists records that something happened to in the time. Ids of acts
// grow with time and are never earlier than it, so that what came before is not
// looked at.
func (x *dry) touched(ctx context.Context, s *record.Session, after value.ID) ([]value.ID, error) {
	return s.Tx().IDs(ctx, `SELECT DISTINCT h.record FROM {history} h JOIN {act} a ON a.id = h.act
		WHERE h.act >= $1 AND a.at >= $2 AND a.at < $3 AND h.object = $4 AND h.record > $5 ORDER BY h.record LIMIT $6`,
		value.FirstID(x.From), x.From, x.To, x.rule.object.ID, after, dryChunk)
}

// events reads what happened to the records since the time began, the latest
// first: what came after it has to be taken back too.
func (x *dry) events(ctx context.Context, s *record.Session, ids []value.ID) (map[value.ID][]event, error) {
	list := map[value.ID][]event{}
	rows, err := s.Tx().Query(ctx, `SELECT h.record, h.version, a.at, h.kind, h.changes, h.act, a.door, a.actor,
		CASE WHEN EXISTS (SELECT 1 FROM {act} o WHERE o.undone_by = a.id) THEN 1 ELSE 0 END FROM {history} h JOIN {act} a ON a.id = h.act
		WHERE h.record >= $1 AND h.record <= $2 AND h.object = $3 AND h.act >= $4 ORDER BY h.record, h.version DESC`,
		ids[0], ids[len(ids)-1], x.rule.object.ID, value.FirstID(x.From))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	wanted := map[value.ID]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	for rows.Next() {
		var e event
		e.record, _ = rows.ID(0)
		if !wanted[e.record] {
			continue
		}
		e.version, _ = rows.Int(1)
		ms, _ := rows.Int(2)
		e.at = time.UnixMilli(ms).UTC()
		kind, _ := rows.Text(3)
		e.kind = string([]byte(kind))
		e.act, _ = rows.ID(5)
		e.asked = x.asked(rows)
		text, _ := rows.Bytes(4)
		if len(text) > 2 {
			if err := json.Unmarshal(text, &e.changes); err != nil {
				return nil, err
			}
		}
		list[e.record] = append(list[e.record], e)
	}
	return list, rows.Close()
}

// asked reports whether rules were asked about an act: not when it took another
// one back, nor when it came by a door behind which nothing follows. What checks
// asks whoever imports, too, but not the program.
func (x *dry) asked(rows *store.Rows) bool {
	door, _ := rows.Text(6)
	person := !rows.Null(7)
	n, _ := rows.Int(8)
	undo := n == 1
	if x.rule.trigger == WhenChecked {
		return person && !undo
	}
	return !undo && !slices.Contains(silentDoors, door)
}

// echo is what the rule itself made of a record in one act: the versions after
// one, up to another. Of a run that was logged before the log knew, it is
// whatever came behind the first change of the act.
type echo struct {
	act         value.ID
	after, upto int64 // 0 = not known
}

func (y echo) of(e event, first bool) bool {
	if y.act != e.act {
		return false
	}
	if y.upto == 0 {
		return !first
	}
	return e.version > y.after && e.version <= y.upto
}

// echoes reads what the rule has made of the records since the time began.
func (x *dry) echoes(ctx context.Context, s *record.Session, ids []value.ID) (map[value.ID][]echo, error) {
	list := map[value.ID][]echo{}
	rows, err := s.Tx().Query(ctx, `SELECT record, act, version, made FROM {rule_run}
		WHERE record >= $1 AND record <= $2 AND source = $3 AND id >= $4 AND act IS NOT NULL AND outcome = 'done' AND (made IS NULL OR made > version)`,
		ids[0], ids[len(ids)-1], x.rule.id, value.FirstID(x.From))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var y echo
		id, _ := rows.ID(0)
		y.act, _ = rows.ID(1)
		y.after, _ = rows.Int(2)
		y.upto, _ = rows.Int(3)
		list[id] = append(list[id], y)
	}
	return list, rows.Close()
}

// back takes a record back step by step and looks at it as it was after each.
func (x *dry) back(s *record.Session, r *record.Record, list []event, own []echo) error {
	now := r.Version
	for i, e := range list {
		if e.version > now {
			continue
		}
		first := i+1 == len(list) || list[i+1].act != e.act
		mine := slices.ContainsFunc(own, func(y echo) bool { return y.of(e, first) })
		if e.asked && !mine && !e.at.Before(x.From) && e.at.Before(x.To) && x.concerns(e) {
			if err := x.look(s, r, e.at); err != nil {
				return err
			}
		}
		if len(e.changes) > 0 {
			r = s.Rewound(r, e.changes)
		}
	}
	return nil
}

// concerns is the rule's question whether it is to look at a change.
func (x *dry) concerns(e event) bool {
	switch record.Doing(e.kind) {
	case record.Creating:
		return x.rule.trigger != WhenChanged
	case record.Updating:
		if x.rule.trigger == WhenCreated {
			return false
		}
	default:
		return false
	}
	if len(x.rule.watched) == 0 {
		return true
	}
	for id := range maps.Keys(e.changes) {
		if f, ok := x.rule.object.FieldByID(id); ok && slices.Contains(x.rule.watched, f.Name) {
			return true
		}
	}
	return false
}
