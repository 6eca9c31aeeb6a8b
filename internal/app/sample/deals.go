package sample

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/value"
)

// plot is what the story of a deal leaves for its activities.
type plot struct {
	land *land
	site string
}

// opening is a deal about to be told.
type opening struct {
	at      time.Time
	account Ref
	renewal bool
}

// openDeals tells all deals in the order in which they were opened.
func (b *builder) openDeals() {
	s := newSource(b.seed, "deals")
	openings := append(b.renewals(s), b.chances(s)...)
	sort.SliceStable(openings, func(i, j int) bool { return openings[i].at.Before(openings[j].at) })
	for _, o := range openings {
		if o.renewal {
			b.renew(s, o)
		} else {
			b.sell(s, o)
		}
	}
}

// renewals come from firms that were customers before the story begins; who
// renewed more than a year ago does it again.
func (b *builder) renewals(s source) []opening {
	var old []Ref
	for i, a := range b.c.Accounts {
		if a.Created.Before(b.days.start.AddDate(0, -3, 0)) {
			old = append(old, Ref(i+1))
		}
	}
	accounts := newDeck(s, old)
	var list []opening
	for len(list) < renewalCount {
		r := accounts.next()
		f := b.firm(r)
		f.buyer = b.account(r).Created
		at := b.days.draw(s, f.land)
		list = append(list, opening{at: at, account: r, renewal: true})
		if again := b.days.after(s, at, 364, f.land); again.Before(b.now) && len(list) < renewalCount {
			list = append(list, opening{at: again, account: r, renewal: true})
		}
	}
	return list
}

// chances are the new deals: every firm that came in the told months opens one
// within weeks, the others follow where the business is.
func (b *builder) chances(s source) []opening {
	var list []opening
	in := map[*land][]Ref{}
	for i, a := range b.c.Accounts {
		l := b.firms[i].land
		in[l] = append(in[l], Ref(i+1))
		at := b.days.after(s, a.Created, s.lognormal(9, 0.8), l)
		if a.Created.After(b.days.start) && at.Before(b.now) {
			list = append(list, opening{at: at, account: Ref(i + 1)})
		}
	}
	for len(list) < dealCount-renewalCount {
		l := lands[b.someLand(s)]
		at := b.days.draw(s, l)
		for { // until somebody who is known by then; large firms buy more often
			r := pick(s, in[l])
			if a := b.account(r); at.After(a.Created.Add(20*day)) && s.IntN(500) < 60+min(400, a.Employees) {
				list = append(list, opening{at: at, account: r})
				break
			}
		}
	}
	return list
}

func (b *builder) someLand(s source) int {
	weights := make([]int, len(lands))
	for i, l := range lands {
		weights[i] = l.accounts
	}
	return s.weighted(weights...)
}

// sell tells a deal of the first pipeline.
func (b *builder) sell(s source, o opening) {
	f, a := b.firm(o.account), b.account(o.account)
	t := f.land.tongue
	seller := b.seller(s, o.account)
	d := Deal{
		Pipeline: 1, Account: o.account, Contact: b.counterpart(s, o), Owner: seller.member, Kind: "new",
		Source: a.Source, Created: o.at,
	}
	if !f.buyer.IsZero() && f.buyer.Before(o.at) {
		d.Kind, d.Source = "expansion", "Existing customer"
	}
	if f.first == 0 && a.Created.After(b.days.start) {
		f.first = Ref(len(b.c.Deals) + 1)
	}
	site := siteName(s, t)
	d.Lines = b.order(s, d.Kind, a)
	d.Amount = sum(d.Lines)
	d.Name = projectName(s, t, d.Lines[0].Product) + " – " + site
	if d.Kind == "expansion" && s.chance(55) {
		d.Name = fmt.Sprintf(t.expansion, b.c.Products[d.Lines[0].Product-1].Name)
	}
	end := b.run(s, &d, f.land, seller.skill)
	if last := d.Passages[len(d.Passages)-1]; pipelines[0].Stages[last.Stage].Kind == Won && f.buyer.IsZero() {
		f.buyer = last.At
	}
	b.finish(s, &d, f.land, end)
	b.add(d, plot{land: f.land, site: site})
}

// renew tells a deal of the second pipeline.
func (b *builder) renew(s source, o opening) {
	f := b.firm(o.account)
	d := Deal{
		Pipeline: 2, Account: o.account, Contact: b.counterpart(s, o), Owner: b.account(o.account).Owner, Kind: "renewal",
		Source: "Existing customer", Created: o.at, Lines: b.subscription(s),
		Name: fmt.Sprintf(f.land.tongue.renewal, o.at.AddDate(0, 2, 0).Year()),
	}
	d.Amount = sum(d.Lines)
	end := b.run(s, &d, f.land, 1)
	b.shortcut(&d)
	b.finish(s, &d, f.land, end)
	b.add(d, plot{land: f.land, site: siteName(s, f.land.tongue)})
}

func (b *builder) add(d Deal, p plot) {
	b.c.Deals = append(b.c.Deals, d)
	b.deals = append(b.deals, p)
}

// seller is the account's owner, now and then a colleague of the same land.
func (b *builder) seller(s source, account Ref) rep {
	f, owner := b.firm(account), b.account(account).Owner
	if s.chance(14) {
		return b.repFor(s, f.land.code)
	}
	for _, r := range b.reps[f.land.code] {
		if r.member == owner {
			return r
		}
	}
	return b.repFor(s, f.land.code)
}

// counterpart is somebody of the firm whom we knew by then; the first contact
// always is.
func (b *builder) counterpart(s source, o opening) Ref {
	var known []Ref
	for _, r := range b.firm(o.account).contacts {
		if !b.contact(r).Created.After(o.at) {
			known = append(known, r)
		}
	}
	if s.chance(50) {
		return known[0]
	}
	return pick(s, known)
}

// projectName says what the deal is about: something that its main product does.
func projectName(s source, t *tongue, product Ref) string {
	fits := map[int]string{wareVibration: "v", wareLeak: "l"}[int(product)-1]
	if fits == "" {
		fits = "t"
	}
	for {
		mark, name, marked := strings.Cut(pick(s, t.projects), ":")
		if !marked {
			return mark
		}
		if mark == fits {
			return name
		}
	}
}

func siteName(s source, t *tongue) string {
	return fill(pick(s, t.sites), "%d", strconv.Itoa(s.between(1, 6)))
}

// finish fills what depends on where the deal stands now.
func (b *builder) finish(s source, d *Deal, l *land, end time.Time) {
	stages := b.c.Pipelines[d.Pipeline-1].Stages
	switch at := stages[d.Stage()]; at.Kind {
	case Won:
		d.Close = value.DateOf(d.Passages[len(d.Passages)-1].At, time.UTC)
	case Lost:
		d.Close = value.DateOf(d.Passages[len(d.Passages)-1].At, time.UTC)
		d.LostReason = lostReasons[s.weighted(lostShares...)]
	default:
		// Reps are optimists: what will take a month is expected in three weeks,
		// and some dates have passed without anybody moving them.
		expected := b.now.Add(time.Duration(float64(end.Sub(b.now)) * s.lognormal(0.75, 0.3)))
		if s.chance(12) {
			expected = b.now.Add(-time.Duration(s.between(1, 30)) * day)
		}
		d.Close = value.DateOf(b.days.hours(s, expected, l), time.UTC)
		if s.chance(82) {
			d.NextStep = pick(s, l.tongue.text.next)
		}
		if d.Stage() == 0 && d.Pipeline == 1 {
			b.guess(s, d)
		}
	}
	if d.LostReason == lostRival || d.LostReason == lostPrice || d.Stage() >= 2 && s.chance(30) {
		d.Competitor = pick(s, rivals)
	}
}

// guess replaces the lines of a young deal by a round figure, or by nothing:
// nobody has counted sensors yet.
func (b *builder) guess(s source, d *Deal) {
	switch s.weighted(45, 45, 10) {
	case 1:
		d.Amount = b.money(round(max(1, float64(d.Amount.Minor)/float64(b.money(1).Minor))))
		d.Lines = nil
	case 2:
		d.Amount, d.Lines = value.Money{}, nil
	}
}
