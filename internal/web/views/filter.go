package views

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// form is what the form of one chip asks and has been told.
type form struct {
	at     string // the place of the chip that is changed, "" for a new one
	column Column
	op     string
	values []string
	typed  string // of a text, number or day
	text   string // of an advanced filter
	kids   []Chip // of a group
	err    string
}

// id of the element that the form stands in.
func (f form) id() string {
	if f.at == "" {
		return "f-add"
	}
	return "f-" + strconv.Itoa(top(f.at))
}

// filter asks for a field, then for operator and value, and leads to the list
// once that is said.
func filter(c *door.Call) error {
	q := c.R.URL.Query()
	var f form
	var fields []Column
	var chosen string
	st, err := look(c, func(s *record.Session, st *State) error {
		f.read(s, st, q)
		if q.Get("apply") != "" {
			var nodes []*expr.Node
			nodes, f.err = f.nodes(c.View, s, st, q)
			if f.err == "" {
				chosen = st.URL("filter", st.with(f.at, nodes))
			}
		}
		fields = append(st.askable(s), ways(c.View, s, st.Object)...)
		if f.column.Field != nil && kind(f.column.Field) == links {
			Chip{Column: f.column, Values: f.values}.want(st.Names)
			return st.Names.Load(c.Ctx)
		}
		return nil
	})
	if err != nil {
		return err
	}
	title, status := c.View.T("web.views.add_filter"), http.StatusOK
	switch {
	case chosen != "":
		return c.Go(chosen)
	case f.err != "":
		status = http.StatusUnprocessableEntity
	}
	if len(f.kids) > 0 && !q.Has("expression") {
		return answer(c, st.Object, status, c.View.T("web.views.change_filter"), group(c.View, st, f))
	}
	if q.Has("expression") || f.given() && f.column.Field == nil {
		return answer(c, st.Object, status, title, advanced(c.View, st, f))
	}
	if f.column.Field == nil {
		return answer(c, st.Object, status, title, fieldList(c.View, st, fields, f.at))
	}
	return answer(c, st.Object, status, title, condition1(c.View, st, f))
}

// given reports whether the form changes a chip that is there.
func (f form) given() bool { return f.at != "" && !strings.HasSuffix(f.at, behind) }

// next is where another condition goes beside this one, "" where there is no
// room: beside a chip an alternative, beside an alternative what holds too.
func (f form) next() string {
	if !f.given() || strings.Count(f.at, ".") > 1 {
		return ""
	}
	return f.at + "." + behind
}

// read takes field and operator from the address, or from the chip.
func (f *form) read(s *record.Session, st *State, q url.Values) {
	place, next := strings.CutSuffix(q.Get("chip"), "."+behind)
	if chip, ok := at(st.Chips, place); ok && next {
		f.at = q.Get("chip")
	} else if ok {
		f.at, f.column, f.op, f.values, f.text, f.kids = place, chip.Column, chip.Op, chip.Values, chip.Text, chip.Kids
	}
	if path := q.Get("f"); path != "" {
		column, ok := columnAt(s, st.Object, path)
		if ok = ok && s.Actor().CanFilter(column.Field); !ok {
			column, ok = backAt(s, st.Object, path)
		}
		if ok {
			if column.Path != f.column.Path {
				f.op, f.values = "", nil
			}
			f.column = column
		}
	}
	if f.column.Field == nil {
		return
	}
	if op := q.Get("op"); op != "" && op != f.op {
		f.op = op
		if q.Get("apply") == "" && !slices.Contains([]string{choices, tongues, links}, kind(f.column.Field)) {
			f.values = nil
		}
	}
	if !slices.Contains(operators(f.column.Field), f.op) {
		f.op = operators(f.column.Field)[0]
	}
	if q.Has("value") || q.Get("apply") != "" {
		f.values = slices.DeleteFunc(slices.Clone(q["value"]), func(v string) bool { return strings.TrimSpace(v) == "" })
	}
	if q.Get("apply") == "" && len(f.values) > 0 && slices.Contains(periods, f.values[0]) && f.op != opIn {
		f.values = nil // "this month" is no number of days and no day
	}
	if len(f.values) > 0 {
		f.typed = f.values[0]
	}
}

// nodes are what the form says, or what is wrong with it.
func (f *form) nodes(v *kit.View, s *record.Session, st *State, q url.Values) ([]*expr.Node, string) {
	if q.Has("expression") {
		f.text = strings.TrimSpace(q.Get("expression"))
		n, err := expr.Parse(f.text)
		if err == nil {
			_, err = s.Check(st.Object, f.text, anyCondition)
		}
		if err != nil {
			return nil, v.Fault(err)
		}
		return []*expr.Node{n}, ""
	}
	if f.column.Field == nil {
		return nil, v.Fault(errNoValue)
	}
	err := f.understand(v, s, q)
	var nodes []*expr.Node
	if err == nil {
		nodes, err = condition(f.column.Path, f.column.Field, f.op, f.values)
	}
	if err == nil {
		_, err = s.Check(st.Object, join(nodes).String(), anyCondition)
	}
	if err != nil {
		return nil, v.Said(err)
	}
	return nodes, ""
}

// understand reads typed numbers, days and links in the user's ways.
func (f *form) understand(v *kit.View, s *record.Session, q url.Values) error {
	if valueless(f.op) || f.op == opIn {
		return nil
	}
	fd := f.column.Field
	switch kind(fd) {
	case links:
		if q.Get("other") != "" || q.Get("other.text") != "" {
			x, err := parts.Read(v, s, linkOne(fd), q, "other")
			if err != nil {
				return err
			}
			if id, ok := x.(value.ID); ok {
				f.values = append(f.values, id.String())
			}
		}
	case numbers:
		if f.typed != "" {
			d, err := v.ParseNumberInput(f.typed)
			if err != nil {
				return err
			}
			f.values = []string{d.String()}
		}
	case dates:
		if f.typed != "" && f.op != opNext && f.op != opLast {
			d, err := v.ParseDateInput(f.typed, v.Today())
			if err != nil {
				return err
			}
			f.values = []string{d.String()}
		}
	}
	return nil
}

// linkOne is the field as one link: the control of a filter takes one at a time.
func linkOne(f *schema.FieldDef) *schema.FieldDef {
	if f.ValueKind() != schema.KindLinks {
		return f
	}
	one := *f
	one.Kind = schema.KindLink
	return &one
}

// askable are the fields that a filter can begin with.
func (st *State) askable(s *record.Session) []Column {
	var all []Column
	for _, f := range st.choices {
		if s.Actor().CanFilter(f) && len(operators(f)) > 0 && sqlable(f) {
			all = append(all, Column{Path: f.Name, Field: f})
		}
	}
	return all
}

// OpLabel is the operator in words.
func OpLabel(v *kit.View, f *schema.FieldDef, op string) string {
	if kind(f) == dates || kind(f) == numbers {
		switch op {
		case opIs, opNot, opLess, opMost, opMore, opLeast:
			return v.T("web.views.op.number." + op)
		}
	}
	return v.T("web.views.op." + op)
}
