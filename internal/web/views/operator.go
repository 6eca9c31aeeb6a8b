package views

import (
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// The operators of chips, as the addresses of their forms spell them.
const (
	opIs, opNot                          = "is", "not"
	opContains, opStarts                 = "contains", "starts"
	opLess, opMost, opMore, opLeast      = "lt", "le", "gt", "ge"
	opOn, opBefore, opAfter              = "on", "before", "after"
	opFrom, opUntil                      = "from", "until"
	opIn, opNext, opLast                 = "in", "next", "last"
	opPast, opFuture                     = "past", "future"
	opYes, opNo                          = "yes", "no"
	opMe, opTeam                         = "me", "team"
	opEmpty, opFilled                    = "empty", "filled"
	texts, numbers, dates, choices       = "text", "number", "date", "choice"
	links, flags, words, onlyEmpty, none = "link", "flag", "words", "empty", ""
	tongues                              = "tongue"
)

// kind is the family of a field's values, by which they are asked for.
func kind(f *schema.FieldDef) string {
	switch f.ValueKind() {
	case backKind:
		return backs
	case schema.KindInt, schema.KindDecimal, schema.KindMoney, schema.KindPercent:
		return numbers
	case schema.KindDate, schema.KindMoment:
		return dates
	case schema.KindChoice:
		return choices
	case schema.KindChoices:
		if len(f.Options) == 0 {
			return words
		}
		return choices
	case schema.KindLink, schema.KindLinks, schema.KindPerson:
		return links
	case schema.KindBool:
		return flags
	case schema.KindAddress, schema.KindPlace, schema.KindFile:
		return onlyEmpty
	case schema.KindAbout:
		return none
	}
	if f.Tongue {
		return tongues
	}
	return texts
}

var kindOperators = map[string][]string{
	texts:     {opContains, opStarts, opIs, opNot, opEmpty, opFilled},
	numbers:   {opLeast, opMost, opMore, opLess, opIs, opNot, opEmpty, opFilled},
	dates:     {opIn, opNext, opLast, opOn, opBefore, opUntil, opFrom, opAfter, opPast, opFuture, opEmpty, opFilled},
	choices:   {opIs, opNot, opEmpty, opFilled},
	tongues:   {opIs, opNot, opEmpty, opFilled},
	words:     {opIs, opNot, opEmpty, opFilled},
	links:     {opIs, opNot, opEmpty, opFilled},
	flags:     {opYes, opNo},
	onlyEmpty: {opEmpty, opFilled},
	backs:     {opHas, opHasNone},
}

// operators are what can be asked of a field, the most usual first.
func operators(f *schema.FieldDef) []string {
	all := kindOperators[kind(f)]
	if f.ValueKind() == schema.KindPerson {
		return append([]string{opMe, opTeam}, all...)
	}
	if kind(f) == backs && f.Formula != "" {
		return append([]string{opHasNoneOpen, opHasOpen}, all...)
	}
	return all
}

// valueless operators say it all.
func valueless(op string) bool {
	return slices.Contains([]string{opPast, opFuture, opYes, opNo, opMe, opTeam, opEmpty, opFilled, opHas, opHasNone, opHasOpen, opHasNoneOpen}, op)
}

// Periods of the calendar that can be asked for.
var periods = []string{"today", "thisWeek", "thisMonth", "thisQuarter", "thisYear", "nextWeek", "nextMonth", "nextQuarter", "lastWeek", "lastMonth", "lastQuarter", "lastYear"}

var compareOps = map[string]expr.Op{opIs: expr.OpEq, opNot: expr.OpNe, opLess: expr.OpLt, opMost: expr.OpLe, opMore: expr.OpGt, opLeast: expr.OpGe,
	opOn: expr.OpEq, opBefore: expr.OpLt, opAfter: expr.OpGt, opFrom: expr.OpGe, opUntil: expr.OpLe, opContains: expr.OpContains, opStarts: expr.OpStarts}

// simple reads conditions that field, operator and values can say.
func simple(group []*expr.Node) (path, op string, values []string, ok bool) {
	if len(group) == 2 {
		path, op, days, ok := window(group[0], group[1])
		return path, op, []string{days}, ok
	}
	n := group[0]
	switch n.Op {
	case expr.OpPath:
		return strings.Join(n.Names, "."), opYes, nil, true
	case expr.OpNot:
		if n.Kids[0].Op == expr.OpPath {
			return strings.Join(n.Kids[0].Names, "."), opNo, nil, true
		}
		return "", "", nil, false
	}
	if len(n.Kids) == 0 || n.Kids[0].Op != expr.OpPath {
		return "", "", nil, false
	}
	path = strings.Join(n.Kids[0].Names, ".")
	switch n.Op {
	case expr.OpEmpty:
		return path, opEmpty, nil, true
	case expr.OpNotEmpty:
		return path, opFilled, nil, true
	case expr.OpIn, expr.OpNotIn:
		op, values, ok = membership(n)
	case expr.OpEq, expr.OpNe, expr.OpLt, expr.OpLe, expr.OpGt, expr.OpGe, expr.OpContains, expr.OpStarts:
		op, values, ok = comparison(n)
	}
	return path, op, values, ok
}

func membership(n *expr.Node) (op string, values []string, ok bool) {
	if len(n.Kids) == 2 && n.Kids[1].Op == expr.OpCall && n.Op == expr.OpIn {
		for _, p := range periods {
			if isCall(n.Kids[1], p) {
				return opIn, []string{p}, true
			}
		}
	}
	for _, kid := range n.Kids[1:] {
		text, ok := spelling(kid)
		if !ok {
			return "", nil, false
		}
		values = append(values, text)
	}
	if n.Op == expr.OpNotIn {
		return opNot, values, true
	}
	return opIs, values, true
}

func comparison(n *expr.Node) (op string, values []string, ok bool) {
	right := n.Kids[1]
	switch {
	case isCall(right, "me"):
		return opMe, nil, n.Op == expr.OpEq
	case isCall(right, "myTeam"):
		return opTeam, nil, n.Op == expr.OpEq
	case isCall(right, "today") || isCall(right, "now"):
		switch n.Op {
		case expr.OpLt:
			return opPast, nil, true
		case expr.OpGt:
			return opFuture, nil, true
		case expr.OpEq:
			return opIn, []string{"today"}, isCall(right, "today")
		}
		return "", nil, false
	case right.Op == expr.OpBool:
		if (n.Op == expr.OpEq) == strings.EqualFold(right.Text, "true") {
			return opYes, nil, n.Op == expr.OpEq
		}
		return opNo, nil, n.Op == expr.OpEq || n.Op == expr.OpNe
	}
	text, ok := spelling(right)
	if !ok {
		return "", nil, false
	}
	for _, op := range []string{opIs, opNot, opLess, opMost, opMore, opLeast, opContains, opStarts} {
		if compareOps[op] == n.Op {
			return dated(op, text), []string{text}, true
		}
	}
	return "", nil, false
}

// dated is the operator of days for one of numbers, when the value is a day.
func dated(op, text string) string {
	if _, err := value.ParseDate(text); err != nil {
		return op
	}
	if d, ok := map[string]string{opIs: opOn, opLess: opBefore, opMore: opAfter, opLeast: opFrom, opMost: opUntil}[op]; ok {
		return d
	}
	return op
}

// spelling is a literal as text.
func spelling(n *expr.Node) (string, bool) {
	switch {
	case n.Op == expr.OpText || n.Op == expr.OpNumber:
		return n.Text, true
	case n.Op == expr.OpNeg && n.Kids[0].Op == expr.OpNumber:
		return "-" + n.Kids[0].Text, true
	case n.Op == expr.OpCall && strings.EqualFold(n.Text, "date") && len(n.Kids) == 1 && n.Kids[0].Op == expr.OpText:
		return n.Kids[0].Text, true
	}
	return "", false
}

// condition makes the expression of field, operator and values.
func condition(path string, f *schema.FieldDef, op string, values []string) ([]*expr.Node, error) {
	if kind(f) == backs {
		return anyOf(path, f, op)
	}
	p := expr.Path(path)
	today := expr.Call("today")
	switch op {
	case opEmpty:
		return one(expr.Make(expr.OpEmpty, p)), nil
	case opFilled:
		return one(expr.Make(expr.OpNotEmpty, p)), nil
	case opYes, opNo:
		yes, err := expr.Literal(true)
		return one(expr.Make(map[string]expr.Op{opYes: expr.OpEq, opNo: expr.OpNe}[op], p, yes)), err
	case opMe:
		return one(expr.Make(expr.OpEq, p, expr.Call("me"))), nil
	case opTeam:
		return one(expr.Make(expr.OpEq, expr.Path(path+".team"), expr.Call("myTeam"))), nil
	case opPast:
		return one(expr.Make(expr.OpLt, p, instant(f))), nil
	case opFuture:
		return one(expr.Make(expr.OpGt, p, instant(f))), nil
	}
	if len(values) == 0 || !slices.Contains(operators(f), op) {
		return nil, errNoValue
	}
	switch op {
	case opIn:
		if !slices.Contains(periods, values[0]) {
			return nil, errNoValue
		}
		if values[0] == "today" {
			return one(expr.Make(expr.OpEq, p, today)), nil
		}
		return one(expr.Make(expr.OpIn, p, expr.Call(values[0]))), nil
	case opNext, opLast:
		n, err := value.ParseDecimal(values[0])
		if err != nil || !n.IsInteger() || n.Sign() <= 0 || n.IntPart() > 3650 {
			return nil, fault.New(fault.Invalid, "web.views.bad_days", fault.Args{"most": 3650})
		}
		span := &expr.Node{Op: expr.OpSpan, Text: n.String() + "d"}
		if op == opNext {
			return []*expr.Node{expr.Make(expr.OpGe, p, today), expr.Make(expr.OpLe, p, expr.Make(expr.OpAdd, today, span))}, nil
		}
		return []*expr.Node{expr.Make(expr.OpGe, p, expr.Make(expr.OpSub, today, span)), expr.Make(expr.OpLe, p, today)}, nil
	}
	return compared(p, f, op, values)
}

var errNoValue = fault.New(fault.Invalid, "web.views.no_value", nil)

func one(n *expr.Node) []*expr.Node { return []*expr.Node{n} }

// instant is what past and future are measured by.
func instant(f *schema.FieldDef) *expr.Node {
	if f.ValueKind() == schema.KindMoment {
		return expr.Call("now")
	}
	return expr.Call("today")
}

func compared(p *expr.Node, f *schema.FieldDef, op string, values []string) ([]*expr.Node, error) {
	kids := one(p)
	for _, text := range values {
		x, err := literal(f, text)
		if err != nil {
			return nil, err
		}
		kids = append(kids, x)
	}
	several := len(values) > 1 || many(f)
	switch {
	case op == opNot && several:
		return one(expr.Make(expr.OpNotIn, kids...)), nil
	case op == opIs && several:
		return one(expr.Make(expr.OpIn, kids...)), nil
	}
	return one(expr.Make(compareOps[op], kids[:2]...)), nil
}

// literal is a value of the field in the expression.
func literal(f *schema.FieldDef, text string) (*expr.Node, error) {
	switch kind(f) {
	case numbers:
		d, err := value.ParseDecimal(text)
		if err != nil {
			return nil, err
		}
		return expr.Literal(d)
	case dates:
		d, err := value.ParseDate(text)
		if err != nil {
			return nil, err
		}
		return expr.Literal(d)
	}
	text, err := value.Clean(text)
	if err != nil {
		return nil, err
	}
	return expr.Literal(text)
}

// periodLabel is a period of the calendar in words.
func periodLabel(v *kit.View, period string) string {
	return v.T("web.views.period." + strings.ToLower(period))
}
