package expr

// Op is what a node of a tree does.
type Op uint8

// The kids of a node, in order, are its operands; In and NotIn have the value
// first and then the list; Call has its arguments.
const (
	OpText       Op = iota + 1 // Text
	OpNumber                   // Text: digits as typed
	OpSpan                     // Text: 30d
	OpBool                     // Text: true or false
	OpPath                     // Names
	OpCall                     // Text: name of the function
	OpInCurrency               // kid.in("Text")
	OpOr
	OpAnd
	OpNot
	OpEq
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe
	OpIn
	OpNotIn
	OpContains
	OpStarts
	OpEmpty
	OpNotEmpty
	OpAdd
	OpSub
	OpMul
	OpDiv
	OpNeg
)

// Node is a parsed expression, not yet typed.
type Node struct {
	Op    Op
	Text  string
	Names []string
	Kids  []*Node
	Pos   int // in runes, from 0
}

var opText = [...]string{OpOr: "or", OpAnd: "and", OpNot: "not", OpEq: "=", OpNe: "!=", OpLt: "<", OpLe: "<=",
	OpGt: ">", OpGe: ">=", OpIn: "in", OpNotIn: "not in", OpContains: "contains", OpStarts: "starts with",
	OpEmpty: "is empty", OpNotEmpty: "is not empty", OpAdd: "+", OpSub: "-", OpMul: "*", OpDiv: "/", OpNeg: "-"}

// How tightly operators bind, loosest first.
const (
	bindNone = iota
	bindOr
	bindAnd
	bindNot
	bindCompare
	bindAdd
	bindMul
	bindNeg
	bindAtom
)

func (o Op) binding() int {
	switch o {
	case OpOr:
		return bindOr
	case OpAnd:
		return bindAnd
	case OpNot:
		return bindNot
	case OpEq, OpNe, OpLt, OpLe, OpGt, OpGe, OpIn, OpNotIn, OpContains, OpStarts, OpEmpty, OpNotEmpty:
		return bindCompare
	case OpAdd, OpSub:
		return bindAdd
	case OpMul, OpDiv:
		return bindMul
	case OpNeg:
		return bindNeg
	}
	return bindAtom
}

// Limits that keep hostile text from exhausting stack, database or time.
const (
	MaxLength = 10_000 // runes of the canonical text
	MaxDepth  = 60     // of the tree
	MaxNodes  = 4_000  // of the tree
	MaxWeight = 8_000  // nodes with the inlined formulas'
	MaxLinks  = 6      // links in one path
	MaxDigits = 30     // of a number
)
