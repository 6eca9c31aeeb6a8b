package schema

import (
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// moneySpec stores minor units, their currency and the minor units of the
// workspace currency, which sort and compare (engine decision 10).
type moneySpec struct{}

func (moneySpec) columns(f *FieldDef) []Column {
	return []Column{{Name: f.Column, Type: store.Int}, {Name: f.Column + "_c", Type: store.Text},
		{Name: f.Column + "_b", Type: store.Int}}
}

func currencyOf(f *FieldDef, env *Env) string {
	if f.Currency != "" {
		return f.Currency
	}
	return env.Currency
}

// parse reads "1234.50", and "1234.50 EUR" or "EUR 1234.50".
func (s moneySpec) parse(f *FieldDef, text string, env *Env) (any, error) {
	amount, currency := splitCurrency(text)
	if currency == "" {
		currency = currencyOf(f, env)
	}
	d, err := parseNumber(amount, env)
	if err != nil {
		return nil, err
	}
	return s.fit(f, d, currency)
}

// check accepts {"amount": "1234.50", "currency": "EUR"}, and a bare number in
// the workspace currency.
func (s moneySpec) check(f *FieldDef, v any, env *Env) (any, error) {
	switch m := v.(type) {
	case value.Money:
		return s.fit(f, m.Decimal(), m.Currency)
	case map[string]any:
		return s.fromObject(f, m, env)
	case string:
		return s.parse(f, m, env)
	}
	d, err := toDecimal(v, env)
	if err != nil {
		return nil, bad("field.wants_money", fault.Args{"got": describe(v)})
	}
	return s.fit(f, d, currencyOf(f, env))
}

func (s moneySpec) fromObject(f *FieldDef, m map[string]any, env *Env) (any, error) {
	for k := range m {
		if k != "amount" && k != "currency" {
			return nil, bad("field.wants_money", fault.Args{"got": k})
		}
	}
	if m["amount"] == nil {
		return nil, nil
	}
	d, err := toDecimal(m["amount"], &Env{})
	if err != nil {
		return nil, err
	}
	currency, ok := m["currency"].(string)
	if !ok || currency == "" {
		currency = currencyOf(f, env)
	}
	return s.fit(f, d, currency)
}

func (moneySpec) fit(f *FieldDef, d decimal.Decimal, currency string) (any, error) {
	if f.Currency != "" && currency != f.Currency {
		return nil, bad("field.other_currency", fault.Args{"want": f.Currency, "got": currency})
	}
	m, err := value.MoneyOf(d, currency)
	if err != nil {
		return nil, err
	}
	return m, within(f, d)
}

func (moneySpec) store(_ *FieldDef, v any, env *Env, dst []any) []any {
	m := v.(value.Money)
	if base, ok := env.Base(m); ok {
		return append(dst, m.Minor, m.Currency, base)
	}
	return append(dst, m.Minor, m.Currency, nil)
}

func (moneySpec) load(_ *FieldDef, r *store.Rows, i int) any {
	n, ok := r.Int(i)
	if !ok {
		return nil
	}
	c, _ := r.Text(i + 1)
	return value.Money{Minor: n, Currency: strings.Clone(c)}
}

func (moneySpec) appendJSON(_ *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	n, ok := r.Int(i)
	if !ok {
		return append(dst, "null"...)
	}
	c, _ := r.Text(i + 1)
	return appendMoney(dst, value.Money{Minor: n, Currency: c})
}

func (moneySpec) exprType(*FieldDef) expr.Type { return expr.Type{Kind: expr.Money} }
