package schema

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Next is the schema that the plan leads to.
func (p *Plan) Next() *Schema { return p.next }

// Refused reports whether an effect forbids the plan.
func (p *Plan) Refused() bool {
	for _, e := range p.Effects {
		if e.Weight == Refuse {
			return true
		}
	}
	return false
}

// Apply carries the plan out in the transaction: definitions, log, tables,
// columns and converted values. It returns the indexes that remain to be made
// after commit. A plan made against an older version is a conflict.
func (p *Plan) Apply(ctx context.Context, tx *store.Tx, env *Env, actor value.ID, now time.Time) ([]store.Index, error) {
	if p.Refused() {
		return nil, fault.New(fault.Invalid, "schema.refused", fault.Args{"effects": len(p.Effects)})
	}
	if _, err := bump(ctx, tx, p.Base, int64(actor), now, p.Changes); err != nil {
		return nil, err
	}
	if err := save(ctx, tx, p.old, p.next); err != nil {
		return nil, err
	}
	later, err := Reconcile(ctx, tx, p.next)
	if err != nil {
		return nil, err
	}
	for _, c := range p.Changes {
		if c.Op == RetypeField {
			if err := p.convertValues(ctx, tx, c, env); err != nil {
				return nil, err
			}
		}
	}
	return later, nil
}

// convertValues copies a retyped field's values into its new columns.
func (p *Plan) convertValues(ctx context.Context, tx *store.Tx, c Change, env *Env) error {
	o := p.old.MustObject(c.Object)
	f, ok := o.Field(c.Field)
	if !ok {
		return nil
	}
	g, _ := p.next.FieldByID(f.ID)
	type pair struct {
		id value.ID
		v  any
	}
	var pairs []pair
	err := eachValue(ctx, tx, o, f, func(id value.ID, v any) error {
		w, err := convert(g, v)
		pairs = append(pairs, pair{id, w})
		return err
	})
	if err != nil {
		return err
	}
	sql := setColumns(tx.Dialect(), o, g)
	for _, x := range pairs {
		if _, err := tx.Exec(ctx, sql, append(g.Store(x.v, env, nil), x.id)...); err != nil {
			return fmt.Errorf("convert %s of record %d: %w", g, x.id, err)
		}
	}
	return nil
}

// setColumns is the UPDATE that writes one field of one record.
func setColumns(d store.Dialect, o *Object, f *FieldDef) string {
	var b strings.Builder
	fmt.Fprintf(&b, "UPDATE {%s} SET ", o.Table)
	for i, c := range f.Columns() {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s = %s", d.Quote(c.Name), d.Param(i+1, c.Type))
	}
	fmt.Fprintf(&b, " WHERE id = %s", d.Param(len(f.Columns())+1, store.Int))
	return b.String()
}

// eachValue calls do with every value of the field, those of records in the
// trash included: they may come back.
func eachValue(ctx context.Context, tx *store.Tx, o *Object, f *FieldDef, do func(value.ID, any) error) error {
	var columns strings.Builder
	for _, c := range f.Columns() {
		columns.WriteString(", " + tx.Dialect().Quote(c.Name))
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`SELECT id%s FROM {%s} WHERE %s`, columns.String(), o.Table, f.filled(tx)))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.Int(0)
		if v := f.Load(rows, 1); v != nil {
			if err := do(value.ID(id), v); err != nil {
				return err
			}
		}
	}
	return rows.Err()
}

// convert turns a value of one kind into one of the field's kind, or says why
// it does not fit. Everything goes through the neutral text, with three
// exceptions that would lose meaning there.
func convert(to *FieldDef, v any) (any, error) {
	env := &Env{Currency: to.Currency}
	switch x := v.(type) {
	case value.Money:
		if to.Kind == KindDecimal {
			return to.Check(x.Decimal(), env)
		}
	case decimal.Decimal, int64:
		return to.Check(x, env)
	case time.Time:
		if to.Kind == KindDate {
			return value.DateOf(x, time.UTC), nil
		}
	case value.Date:
		if to.Kind == KindMoment {
			return x.Time(time.UTC), nil
		}
	}
	return to.Parse(Neutral(v), env)
}
