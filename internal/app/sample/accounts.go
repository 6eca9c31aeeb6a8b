package sample

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/value"
)

// findAccounts makes the customers of every land.
func (b *builder) findAccounts() {
	s := newSource(b.seed, "accounts")
	for _, l := range lands {
		first := len(b.c.Accounts)
		for range l.accounts {
			parent := Ref(0)
			if n := len(b.c.Accounts) - first; n > 5 && s.chance(9) {
				if up := Ref(first + s.IntN(n) + 1); b.account(up).Parent == 0 {
					parent = up
				}
			}
			b.addAccount(s, l, parent)
		}
	}
}

func (b *builder) addAccount(s source, l *land, parent Ref) {
	kind := pickIndustry(s)
	c := pick(s, l.cities)
	stem := ""
	if parent > 0 {
		stem = b.firm(parent).stem
	}
	name, domain, stem := b.firmName(s, l, c, kind.name, stem)
	staff := headcount(s, kind)
	a := Account{
		Name: name, Parent: parent, Owner: b.repFor(s, l.code).member, Industry: kind.name,
		Website: "https://www." + domain, Phone: dial(s, c.dial), Employees: staff,
		Revenue: b.money(round(float64(staff) * s.lognormal(140_000, 0.4))),
		Address: address(s, l, c), Place: nearby(s, c), Language: l.tongue.code,
		Source: leadSources[s.weighted(leadShares...)], Notes: pick(s, l.tongue.text.background),
		Created: b.born(s, l),
	}
	if parent > 0 && a.Created.Before(b.account(parent).Created) {
		a.Created = b.account(parent).Created
	}
	b.c.Accounts = append(b.c.Accounts, a)
	b.firms = append(b.firms, firm{land: l, city: c, domain: domain, stem: stem})
}

func pickIndustry(s source) industry {
	weights := make([]int, len(industries))
	for i, k := range industries {
		weights[i] = k.weight
	}
	return industries[s.weighted(weights...)]
}

// headcount is how many people work there, rounded as such figures are known.
func headcount(s source, kind industry) int {
	return max(4, round(s.lognormal(float64(kind.size), 0.9)))
}

// born: nearly half were known before the told months, the others came since.
func (b *builder) born(s source, l *land) time.Time {
	if s.chance(45) {
		return b.days.hours(s, b.days.start.AddDate(0, 0, -s.between(10, 1100)), l)
	}
	return b.days.draw(s, l)
}

// firmName makes up a firm that does not exist yet, and its domain. A daughter
// carries the stem of its mother's name.
func (b *builder) firmName(s source, l *land, c city, trade, stem string) (name, domain, usedStem string) {
	for try := 0; ; try++ {
		word, kind := stem, pick(s, l.tongue.trades[trade])
		if word == "" || try > 8 { // its mother has used up the words of the trade
			word = pick(s, l.tongue.stems)
		}
		shown, read := l.tongue.reading(word)
		what, whatRead := l.tongue.reading(kind)
		domain = slug(read+" "+whatRead) + ".example"
		if try > 200 {
			domain = slug(read+" "+whatRead) + "-" + strconv.Itoa(try) + ".example"
		}
		if b.used[domain] {
			continue
		}
		b.used[domain] = true
		return fmt.Sprintf(pick(s, l.forms), compose(l.tongue, c, shown, what)), domain, word
	}
}

// compose puts the parts of a firm's name into the order of its language.
func compose(t *tongue, c city, stem, trade string) string {
	switch t.code {
	case "zh":
		return c.name + stem + trade
	case "fr":
		return trade + " " + stem
	}
	return stem + " " + trade
}

func address(s source, l *land, c city) value.Address {
	return value.Address{
		Street: fmt.Sprintf(pick(s, l.streets), s.between(1, 180)), City: c.name, Region: c.region,
		PostalCode: c.postal, Country: l.code,
	}
}

// nearby is a point in or around the city.
func nearby(s source, c city) value.Point {
	off := func(v float64) float64 { return math.Round((v+(s.Float64()-0.5)*0.12)*1e5) / 1e5 }
	return value.Point{Lat: off(c.lat), Lon: off(c.lon)}
}

// round keeps two significant figures.
func round(v float64) int {
	unit := math.Pow(10, math.Max(0, math.Floor(math.Log10(v))-1))
	return int(math.Round(v/unit) * unit)
}

// fill puts values into a template.
func fill(template string, values ...string) string {
	return strings.NewReplacer(values...).Replace(template)
}
