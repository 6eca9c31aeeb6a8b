package expr

import (
	"slices"
	"unicode/utf8"

	"wellmet/internal/fault"
)

// maxNesting bounds the recursion of the parser; brackets make no nodes.
const maxNesting = 3 * MaxDepth

// Parse reads text into a tree. Faults are Invalid and carry pos, counted in
// runes from 1, and near.
func Parse(text string) (*Node, error) {
	if !utf8.ValidString(text) {
		return nil, fault.New(fault.Invalid, "expr.encoding", nil)
	}
	length := len(text)
	if length > MaxLength {
		length = utf8.RuneCountInString(text)
	}
	if length > MaxLength {
		return nil, tooLong()
	}
	p := &parser{lex: lexer{text: text}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.expression(bindOr)
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, p.unexpected()
	}
	if err := measure(n); err != nil {
		return nil, err
	}
	// What was accepted must be accepted again as it is stored, and spaces and
	// full words can triple the length.
	if length*3 > MaxLength && utf8.RuneCountInString(n.String()) > MaxLength {
		return nil, tooLong()
	}
	return n, nil
}

func tooLong() error {
	return fault.New(fault.Invalid, "expr.too_long", fault.Args{"limit": MaxLength})
}

// measure refuses trees that are too deep or too big.
func measure(n *Node) error {
	count := 0
	var walk func(n *Node, depth int) error
	walk = func(n *Node, depth int) error {
		if count++; count > MaxNodes {
			return wrong("expr.too_big", n.Pos, "", "limit", MaxNodes)
		}
		if depth > MaxDepth {
			return wrong("expr.too_deep", n.Pos, "", "limit", MaxDepth)
		}
		for _, kid := range n.Kids {
			if err := walk(kid, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(n, 1)
}

// parser is a Pratt parser: expression(min) reads operators that bind at least
// as tightly as min.
type parser struct {
	lex   lexer
	tok   token
	depth int
}

func (p *parser) advance() (err error) {
	p.tok, err = p.lex.next()
	return err
}

func (p *parser) unexpected() error {
	if p.tok.kind == tokEnd {
		return wrong("expr.unfinished", p.tok.pos, "")
	}
	return wrong("expr.syntax", p.tok.pos, p.tok.near)
}

func (p *parser) is(kind tokenKind, text string) bool {
	return p.tok.kind == kind && p.tok.text == text
}

// take steps over a token that must stand here.
func (p *parser) take(kind tokenKind, text, key string) error {
	if !p.is(kind, text) {
		if p.tok.kind == tokEnd && key == "expr.syntax" {
			return p.unexpected()
		}
		return wrong(key, p.tok.pos, p.tok.near)
	}
	return p.advance()
}

func (p *parser) expression(least int) (*Node, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, wrong("expr.too_deep", p.tok.pos, p.tok.near, "limit", MaxDepth)
	}
	defer func() { p.depth-- }()
	left, err := p.prefix()
	if err != nil {
		return nil, err
	}
	compared := false // a = b = c has no meaning, (a = b) = c does
	for {
		op := p.infix()
		if op == 0 || op.binding() < least || op.binding() == bindNot {
			return left, nil
		}
		if op.binding() == bindCompare && compared {
			return nil, wrong("expr.chained", p.tok.pos, p.tok.near)
		}
		compared = op.binding() == bindCompare
		if left, err = p.operator(op, left); err != nil {
			return nil, err
		}
	}
}

// infix is the operator that the current token begins; 0 = none.
func (p *parser) infix() Op {
	switch p.tok.kind {
	case tokSign:
		return signOp(p.tok.text)
	case tokWord:
		return wordOp(p.tok.text)
	}
	return 0
}

func signOp(sign string) Op {
	switch sign {
	case "=":
		return OpEq
	case "!=":
		return OpNe
	case "<":
		return OpLt
	case "<=":
		return OpLe
	case ">":
		return OpGt
	case ">=":
		return OpGe
	case "+":
		return OpAdd
	case "-":
		return OpSub
	case "*":
		return OpMul
	case "/":
		return OpDiv
	}
	return 0
}

// wordOp takes "not" for what it begins here: "not in", "not contains" or "not
// starts with".
func wordOp(word string) Op {
	switch word {
	case "or":
		return OpOr
	case "and":
		return OpAnd
	case "in":
		return OpIn
	case "not":
		return OpNotIn
	case "contains":
		return OpContains
	case "starts":
		return OpStarts
	case "is":
		return OpEmpty
	}
	return 0
}

// operator reads the rest of an operation whose sign is the current token.
func (p *parser) operator(op Op, left *Node) (*Node, error) {
	pos := p.tok.pos
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch op {
	case OpEmpty:
		return p.isEmpty(left, pos)
	case OpIn:
		return p.list(OpIn, left, pos)
	case OpNotIn:
		return p.notInfix(left, pos)
	case OpStarts:
		if err := p.optionalWith(); err != nil {
			return nil, err
		}
	}
	right, err := p.expression(op.binding() + 1)
	if err != nil {
		return nil, err
	}
	if left.Op == op && (op == OpAnd || op == OpOr) {
		// Append in place: copying would take quadratic time over a long chain.
		left.Kids = append(left.Kids, flat(op, []*Node{right})...)
		return left, nil
	}
	return join(op, pos, left, right), nil
}

// join keeps chains of and/or in one flat node: long machine-made filters stay
// shallow.
func join(op Op, pos int, kids ...*Node) *Node {
	if op == OpAnd || op == OpOr {
		kids = flat(op, kids)
	}
	return &Node{Op: op, Pos: pos, Kids: kids}
}

func flat(op Op, kids []*Node) []*Node {
	if !slices.ContainsFunc(kids, func(kid *Node) bool { return kid.Op == op }) {
		return kids
	}
	var all []*Node
	for _, kid := range kids {
		if kid.Op == op {
			all = append(all, kid.Kids...)
		} else {
			all = append(all, kid)
		}
	}
	return all
}

func (p *parser) optionalWith() error {
	if p.is(tokWord, "with") {
		return p.advance()
	}
	return nil
}

func (p *parser) isEmpty(left *Node, pos int) (*Node, error) {
	op := OpEmpty
	if p.is(tokWord, "not") {
		op = OpNotEmpty
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	if err := p.take(tokWord, "empty", "expr.want_empty"); err != nil {
		return nil, err
	}
	return &Node{Op: op, Kids: []*Node{left}, Pos: pos}, nil
}

// notInfix reads what stands after "x not".
func (p *parser) notInfix(left *Node, pos int) (*Node, error) {
	op := p.infix()
	if p.tok.kind != tokWord || op != OpIn && op != OpContains && op != OpStarts {
		return nil, p.unexpected()
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if op == OpIn {
		return p.list(OpNotIn, left, pos)
	}
	if op == OpStarts {
		if err := p.optionalWith(); err != nil {
			return nil, err
		}
	}
	right, err := p.expression(bindCompare + 1)
	if err != nil {
		return nil, err
	}
	return &Node{Op: OpNot, Pos: pos, Kids: []*Node{{Op: op, Pos: pos, Kids: []*Node{left, right}}}}, nil
}

// list reads (a, b, …) or a bare call: in thisQuarter().
func (p *parser) list(op Op, left *Node, pos int) (*Node, error) {
	n := &Node{Op: op, Kids: []*Node{left}, Pos: pos}
	if p.tok.kind == tokName {
		call, err := p.name()
		if err == nil && call.Op != OpCall {
			err = wrong("expr.want_list", call.Pos, call.String())
		}
		if err != nil {
			return nil, err
		}
		n.Kids = append(n.Kids, call)
		return n, nil
	}
	if err := p.take(tokSign, "(", "expr.want_list"); err != nil {
		return nil, err
	}
	items, err := p.items()
	if err == nil && len(items) == 0 {
		err = wrong("expr.want_list", pos, op.text())
	}
	n.Kids = append(n.Kids, items...)
	return n, err
}

func (o Op) text() string {
	if int(o) < len(opText) {
		return opText[o]
	}
	return ""
}
