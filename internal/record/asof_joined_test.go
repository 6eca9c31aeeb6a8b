package record

import (
	"testing"
	"time"

	"wellmet/internal/schema"
	"wellmet/internal/store"
)

// looseShops are prepared by a program that does not track whose items are.
var looseShops = made(looseItems)

// Parts that were tracked before without their wholes are told anew once these
// are tracked too, by a newer program or an administrator: what they belonged to
// when a span ended is found, and nobody is answered before.
func TestPartsTrackedWithoutTheirWholesAreToldAnew(t *testing.T) {
	t.Parallel()
	for how, join := range map[string]func(*shop){
		"a newer program": func(k *shop) {
			needs := k.engine.needs
			needs.Objects = append(kitObjects(), shopObjects()...)
			k.engine = New(needs)
			if err := k.engine.Open(k.ctx()); err != nil {
				k.t.Fatal(err)
			}
		},
		"an administrator": func(k *shop) {
			k.apply(change(schema.ChangeField, "item", "bill", `{"tracked":true}`))
			k.as(k.admin, func(s *Session) {
				if _, err := s.Query(k.ctx(), Query{Object: "item", AsOf: k.clock()}); !told(err, "query.past_untold") {
					k.t.Errorf("a past that is not told yet: %v", err)
				}
			})
			for more := true; more; {
				var err error
				if more, err = k.engine.FillSpans(k.ctx()); err != nil {
					k.t.Fatal(err)
				}
			}
		},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			looseShops.Each(t, func(t *testing.T, server *store.Server) {
				k := openShop(t, server, looseItems())
				bill, other := k.make(k.rep, "bill", Values{}), k.make(k.rep, "bill", Values{})
				item := k.make(k.rep, "item", Values{"bill": bill, "pieces": int64(1)})
				at := k.clock()
				k.wait(time.Hour)
				for _, err := range []error{k.set(k.rep, "item", item, Values{"pieces": int64(2), "bill": other}), k.set(k.rep, "bill", bill, Values{"status": "sent"})} {
					if err != nil {
						t.Fatal(err)
					}
				}
				k.wait(time.Hour)
				join(k)
				k.as(k.rep, func(s *Session) {
					for _, q := range []Query{{Object: "item"}, {Object: "item", Filter: `pieces = 1 and bill.status = "new"`}, {Object: "item", Filter: `owner = "` + k.rep.String() + `"`},
						{Object: "bill", Filter: `any(lines, pieces = 1)`}} {
						q.AsOf = at
						page, err := s.Query(k.ctx(), q)
						if err != nil || len(page.Records) != 1 || q.Object == "bill" && page.Records[0].ID != bill {
							t.Errorf("%s %q: %v, %v", q.Object, q.Filter, page, err)
						}
					}
				})
				k.invariants()
			})
		})
	}
}

// looseItems are the trade of that program.
func looseItems() []*schema.Object {
	list := append(kitObjects(), shopObjects()...)
	for _, o := range list {
		for _, f := range o.Fields {
			if o.Name == "item" && f.Name == "bill" {
				f.Tracked = false
			}
		}
	}
	return list
}
