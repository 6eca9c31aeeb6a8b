package i18n

import (
	"slices"
	"testing"
)

func TestLanguagesHaveNames(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ locale, tag, want string }{
		{"en", "en", "English"}, {"fi", "en", "englanti"}, {"ca", "de", "alemany"}, {"ru", "fi", "финский"}, {"zh", "ru", "俄语"},
		{"en", "pt-BR", "Brazilian Portuguese"}, {"en", "Klingon, please", "Klingon, please"}, {"en", "", ""},
	} {
		if got := FormatFor(x.locale).LanguageName(x.tag); got != x.want {
			t.Errorf("%s in %s: %q, want %q", x.tag, x.locale, got, x.want)
		}
	}
	for _, locale := range Languages() {
		f := FormatFor(locale)
		tags := f.LanguageTags("Klingon, please")
		if len(tags) != len(tongues)+1 || !slices.Contains(tags, "Klingon, please") || len(f.LanguageTags("en")) != len(tongues) {
			t.Errorf("%s: %v", locale, tags)
		}
		for _, tag := range tongues {
			if name := f.LanguageName(tag); name == "" || name == tag {
				t.Errorf("%s has no name in %s: %q", tag, locale, name)
			}
		}
	}
}
