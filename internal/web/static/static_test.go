package static

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// tokens are the colours of the style sheet, light and dark.
func tokens(t *testing.T) map[string][2]string {
	t.Helper()
	css, err := files.ReadFile("css/00-wellmet.css")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][2]string{"on-accent": {"#ffffff", "#ffffff"}}
	for _, m := range regexp.MustCompile(`--([\w-]+):light-dark\((#[0-9a-f]{6}),(#[0-9a-f]{6})\)`).FindAllStringSubmatch(string(css), -1) {
		all[m[1]] = [2]string{m[2], m[3]}
	}
	return all
}

// luminance is the relative luminance of WCAG 2.
func luminance(hex string) float64 {
	var c [3]float64
	for i := range c {
		n, _ := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		v := float64(n) / 255
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast holds every pair of the design to WCAG 2.2 AA: 4.5 for text, 3
// for the outlines of controls, focus and marks of charts.
func TestContrast(t *testing.T) {
	t.Parallel()
	type pair struct {
		front, back string
		least       float64
	}
	var pairs []pair
	for _, front := range []string{"text", "text-2", "text-3", "accent", "ok", "warn", "bad"} {
		for _, back := range []string{"bg", "bg-sunken", "bg-raised", "bg-hover", "bg-press", "bg-selected"} {
			pairs = append(pairs, pair{front, back, 4.5})
		}
	}
	for _, c := range []string{"gray", "blue", "teal", "green", "amber", "red", "violet", "pink"} {
		pairs = append(pairs, pair{"t-" + c, "t-" + c + "-bg", 4.5})
	}
	for _, c := range []string{"ok", "warn", "bad"} {
		pairs = append(pairs, pair{c, c + "-bg", 4.5})
	}
	pairs = append(pairs, pair{"on-accent", "accent-solid", 4.5}, pair{"on-accent", "accent-solid-hover", 4.5}, pair{"text-2", "t-gray-bg", 4.5},
		pair{"focus", "bg", 3}, pair{"focus", "bg-sunken", 3}, pair{"focus", "bg-selected", 3},
		pair{"line-strong", "bg", 3}, pair{"line-strong", "bg-raised", 3}, pair{"line-strong", "bg-sunken", 3})
	all := tokens(t)
	for _, p := range pairs {
		for theme, name := range []string{"light", "dark"} {
			front, back := all[p.front][theme], all[p.back][theme]
			if front == "" || back == "" {
				t.Errorf("no token %s or %s", p.front, p.back)
				continue
			}
			if got := contrast(front, back); got < p.least {
				t.Errorf("%s: %s on %s has %.2f, wants %.1f", name, p.front, p.back, got, p.least)
			}
		}
	}
}

// TestBudgets: what a first visit loads beside the page. Scripts are those of
// every page and, one page at a time, those that its elements ask for.
func TestBudgets(t *testing.T) {
	t.Parallel()
	core, only := Size(Modules)+Size("vendor/htmx.min.js"), map[string]int{"streams": Size("vendor/hx-sse.min.js")}
	for name, a := range tree().assets {
		if path.Dir(name) != "js" || name == Modules {
			continue
		}
		first, _, _ := strings.Cut(string(a.plain), "\n")
		if selector, ok := strings.CutPrefix(first, onlyMark); ok {
			only[selector] += Size(name)
			continue
		}
		core += Size(name)
	}
	for selector, size := range only {
		if core+size > 30<<10 {
			t.Errorf("scripts are %d bytes together with those for %s, more than 30 KB", core+size, selector)
		}
	}
	if got := Size(Styles); got > 15<<10 {
		t.Errorf("style is %d bytes, more than 15 KB", got)
	}
	t.Logf("style %d, scripts of every page %d, others %v", Size(Styles), core, only)
}

// TestVendored: what was brought in is what its makers published.
func TestVendored(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"vendor/htmx.min.js":   htmxSum,
		"vendor/hx-sse.min.js": sseSum,
	} {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := sumOf(data); got != want {
			t.Errorf("%s has the checksum %s, not %s", name, got, want)
		}
	}
}

// Checksums (SHA-256) of htmx.org 4.0.1 as published.
const (
	htmxSum = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
	sseSum  = "18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103"
)

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// TestThemesDifferInColoursOnly keeps the tests of the pages honest, which look at
// layout and structure in one theme: the other may differ by light-dark() alone.
func TestThemesDifferInColoursOnly(t *testing.T) {
	t.Parallel()
	chosen := regexp.MustCompile(`:root\[data-theme=(light|dark)\]\{color-scheme:(light|dark)\}`)
	for name, text := range sources(t) {
		rest := chosen.ReplaceAllString(text, "")
		for _, other := range []string{"prefers-color-scheme", "[data-theme"} {
			if strings.Contains(rest, other) {
				t.Errorf("%s makes a theme differ by %s, use light-dark()", name, other)
			}
		}
	}
}

// sources are the style sheets and scripts of the pages.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(files, ".", func(at string, d fs.DirEntry, err error) error {
		if ext := path.Ext(at); err != nil || d.IsDir() || ext != ".css" && ext != ".js" {
			return err
		}
		data, err := files.ReadFile(at)
		all[at] = string(data)
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return all
}
