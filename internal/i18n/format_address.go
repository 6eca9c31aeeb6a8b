package i18n

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"wellmet/internal/value"
)

// AddressLines writes an address as a letter to its country has it (after the
// Universal Postal Union's guide to addressing): most put the postal code before
// the city, the English-speaking after the region, the Chinese begin with the
// largest and leave no spaces. The country stands last, by its name.
func (f *Format) AddressLines(a value.Address) []string {
	parts := []string{a.Street, a.Street2, worded(a.PostalCode, a.City), a.Region}
	switch a.Country {
	case "CN", "TW":
		parts = []string{a.PostalCode, strings.TrimPrefix(a.Region, a.City) + a.City + a.Street, a.Street2}
	case "US", "CA", "AU", "IN":
		city := a.City
		if city != "" && a.Region+a.PostalCode != "" {
			city += ","
		}
		parts = []string{a.Street, a.Street2, worded(city, a.Region, a.PostalCode)}
	case "GB", "IE", "NZ", "ZA":
		parts = []string{a.Street, a.Street2, a.City, a.Region, a.PostalCode}
	}
	return filled(append(parts, f.Country(a.Country)))
}

// AddressLine is where an address lies, in few words: street, city and country.
func (f *Format) AddressLine(a value.Address) string {
	words := filled([]string{a.Street, a.City, f.Country(a.Country)})
	if a.Street+a.City == "" {
		words = f.AddressLines(a)
	}
	return strings.Join(words, ", ")
}

// Country is a country's name by its ISO 3166-1 code; the code where it has none.
func (f *Format) Country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := display.Regions(f.tag()).Name(region); name != "" {
		return name
	}
	return code
}

func (f *Format) tag() language.Tag { return language.Make(f.html) }

func worded(words ...string) string { return strings.Join(filled(words), " ") }

func filled(words []string) (kept []string) {
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return kept
}
