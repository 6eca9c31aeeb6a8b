package schema

import (
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Kind is a kind of field, as the API and the stored schema spell it.
type Kind string

// The kinds of fields. KindAbout (many records of any object) is for
// activities, KindFile holds the id of a stored file.
const (
	KindText     Kind = "text"
	KindLongText Kind = "long_text"
	KindInt      Kind = "whole"
	KindDecimal  Kind = "decimal"
	KindMoney    Kind = "money"
	KindPercent  Kind = "percent"
	KindDate     Kind = "date"
	KindMoment   Kind = "date_time"
	KindBool     Kind = "yes_no"
	KindChoice   Kind = "choice"
	KindChoices  Kind = "choices"
	KindLink     Kind = "link"
	KindLinks    Kind = "links"
	KindPerson   Kind = "person"
	KindEmail    Kind = "email"
	KindPhone    Kind = "phone"
	KindURL      Kind = "url"
	KindAddress  Kind = "address"
	KindPlace    Kind = "place"
	KindNumber   Kind = "auto_number"
	KindFormula  Kind = "formula"
	KindRollup   Kind = "rollup"
	KindFile     Kind = "file"
	KindAbout    Kind = "about"
)

// Column is one stored column of a field.
type Column struct {
	Name string
	Type store.Type
	// Default is the constant that rows made before the column have.
	Default string
}

// Env is what turning values into columns needs to know of the workspace.
type Env struct {
	// Collate makes the sort key of a text.
	Collate func(string) []byte
	// Base converts to minor units of the workspace currency; false without
	// a rate.
	Base func(value.Money) (int64, bool)
	// Currency is the one that a bare amount is in.
	Currency string
	// Region is where a phone number without country code is dialled.
	Region string
	// Input reads people's spellings of dates and numbers.
	Input Input
}

// Input says how typed dates and numbers are spelt; the zero value reads the
// neutral forms only (2006-01-02, 1234.5).
type Input struct {
	Dates   value.DateStyle
	Decimal rune
	Zone    Zone
}

// spec is what a kind of field knows of itself; one small type a kind.
// Values are the canonical Go values: nil for empty, string, int64, bool,
// decimal.Decimal, value.Money, value.Date, time.Time (UTC, whole
// milliseconds), value.ID, []string, []value.ID, value.Address, value.Point.
type spec interface {
	// columns lists the stored columns; none for links and about.
	columns(f *FieldDef) []Column
	// parse reads a typed text, as forms, imports and filters hand it in.
	// It never sees an empty text.
	parse(f *FieldDef, text string, env *Env) (any, error)
	// check makes a decoded JSON value or a Go value canonical, or says what
	// is wrong with it. It never sees nil.
	check(f *FieldDef, v any, env *Env) (any, error)
	// store appends the column values of v, as many as columns.
	store(f *FieldDef, v any, env *Env, dst []any) []any
	// load reads the canonical value from a row's columns starting at i.
	load(f *FieldDef, r *store.Rows, i int) any
	// appendJSON writes the value straight from a row's columns.
	appendJSON(f *FieldDef, dst []byte, r *store.Rows, i int) []byte
	// exprType is the field's type in expressions.
	exprType(f *FieldDef) expr.Type
}

var specs = map[Kind]spec{
	KindText: textSpec{sortable: true}, KindLongText: textSpec{}, KindInt: intSpec{},
	KindDecimal: decimalSpec{}, KindPercent: decimalSpec{}, KindMoney: moneySpec{},
	KindDate: dateSpec{}, KindMoment: momentSpec{}, KindBool: boolSpec{},
	KindChoice: choiceSpec{}, KindChoices: listSpec{}, KindLink: linkSpec{}, KindPerson: linkSpec{},
	KindLinks: linksSpec{}, KindEmail: contactSpec{}, KindPhone: contactSpec{}, KindURL: contactSpec{},
	KindAddress: addressSpec{}, KindPlace: placeSpec{}, KindNumber: textSpec{sortable: true},
	KindFile: linkSpec{}, KindAbout: aboutSpec{},
}

// specOf finds what knows the field's values: a formula and a roll-up behave
// like the kind of their result.
func specOf(f *FieldDef) spec {
	if f.Many {
		return listSpec{}
	}
	return specs[f.ValueKind()]
}

// Kinds lists every kind a user may choose for a field.
func Kinds() []Kind {
	return []Kind{KindText, KindLongText, KindInt, KindDecimal, KindMoney, KindPercent, KindDate, KindMoment,
		KindBool, KindChoice, KindChoices, KindLink, KindLinks, KindPerson, KindEmail, KindPhone, KindURL,
		KindAddress, KindPlace, KindNumber, KindFormula, KindRollup, KindFile}
}

// Columns lists the field's stored columns, the main one first.
func (f *FieldDef) Columns() []Column {
	if f.Kind == KindFormula && !f.Stored {
		return nil
	}
	return f.spec.columns(f)
}

// Parse reads a typed text; an empty one is nil. The error is a *fault.Error
// that names the field.
func (f *FieldDef) Parse(text string, env *Env) (any, error) {
	text, err := value.Clean(text)
	if err != nil {
		return nil, f.blame(err, text)
	}
	if isBlank(text) {
		return nil, nil
	}
	v, err := f.spec.parse(f, text, env)
	if err != nil {
		return nil, f.blame(err, text)
	}
	return v, nil
}

// Check makes a value that came as JSON or from Go code canonical.
func (f *FieldDef) Check(v any, env *Env) (any, error) {
	if v == nil {
		return nil, nil
	}
	if s, ok := v.(string); ok && isBlank(s) {
		return nil, nil
	}
	checked, err := f.spec.check(f, v, env)
	if err != nil {
		return nil, f.blame(err, describe(v))
	}
	return checked, nil
}

// Store appends the field's column values for v.
func (f *FieldDef) Store(v any, env *Env, dst []any) []any {
	if v == nil {
		for range f.Columns() {
			dst = append(dst, nil)
		}
		return dst
	}
	return f.spec.store(f, v, env, dst)
}

// Load reads the field's canonical value from its columns, which start at
// column i of the row.
func (f *FieldDef) Load(r *store.Rows, i int) any { return f.spec.load(f, r, i) }

// AppendRowJSON writes the field's value from a row as JSON.
func (f *FieldDef) AppendRowJSON(dst []byte, r *store.Rows, i int) []byte {
	return f.spec.appendJSON(f, dst, r, i)
}

// ExprType is the field's type in expressions.
func (f *FieldDef) ExprType() expr.Type { return f.spec.exprType(f) }

// blame turns a value's error into one that names the field and keeps what
// was typed.
func (f *FieldDef) blame(err error, typed string) error {
	e, ok := fault.As(err)
	if !ok {
		return err
	}
	return fault.New(fault.Invalid, "record.invalid", nil).With(
		fault.Field{Path: f.Name, Key: e.Key, Args: e.Args, Value: typed})
}

// bad is a value's own error, before blame names the field.
func bad(key string, args fault.Args) error { return fault.New(fault.Invalid, key, args) }
