package record

import (
	"encoding/json"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// stages makes three states, not in the order of their names.
func (k *kit) stages() (lead, offer, won value.ID) {
	lead = k.put("stage", 0, Values{"name": "Lead", "position": int64(1)})
	offer = k.put("stage", 0, Values{"name": "Angebot", "position": int64(2)})
	won = k.put("stage", 0, Values{"name": "Won", "position": int64(3)})
	return
}

func eur(minor int64) value.Money { return value.Money{Minor: minor, Currency: "EUR"} }

func TestQueryFollowsScope(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		k.put("deal", k.rep, Values{"name": "r"})
		k.put("deal", k.mate, Values{"name": "m"})
		others := k.put("deal", k.other, Values{"name": "o"})
		k.put("deal", 0, Values{"name": "nobody"})
		q := Query{Object: "deal", Sort: "name"}
		for _, c := range []struct {
			who  value.ID
			want string
		}{{k.rep, "m r"}, {k.other, "o"}, {k.boss, "m o r"}, {k.admin, "m nobody o r"}, {k.clerk, "m nobody o r"}, {0, "m nobody o r"}} {
			if got := k.names(c.who, q); got != c.want {
				t.Errorf("member %d reads %q, want %q", c.who, got, c.want)
			}
		}
		k.share("deal", others, k.rep)
		if got := k.names(k.rep, q); got != "m o r" {
			t.Errorf("with a share rep reads %q", got)
		}
		if got := k.names(k.mate, q); got != "m r" {
			t.Errorf("the share with rep gave mate %q", got)
		}
		mine := k.put("deal", k.rep, Values{"name": "mine"})
		k.share("deal", mine, k.rep) // in scope and shared: listed once
		if got := k.names(k.rep, q); got != "m mine o r" {
			t.Errorf("shared with its owner: %q", got)
		}
	})
}

func TestChildrenFollowParent(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		mine, theirs := k.put("deal", k.rep, Values{"name": "r"}), k.put("deal", k.other, Values{"name": "o"})
		k.put("line", k.rep, Values{"text": "one", "deal": mine})
		line := k.put("line", k.other, Values{"text": "two", "deal": theirs})
		count := func() int {
			var n int
			k.as(k.rep, func(s *Session) {
				p, err := s.Query(k.ctx(), Query{Object: "line"})
				if err != nil {
					t.Fatal(err)
				}
				n = len(p.Records)
			})
			return n
		}
		if n := count(); n != 1 {
			t.Errorf("rep reads %d lines, want 1", n)
		}
		k.share("deal", theirs, k.rep)
		if n := count(); n != 2 {
			t.Errorf("with the deal shared rep reads %d lines, want 2", n)
		}
		k.as(k.rep, func(s *Session) {
			if _, err := s.Get(k.ctx(), "line", line); err != nil {
				t.Errorf("line of a shared deal: %v", err)
			}
		})
	})
}

func TestHiddenAndMaskedFields(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		id := k.put("deal", k.rep, Values{"name": "a", "cost": eur(100), "phone": "+34600111222"})
		k.as(k.clerk, func(s *Session) {
			text, err := s.GetJSON(k.ctx(), "deal", id, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			if _, there := got["cost"]; there {
				t.Errorf("hidden field in %s", text)
			}
			if got["phone"] != access.Mask("+34600111222") {
				t.Errorf("phone %v is not masked", got["phone"])
			}
			r, err := s.Get(k.ctx(), "deal", id)
			if err != nil || r.Field("cost") != nil || r.Field("phone") != access.Mask("+34600111222") {
				t.Errorf("record shows cost %v, phone %v, error %v", r.Field("cost"), r.Field("phone"), err)
			}
		})
		k.refused(k.clerk, Query{Object: "deal", Filter: `cost > 1`}, "expr.unknown_name")
		k.refused(k.clerk, Query{Object: "deal", Filter: `phone = "+34600111222"`}, "expr.unknown_name")
		k.refused(k.clerk, Query{Object: "deal", Sort: "cost"}, "schema.unknown_field")
		k.refused(k.clerk, Query{Object: "deal", Sort: "-phone"}, "schema.unknown_field")
		k.refused(k.clerk, Query{Object: "deal", Fields: []string{"cost"}}, "schema.unknown_field")
		if got := k.names(k.rep, Query{Object: "deal", Filter: `cost > 0`, Sort: "cost,phone"}); got != "a" {
			t.Errorf("who may read it filters by it: %q", got)
		}
	})
}

func TestColumnsOverLinks(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		seen := k.put("account", k.mate, Values{"name": "Seen", "billing": value.Address{City: "Bonn"}})
		unseen := k.put("account", k.other, Values{"name": "Unseen"})
		k.put("deal", k.rep, Values{"name": "a", "account": seen})
		k.put("deal", k.rep, Values{"name": "b", "account": unseen})
		k.put("deal", k.rep, Values{"name": "c"})
		q := Query{Object: "deal", Sort: "name", Fields: []string{"name", "account", "account.name", "account.owner.name", "account.billing_city", "customer"}}
		want := `{"items":[` +
			`{"id":"1016","version":1,"name":"a","account":"1014","account.name":"Seen","account.owner.name":"Max","account.billing_city":"Bonn","customer":"Seen"},` +
			`{"id":"1017","version":1,"name":"b","account":"1015","account.name":null,"account.owner.name":null,"account.billing_city":null,"customer":null},` +
			`{"id":"1018","version":1,"name":"c","account":null,"account.name":null,"account.owner.name":null,"account.billing_city":null,"customer":null}],"count":3}`
		q.Count = CountCapped
		k.as(k.rep, func(s *Session) {
			got, err := s.QueryJSON(k.ctx(), q, nil)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			p, err := s.Query(k.ctx(), q)
			if err != nil || p.Records[0].Path("account.owner.name") != "Max" || p.Records[1].Path("account.name") != nil {
				t.Errorf("records over links: %v, error %v", p, err)
			}
		})
		k.refused(k.rep, Query{Object: "deal", Fields: []string{"account.nope"}}, "schema.unknown_field")
		k.refused(k.rep, Query{Object: "deal", Fields: []string{"name.x"}}, "schema.unknown_field")
	})
}

func TestTrashNeedsDeleteRight(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		k.put("deal", k.rep, Values{"name": "alive"})
		gone := k.put("deal", k.rep, Values{"name": "gone"})
		mates := k.put("deal", k.mate, Values{"name": "mates"})
		k.settle(func(tx *store.Tx) error {
			_, err := tx.Exec(k.ctx(), `UPDATE {deal} SET deleted_at = $1 WHERE id IN ($2, $3)`, noon, gone, mates)
			return err
		})
		q := Query{Object: "deal", Trash: true}
		if got := k.names(k.rep, q); got != "gone" { // he may delete his own only
			t.Errorf("rep's trash: %q", got)
		}
		if got := k.names(k.boss, q); got != "mates gone" {
			t.Errorf("boss's trash: %q", got)
		}
		if got := k.names(k.rep, Query{Object: "deal"}); got != "alive" {
			t.Errorf("list: %q", got)
		}
		k.refused(k.clerk, q, "query.no_trash")
		k.as(k.rep, func(s *Session) {
			if _, err := s.Get(k.ctx(), "deal", gone); !fault.Is(err, fault.NotFound) {
				t.Errorf("deleted record: %v", err)
			}
		})
	})
}
