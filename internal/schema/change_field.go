package schema

import (
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// addField gives the object a custom field, with a column name that no field
// of the object, removed ones included, has had.
func (d *draft) addField(o *Object, c Change) error {
	f := &FieldDef{Object: o}
	if err := strict(c.Set, f); err != nil {
		return err
	}
	if f.Name == "" {
		f.Name = c.Field
	}
	f.ID, f.Builtin, f.Engine, f.ReadOnly, f.Stored = "f"+value.NewID(d.now).String(), false, false, false, false
	f.Column = freeColumn(o, "c_"+f.Name)
	if f.Kind == KindLink || f.Kind == KindPerson {
		f.Column = freeColumn(o, "c_"+f.Name+"_id")
	}
	if f.Kind == KindPerson {
		f.Target = "member"
	}
	if err := checkNewField(o, f); err != nil {
		return err
	}
	o.Fields = append(o.Fields, f)
	return nil
}

func checkNewField(o *Object, f *FieldDef) error {
	if err := checkName(f.Name); err != nil {
		return err
	}
	if !slices.Contains(Kinds(), f.Kind) {
		return fault.New(fault.Invalid, "schema.unknown_kind", fault.Args{"kind": string(f.Kind), "field": f.Name})
	}
	custom := 0
	for _, other := range o.Fields {
		if other.Name == f.Name && !other.Removed || isEngineName(f.Name) {
			return fault.New(fault.Invalid, "schema.name_taken", fault.Args{"name": f.Name, "object": o.Name})
		}
		if !other.Builtin {
			custom++
		}
	}
	if custom >= maxFields {
		return fault.New(fault.TooLarge, "schema.too_many_fields", fault.Args{"max": maxFields})
	}
	return checkShape(f)
}

func isEngineName(name string) bool {
	return slices.Contains([]string{"id", "version", "owner", "created_at", "created_by", "updated_at", "updated_by",
		"deleted_at", "deleted_act", "next_activity_at", "last_activity_at", "last_contact_at"}, name)
}

// checkShape refuses definitions that make no sense whatever the object.
func checkShape(f *FieldDef) error {
	wrong := func(attribute string) error {
		return fault.New(fault.Invalid, "schema.bad_attribute", fault.Args{"field": f.Name, "attribute": attribute})
	}
	switch f.Kind {
	case KindChoice, KindChoices:
		if len(f.Options) == 0 || doubleOption(f) {
			return wrong("options")
		}
	case KindLink, KindLinks:
		if f.Target == "" {
			return wrong("target")
		}
	case KindFormula:
		if f.Formula == "" {
			return wrong("formula")
		}
	case KindRollup:
		if f.Rollup == nil || !slices.Contains([]string{"count", "sum", "min", "max"}, f.Rollup.Function) {
			return wrong("rollup")
		}
	case KindNumber:
		if f.Number == nil || f.Number.Digits < 1 || f.Number.Digits > 12 {
			return wrong("number")
		}
		f.ReadOnly = true
	case KindDecimal, KindPercent:
		if f.Scale < 0 || f.Scale > 9 {
			return wrong("scale")
		}
	}
	if f.OnDelete != "" && !slices.Contains([]OnDelete{Restrict, Clear, Cascade}, f.OnDelete) {
		return wrong("on_delete")
	}
	if f.Many && f.Kind != KindEmail && f.Kind != KindPhone {
		return wrong("many")
	}
	return nil
}

func doubleOption(f *FieldDef) bool {
	seen := map[string]bool{}
	for _, o := range f.Options {
		if o.Key == "" || seen[o.Key] {
			return true
		}
		seen[o.Key] = true
	}
	return false
}

func freeColumn(o *Object, name string) string {
	for slices.ContainsFunc(o.Fields, func(f *FieldDef) bool { return f.Column == name }) {
		name += "_"
	}
	return name
}

// changeField alters what may change without touching stored values. What code
// relies on (kind, target, and the name of a built-in field) stays.
func changeField(f *FieldDef, c Change) error {
	was := *f
	f.Options = slices.Clone(f.Options)
	if err := strict(c.Set, f); err != nil {
		return err
	}
	f.ID, f.Column, f.Builtin, f.Engine, f.Removed, f.Object = was.ID, was.Column, was.Builtin, was.Engine, was.Removed, was.Object
	if f.Kind != was.Kind || f.Target != was.Target || f.Many != was.Many || f.Scale != was.Scale || f.Result != was.Result && was.Builtin {
		return fault.New(fault.Invalid, "schema.needs_retype", fault.Args{"field": was.Name})
	}
	if f.Builtin && (f.Name != was.Name || f.Formula != was.Formula || was.Required && !f.Required || missesOption(f, &was)) {
		return fault.New(fault.Invalid, "schema.fixed", fault.Args{"name": was.Name})
	}
	if f.Name != was.Name {
		if err := checkName(f.Name); err != nil {
			return err
		}
	}
	return checkShape(f)
}

// missesOption reports whether an option that the code knows was taken away;
// built-in options may be hidden and renamed only.
func missesOption(f, was *FieldDef) bool {
	for _, o := range was.Options {
		if _, ok := f.Option(o.Key); !ok {
			return true
		}
	}
	return false
}

func removeField(f *FieldDef, _ Change) error {
	if f.Builtin {
		return fault.New(fault.Invalid, "schema.fixed", fault.Args{"name": f.Name})
	}
	f.Removed = true
	return nil
}

// safeRetype lists, for each kind, the kinds its values convert to. Whether
// each value really does is counted before the plan is applied.
var safeRetype = map[Kind][]Kind{
	KindText:     {KindLongText, KindInt, KindDecimal, KindPercent, KindMoney, KindDate, KindMoment, KindBool, KindChoice, KindEmail, KindPhone, KindURL},
	KindLongText: {KindText},
	KindInt:      {KindDecimal, KindPercent, KindMoney, KindText},
	KindDecimal:  {KindInt, KindPercent, KindMoney, KindText},
	KindPercent:  {KindDecimal, KindText},
	KindMoney:    {KindDecimal, KindText},
	KindDate:     {KindMoment, KindText},
	KindMoment:   {KindDate, KindText},
	KindBool:     {KindText, KindChoice},
	KindChoice:   {KindText, KindChoices},
	KindChoices:  {KindText},
	KindEmail:    {KindText}, KindPhone: {KindText}, KindURL: {KindText},
}

// retypeField replaces the field by one of the new kind with columns of its
// own; apply copies the values over. The id stays, so views and formulas do
// not break.
func (d *draft) retypeField(f *FieldDef, c Change) error {
	was := *f
	if f.Builtin {
		return fault.New(fault.Invalid, "schema.fixed", fault.Args{"name": f.Name})
	}
	if err := strict(c.Set, f); err != nil {
		return err
	}
	f.ID, f.Name, f.Builtin, f.Object = was.ID, was.Name, false, was.Object
	sameKind := f.Kind == was.Kind && (f.Scale != was.Scale || f.Max != was.Max)
	if !sameKind && !slices.Contains(safeRetype[was.Kind], f.Kind) {
		return fault.New(fault.Invalid, "schema.unsafe_retype", fault.Args{"field": f.Name, "from": string(was.Kind), "to": string(f.Kind)})
	}
	f.Column = freeColumn(was.Object, "c_"+f.Name)
	if f.Column == was.Column {
		f.Column += "_"
	}
	return checkShape(f)
}

func addIndex(o *Object, c Change) error {
	var x Index
	if err := strict(c.Set, &x); err != nil {
		return err
	}
	if len(x.Fields) == 0 || len(x.Fields) > 4 {
		return fault.New(fault.Invalid, "schema.bad_attribute", fault.Args{"field": o.Name, "attribute": "fields"})
	}
	if len(o.Indexes) >= maxIndexes {
		return fault.New(fault.TooLarge, "schema.too_many_indexes", fault.Args{"max": maxIndexes})
	}
	x.Name = indexName(x)
	if slices.ContainsFunc(o.Indexes, func(y Index) bool { return y.Name == x.Name }) {
		return fault.New(fault.Conflict, "schema.index_exists", fault.Args{"name": x.Name})
	}
	o.Indexes = append(o.Indexes, x)
	return nil
}

func removeIndex(o *Object, c Change) error {
	var x Index
	if err := strict(c.Set, &x); err != nil {
		return err
	}
	n := len(o.Indexes)
	o.Indexes = slices.DeleteFunc(o.Indexes, func(y Index) bool { return y.Name == x.Name })
	if len(o.Indexes) == n {
		return fault.New(fault.NotFound, "schema.no_index", fault.Args{"name": x.Name})
	}
	return nil
}
