package schema

import (
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Zone is the time zone that typed moments without one are read in; nil is
// UTC.
type Zone = *time.Location

// dateSpec is a day, which is not a time.
type dateSpec struct{}

func (dateSpec) columns(f *FieldDef) []Column {
	return []Column{{Name: f.Column, Type: store.Date}}
}

func (dateSpec) parse(_ *FieldDef, text string, env *Env) (any, error) {
	d, err := value.ParseDateStyle(text, env.Input.Dates)
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (s dateSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	switch d := v.(type) {
	case value.Date:
		return d, nil
	case string:
		return s.parse(f, d, env)
	}
	return nil, bad("field.wants_date", fault.Args{"got": describe(v)})
}

func (dateSpec) store(_ *FieldDef, v any, _ *Env, dst []any) []any { return append(dst, v) }

func (dateSpec) load(_ *FieldDef, r *store.Rows, i int) any {
	if d, ok := r.Date(i); ok {
		return d
	}
	return nil
}

// appendJSON copies the database's own spelling, which is ISO on both.
func (dateSpec) appendJSON(_ *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	b, ok := r.Bytes(i)
	if !ok {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = append(dst, b...)
	return append(dst, '"')
}

func (dateSpec) exprType(*FieldDef) expr.Type { return expr.Type{Kind: expr.Date} }

// momentSpec is a moment, stored in Unix milliseconds.
type momentSpec struct{}

func (momentSpec) columns(f *FieldDef) []Column {
	return []Column{{Name: f.Column, Type: store.Int}}
}

func (momentSpec) parse(_ *FieldDef, text string, env *Env) (any, error) {
	zone := env.Input.Zone
	if zone == nil {
		zone = time.UTC
	}
	t, err := value.ParseMomentStyle(text, env.Input.Dates, zone)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (s momentSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	switch t := v.(type) {
	case time.Time:
		return value.Moment(t), nil
	case string:
		return s.parse(f, t, env)
	}
	return nil, bad("field.wants_moment", fault.Args{"got": describe(v)})
}

func (momentSpec) store(_ *FieldDef, v any, _ *Env, dst []any) []any {
	return append(dst, v.(time.Time).UnixMilli())
}

func (momentSpec) load(_ *FieldDef, r *store.Rows, i int) any {
	if ms, ok := r.Int(i); ok {
		return time.UnixMilli(ms).UTC()
	}
	return nil
}

func (momentSpec) appendJSON(_ *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	ms, ok := r.Int(i)
	if !ok {
		return append(dst, "null"...)
	}
	return appendMoment(dst, time.UnixMilli(ms))
}

func (momentSpec) exprType(*FieldDef) expr.Type { return expr.Type{Kind: expr.Moment} }
