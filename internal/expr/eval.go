package expr

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/value"
)

// evaluation computes nodes in memory. Its values are nil (empty), string,
// decimal.Decimal, money, value.Date, time.Time, bool, value.ID, []string,
// []value.ID, span and days.
type evaluation struct {
	rows []Row // innermost last
	env  *Env
	zone *time.Location
	err  error // the first value that is none of the canonical ones
}

// money keeps an amount unrounded, with its worth in the workspace's currency.
type money struct {
	amount   decimal.Decimal
	currency string // "" = sum over several currencies: only base is known
	base     decimal.Decimal
	based    bool
	anyZero  bool // the literal 0, which is nothing in every currency
	computed bool // then it is empty where base is, as in SQL
}

func newEvaluation(env *Env, rows ...Row) evaluation {
	zone := env.Zone
	if zone == nil {
		zone = time.UTC
	}
	return evaluation{rows: rows, env: env, zone: zone}
}

// Eval computes the expression for one record, as a canonical value; numbers
// are always decimals.
func (e *Expr) Eval(r Row, env Env) (any, error) {
	ev := newEvaluation(&env, r)
	v := ev.node(e.root)
	if ev.err != nil {
		return nil, ev.err
	}
	m, ok := v.(money)
	if !ok {
		return v, nil
	}
	return ev.canonicalMoney(m)
}

// Match is Eval for conditions, where empty is false.
func (e *Expr) Match(r Row, env Env) (bool, error) {
	ev := newEvaluation(&env, r)
	yes := ev.truth(e.root)
	return yes, ev.err
}

// canonicalMoney rounds half to even.
func (ev *evaluation) canonicalMoney(m money) (any, error) {
	amount, currency := m.amount, m.currency
	if currency == "" || m.anyZero {
		if !m.based {
			return nil, nil
		}
		amount, currency = m.base, ev.env.BaseCurrency
	}
	rounded, err := value.RoundMoney(amount, currency)
	if err != nil {
		return nil, err
	}
	return rounded, nil
}

func (ev *evaluation) truth(n *node) bool {
	yes, _ := ev.node(n).(bool)
	return yes
}

func (ev *evaluation) node(n *node) any {
	switch n.op {
	case OpText, OpNumber, OpSpan, OpBool:
		if w, ok := n.val.(wall); ok {
			return w.in(ev.zone)
		}
		return n.val
	case OpPath:
		return ev.path(n)
	case OpCall:
		return ev.call(n)
	case OpInCurrency:
		m, ok := ev.node(n.kids[0]).(money)
		if !ok || m.currency != n.val.(string) {
			return nil
		}
		return m.amount
	case OpAnd, OpOr:
		for _, kid := range n.kids {
			if ev.truth(kid) == (n.op == OpOr) {
				return n.op == OpOr
			}
		}
		return n.op == OpAnd
	case OpNot:
		return !ev.truth(n.kids[0])
	case OpEmpty, OpNotEmpty:
		return isEmpty(ev.node(n.kids[0])) == (n.op == OpEmpty)
	case OpNeg, OpAdd, OpSub, OpMul, OpDiv, opAsMoney:
		return ev.arithmetic(n)
	}
	return ev.comparison(n)
}

// isEmpty tells whether a value is one that a comparison cannot use.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case value.ID:
		return v == 0
	case []string:
		return len(v) == 0
	case []value.ID:
		return len(v) == 0
	case money:
		return v.computed && !v.based
	}
	return false
}

// path reads a field of a record, or its formula.
func (ev *evaluation) path(n *node) any {
	row, ok := ev.follow(n.path)
	if !ok {
		return nil
	}
	f := n.path.field
	if f.Formula != nil {
		inner := evaluation{rows: []Row{row}, env: ev.env, zone: ev.zone}
		v := inner.node(f.Formula.root)
		if ev.err == nil {
			ev.err = inner.err
		}
		return v
	}
	v := ev.canonical(row, f)
	if n.path.part == Currency {
		if m, ok := v.(money); ok {
			return m.currency
		}
		return nil
	}
	return v
}

func (ev *evaluation) follow(p *path) (Row, bool) {
	row := ev.rows[len(ev.rows)-1-p.up]
	for _, f := range p.links {
		next, ok := row.Link(f)
		if !ok || next == nil {
			return nil, false
		}
		row = next
	}
	return row, true
}

// canonical reads a field and turns it into a value of the evaluation.
func (ev *evaluation) canonical(row Row, f Field) any {
	switch v := row.Get(f).(type) {
	case nil, bool, value.Date, decimal.Decimal, []string, []value.ID:
		return v
	case string:
		if v == "" {
			return nil
		}
		return v
	case int64:
		return decimal.NewFromInt(v)
	case value.ID:
		if v == 0 {
			return nil
		}
		return v
	case time.Time:
		return moment(v)
	case value.Money:
		return ev.moneyOf(row, f, v)
	default:
		if f.Type.Kind == Empty {
			return opaque{}
		}
		if ev.err == nil {
			ev.err = fmt.Errorf("expr: field %s holds a %T", f.Name, v)
		}
		return nil
	}
}

// opaque is a value of which only its presence counts.
type opaque struct{}

func (ev *evaluation) moneyOf(row Row, f Field, v value.Money) money {
	m := money{amount: v.Decimal(), currency: v.Currency}
	if based, ok := row.(BaseRow); ok {
		if base, ok := based.Base(f); ok {
			m.base, m.based = base.Decimal(), true
		}
	} else if v.Currency == ev.env.BaseCurrency {
		m.base, m.based = m.amount, true
	}
	return m
}
