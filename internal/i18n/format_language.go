package i18n

import (
	"cmp"
	"slices"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// tongues are the languages offered: those that most people write letters in.
var tongues = []string{"af", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fil", "fr", "ga",
	"gl", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "ko", "lt", "lv", "mk", "ms", "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl",
	"sq", "sr", "sv", "sw", "th", "tr", "uk", "ur", "uz", "vi", "zh"}

// LanguageName is what a language is called, by its tag; a text that is none
// stands for itself.
func (f *Format) LanguageName(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	// One that nobody has a name for is called by what it was understood as.
	if name := display.Tags(f.tag()).Name(t); name != "" {
		return name
	}
	return tag
}

// LanguageTags are the languages to choose from, by name, and those that stand
// there already.
func (f *Format) LanguageTags(now ...string) []string {
	list := slices.Clone(tongues)
	for _, tag := range now {
		if tag != "" && !slices.Contains(list, tag) {
			list = append(list, tag)
		}
	}
	names := make(map[string]string, len(list))
	for _, tag := range list {
		names[tag] = f.LanguageName(tag)
	}
	c, err := NewCollation(f.html)
	if err != nil {
		return list
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Compare(string(c.Key(names[a])), string(c.Key(names[b]))) })
	return list
}
