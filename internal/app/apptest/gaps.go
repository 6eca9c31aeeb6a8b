package apptest

import (
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// closing is a deal that has ended: whose, how long ago, how long it took, and what
// else there is of it.
type closing struct {
	owner     value.ID
	kind      string
	ago, took int
	v         record.Values
	product   value.ID
}

// closer ends deals in the pipelines that there are.
func (k *Kit) closer(t testing.TB) func(closing) value.ID {
	t.Helper()
	account := k.Create(t, k.Ada, "account", record.Values{"name": "Boreas"})
	return func(x closing) value.ID {
		t.Helper()
		on := value.DateOf(k.Now(), time.UTC).AddDays(-x.ago)
		v := record.Values{"name": "Ended", "account": account, "owner": x.owner, "close_date": on, "started_on": on.AddDays(-x.took)}
		for name, y := range x.v {
			v[name] = y
		}
		id := k.Create(t, k.Ada, "deal", v)
		if x.product != 0 {
			k.Create(t, k.Ada, "deal_line", record.Values{"deal": id, "product": x.product})
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			step := sales.Step{Deal: id, Kind: x.kind}
			if x.kind == sales.Lost {
				step.Close.Reason = "price"
			}
			if _, err := sales.Move(t.Context(), s, step); err != nil {
				return err
			}
			_, err := s.Update(t.Context(), "deal", id, 0, record.Values{"close_date": on})
			return err
		})
		return id
	}
}

// Hurdled is a target of which no number of deals can be planned.
type Hurdled struct {
	Name   string
	Target value.ID
	// Hurdle or Problem is the key of the reason, Words are of it in English.
	Hurdle, Problem, Words string
	Missing                string // as a page writes it; "" = it is not told
}

// HurdledTargets makes targets whose gap nothing closes, each for its own reason: of
// Rita, who loses all she has in the pipeline Large, of Max, whose deals cost more
// than they bring, of Olga, whose deals take 90 days, and of Bob, whose open deal the
// forecast omits.
func (k *Kit) HurdledTargets(t testing.TB) (list []Hurdled) {
	t.Helper()
	large := k.Create(t, k.Ada, "pipeline", record.Values{"name": "Large", "position": int64(9)})
	for i, kind := range []string{sales.Open, sales.Won, sales.Lost} {
		k.Create(t, k.Ada, "stage", record.Values{"name": "It is " + kind, "pipeline": large, "kind": kind, "position": int64(i + 1)})
	}
	pump := k.Create(t, k.Ada, "product", record.Values{"name": "Pump", "price": "100", "cost": "120"})
	end := k.closer(t)
	for i := range 12 {
		end(closing{owner: k.Rita, kind: sales.Lost, ago: 100 + i, took: 5, v: record.Values{"pipeline": large, "amount": "10"}})
		if i < 5 {
			end(closing{owner: k.Max, kind: sales.Won, ago: 100 + i, took: 5, product: pump})
			end(closing{owner: k.Olga, kind: sales.Won, ago: 100 + i, took: 90, v: record.Values{"amount": "10"}})
		}
	}
	account := k.Create(t, k.Bob, "account", record.Values{"name": "Cirrus"})
	k.Create(t, k.Bob, "deal", record.Values{"name": "Left out", "account": account, "amount": "400", "close_date": "2026-03-20", "forecast": sales.Omitted})
	target := func(x Hurdled, who value.ID, measure, period string, v record.Values) {
		t.Helper()
		of := record.Values{"member": who, "measure": measure, "period": period, "raise_reason": "x"}
		for name, y := range v {
			of[name] = y
		}
		x.Target = k.Create(t, k.Ada, "target", of)
		list = append(list, x)
	}
	target(Hurdled{Name: "none was won", Hurdle: sales.HurdleNever, Words: "None of 12 closed deals of the last year was won", Missing: "2"}, k.Rita, "won_deals", "2026-03", record.Values{"number": 2})
	target(Hurdled{Name: "none of a pipeline", Hurdle: sales.HurdleNever, Words: "None of 12 closed deals of the last year was won", Missing: "3"}, k.Rita, "won_deals", "2026-Q2", record.Values{"number": 3, "pipeline": large})
	target(Hurdled{Name: "won for nothing", Hurdle: sales.HurdleWorth, Words: "The 5 won deals of the last year whose worth is known brought nothing on average", Missing: "€100"}, k.Max, "margin", "2026-Q3", record.Values{"amount": "100"})
	target(Hurdled{Name: "too slow", Hurdle: sales.HurdleCycle, Words: "New deals usually take 90 days until they are won", Missing: "2"}, k.Olga, "won_deals", "2026-03", record.Values{"number": 2})
	target(Hurdled{Name: "over", Hurdle: sales.HurdleOver, Words: "The period is over", Missing: "€250"}, k.Rita, "won_revenue", "2025-Q1", record.Values{"amount": "250"})
	target(Hurdled{Name: "zero", Problem: "zero", Words: "The target is zero", Missing: "€0"}, k.Rita, "won_revenue", "2027-Q1", record.Values{"amount": "0"})
	target(Hurdled{Name: "no rate", Problem: "no_rate", Words: "currency has no rate"}, k.Rita, "won_revenue", "2026-03", record.Values{"amount": "9 CLP"})
	target(Hurdled{Name: "all omitted", Words: "not enough to tell", Missing: "€500"}, k.Bob, "won_revenue", "2026-Q1", record.Values{"amount": "500"})
	return list
}

// OwnRates is what Rita did in the last year: 20 deals, of which she won 10 within
// five days each, 20 meetings and 40 calls. Her target of two won deals in the third
// quarter of 2026 takes 4 new deals, 4 meetings and 8 calls.
func (k *Kit) OwnRates(t testing.TB) (target value.ID) {
	t.Helper()
	end := k.closer(t)
	for i := range 20 {
		kind := sales.Won
		if i%2 == 1 {
			kind = sales.Lost
		}
		end(closing{owner: k.Rita, kind: kind, ago: 100 + i, took: 5, v: record.Values{"amount": "10"}})
		for _, kind := range []string{"meeting", "call", "call"} {
			k.Create(t, k.Rita, "activity", record.Values{"kind": kind, "done": true})
		}
	}
	return k.Create(t, k.Ada, "target", record.Values{"member": k.Rita, "measure": "won_deals", "period": "2026-Q3", "number": 2, "raise_reason": "x"})
}
