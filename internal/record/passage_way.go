package record

import (
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// way is the states that a record was in, in the order of the last coming to
// each.
type way struct {
	states []value.ID
	here   bool // it is in the last of them
}

func (w way) path() string {
	var b strings.Builder
	for i, id := range w.states {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(id.String())
	}
	if !w.here {
		b.WriteByte('.')
	}
	return b.String()
}

func readWay(path string) (w way, err error) {
	path, gone := strings.CutSuffix(path, ".")
	w.here = !gone
	for text := range strings.SplitSeq(path, ",") {
		id, err := value.ParseID(text)
		if err != nil {
			return w, err
		}
		w.states = append(w.states, id)
	}
	return w, nil
}

// passed says what became of the record in one of the states; see passages, which
// tells the same from spans.
func (w way) passed(order map[value.ID]int, state value.ID) PassedTo {
	far, latest, last := Ended, value.ID(0), w.states[len(w.states)-1]
	for _, id := range w.states {
		if place, ok := order[id]; ok {
			far = max(far, place)
			if place >= 0 && place < Done {
				latest = id
			}
		}
	}
	end, known := order[last]
	switch {
	case w.here && state == last:
		return Here
	case w.here && known && end == Ended && state == latest:
		return EndedHere
	case far > order[state]:
		return Further
	}
	return WentBack
}

// far is the furthest place that it came to, and one of its states, always the
// same; false where none of them has a place.
func (w way) far(order map[value.ID]int) (place int, state value.ID, ok bool) {
	for _, id := range w.states {
		if at, known := order[id]; known {
			if !ok {
				place, state = at, id
			}
			place, ok = max(place, at), true
		}
	}
	return place, state, ok
}

// ways reads all ways there are.
func ways(ctx context.Context, tx *store.Tx) (map[int64]way, map[string]int64, error) {
	rows, err := tx.Query(ctx, `SELECT w.id, w.path FROM {passage_way} w`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	of, ids := map[int64]way{}, map[string]int64{}
	for rows.Next() {
		id, _ := rows.Int(0)
		path, _ := rows.Text(1)
		path = strings.Clone(path)
		if of[id], err = readWay(path); err != nil {
			return nil, nil, err
		}
		ids[path] = id
	}
	return of, ids, rows.Err()
}

// followed is how living records came through the states, as their spans tell.
func followed(ctx context.Context, tx *store.Tx, o *schema.Object, ids []value.ID) ([]visited, error) {
	_, known, err := ways(ctx, tx)
	if err != nil {
		return nil, err
	}
	f, _ := passedField(o)
	owner := "0"
	if o.HasOwner() {
		owner = "coalesce(t.owner_id, 0)"
	}
	args := newArgs(tx)
	column := "sp." + tx.Dialect().Quote(f.Column)
	rows, err := tx.Query(ctx, "SELECT sp.record, "+column+", "+owner+", t.created_at, sp.from_ms, sp.to_ms, a.door FROM {"+o.SpanTable()+"} sp JOIN {"+o.Table+
		"} t ON t.id = sp.record LEFT JOIN {act} a ON a.id = sp.act WHERE t.deleted_at IS NULL AND sp.record IN ("+idList(ids, args)+") AND "+column+
		" IS NOT NULL ORDER BY sp.record, sp.from_ms", args.Values()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []visited
	var paths []string // of each of them
	t := trail{}
	settle := func() {
		for _, v := range t.list {
			all, paths = append(all, v), append(paths, t.path())
		}
		t = trail{}
	}
	for rows.Next() {
		var v visited
		v.record, _ = rows.ID(0)
		v.state, _ = rows.ID(1)
		v.owner, _ = rows.ID(2)
		v.made, _ = rows.Int(3)
		v.first, _ = rows.Int(4)
		to, _ := rows.Int(5)
		door, _ := rows.Text(6)
		if len(t.list) > 0 && t.list[0].record != v.record {
			settle()
		}
		t.enter(v, to, door == "import")
	}
	if settle(); rows.Err() != nil {
		return nil, rows.Err()
	}
	return all, nameWays(ctx, tx, all, paths, known)
}

// trail is the way of one record while it is followed.
type trail struct {
	list []visited
	way
}

func (t *trail) enter(v visited, to int64, brought bool) {
	t.states = append(slices.DeleteFunc(t.states, func(id value.ID) bool { return id == v.state }), v.state)
	t.here = to == forever
	i := slices.IndexFunc(t.list, func(x visited) bool { return x.state == v.state })
	if i < 0 {
		i, v.timed = len(t.list), true
		t.list = append(t.list, v)
	}
	x := &t.list[i]
	x.timed = x.timed && !brought && !t.here
	x.ms += to - v.first
}

// nameWays gives the ways their ids, new ones where nobody went them before.
func nameWays(ctx context.Context, tx *store.Tx, all []visited, paths []string, known map[string]int64) error {
	var rows [][]any
	for i, path := range paths {
		id, ok := known[path]
		if !ok {
			id = int64(value.NewID(time.UnixMilli(all[i].first)))
			known[path], rows = id, append(rows, []any{id, path})
		}
		all[i].way = id
	}
	_, err := tx.ExecRows(ctx, `INSERT INTO {passage_way} (id, path) VALUES`, 2, rows, "")
	return err
}
