package expr

import (
	"testing"
	"unicode/utf8"

	"wellmet/internal/fault"
)

func seeds(f *testing.F) {
	for _, text := range goldenTexts {
		f.Add(text)
	}
	for _, text := range []string{"", "(((", `"`, "not not not -1", "a.b.c.d", "x in (", "1.", "1..2", "30d + 2w", "éa = 'ü'",
		"if(a,b)", "in in in", "a.in(\"EUR\").in(\"USD\")", "-(-(-1))", "(a=b)=(c=d)", "any(x,any(y,z))", "\x00", "\xff",
		"coalesce(", "a not in b()", "a.in", "lastMonth(99999999999999)", "date(1)", "close + 99999y", "now() - 100000mo",
		`replace(name, name, concat(name, name))`} {
		f.Add(text)
	}
}

func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Parse(text)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		canonical := n.String()
		again, err := Parse(canonical)
		if err != nil {
			t.Fatalf("%q\nprints as %q\nwhich fails: %v", text, canonical, err)
		}
		if got := again.String(); got != canonical {
			t.Fatalf("%q\nprints as %q\nthen as   %q", text, canonical, got)
		}
	})
}

func FuzzCheck(f *testing.F) {
	seeds(f)
	w, row := sample()
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Check(text, w.scopes["deal"], Type{})
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if _, err := e.Eval(row, testEnv()); err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("%q: %v", text, err)
		}
		again, err := Check(e.String(), w.scopes["deal"], Type{})
		if err != nil {
			t.Fatalf("%q\nprints as %q\nwhich fails: %v", text, e, err)
		}
		c := testColumns{w: w}
		a, b := c.args(), c.args()
		one, err1 := e.SQL(c, testEnv(), "t", a)
		two, err2 := again.SQL(c, testEnv(), "t", b)
		if one != two || (err1 == nil) != (err2 == nil) || !utf8.ValidString(one) {
			t.Fatalf("%q renders as %q, its canonical text as %q", text, one, two)
		}
	})
}

var typical = `stage in ("open", "won") and amount > 1000 and close < today() + 30d`

func BenchmarkTypicalFilter(b *testing.B) {
	w := newWorld()
	c, env := testColumns{w: w, postgres: true}, testEnv()
	b.ReportAllocs()
	for b.Loop() {
		e, err := Check(typical, w.scopes["deal"], Type{Kind: Bool})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := e.SQL(c, env, "t", c.args()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	w := newWorld()
	c, env := testColumns{w: w, postgres: true}, testEnv()
	e := must(b)(Check(typical, w.scopes["deal"], Type{Kind: Bool}))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.SQL(c, env, "t", c.args()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	w, row := sample()
	env := testEnv()
	e := must(b)(Check(typical, w.scopes["deal"], Type{Kind: Bool}))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Match(row, env); err != nil {
			b.Fatal(err)
		}
	}
}
