package sample

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wellmet/internal/value"
)

var noon = time.Date(2026, 3, 18, 12, 0, 0, 0, time.UTC)

// companies are made at moments that have been trouble elsewhere: a weekend, a
// leap day, midnight on New Year, another zone.
func companies() map[string]Options {
	return map[string]Options{
		"usual":      {Seed: 1, Now: noon},
		"other seed": {Seed: 99, Now: noon},
		"sunday":     {Seed: 2, Now: time.Date(2027, 1, 3, 23, 59, 59, 0, time.UTC)},
		"leap day":   {Seed: 3, Now: time.Date(2028, 2, 29, 8, 0, 0, 0, time.UTC)},
		"new year":   {Seed: 4, Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.FixedZone("east", 9*3600))},
		"yen":        {Seed: 5, Now: noon, Currency: "JPY"},
	}
}

func each(t *testing.T, check func(t *testing.T, c *Company, now time.Time)) {
	t.Helper()
	t.Parallel()
	for name, o := range companies() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, _ := once.LoadOrStore(name, sync.OnceValue(func() *Company { return Generate(o) }))
			check(t, made.(func() *Company)(), o.Now.UTC())
		})
	}
}

// once holds a function for each company that makes it; no test changes one.
var once sync.Map

func TestTheSameOptionsGiveTheSameCompany(t *testing.T) {
	t.Parallel()
	for name, o := range companies() {
		if !reflect.DeepEqual(Generate(o), Generate(o)) {
			t.Errorf("%s: two runs differ", name)
		}
	}
}

func TestSeedsGiveDifferentCompanies(t *testing.T) {
	t.Parallel()
	if reflect.DeepEqual(Generate(Options{Seed: 1, Now: noon}).Deals, Generate(Options{Seed: 2, Now: noon}).Deals) {
		t.Error("two seeds gave the same deals")
	}
}

func TestCounts(t *testing.T) {
	each(t, func(t *testing.T, c *Company, _ time.Time) {
		got := []int{len(c.Teams), len(c.Members), len(c.Pipelines), len(c.Products), len(c.Accounts), len(c.Contacts), len(c.Leads), len(c.Deals)}
		if want := []int{7, 25, 2, 16, 400, 1200, 900, 2000}; !cmp.Equal(got, want) {
			t.Errorf("counts %v, want %v", got, want)
		}
		if n := len(c.Activities); n < 5000 || n > 9000 {
			t.Errorf("%d activities", n)
		}
	})
}

func TestEveryReferenceHolds(t *testing.T) {
	each(t, func(t *testing.T, c *Company, _ time.Time) {
		in := func(what string, r Ref, n int, may0 bool) {
			t.Helper()
			if r < 0 || int(r) > n || r == 0 && !may0 {
				t.Errorf("%s points to %d of %d", what, r, n)
			}
		}
		members, accounts, contacts := len(c.Members), len(c.Accounts), len(c.Contacts)
		for i, m := range c.Members {
			in("member's team", m.Team, len(c.Teams), false)
			in("member's manager", m.Manager, members, i == 0)
		}
		for i, x := range c.Teams {
			in("team's parent", x.Parent, i, i == 0)
		}
		for i, a := range c.Accounts {
			in("account's owner", a.Owner, members, false)
			in("account's parent", a.Parent, i, true)
		}
		for _, x := range c.Contacts {
			in("contact's account", x.Account, accounts, false)
			in("contact's owner", x.Owner, members, false)
		}
		for _, l := range c.Leads {
			in("lead's owner", l.Owner, members, false)
			in("lead's account", l.Account, accounts, l.Status != leadConverted)
			in("lead's contact", l.Contact, contacts, l.Status != leadConverted)
			in("lead's deal", l.Deal, len(c.Deals), l.Status != leadConverted)
		}
		for _, d := range c.Deals {
			in("deal's account", d.Account, accounts, false)
			in("deal's contact", d.Contact, contacts, false)
			in("deal's owner", d.Owner, members, false)
			in("deal's pipeline", d.Pipeline, len(c.Pipelines), false)
			for _, l := range d.Lines {
				in("line's product", l.Product, len(c.Products), false)
				if yearly := c.Products[l.Product-1].Yearly; yearly != (l.Years > 0) {
					t.Errorf("a line of %s is agreed for %d years", c.Products[l.Product-1].Name, l.Years)
				}
			}
		}
		for _, a := range c.Activities {
			in("activity's owner", a.Owner, members, false)
			in("activity's deal", a.Deal, len(c.Deals), true)
			in("activity's lead", a.Lead, len(c.Leads), a.Deal != 0)
			in("activity's account", a.Account, accounts, true)
			in("activity's contact", a.Contact, contacts, true)
		}
	})
}

func TestDealsAreSound(t *testing.T) {
	each(t, func(t *testing.T, c *Company, now time.Time) {
		for i, d := range c.Deals {
			stages := c.Pipelines[d.Pipeline-1].Stages
			checkPassages(t, i, d, stages, now)
			if c.Contacts[d.Contact-1].Account != d.Account {
				t.Errorf("deal %d: its contact belongs to another account", i)
			}
			if d.Created.Before(c.Accounts[d.Account-1].Created) || d.Created.Before(c.Contacts[d.Contact-1].Created) {
				t.Errorf("deal %d was opened before its account or contact was known", i)
			}
			if len(d.Lines) > 0 && sum(d.Lines) != d.Amount {
				t.Errorf("deal %d: lines make %v, amount is %v", i, sum(d.Lines), d.Amount)
			}
			kind := stages[d.Stage()].Kind
			if (kind == Lost) != (d.LostReason != "") || kind != Open && d.NextStep != "" {
				t.Errorf("deal %d is %s with reason %q and next step %q", i, kind, d.LostReason, d.NextStep)
			}
			if kind != Open && d.Close != value.DateOf(d.Passages[len(d.Passages)-1].At, time.UTC) {
				t.Errorf("deal %d was closed on another day than it left its last stage", i)
			}
			if kind != Open && len(d.Lines) == 0 {
				t.Errorf("deal %d is %s without lines", i, kind)
			}
		}
	})
}

func checkPassages(t *testing.T, i int, d Deal, stages []Stage, now time.Time) {
	t.Helper()
	if len(d.Passages) == 0 || d.Passages[0].At != d.Created || d.Passages[0].Stage != 0 {
		t.Fatalf("deal %d does not begin in the first stage", i)
	}
	for n, p := range d.Passages {
		last := n == len(d.Passages)-1
		if p.At.After(now) || n > 0 && !p.At.After(d.Passages[n-1].At) || n > 0 && p.Stage == d.Passages[n-1].Stage {
			t.Errorf("deal %d: passage %d does not follow: %v", i, n, d.Passages)
		}
		if stages[p.Stage].Kind != Open && !last {
			t.Errorf("deal %d goes on after it was closed", i)
		}
	}
}

func TestNothingHappensInTheFuture(t *testing.T) {
	each(t, func(t *testing.T, c *Company, now time.Time) {
		past := func(what string, at time.Time) {
			t.Helper()
			if at.After(now) {
				t.Errorf("%s at %v, after %v", what, at, now)
			}
		}
		for _, a := range c.Accounts {
			past("account", a.Created)
		}
		for _, x := range c.Contacts {
			past("contact", x.Created)
			if x.Created.Before(c.Accounts[x.Account-1].Created) {
				t.Errorf("%s is older than the account", x.Latin)
			}
		}
		for _, l := range c.Leads {
			past("lead", l.Created)
			past("end of lead", l.Closed)
			if !l.Closed.IsZero() && l.Closed.Before(l.Created) {
				t.Errorf("lead %s was closed before it came", l.Company)
			}
		}
		for _, a := range c.Activities {
			past("activity made", a.Created)
			if a.Done {
				past("activity done", a.DoneAt)
			}
			if a.At.Before(a.Created) {
				t.Errorf("%s %q at %v was made at %v", a.Kind, a.Subject, a.At, a.Created)
			}
		}
	})
}
