package commerce_test

import (
	"math/rand/v2"
	"testing"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// The same money is never in two places: that of a contract is in its plan or
// booked, of a deal without one in bare, of an open deal in expected.
func TestTheSameMoneyIsCountedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		planned := k.signed(t) // won, with a contract
		var total value.Money
		k.Read(t, k.Rita, func(s *record.Session) error {
			c, err := s.Get(t.Context(), "contract", planned)
			total, _ = record.Get(c, commerce.ContractTotal)
			return err
		})
		part := func(of value.ID, on string, minor int64) value.ID {
			return k.Create(t, k.Rita, "payment_plan_line", record.Values{"contract": of, "due_on": on, "amount": value.Money{Minor: minor, Currency: total.Currency}})
		}
		part(planned, "2026-02-10", 10000)
		part(planned, "2026-04-10", total.Minor-10000)
		bare := k.deal(t) // won, its contract without a plan
		k.win(t, bare)
		open := k.Create(t, k.Rita, "deal", record.Values{"name": "Open", "account": k.account, "amount": "200", "close_date": "2026-05-15", "probability": "50"})
		k.Create(t, k.Rita, "deal", record.Values{"name": "Late", "account": k.account, "amount": "999", "close_date": "2026-02-15"})

		look := func(member value.ID, q sales.ForecastQuery) *commerce.Cash { return k.cash(t, member, q) }
		is := func(c *commerce.Cash, what string, f commerce.CashFigure, minor int64) {
			t.Helper()
			if m, _ := f.Sum.Value.(value.Money); m.Minor != minor {
				t.Errorf("%s: %v, want %d", what, f.Sum.Value, minor)
			}
		}
		var booked, sold int64
		k.Read(t, k.Rita, func(s *record.Session) error {
			d, err := s.Get(t.Context(), "deal", bare)
			m, _ := record.Get(d, sales.DealAmount)
			booked, sold = total.Minor, m.Minor // with tax, and without
			return err
		})
		c := look(k.Rita, sales.ForecastQuery{Person: k.Rita})
		is(c, "due in February", c.Months[0].Due, 10000)
		is(c, "late", c.Months[0].Late, 10000)
		is(c, "overdue", c.Overdue, 10000)
		is(c, "due in April", c.Months[2].Due, total.Minor-10000)
		is(c, "booked", c.Months[1].Booked, booked)
		is(c, "won", c.Months[1].Won, 2*sold)
		is(c, "expected", c.Months[3].Expected, 10000)
		if m, _ := c.Total.Coming().Value.(value.Money); m.Minor != total.Minor+booked+10000 {
			t.Errorf("to come: %v", m)
		}

		// What comes in leaves what is due; the open deal, won with a plan, goes
		// from Expected to Due.
		k.Create(t, k.Rita, "receipt", record.Values{"contract": planned, "amount": value.Money{Minor: 10000, Currency: total.Currency}})
		k.win(t, open)
		part(k.contracts(t, open)[0].ID, "2026-05-20", 20000)
		c = look(k.Rita, sales.ForecastQuery{})
		is(c, "paid", c.Months[0].Due, 0)
		is(c, "received", c.Months[1].Received, 10000)
		is(c, "overdue", c.Overdue, 0)
		is(c, "expected", c.Total.Expected, 0)
		is(c, "booked", c.Total.Booked, booked)
		is(c, "due", c.Total.Due, total.Minor-10000+20000)
		for _, f := range []commerce.CashFigure{c.Total.Due, c.Total.Booked, c.Total.Received, c.Total.Won} {
			k.Read(t, k.Rita, func(s *record.Session) error {
				object := map[string]string{"deals": "deal", "receipts": "receipt", "payment_plan_lines": "payment_plan_line", "contracts": "contract"}[f.Object]
				n, _, err := s.Count(t.Context(), record.Query{Object: object, Filter: f.Filter, Count: record.CountExact})
				if err != nil || n == 0 {
					t.Errorf("%q lists %d of %s: %v", f.Filter, n, f.Object, err)
				}
				return nil
			})
		}
		c = look(k.Olga, sales.ForecastQuery{Person: k.Olga})
		is(c, "Olga's", c.Total.Due, 0)
	})
}

// cash is the money from the month before on.
func (k *shop) cash(t *testing.T, member value.ID, q sales.ForecastQuery) (c *commerce.Cash) {
	t.Helper()
	k.Read(t, member, func(s *record.Session) (err error) {
		c, err = commerce.CashIn(t.Context(), s, q, value.DateOf(k.Now(), s.Env().Zone).AddMonths(-1), 6)
		return err
	})
	return c
}

func minor(f commerce.CashFigure) int64 {
	m, _ := f.Sum.Value.(value.Money)
	return m.Minor
}

// Whatever is planned, comes in, is taken back or called off: the money of each
// contract stands once, in what came in, what is due or what is booked, and what
// goes beyond a contract is told apart.
func TestEachContractsMoneyStandsOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		random := rand.New(rand.NewPCG(1, 2))
		part := func(of int64) value.Money { return eur(1 + random.Int64N(of)) }
		for i := range 14 {
			if i == 5 { // won without a contract
				k.imported(t, 7000)
			}
			deal := k.deal(t)
			if i%7 == 6 {
				continue // open, without a contract
			}
			k.win(t, deal)
			c := k.contracts(t, deal)[0].ID
			if i > 1 {
				k.sign(t, c)
			}
			for range random.IntN(4) {
				k.Create(t, k.Rita, "payment_plan_line", record.Values{"contract": c, "due_on": "2026-04-10", "amount": part(25000)})
			}
			for range random.IntN(4) * min(i/2, 1) {
				receipt, err := k.book(t, commerce.Booking{Contract: c, Amount: part(30000), AcceptOver: true})
				if err != nil {
					t.Fatal(err)
				}
				if random.IntN(3) == 0 {
					k.Write(t, k.Rita, func(s *record.Session) error {
						_, err := commerce.Reverse(t.Context(), s, receipt, 0, "Bounced")
						return err
					})
				}
			}
			if i%5 == 4 {
				k.Write(t, k.Rita, func(s *record.Session) error {
					_, err := commerce.Cancel(t.Context(), s, c, 0, "Budget cut", commerce.KeepDeal)
					return err
				})
			}
			k.balances(t, i)
		}
	})
}

// balances checks the cash forecast against each contract by itself.
func (k *shop) balances(t *testing.T, step int) {
	t.Helper()
	var total, received, due, booked, beyond int64
	k.Read(t, k.Rita, func(s *record.Session) error {
		return s.Each(t.Context(), record.Query{Object: "contract"}, func(r *record.Record) error {
			in, _ := record.Get(r, commerce.ContractReceived)
			received += in.Minor
			if state, _ := record.Get(r, commerce.ContractState); state == commerce.Void {
				return nil
			}
			of, _ := record.Get(r, commerce.ContractTotal)
			open := int64(0)
			err := s.Each(t.Context(), record.Query{Object: "payment_plan_line", Filter: `contract = "` + r.ID.String() + `"`}, func(r *record.Record) error {
				m, _ := record.Get(r, commerce.PlanOpenAmount)
				open += m.Minor
				return nil
			})
			total, due = total+of.Minor, due+open
			booked, beyond = booked+max(0, of.Minor-in.Minor-open), beyond+max(0, in.Minor+open-of.Minor)
			if stands := in.Minor + open + max(0, of.Minor-in.Minor-open) + min(0, of.Minor-in.Minor-open); stands != of.Minor {
				t.Errorf("step %d: a contract of %d stands with %d", step, of.Minor, stands)
			}
			return err
		})
	})
	c := k.cash(t, k.Rita, sales.ForecastQuery{})
	got := [4]int64{minor(c.Total.Received), minor(c.Total.Due), minor(c.Total.Booked), minor(c.Beyond)}
	if want := [4]int64{received, due, booked, beyond}; got != want {
		t.Errorf("step %d: received, due, booked, beyond %v, want %v", step, got, want)
	}
	if bare := minor(c.Total.Bare); bare != 7000 && step >= 5 || bare != 0 && step < 5 {
		t.Errorf("step %d: %d of deals without a contract", step, bare)
	}
	if c.Unseen != 0 {
		t.Errorf("%d deals have contracts that nobody sees", c.Unseen)
	}
}

// imported is a deal that came as won, without a contract.
func (k *shop) imported(t *testing.T, minor int64) {
	t.Helper()
	err := k.Workspace.Write(t.Context(), record.Who{Member: k.Rita, Door: "import", Cause: "test"}, func(s *record.Session) error {
		deal, err := s.Create(t.Context(), "deal", record.Values{"name": "Of old", "account": k.account, "amount": eur(minor), "close_date": "2026-03-01"})
		if err == nil {
			_, err = sales.Win(t.Context(), s, deal.ID, 0, sales.Close{})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Who may not see a contract does not find its money elsewhere: not as booked,
// nor as that of a deal without one; how many such deals there are is said.
func TestUnseenContractsDistortNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		c := k.signed(t)
		k.plan(t, c, "2", "2026-04-01")
		if _, err := k.book(t, commerce.Booking{Contract: c, Amount: eur(10000)}); err != nil {
			t.Fatal(err)
		}
		k.signed(t)
		k.imported(t, 7000)
		k.Create(t, k.Rita, "deal", record.Values{"name": "Open", "account": k.account, "amount": "200", "close_date": "2026-05-15", "probability": "50"})
		sees := func(what string, member value.ID, coming, received, unseen int64) {
			t.Helper()
			x := k.cash(t, member, sales.ForecastQuery{})
			m, _ := x.Total.Coming().Value.(value.Money)
			if m.Minor != coming || minor(x.Total.Received) != received || x.Unseen != unseen {
				t.Errorf("%s: %d to come, %d received, %d unseen, want %d, %d, %d", what, m.Minor, minor(x.Total.Received), x.Unseen, coming, received, unseen)
			}
			for _, f := range []commerce.CashFigure{x.Total.Won, x.Total.Bare, x.Total.Expected} {
				k.Read(t, member, func(s *record.Session) error {
					if n, _, err := s.Count(t.Context(), record.Query{Object: "deal", Filter: f.Filter}); err != nil || n == 0 {
						t.Errorf("%s: %q lists %d: %v", what, f.Filter, n, err)
					}
					return nil
				})
			}
		}
		sees("all", k.Ada, 50400-10000+50400+7000+10000, 10000, 0)
		for what, reads := range map[string]string{"none of contracts": "none", "one's own contracts": "own"} {
			k.role(t, k.Olga, `{"objects":{"*":{"read":"all"},"contract":{"read":"`+reads+`"}}}`)
			sees(what, k.Olga, 7000+10000, 0, 2)
		}
	})
}
