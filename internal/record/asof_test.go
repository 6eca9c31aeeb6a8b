package record

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// memory is what bills looked like after every step of a story.
type memory struct {
	*story
	moments []time.Time
	bills   []map[value.ID]*Record
}

// TestThePastIsWhatItWas lets random people change bills and asks for lists,
// counts and sums of moments that are over: they answer what a memory of the
// moment holds, of records that are no longer in the trash and that the reader
// may see today.
func TestThePastIsWhatItWas(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		k.put("currency_rate", 0, Values{"currency": "USD", "day": "2026-01-01", "rate": "0.5"})
		k.settleNothing()
		rapid.Check(t, func(r *rapid.T) {
			m := &memory{story: &story{shop: k, t: r, members: []value.ID{k.admin, k.boss, k.rep, k.mate, 0}, ids: map[string][]value.ID{}}}
			for range rapid.IntRange(2, 10).Draw(r, "steps") {
				k.wait(time.Duration(rapid.IntRange(1, 5000).Draw(r, "wait")) * time.Millisecond)
				m.live()
				m.keep()
			}
			k.wait(time.Second)
			m.compare(rapid.IntRange(0, len(m.moments)-1).Draw(r, "moment"))
			k.invariants()
			if k.kit.t.Failed() {
				r.Fatal("the past is not what it was")
			}
		})
	})
}

// live is one step: mostly with bills, now and then with what dollars are worth.
func (m *memory) live() {
	if rapid.IntRange(0, 6).Draw(m.t, "rate?") == 0 {
		day := noon.AddDate(0, 0, -rapid.IntRange(1, 50).Draw(m.t, "day"))
		_ = m.write(0, func(s *Session) error {
			_, err := s.Create(m.ctx(), "currency_rate", Values{"currency": "USD", "day": value.DateOf(day, time.UTC),
				"rate": rapid.SampledFrom([]string{"0.25", "0.75", "2"}).Draw(m.t, "rate")})
			return err // a second of that day is refused
		})
		if err := m.engine.Revalue(m.ctx(), "USD"); err != nil {
			m.t.Fatal(err)
		}
		return
	}
	m.step()
}

// keep remembers all bills.
func (m *memory) keep() {
	m.as(0, func(s *Session) {
		page, err := s.Query(m.ctx(), Query{Object: "bill", Limit: maxLimit})
		if err != nil {
			m.t.Fatal(err)
		}
		now := map[value.ID]*Record{}
		for _, r := range page.Records {
			now[r.ID] = r
		}
		m.moments, m.bills = append(m.moments, m.clock()), append(m.bills, now)
	})
}

// compare asks for one moment in several people's names.
func (m *memory) compare(i int) {
	at, then := m.moments[i], m.bills[i]
	for _, who := range []value.ID{0, m.admin, m.rep, m.mate, m.boss} {
		filter := rapid.SampledFrom([]string{"", `status = "sent"`, `amount > 10 or owner is empty`, `owner.name contains "a"`, `tenth > 1`}).Draw(m.t, "filter")
		order := rapid.SampledFrom([]string{"", "amount", "-status,amount", "owner", "-created_at"}).Draw(m.t, "sort")
		rows := rapid.SampledFrom([]int64{1, 1_000_000}).Draw(m.t, "taken for")
		m.as(who, func(s *Session) { m.answers(s.grow(rows), at, then, filter, order) })
	}
}

func (m *memory) answers(s *Session, at time.Time, then map[value.ID]*Record, filter, order string) {
	want := m.expected(s, then, filter, at)
	got := map[value.ID]*Record{}
	q := Query{Object: "bill", AsOf: at, Filter: filter, Sort: order, Limit: 3}
	for {
		page, err := s.Query(m.ctx(), q)
		if err != nil {
			m.t.Fatalf("%+v: %v", q, err)
		}
		for _, r := range page.Records {
			got[r.ID] = r
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if a, b := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(a, b) {
		m.t.Fatalf("as of %v, %q: %v, want %v", at, filter, a, b)
	}
	for id, r := range got {
		m.same(s, r, want[id])
	}
	n, _, err := s.Count(m.ctx(), Query{Object: "bill", AsOf: at, Filter: filter, Count: CountExact})
	if err != nil || n != int64(len(want)) {
		m.t.Fatalf("count %d, want %d: %v", n, len(want), err)
	}
	m.sums(s, at, want, filter)
}

// expected are the bills of then that the actor may read today.
func (m *memory) expected(s *Session, then map[value.ID]*Record, filter string, at time.Time) map[value.ID]*Record {
	mine, err := s.GetMany(m.ctx(), "bill", slices.Collect(maps.Keys(then)))
	if err != nil {
		m.t.Fatal(err)
	}
	var cond *expr.Expr
	if filter != "" {
		if cond, err = s.Check(s.state.schema.MustObject("bill"), filter, expr.Bool); err != nil {
			m.t.Fatal(err)
		}
	}
	want := map[value.ID]*Record{}
	for id, r := range then {
		if mine[id] == nil {
			continue
		}
		if cond != nil {
			if ok, err := cond.Match(held{row{s, r}}, s.env); err != nil || !ok {
				continue
			}
		}
		want[id] = r
	}
	return want
}

// held is a row whose amounts are worth what they were.
type held struct{ row }

func (h held) Base(f expr.Field) (value.Money, bool) {
	minor, ok := h.r.bases[f.ID]
	return value.Money{Minor: minor, Currency: "EUR"}, ok
}

// same compares what is known of the past of a bill.
func (m *memory) same(s *Session, got, want *Record) {
	for _, f := range got.Object.Fields {
		if f.Engine && !constant4ever(f) && f.Name != "version" && f.Name != "owner" || f.Quiet || f.Kind == schema.KindRollup || s.actor.Field(f) < access.ReadField {
			continue
		}
		if f.Kind == schema.KindFormula && !f.Spanned() { // over roll-ups
			if got.Value(f) != nil {
				m.t.Fatalf("%s is %v, which nobody can know", f.Name, got.Value(f))
			}
			continue
		}
		if !schema.Equal(got.Value(f), want.Value(f)) {
			m.t.Fatalf("%v.%s was %v, told as %v", got.ID, f.Name, want.Value(f), got.Value(f))
		}
	}
	if got.Version != want.Version {
		m.t.Fatalf("%v had version %d, told as %d", got.ID, want.Version, got.Version)
	}
}

func (m *memory) sums(s *Session, at time.Time, want map[value.ID]*Record, filter string) {
	r, err := s.Aggregate(m.ctx(), Aggregate{Object: "bill", AsOf: at, Filter: filter, Group: []string{"status", "owner"},
		Measures: []string{"count", "sum:amount", "sum:tenth", "median:amount", "max:created_at-created_at"}})
	if err != nil {
		m.t.Fatal(err)
	}
	f, _ := s.state.schema.MustObject("bill").Field("amount")
	n, base := map[string]int64{}, map[string]int64{}
	for _, b := range want {
		key := fmt.Sprint(b.Field("status"))
		n[key]++
		base[key] += b.bases[f.ID]
	}
	for _, g := range r.Groups {
		key := fmt.Sprint(g.Keys[0])
		n[key] -= g.Values[0].Value.(int64)
		if sum, ok := g.Values[1].Value.(value.Money); ok {
			base[key] -= sum.Minor
		}
	}
	for key := range n {
		if n[key] != 0 || base[key] != 0 {
			m.t.Fatalf("as of %v, %q: status %s is off by %d bills, %d cents", at, filter, key, n[key], base[key])
		}
	}
}

func TestOfThePastOnlyWhatIsKnownIsAsked(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		firm := k.make(k.rep, "firm", Values{"name": "F"})
		id := k.make(k.rep, "bill", Values{"amount": eur(1), "firm": firm})
		was := k.clock()
		k.wait(time.Hour)
		for _, x := range []struct {
			q    Query
			key  string
			tell string
		}{
			{Query{Filter: `firm.name = "F"`}, "query.not_then", "firm"},
			{Query{Filter: `number contains "B"`}, "query.not_then", "number"},
			{Query{Filter: `any(lines, due is empty)`}, "query.not_then", "lines.due"},
			{Query{Filter: `any(lines, bill.firm is empty)`}, "query.not_then", "lines.bill.firm"},
			{Query{Filter: `any(lines, bill.status = "sent")`}, "query.not_then", "lines.bill.status"},
			{Query{Filter: `any(lines, any(parts))`}, "query.not_then", "parts"},
			{Query{Filter: `big`}, "query.not_then", "big"},
			{Query{Sort: "firm"}, "query.not_then", "firm"},
			{Query{Sort: "-number"}, "query.not_then", "number"},
			{Query{Sort: "each"}, "query.not_then", "each"},
			{Query{Text: "F"}, "query.past_text", ""},
			{Query{Trash: true}, "query.past_trash", ""},
			{Query{Object: "firm"}, "", ""},
			{Query{Object: "stage"}, "query.no_past", "stage"},
			{Query{AsOf: k.clock().Add(time.Second)}, "query.as_of_to_come", ""},
		} {
			if x.q.Object == "" {
				x.q.Object = "bill"
			}
			if x.q.AsOf.IsZero() {
				x.q.AsOf = was
			}
			k.as(k.admin, func(s *Session) {
				_, err := s.Query(k.ctx(), x.q)
				if x.key == "" {
					if err != nil {
						t.Errorf("%+v: %v", x.q, err)
					}
					return
				}
				if e := wantFault(t, err, fault.Invalid, x.key); x.tell != "" && !strings.Contains(fmt.Sprint(e.Args), x.tell) {
					t.Errorf("%+v: %v does not name %s", x.q, e.Args, x.tell)
				}
			})
		}
		k.as(k.admin, func(s *Session) {
			for _, a := range []Aggregate{{Group: []string{"firm"}}, {Measures: []string{"sum:total"}}, {Measures: []string{"count{firm is empty}"}}, {Filter: "items > 1"}} {
				a.Object, a.AsOf = "bill", was
				_, err := s.Aggregate(k.ctx(), a)
				wantFault(t, err, fault.Invalid, "query.not_then")
			}
			// Before anything was there: nothing, and since when is told.
			page, err := s.Query(k.ctx(), Query{Object: "bill", AsOf: was.Add(-time.Hour), Count: CountExact})
			if err != nil || len(page.Records) != 0 || page.Count != 0 {
				t.Errorf("before the beginning: %+v, %v", page, err)
			}
			if since, ok, err := s.KnownSince(k.ctx(), "bill"); err != nil || !ok || !since.Equal(was) {
				t.Errorf("known since %v %v, want %v: %v", since, ok, was, err)
			}
		})
		// What a filter calls today is the day that is looked back to.
		k.wait(48 * time.Hour)
		k.as(k.admin, func(s *Session) {
			for day, n := range map[time.Time]int64{was: 1, k.clock(): 0} {
				got, _, err := s.Count(k.ctx(), Query{Object: "bill", Filter: "created_at = today()", AsOf: day})
				if err != nil || got != n {
					t.Errorf("made on the day %v: %d, want %d; %v", day, got, n, err)
				}
			}
		})
		_ = id
	})
}

// Columns over links show what they led to then, and a cursor stays at its
// moment.
func TestRowsOfThePast(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		a, b := k.make(k.rep, "firm", Values{"name": "A"}), k.make(k.rep, "firm", Values{"name": "B"})
		id := k.make(k.rep, "bill", Values{"amount": eur(100), "firm": a})
		k.make(k.rep, "bill", Values{"amount": eur(200)})
		was := k.clock()
		k.wait(time.Hour)
		if err := k.set(k.rep, "bill", id, Values{"firm": b, "owner": k.mate, "amount": eur(7)}); err != nil {
			t.Fatal(err)
		}
		fields := []string{"amount", "firm", "firm.name", "owner.name", "tenth", "items"}
		k.as(k.admin, func(s *Session) {
			text, err := s.QueryJSON(k.ctx(), Query{Object: "bill", AsOf: was, Sort: "amount", Limit: 1, Fields: fields, Count: CountExact}, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := fmt.Sprintf(`{"items":[{"id":"%d","version":1,"amount":{"amount":"1.00","currency":"EUR"},"firm":"%d","firm.name":"A","owner.name":"Rita","tenth":{"amount":"0.10","currency":"EUR"},"items":null}],"next":`, id, a)
			if !strings.HasPrefix(string(text), want) || !strings.HasSuffix(string(text), `,"count":2}`) {
				t.Errorf("got  %s\nwant %s", text, want)
			}
			first, err := s.Query(k.ctx(), Query{Object: "bill", AsOf: was, Sort: "amount", Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Query(k.ctx(), Query{Object: "bill", Sort: "amount", Limit: 1, Cursor: first.Next})
			wantFault(t, err, fault.Invalid, "query.bad_cursor")
			_, err = s.Query(k.ctx(), Query{Object: "bill", AsOf: was.Add(time.Second), Sort: "amount", Limit: 1, Cursor: first.Next})
			wantFault(t, err, fault.Invalid, "query.bad_cursor")
		})
	})
}

func TestMomentsToLookBackTo(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.as(k.rep, func(s *Session) {
			for text, want := range map[string]time.Time{
				"2026-03-01":           time.Date(2026, 3, 1, 23, 59, 59, 999e6, time.UTC),
				"2026-03-02":           noon,
				"2026-03-02T10:00:00Z": noon.Add(-2 * time.Hour),
			} {
				if got, err := s.ParseAsOf(text); err != nil || !got.Equal(want) {
					t.Errorf("%s is %v, want %v; %v", text, got, want, err)
				}
			}
			for text, key := range map[string]string{"2026-03-03": "query.as_of_to_come", "2026-03-02T13:00:00Z": "query.as_of_to_come", "yesterday": "query.bad_as_of", "": "query.bad_as_of"} {
				_, err := s.ParseAsOf(text)
				wantFault(t, err, fault.Invalid, key)
			}
		})
	})
}
