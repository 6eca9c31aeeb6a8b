package value

import (
	"strings"
	"unicode/utf8"

	"wellmet/internal/fault"
)

// Address is a postal address. Country is the ISO 3166-1 alpha-2 code.
type Address struct {
	Street     string `json:"street,omitempty"`
	Street2    string `json:"street2,omitempty"`
	City       string `json:"city,omitempty"`
	Region     string `json:"region,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Country    string `json:"country,omitempty"`
}

// maxAddressPart, in characters, is generous for a line of an address and mean to an essay.
const maxAddressPart = 500

// IsZero is true of the address that says nothing.
func (a Address) IsZero() bool { return a == Address{} }

// Checked is the address with clean, trimmed parts and its country as a code.
// The fault names the part in its argument "part", and carries a field for each
// broken part with the part's JSON name as path.
func (a Address) Checked() (Address, error) {
	parts := []struct {
		name string
		text *string
	}{
		{"street", &a.Street}, {"street2", &a.Street2}, {"city", &a.City},
		{"region", &a.Region}, {"postal_code", &a.PostalCode}, {"country", &a.Country},
	}
	for _, part := range parts {
		text, err := addressPart(part.name, *part.text)
		if err != nil {
			f, _ := fault.As(err)
			return Address{}, f.With(f.At(part.name, *part.text))
		}
		*part.text = text
	}
	return a, nil
}

func addressPart(name, typed string) (string, error) {
	text, err := Clean(typed)
	if err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	switch {
	case utf8.RuneCountInString(text) > maxAddressPart:
		return "", invalid("value.address.long", typed, fault.Args{"part": name, "max": maxAddressPart})
	case name == "country" && text != "":
		return ParseCountry(text)
	}
	return text, nil
}

// String is the neutral one-line text: "Street 1, 10115 Berlin, DE". How a
// letter writes it depends on its country and is not known here.
func (a Address) String() string {
	city := strings.TrimSpace(a.PostalCode + " " + a.City)
	var kept []string
	for _, part := range []string{a.Street, a.Street2, city, a.Region, a.Country} {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ", ")
}
