package i18n

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// maxAccept bounds a header that anybody may send.
const maxAccept = 400

var matcher = sync.OnceValues(func() (language.Matcher, []string) {
	names := append(Languages(), "en-US", "en-GB")
	tags := make([]language.Tag, len(names))
	for i, name := range names {
		tags[i] = language.Make(name)
	}
	return language.NewMatcher(tags), names
})

// Choose picks a locale for FormatFor and Text: the preferred one, which a user
// or his company has set, when we have its language; else the best that the
// browser's Accept-Language asks for; else English. It answers a name of
// Languages, "en-US" or "en-GB".
func Choose(acceptLanguage, preferred string) string {
	if name := ours(preferred); name != "" {
		return name
	}
	if acceptLanguage == "" || len(acceptLanguage) > maxAccept {
		return fallback
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return fallback
	}
	match, names := matcher()
	_, i, sure := match.Match(tags...)
	if sure == language.No {
		return fallback
	}
	return names[i]
}

// ours is the locale of that name, or its language, if there is a catalogue.
func ours(name string) string {
	name = strings.ReplaceAll(name, "_", "-")
	base, region, _ := strings.Cut(strings.ToLower(name), "-")
	switch {
	case base == fallback && (region == "us" || region == "gb"):
		return base + "-" + strings.ToUpper(region)
	case slices.Contains(Languages(), base):
		return base
	}
	return ""
}
