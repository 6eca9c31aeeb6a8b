package api

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
)

// badRequests is how many a test run sends; the kinds of database share them.
const badRequests = 10_000

// TestTenThousandBadInputs sends nonsense to every operation, as a rep who has
// some records. None of it is a 500, and every refusal is a problem document.
func TestTenThousandBadInputs(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		n := badRequests
		if testing.Short() {
			n /= 20
		}
		m := newMonkey(t, d, 1)
		for range n / 2 {
			m.send()
		}
		for status, count := range m.seen {
			t.Logf("%d: %d", status, count)
		}
		if m.seen[200]+m.seen[201] < n/200 {
			t.Error("hardly anything got through: the nonsense tests the door handle only")
		}
	})
}

// monkey makes requests that are nearly right.
type monkey struct {
	t       testing.TB
	d       *door
	r       *rand.Rand
	ids     []string
	plurals []string
	fields  []string
	words   []string
	seen    map[int]int
}

func newMonkey(t testing.TB, d *door, seed uint64) *monkey {
	m := &monkey{t: t, d: d, r: rand.New(rand.NewPCG(seed, 7)), seen: map[int]int{}, ids: []string{"0", "-1", "1", "x", "9223372036854775807", "9223372036854775808", "%00", "..", "%ff"}}
	account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Monkey"})
	m.ids = append(m.ids, account, d.create(t, d.Rita, "deals", map[string]any{"name": "Bananas", "account": account, "amount": "12.50"}),
		d.create(t, d.Rita, "contacts", map[string]any{"last_name": "Kong", "account": account}), d.Rita.String(), d.Ada.String())
	for _, o := range d.Workspace.Engine().Schema().Objects() {
		m.plurals = append(m.plurals, o.Plural)
		for _, f := range o.Fields {
			m.fields = append(m.fields, f.Name)
		}
	}
	m.plurals = append(m.plurals, "nosuch", "%00", "deal", "a%2Fb", strings.Repeat("x", 300))
	m.words = append(naughty(t), "", "0", "-1", "1e400", "1e-400", "NaN", "null", "true", "2026-02-30", "9999-12-31", "0001-01-01", "99999999999999999999", "\x00", "\xff\xfe",
		"amount > 5", "name contains \"a\"", "any(contacts, last_name = \"Kong\")", "today() - 30d", "stage.name", "name", "-amount,name", "count", "sum:amount", "close_date:month", "((((((",
		"EUR", "all", "read", "open", "team", "csv", "500", "read:deals", strings.Repeat("(", 5000), strings.Repeat("é", 20000))
	return m
}

func pick[T any](m *monkey, list []T) T { return list[m.r.IntN(len(list))] }

// send makes one request and looks at the answer.
func (m *monkey) send() {
	op := pick(m, m.d.api.operations)
	if strings.HasPrefix(op.name, "sign") || op.name == "setPassword" || op.name == "endToken" { // would end the walk, or hash passwords
		return
	}
	path := base + op.path
	for strings.Contains(path, "{") {
		before, rest, _ := strings.Cut(path, "{")
		name, after, _ := strings.Cut(rest, "}")
		value := pick(m, m.ids)
		if name == "plural" || name == "name" {
			value = pick(m, m.plurals)
		}
		path = before + value + after
	}
	method := op.method
	if m.r.IntN(12) == 0 {
		method = pick(m, []string{"PUT", "OPTIONS", "HEAD", "PATCH", "TRACE", "X"})
	}
	r := m.request(method, path+m.query(op), m.body(&op))
	if r == nil {
		return
	}
	w := httptest.NewRecorder()
	m.d.api.ServeHTTP(w, r)
	m.seen[w.Code]++
	m.judge(r, w)
}

func (m *monkey) request(method, target, body string) *http.Request {
	u, err := url.Parse(target)
	if err != nil { // the server refuses what is no address before it comes to us
		return nil
	}
	r := httptest.NewRequestWithContext(m.t.Context(), method, "/", strings.NewReader(body))
	r.URL, r.RequestURI = u, target
	r.Header.Set("Authorization", "Bearer "+m.d.tokens[m.d.Rita])
	for _, name := range []string{"If-Match", "If-Match-Strict", "Prefer", "Content-Type", "Accept-Language", "If-None-Match", "Accept-Encoding"} {
		if m.r.IntN(10) == 0 {
			r.Header.Set(name, pick(m, append(m.words[len(m.words)-40:], `"1"`, "true", "application/json", "multipart/form-data; boundary=x", "de-DE,*;q=0.5", "gzip")))
		}
	}
	if m.r.IntN(4) == 0 {
		r.Header.Set(keyHeader, fmt.Sprint("key-", m.r.IntN(50)))
	}
	return r
}

func (m *monkey) judge(r *http.Request, w *httptest.ResponseRecorder) {
	kind := w.Header().Get("Content-Type")
	switch {
	case w.Code == http.StatusInternalServerError:
		m.t.Errorf("%s %s: %s", r.Method, r.RequestURI, w.Body)
	case w.Code >= 400 && r.Method != "HEAD" && kind != "application/problem+json":
		m.t.Errorf("%s %s: %d as %s: %.200s", r.Method, r.RequestURI, w.Code, kind, w.Body)
	case strings.Contains(kind, "json") && w.Header().Get("Content-Encoding") == "" && w.Body.Len() > 0 && kind != "application/jsonl" && !json.Valid(w.Body.Bytes()):
		m.t.Errorf("%s %s: no JSON: %.300s", r.Method, r.RequestURI, w.Body)
	}
}

func (m *monkey) query(op operation) string {
	v := url.Values{}
	for _, p := range op.query {
		if m.r.IntN(3) > 0 {
			continue
		}
		switch {
		case p.options != nil && m.r.IntN(4) > 0:
			v.Set(p.name, pick(m, p.options))
		case p.kind == kindWhole && m.r.IntN(4) > 0:
			v.Set(p.name, fmt.Sprint(1+m.r.IntN(500)))
		case p.kind == kindYes && m.r.IntN(4) > 0:
			v.Set(p.name, "true")
		case m.r.IntN(2) == 0:
			v.Set(p.name, pick(m, m.fields))
		default:
			v.Set(p.name, pick(m, m.words))
		}
	}
	if m.r.IntN(30) == 0 {
		v.Set(pick(m, m.fields), "x")
	}
	text := v.Encode()
	if m.r.IntN(50) == 0 {
		text += "&%zz;a=%"
	}
	if text == "" {
		return ""
	}
	return "?" + text
}

func (m *monkey) body(op *operation) string {
	switch {
	case op.body.form == formNone && m.r.IntN(5) > 0:
		return ""
	case m.r.IntN(15) == 0:
		return pick(m, append(seeds, m.words...))
	}
	fields := map[string]any{}
	for _, x := range op.body.members {
		if x.required && m.r.IntN(8) > 0 || m.r.IntN(3) == 0 {
			fields[x.name] = m.member(x)
		}
	}
	for op.body.form == formFields && m.r.IntN(4) > 0 {
		fields[pick(m, m.fields)] = m.value(0)
	}
	if op.body.form == formOpen || m.r.IntN(20) == 0 {
		fields[pick(m, m.plurals)] = m.value(0)
	}
	text, err := json.Marshal(fields)
	if err != nil {
		m.t.Fatal(err)
	}
	return string(text)
}

func (m *monkey) member(x member) any {
	switch {
	case m.r.IntN(6) == 0:
		return m.value(0)
	case x.options != nil:
		return pick(m, x.options)
	case x.kind == kindID:
		return pick(m, m.ids)
	case x.kind == kindYes:
		return m.r.IntN(2) == 0
	case x.kind == kindWhole:
		return m.r.IntN(2000) - 500
	case x.kind == kindTexts:
		return []any{pick(m, append(m.fields, m.words...)), pick(m, []string{"count", "sum:amount", "stage.name", "all"})}
	case x.name == "writes":
		return []any{m.write(), m.write(), m.write()}
	case x.name == "changes":
		return []any{map[string]any{"op": pick(m, []string{"add_field", "remove_field", "add_object", "x"}), "object": "deal", "set": m.value(0)}}
	}
	return pick(m, m.words)
}

func (m *monkey) write() any {
	out := map[string]any{"op": pick(m, []string{opCreate, opUpdate, opDelete, opUpsert, "x"})}
	if m.r.IntN(2) == 0 {
		out["id"] = pick(m, m.ids)
	}
	if m.r.IntN(3) > 0 {
		out["values"] = map[string]any{"name": m.value(1), pick(m, m.fields): m.value(0)}
	}
	return out
}

func (m *monkey) value(depth int) any {
	switch n := m.r.IntN(9); {
	case n == 0 && depth < 3:
		return []any{m.value(depth + 1), m.value(depth + 1)}
	case n == 1 && depth < 3:
		return map[string]any{pick(m, append(m.fields, "amount", "currency", "lat", "lon", "street", "object", "id")): m.value(depth + 1), "currency": pick(m, []string{"EUR", "JPY", "XXX", ""})}
	case n == 2:
		return json.Number(pick(m, []string{"0", "-1", "1e30", "1e400", "-1e-400", "123456789012345678901234567890", "0.1", "1E+308", "1e999999999"}))
	case n == 3:
		return m.r.IntN(2) == 0
	case n == 4:
		return nil
	case n == 5:
		return pick(m, m.ids)
	}
	return pick(m, m.words)
}

// naughty are strings that have broken other programs.
func naughty(t testing.TB) []string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for range 6 {
		raw, err := os.ReadFile(filepath.Join(dir, "shared", "data", "blns", "blns.json"))
		if err == nil {
			var list []string
			if err := json.Unmarshal(raw, &list); err != nil {
				t.Fatal(err)
			}
			return list
		}
		dir = filepath.Dir(dir)
	}
	return []string{"'; DROP TABLE x; --", "<script>", "𝕿", "\u202e", "${jndi:ldap://x}", "%s%n", "田中さん", "ÅΩ≈ç√", "\t\v\u00a0"}
}

// FuzzFilter types anything into the parameters of a list.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{`amount > 5000`, `name contains "a" and not (stage.name in ("Won", "Lost"))`, `any(contacts, email is empty)`, `close_date < today() - 30d`,
		`amount.in("USD") > 5`, `owner = me()`, `((((`, `"`, `name = "\"`, `1e999 > 0`, `not not not hot`, `stage in (1)`, `created_at in thisQuarter()`} {
		f.Add(s, "-amount,name", "name,account.name")
	}
	d := open(f, apptest.Open(f, sqliteConfig()))
	d.create(f, d.Rita, "accounts", map[string]any{"name": "A"})
	f.Fuzz(func(t *testing.T, filter, sort, fields string) {
		q := url.Values{"filter": {filter}, "sort": {sort}, "fields": {fields}, "count": {"capped"}}
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), GET, base+"/deals?"+q.Encode(), nil)
		r.Header.Set("Authorization", "Bearer "+d.tokens[d.Rita])
		d.api.ServeHTTP(w, r)
		if w.Code >= 500 || w.Code != 200 && w.Header().Get("Content-Type") != "application/problem+json" || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%d: %s", w.Code, w.Body)
		}
	})
}

// The naughty strings come back as they were sent, through a page and a file.
func TestNaughtyStringsRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		list := naughty(t)
		var writes []any
		for i, s := range list {
			writes = append(writes, map[string]any{"values": map[string]any{"name": fmt.Sprintf("%04d", i), "description": s}})
		}
		d.call(t, d.Rita, POST, base+"/accounts/batch", map[string]any{"writes": writes}).is(200)
		got := []map[string]any{}
		for next := ""; ; {
			page := d.call(t, d.Rita, GET, base+"/accounts?sort=name&fields=description&limit=500"+next, nil).is(200)
			got = append(got, page.items()...)
			if page.text("next") == "" {
				break
			}
			next = "&cursor=" + page.text("next")
		}
		for i, s := range list {
			text, _ := got[i]["description"].(string)
			if want := strings.ReplaceAll(s, "\x00", ""); text != want && strings.TrimSpace(want) != "" {
				t.Errorf("%q came back as %q", want, text)
			}
		}
	})
}
