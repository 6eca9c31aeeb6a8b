package schema

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"

	"github.com/shopspring/decimal"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// intSpec is a whole number.
type intSpec struct{}

func (intSpec) columns(f *FieldDef) []Column {
	return []Column{{Name: f.Column, Type: store.Int}}
}

func (s intSpec) parse(f *FieldDef, text string, env *Env) (any, error) {
	d, err := parseNumber(text, env)
	if err != nil {
		return nil, err
	}
	return s.fromDecimal(f, d)
}

func (s intSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	if i, ok := v.(int64); ok {
		return s.bounded(f, i)
	}
	d, err := toDecimal(v, env)
	if err != nil {
		return nil, err
	}
	return s.fromDecimal(f, d)
}

func (s intSpec) fromDecimal(f *FieldDef, d decimal.Decimal) (any, error) {
	if !d.IsInteger() {
		return nil, bad("field.wants_whole", fault.Args{"got": d.String()})
	}
	if !d.BigInt().IsInt64() {
		return nil, bad("field.too_large", fault.Args{"max": int64(math.MaxInt64)})
	}
	return s.bounded(f, d.IntPart())
}

func (intSpec) bounded(f *FieldDef, i int64) (any, error) {
	return i, within(f, decimal.NewFromInt(i))
}

func (intSpec) store(_ *FieldDef, v any, _ *Env, dst []any) []any { return append(dst, v) }

func (intSpec) load(_ *FieldDef, r *store.Rows, i int) any {
	if n, ok := r.Int(i); ok {
		return n
	}
	return nil
}

func (intSpec) appendJSON(_ *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	n, ok := r.Int(i)
	if !ok {
		return append(dst, "null"...)
	}
	return strconv.AppendInt(dst, n, 10)
}

func (intSpec) exprType(*FieldDef) expr.Type { return expr.Type{Kind: expr.Number} }

// decimalSpec is a decimal or a percentage, stored as an integer scaled by
// the field's scale.
type decimalSpec struct{}

func (decimalSpec) columns(f *FieldDef) []Column {
	return []Column{{Name: f.Column, Type: store.Int}}
}

func (s decimalSpec) parse(f *FieldDef, text string, env *Env) (any, error) {
	if f.ValueKind() == KindPercent {
		text = trimPercent(text)
	}
	d, err := parseNumber(text, env)
	if err != nil {
		return nil, err
	}
	return s.fit(f, d)
}

func (s decimalSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	d, err := toDecimal(v, env)
	if err != nil {
		return nil, err
	}
	return s.fit(f, d)
}

// fit refuses more decimals than the field keeps: rounding silently would
// change what was typed. Computed values are rounded by the formula.
func (decimalSpec) fit(f *FieldDef, d decimal.Decimal) (any, error) {
	if !d.Equal(d.Truncate(int32(f.Scale))) {
		return nil, bad("field.too_precise", fault.Args{"decimals": f.Scale, "got": d.String()})
	}
	if _, err := value.Scaled(d, f.Scale); err != nil {
		return nil, err
	}
	if f.ValueKind() == KindPercent && f.Low == nil && f.High == nil && f.Kind == KindPercent {
		if d.Abs().GreaterThan(decimal.NewFromInt(1_000_000)) {
			return nil, bad("field.too_large", fault.Args{"max": 1_000_000})
		}
	}
	return d, within(f, d)
}

func (decimalSpec) store(f *FieldDef, v any, _ *Env, dst []any) []any {
	n, err := value.Scaled(v.(decimal.Decimal), f.Scale)
	if err != nil { // fit has checked; a formula's overflow is an empty value
		return append(dst, nil)
	}
	return append(dst, n)
}

func (decimalSpec) load(f *FieldDef, r *store.Rows, i int) any {
	if n, ok := r.Int(i); ok {
		return value.Unscaled(n, f.Scale)
	}
	return nil
}

// appendJSON writes decimals as JSON numbers: exact text, no exponent, no zeros
// at the end, as AppendJSON does.
func (decimalSpec) appendJSON(f *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	n, ok := r.Int(i)
	if !ok {
		return append(dst, "null"...)
	}
	dst = appendScaled(dst, n, f.Scale)
	if f.Scale > 0 {
		dst = bytes.TrimRight(dst, "0")
		dst = bytes.TrimSuffix(dst, []byte("."))
	}
	return dst
}

func (decimalSpec) exprType(f *FieldDef) expr.Type {
	return expr.Type{Kind: expr.Number, Scale: f.Scale}
}

func parseNumber(text string, env *Env) (decimal.Decimal, error) {
	if env.Input.Decimal != 0 {
		return value.ParseNumberStyle(text, env.Input.Decimal)
	}
	return value.ParseDecimal(text)
}

// toDecimal accepts JSON numbers, and strings in neutral spelling.
func toDecimal(v any, env *Env) (decimal.Decimal, error) {
	switch n := v.(type) {
	case decimal.Decimal:
		return n, nil
	case int64:
		return decimal.NewFromInt(n), nil
	case int:
		return decimal.NewFromInt(int64(n)), nil
	case json.Number:
		return value.ParseDecimal(n.String())
	case string:
		return parseNumber(n, env)
	}
	return decimal.Decimal{}, bad("field.wants_number", fault.Args{"got": describe(v)})
}

// within checks the field's own bounds.
func within(f *FieldDef, d decimal.Decimal) error {
	if f.Low != nil && d.LessThan(decimal.NewFromInt(*f.Low)) || f.High != nil && d.GreaterThan(decimal.NewFromInt(*f.High)) {
		return bad("field.out_of_range", fault.Args{"low": bound(f.Low), "high": bound(f.High), "got": d.String()})
	}
	return nil
}

func bound(b *int64) string {
	if b == nil {
		return "…"
	}
	return strconv.FormatInt(*b, 10)
}
