package parts

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/shopspring/decimal"

	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// Control is one control of a form.
type Control struct {
	ID, Name string // of the element, and in the form
	Field    *schema.FieldDef
	Value    any      // what is stored, or the default
	Typed    []string // what was typed, after a refusal (see Typed); nil = Value stands
	// Unresolved is the title that a combobox of many could not find.
	Unresolved string
	Error      string // what is wrong with it
	// holder is the refusal that names a record which has the value already.
	holder error
	// Autofocus puts the caret there when the form appears.
	Autofocus bool
	Required  bool
	// Attrs go to the input itself, beside its own.
	Attrs templ.Attributes

	echo bool // says below how a number or day was read
}

// ErrorID is the id of the text that tells what is wrong.
func (c Control) ErrorID() string { return c.ID + "-e" }

// hintID is the id of the help below the control.
func (c Control) hintID() string { return c.ID + "-h" }

// described are the texts that belong to the control.
func (c Control) described() string {
	var ids []string
	if c.Field.Help != "" {
		ids = append(ids, c.hintID())
	}
	if c.Error != "" {
		ids = append(ids, c.ErrorID())
	}
	return strings.Join(ids, " ")
}

// Controls of several inputs send each under the field's name and a suffix.
const (
	currencyPart = ".currency"
	timePart     = ".time"
	textPart     = ".text" // what stands in a combobox
	wasPart      = ".was"  // the title of the id that it holds
)

// addressParts are the inputs of an address, in the order of Typed.
var addressParts = []string{"street", "street2", "postal_code", "city", "region", "country"}

// suffixes are those under which a field's control sends.
func suffixes(f *schema.FieldDef) []string {
	switch f.ValueKind() {
	case schema.KindMoney:
		return []string{"", currencyPart}
	case schema.KindMoment:
		return []string{"", timePart}
	case schema.KindAddress:
		out := make([]string, len(addressParts))
		for i, p := range addressParts {
			out[i] = "." + p
		}
		return out
	case schema.KindLink, schema.KindPerson, schema.KindChoice:
		return []string{"", textPart, wasPart}
	}
	return nil
}

// Sent reports whether the form has the field's control at all.
func Sent(f *schema.FieldDef, form url.Values, name string) bool {
	return form.Has(name) || slices.ContainsFunc(suffixes(f), func(suffix string) bool { return form.Has(name + suffix) }) || form.Has(name+textPart)
}

// Typed is what a form says of a field, for Control.Typed.
func Typed(f *schema.FieldDef, form url.Values, name string) []string {
	parts := suffixes(f)
	if parts == nil {
		return append([]string{}, form[name]...)
	}
	out := make([]string, len(parts))
	for i, suffix := range parts {
		out[i] = form.Get(name + suffix)
	}
	return out
}

// typed is the n-th input's text: what was typed, else the stored value's.
func (c Control) typed(v *kit.View, n int) string {
	if c.Typed != nil {
		if n < len(c.Typed) {
			return c.Typed[n]
		}
		return ""
	}
	return written(v, c.Field, c.Value, n)
}

// written is a value as a person of the locale would type it.
func written(v *kit.View, f *schema.FieldDef, val any, n int) string {
	switch x := val.(type) {
	case string:
		return x
	case []string:
		return strings.Join(x, ", ")
	case int64:
		return whole(v, f, x)
	case decimal.Decimal:
		return v.Number(x, 0, f.Scale)
	case value.Money:
		if n == 1 {
			return x.Currency
		}
		return v.Number(x.Decimal(), value.Digits(x.Currency), value.Digits(x.Currency))
	case value.Date:
		return v.Date(x)
	case time.Time:
		if n == 1 {
			return x.In(v.Zone).Format("15:04")
		}
		return v.Date(value.DateOf(x, v.Zone))
	case value.Address:
		return []string{x.Street, x.Street2, x.PostalCode, x.City, x.Region, x.Country}[n]
	case value.Point:
		return x.String()
	}
	return ""
}

// checked reports whether an option of many is chosen.
func (c Control) checked(key string) bool {
	if c.Typed != nil {
		return slices.Contains(c.Typed, key)
	}
	chosen, _ := c.Value.([]string)
	return slices.Contains(chosen, key)
}

// on reports whether a yes-or-no is yes.
func (c Control) on() bool {
	if c.Typed != nil {
		return slices.Contains(c.Typed, yes)
	}
	b, _ := c.Value.(bool)
	return b
}

// yes is what a ticked box sends.
const yes = "true"

// options are those that can be chosen: hidden ones only where they are already.
func (c Control) options() []schema.Option {
	return slices.DeleteFunc(slices.Clone(c.Field.Options), func(o schema.Option) bool {
		return o.Hidden && c.Value != o.Key && !c.checked(o.Key)
	})
}

// fewOptions is up to how many options a select is quicker than typing.
const fewOptions = 12

// currencies are those offered; a stored one comes beside them.
func currencies(own string) []string {
	list := []string{"EUR", "USD", "GBP", "CNY", "RUB", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "UAH", "KZT", "TRY",
		"AED", "INR", "JPY", "KRW", "HKD", "SGD", "TWD", "AUD", "CAD", "NZD", "BRL", "MXN", "ARS", "CLP", "ZAR", "ILS", "THB", "VND"}
	if own != "" && !slices.Contains(list, own) {
		list = append([]string{own}, list...)
	}
	return list
}

// currency is the one chosen: typed, stored, the field's, the workspace's.
func (c Control) currency(v *kit.View, n *Names) string {
	if code := c.typed(v, 1); code != "" {
		return code
	}
	if c.Field.Currency != "" || n == nil {
		return c.Field.Currency
	}
	return n.currency
}

// inputKind is the type attribute of a text input: it decides which keyboard a
// phone shows.
func inputKind(f *schema.FieldDef) string {
	if f.Many {
		return "text"
	}
	switch f.ValueKind() {
	case schema.KindEmail:
		return "email"
	case schema.KindPhone:
		return "tel"
	case schema.KindURL:
		return "url"
	}
	return "text"
}

// mode is the keyboard for numbers.
func mode(f *schema.FieldDef) string {
	switch f.ValueKind() {
	case schema.KindInt, schema.KindDecimal, schema.KindPercent:
		return "decimal"
	}
	return "text"
}
