package value

import (
	_ "embed"
	"strings"
	"sync"
)

// countryList is ISO 3166-1 with Kosovo's customary XK: alpha-2, alpha-3 and
// English name in a line.
//
//go:embed countries.txt
var countryList string

// countryAliases are the names of everyday English that the list does not have.
var countryAliases = map[string]string{
	"uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB", "northern ireland": "GB",
	"u.k.": "GB", "u.s.": "US", "u.s.a.": "US", "united states of america": "US", "america": "US",
	"holland": "NL", "the netherlands": "NL", "czech republic": "CZ", "turkey": "TR", "turkiye": "TR",
	"burma": "MM", "myanmar": "MM", "ivory coast": "CI", "cote d'ivoire": "CI", "cape verde": "CV",
	"korea": "KR", "republic of korea": "KR", "korea, republic of": "KR", "russian federation": "RU", "viet nam": "VN",
	"hong kong": "HK", "macau": "MO", "macao": "MO", "prc": "CN", "people's republic of china": "CN", "mainland china": "CN",
	"swaziland": "SZ", "macedonia": "MK", "palestine": "PS", "vatican": "VA", "holy see": "VA", "the gambia": "GM",
	"the bahamas": "BS", "iran, islamic republic of": "IR", "moldova, republic of": "MD", "syrian arab republic": "SY",
	"taiwan, province of china": "TW", "tanzania, united republic of": "TZ", "lao people's democratic republic": "LA",
	"congo": "CG", "democratic republic of the congo": "CD", "drc": "CD", "bosnia": "BA", "uae": "AE",
}

var countries = sync.OnceValue(func() map[string]string {
	byName := make(map[string]string, 1024)
	for line := range strings.Lines(countryList) {
		code, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		alpha3, name, _ := strings.Cut(rest, " ")
		for _, key := range []string{code, alpha3, name, strings.ReplaceAll(name, " & ", " and ")} {
			byName[countryKey(key)] = code
		}
	}
	for name, code := range countryAliases {
		byName[name] = code
	}
	return byName
})

// ParseCountry reads a country's two or three letters or its English name and
// answers the two letters of ISO 3166-1.
func ParseCountry(s string) (string, error) {
	if code, ok := countries()[countryKey(narrow(s))]; ok {
		return code, nil
	}
	return "", invalid("value.country", s, nil)
}

func countryKey(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "’", "'")
}
