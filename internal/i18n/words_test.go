package i18n

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSearchText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                   "",
		"  -- ":              "",
		"Acme, Inc. (R2-D2)": "acme inc r2 d2",
		"Ann O’Neil":         "ann o neil oneil",
		"'quoted' ' x":       "quoted x",
		"北京市":                "北京 京市 市",
		"王":                  "王",
		"iPhone手机3G":         "iphone 手机 机 3g",
		"トヨタ自動車":             "トヨ ヨタ タ自 自動 動車 車",
		"삼성전자 주식회사":          "삼성전자 주식회사",
		"Ёлкин & Ко":         "елкин ко",
		"हिन्दी ภาษาไทย": "हिन्दी ภาษาไทย",
		"😀 a😀b ½":         "a b 1 2",
		"ann@example.com": "ann example com",
		"Ｆｕｌｌ Ｗｉｄｔｈ\u0000\ttab\n": "full width tab",
	} {
		if got := SearchText(in); got != want {
			t.Errorf("SearchText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestQueryTerms(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":             "",
		"😀":            "",
		"Acme  acme":   "acme",
		"O'Neil":       "o neil",
		"oneil":        "oneil",
		"北京市":          "北京 京市",
		"京 ab":         "京 ab",
		"市":            "市",
		"Straße":       "strasse",
		"ａｃｍｅ 東京 acme": "acme 東京",
	} {
		if got := strings.Join(QueryTerms(in), " "); got != want {
			t.Errorf("QueryTerms(%q) = %q, want %q", in, got, want)
		}
	}
	if n := len(QueryTerms(strings.Repeat("a b c d e f g h i j k l m n o p q r s t ", 100))); n != maxTerms {
		t.Errorf("%d terms", n)
	}
}

// A text must be found by every piece of itself that begins with a word or, in
// Han, anywhere.
func TestTextIsFoundByItsPieces(t *testing.T) {
	t.Parallel()
	piece := rapid.StringMatching(`[a-zÄé0-9]{1,6}|[北京市公司]{1,5}|[О-Я]{2,4}|o'neil`)
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(piece, 1, 5).Draw(t, "pieces")
		words := strings.Fields(SearchText(strings.Join(pieces, " ")))
		query := []rune(rapid.SampledFrom(pieces).Draw(t, "of"))
		from := 0
		if query[0] > 0x4E00 {
			from = rapid.IntRange(0, len(query)-1).Draw(t, "from")
		}
		to := rapid.IntRange(from+1, len(query)).Draw(t, "to")
		for _, term := range QueryTerms(string(query[from:to])) {
			if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, term) }) {
				t.Fatalf("%q is not found by %q: no word begins with %q in %q", pieces, string(query[from:to]), term, words)
			}
		}
	})
}

func TestSearchTextIsStable(t *testing.T) {
	t.Parallel()
	misread := func(text string) string {
		for _, w := range strings.Split(SearchText(text), " ") {
			if strings.ContainsAny(w, `"'*()-:^`) || w != Fold(w) {
				return w
			}
		}
		return ""
	}
	if w := misread("ᄒ'ᅡ"); w != "" { // halves of a syllable, which become one
		t.Errorf("a token that a full-text engine would misread: %q", w)
	}
	rapid.Check(t, func(t *rapid.T) {
		if w := misread(letters.Draw(t, "s")); w != "" {
			t.Fatalf("a token that a full-text engine would misread: %q", w)
		}
	})
}

func BenchmarkSearchText(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		SearchText("Anna Müller-Lüdenscheidt, Acme Holdings International, 北京市朝阳区, anna@example.com")
	}
}
