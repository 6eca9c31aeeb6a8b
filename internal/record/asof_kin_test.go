package record

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// family remembers bills and their items after every step of a story.
type family struct {
	*memory
	items []map[value.ID]*Record
}

// TestThePastOfPartsIsWhatItWas lets random people change bills and their items
// and asks for the items of moments that are over, by what they and their bills
// were, and for bills by what items they had. What spans were told from history
// says the same as those that were written at the time.
func TestThePastOfPartsIsWhatItWas(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		k.settleNothing()
		rapid.Check(t, func(r *rapid.T) {
			m := &family{memory: &memory{story: &story{shop: k, t: r, members: []value.ID{k.admin, k.boss, k.rep, k.mate, 0}, ids: map[string][]value.ID{},
				about: []string{"bill", "bill", "item"}}}}
			for range rapid.IntRange(4, 12).Draw(r, "steps") {
				k.wait(time.Duration(rapid.IntRange(1, 5000).Draw(r, "wait")) * time.Millisecond)
				m.step()
				m.keep()
				m.items = append(m.items, m.disowned(m.all("item")))
			}
			k.wait(time.Second)
			i := rapid.IntRange(0, len(m.moments)-1).Draw(r, "moment")
			m.compare(i)
			m.tellAnew()
			m.compare(i)
			k.invariants()
			if k.kit.t.Failed() {
				r.Fatal("the past is not what it was")
			}
		})
	})
}

func (m *family) all(object string) map[value.ID]*Record {
	now := map[value.ID]*Record{}
	m.as(0, func(s *Session) {
		page, err := s.Query(m.ctx(), Query{Object: object, Limit: maxLimit})
		if err != nil {
			m.t.Fatal(err)
		}
		for _, r := range page.Records {
			now[r.ID] = r
		}
	})
	return now
}

// disowned takes the owner from items whose bill is in the trash: of then it has
// none that they could have.
func (m *family) disowned(items map[value.ID]*Record) map[value.ID]*Record {
	for _, item := range items {
		if id, ok := item.Field("bill").(value.ID); ok && m.bills[len(m.bills)-1][id] == nil {
			f, _ := item.Object.Field("owner")
			item.values[item.Object.Slot(f)] = nil
		}
	}
	return items
}

// tellAnew forgets the spans of items, as if a newer program had just begun to
// keep them.
func (m *family) tellAnew() {
	m.settle(func(tx *store.Tx) error {
		return noteUntold(m.ctx(), tx, []*schema.Object{m.object("item")})
	})
	m.as(m.admin, func(s *Session) {
		if _, err := s.Query(m.ctx(), Query{Object: "item", AsOf: m.moments[0]}); !told(err, "query.past_untold") {
			m.t.Fatalf("a past that is not told yet: %v", err)
		}
	})
	for more := true; more; {
		var err error
		if more, err = m.engine.FillSpans(m.ctx()); err != nil {
			m.t.Fatal(err)
		}
	}
}

func told(err error, key string) bool {
	f, ok := fault.As(err)
	return ok && f.Key == key
}

func (m *family) compare(i int) {
	for _, who := range []value.ID{m.admin, m.rep, m.boss} {
		of := rapid.SampledFrom([]string{"", `bill.status = "sent"`, `pieces = 1 and bill.amount is not empty`, `owner.name contains "a"`, `bill.owner = "` + m.rep.String() + `"`,
			`price > 10 or bill.status != "new"`, `any(bill.lines, pieces is empty)`}).Draw(m.t, "of items")
		with := rapid.SampledFrom([]string{`any(lines)`, `not any(lines)`, `any(lines, pieces = 1)`, `any(lines, price > 10)`}).Draw(m.t, "of bills")
		m.as(who, func(s *Session) {
			m.asked(s, i, "item", of, m.items[i])
			m.asked(s, i, "bill", with, m.bills[i])
			m.counted(s, i)
		})
	}
}

// then is a row of a moment, with its whole and its parts.
type then struct {
	row
	m *family
	i int
}

func (x then) Base(f expr.Field) (value.Money, bool) { return held{x.row}.Base(f) }

// seen reports whether the actor may read today what was then.
func (x then) seen(object string, id value.ID) bool {
	found, err := x.s.GetMany(x.m.ctx(), object, []value.ID{id})
	return err == nil && found[id] != nil
}

func (x then) Link(f expr.Field) (expr.Row, bool) {
	if f.Name != "bill" {
		return x.row.Link(f)
	}
	id, _ := x.r.Field("bill").(value.ID)
	bill := x.m.bills[x.i][id]
	if bill == nil || !x.seen("bill", id) {
		return nil, false
	}
	return then{row{x.s, bill}, x.m, x.i}, true
}

func (x then) Children(b expr.Back) (rows []expr.Row) {
	for id, item := range x.m.items[x.i] {
		if of, _ := item.Field("bill").(value.ID); of == x.r.ID && x.seen("item", id) {
			rows = append(rows, then{row{x.s, item}, x.m, x.i})
		}
	}
	return rows
}

func (m *family) asked(s *Session, i int, object, filter string, all map[value.ID]*Record) {
	want := map[value.ID]*Record{}
	var cond *expr.Expr
	var err error
	if filter != "" {
		if cond, err = s.Check(s.state.schema.MustObject(object), filter, expr.Bool); err != nil {
			m.t.Fatal(err)
		}
	}
	for id, r := range all {
		x := then{row{s, r}, m, i}
		if !x.seen(object, id) {
			continue
		}
		if cond != nil {
			if ok, err := cond.Match(x, s.env); err != nil || !ok {
				continue
			}
		}
		want[id] = r
	}
	q := Query{Object: object, AsOf: m.moments[i], Filter: filter, Limit: maxLimit}
	if object == "item" {
		q.Sort = rapid.SampledFrom([]string{"", "bill.amount", "-bill.status,id"}).Draw(m.t, "sort")
	}
	page, err := s.Query(m.ctx(), q)
	if err != nil {
		m.t.Fatalf("%+v: %v", q, err)
	}
	got := map[value.ID]*Record{}
	for _, r := range page.Records {
		got[r.ID] = r
	}
	if a, b := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(a, b) {
		m.t.Fatalf("%s as of %v, %q: %v, want %v", object, m.moments[i], filter, a, b)
	}
	for id, r := range got {
		m.same(s, r, want[id])
	}
	if n, _, err := s.Count(m.ctx(), Query{Object: object, AsOf: m.moments[i], Filter: filter, Count: CountExact}); err != nil || n != int64(len(want)) {
		m.t.Fatalf("count %d, want %d: %v", n, len(want), err)
	}
}

// counted groups items by what their bills were, in the statement's outer level.
func (m *family) counted(s *Session, i int) {
	r, err := s.Aggregate(m.ctx(), Aggregate{Object: "item", AsOf: m.moments[i], Group: []string{"bill.status", "owner"}, Measures: []string{"count", `count{bill.status = "sent"}`}})
	if err != nil {
		m.t.Fatal(err)
	}
	n := map[string]int64{}
	for id, item := range m.items[i] {
		x := then{row{s, item}, m, i}
		if !x.seen("item", id) {
			continue
		}
		key := fmt.Sprint(nil)
		if bill, ok := x.Link(expr.Field{Name: "bill"}); ok {
			key = fmt.Sprint(bill.(then).r.Field("status"))
		}
		n[key]++
	}
	for _, g := range r.Groups {
		key := fmt.Sprint(g.Keys[0])
		if sent := g.Values[1].Value.(int64); sent != 0 && key != "sent" {
			m.t.Fatalf("%d sent ones among %s", sent, key)
		}
		n[key] -= g.Values[0].Value.(int64)
	}
	for key, off := range n {
		if off != 0 {
			m.t.Fatalf("as of %v: items of bills %s are off by %d", m.moments[i], key, off)
		}
	}
}
