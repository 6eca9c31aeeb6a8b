package sales

import (
	"context"

	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// mostPeople of a lead become contacts in one act; others who write wait for it.
const mostPeople = 2000

// findPeople reads the lead's further people, all of them, and refuses more than
// one act can take.
func (x *conversion) findPeople(ctx context.Context) error {
	q := record.Query{Object: LeadPeople.Name, Filter: `lead = "` + x.lead.ID.String() + `"`, Sort: "position,id", Limit: 500}
	for {
		page, err := x.s.Query(ctx, q)
		if err != nil {
			return err
		}
		x.people = append(x.people, page.Records...)
		if len(x.people) > mostPeople {
			return fault.New(fault.Invalid, "convert.too_many_people", fault.Args{"max": mostPeople})
		}
		if q.Cursor = page.Next; page.Next == "" {
			return nil
		}
	}
}

// makePeople makes a contact of each further person, or links the one who has
// the same e-mail address. Without a person of its own the lead's first contact
// is the first of them.
func (x *conversion) makePeople(ctx context.Context) error {
	for _, p := range x.people {
		id, err := x.makePerson(ctx, p)
		if err != nil {
			return err
		}
		x.done.People = append(x.done.People, id)
		if x.done.Contact == 0 && !x.o.Contact.None {
			x.done.Contact = id
		}
		if _, err := x.s.AsSystem("conversion of a lead").Update(ctx, LeadPeople.Name, p.ID, 0, record.With(record.Values{}, LeadPersonContact, id)); err != nil {
			return err
		}
	}
	return nil
}

func (x *conversion) makePerson(ctx context.Context, p *record.Record) (value.ID, error) {
	if email, ok := record.Get(p, LeadPersonEmail); ok {
		m := &matching{s: x.s, of: map[value.ID]value.ID{}}
		m.equal(ctx, customer.Contacts, "email", email, customer.ContactEmail.Name())
		if m.err != nil || len(m.found) > 0 {
			return x.known(ctx, first(m.found).ID, m.err)
		}
	}
	v := record.Values{}
	for to, from := range map[schema.Field[string]]schema.Field[string]{customer.ContactName: LeadPersonName, customer.ContactJob: LeadPersonJob,
		customer.ContactEmail: LeadPersonEmail, customer.ContactPhone: LeadPersonPhone} {
		if text, ok := record.Get(p, from); ok {
			record.With(v, to, text)
		}
	}
	if x.done.Account != 0 {
		record.With(v, customer.ContactAccount, x.done.Account)
	}
	return x.make(ctx, customer.Contacts, v, nil)
}

// known is a further person who is a contact already.
func (x *conversion) known(ctx context.Context, id value.ID, err error) (value.ID, error) {
	if err != nil || x.done.Account == 0 {
		return id, err
	}
	contact, err := x.s.Get(ctx, customer.Contacts.Name, id)
	if err != nil {
		return id, err
	}
	return id, x.keepsAccount(ctx, contact)
}

func first(list []Match) Match {
	if len(list) == 0 {
		return Match{}
	}
	return list[0]
}

// keepsAccount says that a contact who is there already stays with another account
// than the lead becomes. Of an account that the actor may not read nothing is said.
func (x *conversion) keepsAccount(ctx context.Context, contact *record.Record) error {
	id, has := record.Get(contact, customer.ContactAccount)
	if !has || id == x.done.Account {
		return nil
	}
	account, err := x.s.Get(ctx, customer.Accounts.Name, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return nil
	}
	if err != nil {
		return err
	}
	x.s.Caution(customer.Contacts.Name, contact.ID, customer.ContactAccount.Name(), "convert.keeps_account",
		fault.Args{"contact": contact.Title(), "account": account.Title()})
	return nil
}

// mayRead reports whether the actor may read a record.
func (x *conversion) mayRead(ctx context.Context, o *schema.Object, id value.ID) (bool, error) {
	_, err := x.s.Get(ctx, o.Name, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return false, nil
	}
	return err == nil, err
}
