package sample

import (
	"slices"
	"time"

	"wellmet/internal/value"
)

// Contract is what became of a won deal. A deal won in the last days has none
// of it yet: its contract is a draft.
type Contract struct {
	Deal   Ref
	Signed time.Time
	By     Ref
	// Shares in percent, each due so many days after signing.
	Shares, Due []int
	Receipts    []Receipt
	State       string // signed, active, completed, void
	Voided      time.Time
	Reason      string // why it is void
}

// Receipt pays a share of a contract, or so many percent of it.
type Receipt struct {
	Part, Percent int
	At            time.Time
	Method        string
	Over          bool   // comes on top of what is owed
	Reversed      string // why it was taken back; "" when it stands
}

// The ways customers pay by, as often as they are drawn.
var ways = []int{30, 14, 8, 20, 8, 3}

var plans = []struct{ shares, due []int }{
	{[]int{100}, []int{30}}, {[]int{100}, []int{14}}, {[]int{30, 70}, []int{14, 60}}, {[]int{50, 50}, []int{14, 45}},
	{[]int{25, 25, 25, 25}, []int{30, 121, 212, 304}}, {[]int{30, 40, 30}, []int{7, 60, 120}},
}

// agree signs the contracts of won deals and lets customers pay: most in time,
// some late, in part, twice, or not yet.
func (b *builder) agree() {
	s := newSource(b.seed, "contracts")
	for i := range b.c.Deals {
		d := &b.c.Deals[i]
		last := d.Passages[len(d.Passages)-1]
		if b.c.Pipelines[d.Pipeline-1].Stages[last.Stage].Kind != Won {
			continue
		}
		signed := b.days.after(s, last.At, s.lognormal(4, 0.6), b.deals[i].land)
		plan := plans[s.weighted(ways...)]
		c := Contract{Deal: Ref(i + 1), Signed: signed, By: last.By, Shares: plan.shares, Due: plan.due, State: "signed"}
		late := s.lognormal(4, 0.8)
		habit := s.IntN(100)
		if signed.Before(b.now) && len(d.Lines) > 0 {
			b.pay(s, &c, b.deals[i].land, late, habit)
			b.c.Contracts = append(b.c.Contracts, c)
		}
	}
	b.oddities(s)
}

// pay lets receipts come in until today. Of a hundred customers four pay
// nothing, six half of what is due.
func (b *builder) pay(s source, c *Contract, l *land, late float64, habit int) {
	paid := 0
	for part, due := range c.Due {
		at := b.days.after(s, c.Signed, float64(due-5)+late, l)
		if at.After(b.now) || habit < 4 {
			continue
		}
		r := Receipt{Part: part, Percent: 100, At: at, Method: pick(s, []string{"bank_transfer", "bank_transfer", "bank_transfer", "card", "direct_debit"})}
		if habit < 10 {
			r.Percent = 50
		} else {
			paid++
		}
		c.Receipts = append(c.Receipts, r)
	}
	switch {
	case paid == len(c.Due) && b.now.Sub(c.Signed) > 60*day:
		c.State = "completed"
	case b.now.Sub(c.Signed) > 10*day:
		c.State = "active"
	}
}

// oddities are what every ledger has: a contract that was cancelled, a customer
// who paid twice, a receipt that bounced.
func (b *builder) oddities(s source) {
	var done []int
	for i, c := range b.c.Contracts {
		if c.State == "completed" && len(c.Receipts) > 1 {
			done = append(done, i)
		}
	}
	fresh := slices.IndexFunc(b.c.Contracts, func(c Contract) bool { return len(c.Receipts) == 0 && c.State == "active" })
	if len(done) < 2 || fresh < 0 {
		return
	}
	void := &b.c.Contracts[fresh]
	void.State, void.Reason = "void", "The customer's board withdrew the budget"
	void.Voided = b.days.past(s, void.Signed, void.Signed.Add(20*day))
	over := &b.c.Contracts[done[0]]
	over.Receipts = append(over.Receipts, Receipt{Part: 0, Percent: 10, At: over.Receipts[len(over.Receipts)-1].At.Add(time.Hour), Method: "bank_transfer", Over: true})
	bounced := &b.c.Contracts[done[1]]
	bounced.Receipts[0].Method, bounced.Receipts[0].Reversed = "direct_debit", "The bank returned it"
}

// Date is the day on which a share falls due.
func (c *Contract) Date(part int) value.Date {
	return value.DateOf(c.Signed, time.UTC).AddDays(c.Due[part])
}
