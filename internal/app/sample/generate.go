package sample

import (
	"time"

	"wellmet/internal/value"
)

// How much there is of everything. The lists are exact, so that a page that
// counts them can be checked against the manual.
const (
	contactCount = 1200
	leadCount    = 900
	dealCount    = 2000
	renewalCount = 220 // of the deals
	months       = 18
)

// builder makes the company part by part; each part reads the ones before.
type builder struct {
	c      *Company
	seed   uint64
	now    time.Time
	days   *calendar
	digits int             // of the currency
	used   map[string]bool // domains and mailboxes that are taken
	reps   map[string][]rep
	firms  []firm // what is known of an account beside its record
	deals  []plot
}

// rep is a member who sells, with how good he is at it: 1 is the average.
type rep struct {
	member Ref
	skill  float64
}

// firm is what the making of an account leaves for the parts after it.
type firm struct {
	land     *land
	city     city
	domain   string
	stem     string
	contacts []Ref
	first    Ref       // the deal that it came with; 0 if it was known before
	buyer    time.Time // when it first bought; zero if it never has
}

// Generate makes up the company. It is the same for the same options.
func Generate(o Options) *Company {
	if o.Currency == "" {
		o.Currency = "EUR"
	}
	now := o.Now.UTC().Truncate(time.Second)
	b := &builder{
		c:    &Company{Name: companyName, Currency: o.Currency, Pipelines: pipelines},
		seed: o.Seed, now: now, days: newCalendar(now), digits: value.Digits(o.Currency),
		used: map[string]bool{}, reps: map[string][]rep{},
	}
	b.c.Began = b.days.start
	b.organise()
	b.stock()
	b.findAccounts()
	b.meetContacts()
	b.openDeals()
	b.collectLeads()
	b.settle()
	b.agree()
	b.work()
	b.complain()
	b.slip()
	b.cost()
	return b.c
}

func (b *builder) land(code string) *land {
	for _, l := range lands {
		if l.code == code {
			return l
		}
	}
	panic("sample: no land " + code)
}

// repFor answers somebody who sells in the land.
func (b *builder) repFor(s source, land string) rep { return pick(s, b.reps[land]) }

func (b *builder) account(r Ref) *Account { return &b.c.Accounts[r-1] }
func (b *builder) firm(account Ref) *firm { return &b.firms[account-1] }
func (b *builder) contact(r Ref) *Contact { return &b.c.Contacts[r-1] }

// settle decides what only the whole story tells: who is a customer.
func (b *builder) settle() {
	s := newSource(b.seed, "kinds")
	for i := range b.c.Accounts {
		a := &b.c.Accounts[i]
		switch {
		case !b.firms[i].buyer.IsZero():
			a.Kind = accountKinds[0]
		case s.chance(6):
			a.Kind = accountKinds[2]
		default:
			a.Kind = accountKinds[1]
		}
	}
	b.describe()
}

// describe says more of accounts: which are public, which sell to Northlight or
// against it, and what colleagues have noted in a word.
func (b *builder) describe() {
	s := newSource(b.seed, "tags")
	approached := map[Ref]bool{}
	for _, d := range b.c.Deals {
		approached[d.Account] = true
	}
	for i := range b.c.Accounts {
		a := &b.c.Accounts[i]
		switch {
		case !approached[Ref(i+1)] && s.chance(60): // nobody sells to them
			a.Kind = pick(s, []string{supplier, supplier, competitor})
		case a.Industry == schools, a.Industry == health && s.chance(30):
			a.Also = publicBody
		case a.Kind == accountKinds[0] && s.chance(4):
			a.Also = supplier
		}
		if a.Employees > 900 && a.Kind == accountKinds[0] {
			a.Tags = append(a.Tags, "key account")
		}
		if s.chance(22) {
			a.Tags = append(a.Tags, pick(s, accountTags))
		}
	}
}
