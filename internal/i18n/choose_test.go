package i18n

import (
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ accept, preferred, want string }{
		{"", "", "en"}, {"fi", "", "fi"}, {"fi-FI,fi;q=0.9,en;q=0.8", "", "fi"}, {"de,ru;q=0.5", "", "ru"}, {"de", "", "en"}, {"*", "", "en"},
		{"zh-CN", "", "zh"}, {"zh-Hans-SG", "", "zh"}, {"ca-ES", "", "ca"}, {"en-US,en;q=0.9", "", "en-US"}, {"en-GB", "", "en-GB"}, {"en-AU", "", "en-GB"}, {"en", "", "en"},
		{"fi", "ca", "ca"}, {"fi", "ca-AD", "ca"}, {"fi", "zh_Hans", "zh"}, {"fi", "de", "fi"}, {"fi", "en-US", "en-US"}, {"fi", "EN-gb", "en-GB"}, {"fi", "en", "en"},
		{"not a header;;;", "", "en"}, {strings.Repeat("fi,", 1000), "", "en"}, {"ru;q=0", "", "en"},
	} {
		if got := Choose(c.accept, c.preferred); got != c.want {
			t.Errorf("Choose(%.30q, %q) = %q, want %q", c.accept, c.preferred, got, c.want)
		}
	}
}

func FuzzChoose(f *testing.F) {
	f.Add("fi-FI,fi;q=0.9", "de")
	f.Fuzz(func(t *testing.T, accept, preferred string) {
		if format := FormatFor(Choose(accept, preferred)); format == nil {
			t.Error("no format")
		}
	})
}

func TestFormatFor(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"": "en-GB", "en": "en-GB", "en-US": "en-US", "en_us": "en-US", "en-Latn-US": "en-US", "en-AU": "en-GB", "en-CA": "en-GB", "de": "en-GB", "x": "en-GB",
		"ca": "ca", "ca-ES-valencia": "ca", "fi-FI": "fi", "RU": "ru", "zh-Hans-CN": "zh-Hans", "zh_TW": "zh-Hans",
	} {
		f := FormatFor(name)
		if f.HTMLLang() != want || !strings.HasPrefix(want, f.Language()) {
			t.Errorf("%q: %s, %s", name, f.HTMLLang(), f.Language())
		}
	}
	if first, second := FormatFor("fi"), FormatFor("fi"); first != second {
		t.Error("made anew")
	}
}
