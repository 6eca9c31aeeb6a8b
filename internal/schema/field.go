package schema

import (
	"maps"
	"slices"

	"wellmet/internal/expr"
)

// OnDelete says what becomes of a link when its target is deleted.
type OnDelete string

// What a link does on deletion of its target; Restrict is the default.
const (
	Restrict OnDelete = "restrict"
	Clear    OnDelete = "clear"
	Cascade  OnDelete = "cascade"
)

// FieldDef describes one field of an object. It is immutable once it is part
// of a Schema.
type FieldDef struct {
	ID     string            `json:"id"`
	Name   string            `json:"name"` // API name
	Kind   Kind              `json:"kind"`
	Labels map[string]string `json:"labels,omitempty"`
	Help   string            `json:"help,omitempty"`
	// Column is the stem of the field's columns; it outlives a rename.
	Column string `json:"column"`
	// Former are the stems that it had under other kinds: what stands there is
	// of no other field.
	Former []string `json:"former,omitempty"`

	Required bool `json:"required,omitempty"`
	Unique   bool `json:"unique,omitempty"`
	Hidden   bool `json:"hidden,omitempty"`
	Builtin  bool `json:"builtin,omitempty"`
	// Removed fields keep their columns and definition (storage rule 10); they
	// are in no Schema.
	Removed bool `json:"removed,omitempty"`
	// Engine marks fields that the engine alone writes (id, created_at …).
	Engine bool `json:"engine,omitempty"`
	// ReadOnly fields are written by rules, never by people.
	ReadOnly bool `json:"read_only,omitempty"`
	// Tracked fields keep spans for time travel (engine decision 16).
	Tracked bool `json:"tracked,omitempty"`
	// Quiet fields change without history (derived values).
	Quiet bool `json:"quiet,omitempty"`
	// OptOut marks a flag by which somebody wants to be left alone: where two
	// records become one, yes stays.
	OptOut bool `json:"-"`
	// Tongue tells that a text is the tag of a language: "en". It belongs to the
	// declaration.
	Tongue bool `json:"-"`
	// Tells names a field of the object whose value this one gives away: who may
	// not read that one does not read this one. It belongs to the declaration.
	Tells string `json:"-"`
	// Search puts the field into the full-text index; Fragments also into the
	// one that finds pieces of words and numbers.
	Search    bool `json:"search,omitempty"`
	Fragments bool `json:"fragments,omitempty"`
	// Many lets an e-mail or phone field hold several values.
	Many bool `json:"many,omitempty"`

	Default string   `json:"default,omitempty"` // neutral text or "=expression"
	Options []Option `json:"options,omitempty"`
	Scale   int      `json:"scale,omitempty"` // decimals of decimal and percent
	Max     int      `json:"max,omitempty"`   // characters of text
	Low     *int64   `json:"low,omitempty"`   // bounds of numbers, in whole units
	High    *int64   `json:"high,omitempty"`
	Target  string   `json:"target,omitempty"` // object API name of links
	Inverse string   `json:"inverse,omitempty"`
	// OnDelete defaults to Restrict.
	OnDelete OnDelete `json:"on_delete,omitempty"`
	// Currency fixes the currency of a money field; empty = any, the
	// workspace's by default.
	Currency string      `json:"currency,omitempty"`
	Number   *AutoNumber `json:"number,omitempty"`
	Formula  string      `json:"formula,omitempty"`
	Result   Kind        `json:"result,omitempty"` // kind of a formula's or roll-up's value
	Rollup   *Rollup     `json:"rollup,omitempty"`
	// Stored says a formula has columns of its own (engine decision 9).
	Stored bool `json:"stored,omitempty"`

	Object *Object    `json:"-"`
	Expr   *expr.Expr `json:"-"` // the checked formula
	spec   spec
	// declared is a built-in field as the code has it, under what users made
	// of it.
	declared *FieldDef
}

// Option is one value of a choice field.
type Option struct {
	Key    string            `json:"key"`
	Labels map[string]string `json:"labels,omitempty"`
	Color  string            `json:"color,omitempty"`
	Hidden bool              `json:"hidden,omitempty"`
}

// AutoNumber formats numbers such as "INV-2026-00017".
type AutoNumber struct {
	// Prefix may hold {year}; a new year then starts a new row of numbers.
	Prefix string `json:"prefix"`
	Digits int    `json:"digits"`
	// Gapless numbers are taken inside the transaction: no number is ever
	// missing, at the price that writers wait for one another.
	Gapless bool `json:"gapless,omitempty"`
	// When is the condition, over fields of the record itself, under which it
	// needs its number; "" = from the beginning. What has been numbered once
	// keeps the number.
	When string `json:"when,omitempty"`
}

// Rollup is a figure over the records that link here.
type Rollup struct {
	Child    string `json:"child"`    // object API name
	Link     string `json:"link"`     // its link field to this object
	Function string `json:"function"` // count, sum, min, max
	Field    string `json:"field,omitempty"`
	Filter   string `json:"filter,omitempty"`
	// Own sums money in the currency of the records, which must then be the
	// same in all of them, instead of the workspace's.
	Own bool `json:"own_currency,omitempty"`
	// Told lets everybody who reads the record have the figure, whoever may read
	// what it counts: of built-in ones, whose bare number gives nothing away.
	Told bool `json:"-"`
}

// ValueKind is the kind of the field's values: its own, or the result's of a
// formula or roll-up.
func (f *FieldDef) ValueKind() Kind {
	if f.Result != "" {
		return f.Result
	}
	return f.Kind
}

// Option returns the option with that key.
func (f *FieldDef) Option(key string) (Option, bool) {
	for _, o := range f.Options {
		if o.Key == key {
			return o, true
		}
	}
	return Option{}, false
}

// Writable reports whether people and imports may set the field.
func (f *FieldDef) Writable() bool {
	return !f.Engine && !f.ReadOnly && f.Kind != KindFormula && f.Kind != KindRollup
}

// Derived reports whether the engine computes the field's value.
func (f *FieldDef) Derived() bool { return f.Kind == KindFormula || f.Kind == KindRollup }

// IsLink reports whether the field holds the id of one other record.
func (f *FieldDef) IsLink() bool {
	k := f.ValueKind()
	return k == KindLink || k == KindPerson
}

// clone copies everything that a change could reach: a plan works on the copy
// while others read the original.
func (f *FieldDef) clone(o *Object) *FieldDef {
	c := *f
	c.Object = o
	c.Labels = maps.Clone(f.Labels)
	c.Options = slices.Clone(f.Options)
	for i, x := range c.Options {
		c.Options[i].Labels = maps.Clone(x.Labels)
	}
	c.Low, c.High, c.Number, c.Rollup = copied(f.Low), copied(f.High), copied(f.Number), copied(f.Rollup)
	return &c
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}
