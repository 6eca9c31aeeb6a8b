package record

import (
	"strings"
	"testing"

	"wellmet/internal/store"
)

func TestPropose(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		k.put("deal", k.rep, Values{"name": "d"})
		for _, c := range []struct {
			rows         int64
			filter, sort string
			want         string
		}{
			{1e6, "", "-score", "-score"},
			{1e6, `status = "new"`, "-amount", ""}, // every third matches
			{1e6, `status = "new" and hot = true`, "-amount", "hot,status,-amount"},
			{1e6, `account = "7"`, "-score", ""}, // few, by the index of the link
			{1e6, `status = "new" and hot = true and name contains "x"`, "close_date", "hot,status,close_date"},
			{1e6, "", "-amount", ""},                     // served
			{1e6, `stage = "7"`, "amount", ""},           // served, read backwards
			{1e6, "", "account.name", ""},                // no index could
			{1e6, "", "", ""},                            // the ids themselves
			{100, "", "-score", ""},                      // small
			{1e6, `status in ("new", "open")`, "id", ""}, // not one value
		} {
			k.as(k.admin, func(s *Session) {
				p, err := s.grow(c.rows).Propose(k.ctx(), Query{Object: "deal", Filter: c.filter, Sort: c.sort})
				switch {
				case err != nil:
					t.Errorf("%q by %q: %v", c.filter, c.sort, err)
				case c.want == "" && p != nil:
					t.Errorf("%q by %q: proposed %v", c.filter, c.sort, p)
				case c.want == "":
				case p == nil || strings.Join(p.Index.Fields, ",") != c.want || !p.Index.Served || p.RowsThen != 51 || p.Rows <= 51 || len(p.Plan) == 0:
					t.Errorf("%q by %q: %+v, want %s", c.filter, c.sort, p, c.want)
				case p.Object != "deal":
					t.Errorf("object %s", p.Object)
				}
			})
		}
	})
}
