package record

import (
	"context"
	"strconv"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

const (
	maxSorts = 5
	// sortCap is up to how many matches are sorted by what no index knows:
	// over a link, by a choice's order, by a formula.
	sortCap = CountCap
)

// sortKey is one key of the order.
type sortKey struct {
	name  string // as the query spells it
	field *schema.FieldDef
	down  bool
	typ   store.Type
	sure  bool // never NULL

	column string // of the object's table; "" = computed
	// compute writes the key as an expression over the row of the alias.
	compute func(alias string, args *expr.Args) (string, error)
}

// order reads the sort and ends it with the id, which makes it total.
func (l *listing) order() error {
	names := strings.Split(l.q.Sort, ",")
	if strings.TrimSpace(l.q.Sort) == "" {
		names = nil
	}
	if len(names) > maxSorts {
		return fault.New(fault.Invalid, "query.too_many_sorts", fault.Args{"max": maxSorts}).
			With(fault.Field{Path: "sort", Key: "query.too_many_sorts", Args: fault.Args{"max": maxSorts}})
	}
	id, ended := sortKey{name: "id", column: "id", typ: store.Int, sure: true, down: true}, false
	if l.q.Trash && len(names) == 0 {
		l.keys = []sortKey{{name: "deleted", column: "deleted_at", typ: store.Int, sure: true, down: true}}
	}
	for _, name := range names {
		k, err := l.sortKey(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		if k.column == "id" { // nothing behind the id can matter
			id.down, ended = k.down, true
			break
		}
		l.computed = l.computed || k.column == ""
		l.keys = append(l.keys, k)
	}
	if !ended && len(l.keys) > 0 {
		id.down = l.keys[0].down
		if x, ok := serving(l.o, l.match.pinned, l.keys); ok {
			id.down = !x.reversed
		}
	}
	l.keys = append(l.keys, id)
	return nil
}

func (l *listing) sortKey(spec string) (sortKey, error) {
	name, down := strings.CutPrefix(spec, "-")
	first, second, far := strings.Cut(name, ".")
	f, ok := l.o.Field(first)
	if !ok || !l.s.Sees(f) || far && !f.IsLink() {
		if k, ok := l.addressKey(name, down); ok {
			return k, nil
		}
		return sortKey{}, inField("sort", schema.UnknownField(l.o, name, l.s.Sees))
	}
	k := sortKey{name: name, field: f, down: down}
	if far {
		return l.farKey(k, second)
	}
	return l.ownKey(k)
}

// addressKey sorts by a part of an address, "billing_country".
func (l *listing) addressKey(name string, down bool) (sortKey, bool) {
	e, ok := l.s.Scope(l.o).Field(name)
	if !ok {
		return sortKey{}, false
	}
	return sortKey{name: name, down: down, typ: store.Text, column: l.s.state.schema.ExprColumn(e, expr.Value)}, true
}

// ownKey sorts by a field of the object itself.
func (l *listing) ownKey(k sortKey) (sortKey, error) {
	f := k.field
	switch kind := f.ValueKind(); {
	case f.Name == "id":
		k.column, k.typ, k.sure = "id", store.Int, true
		return k, nil
	case kind == schema.KindLinks || kind == schema.KindAbout || kind == schema.KindChoices || kind == schema.KindFile || f.Many:
		return k, fault.New(fault.Invalid, "query.no_sort", fault.Args{"field": k.name}).
			With(fault.Field{Path: "sort", Key: "query.no_sort", Args: fault.Args{"field": k.name}})
	case f.IsLink():
		return l.farKey(k, l.stateOrder(f))
	}
	k, err := l.s.columnKey(k)
	if k.column != "" && len(k.field.Columns()) == 1 { // another column may be empty beside a filled one
		k.sure = k.sure || l.match.filled[k.field.Name]
	}
	return k, err
}

// columnKey finds the column, or for formulas and choices the expression, that
// orders by a field of the row's own object.
func (s *Session) columnKey(k sortKey) (sortKey, error) {
	f := k.field
	switch {
	case f.Kind == schema.KindFormula && !f.Stored:
		k.typ = storeTypeOf(f.Expr.Type().Kind)
		k.compute = func(alias string, args *expr.Args) (string, error) {
			return s.formula(f.Expr, alias, args)
		}
		return k, nil
	case f.ValueKind() == schema.KindChoice:
		k.typ = store.Int
		k.compute = func(alias string, args *expr.Args) (string, error) { return s.choiceOrder(f, alias, args), nil }
		return k, nil
	}
	k.column = f.SortColumn()
	for _, c := range f.Columns() {
		if c.Name == k.column {
			k.typ = c.Type
		}
	}
	k.sure = f.Engine && (f.Name == "created_at" || f.Name == "updated_at" || f.Name == "version")
	return k, nil
}

// choiceOrder ranks a choice as its options stand.
func (s *Session) choiceOrder(f *schema.FieldDef, alias string, args *expr.Args) string {
	if len(f.Options) == 0 {
		return "CAST(NULL AS bigint)"
	}
	var b strings.Builder
	b.WriteString("CASE " + alias + "." + s.tx.Dialect().Quote(f.Column))
	for i, o := range f.Options {
		b.WriteString(" WHEN " + args.Add(o.Key, "text") + " THEN " + strconv.Itoa(i))
	}
	b.WriteString(" END")
	return b.String()
}

// stateOrder is the field by which records are ordered where they are linked:
// the position of states, the title of all others.
func (l *listing) stateOrder(f *schema.FieldDef) string {
	target := l.s.state.schema.Target(f)
	if target.StateList {
		if p, ok := target.Field("position"); ok && l.s.Sees(p) {
			return p.Name
		}
	}
	return target.Title
}

// farKey sorts by a field of the linked record.
func (l *listing) farKey(k sortKey, name string) (sortKey, error) {
	target := l.s.state.schema.Target(k.field)
	f, ok := target.Field(name)
	if !ok || !l.s.Sees(f) {
		return k, inField("sort", schema.UnknownField(target, name, l.s.Sees))
	}
	link := k.field
	far := sortKey{name: k.name, field: f, down: k.down}
	if f.IsLink() && f.Name != "id" || f.ValueKind() == schema.KindLinks || f.ValueKind() == schema.KindAbout {
		return k, fault.New(fault.Invalid, "query.no_sort", fault.Args{"field": k.name}).
			With(fault.Field{Path: "sort", Key: "query.no_sort", Args: fault.Args{"field": k.name}})
	}
	far, err := l.s.columnKey(far)
	if err != nil {
		return k, err
	}
	k.typ = far.typ
	k.compute = func(alias string, args *expr.Args) (string, error) { return l.linkedKey(link, far, alias, args) }
	return k, nil
}

// linkedKey reads the key from the linked record, if the actor may read it.
func (l *listing) linkedKey(link *schema.FieldDef, far sortKey, alias string, args *expr.Args) (string, error) {
	c, quote := l.s.columnsOf(l.past, args), l.s.tx.Dialect().Quote
	inner := args.Alias()
	what := inner + "." + quote(far.column)
	if far.column == "" {
		var err error
		if what, err = far.compute(inner, args); err != nil {
			return "", err
		}
	}
	sql := "(SELECT " + what + " FROM " + c.Table(link.Target) + " " + inner + " WHERE " + inner + ".id = " + alias + "." + quote(link.Column)
	if rule := c.Rule(link.Target, inner, args); rule != "" {
		sql += " AND " + rule
	}
	return sql + ")", nil
}

func storeTypeOf(k expr.Kind) store.Type {
	switch k {
	case expr.Bool:
		return store.Bool
	case expr.Number, expr.Money, expr.Moment, expr.Link:
		return store.Int
	case expr.Date:
		return store.Date
	}
	return store.Text
}

// checkSortable refuses a computed sort of more matches than one can wait for.
func (l *listing) checkSortable(ctx context.Context) error {
	if !l.computed || l.counted || l.rows() <= sortCap {
		return nil
	}
	l.counted = true
	n, err := l.countMatches(ctx, sortCap+1)
	if err != nil || n <= sortCap {
		return err
	}
	args := fault.Args{"sort": value.Printable(l.q.Sort), "max": sortCap}
	return fault.New(fault.Invalid, "query.sort_too_many", args).With(fault.Field{Path: "sort", Key: "query.sort_too_many", Args: args})
}

// inField says which parameter of the query a fault is about.
func inField(path string, err error) error {
	e, ok := fault.As(err)
	if !ok {
		return err
	}
	return fault.New(e.Kind, e.Key, e.Args).With(fault.Field{Path: path, Key: e.Key, Args: e.Args})
}
