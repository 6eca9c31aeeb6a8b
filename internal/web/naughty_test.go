package web_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	parse "golang.org/x/net/html"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
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
		return append(list, "=HYPERLINK(\"https://x.example\")", "\"><svg/onload=alert(1)>", "{{7*7}}", "a\u202eb", strings.Repeat("W", 300))
	}
	t.Skip("no folder shared/data/blns above the tests")
	return nil
}

// phases are as many as columns of a board are needed to see all cards at once.
const phases = 24

// specimen is an object with a field of each kind that people fill in.
func specimen() []schema.Change {
	var options []string
	for i := range phases {
		options = append(options, fmt.Sprintf(`{"key":"p%d"}`, i))
	}
	fields := []string{`{"name":"name","kind":"text","required":true,"search":true}`, `{"name":"phase","kind":"choice","options":[` + strings.Join(options, ",") + `]}`,
		`{"name":"about_text","kind":"text","search":true}`, `{"name":"story","kind":"long_text","search":true}`, `{"name":"whole","kind":"whole"}`, `{"name":"ratio","kind":"decimal","scale":2}`,
		`{"name":"price","kind":"money"}`, `{"name":"share","kind":"percent","scale":1}`, `{"name":"due_on","kind":"date"}`, `{"name":"seen_at","kind":"date_time"}`,
		`{"name":"sure","kind":"yes_no"}`, `{"name":"color","kind":"choice","options":[{"key":"red"},{"key":"blue"}]}`, `{"name":"colors","kind":"choices","options":[{"key":"red"},{"key":"blue"}]}`,
		`{"name":"account","kind":"link","target":"account"}`, `{"name":"accounts","kind":"links","target":"account"}`, `{"name":"helper","kind":"person"}`,
		`{"name":"mail","kind":"email"}`, `{"name":"mails","kind":"email","many":true}`, `{"name":"phone","kind":"phone"}`, `{"name":"site","kind":"url"}`,
		`{"name":"address","kind":"address"}`, `{"name":"spot","kind":"place"}`}
	return []schema.Change{{Op: schema.AddObject, Set: json.RawMessage(`{"name":"thing","plural":"things","labels":{"en":{"one":"Thing","many":"Things"}},"fields":[` + strings.Join(fields, ",") + `]}`)}}
}

// every are the form's fields of the specimen.
var every = []string{"name", "phase", "about_text", "story", "whole", "ratio", "price", "share", "due_on", "seen_at", "sure", "color", "colors", "account", "account.text", "accounts",
	"helper", "helper.text", "mail", "mails", "phone", "site", "address.street", "address.street2", "address.city", "address.region", "address.postal_code", "address.country", "spot"}

// free take any text.
var free = []string{"name", "about_text", "story", "address.street", "address.city", "address.region"}

// Whatever somebody types into a field of whatever kind stays text: in the form
// that refuses it, on the record, in the list, on the board, in the palette and
// in files.
func TestNaughtyTextsStayTextOnEveryPage(t *testing.T) {
	t.Parallel()
	texts := naughty(t)
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		if _, err := s.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: s.Ada, Door: "page"}, specimen(), 0); err != nil {
			t.Fatal(err)
		}
		u := s.User(t, s.Ada)
		tame := newTamer(t, u)
		stored := map[string]bool{}
		for i, text := range texts {
			all := url.Values{}
			for _, name := range every {
				all.Set(name, text)
			}
			tame.page(u.Do(http.MethodPost, "/things/new", all), text, http.StatusUnprocessableEntity, http.StatusSeeOther)
			some := url.Values{"phase": {fmt.Sprintf("p%d", i%phases)}}
			for _, name := range free {
				some.Set(name, text)
			}
			a := u.Post("/things/new", some)
			if a.Status != http.StatusSeeOther {
				tame.page(a, text, http.StatusUnprocessableEntity)
				continue
			}
			stored[plainText(text)] = true
			path := a.Header.Get("Location")
			tame.page(u.Get(path), text, http.StatusOK)
			if i%8 == 0 {
				for _, part := range []string{"/peek", "/f/name/edit", "/f/story/edit", "/f/address/edit", "/history", "/timeline"} {
					tame.page(u.Get(path+part, "HX-Request", "true"), "", http.StatusOK)
				}
				tame.page(u.Do(http.MethodPost, path+"/f/mail", url.Values{"v": {"1"}, "mail": {text}}, "HX-Request", "true"), "", http.StatusUnprocessableEntity, http.StatusOK)
			}
			query := url.Values{"q": {text}}.Encode()
			tame.page(u.Get("/palette?"+query), "", http.StatusOK)
			tame.page(u.Get("/things?"+query), "", http.StatusOK)
		}
		if len(stored) < 400 {
			t.Fatalf("only %d texts were taken", len(stored))
		}
		tame.list(stored)
		tame.board(stored)
		tame.files(stored)
	})
}

// tamer looks at answers for what a text may have done to them.
type tamer struct {
	t        *testing.T
	u        *webtest.User
	elements map[string]bool // that pages have anyway
}

func newTamer(t *testing.T, u *webtest.User) *tamer {
	x := &tamer{t: t, u: u, elements: map[string]bool{}}
	for _, name := range strings.Fields("p br ul ol li blockquote pre code b strong em a h2 h3") { // what long texts are made of
		x.elements[name] = true
	}
	a := u.Post("/things/new", url.Values{"name": {"tame"}, "phase": {"p0"}, "mail": {"a@b.example"}, "site": {"https://a.example"}, "phone": {"+49 30 123456"}, "address.city": {"Turku"}})
	path := a.Header.Get("Location")
	if a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	for _, body := range []string{u.Get(path).Body, u.Get("/things").Body, u.Get("/things?layout=board").Body, u.Get("/things?filter=%28").Body, u.Get("/palette?q=tame").Body,
		u.Get(path + "/peek").Body, u.Get(path + "/f/name/edit").Body, u.Get(path + "/history").Body, u.Get(path + "/timeline").Body, u.Get("/things/new").Body,
		u.Post("/things/new", url.Values{"mail": {"x"}}).Body, u.Post(path+"/f/mail", url.Values{"v": {"1"}, "mail": {"x"}}, "HX-Request", "true").Body} {
		x.walk(body, func(n *parse.Node) { x.elements[n.Data] = true })
	}
	return x
}

func (x *tamer) walk(body string, fn func(*parse.Node)) {
	x.t.Helper()
	doc, err := parse.Parse(strings.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	var down func(*parse.Node)
	down = func(n *parse.Node) {
		if n.Type == parse.ElementNode {
			fn(n)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			down(c)
		}
	}
	down(doc)
}

var scheme = regexp.MustCompile(`^[\s\x00-\x20]*([a-zA-Z][a-zA-Z0-9+.\-]*)\s*:`)

// page checks an answer: a status of these, no element, handler or address that
// a text has brought in, and the text itself as text where it must be seen.
func (x *tamer) page(a webtest.Answer, text string, status ...int) {
	x.t.Helper()
	if !slices.Contains(status, a.Status) {
		x.t.Errorf("%q: %d %.400s", text, a.Status, a.Body)
		return
	}
	if a.Status == http.StatusSeeOther {
		return
	}
	x.walk(a.Body, func(n *parse.Node) {
		if !x.elements[n.Data] {
			x.t.Errorf("%q makes <%s>", text, n.Data)
		}
		for _, attr := range n.Attr {
			x.attribute(n, attr, text)
		}
	})
	if want := plainText(text); want != "" && !strings.Contains(plainText(html.UnescapeString(a.Body)), want) {
		x.t.Errorf("%q is not on the page", text)
	}
}

func (x *tamer) attribute(n *parse.Node, attr parse.Attribute, text string) {
	x.t.Helper()
	switch key := strings.ToLower(attr.Key); {
	case strings.HasPrefix(key, "on") || strings.HasPrefix(key, "hx-on"):
		x.t.Errorf("%q makes %s of <%s>", text, key, n.Data)
	case n.Data == "script" && key == "src" && !strings.HasPrefix(attr.Val, "/static/"):
		x.t.Errorf("%q makes a script from %s", text, attr.Val)
	case slices.Contains([]string{"href", "src", "action", "formaction", "data", "xlink:href"}, key):
		if m := scheme.FindStringSubmatch(attr.Val); m != nil && !slices.Contains([]string{"http", "https", "mailto", "tel"}, strings.ToLower(m[1])) {
			x.t.Errorf("%q leads to %s", text, attr.Val)
		}
	}
}

// plainText is a text as a page shows it: spaces folded, what has no sign left
// out, as value.Clean and parsers of HTML do.
func plainText(s string) string {
	s, err := value.Clean(s)
	if err != nil {
		return ""
	}
	s = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) && !unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

var nextPage = regexp.MustCompile(`rel="next" href="([^"]+)"`)

// list walks through all pages of the list, with every column.
func (x *tamer) list(stored map[string]bool) {
	x.t.Helper()
	var all strings.Builder
	path := "/things?columns=name,about_text,story,address,phase,mail,site"
	for path != "" {
		a := x.u.Get(path)
		x.page(a, "", http.StatusOK)
		all.WriteString(a.Body)
		path = ""
		if m := nextPage.FindStringSubmatch(a.Body); m != nil {
			path = html.UnescapeString(m[1])
		}
	}
	x.has("list", all.String(), stored)
}

// board shows 25 cards a column at once.
func (x *tamer) board(stored map[string]bool) {
	x.t.Helper()
	a := x.u.Get("/things?layout=board&field=phase")
	x.page(a, "", http.StatusOK)
	x.has("board", a.Body, stored)
}

func (x *tamer) has(where, body string, stored map[string]bool) {
	x.t.Helper()
	shown := plainText(html.UnescapeString(body))
	for text := range stored {
		if !strings.Contains(shown, text) {
			x.t.Errorf("the %s lacks %q", where, text)
		}
	}
}

// files come out with every text in a cell of its own that no spreadsheet takes
// for a formula.
func (x *tamer) files(stored map[string]bool) {
	x.t.Helper()
	a := x.u.Get("/things/export?format=csv&columns=name,about_text,story")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Body, "\ufeff"))).ReadAll()
	if a.Status != http.StatusOK || err != nil {
		x.t.Fatalf("export: %d %v", a.Status, err)
	}
	found := map[string]bool{}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t") {
				x.t.Errorf("a spreadsheet computes %q", cell)
			}
			found[plainText(cell)], found[plainText(strings.TrimPrefix(cell, "'"))] = true, true
		}
	}
	for text := range stored {
		if !found[text] {
			x.t.Errorf("the export lacks %q", text)
		}
	}
	if a := x.u.Get("/things/export?format=xlsx"); a.Status != http.StatusOK || !strings.HasPrefix(a.Body, "PK") {
		x.t.Errorf("workbook: %d", a.Status)
	}
}
