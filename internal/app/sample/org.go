package sample

import (
	"strings"
	"time"

	"wellmet/internal/value"
)

const (
	companyName   = "Northlight"
	companyDomain = "northlight.example"
)

// team is where members sit and which lands they sell in.
type team struct {
	name   string
	parent Ref
	lands  []string // served by its reps
	staff  []post
}

// post is one member: the land that his name comes from, and what he does.
type post struct {
	land, title string
	role        Role
	serves      string // the land that a rep sells in
}

// organisation: seven teams, 25 members. The first of a team leads it.
var organisation = []team{
	{"Sales", 0, nil, []post{{"GB", "Director of Sales", Admin, ""}, {"DE", "Sales Operations", Admin, ""}}},
	{"Europe", 1, []string{"GB"}, []post{
		{"FR", "Head of Europe", Manager, ""}, {"GB", "Account Executive", Rep, "GB"},
		{"GB", "Account Executive", Rep, "GB"}, {"GB", "Sales Development", Rep, "GB"},
	}},
	{"Overseas", 1, []string{"US"}, []post{
		{"US", "Head of Overseas", Manager, ""}, {"US", "Senior Account Executive", Rep, "US"},
		{"US", "Account Executive", Rep, "US"}, {"US", "Account Executive", Rep, "US"},
	}},
	{"Deutschland & Österreich", 2, []string{"DE", "AT"}, []post{
		{"DE", "Vertriebsleitung", Manager, "DE"}, {"DE", "Key Account", Rep, "DE"}, {"DE", "Vertrieb", Rep, "DE"},
		{"AT", "Vertrieb", Rep, "AT"}, {"DE", "Vertrieb", Rep, "DE"},
	}},
	{"France", 2, []string{"FR"}, []post{
		{"FR", "Direction commerciale", Manager, "FR"}, {"FR", "Ingénieur commercial", Rep, "FR"}, {"FR", "Chargé d'affaires", Rep, "FR"},
	}},
	{"България", 2, []string{"BG"}, []post{
		{"BG", "Търговски директор", Manager, "BG"}, {"BG", "Търговски представител", Rep, "BG"}, {"BG", "Търговски представител", Rep, "BG"},
	}},
	{"Asia 亚洲", 3, []string{"KZ", "CN"}, []post{
		{"CN", "区域总监", Manager, "CN"}, {"CN", "客户经理", Rep, "CN"}, {"KZ", "Менеджер по продажам", Rep, "KZ"}, {"KZ", "Менеджер по продажам", Rep, "KZ"},
	}},
}

// organise fills teams, members and products.
func (b *builder) organise() {
	s := newSource(b.seed, "members")
	for _, t := range organisation {
		b.c.Teams = append(b.c.Teams, Team{Name: t.name, Parent: t.parent})
		lead := Ref(len(b.c.Members) + 1)
		for i, p := range t.staff {
			m := b.member(s, p, Ref(len(b.c.Teams)))
			if i > 0 {
				m.Manager = lead
			} else if t.parent > 0 {
				m.Manager = b.leader(t.parent)
			}
			b.c.Members = append(b.c.Members, m)
			if p.serves != "" {
				b.reps[p.serves] = append(b.reps[p.serves], rep{Ref(len(b.c.Members)), s.lognormal(1, 0.25)})
			}
		}
	}
}

func (b *builder) member(s source, p post, team Ref) Member {
	land := b.land(p.land)
	who := b.unusedPerson(s, land.tongue)
	return Member{
		Name: who.full(land.tongue), Email: who.mailbox() + "@" + companyDomain, Phone: land.mobile(s),
		Title: p.title, Locale: land.locale, Role: p.role, Team: team,
		// Everybody was there before the first deal that is told of.
		Joined: b.now.AddDate(0, -s.between(19, 80), -s.IntN(28)).Truncate(24 * time.Hour),
	}
}

// unusedPerson keeps two members from sharing a name, and so an address.
func (b *builder) unusedPerson(s source, t *tongue) person {
	for {
		if who := t.person(s); !b.used[who.mailbox()] {
			b.used[who.mailbox()] = true
			return who
		}
	}
}

// leader is the first member of a team.
func (b *builder) leader(team Ref) Ref {
	for i, m := range b.c.Members {
		if m.Team == team {
			return Ref(i + 1)
		}
	}
	return 0
}

func (b *builder) stock() {
	for _, w := range wares {
		b.c.Products = append(b.c.Products, Product{
			SKU: w.sku, Name: w.name, Category: w.category, Description: w.text, Unit: w.unit,
			Price: b.money(w.price), TaxRate: taxRate, Yearly: strings.HasSuffix(w.unit, "year"), Active: !w.retired,
		})
	}
}

// money is an amount of whole units.
func (b *builder) money(units int) value.Money {
	minor := int64(units)
	for range b.digits {
		minor *= 10
	}
	return value.Money{Minor: minor, Currency: b.c.Currency}
}
