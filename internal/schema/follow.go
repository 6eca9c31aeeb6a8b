package schema

import (
	"cmp"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
)

// follow seals the draft: names in texts are those of today, computed fields
// whose values are of another kind now have columns of their own, and defaults
// are values that the fields can hold.
func (s *Schema) follow(d *draft, env *Env) (*Schema, error) {
	if d.renamed {
		if err := s.rewrite(d); err != nil {
			return nil, err
		}
	}
	if err := d.checkRemoved(); err != nil {
		return nil, err
	}
	next, err := New(s.Version+1, d.objects)
	if err != nil {
		return nil, err
	}
	if d.moveComputed(s, next) {
		if next, err = New(s.Version+1, d.objects); err != nil {
			return nil, err
		}
	}
	return next, next.checkDefaults(s, env)
}

// checkRemoved refuses to remove what fields still lead to.
func (d *draft) checkRemoved() error {
	for _, gone := range d.objects {
		if !gone.Removed || d.object(gone.Name) != nil {
			continue
		}
		for _, o := range d.objects {
			for _, f := range o.Fields {
				if !o.Removed && !f.Removed && (f.Target == gone.Name || f.Rollup != nil && f.Rollup.Child == gone.Name) {
					return fault.New(fault.Invalid, "schema.effect_linked", fault.Args{"object": o.Name, "field": f.Name})
				}
			}
		}
	}
	return nil
}

// moveComputed gives formulas and roll-ups new columns where their values are
// not those of the old ones.
func (d *draft) moveComputed(old, next *Schema) bool {
	moved := false
	for _, o := range d.objects {
		for _, f := range o.Fields {
			was, g := old.fields[f.ID], next.fields[f.ID]
			if f.Builtin || was == nil || g == nil || !g.Derived() || was.ValueKind() == g.ValueKind() && was.Scale == g.Scale {
				continue
			}
			f.Object = o
			f.moveColumn()
			moved = true
		}
	}
	return moved
}

// rewrite puts the names of today into formulas, filters and defaults.
func (s *Schema) rewrite(d *draft) error {
	name := names(d.objects)
	for _, o := range d.objects {
		for _, f := range o.Fields {
			was := s.fields[f.ID]
			if was == nil {
				continue
			}
			for _, x := range []struct {
				now *string
				old string
				of  *expr.Expr
			}{{&f.Formula, was.Formula, was.Expr}, {&f.Default, was.Default, s.defaultExpr(was)}} {
				if err := renameIn(x.now, x.old, x.of, name); err != nil {
					return err
				}
			}
			if f.Rollup != nil && was.Rollup != nil {
				if err := s.rewriteRollup(f.Rollup, was, name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// names answers what the fields of the model are called, removed ones
// included, by the bindings of expressions; "" for what it does not know.
func names(model []*Object) func(binding string) string {
	names := map[string]string{}
	for _, o := range model {
		for _, f := range o.Fields {
			names[f.ID] = f.Name
		}
	}
	return func(binding string) string {
		id, part, isPart := strings.Cut(binding, "#")
		if now := names[id]; now != "" && isPart {
			return now + "_" + part
		}
		return names[id]
	}
}

// Names answers what the plan calls fields, removed ones included, by the
// bindings of expressions: rooms that keep texts with names put these in.
func (p *Plan) Names() func(binding string) string { return names(p.next.model) }

// ObjectName is what the plan calls the object with that id, "" if it knows
// none.
func (p *Plan) ObjectName(id string) string {
	for _, o := range p.next.model {
		if o.ID == id {
			return o.Name
		}
	}
	return ""
}

func renameIn(now *string, old string, of *expr.Expr, name func(string) string) error {
	if *now != old || old == "" || of == nil {
		return nil
	}
	text, err := expr.Rename(of.String(), of.Bindings(), name)
	if err != nil || text == of.String() {
		return err
	}
	if strings.HasPrefix(old, "=") {
		text = "=" + text
	}
	*now = text
	return nil
}

func (s *Schema) rewriteRollup(r *Rollup, was *FieldDef, name func(string) string) error {
	child := s.byName[was.Rollup.Child]
	for _, x := range []*string{&r.Link, &r.Field} {
		if f, ok := child.Field(*x); ok {
			*x = cmp.Or(name(f.ID), *x)
		}
	}
	return renameIn(&r.Filter, was.Rollup.Filter, was.Expr, name)
}

// defaultExpr is a computed default, nil for any other.
func (s *Schema) defaultExpr(f *FieldDef) *expr.Expr {
	text, ok := strings.CutPrefix(f.Default, "=")
	if !ok {
		return nil
	}
	e, err := expr.Check(text, s.Scope(f.Object, nil), expr.Type{})
	if err != nil {
		return nil
	}
	return e
}

// checkDefaults refuses defaults that no record could be made with. Only new
// ones are looked at: an old one must not lock the schema.
func (s *Schema) checkDefaults(old *Schema, env *Env) error {
	for _, o := range s.objects {
		for _, f := range o.Fields {
			if was := old.fields[f.ID]; f.Default == "" || was != nil && was.Default == f.Default && was.Kind == f.Kind {
				continue
			}
			var err error
			if text, ok := strings.CutPrefix(f.Default, "="); ok {
				_, err = expr.Check(text, s.Scope(o, nil), expr.Type{})
			} else {
				_, err = f.Parse(f.Default, env)
			}
			if err != nil {
				return fault.New(fault.Invalid, "schema.bad_attribute", fault.Args{"field": f.Name, "attribute": "default"}).Because(err)
			}
		}
	}
	return nil
}
