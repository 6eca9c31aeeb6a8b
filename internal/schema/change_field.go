package schema

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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
	f.Removed, f.Quiet, f.Former = false, f.Kind == KindRollup, nil
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
	if f.Unique && (f.Many || !slices.Contains(uniqueKinds, f.Kind)) {
		return wrong("unique")
	}
	if f.Tracked && slices.Contains([]Kind{KindLinks, KindAbout, KindFormula, KindRollup, KindLongText}, f.Kind) {
		return wrong("tracked")
	}
	if f.Inverse != "" && !nameShape.MatchString(f.Inverse) {
		return wrong("inverse")
	}
	if f.Max < 0 || f.Low != nil && f.High != nil && *f.Low > *f.High {
		return wrong("max")
	}
	if f.Currency != "" {
		if _, err := value.ParseCurrency(f.Currency); err != nil {
			return wrong("currency")
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

// uniqueKinds are those with one column that says all about the value.
var uniqueKinds = []Kind{KindText, KindInt, KindDecimal, KindDate, KindMoment, KindChoice, KindLink, KindPerson,
	KindEmail, KindPhone, KindURL, KindNumber}

// doubleOption finds keys that occur twice, and such as a list of keys could
// not hold.
func doubleOption(f *FieldDef) bool {
	seen := map[string]bool{}
	for _, o := range f.Options {
		if o.Key == "" || len(o.Key) > 100 || seen[o.Key] || o.Key != strings.TrimSpace(o.Key) || strings.ContainsAny(o.Key, "|,;\n\r\x00") || !utf8.ValidString(o.Key) {
			return true
		}
		seen[o.Key] = true
	}
	return false
}

// stemLength leaves room for the longest suffix of a column within what
// PostgreSQL keeps of a name.
const stemLength = maxIdentifier - len("_postal_code")

// freeColumn finds a stem that shares no column with any field of the object,
// removed ones included: "note_s" would be the search text of "note".
func freeColumn(o *Object, name string) string {
	stem := name[:min(len(name), stemLength)]
	for n := 2; slices.ContainsFunc(o.Fields, func(f *FieldDef) bool { return f.holds(stem) }); n++ {
		tail := "_" + strconv.Itoa(n)
		stem = name[:min(len(name), stemLength-len(tail))] + tail
	}
	return stem
}

// shadows are what kinds put behind a stem.
var shadows = append([]string{"s", "k", "c", "b", "lat", "lon"}, addressParts...)

func (f *FieldDef) holds(stem string) bool {
	for _, had := range append([]string{f.Column}, f.Former...) {
		if had == stem {
			return true
		}
		for _, x := range shadows {
			if stem == had+"_"+x || had == stem+"_"+x {
				return true
			}
		}
	}
	return false
}

// changeField alters what may change without touching stored values. What code
// relies on (kind, target, and the name of a built-in field) stays.
func (d *draft) changeField(f *FieldDef, c Change) error {
	was := *f
	if err := overlay(c, f); err != nil {
		return err
	}
	f.keep(&was)
	f.Kind, f.Removed, f.ReadOnly, f.Quiet = cmp.Or(f.Kind, was.Kind), was.Removed, was.ReadOnly, was.Quiet
	if f.Kind != was.Kind || f.Target != was.Target || f.Many != was.Many || f.Scale != was.Scale || f.Result != was.Result && was.Builtin {
		return fault.New(fault.Invalid, "schema.needs_retype", fault.Args{"field": was.Name})
	}
	if f.Builtin {
		return f.checkBuiltin(&was)
	}
	if f.Name != was.Name {
		if err := checkName(f.Name); err != nil {
			return err
		}
		if isEngineName(f.Name) {
			return fault.New(fault.Invalid, "schema.name_taken", fault.Args{"name": f.Name, "object": f.Object.Name})
		}
		f.Object.renameField(was.Name, f.Name)
		d.renameWays(func(object, field string) (string, string) {
			if object == f.Object.Name && field == was.Name {
				field = f.Name
			}
			return object, field
		})
		d.renamed = true
	}
	return checkShape(f)
}

// keep gives a changed definition what only the engine decides.
func (f *FieldDef) keep(was *FieldDef) {
	f.ID, f.Column, f.Former, f.Builtin, f.Engine, f.Stored = was.ID, was.Column, was.Former, was.Builtin, was.Engine, was.Stored
	f.OptOut, f.Tells = was.OptOut, was.Tells
	f.Object, f.declared = was.Object, was.declared
}

// checkBuiltin refuses what would be gone at the next start: whatever
// overlayField does not take over onto the declaration.
func (f *FieldDef) checkBuiltin(was *FieldDef) error {
	declared := was.declared
	if declared == nil {
		declared = was.clone(was.Object)
	}
	f.declared = declared
	stays := declared.clone(was.Object)
	if err := overlayField(stays, definition(f)); err != nil {
		return err
	}
	if definition(stays) != definition(f) || missesOption(f, declared) {
		return fault.New(fault.Invalid, "schema.fixed", fault.Args{"name": was.Name})
	}
	return checkShape(f)
}

// renameField keeps what names the field within its object.
func (o *Object) renameField(from, to string) {
	for _, name := range []*string{&o.Title, &o.Parent, &o.When} {
		if *name == from {
			*name = to
		}
	}
	for i, x := range o.Indexes {
		fields := slices.Clone(x.Fields)
		for j, f := range fields {
			if strings.TrimPrefix(f, "-") == from {
				fields[j] = strings.TrimSuffix(f, from) + to
			}
		}
		o.Indexes[i].Fields = fields // the name stays: the index is the same
	}
	for _, l := range o.arrangements() {
		l.rename(from, to)
	}
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

// restoreField brings a removed field back with its values, if its name is
// still free.
func restoreField(o *Object, c Change) error {
	for i := len(o.Fields) - 1; i >= 0; i-- { // the last one removed
		f := o.Fields[i]
		if !f.Removed || f.Name != c.Field && f.ID != c.Field {
			continue
		}
		if slices.ContainsFunc(o.Fields, func(x *FieldDef) bool { return x.Name == f.Name && !x.Removed }) {
			return fault.New(fault.Invalid, "schema.name_taken", fault.Args{"name": f.Name, "object": o.Name})
		}
		f.Removed = false
		return nil
	}
	return fault.New(fault.NotFound, "schema.nothing_removed", fault.Args{"name": value.Printable(c.Field)})
}

func removeField(f *FieldDef, _ Change) error {
	if f.Builtin {
		return fault.New(fault.Invalid, "schema.fixed", fault.Args{"name": f.Name})
	}
	f.Removed = true
	f.Object.Indexes = slices.DeleteFunc(f.Object.Indexes, func(x Index) bool {
		return slices.Contains(x.Fields, f.Name) || slices.Contains(x.Fields, "-"+f.Name)
	})
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
	if err := overlay(c, f); err != nil {
		return err
	}
	f.keep(&was)
	f.Name, f.Removed, f.ReadOnly, f.Quiet = was.Name, false, was.ReadOnly, was.Quiet
	sameKind := f.Kind == was.Kind && (f.Scale != was.Scale || f.Max != was.Max)
	if !sameKind && !slices.Contains(safeRetype[was.Kind], f.Kind) {
		return fault.New(fault.Invalid, "schema.unsafe_retype", fault.Args{"field": f.Name, "from": string(was.Kind), "to": string(f.Kind)})
	}
	f.moveColumn()
	return checkShape(f)
}

// moveColumn gives the field columns that are new; the old ones stay as they
// are.
func (f *FieldDef) moveColumn() {
	column := freeColumn(f.Object, "c_"+f.Name)
	f.Former = append(slices.Clone(f.Former), f.Column)
	f.Column = column
}

func addIndex(o *Object, c Change) error {
	var x Index
	if err := strict(c.Set, &x); err != nil {
		return err
	}
	x.Name, x.Builtin = indexName(x), false
	if slices.ContainsFunc(o.Indexes, func(y Index) bool { return y.Name == x.Name }) {
		return fault.New(fault.Conflict, "schema.index_exists", fault.Args{"name": x.Name})
	}
	o.Indexes = append(o.Indexes, x)
	return checkIndexes(o)
}

// checkIndexes refuses what the database could not index. Unique is a matter
// of fields.
func checkIndexes(o *Object) error {
	if len(o.Indexes) > maxIndexes {
		return fault.New(fault.TooLarge, "schema.too_many_indexes", fault.Args{"max": maxIndexes})
	}
	engine := engineFields(o)
	for _, x := range o.Indexes {
		if len(x.Fields) == 0 || len(x.Fields) > 4 || x.Unique {
			return fault.New(fault.Invalid, "schema.bad_attribute", fault.Args{"field": o.Name, "attribute": "fields"})
		}
		for _, name := range x.Fields {
			name = strings.TrimPrefix(name, "-")
			is := func(f *FieldDef) bool {
				return f.Name == name && !f.Removed && f.Kind != KindLinks && f.Kind != KindAbout
			}
			if !slices.ContainsFunc(o.Fields, is) && !slices.ContainsFunc(engine, is) {
				return UnknownField(o, name, nil)
			}
		}
	}
	return nil
}

func removeIndex(o *Object, c Change) error {
	var x Index
	if err := strict(c.Set, &x); err != nil {
		return err
	}
	n := len(o.Indexes)
	if slices.ContainsFunc(o.Indexes, func(y Index) bool { return y.Name == x.Name && y.Builtin }) {
		return fault.New(fault.Invalid, "schema.fixed", fault.Args{"name": x.Name})
	}
	o.Indexes = slices.DeleteFunc(o.Indexes, func(y Index) bool { return y.Name == x.Name })
	if len(o.Indexes) == n {
		return fault.New(fault.NotFound, "schema.no_index", fault.Args{"name": x.Name})
	}
	return nil
}

// SafeKinds are the kinds that values of a kind convert to.
func SafeKinds(k Kind) []Kind { return safeRetype[k] }

// ReservedName reports whether nothing may have that API name.
func ReservedName(name string) bool { return checkName(name) != nil || isEngineName(name) }
