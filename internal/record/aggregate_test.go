package record

import (
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// figureSet is a handful of deals whose figures can be worked out by hand.
type figureSet struct {
	*kit
	lead, won, lost       value.ID
	acme, acmeEast, hospi value.ID
	deals                 map[string]value.ID
}

func newFigureSet(t testing.TB, server *store.Server) *figureSet {
	k := newFigures(t, server)
	f := &figureSet{kit: k, deals: map[string]value.ID{}}
	f.lead = k.make("stage", 0, Values{"name": "Lead", "position": 1, "kind": "open"})
	f.won = k.make("stage", 0, Values{"name": "Won", "position": 2, "kind": "won"})
	f.lost = k.make("stage", 0, Values{"name": "Lost", "position": 3, "kind": "lost"})
	f.acme = k.make("account", k.rep, Values{"name": "Acme", "sector": "retail"})
	f.acmeEast = k.make("account", k.rep, Values{"name": "Acme East", "sector": "retail", "parent": f.acme})
	f.hospi = k.make("account", k.other, Values{"name": "Hospi", "sector": "health"})
	add := func(name string, owner value.ID, v Values) {
		v["name"] = name
		f.deals[name] = k.make("deal", owner, v)
	}
	add("d1", k.rep, Values{"stage": f.won, "amount": "100 EUR", "account": f.acme, "engage_date": "2026-01-01", "close_date": "2026-01-11", "hot": true, "score": "1.50"})
	add("d2", k.rep, Values{"stage": f.won, "amount": "50.50 EUR", "account": f.acmeEast, "engage_date": "2026-02-01", "close_date": "2026-02-06"})
	add("d3", k.mate, Values{"stage": f.lost, "account": f.acme, "close_date": "2026-04-30", "hot": false, "score": "2.25"})
	add("d4", k.other, Values{"stage": f.won, "amount": "1000 EUR", "account": f.hospi, "close_date": "2025-12-31"})
	add("d5", k.other, Values{"stage": f.lead, "amount": "7 USD", "account": f.hospi})
	add("d6", 0, Values{"amount": "3 EUR"})
	return f
}

func TestAggregate(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		f := newFigureSet(t, server)
		tests := []struct {
			name string
			who  value.ID
			a    Aggregate
			want string
		}{
			{"by stage", f.admin, Aggregate{Group: []string{"stage"}, Measures: []string{"count", "sum:amount"}},
				"Lead: 1 -[7.00 USD](-1); Won: 3 1150.50 EUR; Lost: 1 -; : 1 3.00 EUR; = 6 1153.50 EUR[1153.50 EUR 7.00 USD](-1)"},
			{"own team only", f.rep, Aggregate{Group: []string{"stage"}, Measures: []string{"count", "sum:amount"}},
				"Won: 2 150.50 EUR; Lost: 1 -; = 3 150.50 EUR"},
			{"empty is not 0", f.admin, Aggregate{Group: []string{"stage.kind"}, Measures: []string{"avg:amount", "min:amount", "max:amount", "count:amount"}},
				"Open: 7.00 USD[](-1) -[](-1) -[](-1) 1; Won: 383.50 EUR 50.50 EUR 1000.00 EUR 3; Lost: - - - 0; : 3.00 EUR 3.00 EUR 3.00 EUR 1; = 288.38 EUR[](-1) 3.00 EUR[](-1) 1000.00 EUR[](-1) 5"},
			{"over a link", f.admin, Aggregate{Group: []string{"account.sector"}, Measures: []string{"count", "sum:amount"}, Sort: "-sum:amount"},
				"Health: 2 1000.00 EUR[1000.00 EUR 7.00 USD](-1); Retail: 3 150.50 EUR; : 1 3.00 EUR; = 6 1153.50 EUR[1153.50 EUR 7.00 USD](-1)"},
			{"rolled up", f.admin, Aggregate{Group: []string{"coalesce(account.parent.name, account.name)"}, Measures: []string{"count"}},
				"Acme: 3; Hospi: 2; : 1; = 6"},
			{"quarters", f.admin, Aggregate{Group: []string{"close_date:quarter"}, Measures: []string{"count"}},
				"2025-Q4: 1; 2026-Q1: 2; 2026-Q2: 1; : 2; = 6"},
			{"two keys", f.rep, Aggregate{Group: []string{"close_date:month", "account"}, Measures: []string{"count"}},
				"2026-01|Acme: 1; 2026-02|Acme East: 1; 2026-04|Acme: 1; = 3"},
			{"conditions", f.admin, Aggregate{Measures: []string{`sum:amount{stage.kind = "won"}`, `count{hot}`, `rate{stage.kind = "won" / stage.kind in ("won", "lost")}`, `rate{hot}`, `rate{hot/name = "x"}`}},
				"= 1150.50 EUR 1 0.75 0.166667 -"},
			{"days between", f.admin, Aggregate{Measures: []string{"avg:close_date-engage_date", "max:close_date-engage_date", "median:close_date - engage_date"}},
				"= 7.5 10 7.5"},
			{"median", f.admin, Aggregate{Group: []string{"stage.name"}, Measures: []string{"median:amount", "count"}},
				"Lead: -[](-1) 1; Won: 100.00 EUR 3; Lost: - 1; : 3.00 EUR 1; = 75.25 EUR[](-1) 6"},
			{"numbers", f.admin, Aggregate{Group: []string{"hot"}, Measures: []string{"sum:score", "avg:score", "max:close_date"}},
				"false: 2.25 2.25 2026-04-30; true: 1.5 1.5 2026-01-11; : - - 2026-02-06; = 3.75 1.875 2026-04-30"},
			{"filter", f.admin, Aggregate{Filter: `account.name contains "acme"`, Group: []string{"owner"}, Measures: []string{"count"}},
				"Max: 1; Rita: 2; = 3"},
			{"nothing", f.rep, Aggregate{Filter: `name = "none"`, Group: []string{"stage", "close_date:week"}, Measures: []string{"count", "sum:amount"}}, "= 0 -"},
			{"limit", f.admin, Aggregate{Group: []string{"stage"}, Measures: []string{"count"}, Sort: "-count", Limit: 1}, "Won: 3; = 6"},
			{"text", f.admin, Aggregate{Text: "d1", Measures: []string{"count"}}, "= 1"},
		}
		for _, test := range tests {
			test.a.Object = "deal"
			if got := f.figures(test.who, test.a); got != test.want {
				t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
			}
		}
	})
}

// A link to a record that the actor may not see looks like none, also in the
// path over it, and so does its label.
func TestAggregateHidesLinkedRecords(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		f := newFigureSet(t, server)
		id := f.make("deal", f.rep, Values{"name": "d7", "account": f.hospi, "stage": f.lead})
		for _, a := range []Aggregate{
			{Group: []string{"account"}, Measures: []string{"count"}},
			{Group: []string{"account.name"}, Measures: []string{"count"}},
		} {
			a.Object, a.Filter = "deal", `name = "d7"`
			if got := f.figures(f.rep, a); got != ": 1; = 1" {
				t.Errorf("%v of %v: got %q", a.Group, id, got)
			}
			if got := f.figures(f.admin, a); got != "Hospi: 1; = 1" {
				t.Errorf("admin %v: got %q", a.Group, got)
			}
		}
	})
}

// The filter of each group lists exactly the records behind its figures.
func TestAggregateGroupFilters(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		f := newFigureSet(t, server)
		f.make("deal", f.rep, Values{"name": "d7", "account": f.hospi, "won_at": "2026-03-01T23:30:00Z"})
		for _, group := range [][]string{{"stage"}, {"stage.kind", "hot"}, {"account"}, {"account.name"}, {"close_date:month"},
			{"close_date"}, {"close_date:fiscal_year"}, {"won_at:week"}, {"score"}, {"owner.team.name"}, {"coalesce(account.parent.name, account.name)"}, {"coalesce(account.parent.id, account.id)"}} {
			for _, who := range []value.ID{f.admin, f.rep, f.boss} {
				f.as(who, func(s *Session) {
					r, err := s.Aggregate(f.ctx(), Aggregate{Object: "deal", Filter: `name != "d2"`, Group: group, Measures: []string{"count"}})
					if err != nil {
						t.Fatalf("%v: %v", group, err)
					}
					for _, g := range append(r.Groups, r.Total) {
						n, _, err := s.Count(f.ctx(), Query{Object: "deal", Filter: g.Filter})
						if err != nil || n != g.Values[0].Value {
							t.Errorf("%v %v: %s lists %d, counted %v (%v)", group, g.Labels, g.Filter, n, g.Values[0].Value, err)
						}
					}
				})
			}
		}
	})
}

func TestAggregateRefuses(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		f := newFigureSet(t, server)
		tests := []struct {
			who value.ID
			a   Aggregate
			key string
		}{
			{f.clerk, Aggregate{Measures: []string{"sum:cost"}}, "expr.unknown_name"},
			{f.clerk, Aggregate{Group: []string{"phone"}}, "expr.unknown_name"},
			{f.clerk, Aggregate{Measures: []string{`count{phone = "1"}`}}, "expr.unknown_name"},
			{f.rep, Aggregate{Group: []string{"tags"}}, "aggregate.bad_group"},
			{f.rep, Aggregate{Group: []string{"coalesce(account.parent.id, account)"}}, "aggregate.bad_group"},
			{f.rep, Aggregate{Group: []string{"if(hot, account.id, account.parent.id)"}}, "aggregate.bad_group"},
			{f.rep, Aggregate{Group: []string{"amount"}}, "aggregate.bad_group"},
			{f.rep, Aggregate{Group: []string{"close_date:decade"}}, "aggregate.unknown_bucket"},
			{f.rep, Aggregate{Group: []string{"stage:month"}}, "aggregate.bad_group"},
			{f.rep, Aggregate{Group: []string{"name", "hot", "stage", "owner"}}, "aggregate.too_many_keys"},
			{f.rep, Aggregate{Measures: []string{"sum:name"}}, "aggregate.bad_measure"},
			{f.rep, Aggregate{Measures: []string{"sum"}}, "aggregate.bad_measure"},
			{f.rep, Aggregate{Measures: []string{"mode:amount"}}, "aggregate.bad_measure"},
			{f.rep, Aggregate{Measures: []string{"rate"}}, "aggregate.rate_of_what"},
			{f.rep, Aggregate{Measures: []string{"rate{ }"}}, "aggregate.rate_of_what"},
			{f.rep, Aggregate{Measures: []string{"count{hot"}}, "aggregate.bad_measure"},
			{f.rep, Aggregate{Measures: []string{"count"}, Sort: "name"}, "aggregate.unknown_sort"},
			{f.rep, Aggregate{Measures: []string{"count"}, Limit: -1}, "query.limit"},
			{f.rep, Aggregate{Filter: "amount / 2 > 1"}, "expr.no_sql.division"},
		}
		for _, test := range tests {
			test.a.Object = "deal"
			f.as(test.who, func(s *Session) {
				_, err := s.Aggregate(f.ctx(), test.a)
				if e, ok := fault.As(err); !ok || !strings.HasPrefix(e.Key, test.key) {
					t.Errorf("%+v: got %v, want %s", test.a, err, test.key)
				}
			})
		}
	})
}

// Sums beyond 64 bits are refused on both databases alike; what fits is exact.
func TestAggregateBigSums(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		k := newFigures(t, server)
		for range 2 {
			k.make("deal", k.rep, Values{"name": "big", "amount": "46000000000000000.01 EUR"})
		}
		a := Aggregate{Object: "deal", Filter: `name = "big"`, Measures: []string{"sum:amount"}}
		if got := k.figures(k.admin, a); got != "= 92000000000000000.02 EUR" {
			t.Errorf("got %s", got)
		}
		k.make("deal", k.rep, Values{"name": "negative", "amount": "-0.01 EUR"})
		a.Filter = `name in ("big", "negative")`
		if got := k.figures(k.admin, a); got != "= 92000000000000000.01 EUR" {
			t.Errorf("got %s", got)
		}
	})
}
