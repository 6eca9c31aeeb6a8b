package sales

import (
	"context"
	"math"

	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// activeMonths is for how many months a won deal makes an account an active
// customer, its own month included.
const activeMonths = 12

// mostWon is how many won deals are read to count customers.
const mostWon = 200_000

// CustomerMonth is how many customers a month made, had and lost (R102). An
// account is active for twelve months from each month in which it bought; new in
// one in which it buys without having been so, lost in the first in which it no
// longer is.
type CustomerMonth struct {
	Month             value.Date
	New, Active, Lost int64
	// The conditions of the accounts behind; "" of a projection.
	NewFilter, ActiveFilter, LostFilter string
	// Projected months are to come: by what the last six brought.
	Projected bool
}

// Growth counts the customers of the months back from the running one, and
// projects some ahead. Accounts that were merged are one, so that no customer is
// lost by it: what the other bought is the winner's.
func Growth(ctx context.Context, s *record.Session, q ForecastQuery, back, ahead int) ([]CustomerMonth, error) {
	whose := q.Whose(s)
	list, err := customers(ctx, s, whose, "", s.Today().MonthStart().AddMonths(1-back), back)
	if err != nil {
		return nil, err
	}
	return project(list, ahead), nil
}

// customers counts so many months from the first, of deals that one condition
// holds of and accounts that another does.
func customers(ctx context.Context, s *record.Session, whose, accounts string, first value.Date, months int) ([]CustomerMonth, error) {
	o, err := s.Object(customer.Accounts.Name)
	if err != nil {
		return nil, err
	}
	of, err := beneath(DealAccount.Name(), accounts)
	if err != nil {
		return nil, err
	}
	known := DealAccount.Name() + " is not empty"
	if !seesAll(s, o) { // whom the actor may not read is no customer to him
		known = DealAccount.Name() + ".id is not empty"
	}
	bought := map[value.ID]map[value.Date]bool{}
	n := 0
	if of != "" {
		of = "(" + of + ")"
	}
	err = s.Each(ctx, record.Query{Object: Deals.Name, Fields: []string{DealAccount.Name(), DealCloseDate.Name()},
		Filter: joinAnd(isWon, known, onOrAfter("", first.AddMonths(-activeMonths)), onOrBefore("", s.Today()), whose, of)}, func(r *record.Record) error {
		if n++; n > mostWon {
			return fault.New(fault.TooLarge, "forecast.too_many_wins", fault.Args{"max": mostWon})
		}
		account, _ := record.Get(r, DealAccount)
		on, ok := record.Get(r, DealCloseDate)
		if ok && bought[account] == nil {
			bought[account] = map[value.Date]bool{}
		}
		if ok {
			bought[account][on.MonthStart()] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	list := make([]CustomerMonth, months)
	for i := range list {
		list[i] = customerMonth(first.AddMonths(i), whose)
		list[i].count(bought)
	}
	return list, nil
}

func customerMonth(m value.Date, whose string) CustomerMonth {
	won := func(from, to value.Date) string {
		return "any(deals, " + joinAnd(isWon, onOrAfter("", from), `close_date < date("`+to.AddMonths(1).String()+`")`, whose) + ")"
	}
	return CustomerMonth{Month: m, NewFilter: won(m, m) + " and not " + won(m.AddMonths(-activeMonths), m.AddMonths(-1)),
		ActiveFilter: won(m.AddMonths(1-activeMonths), m),
		LostFilter:   won(m.AddMonths(-activeMonths), m.AddMonths(-activeMonths)) + " and not " + won(m.AddMonths(1-activeMonths), m)}
}

func (x *CustomerMonth) count(bought map[value.ID]map[value.Date]bool) {
	for _, months := range bought {
		has := func(from, to int) bool {
			for i := from; i <= to; i++ {
				if months[x.Month.AddMonths(i)] {
					return true
				}
			}
			return false
		}
		active, before := has(1-activeMonths, 0), has(-activeMonths, -1)
		switch {
		case active && !before:
			x.New++
		case before && !active:
			x.Lost++
		}
		if active {
			x.Active++
		}
	}
}

// basis is how many whole months a projection goes by.
const basis = 6

// project goes on as the last whole months went: so many new customers a month,
// and the same share of them lost. The running month is not over.
func project(list []CustomerMonth, ahead int) []CustomerMonth {
	if len(list) <= basis {
		return list
	}
	made, lost, had := 0.0, 0.0, 0.0
	for _, m := range list[len(list)-1-basis : len(list)-1] {
		made, lost, had = made+float64(m.New), lost+float64(m.Lost), had+float64(m.Active)
	}
	if had == 0 {
		return list
	}
	last := list[len(list)-1]
	active := float64(last.Active)
	for i := 1; i <= ahead; i++ {
		gone := active * lost / had
		active += made/basis - gone
		list = append(list, CustomerMonth{Month: last.Month.AddMonths(i), New: round(made / basis), Active: round(active), Lost: round(gone), Projected: true})
	}
	return list
}

func round(x float64) int64 { return int64(math.Round(x)) }

// CustomerObject is the object that the conditions are of.
var CustomerObject = customer.Accounts
