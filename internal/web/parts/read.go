package parts

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// Read is what was typed into the control of a field, as a value for
// record.Values; nil = emptied. It reads as the user's locale writes, and
// refuses what has two readings. The fault's field is the field's API name.
func Read(v *kit.View, s *record.Session, f *schema.FieldDef, form url.Values, name string) (any, error) {
	r := reading{v: v, s: s, f: f, form: form, name: name, text: strings.TrimSpace(form.Get(name))}
	if clean, err := value.Clean(r.text); err != nil {
		return nil, r.blame(err, clean)
	}
	val, err := r.value()
	if err != nil {
		return nil, r.blame(err, r.text)
	}
	return val, nil
}

// reading is one control of one form.
type reading struct {
	v    *kit.View
	s    *record.Session
	f    *schema.FieldDef
	form url.Values
	name string
	text string // of the main input
}

// blame names the field in an error that does not yet.
func (r reading) blame(err error, typed string) error {
	e, ok := fault.As(err)
	if !ok || len(e.Fields) > 0 {
		return err
	}
	return fault.New(fault.Invalid, "record.invalid", nil).With(fault.Field{Path: r.f.Name, Key: e.Key, Args: e.Args, Value: typed})
}

// env reads neutral spellings: what the locale spells differently has been
// read before.
func (r reading) env() *schema.Env {
	env := *r.s.StoreEnv()
	env.Input = schema.Input{Zone: r.v.Zone}
	return &env
}

func (r reading) value() (any, error) {
	if r.f.Many {
		return r.f.Parse(strings.Join(r.form[r.name], ","), r.env())
	}
	switch r.f.ValueKind() {
	case schema.KindInt, schema.KindDecimal, schema.KindPercent:
		return r.number()
	case schema.KindMoney:
		return r.money()
	case schema.KindDate:
		return r.date()
	case schema.KindMoment:
		return r.moment()
	case schema.KindBool:
		return r.yesNo()
	case schema.KindChoice:
		return r.choice()
	case schema.KindChoices:
		return r.check(r.filled())
	case schema.KindLink, schema.KindPerson:
		return r.link()
	case schema.KindLinks, schema.KindAbout:
		return r.links()
	case schema.KindAddress:
		return r.address()
	case schema.KindLongText:
		return r.f.Parse(strings.ReplaceAll(strings.TrimRight(r.form.Get(r.name), " \t\r\n"), "\r\n", "\n"), r.env())
	}
	return r.f.Parse(r.text, r.env())
}

func (r reading) check(val any) (any, error) {
	if value.IsEmpty(val) {
		return nil, nil
	}
	return r.f.Check(val, r.env())
}

// filled are the field's texts that are not empty.
func (r reading) filled() []string {
	return slices.DeleteFunc(slices.Clone(r.form[r.name]), func(text string) bool { return strings.TrimSpace(text) == "" })
}

func (r reading) number() (any, error) {
	text := r.text
	if r.f.ValueKind() == schema.KindPercent {
		text = strings.TrimSpace(strings.TrimSuffix(text, "%"))
	}
	if text == "" {
		return nil, nil
	}
	d, err := r.v.ParseNumberInput(text)
	if err != nil {
		return nil, err
	}
	if r.f.ValueKind() == schema.KindInt && d.IsInteger() {
		d = decimal.NewFromBigInt(d.BigInt(), 0) // 1.0 and 12k are whole
	}
	return r.f.Parse(d.String(), r.env())
}

func (r reading) money() (any, error) {
	if r.text == "" {
		return nil, nil
	}
	code := r.form.Get(r.name + currencyPart)
	for _, other := range []string{r.f.Currency, r.s.Settings().Currency} {
		if code == "" {
			code = other
		}
	}
	if _, err := value.ParseCurrency(code); err != nil {
		return nil, err
	}
	m, err := r.v.ParseMoneyInput(r.text, code)
	if err != nil {
		return nil, err
	}
	return r.check(m)
}

func (r reading) date() (any, error) {
	if r.text == "" {
		return nil, nil
	}
	d, err := r.v.ParseDateInput(r.text, r.v.Today())
	if err != nil {
		return nil, err
	}
	return r.check(d)
}

// morning is the time of a moment of which only the day was typed.
const morning = 9 * time.Hour

func (r reading) moment() (any, error) {
	clock := strings.TrimSpace(r.form.Get(r.name + timePart))
	if r.text == "" && clock == "" {
		return nil, nil
	}
	if t, err := value.ParseMoment(r.text, r.v.Zone); err == nil && strings.Contains(r.text, ":") {
		return r.check(t)
	}
	day := r.v.Today()
	if r.text != "" {
		var err error
		if day, err = r.v.ParseDateInput(r.text, day); err != nil {
			return nil, err
		}
	}
	at := morning
	if clock != "" {
		t, err := time.Parse("15:04", strings.ReplaceAll(clock[:min(5, len(clock))], ".", ":"))
		if err != nil {
			return nil, fault.New(fault.Invalid, "web.parts.bad_time", fault.Args{"value": value.Printable(clock)})
		}
		at = t.Sub(t.Truncate(24 * time.Hour))
	}
	y, m, d := day.Civil()
	return r.check(time.Date(y, m, d, int(at.Hours()), int(at.Minutes())%60, 0, 0, r.v.Zone).UTC())
}

func (r reading) yesNo() (any, error) {
	texts := r.filled()
	if len(texts) == 0 {
		return false, nil
	}
	return r.f.Parse(texts[len(texts)-1], r.env())
}

// choice is an option's key, or its name in the user's language.
func (r reading) choice() (any, error) {
	typed := strings.TrimSpace(r.form.Get(r.name + textPart))
	if r.text != "" && (typed == "" && !r.form.Has(r.name+textPart) || typed == r.form.Get(r.name+wasPart)) {
		return r.f.Parse(r.text, r.env())
	}
	if typed == "" {
		return nil, nil
	}
	for _, o := range r.f.Options {
		if i18n.Fold(r.f.OptionLabel(o.Key, r.v.Lang)) == i18n.Fold(typed) {
			return o.Key, nil
		}
	}
	return r.f.Parse(typed, r.env())
}

func (r reading) address() (any, error) {
	part := func(name string) string { return strings.TrimSpace(r.form.Get(r.name + "." + name)) }
	a := value.Address{Street: part("street"), Street2: part("street2"), PostalCode: part("postal_code"), City: part("city"),
		Region: part("region"), Country: part("country")}
	if a.IsZero() && r.text != "" {
		return r.f.Parse(r.text, r.env())
	}
	return r.check(a)
}
