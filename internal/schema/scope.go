package schema

import (
	"strings"

	"wellmet/internal/expr"
)

// Visible says whether the reader may know of a field. A nil Visible sees
// everything.
type Visible func(f *FieldDef) bool

// Scope is what an object's names mean in expressions, for one reader.
type Scope struct {
	Schema  *Schema
	Of      *Object
	Visible Visible
}

// Scope opens the object's names for a reader.
func (s *Schema) Scope(o *Object, visible Visible) Scope {
	return Scope{Schema: s, Of: o, Visible: visible}
}

var _ expr.Scope = Scope{}

// Object is the API name of the object.
func (s Scope) Object() string { return s.Of.Name }

// Field finds a field, or a part of an address as <field>_<part>.
func (s Scope) Field(name string) (expr.Field, bool) {
	if f, ok := s.Of.Field(name); ok {
		if !s.sees(f) || f.Kind == KindAbout {
			return expr.Field{}, false
		}
		return f.ExprField(), true
	}
	f, part := s.addressPart(name)
	if f == nil || !s.sees(f) {
		return expr.Field{}, false
	}
	return expr.Field{ID: f.ID + "#" + part, Name: name, Type: expr.Type{Kind: expr.Text}}, true
}

// Bind resolves a path over links to the bindings of its names, as those of an
// expression; false when it leads nowhere.
func (s *Schema) Bind(o *Object, path string) (bindings []string, ok bool) {
	for name := range strings.SplitSeq(path, ".") {
		if o == nil {
			return nil, false
		}
		if f, found := o.Field(name); found {
			bindings, o = append(bindings, f.ID), s.byName[f.Target]
			continue
		}
		part, found := s.Scope(o, nil).Field(name)
		if !found {
			return nil, false
		}
		bindings, o = append(bindings, part.ID), nil
	}
	return bindings, true
}

func (s Scope) sees(f *FieldDef) bool { return s.Visible == nil || s.Visible(f) }

func (s Scope) addressPart(name string) (*FieldDef, string) {
	for _, part := range addressParts {
		if stem, ok := strings.CutSuffix(name, "_"+part); ok {
			if f, ok := s.Of.Field(stem); ok && f.ValueKind() == KindAddress {
				return f, part
			}
		}
	}
	return nil, ""
}

// Back finds the records that lead to many: those that link here, or those
// that a Links field of this object names.
func (s Scope) Back(name string) (expr.Back, bool) {
	if f, ok := s.Of.Field(name); ok && f.Kind == KindLinks && s.sees(f) {
		return expr.Back{Object: f.Target, Link: f.ExprField(), Forward: true}, true
	}
	if link, ok := s.Of.Back(name); ok && s.sees(link) {
		if link.Kind == KindLinks {
			return expr.Back{}, false
		}
		return expr.Back{Object: link.Object.Name, Link: link.ExprField()}, true
	}
	if s.Of.Timeline && name == "activities" {
		if activity, ok := s.Schema.Object("activity"); ok {
			if about, ok := activity.Field("about"); ok && s.sees(about) {
				return expr.Back{Object: "activity", Link: about.ExprField(), About: true}, true
			}
		}
	}
	return expr.Back{}, false
}

// To opens the scope of another object.
func (s Scope) To(object string) (expr.Scope, bool) {
	o, ok := s.Schema.Object(object)
	if !ok {
		return nil, false
	}
	return Scope{Schema: s.Schema, Of: o, Visible: s.Visible}, true
}

// Names lists what may be offered when a name is mistyped.
func (s Scope) Names() []string {
	var names []string
	for _, f := range s.Of.Fields {
		if s.sees(f) && !f.Hidden {
			names = append(names, f.Name)
		}
	}
	return append(names, s.Of.Backs()...)
}

// ExprField is the field as expressions see it; a formula that is not stored
// brings its expression along.
func (f *FieldDef) ExprField() expr.Field {
	e := expr.Field{ID: f.ID, Name: f.Name, Type: f.ExprType(), Folded: f.hasFolded()}
	if f.Kind == KindFormula && !f.Stored {
		e.Formula = f.Expr
	}
	return e
}

func (f *FieldDef) hasFolded() bool {
	_, ok := f.spec.(textSpec)
	return ok
}

// ExprColumn is the name of the column that holds a part of an expression's
// field. It is "" for what has no column.
func (s *Schema) ExprColumn(f expr.Field, part expr.Part) string {
	id, sub, isPart := strings.Cut(f.ID, "#")
	def, ok := s.fields[id]
	if !ok {
		return ""
	}
	if isPart {
		return def.Column + "_" + sub
	}
	switch part {
	case expr.Currency:
		return def.Column + "_c"
	case expr.Base:
		return def.Column + "_b"
	case expr.Folded:
		return def.Column + "_s"
	case expr.SortKey:
		return def.Column + "_k"
	}
	return def.Column
}

// Folds reports whether the field's text is compared in its folded form.
func (f *FieldDef) Folds() bool { return f.hasFolded() }
