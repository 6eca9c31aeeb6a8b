package schema

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Next is the schema that the plan leads to.
func (p *Plan) Next() *Schema { return p.next }

// Computed lists the custom formulas and roll-ups whose stored values the plan
// leaves to be computed, roll-ups first: formulas may stand on them.
func (p *Plan) Computed() []*FieldDef {
	var list []*FieldDef
	for _, kind := range []Kind{KindRollup, KindFormula} {
		for _, o := range p.next.objects {
			for _, f := range o.Fields {
				if f.Kind != kind || f.Builtin || len(f.Columns()) == 0 {
					continue
				}
				was := p.old.fields[f.ID]
				if was == nil || was.Column != f.Column || was.Formula != f.Formula || was.Scale != f.Scale ||
					f.Rollup != nil && (was.Rollup == nil || *was.Rollup != *f.Rollup) {
					list = append(list, f)
				}
			}
		}
	}
	return list
}

// Refused reports whether an effect forbids the plan.
func (p *Plan) Refused() bool {
	for _, e := range p.Effects {
		if e.Weight == Refuse {
			return true
		}
	}
	return false
}

// Joined lists the objects whose spans are to be told anew once the plan is
// applied (Leftover.Joined).
func (p *Plan) Joined() []*Object { return p.joined }

// Apply carries the plan out in the transaction: definitions, log, tables,
// columns and converted values. It returns the indexes that remain to be made
// after commit. A plan made against an older version is a conflict.
func (p *Plan) Apply(ctx context.Context, tx *store.Tx, env *Env, actor value.ID, now time.Time) ([]store.Index, error) {
	if p.Refused() {
		return nil, fault.New(fault.Invalid, "schema.refused", fault.Args{"effects": len(p.Effects)})
	}
	if _, err := bump(ctx, tx, p.Base, int64(actor), now, p.log()); err != nil {
		return nil, err
	}
	if err := save(ctx, tx, p.old, p.next); err != nil {
		return nil, err
	}
	if err := p.dropIndexes(ctx, tx); err != nil {
		return nil, err
	}
	left, err := Reconcile(ctx, tx, p.next)
	if err != nil {
		return nil, err
	}
	p.joined = left.Joined
	for _, c := range p.Changes {
		if c.Op == RetypeField {
			if err := p.convertValues(ctx, tx, c, env); err != nil {
				return nil, err
			}
		}
	}
	return left.Indexes, p.trackAnew(ctx, tx, now)
}

// dropIndexes drops what the new schema does not want: a unique index would go
// on refusing values. Those made after the commit are not missed.
func (p *Plan) dropIndexes(ctx context.Context, tx *store.Tx) error {
	wanted := map[string]bool{}
	for _, o := range p.next.objects {
		for _, x := range o.dbIndexes(tx.Dialect()) {
			wanted[x.Name] = true
		}
	}
	for _, o := range p.old.objects {
		if _, ok := p.next.byID(o.ID); !ok {
			continue // a removed object keeps everything
		}
		for _, x := range o.dbIndexes(tx.Dialect()) {
			if wanted[x.Name] {
				continue
			}
			if _, err := tx.Exec(ctx, "DROP INDEX IF EXISTS {"+x.Name+"}"); err != nil {
				return fmt.Errorf("drop index %s: %w", x.Name, err)
			}
		}
	}
	return nil
}

// byID finds an object by its stable id.
func (s *Schema) byID(id string) (*Object, bool) {
	for _, o := range s.objects {
		if o.ID == id {
			return o, true
		}
	}
	return nil, false
}

// runs is the end of a span that still runs, as the record room has it.
const runs = int64(1) << 53

// trackAnew begins new spans for objects of which more is tracked from now on:
// the running ones say nothing of the new fields, and what these held before is
// not known.
func (p *Plan) trackAnew(ctx context.Context, tx *store.Tx, now time.Time) error {
	for _, o := range p.next.objects {
		was, ok := p.old.byID(o.ID)
		if !ok || o.SpanTable() == "" || sameTracked(was, o) {
			continue
		}
		d := tx.Dialect()
		t, ms := "{"+o.SpanTable()+"}", d.Param(1, store.Int)
		var columns strings.Builder
		for _, f := range o.TrackedFields() {
			for _, c := range f.ReadColumns() {
				columns.WriteString(", " + d.Quote(c.Name))
			}
		}
		for _, sql := range []string{
			"DELETE FROM " + t + " WHERE from_ms >= " + ms,
			"UPDATE " + t + " SET to_ms = " + ms + " WHERE to_ms > " + ms,
			fmt.Sprintf("INSERT INTO %s (record, from_ms, to_ms, act%s) SELECT id, %s, %d, 0%s FROM {%s} WHERE deleted_at IS NULL",
				t, columns.String(), ms, runs, columns.String(), o.Table),
		} {
			if _, err := tx.Exec(ctx, sql, now); err != nil {
				return fmt.Errorf("track %s: %w", o.Name, err)
			}
		}
	}
	return nil
}

func sameTracked(was, o *Object) bool {
	columns := func(o *Object) (list []string) {
		for _, f := range o.TrackedFields() {
			list = append(list, f.Column)
		}
		return list
	}
	had := columns(was)
	return !slices.ContainsFunc(columns(o), func(c string) bool { return !slices.Contains(had, c) })
}

// convertValues copies a retyped field's values into its new columns.
func (p *Plan) convertValues(ctx context.Context, tx *store.Tx, c Change, env *Env) error {
	o := p.old.MustObject(c.Object)
	f, ok := o.Field(c.Field)
	if !ok {
		return nil
	}
	g, ok := p.next.FieldByID(f.ID)
	if !ok { // removed by the same plan
		return nil
	}
	type pair struct {
		id value.ID
		v  any
	}
	var pairs []pair
	err := eachValue(ctx, tx, o, f, func(id value.ID, v any) error {
		w, err := convert(g, v, p.env)
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
func convert(to *FieldDef, v any, from *Env) (any, error) {
	env := &Env{Currency: cmp.Or(to.Currency, from.Currency), Region: from.Region} // stored values are spelt neutrally
	switch x := v.(type) {
	case value.Money:
		if to.Kind == KindDecimal {
			return to.Check(x.Decimal(), env)
		}
	case decimal.Decimal, int64:
		if slices.Contains([]Kind{KindInt, KindDecimal, KindPercent, KindMoney}, to.Kind) {
			return to.Check(x, env)
		}
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
