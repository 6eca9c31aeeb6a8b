package i18n

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                        "",
		"acme inc.":                               "acme inc.",
		"ACME Inc.":                               "acme inc.",
		"Müller-Lüdenscheidt":                     "muller-ludenscheidt",
		"Straße STRASSE ẞ":                        "strasse strasse ss",
		"Łódź":                                    "lodz",
		"ISPARTA Isparta ısparta İzmir":           "isparta isparta isparta izmir",
		"Søren Ærø Œuvre Þór Đặng":                "soren aero oeuvre thor dang",
		"café cafe\u0301 CAFÉ":                    "cafe cafe cafe",
		"Пётр ЁЖ Йод":                             "петр еж иод",
		"Σίσυφος ΣΊΣΥΦΟΣ":                         "σισυφοσ σισυφοσ",
		"Ｆｕｌｌ　Ｗｉｄｔｈ１２":                            "full width12",
		"ﬁrst ﬂoor №5 ™":                          "first floor no5 tm",
		"ｱｲｳ ガ か\u3099":                           "アイウ ガ が",
		"한국 한국":                                   "한국 한국",
		"北京市 ABC":                                 "北京市 abc",
		"O’Neil O´Neil O'Neil":                    "o'neil o'neil o'neil",
		"a\u00ADb\u200Bc\uFEFFd\u034Fe\U000E0101": "abcde",
		"שָׁלוֹם مُحَمَّد":                        "שלום محمد",
		"กำลัง हिन्दी":                            "กําลัง हिन्दी",
		"❤️ 👩‍👩‍👧":                                "❤ 👩👩👧",
		"ſ K Å":                                   "s k a",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q (% x), want %q", in, got, got, want)
		}
	}
}

func TestFoldIsTheSameForEveryFormOfALetter(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		s := string(r)
		folded := Fold(s)
		if again := Fold(folded); again != folded {
			t.Errorf("%U: Fold gives %q, again %q", r, folded, again)
		}
		if r == 0x345 || r == '´' || r == '\u1FFD' {
			continue // an accent whose upper case is a letter; accents typed for apostrophes
		}
		for _, other := range []string{string(unicode.ToUpper(r)), string(unicode.ToLower(r)), norm.NFC.String(s), norm.NFD.String(s), norm.NFKC.String(s)} {
			if got := Fold(other); got != folded {
				t.Errorf("%U: Fold(%q) = %q but Fold(%q) = %q", r, s, folded, other, got)
			}
		}
	}
}

// letters draws text in which everything that Fold tells apart stands side by side.
var letters = rapid.StringOf(rapid.OneOf(
	rapid.RuneFrom([]rune("aAzZ09 .'-\n")),
	rapid.RuneFrom([]rune("łŁıİøØёЁßẞéÉ\u0301\u0323\u00AD’—")),
	rapid.RuneFrom([]rune("北京かが\u3099ガｶﾞ한\u1112\u1161\u11AB")),
	rapid.RuneFrom([]rune("กำ\u0E38हि\u0941\u093C\u0651\u05B8😀\u200D\uFE0F")),
	rapid.Rune(),
))

func TestFoldProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := letters.Draw(t, "s")
		folded := Fold(s)
		if !utf8.ValidString(folded) {
			t.Fatalf("broken UTF-8: %q", folded)
		}
		if Fold(folded) != folded {
			t.Fatalf("not stable: %q, then %q", folded, Fold(folded))
		}
		if got := Fold(norm.NFD.String(s)); got != folded {
			t.Fatalf("NFD form differs: %q and %q", got, folded)
		}
		if slow := foldSlowly(s); slow != folded {
			t.Fatalf("fast %q, slow %q", folded, slow)
		}
	})
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "Ann", "\xff\xfeA", "e\u0301\xcc", "Ｆｕｌｌ", "´É北", "ö\u3099", "\xf6Ǚ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := Fold(s)
		if !utf8.ValidString(folded) || Fold(folded) != folded {
			t.Errorf("Fold(%q) = %q, then %q", s, folded, Fold(folded))
		}
	})
}

func TestFoldedTextCostsNothing(t *testing.T) {
	for _, s := range []string{"acme holdings ltd.", "muller", "иванов и партнеры", "北京市朝阳区"} {
		if n := testing.AllocsPerRun(100, func() { Fold(s) }); n != 0 {
			t.Errorf("Fold(%q) allocates %v times", s, n)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{
		"folded": "acme holdings international ltd.", "ascii": "Acme Holdings International Ltd.",
		"latin": "Müller & Söhne Straßenbau", "cyrillic": "Ёлкин и Партнёры", "han": "北京市朝阳区公司",
		"hangul": "삼성전자 주식회사", "kana": "トヨタ自動車ガイド",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(s)
			}
		})
	}
}
