package i18n

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"pgregory.net/rapid"

	"wellmet/internal/fault"
)

func collation(t testing.TB, tag string) *Collation {
	t.Helper()
	c, err := NewCollation(tag)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCollationOrdersNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ tag, want string }{
		{"", "1 2 abel Äbel adam Adam äffin Öl Ost zebra Борис 王"},
		{"de", "1 2 abel Äbel adam Adam äffin Öl Ost zebra Борис 王"},
		{"sv", "1 2 abel adam Adam Ost zebra Äbel äffin Öl Борис 王"},
		{"zh", "陈 李 刘 王 张"},
		{"zh-u-co-stroke", "王 刘 张 李 陈"},
		{"und", "(a) a A á a-b ab b"},
	} {
		order := collation(t, c.tag)
		names := strings.Fields(c.want)
		slices.Reverse(names)
		slices.SortStableFunc(names, func(a, b string) int { return bytes.Compare(order.Key(a), order.Key(b)) })
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%q: got  %s\nwant %s", c.tag, got, c.want)
		}
	}
}

func TestNewCollation(t *testing.T) {
	t.Parallel()
	if _, err := NewCollation("not a tag"); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
	if c := collation(t, ""); c.Tag() != "und" || c.Key("") != nil {
		t.Errorf("tag %q, key of nothing %v", c.Tag(), c.Key(""))
	}
}

func TestKeyIsBounded(t *testing.T) {
	t.Parallel()
	c := collation(t, "")
	for _, s := range []string{strings.Repeat("Ünïcödé ", 10_000), strings.Repeat("𠀀", 5000), strings.Repeat("\u0301", 5000)} {
		if n := len(c.Key(s)); n == 0 || n > keyBytes {
			t.Errorf("%.10q…: %d bytes", s, n)
		}
	}
	if got := firstRunes("añb", 2); got != "añ" {
		t.Errorf("firstRunes = %q", got)
	}
}

func TestKeysCompareLikeTheCollator(t *testing.T) {
	t.Parallel()
	c, reference := collation(t, "de"), collate.New(language.German)
	text := rapid.StringOfN(rapid.OneOf(rapid.RuneFrom([]rune("abÄäöß -1北ёЁ")), rapid.Rune()), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		if !utf8.ValidString(a) || a == "" || b == "" {
			return
		}
		if got, want := bytes.Compare(c.Key(a), c.Key(b)), reference.CompareString(a, b); got != want {
			t.Fatalf("%q against %q: keys say %d, the collator %d", a, b, got, want)
		}
	})
}

func TestKeyIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	c := collation(t, "")
	names := []string{"Anna", "Müller", "北京市", "Иванов", strings.Repeat("x", 300)}
	want := make([][]byte, len(names))
	for i, name := range names {
		want[i] = c.Key(name)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range 500 {
				i := n % len(names)
				if !bytes.Equal(c.Key(names[i]), want[i]) {
					t.Errorf("%.10q: another key under load", names[i])
					return
				}
			}
		})
	}
	all.Wait()
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"a", "\xff", "\u0301", "北", "\x00a", strings.Repeat("ä", 300)} {
		f.Add(s)
	}
	c := collation(f, "")
	f.Fuzz(func(t *testing.T, s string) {
		key := c.Key(s)
		if (key == nil) != (s == "") || len(key) > keyBytes {
			t.Errorf("Key(%q) = % x", s, key)
		}
	})
}

func BenchmarkKey(b *testing.B) {
	c := collation(b, "")
	for name, s := range map[string]string{"short": "Anna Müller", "company": "Acme Holdings International Ltd.", "han": "北京市朝阳区公司"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Key(s)
			}
		})
	}
}
