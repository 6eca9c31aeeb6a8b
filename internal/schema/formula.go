package schema

import (
	"slices"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
)

// checkFormulas types every formula against the sealed objects. A formula may
// use other formulas, so they are checked in the order of their needs; a
// circle is refused.
func (s *Schema) checkFormulas() error {
	c := formulaCheck{schema: s, state: map[*FieldDef]int{}}
	for _, o := range s.objects {
		for _, f := range o.Fields {
			if f.Kind == KindFormula {
				if err := c.check(f); err != nil {
					return err
				}
			}
		}
	}
	return s.checkRollups()
}

type formulaCheck struct {
	schema *Schema
	state  map[*FieldDef]int // 1 = being checked, 2 = done
	circle error             // why an input is not known
}

func (c *formulaCheck) check(f *FieldDef) error {
	switch c.state[f] {
	case 1:
		return fault.New(fault.Invalid, "schema.formula_circle", fault.Args{"field": f.Name})
	case 2:
		return nil
	}
	c.state[f] = 1
	e, err := expr.Check(f.Formula, formulaScope{Scope{Schema: c.schema, Of: f.Object}, c, f}, expr.Type{})
	if err != nil && c.circle != nil {
		return c.circle
	}
	if err != nil {
		if inner, ok := fault.As(err); ok {
			return inner.With(fault.Field{Path: f.Name, Key: "schema.bad_formula"})
		}
		return err
	}
	f.Expr = e
	uses := e.Uses()
	f.Stored = !uses.Time && !uses.Actor && !uses.Links
	if ok, reason := e.SQLable(); !ok && !f.Stored {
		return fault.New(fault.Invalid, "schema.formula_not_stored", fault.Args{"field": f.Name, "reason": reason})
	}
	if f.Result == "" {
		f.Result = resultKind(e.Type())
	}
	if f.Result == KindDecimal && f.Scale == 0 {
		f.Scale = max(2, min(e.Type().Scale, 6))
	}
	f.spec = specOf(f)
	c.state[f] = 2
	return nil
}

// formulaScope checks a formula's inputs before they are used.
type formulaScope struct {
	Scope
	check *formulaCheck
	of    *FieldDef
}

func (s formulaScope) Field(name string) (expr.Field, bool) {
	if f, ok := s.Of.Field(name); ok && f.Kind == KindFormula {
		if err := s.check.check(f); err != nil {
			s.check.circle = err
			return expr.Field{}, false
		}
	}
	return s.Scope.Field(name)
}

func (s formulaScope) To(object string) (expr.Scope, bool) {
	o, ok := s.Schema.Object(object)
	if !ok {
		return nil, false
	}
	return formulaScope{Scope{Schema: s.Schema, Of: o}, s.check, s.of}, true
}

// resultKind is the kind of field that holds an expression's value.
func resultKind(t expr.Type) Kind {
	switch t.Kind {
	case expr.Bool:
		return KindBool
	case expr.Number:
		return KindDecimal
	case expr.Money:
		return KindMoney
	case expr.Date:
		return KindDate
	case expr.Moment:
		return KindMoment
	case expr.Link:
		return KindLink
	}
	return KindText
}

// checkRollups types the filters of roll-ups against their child objects.
func (s *Schema) checkRollups() error {
	for child, fields := range s.rollups {
		o := s.byName[child]
		for _, f := range fields {
			if f.Rollup.Function != "count" {
				of, ok := o.Field(f.Rollup.Field)
				if !ok {
					return UnknownField(o, f.Rollup.Field, nil)
				}
				if !slices.Contains(rollable(f.Rollup.Function), of.ValueKind()) || f.Result != of.ValueKind() || len(of.Columns()) == 0 {
					return fault.New(fault.Invalid, "schema.bad_attribute", fault.Args{"field": f.Name, "attribute": "rollup"})
				}
				f.Scale = of.Scale
			}
			if f.Rollup.Own && (f.Rollup.Function != "sum" || f.Result != KindMoney) {
				return fault.New(fault.Invalid, "schema.bad_attribute", fault.Args{"field": f.Name, "attribute": "own_currency"})
			}
			if f.Rollup.Function == "count" && f.Result != KindInt {
				return fault.New(fault.Invalid, "schema.bad_attribute", fault.Args{"field": f.Name, "attribute": "result"})
			}
			if f.Rollup.Filter == "" {
				continue
			}
			e, err := expr.Check(f.Rollup.Filter, s.Scope(o, nil), expr.Type{Kind: expr.Bool})
			if err != nil {
				return err
			}
			if uses := e.Uses(); !f.Builtin && (uses.Time || uses.Actor || uses.Links) {
				// Nothing would tell when the figure has to be computed anew.
				return fault.New(fault.Invalid, "schema.rollup_filter", fault.Args{"field": f.Name})
			}
			f.Expr = e
		}
	}
	return s.checkRollupCircles()
}

// rollable are the kinds that a roll-up's function has figures of.
func rollable(function string) []Kind {
	if function == "sum" {
		return []Kind{KindInt, KindDecimal, KindPercent, KindMoney}
	}
	return []Kind{KindInt, KindDecimal, KindPercent, KindMoney, KindDate, KindMoment}
}

// checkRollupCircles refuses roll-ups that stand, through other roll-ups and
// formulas, on themselves.
func (s *Schema) checkRollupCircles() error {
	state := map[*FieldDef]int{} // 1 = under way, 2 = done
	var walk func(f *FieldDef) error
	walk = func(f *FieldDef) error {
		if f == nil || !f.Derived() || state[f] == 2 {
			return nil
		}
		if state[f] == 1 {
			return fault.New(fault.Invalid, "schema.formula_circle", fault.Args{"field": f.Name})
		}
		state[f] = 1
		if f.Rollup != nil {
			of, _ := s.byName[f.Rollup.Child].Field(f.Rollup.Field)
			if err := walk(of); err != nil {
				return err
			}
		}
		if f.Expr != nil {
			for _, ref := range f.Expr.Fields() {
				if err := walk(s.fields[ref.Field.ID]); err != nil {
					return err
				}
			}
		}
		state[f] = 2
		return nil
	}
	for _, fields := range s.rollups {
		for _, f := range fields {
			if err := walk(f); err != nil {
				return err
			}
		}
	}
	return nil
}
