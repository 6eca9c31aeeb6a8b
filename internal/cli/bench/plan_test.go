package bench

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"wellmet/internal/value"
)

// The values are those that figures taken elsewhere rest on: a change here
// makes new measurements incomparable with old ones.
func TestDealsKeepTheirValues(t *testing.T) {
	t.Parallel()
	p := Office(1000)
	const told = "a description of about one hundred and twenty characters that stands for what a salesperson would write about this deal "
	want := map[int]Deal{
		1: {
			Name: "Deal 1 kelp quill", Stage: "lead", Amount: value.Money{Minor: 31994238, Currency: "EUR"}, Probability: 88,
			Close: day(t, "2025-02-22"), Owner: 40, Account: 56, Contact: 112, Source: "partner", Kind: "upsell",
			NextStep: "call back next week", Description: told + "1", Campaign: "campaign 1", Region: "overseas", Score: 44, External: "EXT-1",
		},
		777: {
			Name: "Deal 777 orion maple", Stage: "lost", Amount: value.Money{Minor: 23800760, Currency: "EUR"}, Probability: 11,
			Close: day(t, "2026-11-14"), Owner: 48, Account: 44, Contact: 87, Source: "event", Kind: "upsell",
			NextStep: "call back next week", Description: told + "777", Campaign: "campaign 17", Region: "east", Score: 23, External: "EXT-777",
		},
	}
	for n, deal := range want {
		if diff := cmp.Diff(deal, p.Deal(n)); diff != "" {
			t.Errorf("deal %d (-want +got):\n%s", n, diff)
		}
	}
}

func TestEveryLinkOfThePlanHolds(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]Plan{"office": Office(20_000), "crowd": Crowd(20_000), "tiny": Office(1)} {
		for n := 1; n <= p.Deals; n++ {
			d := p.Deal(n)
			if d.Owner < 1 || d.Owner > p.Members || d.Account < 1 || d.Account > p.Accounts || d.Contact < 1 || d.Contact > p.Contacts {
				t.Fatalf("%s: deal %d points outside the plan: %+v", name, n, d)
			}
			if p.Contact(d.Contact).Account != d.Account {
				t.Fatalf("%s: deal %d is of account %d, its contact of %d", name, n, d.Account, p.Contact(d.Contact).Account)
			}
		}
		for n := 1; n <= p.Members; n++ {
			if team := p.Member(n).Team; team < 1 || team > p.Teams {
				t.Fatalf("%s: member %d sits in team %d", name, n, team)
			}
		}
	}
}

func TestDealsSpreadEvenly(t *testing.T) {
	t.Parallel()
	p := Office(100_000)
	stages, owners := map[string]int{}, map[int]int{}
	for n := 1; n <= p.Deals; n++ {
		d := p.Deal(n)
		stages[d.Stage]++
		owners[d.Owner]++
	}
	for stage, n := range stages {
		if want := p.Deals / len(Stages); n < want*9/10 || n > want*11/10 {
			t.Errorf("stage %s has %d deals, want about %d", stage, n, want)
		}
	}
	for owner, n := range owners {
		if want := p.Deals / p.Members; n < want*9/10 || n > want*11/10 {
			t.Errorf("member %d has %d deals, want about %d", owner, n, want)
		}
	}
}

func TestCrowdHasScopesOfEverySize(t *testing.T) {
	t.Parallel()
	p := Crowd(1000)
	deepest := 0
	for n := 1; n <= p.Teams; n++ {
		deepest = max(deepest, p.Level(n))
	}
	if deepest != 6 {
		t.Errorf("the tree has %d levels, want 6", deepest)
	}
	for _, want := range []int{70, 300, 1_300, 5_000} {
		if _, has := p.Scope(want); has < want*85/100 || has > want*115/100 {
			t.Errorf("the nearest scope to %d members has %d", want, has)
		}
	}
}

func TestBelowCountsTheSubtree(t *testing.T) {
	t.Parallel()
	for _, p := range []Plan{Office(1000), Crowd(1000)} {
		count := make([]int, p.Teams+1)
		for n := 1; n <= p.Members; n++ {
			for team := p.Member(n).Team; team > 0; team = p.Team(team).Parent {
				count[team]++
			}
		}
		for team := 1; team <= p.Teams; team++ {
			if got := p.Below(team); got != count[team] {
				t.Fatalf("Below(%d) of %d teams = %d, counted %d", team, p.Teams, got, count[team])
			}
		}
	}
}

func TestPlannedValuesAreValid(t *testing.T) {
	t.Parallel()
	p := Office(100_000)
	for _, n := range []int{1, 2, 999, p.Accounts} {
		a, c := p.Account(n), p.Contact(n)
		for _, phone := range []string{a.Phone, c.Phone} {
			if _, err := value.ParsePhone(phone, ""); err != nil {
				t.Errorf("phone %q: %v", phone, err)
			}
		}
		if _, err := value.ParseEmail(c.Email); err != nil {
			t.Errorf("e-mail %q: %v", c.Email, err)
		}
		if _, err := value.ParseURL(a.Website); err != nil {
			t.Errorf("website %q: %v", a.Website, err)
		}
	}
}

func day(t *testing.T, s string) value.Date {
	t.Helper()
	d, err := value.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
