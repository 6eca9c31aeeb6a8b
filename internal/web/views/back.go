package views

import (
	"cmp"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

// A condition can be about what leads to a record: that there are receipts, or
// no open activity. The way back stands for a field of a kind of its own, whose
// formula is the condition of what is open.
const backKind schema.Kind = "back"

const (
	backs = "back"

	opHas, opHasNone           = "has", "has_none"
	opHasOpen, opHasNoneOpen   = "has_open", "has_none_open"
	activitiesBack, undoneTask = "activities", "done = false"
)

// backAt is a way back of an object as a column, if the caller may read what is
// there.
func backAt(s *record.Session, o *schema.Object, name string) (Column, bool) {
	b, ok := s.Schema().Scope(o, s.Sees).Back(name)
	if !ok || b.Forward {
		return Column{}, false
	}
	target, ok := s.Schema().Object(b.Object)
	if !ok || target.Hidden || !s.Actor().Can(target, access.Read) {
		return Column{}, false
	}
	f := &schema.FieldDef{ID: o.ID + "." + name, Name: name, Kind: backKind, Object: o, Formula: target.Open, Labels: map[string]string{}}
	if name == activitiesBack {
		f.Formula = undoneTask
	}
	if f.Formula != "" {
		if _, err := s.Check(target, f.Formula, anyCondition); err != nil { // by a field that he may not see
			f.Formula = ""
		}
	}
	for _, language := range i18n.Languages() {
		f.Labels[language] = target.Label(language).Many
	}
	return Column{Path: name, Field: f}, true
}

// ways are the ways back that a condition can begin with, by their names.
func ways(v *kit.View, s *record.Session, o *schema.Object) []Column {
	names := o.Backs()
	if o.Timeline {
		names = append(names, activitiesBack)
	}
	var all []Column
	for _, name := range names {
		if c, ok := backAt(s, o, name); ok {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b Column) int { return cmp.Compare(a.Label(v), b.Label(v)) })
	return all
}

// anyOf makes the condition of a way back.
func anyOf(path string, f *schema.FieldDef, op string) ([]*expr.Node, error) {
	call := expr.Call("any", expr.Path(path))
	if op == opHasOpen || op == opHasNoneOpen {
		open, err := expr.Parse(f.Formula)
		if err != nil {
			return nil, err
		}
		call.Kids = append(call.Kids, open)
	}
	if op == opHasNone || op == opHasNoneOpen {
		return one(expr.Make(expr.OpNot, call)), nil
	}
	return one(call), nil
}

// describeBack reads a condition about what leads to a record, if it is so
// simple.
func describeBack(s *record.Session, o *schema.Object, group []*expr.Node) (Chip, bool) {
	n := group[0]
	none := n.Op == expr.OpNot
	if none {
		n = n.Kids[0]
	}
	if len(group) > 1 || n.Op != expr.OpCall || n.Text != "any" || len(n.Kids) == 0 || n.Kids[0].Op != expr.OpPath || len(n.Kids[0].Names) != 1 {
		return Chip{}, false
	}
	column, ok := backAt(s, o, n.Kids[0].Names[0])
	if !ok {
		return Chip{}, false
	}
	op := map[bool]string{false: opHas, true: opHasNone}[none]
	if len(n.Kids) > 1 {
		open, err := expr.Parse(column.Field.Formula)
		if err != nil || open.String() != n.Kids[1].String() {
			return Chip{}, false
		}
		op = map[bool]string{false: opHasOpen, true: opHasNoneOpen}[none]
	}
	return Chip{Column: column, Op: op, nodes: group}, true
}
