package expr

import (
	"strings"

	"wellmet/internal/value"
)

// The conditions that need no database.
const (
	sqlTrue  = "TRUE"
	sqlFalse = "FALSE"
)

// renderer writes one expression as SQL. A condition that it writes may be NULL
// where Eval says false; what is negated, or used as a value, is made two-valued
// first.
type renderer struct {
	evaluation
	columns Columns
	args    *Args
	aliases []string // of the records, innermost last
}

// SQL renders a condition, or the scalar of a value: numbers as integers scaled
// by e.Type().Scale, money in minor units of the workspace's currency, moments
// in milliseconds. alias is that of the record's table in the statement. A
// condition may be a bare OR: bracket it before joining it with AND.
func (e *Expr) SQL(c Columns, env Env, alias string, args *Args) (string, error) {
	if e.refusal != nil {
		return "", e.refusal
	}
	r := &renderer{evaluation: newEvaluation(&env), columns: c, args: args, aliases: []string{alias}}
	switch e.root.typ.Kind {
	case Bool:
		return r.condition(e.root, false), nil
	case Number:
		return r.number(e.root).scaled(e.root.typ.Scale), nil
	case Money:
		return r.number(e.root).scaled(value.Digits(env.BaseCurrency)), nil
	}
	return r.value(e.root), nil
}

// condition writes n, or its complement: not goes down to the leaves, so that
// positive ones stay bare and an index serves them.
func (r *renderer) condition(n *node, negated bool) string {
	if n.fixed {
		return truthText(r.truth(n) != negated)
	}
	return r.known(func() string { return r.open(n, negated) })
}

// known takes back the parameters of what turned out to be true or false:
// PostgreSQL refuses parameters that stand nowhere in the text.
func (r *renderer) known(write func() string) string {
	before := len(r.args.values)
	sql := write()
	if sql == sqlTrue || sql == sqlFalse {
		r.args.values = r.args.values[:before]
	}
	return sql
}

// open writes a condition that depends on the record.
func (r *renderer) open(n *node, negated bool) string {
	switch n.op {
	case OpNot:
		return r.condition(n.kids[0], !negated)
	case OpAnd, OpOr:
		return r.chain(n, negated)
	case OpNe:
		return r.equality(n, !negated)
	case OpEq:
		return r.equality(n, negated)
	case OpNotIn:
		return r.leaf(r.among(n), !negated)
	case OpIn:
		return r.leaf(r.among(n), negated)
	case OpEmpty:
		return r.empty(n.kids[0], negated)
	case OpNotEmpty:
		return r.empty(n.kids[0], !negated)
	case OpLt, OpLe, OpGt, OpGe:
		return r.leaf(r.compare(n.op, n.kids[0], n.kids[1]), negated)
	case OpContains, OpStarts:
		return r.leaf(r.matching(n), negated)
	case OpCall:
		return r.callCondition(n, negated)
	case OpPath:
		if f := n.path.field.Formula; f != nil && len(n.path.links) == 0 {
			return r.within(r.alias(n.path.up)).condition(f.root, negated)
		}
	}
	return r.leaf(r.boolean(n), negated)
}

func truthText(yes bool) string {
	if yes {
		return sqlTrue
	}
	return sqlFalse
}

// leaf is a condition that may be NULL, or its complement.
func (r *renderer) leaf(sql string, negated bool) string {
	switch {
	case !negated:
		return sql
	case sql == sqlTrue:
		return sqlFalse
	case sql == sqlFalse:
		return sqlTrue
	}
	return "(" + sql + ") IS NOT TRUE"
}

// equality is = or its complement; against a fixed value that is IS DISTINCT FROM.
func (r *renderer) equality(n *node, negated bool) string {
	sql := r.compare(OpEq, n.kids[0], n.kids[1])
	if left, right, ok := strings.Cut(sql, " = "); ok && negated && (n.kids[0].fixed || n.kids[1].fixed) && simple(left) && simple(right) {
		return left + " IS DISTINCT FROM " + right
	}
	return r.leaf(sql, negated)
}

// simple tells a bare operand from a longer expression.
func simple(sql string) bool {
	return !strings.ContainsAny(sql, " (") && sql != sqlTrue && sql != sqlFalse
}

// chain writes and/or, leaving out what is known.
func (r *renderer) chain(n *node, negated bool) string {
	and := (n.op == OpAnd) != negated
	var parts []string
	for _, kid := range n.kids {
		part := r.condition(kid, negated)
		if part == truthText(!and) {
			return part
		}
		if part == truthText(and) {
			continue
		}
		if needsBrackets(kid, negated, and) {
			part = "(" + part + ")"
		}
		parts = append(parts, part)
	}
	word := " OR "
	if and {
		word = " AND "
	}
	return balanced(parts, word, truthText(and))
}

// needsBrackets tells what binds more loosely than AND. Leaves that write
// several conditions bracket themselves.
func needsBrackets(kid *node, negated, and bool) bool {
	for {
		switch {
		case kid.op == OpNot:
			kid, negated = kid.kids[0], !negated
		case kid.op == OpPath && kid.path.field.Formula != nil && len(kid.path.links) == 0:
			kid = kid.path.field.Formula.root
		case kid.op == OpAnd || kid.op == OpOr:
			return and && (kid.op == OpAnd) == negated
		default:
			return false
		}
	}
}

// longChain is where brackets begin to halve a chain: SQLite refuses trees that
// are deeper than 1,000.
const longChain = 100

func balanced(parts []string, word, none string) string {
	if len(parts) == 0 {
		return none
	}
	if len(parts) <= longChain {
		return strings.Join(parts, word)
	}
	half := len(parts) / 2
	return "(" + balanced(parts[:half], word, none) + ")" + word + "(" + balanced(parts[half:], word, none) + ")"
}

// callCondition writes any(), if() and coalesce() that yield conditions.
func (r *renderer) callCondition(n *node, negated bool) string {
	if n.fn.id != fnAny {
		return r.leaf(r.boolean(n), negated)
	}
	sql := r.exists(n)
	if negated && sql != sqlFalse {
		return "NOT " + sql
	}
	return r.leaf(sql, negated)
}

// boolean writes a condition as a value: true, false, or NULL when it is a
// field and empty.
func (r *renderer) boolean(n *node) string {
	if n.fixed {
		return r.fixedValue(n)
	}
	switch n.op {
	case OpPath:
		return r.path(n.path, func(alias string) string { return r.field(n, alias, Value) })
	case OpCall:
		if n.fn.id == fnIf || n.fn.id == fnCoalesce {
			return r.choose(n, r.boolean)
		}
	}
	sql := r.condition(n, false)
	if sql == sqlTrue || sql == sqlFalse {
		return sql
	}
	return "((" + sql + ") IS TRUE)"
}

// empty writes IS NULL.
func (r *renderer) empty(n *node, negated bool) string {
	sql := ""
	switch {
	case n.fixed:
		return truthText(isEmpty(r.node(n)) != negated)
	case n.typ.Kind == Bool && n.op != OpPath && !(n.op == OpCall && n.fn.id != fnAny):
		return truthText(negated) // a condition is true or false
	case n.op == OpPath && n.path.field.Formula != nil:
		f := n.path.field.Formula
		if f.root.fixed {
			sql = r.path(n.path, func(string) string { return "1" })
			if isEmpty(r.node(f.root)) {
				return truthText(!negated)
			}
			break
		}
		return r.leaf(r.path(n.path, func(alias string) string {
			return "(" + r.within(alias).empty(f.root, true) + ")"
		}), !negated)
	case n.typ.Kind == Choices || n.typ.Kind == Links:
		return r.leaf(r.path(n.path, func(alias string) string { return r.columns.Has(n.path.field, alias, "") }), !negated)
	case n.op == OpPath:
		part := n.path.part
		sql = r.path(n.path, func(alias string) string { return r.columns.Column(alias, n.path.field, part) })
	case n.typ.Kind == Money && n.op == OpCall:
		return r.emptyChoice(n, negated)
	default:
		sql = r.value(n)
	}
	if negated {
		return sql + " IS NOT NULL"
	}
	return sql + " IS NULL"
}

// emptyChoice is for if() and coalesce() over money, which can be there without
// a worth in the workspace's currency.
func (r *renderer) emptyChoice(n *node, negated bool) string {
	if n.fn.id == fnCoalesce {
		parts := make([]string, len(n.kids))
		for i, kid := range n.kids {
			parts[i] = "(" + r.empty(kid, negated) + ")"
		}
		word := " AND "
		if negated {
			word = " OR "
		}
		return "(" + strings.Join(parts, word) + ")"
	}
	otherwise := truthText(!negated)
	if len(n.kids) == 3 {
		otherwise = r.empty(n.kids[2], negated)
	}
	return "CASE WHEN " + r.condition(n.kids[0], false) + " THEN " + r.empty(n.kids[1], negated) + " ELSE " + otherwise + " END"
}
