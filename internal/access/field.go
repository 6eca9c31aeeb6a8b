package access

import (
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/schema"
)

// scopeFunc is Actor.Scope, or the same for a role without limits.
type scopeFunc func(*schema.Object, Action) Scope

// maxFormulas ends formulas over formulas that were declared as a circle.
const maxFormulas = 16

// fieldOf works out a role's right to a field. inputs may be nil: they are then
// found for this field alone.
func (r *Roster) fieldOf(x *role, f *schema.FieldDef, inputs map[string][]*schema.FieldDef, scope scopeFunc, depth int) FieldRight {
	o := f.Object
	reads, writes := scope(o, Read) != None, scope(o, Create) != None || scope(o, Update) != None
	switch {
	case !reads && !writes || depth > maxFormulas:
		return NoField
	case f.Engine && (f.Name == "id" || f.Name == "version"):
		return ReadField
	}
	right, named := WriteField, false
	if x.key != AdminRole {
		right, named = x.permissions.field(f)
		right = min(right, r.carried(x, f))
	}
	if !writes || !f.Writable() {
		right = min(right, ReadField)
	}
	if of, ok := o.Field(f.Tells); ok && r.fieldOf(x, of, inputs, scope, depth+1) < ReadField {
		return NoField
	}
	granted := f.Kind == schema.KindRollup && (named || f.Rollup != nil && f.Rollup.Told)
	if right == NoField || granted || !f.Derived() {
		return right
	}
	if !r.readsInputs(x, f, inputs, scope, depth) || f.Kind == schema.KindRollup && !r.countsAll(f, scope) {
		return NoField
	}
	return right
}

// carried is the role's word for the owner of the records that a child object's own
// owner comes from: who may not know one may not know the other.
func (r *Roster) carried(x *role, f *schema.FieldDef) FieldRight {
	least := WriteField
	if f.Name != "owner" {
		return least
	}
	for _, link := range r.parents(f.Object) {
		if of, ok := r.schema.Target(link).Field(f.Name); ok {
			right, _ := x.permissions.field(of)
			least = min(least, right)
		}
	}
	return least
}

// field is the role's word for a field, and whether it names the field at all.
func (p Permissions) field(f *schema.FieldDef) (right FieldRight, named bool) {
	if len(p.Fields) == 0 {
		return WriteField, false
	}
	for _, name := range []string{f.ID, f.Object.ID + "." + f.Name, f.Object.Name + "." + f.Name} {
		if right, ok := p.Fields[name]; ok {
			return right, true
		}
	}
	return WriteField, false
}

// readsInputs reports whether the role reads all that a formula or roll-up is
// made of; a masked input would be told by the result.
func (r *Roster) readsInputs(x *role, f *schema.FieldDef, inputs map[string][]*schema.FieldDef, scope scopeFunc, depth int) bool {
	of, ok := inputs[f.ID]
	if !ok {
		of = r.inputs(f)
	}
	for _, in := range of {
		if r.fieldOf(x, in, inputs, scope, depth+1) < ReadField {
			return false
		}
	}
	return true
}

// countsAll reports whether the scope covers every record that a roll-up
// counts. Who reads a record reads its own children, unless his role says less
// of these.
func (r *Roster) countsAll(f *schema.FieldDef, scope scopeFunc) bool {
	child, ok := r.schema.Object(f.Rollup.Child)
	if !ok {
		return false
	}
	reads := scope(child, Read)
	if link, own := child.ParentLink(); own && link.Name == f.Rollup.Link {
		return reads != None && reads == scope(f.Object, Read)
	}
	return reads == All
}

// LiveRollup reports whether the engine may compute the roll-up over the
// records that the actor reads, where the stored figure would tell him more
// than that.
func (a *Actor) LiveRollup(f *schema.FieldDef) bool {
	if f.Kind != schema.KindRollup || a.System() || a.role == nil || a.Field(f) != NoField {
		return false
	}
	child, ok := a.roster.schema.Object(f.Rollup.Child)
	right, _ := a.role.permissions.field(f)
	return ok && right >= ReadField && a.Can(f.Object, Read) && a.Can(child, Read) &&
		a.roster.readsInputs(a.role, f, nil, a.Scope, 0)
}

// Guarded reports whether some role may not read the field, which keeps it out
// of the search text that all share.
func (r *Roster) Guarded(f *schema.FieldDef) bool {
	for _, x := range r.roles {
		right, _ := x.permissions.field(f)
		if x.key != AdminRole && x.broken == nil && (right < ReadField || x.fields[f.ID] < ReadField && x.scopes[f.Object.ID][Read] != None) {
			return true
		}
	}
	return false
}

// allInputs finds the inputs of every derived field.
func (r *Roster) allInputs() map[string][]*schema.FieldDef {
	all := map[string][]*schema.FieldDef{}
	for _, o := range r.schema.Objects() {
		for _, f := range o.Fields {
			if f.Derived() {
				all[f.ID] = r.inputs(f)
			}
		}
	}
	return all
}

// inputs are the fields that a formula or roll-up is made of. An expression
// that does not check any more yields the field itself, which nobody reads.
func (r *Roster) inputs(f *schema.FieldDef) []*schema.FieldDef {
	if f.Kind == schema.KindFormula {
		if f.Expr == nil {
			return []*schema.FieldDef{f}
		}
		return r.used(f.Object, f.Expr)
	}
	child, ok := r.schema.Object(f.Rollup.Child)
	if !ok {
		return []*schema.FieldDef{f}
	}
	var of []*schema.FieldDef
	for _, name := range []string{f.Rollup.Link, f.Rollup.Field} {
		if in, ok := child.Field(name); ok {
			of = append(of, in)
		}
	}
	if f.Rollup.Filter == "" {
		return of
	}
	e, err := expr.Check(f.Rollup.Filter, r.schema.Scope(child, nil), expr.Type{Kind: expr.Bool})
	if err != nil {
		return []*schema.FieldDef{f}
	}
	return append(of, r.used(child, e)...)
}

// used are the fields that an expression reads, the links on its paths
// included.
func (r *Roster) used(o *schema.Object, e *expr.Expr) []*schema.FieldDef {
	var of []*schema.FieldDef
	for _, ref := range e.Fields() {
		id, _, _ := strings.Cut(ref.Field.ID, "#")
		if f, ok := r.schema.FieldByID(id); ok {
			of = append(of, f)
		}
		of = append(of, r.along(o, ref.Path)...)
	}
	return of
}

// along are the links that lead over a path, its last name aside.
func (r *Roster) along(o *schema.Object, path []string) []*schema.FieldDef {
	var of []*schema.FieldDef
	for i := 0; i+1 < len(path) && o != nil; i++ {
		f, ok := o.Field(path[i])
		if ok {
			o = r.schema.Target(f)
		} else if f, ok = o.Back(path[i]); ok {
			o = f.Object
		} else {
			return of
		}
		of = append(of, f)
	}
	return of
}
