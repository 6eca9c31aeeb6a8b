package sample

import (
	"time"
)

// meetContacts gives every account its people, the large ones more.
func (b *builder) meetContacts() {
	s := newSource(b.seed, "contacts")
	for i := range b.c.Accounts {
		b.addContact(s, Ref(i+1))
	}
	for len(b.c.Contacts) < contactCount {
		r := Ref(s.IntN(len(b.c.Accounts)) + 1)
		// A small firm has few people who talk to us, a large one up to nine.
		if most := min(9, 2+b.account(r).Employees/60); len(b.firm(r).contacts) < most {
			b.addContact(s, r)
		}
	}
}

func (b *builder) addContact(s source, account Ref) {
	a, f := b.account(account), b.firm(account)
	who, email := b.newcomer(s, f)
	first := len(f.contacts) == 0
	job := pick(s, f.land.tongue.titles)
	if first { // the one who decides, or looks after the matter
		job = f.land.tongue.titles[s.weighted(3, 4, 2, 4, 5, 3)]
	}
	c := Contact{
		FirstName: who.first, LastName: who.last, Latin: who.latin(), Title: job.title, Department: job.department,
		Email: email, Phone: dial(s, f.city.dial), Account: account, Owner: a.Owner, Language: a.Language,
		Primary: first, Address: a.Address, Created: a.Created,
	}
	if s.chance(60) {
		c.Mobile = f.land.mobile(s)
	}
	if !first {
		c.Created = b.between(s, a.Created, b.now)
	}
	b.c.Contacts = append(b.c.Contacts, c)
	f.contacts = append(f.contacts, Ref(len(b.c.Contacts)))
}

// newcomer is somebody whom the firm does not have yet.
func (b *builder) newcomer(s source, f *firm) (person, string) {
	for {
		who := f.land.tongue.person(s)
		if email := who.mailbox() + "@" + f.domain; !b.used[email] {
			b.used[email] = true
			return who, email
		}
	}
}

// between is a moment from the first on, sooner rather than later.
func (b *builder) between(s source, from, to time.Time) time.Time {
	share := s.Float64() * s.Float64()
	return from.Add(time.Duration(share * float64(to.Sub(from)))).Truncate(time.Second)
}
