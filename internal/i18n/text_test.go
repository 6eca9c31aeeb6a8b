package i18n

import (
	"strings"
	"testing"
	"testing/fstest"

	"wellmet/internal/fault"
)

func TestCatalogueFilesAreSound(t *testing.T) {
	t.Parallel()
	if _, err := load(files); err != nil {
		t.Error(err)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	key := "value.date"
	english := Text("en", key, fault.Args{"value": "tomorrow"})
	if !strings.Contains(english, "“tomorrow” is not a date") {
		t.Errorf("got %q", english)
	}
	for _, locale := range []string{"", "en-GB", "xx", "not a locale"} {
		if got := Text(locale, key, fault.Args{"value": "tomorrow"}); got != english {
			t.Errorf("%q: %q", locale, got)
		}
	}
	for locale, want := range map[string]string{"en": "1,550 deals", "zh": "1,550"} {
		if got := Text(locale, "web.predict.because.no_better", fault.Args{"count": 1550}); !strings.Contains(got, want) {
			t.Errorf("many in %s: %q", locale, got)
		}
	}
	if got := Text("ru", "web.predict.because.no_better", fault.Args{"count": int64(1550)}); strings.Contains(got, "1550") || got == Text("ru", "web.predict.because.no_better", fault.Args{"count": 50}) {
		t.Errorf("many in ru: %q", got)
	}
	if got := Text("en", "no.such.key", nil); got != "no.such.key" {
		t.Errorf("got %q", got)
	}
	if !Has("en-US", key) || Has("xx", key) || Has("en", "no.such.key") {
		t.Error("Has is wrong")
	}
	if got := Languages(); got[0] != "en" {
		t.Errorf("languages %q", got)
	}
}

var sample = fstest.MapFS{
	"messages/en/a.json": {Data: []byte(`{
		"rows": {"by": "rows", "one": "{rows} row of {file}", "other": "{rows} rows of {file}"},
		"plain": "{{literal}} {name}, {missing}",
		"list": "{all}"}`)},
	"messages/pl/a.json":      {Data: []byte(`{"rows": {"by": "rows", "one": "{rows} wiersz", "few": "{rows} wiersze", "many": "{rows} wierszy", "other": "{rows} wiersza"}}`)},
	"messages/zh/a.json":      {Data: []byte(`{"rows": {"by": "rows", "other": "{rows} 行"}}`)},
	"messages/zh-Hant/a.json": {Data: []byte(`{"list": "繁 {all}"}`)},
}

func TestPluralsAndFallback(t *testing.T) {
	t.Parallel()
	all, err := load(sample)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		locale, key string
		args        fault.Args
		want        string
	}{
		{"en", "rows", fault.Args{"rows": 1, "file": "x"}, "1 row of x"},
		{"en", "rows", fault.Args{"rows": int64(0), "file": "x"}, "0 rows of x"},
		{"en", "rows", fault.Args{"rows": -1, "file": "x"}, "-1 row of x"},
		{"en", "rows", fault.Args{"rows": "many", "file": "x"}, "many rows of x"},
		{"en", "rows", nil, "{rows} rows of {file}"},
		{"pl", "rows", fault.Args{"rows": 1}, "1 wiersz"},
		{"pl", "rows", fault.Args{"rows": 3}, "3 wiersze"},
		{"pl-PL", "rows", fault.Args{"rows": 5_000_000_012}, "5000000012 wierszy"},
		{"zh-Hant-TW", "rows", fault.Args{"rows": 1}, "1 行"},
		{"zh-Hant-TW", "list", fault.Args{"all": []string{"a", "b"}}, "繁 a, b"},
		{"pl", "plain", fault.Args{"name": fault.Invalid}, "{literal} invalid, {missing}"},
	} {
		language, found := all.find(c.locale, c.key)
		if got := found.fill(language, c.args); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.locale, c.key, got, c.want)
		}
	}
}

func TestBrokenFilesAreReportedAndPassedOver(t *testing.T) {
	t.Parallel()
	all, err := load(fstest.MapFS{
		"messages/en/a.json":       {Data: []byte(`{"good": "yes", "bad": "{", "worse": "}", "empty": "{}", "space": "{a b}", "none": {"one": "x"}, "number": 1}`)},
		"messages/en/b.json":       {Data: []byte(`{"good": "again"`)},
		"messages/en/c.json":       {Data: []byte(`{"good": "twice"}`)},
		"messages/english!/a.json": {Data: []byte(`{}`)},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"a.json: ", "bad: ", "worse: ", "empty: ", "space: ", "none: ", "number: ", "b.json: ", "good: stands in two files", "english!"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the report lacks %q:\n%v", part, err)
		}
	}
	if _, found := all.find("en", "good"); found == nil || found.fill("en", nil) != "yes" {
		t.Errorf("good is %v", found)
	}
}

func FuzzParseTemplate(f *testing.F) {
	for _, s := range []string{"", "{a}", "{{", "}}", "{a", "{{a}}", "{a}{b}", "x{a_1}y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parsed, err := parseTemplate(s)
		if err == nil && len(parsed)%2 != 1 {
			t.Errorf("%q: %q", s, parsed)
		}
		if err == nil && !strings.ContainsAny(s, "{}") && parsed.fill(nil) != s {
			t.Errorf("%q reads as %q", s, parsed.fill(nil))
		}
	})
}

func BenchmarkText(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Text("de-AT", "value.date", fault.Args{"value": "tomorrow"})
	}
}
