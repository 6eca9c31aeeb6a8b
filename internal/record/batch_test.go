package record

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// counted is a shop that counts its statements.
func counted(t *testing.T, c store.Config) (*shop, *atomic.Int64) {
	t.Helper()
	var n atomic.Int64
	c.OnStatement = func(store.Statement) { n.Add(1) }
	server, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return newShop(t, server), &n
}

// TestBatchesNeedFewStatements holds a batch of 1,000 to three times the
// statements of one record, and one more for each chunk of a large statement.
func TestBatchesNeedFewStatements(t *testing.T) {
	t.Parallel()
	configs := map[string]func(*testing.T) store.Config{
		"sqlite":   func(t *testing.T) store.Config { return store.Config{Dir: t.TempDir(), Sync: store.SyncOff} },
		"postgres": func(t *testing.T) store.Config { return storetest.PostgresConfig(t) },
	}
	for name, config := range configs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, n := counted(t, config(t))
			firm := k.make(k.rep, "firm", Values{"name": "F"})
			bill := k.make(k.rep, "bill", Values{})
			count := func(what string, chunks int64, do func(rows int) error) {
				t.Helper()
				measure := func(rows int) int64 {
					before := n.Load()
					if err := do(rows); err != nil {
						t.Fatalf("%s of %d: %v%s", what, rows, err, fields(err))
					}
					return n.Load() - before
				}
				one, many := measure(1), measure(1000)
				if many > 3*one+chunks {
					t.Errorf("%s: %d statements for one, %d for 1,000", what, one, many)
				}
			}
			made := map[string][]value.ID{}
			save := func(object string, v func(i int) Values, old bool) func(int) error {
				return func(rows int) error {
					return k.write(k.rep, func(s *Session) error {
						b := Batch{Object: object}
						for i := range rows {
							c := Change{Values: v(i)}
							if old {
								c.ID = made[object][i]
							}
							b.Changes = append(b.Changes, c)
						}
						out, err := s.Save(k.ctx(), b)
						if err == nil && !old {
							made[object] = nil
							for _, o := range out {
								made[object] = append(made[object], o.ID)
							}
						}
						return err
					})
				}
			}
			code := 0
			count("create firms", 60, save("firm", func(i int) Values {
				code++
				return Values{"name": fmt.Sprint("N", i), "code": fmt.Sprint(code), "mother": firm}
			}, false))
			count("update firms", 60, save("firm", func(i int) Values { code++; return Values{"name": fmt.Sprint("M", i), "code": fmt.Sprint(code)} }, true))
			count("create items", 60, save("item", func(i int) Values { return Values{"bill": bill, "price": eur(int64(i))} }, false))
			count("create visits", 60, save("visit", func(int) Values { return Values{"firm": firm} }, false))
			count("create bills", 60, save("bill", func(i int) Values { return Values{"firm": firm, "amount": eur(int64(i))} }, false))
			for _, object := range []string{"visit", "firm", "bill", "item"} {
				remove := func(do func(s *Session, ids []value.ID) error) func(int) error {
					return func(rows int) error {
						ids := made[object][:1]
						if rows > 1 {
							ids = made[object][1:]
						}
						return k.write(k.admin, func(s *Session) error { return do(s, ids) })
					}
				}
				count("delete "+object, 80, remove(func(s *Session, ids []value.ID) error { return s.Delete(k.ctx(), object, ids...) }))
				count("restore "+object, 80, remove(func(s *Session, ids []value.ID) error { return s.Restore(k.ctx(), object, ids...) }))
			}
			k.invariants()
		})
	}
}

func TestBatchesNameTheRow(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		good := k.make(k.rep, "firm", Values{"name": "G"})
		b := Batch{Object: "firm", Changes: []Change{
			{Values: Values{"name": "A", "code": "x"}},
			{Values: Values{"name": strings.Repeat("ä", 501)}},
			{Values: Values{"name": "C", "nonsense": 1}},
			{Values: Values{"name": "D", "rank": "1.234", "mail": "no"}},
			{Values: Values{"name": "E", "code": "X"}},
			{ID: good, Values: Values{"version": 3, "name": nil}},
			{ID: good, Values: Values{"name": "twice"}},
			{ID: 99, Values: Values{"name": "H"}},
		}}
		err := k.write(k.rep, func(s *Session) error { _, err := s.Save(k.ctx(), b); return err })
		e, ok := fault.As(err)
		if !ok {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, f := range e.Fields {
			got[fmt.Sprint(f.Row, " ", f.Path, " ", f.Key)] = true
			if text := i18n.Text("en", f.Key, f.Args); text == f.Key || strings.Contains(text, "{") {
				t.Errorf("no words for %s: %s", f.Key, text)
			}
		}
		for _, want := range []string{"1 name field.too_long", "2 nonsense field.unknown", "3 rank field.too_precise",
			"4 code field.twice_in_batch", "5 version field.not_writable", "6 id field.record_twice"} {
			if !got[want] {
				t.Errorf("nothing says %q: %v", want, got)
			}
		}
		k.wantField("firm", good, "version", int64(1))
		b.PerRow = true
		var out []Outcome
		k.do(k.rep, func(s *Session) error { var err error; out, err = s.Save(k.ctx(), b); return err })
		for i, o := range out {
			if (o.Err == nil) != (i == 0) {
				t.Errorf("row %d: %v", i, o.Err)
			}
		}
		err = k.write(k.rep, func(s *Session) error {
			_, err := s.Save(k.ctx(), Batch{Object: "firm", Changes: make([]Change, MaxBatch+1)})
			return err
		})
		wantFault(t, err, fault.TooLarge, "record.batch_too_large")
	})
}

// TestNoValueBreaksAField throws everything at every kind of field: whatever
// comes back is a value or a fault with words that names the field.
func TestNoValueBreaksAField(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		var changes []schema.Change
		kinds := map[string]string{}
		for _, kind := range schema.Kinds() {
			name := "any_" + string(kind)
			set := fmt.Sprintf(`{"name":%q,"kind":%q,"target":"firm","options":[{"key":"a"}],"scale":2,"number":{"prefix":"N","digits":2},
				"formula":"1 + 1","rollup":{"child":"branch","link":"firm","function":"count"}}`, name, kind)
			changes, kinds[name] = append(changes, change(schema.AddField, "firm", "", set)), string(kind)
		}
		k.apply(changes...)
		id := k.make(k.rep, "firm", Values{"name": "F"})
		values := []any{nil, true, int64(math.MaxInt64), int64(math.MinInt64), 5, 1.5, json.Number("1e999999999"), json.Number("-9223372036854775809"),
			json.Number("0.1"), json.Number("1e-400"), "", " ", "\x00", "a\x00b", "\xff\xfe", "\u202e", strings.Repeat("9", 5000), "1e400", "NaN", "Infinity", "-0",
			"9999-12-31", "10000-01-01", "0000-00-00", "2026-02-30", "2026-02-03T25:00:00Z", "a@", "+1", "javascript:alert(1)", "'; DROP TABLE x; --",
			[]any{}, []any{nil}, []any{map[string]any{}}, []any{"a", "a"}, []any{"1", 5}, map[string]any{}, map[string]any{"amount": nil}, map[string]any{"amount": "1", "currency": "XXXX"},
			map[string]any{"amount": "1", "currency": 5}, map[string]any{"amount": "92233720368547758.08", "currency": "EUR"}, map[string]any{"amount": []any{}}, map[string]any{"lat": 91, "lon": 0},
			map[string]any{"lat": json.Number("1.5")}, map[string]any{"city": 5}, map[string]any{"country": "Atlantis"}, map[string]any{"planet": "x"}, value.ID(-1), value.ID(7), struct{}{}, "deal:1"}
		for name := range kinds {
			for _, v := range values {
				err := k.set(k.rep, "firm", id, Values{name: v})
				if err == nil {
					continue
				}
				e, ok := fault.As(err)
				if !ok || e.Kind != fault.Invalid || len(e.Fields) == 0 || e.Fields[0].Path != name {
					t.Errorf("%s = %#.60v: %v", name, v, err)
					continue
				}
				if text := i18n.Text("en", e.Fields[0].Key, e.Fields[0].Args); text == e.Fields[0].Key {
					t.Errorf("no words for %s", text)
				}
			}
		}
		k.as(k.rep, func(s *Session) {
			b, err := s.GetJSON(k.ctx(), "firm", id, nil, nil)
			if err != nil || !json.Valid(b) {
				t.Errorf("%s, %v", b, err)
			}
		})
		k.invariants()
	})
}

// TestNaughtyStringsComeBackUnchanged sends the list of naughty strings
// through every field that holds any text.
func TestNaughtyStringsComeBackUnchanged(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join(sharedData(t), "blns", "blns.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	eachShop(t, func(t *testing.T, k *shop) {
		k.apply(change(schema.AddField, "visit", "", `{"name":"story","kind":"long_text","search":true,"fragments":true}`),
			change(schema.AddField, "visit", "", `{"name":"place","kind":"address"}`))
		var b Batch
		for _, text := range list {
			b.Changes = append(b.Changes, Change{Values: Values{"name": text, "story": text, "place_street": text}})
		}
		b.Object = "visit"
		b.PerRow = true
		var out []Outcome
		k.do(k.rep, func(s *Session) error { var err error; out, err = s.Save(k.ctx(), b); return err })
		k.as(k.rep, func(s *Session) {
			for i, text := range list {
				if out[i].Err != nil {
					t.Errorf("%q: %v%s", text, out[i].Err, fields(out[i].Err))
					continue
				}
				want := any(strings.ReplaceAll(text, "\x00", ""))
				if strings.TrimSpace(text) == "" {
					want = nil
				}
				raw, err := s.GetJSON(k.ctx(), "visit", out[i].ID, []string{"name", "story"}, nil)
				var got struct{ Name, Story any }
				if err != nil || json.Unmarshal(raw, &got) != nil || got.Name != want || got.Story != want {
					t.Errorf("%q came back as %s, %v", text, raw, err)
				}
			}
		})
	})
}

func sharedData(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil && dir != "/" {
		path := filepath.Join(dir, "shared", "data")
		if _, err := os.Stat(path); err == nil {
			return path
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("no folder shared/data above this one")
	return ""
}
