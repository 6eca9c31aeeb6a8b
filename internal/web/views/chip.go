package views

import (
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// Chip is one condition of the filter. All chips hold at once.
type Chip struct {
	Column        // what is asked; Field is nil when the condition is only text
	Op     string // one of the operators of the field's kind
	// Values are as the expression spells them: texts, keys of options, ids,
	// numbers, days, the name of a period, a number of days.
	Values []string
	Text   string // the condition as an expression
	// Problem is why it is not applied, "" when it is.
	Problem string
	// Kids are the alternatives of a group, or the conditions of one alternative.
	Kids []Chip

	nodes []*expr.Node
}

// Simple reports whether field, operator and value say it all.
func (c Chip) Simple() bool { return c.Field != nil }

// readFilter takes the filter apart. What cannot be asked stays as a chip that
// tells why.
func (st *State) readFilter(v *kit.View, s *record.Session, text string) {
	st.asked = strings.TrimSpace(text)
	if st.asked == "" {
		return
	}
	n, err := expr.Parse(st.asked)
	if err != nil {
		st.asked = clip(st.asked, expr.MaxLength)
		st.Filter = st.asked
		st.Chips = []Chip{{Text: st.asked, Problem: v.Fault(err)}}
		return
	}
	st.asked = n.String()
	st.Filter = st.asked
	var sound []*expr.Node
	for _, group := range conjuncts(n) {
		chip := leaf(s, st.Object, group)
		if len(group) == 1 && group[0].Op == expr.OpOr {
			chip.Kids = alternatives(s, st.Object, group[0])
		}
		chip.Problem = problem(v, s, st.Object, chip, st.Past())
		if chip.Problem == "" {
			sound = append(sound, group...)
		}
		chip.want(st.Names)
		st.Chips = append(st.Chips, chip)
	}
	if len(sound) > 0 {
		st.applied = join(sound).String()
	}
}

// problem is why the caller cannot ask for this.
func problem(v *kit.View, s *record.Session, o *schema.Object, c Chip, past bool) string {
	e, err := s.Check(o, c.Text, anyCondition)
	if err == nil {
		err = e.Refusal()
	}
	if err == nil && past {
		err = s.Knew(o, e)
	}
	if err == nil {
		return ""
	}
	if f, ok := fault.As(err); ok && f.Key == "expr.unknown_name" {
		return v.T("web.views.field_gone")
	}
	return v.Fault(err)
}

// conjuncts are the conditions that all have to hold; two that together say
// "the next 30 days" are one.
func conjuncts(n *expr.Node) [][]*expr.Node {
	var flat []*expr.Node
	var walk func(*expr.Node)
	walk = func(n *expr.Node) {
		if n.Op != expr.OpAnd {
			flat = append(flat, n)
			return
		}
		for _, kid := range n.Kids {
			walk(kid)
		}
	}
	walk(n)
	var groups [][]*expr.Node
	for i := 0; i < len(flat); i++ {
		if i+1 < len(flat) {
			if _, _, _, ok := window(flat[i], flat[i+1]); ok {
				groups = append(groups, flat[i:i+2])
				i++
				continue
			}
		}
		groups = append(groups, flat[i:i+1])
	}
	return groups
}

func join(nodes []*expr.Node) *expr.Node {
	n := nodes[0]
	for _, next := range nodes[1:] {
		n = expr.Make(expr.OpAnd, n, next)
	}
	return n
}

// window reads "f >= today() and f <= today() + 30d" and its past.
func window(a, b *expr.Node) (path, op, days string, ok bool) {
	if a.Op != expr.OpGe || b.Op != expr.OpLe || a.Kids[0].Op != expr.OpPath || b.Kids[0].Op != expr.OpPath {
		return "", "", "", false
	}
	path = strings.Join(a.Kids[0].Names, ".")
	if path != strings.Join(b.Kids[0].Names, ".") {
		return "", "", "", false
	}
	from, to := a.Kids[1], b.Kids[1]
	if isCall(from, "today") {
		days, ok = shifted(to, expr.OpAdd)
		return path, opNext, days, ok
	}
	days, ok = shifted(from, expr.OpSub)
	return path, opLast, days, ok && isCall(to, "today")
}

// shifted reads today() + 30d.
func shifted(n *expr.Node, op expr.Op) (days string, ok bool) {
	if n.Op != op || len(n.Kids) != 2 || !isCall(n.Kids[0], "today") || n.Kids[1].Op != expr.OpSpan {
		return "", false
	}
	return strings.CutSuffix(n.Kids[1].Text, "d")
}

func isCall(n *expr.Node, name string) bool {
	return n.Op == expr.OpCall && strings.EqualFold(n.Text, name) && len(n.Kids) == 0
}

// describe reads a condition as field, operator and values, if it is so simple.
func describe(s *record.Session, o *schema.Object, group []*expr.Node) Chip {
	if chip, ok := describeBack(s, o, group); ok {
		return chip
	}
	path, op, values, ok := simple(group)
	if !ok {
		return Chip{nodes: group}
	}
	column, found := columnAt(s, o, path)
	if team, cut := strings.CutSuffix(path, ".team"); cut && op == opTeam {
		column, found = columnAt(s, o, team)
	}
	if link, cut := strings.CutSuffix(path, ".id"); cut && op == opIs {
		if of, linked := columnAt(s, o, link); linked && kind(of.Field) == links {
			column = of // the record itself is meant
		}
	}
	if plain := map[string]string{opOn: opIs, opBefore: opLess, opAfter: opMore, opFrom: opLeast, opUntil: opMost}[op]; found && plain != "" && kind(column.Field) != dates {
		op = plain // a text that looks like a day
	}
	if !found || !slices.Contains(operators(column.Field), op) || !spelled(column.Field, op, values) {
		return Chip{nodes: group}
	}
	return Chip{Column: column, Op: op, Values: values, nodes: group}
}

// spelled reports whether the values can be shown and edited by a control.
func spelled(f *schema.FieldDef, op string, values []string) bool {
	for _, v := range values {
		var err error
		switch kind(f) {
		case dates:
			if slices.Contains([]string{opOn, opBefore, opAfter, opFrom, opUntil}, op) {
				_, err = value.ParseDate(v)
			}
		case links:
			_, err = value.ParseID(v)
		case numbers:
			_, err = value.ParseDecimal(v)
		}
		if err != nil {
			return false
		}
	}
	return true
}

// want asks for the titles that the chip shows.
func (c Chip) want(n *parts.Names) {
	for _, k := range c.Kids {
		k.want(n)
	}
	if c.Field == nil || kind(c.Field) != links {
		return
	}
	for _, text := range c.Values {
		if id, err := value.ParseID(text); err == nil {
			n.Want(c.Field, []value.ID{id})
		}
	}
}

// Said is the value of the chip in words, "" when the operator says it all.
func (st *State) Said(v *kit.View, c Chip) string {
	var all []string
	for _, text := range c.Values {
		all = append(all, st.say(v, c, text))
	}
	return v.List(all)
}

func (st *State) say(v *kit.View, c Chip, text string) string {
	switch {
	case c.Op == opIn:
		return periodLabel(v, text)
	case c.Op == opNext || c.Op == opLast:
		n, _ := strconv.Atoi(text)
		return v.Days(n)
	}
	switch kind(c.Field) {
	case choices:
		return c.Field.OptionLabel(text, v.Lang)
	case tongues:
		return v.LanguageName(text)
	case links:
		if id, err := value.ParseID(text); err == nil {
			return parts.Text(v, st.Names, c.Field, id)
		}
	case dates:
		if d, err := value.ParseDate(text); err == nil {
			return v.DateNear(d, v.Today())
		}
	case numbers:
		if d, err := value.ParseDecimal(text); err == nil {
			return v.Number(d, 0, 6)
		}
	}
	return text
}

// with is the filter with the chip at a place changed, added (at "") or, for
// nil, taken out.
func (st *State) with(place string, nodes []*expr.Node) string {
	all := fold(rebuild(st.Chips, place, nodes, expr.OpOr), expr.OpAnd)
	if len(all) == 0 {
		return ""
	}
	return all[0].String()
}

// Without is the address of this look with the chip at a place less.
func (st *State) Without(place string) string { return st.URL("filter", st.with(place, nil)) }
