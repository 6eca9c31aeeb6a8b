package record

import (
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// measure is one figure asked for.
type measure struct {
	text     string // as asked
	function string // count, sum, avg, min, max, median, rate
	over     *operand
	base     *operand // rate: the records that the share is of
}

// operand is what the database computes for measures: one set of partial
// figures over an expression, under a condition. Measures share equal ones.
type operand struct {
	key   string
	kind  operandKind
	e     *expr.Expr // nil = the records themselves
	to    *expr.Expr // days: the date that e is subtracted from
	typ   expr.Type
	money *schema.FieldDef // the field whose currencies are summed apart
	only  *expr.Expr       // condition
	links []*schema.FieldDef
	least bool             // wanted for min and max
	kept  *schema.FieldDef // the amount of maintained sums that it is, when these answer

	column   int // of the first partial in the result
	currency int // which currency column splits it, -1 = none
}

type operandKind uint8

const (
	opCount operandKind = iota // records
	opFilled
	opNumber
	opMoney
	opWhen
	opDays
)

var functions = []string{"count", "sum", "avg", "min", "max", "median", "rate"}

func (p *aggregation) parseMeasure(text string) (*measure, error) {
	m := &measure{text: text}
	body, cond, ok := cutBraces(text)
	name, arg, _ := strings.Cut(body, ":")
	m.function, arg = strings.TrimSpace(name), strings.TrimSpace(arg)
	if !ok || !slices.Contains(functions, m.function) || (arg == "") != (m.function == "count" || m.function == "rate") && m.function != "count" {
		return nil, p.badMeasure(text)
	}
	if m.function == "rate" {
		return m, p.parseRate(m, cond)
	}
	only, err := p.only(cond)
	if err != nil {
		return nil, err
	}
	o, err := p.operandOf(m.function, arg, text)
	if err != nil {
		return nil, err
	}
	m.over = p.share(o, only, m.function == "min" || m.function == "max")
	return m, nil
}

func (p *aggregation) badMeasure(text string) error {
	return fault.New(fault.Invalid, "aggregate.bad_measure", fault.Args{"measure": value.Printable(text), "known": strings.Join(functions, ", ")})
}

// parseRate reads "{a / b}": b itself narrows what a is counted among.
func (p *aggregation) parseRate(m *measure, cond string) error {
	part, whole := cutSlash(cond)
	if strings.TrimSpace(part) == "" {
		return fault.New(fault.Invalid, "aggregate.rate_of_what", nil)
	}
	a, err := p.only(part)
	if err != nil {
		return err
	}
	b, err := p.only(whole)
	if err != nil {
		return err
	}
	m.over = p.share(&operand{kind: opCount}, expr.And(b, a), false)
	m.base = p.share(&operand{kind: opCount}, b, false)
	return nil
}

func (p *aggregation) only(cond string) (*expr.Expr, error) {
	if strings.TrimSpace(cond) == "" {
		return nil, nil
	}
	return p.condition(cond)
}

// share returns the equal operand that another measure has asked for, or
// keeps this one.
func (p *aggregation) share(o *operand, only *expr.Expr, least bool) *operand {
	o.only, o.currency = only, -1
	var parts []string
	for _, e := range []*expr.Expr{o.e, o.to, only} {
		text := ""
		if e != nil {
			text = e.String()
		}
		parts = append(parts, text)
	}
	o.key = string(rune('0'+o.kind)) + strings.Join(parts, "\x00")
	for _, have := range p.operands {
		if have.key == o.key {
			have.least = have.least || least
			return have
		}
	}
	o.least = least
	if only != nil {
		o.links = p.deferrable(only)
	}
	p.operands = append(p.operands, o)
	return o
}

// operandOf types what a function is applied to.
func (p *aggregation) operandOf(function, arg, text string) (*operand, error) {
	if arg == "" {
		return &operand{kind: opCount}, nil
	}
	if o, err := p.dateDifference(arg); o != nil || err != nil {
		return o, err
	}
	e, err := p.s.Check(p.o, arg, expr.Empty)
	if err != nil {
		return nil, err
	}
	o := &operand{e: e, typ: e.Type()}
	if function == "count" {
		o.kind = opFilled
		return o, p.countable(o, text)
	}
	if err := inSQL(e); err != nil {
		return nil, err
	}
	switch o.typ.Kind {
	case expr.Number:
		o.kind = opNumber
		return o, nil
	case expr.Money:
		o.kind = opMoney
		if f := p.s.fieldAt(p.o, arg); f != nil && f.Object == p.o && !strings.Contains(arg, ".") && len(f.Columns()) == 3 {
			o.money = f
		}
		return o, nil
	case expr.Date, expr.Moment:
		o.kind = opWhen
		if function == "min" || function == "max" {
			return o, nil
		}
	}
	return nil, p.badMeasure(text)
}

// countable lets anything be counted that a column or an expression tells to
// be filled: the condition does the counting.
func (p *aggregation) countable(o *operand, text string) error {
	e, err := p.s.Check(p.o, "("+o.e.String()+") is not empty", expr.Bool)
	if err != nil {
		return p.badMeasure(text)
	}
	o.e = e
	return inSQL(e)
}

// dateDifference reads "a-b" over two days or two moments, which has no type
// of its own in expressions: it is measured in days.
func (p *aggregation) dateDifference(arg string) (*operand, error) {
	n, err := expr.Parse(arg)
	if err != nil || n.Op != expr.OpSub || len(n.Kids) != 2 {
		return nil, nil // whatever is wrong, the check of the whole says better
	}
	var sides [2]*expr.Expr
	for i, kid := range n.Kids {
		e, err := expr.CheckNode(kid, p.s.Scope(p.o), expr.Type{})
		if err != nil {
			return nil, nil
		}
		sides[i] = e
	}
	k := sides[0].Type().Kind
	if k != sides[1].Type().Kind || k != expr.Date && k != expr.Moment {
		return nil, nil
	}
	for _, e := range sides {
		if err := inSQL(e); err != nil {
			return nil, err
		}
	}
	return &operand{kind: opDays, to: sides[0], e: sides[1], typ: sides[0].Type()}, nil
}

// cutBraces splits "sum:amount{cond}"; ok is false for braces that do not end
// the text. Braces inside quotes are text.
func cutBraces(text string) (body, cond string, ok bool) {
	text = strings.TrimSpace(text)
	i := outsideQuotes(text, '{')
	if i < 0 {
		return text, "", true
	}
	if !strings.HasSuffix(text, "}") {
		return "", "", false
	}
	return text[:i], text[i+1 : len(text)-1], true
}

// cutSlash splits "a / b" at the first slash outside quotes. Division runs in
// memory only, so no condition loses anything.
func cutSlash(cond string) (part, whole string) {
	if i := outsideQuotes(cond, '/'); i >= 0 {
		return cond[:i], cond[i+1:]
	}
	return cond, ""
}

func outsideQuotes(text string, want byte) int {
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == want:
			return i
		}
	}
	return -1
}
