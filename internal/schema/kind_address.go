package schema

import (
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// addressParts are the columns of an address and the names of its parts, in
// JSON and, behind the field's name and "_", in expressions and imports.
var addressParts = []string{"street", "street2", "city", "region", "postal_code", "country"}

// addressSpec is a postal address, one column a part.
type addressSpec struct{}

func (addressSpec) columns(f *FieldDef) []Column {
	cs := make([]Column, len(addressParts))
	for i, p := range addressParts {
		cs[i] = Column{Name: f.Column + "_" + p, Type: store.Text}
	}
	return cs
}

// parse takes a one-line address as the street: taking it apart would guess.
func (addressSpec) parse(_ *FieldDef, text string, _ *Env) (any, error) {
	return value.Address{Street: strings.TrimSpace(text)}, nil
}

func (s addressSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	switch a := v.(type) {
	case value.Address:
		return checkedAddress(a)
	case string:
		text, err := cleanText(a)
		if err != nil || isBlank(text) {
			return nil, err
		}
		if v, err = s.parse(f, text, env); err != nil {
			return nil, err
		}
		return checkedAddress(v.(value.Address))
	case map[string]any:
		return addressFrom(a)
	}
	return nil, bad("field.wants_address", fault.Args{"got": describe(v)})
}

func addressFrom(m map[string]any) (any, error) {
	var a value.Address
	parts := addressFields(&a)
	for k, v := range m {
		p, ok := parts[k]
		if !ok {
			return nil, bad("field.unknown_part", fault.Args{"got": value.Printable(k), "parts": strings.Join(addressParts, ", ")})
		}
		if v == nil {
			continue
		}
		text, err := cleanText(v)
		if err != nil {
			return nil, err
		}
		*p = strings.TrimSpace(text)
	}
	return checkedAddress(a)
}

func checkedAddress(a value.Address) (any, error) {
	a, err := a.Checked()
	if err != nil || a.IsZero() {
		return nil, err
	}
	return a, nil
}

// addressFields gives the parts of an address by name.
func addressFields(a *value.Address) map[string]*string {
	return map[string]*string{"street": &a.Street, "street2": &a.Street2, "city": &a.City,
		"region": &a.Region, "postal_code": &a.PostalCode, "country": &a.Country}
}

func (addressSpec) store(_ *FieldDef, v any, _ *Env, dst []any) []any {
	a := v.(value.Address)
	for _, s := range []string{a.Street, a.Street2, a.City, a.Region, a.PostalCode, a.Country} {
		if s == "" {
			dst = append(dst, nil)
		} else {
			dst = append(dst, s)
		}
	}
	return dst
}

func (addressSpec) load(_ *FieldDef, r *store.Rows, i int) any {
	var a value.Address
	for n, p := range []*string{&a.Street, &a.Street2, &a.City, &a.Region, &a.PostalCode, &a.Country} {
		text, _ := r.Text(i + n)
		*p = strings.Clone(text)
	}
	if a == (value.Address{}) {
		return nil
	}
	return a
}

func (s addressSpec) appendJSON(f *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	return AppendJSON(dst, s.load(f, r, i))
}

func (addressSpec) exprType(*FieldDef) expr.Type { return expr.Type{Kind: expr.Empty} }

// placeSpec is a point on earth, stored in millionths of a degree.
type placeSpec struct{}

func (placeSpec) columns(f *FieldDef) []Column {
	return []Column{{Name: f.Column + "_lat", Type: store.Int}, {Name: f.Column + "_lon", Type: store.Int}}
}

func (placeSpec) parse(_ *FieldDef, text string, _ *Env) (any, error) {
	return orPoint(value.ParsePoint(text))
}

func orPoint(p value.Point, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (s placeSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	switch p := v.(type) {
	case value.Point:
		return orPoint(value.NewPoint(p.Lat, p.Lon))
	case string:
		return s.parse(f, p, env)
	case map[string]any:
		return s.parse(f, describe(p["lat"])+","+describe(p["lon"]), env)
	}
	return nil, bad("field.wants_place", fault.Args{"got": describe(v)})
}

func (placeSpec) store(_ *FieldDef, v any, _ *Env, dst []any) []any {
	lat, lon := v.(value.Point).Micro()
	return append(dst, lat, lon)
}

func (placeSpec) load(_ *FieldDef, r *store.Rows, i int) any {
	lat, ok := r.Int(i)
	if !ok {
		return nil
	}
	lon, _ := r.Int(i + 1)
	return value.PointOfMicro(lat, lon)
}

func (s placeSpec) appendJSON(f *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	return AppendJSON(dst, s.load(f, r, i))
}

func (placeSpec) exprType(*FieldDef) expr.Type { return expr.Type{Kind: expr.Empty} }

// AddressPart takes <field>_<part> apart, as imports and the API may name it.
func (o *Object) AddressPart(name string) (*FieldDef, string, bool) {
	f, part := Scope{Of: o}.addressPart(name)
	return f, part, f != nil
}

// WithAddressPart is the address with one part changed; nil when nothing is
// left of it.
func (f *FieldDef) WithAddressPart(a value.Address, part string, raw any) (any, error) {
	text := ""
	if raw != nil {
		var err error
		if text, err = cleanText(raw); err != nil {
			return nil, f.blame(err, describe(raw))
		}
	}
	*addressFields(&a)[part] = strings.TrimSpace(text)
	return f.Check(a, &Env{})
}

// AddressPaths are the names of an address's parts, as imports read them.
func (f *FieldDef) AddressPaths() []string {
	paths := make([]string, len(addressParts))
	for i, p := range addressParts {
		paths[i] = f.Name + "_" + p
	}
	return paths
}

// AddressText is one part of an address.
func AddressText(a value.Address, part string) string { return *addressFields(&a)[part] }
