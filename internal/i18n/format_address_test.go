package i18n

import (
	"strings"
	"testing"

	"wellmet/internal/value"
)

func TestAddressLines(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		locale string
		a      value.Address
		lines  string
		line   string
	}{
		{"en", value.Address{Street: "112 Lakeview Dr", City: "Atlanta", Region: "GA", PostalCode: "30303", Country: "US"},
			"112 Lakeview Dr|Atlanta, GA 30303|United States", "112 Lakeview Dr, Atlanta, United States"},
		{"fi", value.Address{Street: "Hauptstr. 1", City: "Berlin", PostalCode: "10115", Country: "DE"},
			"Hauptstr. 1|10115 Berlin|Saksa", "Hauptstr. 1, Berlin, Saksa"},
		{"zh", value.Address{Street: "南京路80号", City: "上海市", Region: "上海市", PostalCode: "200000", Country: "CN"},
			"200000|上海市南京路80号|中国", "南京路80号, 上海市, 中国"},
		{"en", value.Address{Street: "1 High St", City: "York", PostalCode: "YO1 7EP", Country: "GB"},
			"1 High St|York|YO1 7EP|United Kingdom", "1 High St, York, United Kingdom"},
		{"en", value.Address{City: "Austin", Country: "US"}, "Austin|United States", "Austin, United States"},
		{"ca", value.Address{PostalCode: "08001"}, "08001", "08001"},
		{"ru", value.Address{Country: "ES"}, "Испания", "Испания"},
		{"en", value.Address{}, "", ""},
	} {
		f := FormatFor(x.locale)
		if got := strings.Join(f.AddressLines(x.a), "|"); got != x.lines {
			t.Errorf("%s: lines of %v are %q, want %q", x.locale, x.a, got, x.lines)
		}
		if got := f.AddressLine(x.a); got != x.line {
			t.Errorf("%s: line of %v is %q, want %q", x.locale, x.a, got, x.line)
		}
	}
}
