package record

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Been is a state that a record was in: an id or a key, and when it first came
// there.
type Been struct {
	State any
	First time.Time
	// Brought says that an import made the record in this state: in which states
	// it was before nobody knows.
	Brought bool
}

// BeenIn tells in which states of a tracked field some records were, in the order
// of first coming, up to a moment; zero = up to now. Records that the actor may
// not read are left out, and all of them where he may not ask for the field or
// nobody keeps what it was.
func (s *Session) BeenIn(ctx context.Context, object, field string, ids []value.ID, asOf time.Time) (map[value.ID][]Been, error) {
	found := map[value.ID][]Been{}
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	f, ok := o.Field(field)
	if !ok || !f.Tracked || len(f.ReadColumns()) != 1 || !s.actor.CanFilter(f) {
		return found, nil
	}
	for chunk := range slices.Chunk(ids, 500) {
		if err := s.beenIn(ctx, o, f, chunk, asOf, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (s *Session) beenIn(ctx context.Context, o *schema.Object, f *schema.FieldDef, ids []value.ID, asOf time.Time, found map[value.ID][]Been) error {
	args := s.args()
	column := "sp." + s.tx.Dialect().Quote(f.Column)
	sql := "SELECT sp.record, " + column + ", sp.from_ms, a.door FROM {" + o.SpanTable() + "} sp JOIN {" + o.Table + "} t ON t.id = sp.record LEFT JOIN {act} a ON a.id = sp.act" +
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
	for rows.Next() {
		id, _ := rows.ID(0)
		b := Been{State: f.Load(rows, 1)}
		from, _ := rows.Int(2)
		door, _ := rows.Text(3)
		list := found[id]
		if slices.ContainsFunc(list, func(x Been) bool { return x.State == b.State }) {
			continue
		}
		b.First, b.Brought = time.UnixMilli(from).UTC(), len(list) == 0 && door == "import"
		found[id] = append(list, b)
	}
	return rows.Err()
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
