package record

import (
	"fmt"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// BenchmarkScopes reads the same page for managers of 1 to 5,000 people, half
// of whom own nothing.
func BenchmarkScopes(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchScopes(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchScopes(b, storetest.Postgres(b)) })
}

func benchScopes(b *testing.B, server *store.Server) {
	k := newKit(b, server)
	lead, offer, won := k.stages()
	stages := []value.ID{lead, offer, won}
	sizes := []int{1, 70, 300, 1_300, 3_329}
	var owners, bosses []value.ID
	for _, n := range sizes {
		team := k.put("team", 0, Values{"name": "t", "parent": k.sales})
		members := k.putAll("member", []value.ID{0}, many(n, func(i int) Values {
			return Values{"name": fmt.Sprint("m", i), "team": team, "role": k.managerRole, "active": true}
		}))
		bosses = append(bosses, members[0])
		owners = append(owners, members[:(n+1)/2]...)
	}
	for from := 0; from < pageRows(); from += 50_000 {
		k.putAll("deal", owners, many(min(50_000, pageRows()-from), func(i int) Values {
			n := from + i
			return Values{"name": fmt.Sprint("Deal ", n), "amount": eur(int64(n) * 7919 % 10_000_019), "stage": stages[n*31%97%3]}
		}))
	}
	k.settle(func(tx *store.Tx) error { return access.TeamsChanged(k.ctx(), tx) })
	if err := k.engine.Analyze(k.ctx()); err != nil {
		b.Fatal(err)
	}
	bosses, sizes = append(bosses, k.boss, k.admin), append(sizes, 5_000, 0)
	for i, boss := range bosses {
		for name, q := range map[string]Query{
			"stage by amount": {Filter: `stage.name = "Won"`, Sort: "-amount"}, "newest": {}, "newest, counted": {Count: CountCapped},
		} {
			q.Object, q.Fields = "deal", []string{"name", "amount", "stage", "owner"}
			b.Run(fmt.Sprintf("%s, %d members", name, sizes[i]), func(b *testing.B) { benchOne(b, k, boss, q) })
		}
	}
}
