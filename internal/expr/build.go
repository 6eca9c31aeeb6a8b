package expr

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Path is a node that reads a field: "amount" or "account.owner.team".
func Path(dotted string) *Node { return &Node{Op: OpPath, Names: strings.Split(dotted, ".")} }

// Call is a node that calls a function.
func Call(name string, args ...*Node) *Node { return &Node{Op: OpCall, Text: name, Kids: args} }

// Make is a node of an operation.
func Make(op Op, kids ...*Node) *Node { return join(op, 0, kids...) }

// Literal is a node of a canonical value. Money has no literal: compare
// Make of OpInCurrency, as Compare does.
func Literal(v any) (*Node, error) {
	switch v := v.(type) {
	case string:
		return &Node{Op: OpText, Text: v}, nil
	case bool:
		return &Node{Op: OpBool, Text: fmt.Sprint(v)}, nil
	case int:
		return numberNode(decimal.NewFromInt(int64(v))), nil
	case int64:
		return numberNode(decimal.NewFromInt(v)), nil
	case decimal.Decimal:
		return numberNode(v), nil
	case value.ID:
		return &Node{Op: OpText, Text: v.String()}, nil
	case value.Date:
		return Call("date", &Node{Op: OpText, Text: v.String()}), nil
	case time.Time:
		return &Node{Op: OpText, Text: v.UTC().Format("2006-01-02T15:04:05.999Z07:00")}, nil
	}
	return nil, fmt.Errorf("expr: no literal for a %T", v)
}

func numberNode(d decimal.Decimal) *Node {
	n := &Node{Op: OpNumber, Text: d.Abs().String()}
	if d.IsNegative() {
		return Make(OpNeg, n)
	}
	return n
}

// alone is a scope of one field, for conditions made by code.
type alone struct{ field Field }

func (s alone) Object() string { return "" }

func (s alone) Field(name string) (Field, bool) { return s.field, name == s.field.Name }

func (s alone) Back(string) (Back, bool) { return Back{}, false }

func (s alone) To(string) (Scope, bool) { return nil, false }

// Compare makes field op value over a field of the record itself; op is one of
// the six comparisons, OpContains or OpStarts. A nil value asks for emptiness
// (OpEq) or its complement (OpNe), a value.Money compares in its own currency.
func Compare(f Field, op Op, v any) (*Expr, error) {
	left := Path(f.Name)
	if v == nil {
		switch op {
		case OpEq:
			return built(f, Make(OpEmpty, left))
		case OpNe:
			return built(f, Make(OpNotEmpty, left))
		}
		return nil, fmt.Errorf("expr: %s has no order with empty", f.Name)
	}
	if m, ok := v.(value.Money); ok {
		left = &Node{Op: OpInCurrency, Text: m.Currency, Kids: []*Node{left}}
		v = m.Decimal()
	}
	right, err := Literal(v)
	if err != nil {
		return nil, err
	}
	return built(f, Make(op, left, right))
}

// In makes field in (values…). No values hold nowhere.
func In[T any](f Field, values ...T) (*Expr, error) {
	if len(values) == 0 {
		return Never(""), nil
	}
	kids := []*Node{Path(f.Name)}
	for _, v := range values {
		item, err := Literal(v)
		if err != nil {
			return nil, err
		}
		kids = append(kids, item)
	}
	return built(f, Make(OpIn, kids...))
}

func built(f Field, n *Node) (*Expr, error) {
	return CheckNode(n, alone{f}, Type{Kind: Bool})
}

// Convert makes a result of Eval fit a stored field: numbers are rounded half
// to even to scale digits (to an int64 when scale is 0 and the field is a
// whole number, which its Type says by having no scale), all else passes when
// the kinds agree.
func Convert(v any, to Type, scale int) (any, error) {
	if v == nil {
		return nil, nil
	}
	ok := false
	switch v := v.(type) {
	case decimal.Decimal:
		return convertNumber(v, to, scale)
	case string:
		ok = to.Kind == Text || to.Kind == Choice
	case bool:
		ok = to.Kind == Bool
	case value.Money:
		ok = to.Kind == Money
	case value.Date:
		ok = to.Kind == Date
	case time.Time:
		ok = to.Kind == Moment
	case value.ID:
		ok = to.Kind == Link
	}
	if !ok && to.Kind != Empty {
		return nil, fault.New(fault.Invalid, "expr.convert", fault.Args{"want": to.Kind.String()})
	}
	return v, nil
}

func convertNumber(d decimal.Decimal, to Type, scale int) (any, error) {
	if to.Kind != Number && to.Kind != Empty {
		return nil, fault.New(fault.Invalid, "expr.convert", fault.Args{"want": to.Kind.String()})
	}
	d = value.Round(d, scale)
	scaled, err := value.Scaled(d, scale)
	if err != nil {
		return nil, err
	}
	if scale == 0 && to.Scale == 0 {
		return scaled, nil
	}
	return d, nil
}

// Beneath asks of what a link leads to: amount > 5 becomes deal.amount > 5. Conditions inside any(…)
// begin at its records and stay as they are.
func Beneath(link string, n *Node) *Node {
	out := *n
	if n.Op == OpPath {
		out.Names = append([]string{link}, n.Names...)
	}
	out.Kids = slices.Clone(n.Kids)
	for i, kid := range n.Kids {
		if n.Op == OpCall && strings.EqualFold(n.Text, "any") && i > 0 {
			break
		}
		out.Kids[i] = Beneath(link, kid)
	}
	return &out
}

// Without is a condition without those of the parts, all of which have to hold, that
// drop names; nil where none is left.
func Without(n *Node, drop func(*Node) bool) *Node {
	if n.Op != OpAnd {
		if drop(n) {
			return nil
		}
		return n
	}
	out := *n
	out.Kids = nil
	for _, kid := range n.Kids {
		if left := Without(kid, drop); left != nil {
			out.Kids = append(out.Kids, left)
		}
	}
	switch len(out.Kids) {
	case 0:
		return nil
	case 1:
		return out.Kids[0]
	}
	return &out
}

// Paths calls fn with each path in a tree.
func (n *Node) Paths(fn func(names []string)) {
	if n.Op == OpPath {
		fn(n.Names)
	}
	for _, kid := range n.Kids {
		kid.Paths(fn)
	}
}
