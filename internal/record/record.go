package record

import (
	"maps"

	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Record is one record as it was read: canonical values by field. Fields that
// were not asked for, or that the actor may not read, are empty.
type Record struct {
	Object  *schema.Object
	ID      value.ID
	Version int64
	values  []any
	bases   map[string]int64
	far     map[string]any // columns over links, by path
}

func newRecord(o *schema.Object) *Record {
	return &Record{Object: o, values: make([]any, len(o.Fields))}
}

// Value is the field's canonical value, nil when empty.
func (r *Record) Value(f *schema.FieldDef) any {
	if i := r.Object.Slot(f); i >= 0 && i < len(r.values) {
		return r.values[i]
	}
	return nil
}

// Field is the value of the field of that API name.
func (r *Record) Field(name string) any {
	if f, ok := r.Object.Field(name); ok {
		return r.Value(f)
	}
	return nil
}

// Base is what an amount is worth in minor units of the workspace currency, as sums
// count it; false without an amount or a rate.
func (r *Record) Base(name string) (int64, bool) {
	f, ok := r.Object.Field(name)
	if !ok {
		return 0, false
	}
	base, ok := r.bases[f.ID]
	return base, ok
}

// Owner is the member who owns the record, 0 for none.
func (r *Record) Owner() value.ID {
	id, _ := r.Field("owner").(value.ID)
	return id
}

// Title is the text of the field that names the record.
func (r *Record) Title() string { return schema.Neutral(r.Field(r.Object.Title)) }

func (r *Record) set(f *schema.FieldDef, v any) {
	if i := r.Object.Slot(f); i >= 0 {
		r.values[i] = v
	}
}

func (r *Record) clone() *Record {
	c := *r
	c.values = append([]any(nil), r.values...)
	c.bases = maps.Clone(r.bases) // what it was must not follow what it becomes
	return &c
}

// Get reads a built-in field with its type; false when empty.
func Get[T any](r *Record, f schema.Field[T]) (T, bool) {
	v, ok := r.Field(f.Name()).(T)
	return v, ok
}

// row lets the expression evaluator read a record in memory. Links and
// children need the database and are absent: rules that follow them read the
// records themselves.
type row struct {
	s *Session
	r *Record
}

var _ expr.BaseRow = row{}

// Get implements expr.Row.
func (x row) Get(f expr.Field) any {
	def, ok := x.s.state.schema.FieldByID(f.ID)
	if !ok {
		return nil
	}
	return x.r.Value(def)
}

// Link implements expr.Row by reading the linked record under the actor's
// rights.
func (x row) Link(f expr.Field) (expr.Row, bool) {
	def, ok := x.s.state.schema.FieldByID(f.ID)
	if !ok {
		return nil, false
	}
	id, ok := x.r.Value(def).(value.ID)
	if !ok {
		return nil, false
	}
	linked, ok := x.s.peek(def.Target, id)
	return row{x.s, linked}, ok
}

// Children implements expr.Row.
func (x row) Children(b expr.Back) []expr.Row { return x.s.children(x.r, b) }

// Base implements expr.BaseRow.
func (x row) Base(f expr.Field) (value.Money, bool) {
	m, ok := x.Get(f).(value.Money)
	if !ok {
		return value.Money{}, false
	}
	minor, ok := x.s.worth(x.r, m)
	return value.Money{Minor: minor, Currency: x.s.state.settings.Currency}, ok
}
