package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

func TestCounts(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		k.putAll("deal", []value.ID{k.rep}, many(CountCap+5, func(int) Values { return Values{} }))
		shared := k.put("deal", k.other, Values{})
		k.share("deal", shared, k.rep)
		for _, c := range []struct {
			who    value.ID
			mode   CountMode
			want   int64
			capped bool
		}{{k.rep, CountCapped, CountCap, true}, {k.rep, CountExact, CountCap + 6, false}, {k.mate, CountExact, CountCap + 5, false},
			{k.other, CountCapped, 1, false}, {k.admin, CountCapped, CountCap, true}, {k.boss, CountExact, CountCap + 6, false}} {
			for _, rows := range []int64{100, 1e6} {
				k.as(c.who, func(s *Session) {
					s = s.grow(rows)
					p, err := s.Query(k.ctx(), Query{Object: "deal", Count: c.mode, Limit: 3})
					if err != nil || p.Count != c.want || p.Capped != c.capped {
						t.Errorf("page for %d: count %d capped %v error %v, want %d", c.who, p.Count, p.Capped, err, c.want)
					}
					n, capped, err := s.Count(k.ctx(), Query{Object: "deal", Count: c.mode})
					if err != nil || n != c.want || capped != c.capped {
						t.Errorf("count for %d: %d capped %v error %v, want %d", c.who, n, capped, err, c.want)
					}
				})
			}
		}
		k.as(k.admin, func(s *Session) {
			s = s.grow(1e6)
			for _, sort := range []string{"account.name", "status", "owner"} {
				_, err := s.Query(k.ctx(), Query{Object: "deal", Sort: sort})
				if err == nil {
					t.Errorf("sorted more than the cap by %s", sort)
				}
			}
			if _, err := s.Query(k.ctx(), Query{Object: "deal", Sort: "owner", Filter: fmt.Sprintf(`owner = "%d"`, k.other)}); err != nil {
				t.Errorf("few matches of many rows: %v", err)
			}
			q := Query{Object: "deal", Sort: "-amount"}
			n := 0
			if err := s.Each(k.ctx(), q, func(*Record) error { n++; return nil }); err != nil || n != CountCap+6 {
				t.Errorf("each met %d, error %v", n, err)
			}
		})
	})
}

func TestEachStops(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		k.putAll("deal", []value.ID{k.rep}, many(5, func(int) Values { return Values{} }))
		k.as(k.rep, func(s *Session) {
			stop, n := fmt.Errorf("enough"), 0
			err := s.Each(k.ctx(), Query{Object: "deal", Sort: "id"}, func(r *Record) error {
				n++
				if _, err := s.Get(k.ctx(), "deal", r.ID); err != nil { // the session is free for use
					return err
				}
				if n == 3 {
					return stop
				}
				return nil
			})
			if err != stop || n != 3 {
				t.Errorf("stopped after %d with %v", n, err)
			}
		})
	})
}

func TestListsOfLinks(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		account := k.put("account", k.rep, Values{"name": "A"})
		anna := k.put("contact", k.rep, Values{"name": "Anna", "account": account})
		bert := k.put("contact", k.other, Values{"name": "Bert", "account": account})
		one := k.put("deal", k.rep, Values{"name": "one", "account": account})
		two := k.put("deal", k.rep, Values{"name": "two"})
		note := k.put("activity", 0, Values{"name": "call"})
		contacts, _ := k.object("deal").Field("contacts")
		k.settle(func(tx *store.Tx) error {
			for _, to := range []value.ID{bert, anna} {
				if _, err := tx.Exec(k.ctx(), `INSERT INTO {record_link} (field, from_id, to_id) VALUES ($1, $2, $3)`, contacts.ID, one, to); err != nil {
					return err
				}
			}
			_, err := tx.Exec(k.ctx(), `INSERT INTO {link_about} (activity, object, record, at_ms, kind) VALUES ($1, 'deal', $2, 1, 'call')`, note, one)
			return err
		})
		k.as(k.rep, func(s *Session) {
			got, err := s.QueryJSON(k.ctx(), Query{Object: "deal", Sort: "name", Fields: []string{"contacts", "name"}}, nil)
			want := fmt.Sprintf(`{"items":[{"id":"%d","version":1,"contacts":["%d","%d"],"name":"one"},{"id":"%d","version":1,"contacts":null,"name":"two"}]}`,
				one, anna, bert, two)
			if err != nil || string(got) != want {
				t.Errorf("got  %s, %v\nwant %s", got, err, want)
			}
			r, err := s.Get(k.ctx(), "deal", one)
			if err != nil || !slices.Equal(r.Field("contacts").([]value.ID), []value.ID{anna, bert}) {
				t.Errorf("contacts %v, error %v", r.Field("contacts"), err)
			}
			about, err := s.Get(k.ctx(), "activity", note)
			if err != nil || !slices.Equal(about.Field("about").([]schema.Ref), []schema.Ref{{Object: "deal", ID: one}}) {
				t.Errorf("about %v, error %v", about.Field("about"), err)
			}
			for text, want := range map[string]bool{
				`any(contacts, name = "Anna")`: true, `any(contacts, name = "Nina")`: false, `account.name = "A"`: true,
				`any(account.contacts, name starts with "b")`: true, `any(activities, name = "call")`: false,
			} {
				e, err := s.Check(k.object("deal"), text, expr.Bool)
				if err != nil {
					t.Logf("%s: %v", text, err)
					continue
				}
				if ok, err := e.Match(row{s, r}, s.Env()); err != nil || ok != want {
					t.Errorf("%s is %v in memory, error %v", text, ok, err)
				}
				p, err := s.Query(k.ctx(), Query{Object: "deal", Filter: text + ` and name = "one"`})
				if err != nil || len(p.Records) == 1 != want {
					t.Errorf("%s finds %v, error %v", text, p, err)
				}
			}
		})
	})
}

// TestJSONSaysWhatRecordsSay compares the two ways of reading the same rows.
func TestJSONSaysWhatRecordsSay(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		k.crowd(40, 21)
		for _, who := range []value.ID{k.rep, k.clerk, k.admin} {
			k.as(who, func(s *Session) {
				q := Query{Object: "deal", Sort: "-amount,name", Limit: 11}
				text, err := s.QueryJSON(k.ctx(), q, nil)
				if err != nil {
					t.Fatal(err)
				}
				var got struct {
					Items []map[string]json.RawMessage
					Next  string
				}
				if err := json.Unmarshal(text, &got); err != nil {
					t.Fatalf("%v in %s", err, text)
				}
				p, err := s.Query(k.ctx(), q)
				if err != nil || p.Next != got.Next || len(p.Records) != len(got.Items) {
					t.Fatalf("%d and %d records, error %v", len(p.Records), len(got.Items), err)
				}
				for i, r := range p.Records {
					for _, f := range r.Object.Fields {
						want, there := got.Items[i][f.Name]
						if there != s.Actor().Sees(f) {
							t.Errorf("%s: seen %v", f, there)
						}
						v := r.Value(f)
						if there && f.Name != "version" && string(want) != string(schema.AppendJSON(nil, v)) {
							t.Errorf("%s: %s and %v", f, want, v)
						}
					}
				}
			})
		}
	})
}

func TestEstimatedSizes(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		var last estimates
		sizes := func() map[string]int64 {
			k.as(0, func(s *Session) {
				var err error
				if last, err = estimateSizes(k.ctx(), s.tx, s.state.schema, last); err != nil {
					t.Fatal(err)
				}
			})
			return last.rows
		}
		if n := sizes()["deal"]; n != 0 {
			t.Errorf("no deals estimated as %d", n)
		}
		k.putAll("deal", []value.ID{k.rep, 0}, many(120, func(int) Values { return Values{} }))
		if n := sizes()["deal"]; n != 120 {
			t.Errorf("120 deals estimated as %d", n)
		}
		if n := sizes()["deal"]; n != 120 {
			t.Errorf("the same 120 deals estimated as %d", n)
		}
		k.putAll("deal", []value.ID{k.rep, 0}, many(hintRows, func(int) Values { return Values{} }))
		if n := sizes()["deal"]; n <= hintRows {
			t.Errorf("a big table estimated as %d", n)
		}
		if err := k.engine.Analyze(k.ctx()); err != nil {
			t.Fatal(err)
		}
		if n := sizes()["deal"]; n < 15_000 || n > 30_000 {
			t.Errorf("%d deals estimated as %d after a look", hintRows+120, n)
		}
	})
}
