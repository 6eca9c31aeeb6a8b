package schema

import (
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/value"
)

// Field is a typed handle on a built-in field: its definition, and through
// record.Get and record.Set its accessor, in one. T is the canonical Go type of
// the field's values.
type Field[T any] struct{ def *FieldDef }

// Name is the field's API name.
func (f Field[T]) Name() string { return f.def.Name }

// ID is the field's stable id.
func (f Field[T]) ID() string { return f.def.ID }

// On changes the definition while it is being declared, for settings that have
// no method of their own.
func (f Field[T]) On(change func(*FieldDef)) Field[T] {
	change(f.def)
	return f
}

// Required makes the field compulsory.
func (f Field[T]) Required() Field[T] { f.def.Required = true; return f }

// Unique lets no two living records have the same value.
func (f Field[T]) Unique() Field[T] { f.def.Unique = true; return f }

// Tracked keeps spans of the field for time travel.
func (f Field[T]) Tracked() Field[T] { f.def.Tracked = true; return f }

// OptOut lets yes stay where two records become one.
func (f Field[T]) OptOut() Field[T] { f.def.OptOut = true; return f }

// ReadOnly leaves the field to rules.
func (f Field[T]) ReadOnly() Field[T] { f.def.ReadOnly = true; return f }

// Searched puts the field into the full-text index.
func (f Field[T]) Searched() Field[T] { f.def.Search = true; return f }

// Fragments makes pieces of the field's words and numbers findable too.
func (f Field[T]) Fragments() Field[T] { f.def.Search, f.def.Fragments = true, true; return f }

// Tongue says that the text is the tag of a language, chosen and shown by name.
func (f Field[T]) Tongue() Field[T] { f.def.Tongue = true; return f }

// Tells hides the field from whoever may not read another one, which it gives away.
func (f Field[T]) Tells(of string) Field[T] { f.def.Tells = of; return f }

// Default is the neutral text, or "=expression", of a new record's value.
func (f Field[T]) Default(text string) Field[T] { f.def.Default = text; return f }

// Inverse names the way back from the target of a link.
func (f Field[T]) Inverse(name string) Field[T] { f.def.Inverse = name; return f }

// OnDelete says what becomes of the link when its target is deleted.
func (f Field[T]) OnDelete(d OnDelete) Field[T] { f.def.OnDelete = d; return f }

// Between bounds a number, in whole units.
func (f Field[T]) Between(low, high int64) Field[T] { f.def.Low, f.def.High = &low, &high; return f }

// NewObject begins the declaration of a built-in object.
func NewObject(name, plural string, access Access, one, many string) *Object {
	return &Object{ID: name, Name: name, Plural: plural, Table: name, Access: access, Builtin: true,
		Title: "name", Labels: map[string]Label{"en": {One: one, Many: many}}}
}

// Titled names the field that stands for the record where it is linked.
func (o *Object) Titled(field string) *Object { o.Title = field; return o }

// Timelined lets activities be about the object's records.
func (o *Object) Timelined() *Object { o.Timeline = true; return o }

// PersonalBy makes records their owners' own, shown to others by the field.
func (o *Object) PersonalBy(field string) *Object { o.Personal = field; return o }

// SecretBy lets owners keep single records to themselves by the field.
func (o *Object) SecretBy(field string) *Object { o.Secret = field; return o }

// RatedBy lets amounts be worth the rates of the day in a date field, once that has
// come.
func (o *Object) RatedBy(field string) *Object { o.RatedOn = field; return o }

// Indexed adds an index for a list that sorts or filters by these fields; "-"
// before a name is descending.
func (o *Object) Indexed(fields ...string) *Object {
	x := Index{Fields: fields, Served: true, Builtin: true}
	x.Name = indexName(x)
	o.Indexes = append(o.Indexes, x)
	return o
}

// Carrying lets the index that was added last carry fields, so that reports by
// them over what it holds look no record up. Each change of one of them is a
// change of the index.
func (o *Object) Carrying(fields ...string) *Object {
	o.Indexes[len(o.Indexes)-1].Carries = fields
	return o
}

// Summed adds an index for figures: of the records that the fields pin down, with
// the carried fields and the owner in it.
func (o *Object) Summed(fields []string, carries ...string) *Object {
	x := Index{Fields: fields, Carries: carries, Builtin: true}
	x.Name = indexName(x) + "_sums"
	o.Indexes = append(o.Indexes, x)
	return o
}

// Passing keeps added up how records come through the states of a tracked link.
func (o *Object) Passing(link string) *Object { o.Passed = link; return o }

func declare[T any](o *Object, name string, kind Kind) Field[T] {
	def := &FieldDef{ID: o.ID + "." + name, Name: name, Kind: kind, Column: name, Builtin: true, Object: o}
	o.Fields = append(o.Fields, def)
	return Field[T]{def}
}

// Text declares a short text.
func Text(o *Object, name string) Field[string] { return declare[string](o, name, KindText) }

// LongText declares a text of several lines.
func LongText(o *Object, name string) Field[string] { return declare[string](o, name, KindLongText) }

// Int declares a whole number.
func Int(o *Object, name string) Field[int64] { return declare[int64](o, name, KindInt) }

// Decimal declares a number with that many decimals.
func Decimal(o *Object, name string, scale int) Field[decimal.Decimal] {
	f := declare[decimal.Decimal](o, name, KindDecimal)
	f.def.Scale = scale
	return f
}

// Percent declares a percentage with that many decimals.
func Percent(o *Object, name string, scale int) Field[decimal.Decimal] {
	f := declare[decimal.Decimal](o, name, KindPercent)
	f.def.Scale = scale
	return f
}

// Money declares an amount.
func Money(o *Object, name string) Field[value.Money] {
	return declare[value.Money](o, name, KindMoney)
}

// Date declares a day.
func Date(o *Object, name string) Field[value.Date] { return declare[value.Date](o, name, KindDate) }

// Moment declares a moment.
func Moment(o *Object, name string) Field[time.Time] { return declare[time.Time](o, name, KindMoment) }

// Bool declares yes or no.
func Bool(o *Object, name string) Field[bool] { return declare[bool](o, name, KindBool) }

// Choice declares one of the given option keys, in their order.
func Choice(o *Object, name string, keys ...string) Field[string] {
	f := declare[string](o, name, KindChoice)
	f.def.Options = optionsOf(keys)
	return f
}

// Choices declares several of the given option keys.
func Choices(o *Object, name string, keys ...string) Field[[]string] {
	f := declare[[]string](o, name, KindChoices)
	f.def.Options = optionsOf(keys)
	return f
}

func optionsOf(keys []string) []Option {
	options := make([]Option, len(keys))
	for i, k := range keys {
		options[i] = Option{Key: k, Labels: map[string]string{"en": humanize(k)}}
	}
	return options
}

// Link declares a link to one record of the target object, by API name.
func Link(o *Object, name, target string) Field[value.ID] {
	f := declare[value.ID](o, name, KindLink)
	f.def.Target, f.def.Column = target, name+"_id"
	return f
}

// Links declares links to many records of the target object.
func Links(o *Object, name, target string) Field[[]value.ID] {
	f := declare[[]value.ID](o, name, KindLinks)
	f.def.Target = target
	return f
}

// Person declares a link to a member.
func Person(o *Object, name string) Field[value.ID] {
	f := declare[value.ID](o, name, KindPerson)
	f.def.Target, f.def.Column = "member", name+"_id"
	return f
}

// Email declares an e-mail address.
func Email(o *Object, name string) Field[string] { return declare[string](o, name, KindEmail) }

// Phone declares a phone number.
func Phone(o *Object, name string) Field[string] { return declare[string](o, name, KindPhone) }

// Emails declares further e-mail addresses beside a primary one.
func Emails(o *Object, name string) Field[[]string] {
	f := declare[[]string](o, name, KindEmail)
	f.def.Many = true
	return f
}

// Phones declares further phone numbers beside a primary one.
func Phones(o *Object, name string) Field[[]string] {
	f := declare[[]string](o, name, KindPhone)
	f.def.Many = true
	return f
}

// URL declares a web address.
func URL(o *Object, name string) Field[string] { return declare[string](o, name, KindURL) }

// Address declares a postal address.
func Address(o *Object, name string) Field[value.Address] {
	return declare[value.Address](o, name, KindAddress)
}

// Place declares a point on earth.
func Place(o *Object, name string) Field[value.Point] {
	return declare[value.Point](o, name, KindPlace)
}

// Number declares an automatic number.
func Number(o *Object, name string, n AutoNumber) Field[string] {
	f := declare[string](o, name, KindNumber)
	f.def.Number, f.def.ReadOnly = &n, true
	return f
}

// About declares what an activity is about: many records of any object.
func About(o *Object, name string) Field[[]Ref] { return declare[[]Ref](o, name, KindAbout) }

// Formula declares a computed field; T must fit the result kind.
func Formula[T any](o *Object, name string, result Kind, text string) Field[T] {
	f := declare[T](o, name, KindFormula)
	f.def.Result, f.def.Formula = result, text
	return f
}

// RollupOf declares a figure over the records that link here.
func RollupOf[T any](o *Object, name string, result Kind, r Rollup) Field[T] {
	f := declare[T](o, name, KindRollup)
	f.def.Result, f.def.Rollup, f.def.Quiet = result, &r, true
	return f
}
