package record

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

func TestCursorBelongsToItsQuery(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		for i := range 5 {
			k.put("deal", k.rep, Values{"name": fmt.Sprint("d", i), "amount": eur(int64(i))})
		}
		q := Query{Object: "deal", Sort: "-amount", Limit: 2}
		k.as(k.rep, func(s *Session) {
			p, err := s.Query(k.ctx(), q)
			if err != nil || p.Next == "" {
				t.Fatalf("first page: %v, %v", p, err)
			}
			q.Cursor = p.Next
		})
		if got := k.names(k.rep, q); got != "d2 d1" {
			t.Errorf("second page: %q", got)
		}
		other := q
		other.Limit, other.Fields, other.Count = 1, []string{"name"}, CountExact
		if got := k.names(k.rep, other); got != "d2" {
			t.Errorf("second page, shorter: %q", got)
		}
		for what, change := range map[string]func(*Query){
			"sort":      func(q *Query) { q.Sort = "amount" },
			"sorts":     func(q *Query) { q.Sort = "-amount,name" },
			"filter":    func(q *Query) { q.Filter = "amount > 0" },
			"text":      func(q *Query) { q.Text = "x" },
			"object":    func(q *Query) { q.Object, q.Sort = "account", "" },
			"cut":       func(q *Query) { q.Cursor = q.Cursor[:len(q.Cursor)-2] },
			"longer":    func(q *Query) { q.Cursor += "AAAA" },
			"no base64": func(q *Query) { q.Cursor = "§§§" },
			"short":     func(q *Query) { q.Cursor = "AQ" },
			"forged":    func(q *Query) { q.Cursor = flip(t, q.Cursor) },
		} {
			bad := q
			change(&bad)
			t.Log(what)
			k.refused(k.rep, bad, "query.bad_cursor")
		}
		trash := q
		trash.Trash = true
		k.refused(k.rep, trash, "query.bad_cursor")
		k.settle(func(tx *store.Tx) error {
			_, err := tx.Exec(k.ctx(), `UPDATE {workspace_state} SET schema_version = schema_version + 1`)
			return err
		})
		k.refused(k.rep, q, "query.bad_cursor")
	})
}

// flip changes one bit in the key values.
func flip(t *testing.T, cursor string) string {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-macBytes-1] ^= 1
	return base64.RawURLEncoding.EncodeToString(b)
}

func TestKeyValuesRoundTrip(t *testing.T) {
	t.Parallel()
	values := []any{nil, int64(0), int64(-1 << 63), "", "é\x01", []byte{}, []byte{0, 255}, value.Date(-5), true, false}
	var b []byte
	for _, v := range values {
		b = appendKey(b, v)
	}
	r := keyReader{b: b}
	for _, want := range values {
		if got := r.key(); !reflect.DeepEqual(got, want) {
			t.Errorf("got %#v, want %#v", got, want)
		}
	}
	if r.broken || len(r.b) > 0 {
		t.Errorf("broken %v, %d bytes left", r.broken, len(r.b))
	}
}

func FuzzKeyReader(f *testing.F) {
	f.Add([]byte{keyText, 200, 1})
	f.Add(appendKey(nil, []byte("abc")))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := keyReader{b: b}
		for len(r.b) > 0 && !r.broken {
			r.key()
		}
	})
}

func TestLimitsAndBadNames(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		k.put("deal", k.rep, Values{"name": "d"})
		for _, c := range []struct {
			q   Query
			key string
		}{
			{Query{Object: "deal", Limit: -1}, "query.limit"},
			{Query{Object: "deal", Limit: maxLimit + 1}, "query.limit"},
			{Query{Object: "deal", Sort: "a,b,c,d,e,f"}, "query.too_many_sorts"},
			{Query{Object: "deal", Sort: "nope"}, "schema.unknown_field"},
			{Query{Object: "deal", Sort: "contacts"}, "query.no_sort"},
			{Query{Object: "deal", Sort: "-tags"}, "query.no_sort"},
			{Query{Object: "deal", Sort: "account.owner"}, "query.no_sort"},
			{Query{Object: "deal", Sort: "account.nope"}, "schema.unknown_field"},
			{Query{Object: "deal", Sort: "name.nope"}, "schema.unknown_field"},
			{Query{Object: "deal", Fields: []string{"account.account.account"}}, "schema.unknown_field"},
			{Query{Object: "deal", Fields: []string{"a.b.c.d.e.f"}}, "query.too_many_links"},
			{Query{Object: "deal", Filter: "nope = 1"}, "expr.unknown_name"},
			{Query{Object: "nope"}, "record.no_object"},
		} {
			k.refused(k.rep, c.q, c.key)
		}
		k.as(k.rep, func(s *Session) {
			if _, err := s.Get(k.ctx(), "deal", 7); !fault.Is(err, fault.NotFound) {
				t.Errorf("no such deal: %v", err)
			}
		})
	})
}
