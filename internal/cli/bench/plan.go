package bench

import (
	"strconv"

	"wellmet/internal/value"
)

// Plan is the content of a workspace to measure on. Every record is a pure
// function of its number (from 1), so that any of them can be made, or looked
// for, at any time and in any order, and two runs measure the same data.
type Plan struct {
	Deals    int
	Accounts int
	Contacts int
	Members  int
	Teams    int
	fanOut   int // teams below each team
}

// Office is the usual plan: a tenth as many accounts and a fifth as many
// contacts as deals, 50 members in a head team, two regions and four teams.
func Office(deals int) Plan {
	return plan(deals, Plan{Members: 50, Teams: 7, fanOut: 2})
}

// Crowd is the plan for permission at size: 5,000 members in 1,300 teams on 6
// levels, each team with four below it.
func Crowd(deals int) Plan {
	return plan(deals, Plan{Members: 5_000, Teams: 1_300, fanOut: 4})
}

func plan(deals int, p Plan) Plan {
	p.Deals = deals
	p.Accounts = max(1, deals/10)
	p.Contacts = 2 * p.Accounts
	return p
}

// Team is a team of the tree; Parent is 0 for the head team.
type Team struct {
	Name   string
	Parent int
}

// Team n stands below team (n-2)/fanOut+1: level by level, from left to right.
func (p Plan) Team(n int) Team {
	t := Team{Name: "Team " + strconv.Itoa(n)}
	if n > 1 {
		t.Parent = (n-2)/p.fanOut + 1
	}
	return t
}

// Level is how far the team stands from the head team, which is on level 1.
func (p Plan) Level(team int) int {
	level := 1
	for ; team > 1; team = p.Team(team).Parent {
		level++
	}
	return level
}

// Member is somebody who owns deals.
type Member struct {
	Name, Email string
	Team        int
}

// Member n sits in team (n-1) mod Teams + 1, so that teams differ by at most
// one member.
func (p Plan) Member(n int) Member {
	first, last := words[(n*7919)%len(words)], words[(n*104729/len(words))%len(words)]
	return Member{
		Name:  title(first) + " " + title(last) + " " + strconv.Itoa(n),
		Email: "m" + strconv.Itoa(n) + "@wellmet.example",
		Team:  (n-1)%p.Teams + 1,
	}
}

// Below counts the members of a team and of all teams under it.
func (p Plan) Below(team int) int {
	members := 0
	low, high := team, team // the numbers of a team's descendants on one level follow each other
	for low <= p.Teams {
		for t := low; t <= min(high, p.Teams); t++ {
			members += (p.Members-t)/p.Teams + 1
		}
		low, high = (low-1)*p.fanOut+2, high*p.fanOut+1
	}
	return members
}

// Scope finds the team whose members, with all teams below, come nearest to
// the number wanted.
func (p Plan) Scope(members int) (team, has int) {
	miss := -1
	for t := 1; t <= p.Teams; t++ {
		n := p.Below(t)
		if off := max(n-members, members-n); miss < 0 || off < miss {
			team, has, miss = t, n, off
		}
	}
	return team, has
}

// Account is a customer.
type Account struct {
	Name, Industry, City, Phone, Website string
	Owner                                int
}

// Account n.
func (p Plan) Account(n int) Account {
	id := strconv.Itoa(n)
	return Account{
		Name:     words[(n*7919)%len(words)] + " " + words[(n*104729/len(words))%len(words)] + " " + id,
		Industry: "tech", City: "Lyon", Phone: "+3319900" + digits(n, 4), Website: "https://a" + id + ".example",
		Owner: n%p.Members + 1,
	}
}

// Contact is a person of an account.
type Contact struct {
	Account                         int
	First, Last, Email, Phone, Role string
}

// Contact n; accounts have two each.
func (p Plan) Contact(n int) Contact {
	return Contact{
		Account: (n-1)/2 + 1,
		First:   words[(n*7919)%len(words)], Last: words[(n*1299709/len(words))%len(words)],
		Email: "c" + strconv.Itoa(n) + "@a.example", Phone: "+3363998" + digits(n, 4), Role: "buyer",
	}
}

// Deal has about twenty fields, like the forms of a real company.
type Deal struct {
	Name, Stage             string
	Amount                  value.Money
	Probability             int
	Close                   value.Date
	Owner, Account, Contact int
	Source, Kind            string
	NextStep, Description   string
	Campaign, Region        string
	Score                   int
	External                string // unique
}

// firstClose is 2025-01-01; deals close within two years from then.
const (
	firstClose = value.Date(20089)
	closeDays  = 730
)

// Deal n. Its values are shifts of one multiplicative hash of n.
func (p Plan) Deal(n int) Deal {
	x := spread(n)
	pick := func(shift, of int) int { return int(x >> shift % uint64(of)) }
	id := strconv.Itoa(n)
	return Deal{
		Name:        "Deal " + id + " " + words[pick(20, len(words))] + " " + words[pick(23, len(words))],
		Stage:       Stages[pick(26, len(Stages))],
		Amount:      value.Money{Minor: int64(pick(9, 50_000_000)), Currency: "EUR"},
		Probability: pick(11, 101),
		Close:       firstClose + value.Date(pick(5, closeDays)),
		Owner:       pick(13, p.Members) + 1,
		Account:     pick(7, p.Accounts) + 1,
		Contact:     pick(6, p.Contacts) + 1, // one of the account's two: the shift is one less, the range twice
		Source:      sources[pick(15, len(sources))],
		Kind:        kinds[pick(16, len(kinds))],
		NextStep:    "call back next week",
		Description: "a description of about one hundred and twenty characters that stands for what a salesperson would write about this deal " + id,
		Campaign:    "campaign " + strconv.Itoa(n%20),
		Region:      regions[pick(28, len(regions))],
		Score:       pick(18, 100),
		External:    "EXT-" + id,
	}
}

// spread is a multiplicative hash whose bits from 5 to 60 are of use.
func spread(n int) uint64 {
	return uint64(uint32(uint64(n)*2654435761)) * 1000000007
}

var (
	// Stages are the keys of the pipeline's stages, in its order.
	Stages  = []string{"lead", "qualified", "proposal", "negotiation", "won", "lost", "on_hold"}
	regions = []string{"north", "south", "east", "west", "central", "overseas"}
	sources = []string{"web", "referral", "event", "partner"}
	kinds   = []string{"new", "renewal", "upsell"}
	words   = []string{
		"acme", "phoenix", "nimbus", "atlas", "vertex", "orion", "cobalt", "summit", "harbor", "cedar",
		"falcon", "delta", "quartz", "lumen", "terra", "onyx", "pioneer", "raven", "solar", "tundra",
		"umber", "violet", "willow", "xenon", "yonder", "zephyr", "amber", "birch", "coral", "dune",
		"ember", "fjord", "grove", "heath", "iris", "jade", "kelp", "lotus", "maple", "north",
		"opal", "pearl", "quill", "reef", "slate", "thorn", "ultra", "vista", "wren", "yarrow",
	}
)

func title(s string) string { return string(s[0]-'a'+'A') + s[1:] }

// digits writes n with leading zeros, dropping what does not fit.
func digits(n, width int) string {
	text := make([]byte, width)
	for i := width - 1; i >= 0; i-- {
		text[i], n = byte('0'+n%10), n/10
	}
	return string(text)
}
