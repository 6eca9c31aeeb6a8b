package record

import (
	"context"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Aggregate asks for figures over the records of one object that the actor may
// read.
type Aggregate struct {
	Object string
	Filter string     // an expression
	Where  *expr.Expr // made by code, ANDed to Filter
	Text   string     // full text, ANDed to Filter
	// Group holds up to three of: a field, a path over links ("account.sector"),
	// coalesce(…) of such, each with ":month" or another period if it is a day
	// or moment.
	Group []string
	// Measures are "count", "count:field", and sum, avg, min, max and median of
	// a field, of an expression, or of the days between two dates
	// ("avg:close_date-engage_date"), each narrowed by a condition in braces if
	// wanted: "sum:amount{stage.kind = \"won\"}". "rate{a / b}" is the share of
	// records with b for which a holds, "rate{a}" that of all.
	Measures []string
	// Sort names groups and measures ("-sum:amount,stage"); "" = by group.
	Sort  string
	Limit int // groups answered, 0 = 1,000
	// Unlabeled leaves titles of linked records out, for a caller who knows them.
	Unlabeled bool
	// AsOf is the moment that the figures are of, zero = now; see Query.
	AsOf time.Time
	// Export counts only what the actor may take out.
	Export bool
}

const (
	maxGroups       = 3
	maxMeasures     = 30
	defaultGroups   = 1_000
	mostGroups      = 10_000
	mostGroupsFound = 100_000 // that may lie behind those answered
)

// AggregateResult is the answer to an Aggregate.
type AggregateResult struct {
	Object   string
	Group    []string // as asked
	Measures []string // as asked
	Groups   []Group
	// Total is over all records, also of groups beyond the limit.
	Total Group
	// More says that groups were left out, the last in the order asked for.
	More bool

	maintained bool // answered from maintained sums
}

// Group is one row of figures.
type Group struct {
	// Keys are canonical values, one for each grouping; nil where the record
	// has none, or none that the actor may see. A period is its first day.
	Keys   []any
	Labels []string // "" for an empty key
	// Filter is the expression that lists the records behind the figures.
	Filter string
	Values []Measure // in the order asked
}

// Measure is one figure. An average, a least or a greatest over no value is
// empty, not 0.
type Measure struct {
	// Value is an int64, decimal.Decimal, value.Money in the workspace's
	// currency, value.Date or time.Time; nil = empty.
	Value any
	// Sums are what a sum of money adds up to in each currency.
	Sums []value.Money
	// Missing is how many amounts have no rate and so are not in Value.
	Missing int64
}

// Aggregate computes figures over records.
func (s *Session) Aggregate(ctx context.Context, a Aggregate) (*AggregateResult, error) {
	p, err := s.planAggregate(ctx, a)
	if err != nil {
		return nil, err
	}
	r := &AggregateResult{Object: p.o.Name, Group: a.Group, Measures: a.Measures}
	if r.maintained, err = p.useSums(ctx); err != nil {
		return nil, err
	}
	found, err := p.run(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.medians(ctx, found); err != nil {
		return nil, err
	}
	if r.Groups, r.Total, err = p.answer(found); err != nil {
		return nil, err
	}
	if err := p.label(ctx, r.Groups); err != nil {
		return nil, err
	}
	if err := p.readStates(ctx); err != nil {
		return nil, err
	}
	if err := p.sort(r.Groups); err != nil {
		return nil, err
	}
	if r.More = len(r.Groups) > p.limit; r.More {
		r.Groups = r.Groups[:p.limit]
	}
	p.tellApart(r.Groups)
	return r, p.describe(r)
}

// aggregation is an Aggregate made ready to run.
type aggregation struct {
	s     *Session
	a     Aggregate
	o     *schema.Object
	where *expr.Expr // nil = all records
	match *filter

	groups   []*grouping
	measures []*measure
	operands []*operand
	limit    int
	sums     *sumSource // set when maintained sums answer
	past     *past      // nil = now
}

// CheckAggregate says why an Aggregate would be refused, whatever the records.
func (s *Session) CheckAggregate(ctx context.Context, a Aggregate) error {
	p, err := s.readAggregate(ctx, a)
	if err == nil {
		_, err = p.orders()
	}
	return err
}

func (s *Session) planAggregate(ctx context.Context, a Aggregate) (*aggregation, error) {
	p, err := s.readAggregate(ctx, a)
	if err != nil {
		return nil, err
	}
	return p, p.findPeriods(ctx)
}

func (s *Session) readAggregate(ctx context.Context, a Aggregate) (*aggregation, error) {
	o, err := s.Object(a.Object)
	if err != nil {
		return nil, err
	}
	p := &aggregation{a: a, o: o, limit: a.Limit}
	if s, p.past, err = s.then(o, a.AsOf); err != nil {
		return nil, err
	}
	p.s = s
	switch {
	case len(a.Group) > maxGroups:
		return nil, fault.New(fault.Invalid, "aggregate.too_many_keys", fault.Args{"max": maxGroups, "got": len(a.Group)})
	case len(a.Measures) > maxMeasures:
		return nil, fault.New(fault.Invalid, "aggregate.too_many_measures", fault.Args{"max": maxMeasures, "got": len(a.Measures)})
	case a.Limit < 0 || a.Limit > mostGroups:
		return nil, fault.New(fault.Invalid, "query.limit", fault.Args{"max": mostGroups, "got": a.Limit})
	case a.Limit == 0:
		p.limit = defaultGroups
	}
	f, err := s.filter(ctx, o, a.Filter, a.Where)
	if err != nil {
		return nil, err
	}
	if p.match, p.where = f, f.where; p.where != nil {
		if err := inSQL(p.where); err != nil {
			return nil, inFilter(err)
		}
	}
	for _, text := range a.Group {
		g, err := p.parseGroup(text)
		if err != nil {
			return nil, err
		}
		p.groups = append(p.groups, g)
	}
	for _, text := range a.Measures {
		m, err := p.parseMeasure(text)
		if err != nil {
			return nil, err
		}
		p.measures = append(p.measures, m)
	}
	return p, p.back()
}

// right is what the actor must have to a record for it to count.
func (p *aggregation) right() access.Action {
	if p.a.Export {
		return access.Export
	}
	return access.Read
}

// condition checks an expression that must run in the database.
func (p *aggregation) condition(text string) (*expr.Expr, error) {
	e, err := p.s.Check(p.o, text, expr.Bool)
	if err != nil {
		return nil, err
	}
	return e, inSQL(e)
}

// inSQL refuses what only memory can compute, with the reason.
func inSQL(e *expr.Expr) error { return e.Refusal() }

// matching is the condition of the records that count.
func (p *aggregation) matching(alias string, args *expr.Args) (string, error) {
	sql := alias + ".deleted_at IS NULL"
	if p.past != nil { // which stands in FROM
		sql = "1 = 1"
	} else if rule := p.s.may(p.o, p.right(), alias, args); rule != "" {
		sql += " AND " + rule
	}
	if p.where != nil {
		cond, err := p.sql(p.where, alias, args)
		if err != nil {
			return "", err
		}
		sql += " AND (" + cond + ")"
	}
	if p.a.Text != "" {
		cond, err := p.s.textCondition(p.o, p.a.Text, alias, args)
		if err != nil {
			return "", err
		}
		sql += " AND " + cond
	}
	return sql, nil
}

func (p *aggregation) sql(e *expr.Expr, alias string, args *expr.Args) (string, error) {
	return e.SQL(p.s.columnsOf(p.past, args), p.s.env, alias, args)
}
