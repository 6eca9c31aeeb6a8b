package record

import (
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Amounts of an object that declares a day are worth the rate of that day, which has
// come by now; also those that an older program valued by today's, with the sums that
// are kept of them, and back.
func TestAmountsAreWorthTheDayThatTheirObjectDeclares(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		today := value.DateOf(noon, k.engine.current.Load().zone)
		for ago, factor := range map[int]string{100: "0.5", 10: "0.6"} {
			k.put("currency_rate", 0, Values{"currency": "USD", "day": today.AddDays(-ago), "rate": factor})
		}
		k.settle(func(tx *store.Tx) error { return touchState(k.ctx(), tx) })
		deals := map[string]value.ID{}
		k.act(k.rep, func(s *Session) error {
			for name, day := range map[string]any{"early": today.AddDays(-50), "before any": today.AddDays(-200), "to come": today.AddDays(50), "of no day": nil} {
				out, err := s.Create(k.ctx(), "deal", Values{"name": name, "close_date": day, "amount": "10 USD"})
				if err != nil {
					return err
				}
				deals[name] = out.ID
			}
			return nil
		})
		worth := func(when string, want map[string]int64) {
			t.Helper()
			k.as(k.rep, func(s *Session) {
				sum := int64(0)
				for name, id := range deals {
					r, err := s.Get(k.ctx(), "deal", id)
					if err != nil {
						t.Fatal(err)
					}
					base, _ := r.Base("amount")
					if sum += base; base != want[name] {
						t.Errorf("%s: %s is worth %d, want %d", when, name, base, want[name])
					}
				}
				for _, by := range []string{"stage", "close_date"} {
					a, err := s.Aggregate(k.ctx(), Aggregate{Object: "deal", Group: []string{by}, Measures: []string{"sum:amount"}})
					if m, _ := a.Total.Values[0].Value.(value.Money); err != nil || m.Minor != sum {
						t.Errorf("%s: the sum by %s is %v, want %d (%v)", when, by, a.Total.Values[0], sum, err)
					}
				}
			})
		}
		openBy := func(day string) {
			t.Helper()
			n := k.engine.needs
			n.Objects = kitObjects()
			for _, o := range n.Objects {
				if o.Name == "deal" {
					o.RatedOn = day
				}
			}
			k.engine = New(n)
			if err := k.engine.Open(k.ctx()); err != nil {
				t.Fatal(err)
			}
		}
		todays := map[string]int64{"early": 600, "before any": 600, "to come": 600, "of no day": 600}
		ofDays := map[string]int64{"early": 500, "before any": 0, "to come": 600, "of no day": 600}
		worth("at today's", todays)
		openBy("close_date")
		worth("by the day", ofDays)
		openBy("close_date")
		worth("opened again", ofDays)
		k.act(k.rep, func(s *Session) error {
			_, err := s.Update(k.ctx(), "deal", deals["early"], 0, Values{"close_date": today.AddDays(-5)})
			return err
		})
		ofDays["early"] = 600
		worth("another day", ofDays)
		openBy("")
		worth("back at today's", todays)
	})
}
