package schema

import (
	"encoding/json"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Use is one thing that stands on a field, an option or an object.
type Use struct {
	// Kind is formula, rollup, default, link or layout, else the object whose
	// record it is: view, role, rule.
	Kind   string   `json:"kind"`
	Object string   `json:"object,omitempty"` // of the field, or whose layout
	Field  string   `json:"field,omitempty"`
	ID     value.ID `json:"id,omitempty"` // of the record
	Name   string   `json:"name,omitempty"`
}

// String names the use as the API does.
func (u Use) String() string {
	switch {
	case u.Field != "":
		return u.Object + "." + u.Field
	case u.Name != "":
		return u.Name
	}
	return u.Object
}

// UsedBy is the effect that these stand on what a change takes away, nil for none.
func UsedBy(w Weight, key string, c Change, uses []Use) []Effect {
	if len(uses) == 0 {
		return nil
	}
	names := make([]string, len(uses))
	for i, u := range uses {
		names[i] = u.String()
	}
	args := fault.Args{"object": c.Object, "field": c.Field, "by": strings.Join(names, ", ")}
	return []Effect{{Weight: w, Key: key, Args: args, Count: int64(len(uses)), Uses: uses}}
}

// Dropped are the options that a change takes from a field, by their keys.
func Dropped(f *FieldDef, c Change) (keys []string) {
	var set struct{ Options []Option }
	if c.Op != ChangeField || json.Unmarshal(c.Set, &set) != nil || set.Options == nil {
		return nil
	}
	for _, o := range f.Options {
		if !slices.ContainsFunc(set.Options, func(x Option) bool { return x.Key == o.Key }) {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

// stands tells what keeps a change from being made: fields that stay and are
// worked out from one that goes, or lead to an object that goes.
func (s *Schema) stands(d *draft, changes []Change) (list []Effect) {
	for i, c := range changes {
		if c.Op != RemoveField && c.Op != RemoveObject {
			continue
		}
		o, ok := s.Object(c.Object)
		if !ok {
			continue
		}
		gone := map[string]bool{}
		for _, f := range o.Fields {
			gone[f.ID] = c.Op == RemoveObject || f.Name == c.Field
		}
		var uses []Use
		for _, x := range d.objects {
			for _, f := range x.Fields {
				if was := s.fields[f.ID]; was != nil && !x.Removed && !f.Removed && !gone[f.ID] {
					if kind := s.usage(was, f, o, c, gone); kind != "" {
						uses = append(uses, Use{Kind: kind, Object: x.Name, Field: f.Name})
					}
				}
			}
		}
		for _, e := range UsedBy(Refuse, "schema.effect_in_use", c, uses) {
			e.Change = i
			list = append(list, e)
		}
	}
	return list
}

// usage is how a field that stays uses what goes, "" for not at all. What the
// same plan changes is checked as it will be.
func (s *Schema) usage(was, f *FieldDef, o *Object, c Change, gone map[string]bool) string {
	names := func(e *expr.Expr) bool {
		return e != nil && slices.ContainsFunc(e.Bindings(), func(b string) bool { id, _, _ := strings.Cut(b, "#"); return gone[id] })
	}
	switch {
	case f.Kind == KindFormula && f.Formula == was.Formula && names(was.Expr):
		return "formula"
	case f.Default == was.Default && names(s.defaultExpr(was)):
		return "default"
	case c.Op == RemoveObject && f.Target == o.Name && f.Object != nil && f.Object.ID != o.ID:
		return "link"
	case f.Rollup == nil || was.Rollup == nil || *f.Rollup != *was.Rollup:
		return ""
	case names(was.Expr), f.Rollup.Child == o.Name && (c.Op == RemoveObject || f.Rollup.Field == c.Field || f.Rollup.Link == c.Field):
		return "rollup"
	}
	return ""
}

// uses tells which formulas and roll-ups name an option that goes, and
// whether the object's own arrangement shows a field that goes.
func (p *Plan) uses(c Change) []Effect {
	o, ok := p.old.Object(c.Object)
	if !ok {
		return nil
	}
	f, ok := o.Field(c.Field)
	if !ok {
		return nil
	}
	shows := func(l *Layout) bool {
		return l.Group(f.Name) >= 0 || slices.Contains(l.Columns, f.Name) || slices.Contains(l.Card, f.Name)
	}
	if c.Op == RemoveField && slices.ContainsFunc(o.arrangements(), shows) {
		return UsedBy(Info, "schema.effect_used", c, []Use{{Kind: "layout", Object: o.Name}})
	}
	var uses []Use
	for _, key := range Dropped(f, c) {
		for _, x := range p.old.objects {
			for _, g := range x.Fields {
				if g.Expr != nil && slices.Contains(g.Expr.Bindings(), f.ID) && strings.Contains(g.Expr.String(), `"`+key+`"`) {
					uses = append(uses, Use{Kind: map[bool]string{true: "rollup", false: "formula"}[g.Kind == KindRollup], Object: x.Name, Field: g.Name})
				}
			}
		}
	}
	return UsedBy(Warn, "schema.effect_used", c, uses)
}
