package parts

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// naughty are texts that have broken programs elsewhere, from the shared data.
func naughty(t *testing.T) []string {
	t.Helper()
	for dir, err := os.Getwd(); err == nil && dir != "/"; dir = filepath.Dir(dir) {
		data, err := os.ReadFile(filepath.Join(dir, "shared", "data", "blns", "blns.json"))
		if err != nil {
			continue
		}
		var list []string
		if err := json.Unmarshal(data, &list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	t.Skip("no folder shared/data/blns above the tests")
	return nil
}

var (
	tagRE  = regexp.MustCompile(`<(/?[a-zA-Z0-9]+)([^<>]*)>`)
	hrefRE = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
)

// tagsOf are the elements of a piece of HTML, in order.
func tagsOf(html string) []string {
	var names []string
	for _, m := range tagRE.FindAllStringSubmatch(html, -1) {
		names = append(names, m[1])
	}
	return names
}

func TestNaughtyTextsStayText(t *testing.T) {
	t.Parallel()
	s := everything(t)
	o, v := s.MustObject("thing"), viewOf("en-GB")
	for _, text := range naughty(t) {
		for _, name := range []string{"text", "choice", "phone", "email", "url", "tags", "address", "link"} {
			f, _ := o.Field(name)
			n, plain := namesOf(s, nil), namesOf(s, nil)
			n.Add("account", 7, "x"+text)
			plain.Add("account", 7, "x")
			for _, pair := range [][2]templ.Component{
				{Show(v, n, f, valueFor(f, text)), Show(v, plain, f, valueFor(f, "x"))},
				{Cell(v, n, f, valueFor(f, text)), Cell(v, plain, f, valueFor(f, "x"))},
				{Labeled(v, n, Control{ID: "c", Name: name, Field: f, Value: valueFor(f, text)}), Labeled(v, plain, Control{ID: "c", Name: name, Field: f, Value: valueFor(f, "x")})},
				{Labeled(v, n, Control{ID: "c", Name: name, Field: f, Typed: []string{text}, Error: text}), Labeled(v, plain, Control{ID: "c", Name: name, Field: f, Typed: []string{"x"}, Error: "x"})},
			} {
				got, want := html(t, pair[0]), html(t, pair[1])
				if text != "" && !slices.Equal(tagsOf(got), tagsOf(want)) {
					t.Errorf("%s: %q becomes %s", name, text, got)
				}
				safeLinks(t, got)
			}
		}
	}
}

// valueFor is a text as a value of the field, as if checks had let it pass.
func valueFor(f *schema.FieldDef, text string) any {
	switch {
	case f.Many:
		return []string{text}
	case f.Kind == schema.KindAddress:
		return value.Address{Street: text}
	case f.Kind == schema.KindLink:
		return value.ID(7)
	}
	return text
}

func safeLinks(t *testing.T, html string) {
	t.Helper()
	for _, m := range hrefRE.FindAllStringSubmatch(html, -1) {
		scheme, _, found := strings.Cut(m[1], ":")
		if found && !strings.ContainsAny(scheme, "/?#") && !slices.Contains([]string{"http", "https", "mailto", "tel", "about"}, scheme) {
			t.Errorf("leads to %s", m[1])
		}
	}
}

// Long texts may use a few elements, and links that lead to the web.
func TestNaughtyLongTextsStayText(t *testing.T) {
	t.Parallel()
	may := strings.Fields("div p br ul ol li blockquote pre code b a")
	for _, text := range append(naughty(t), "[x](javascript:alert(1))", "**<script>**", "```\n<script>", "[<b>](https://a\"onclick=x)", "https://a'\"><script>") {
		for _, wrapped := range []string{text, "**" + text + "**", "- " + text, "`" + text + "`", "[" + text + "](https://x.example/" + text + ")"} {
			got := html(t, Rich(wrapped))
			for _, m := range tagRE.FindAllStringSubmatch(got, -1) {
				if !slices.Contains(may, strings.TrimPrefix(m[1], "/")) || strings.Contains(m[2], " on") && !strings.Contains(m[2], "&") {
					t.Errorf("%q becomes %s", wrapped, got)
				}
			}
			safeLinks(t, got)
		}
	}
}

func TestLongTextLosesNoWord(t *testing.T) {
	t.Parallel()
	for _, text := range naughty(t) {
		if strings.TrimSpace(text) == "" || strings.Contains(text, "`") || strings.Contains(text, "*") || regexp.MustCompile(`^\s*([-•>#]|\d+[.)])`).MatchString(text) {
			continue
		}
		got := html(t, Rich(text))
		bare := strings.Join(strings.Fields(tagRE.ReplaceAllString(got, "")), "")
		if want := strings.Join(strings.Fields(templ.EscapeString(text)), ""); bare != want {
			t.Errorf("%q became %q", text, bare)
		}
	}
}

func TestLongTextsReadAsTheyWereMeant(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"one\ntwo":                           "<p>one<br/>two</p>",
		"- call\n- write\nNext week":         "<ul><li>call</li><li>write</li></ul><p>Next week</p>",
		"> said\nmy answer":                  "<blockquote>said</blockquote><p>my answer</p>",
		"- a\n  - b":                         "<ul><li>a<ul><li>b</li></ul></li></ul>",
		"• pasted":                           "<ul><li>pasted</li></ul>",
		"on\n3. March":                       `<p>on</p><ol start="3"><li>March</li></ol>`,
		"\t\tfar in\n\n        further":      "<p>far in</p><p>further</p>",
		"20*30*5 cm, __init__, C:\\new\\":    `<p>20*30*5 cm, __init__, C:\new\</p>`,
		"C:\\\nD:":                           `<p>C:\<br/>D:</p>`,
		"**bold `x` \\*no\\***":              "<p><b>bold <code>x</code> *no*</b></p>",
		"Total\n-----\n***":                  "<p>Total<br/>-----<br/>***</p>",
		"```\n• <b>\n- as it is\n```":        "<pre>• &lt;b&gt;\n- as it is\n</pre>",
		"![x](http://a.example/b.png)":       `<p>!<a class="ext" href="http://a.example/b.png" target="_blank" rel="noopener noreferrer">x</a></p>`,
		"[x](data:text/html,1 \"y\") &lt; &": `<p>[x](data:text/html,1 &#34;y&#34;) &amp;lt; &amp;</p>`,
		"见https://a.example/b。":              `<p>见<a class="ext" href="https://a.example/b。" target="_blank" rel="noopener noreferrer">https://a.example/b。</a></p>`,
	} {
		if got := strings.TrimSuffix(strings.TrimPrefix(html(t, Rich(text)), `<div class="md">`), "</div>"); got != want {
			t.Errorf("%q becomes\n%s\nwant\n%s", text, got, want)
		}
	}
}
