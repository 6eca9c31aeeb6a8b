package sample

import (
	"sort"
	"time"
)

// Statuses of a lead.
const (
	leadNew          = "new"
	leadContacted    = "contacted"
	leadQualified    = "qualified"
	leadConverted    = "converted"
	leadDisqualified = "disqualified"
)

// collectLeads tells where the new customers came from, and of all those who
// asked and did not become one.
func (b *builder) collectLeads() {
	s := newSource(b.seed, "leads")
	var list []Lead
	for i := range b.c.Accounts {
		if l, ok := b.converted(s, Ref(i+1)); ok {
			list = append(list, l)
		}
	}
	for len(list) < leadCount {
		list = append(list, b.stranger(s))
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Created.Before(list[j].Created) })
	b.c.Leads = list
}

// converted is the lead that an account began as: account, first contact and
// deal were made on the day it was converted.
func (b *builder) converted(s source, account Ref) (Lead, bool) {
	a, f := b.account(account), b.firm(account)
	if f.first == 0 || a.Created.Before(b.days.start) || s.chance(6) {
		return Lead{}, false
	}
	d := &b.c.Deals[f.first-1]
	d.Contact = f.contacts[0]
	a.Created = d.Created
	for _, r := range f.contacts {
		if c := b.contact(r); c.Created.Before(a.Created) {
			c.Created = a.Created
		}
	}
	who := b.contact(f.contacts[0])
	who.Created = a.Created
	return Lead{
		FirstName: who.FirstName, LastName: who.LastName, Company: a.Name, Title: who.Title, Email: who.Email, Phone: who.Phone,
		Status: leadConverted, Source: a.Source, Industry: a.Industry, Employees: a.Employees, Score: s.between(55, 98),
		Interest: pick(s, f.land.tongue.text.interests), Address: a.Address, Language: a.Language, Owner: d.Owner,
		Created: d.Created.Add(-time.Duration(s.lognormal(8, 0.6)*24) * time.Hour), Closed: d.Created,
		Account: account, Contact: f.contacts[0], Deal: f.first,
	}, true
}

// stranger is a lead of a firm that is no account.
func (b *builder) stranger(s source) Lead {
	land := lands[b.someLand(s)]
	c, kind := pick(s, land.cities), pickIndustry(s)
	name, domain, _ := b.firmName(s, land, c, kind.name, "")
	who := land.tongue.person(s)
	l := Lead{
		FirstName: who.first, LastName: who.last, Company: name, Title: pick(s, land.tongue.titles).title,
		Email: who.mailbox() + "@" + domain, Phone: dial(s, c.dial), Source: leadSources[s.weighted(leadShares...)],
		Industry: kind.name, Employees: headcount(s, kind), Interest: pick(s, land.tongue.text.interests),
		Address: address(s, land, c), Language: land.tongue.code, Owner: b.repFor(s, land.code).member,
		Created: b.days.draw(s, land),
	}
	b.judge(s, &l, land)
	return l
}

// judge decides how far a lead has come by its age.
func (b *builder) judge(s source, l *Lead, land *land) {
	open := []string{leadNew, leadContacted, leadQualified, leadDisqualified}
	switch age := b.now.Sub(l.Created); {
	case age > 60*day:
		l.Status = open[s.weighted(0, 9, 4, 87)]
	case age > 14*day:
		l.Status = open[s.weighted(6, 34, 28, 32)]
	default:
		l.Status = open[s.weighted(52, 30, 12, 6)]
	}
	l.Score = map[string]int{leadNew: 40, leadContacted: 45, leadQualified: 72, leadDisqualified: 22}[l.Status] + s.between(-18, 20)
	if l.Status == leadDisqualified {
		l.Reason = disqualifieds[s.weighted(22, 26, 14, 28, 7, 3)]
		l.Closed = b.days.past(s, l.Created, b.days.after(s, l.Created, s.lognormal(12, 0.7), land))
	}
}
