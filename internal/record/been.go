package record

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Coming is a record's coming into a state of a tracked field, as its spans tell.
type Coming struct {
	State any // an id or a key
	At    time.Time
	Act   value.ID // that brought it there
	Actor value.ID // 0 = nobody
	// Brought says that an import made the record in this state: in which states
	// it was before nobody knows.
	Brought bool
}

// EachComing tells how some records came through the states of a field, record by
// record, in the order in which it was, up to a moment; zero = up to now. Of a
// state that begins anew without another between it tells once. Records that the
// actor may not read are left out, and all of them where he may not ask for the
// field or nobody keeps what it was.
func (s *Session) EachComing(ctx context.Context, object, field string, ids []value.ID, asOf time.Time, each func(value.ID, Coming)) error {
	o, err := s.Object(object)
	if err != nil {
		return err
	}
	f, ok := o.Field(field)
	if !ok || !f.Tracked || len(f.ReadColumns()) != 1 || !s.actor.CanFilter(f) {
		return nil
	}
	for chunk := range slices.Chunk(ids, 500) {
		if err := s.eachComing(ctx, o, f, chunk, asOf, each); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) eachComing(ctx context.Context, o *schema.Object, f *schema.FieldDef, ids []value.ID, asOf time.Time, each func(value.ID, Coming)) error {
	args := s.args()
	column := "sp." + s.tx.Dialect().Quote(f.Column)
	sql := "SELECT sp.record, " + column + ", sp.from_ms, sp.act, a.actor, a.door FROM {" + o.SpanTable() + "} sp JOIN {" + o.Table + "} t ON t.id = sp.record LEFT JOIN {act} a ON a.id = sp.act" +
		" WHERE sp.record IN (" + idList(ids, args) + ") AND " + column + " IS NOT NULL"
	if rule := s.may(o, access.Read, "t", args); rule != "" {
		sql += " AND " + rule
	}
	if !asOf.IsZero() {
		sql += " AND sp.from_ms <= " + args.Add(asOf.UnixMilli(), "bigint")
	}
	rows, err := s.tx.Query(ctx, sql+" ORDER BY sp.record, sp.from_ms", args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var of value.ID
	var last any
	for rows.Next() {
		id, _ := rows.ID(0)
		x := Coming{State: f.Load(rows, 1)}
		if id == of && x.State == last {
			continue
		}
		from, _ := rows.Int(2)
		x.Act, _ = rows.ID(3)
		x.Actor, _ = rows.ID(4)
		door, _ := rows.Text(5)
		x.At, x.Brought = time.UnixMilli(from).UTC(), id != of && door == "import"
		of, last = id, x.State
		each(id, x)
	}
	return rows.Err()
}

// Been is a state that a record was in, and when it first came there.
type Been struct {
	State   any
	First   time.Time
	Brought bool // as of a Coming
}

// BeenIn tells in which states of a tracked field some records were, in the order
// of first coming, as EachComing tells of them.
func (s *Session) BeenIn(ctx context.Context, object, field string, ids []value.ID, asOf time.Time) (map[value.ID][]Been, error) {
	found := map[value.ID][]Been{}
	return found, s.EachComing(ctx, object, field, ids, asOf, func(id value.ID, x Coming) {
		if !slices.ContainsFunc(found[id], func(b Been) bool { return b.State == x.State }) {
			found[id] = append(found[id], Been{x.State, x.At, x.Brought})
		}
	})
}

// OnPath is what a state is to a record on its way through a row of them.
type OnPath string

// What a state may be to a record: it was there and went on, came past without
// being there, is there, or has not come to it. Where it came from before an
// import, or before anybody kept it, is unknown.
const (
	PathPassed  OnPath = "passed"
	PathJumped  OnPath = "jumped"
	PathCurrent OnPath = "current"
	PathAhead   OnPath = "ahead"
	PathUnknown OnPath = "unknown"
)

// Along tells what each of a row of states is to a record that is in the current
// one, where it is in the row. One that has ended is through all of them, or came
// as far as it was.
func Along(states []any, been []Been, current any, through bool) []OnPath {
	was := func(state any) bool {
		return slices.ContainsFunc(been, func(b Been) bool { return b.State == state })
	}
	at, known := slices.Index(states, current), 0
	far := at
	if at < 0 {
		for i, state := range states {
			if through || was(state) {
				far = i + 1
			}
		}
	}
	if len(been) == 0 {
		known = len(states)
	} else if been[0].Brought {
		if known = slices.Index(states, been[0].State); known < 0 {
			known = len(states)
		}
	}
	path := make([]OnPath, len(states))
	for i, state := range states {
		switch {
		case i == at:
			path[i] = PathCurrent
		case i >= far:
			path[i] = PathAhead
		case was(state):
			path[i] = PathPassed
		case i < known:
			path[i] = PathUnknown
		default:
			path[i] = PathJumped
		}
	}
	return path
}
