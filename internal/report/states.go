package report

import (
	"cmp"
	"context"
	"math"
	"slices"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// inStates tells states of one name apart by what each belongs to, in whatever a
// table shows of them, and puts lines of the period before to those beside which
// they belong.
func (t *Table) inStates(ctx context.Context, s *record.Session, spec Spec) error {
	o, err := s.Object(t.Object)
	if err != nil || len(t.Rows) == 0 {
		return nil
	}
	paths := Paths(s, o, t.Groups)
	order := make([]*record.States, len(paths))
	for i, g := range paths {
		if order[i], err = s.States(ctx, g.States); err != nil {
			return err
		}
		t.tellApart(i, order[i], slices.ContainsFunc(paths, func(x GroupPath) bool { return x.of != nil && x.of == g.has }))
	}
	if t.Before != nil && spec.Run == nil && spec.Sort == "" {
		t.inOrder(paths, order)
	}
	return nil
}

// tellApart names states of one name in a column. Where what they belong to stands
// beside them, only Apart tells it.
func (t *Table) tellApart(col int, states *record.States, beside bool) {
	var ids []value.ID
	for _, r := range t.Rows {
		ids = append(ids, r.id(col))
	}
	for id, name := range states.Apart(ids) {
		if t.apart == nil {
			t.apart = map[value.ID]string{}
		}
		t.apart[id] = name
	}
	for i, r := range t.Rows {
		if name := t.apart[r.id(col)]; name != "" && !beside {
			t.Rows[i].Labels = slices.Clone(r.Labels)
			t.Rows[i].Labels[col] = name
		}
	}
}

// id is the record that a key is, 0 for none.
func (r Row) id(col int) value.ID {
	if col >= len(r.Keys) || col >= len(r.Labels) {
		return 0
	}
	id, _ := r.Keys[col].(value.ID)
	return id
}

// Apart is what a line is called where nothing beside it tells it from others of its
// name.
func (w *Words) Apart(r Row, i int) string { return cmp.Or(w.Table.apart[r.id(i)], w.Label(r, i)) }

// inOrder puts lines in the order of their groups, in which those stand that an
// aggregate answers.
func (t *Table) inOrder(paths []GroupPath, order []*record.States) {
	met := make([]map[string]int, len(paths))
	places := map[string][]int{}
	for _, r := range t.Rows {
		place := make([]int, len(paths))
		for i, key := range r.Keys[:min(len(r.Keys), len(paths))] {
			if met[i] == nil {
				met[i] = map[string]int{}
			}
			text := r.Key(i, i+1)
			if _, ok := met[i][text]; !ok {
				met[i][text] = len(met[i])
			}
			place[i] = paths[i].place(key, order[i], met[i][text])
		}
		places[keyOf(r.Keys)] = place
	}
	slices.SortStableFunc(t.Rows, func(a, b Row) int { return slices.Compare(places[keyOf(a.Keys)], places[keyOf(b.Keys)]) })
}

// place is where a key stands among those of its column; met says how many were met
// before it. Empty is last.
func (g GroupPath) place(key any, states *record.States, met int) int {
	switch k := key.(type) {
	case nil:
		return math.MaxInt
	case value.Date:
		return int(k)
	case string:
		if g.Field != nil && g.Field.ValueKind() == schema.KindChoice {
			if i := slices.IndexFunc(g.Field.Options, func(o schema.Option) bool { return o.Key == k }); i >= 0 {
				return i
			}
			return len(g.Field.Options)
		}
	}
	if states != nil {
		return states.Place(key)
	}
	return met
}
