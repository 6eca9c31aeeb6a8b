package sales

import (
	"context"
	"slices"

	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Target says what a lead becomes: an existing record, a new one, or nothing.
// The zero value is a new one of what the lead says, where it says anything.
type Target struct {
	ID     value.ID      // an existing record
	None   bool          // nothing, whatever the lead says
	Values record.Values // of a new one, before what the lead says
}

// unsaid reports whether nobody chose anything.
func (t Target) unsaid() bool { return t.ID == 0 && !t.None && t.Values == nil }

// Options are what Convert is told.
type Options struct {
	// Version of the lead that the caller saw; 0 = whatever is there.
	Version int64
	// Account is by default the one of an existing Contact, where that has one.
	Account, Contact Target
	// Deal holds the fields of a new deal beside what the lead says, nil for none.
	Deal record.Values
	// Join is an open deal that is there already, instead of a new one. Its account
	// is that of the conversion where the caller names none.
	Join value.ID
	// Line adds what the lead asks for to that deal, unless it has it.
	Line bool
}

// Conversion is what became of a lead; 0 where there is nothing.
type Conversion struct {
	Lead                   record.Outcome
	Account, Contact, Deal value.ID
	People                 []value.ID // contacts of the lead's further people
}

// Convert makes a customer of a lead, in one act that can be undone: account
// and contact are made or linked, a deal is opened where one is wanted, with a line
// of the product that the lead asks for, or one joined that is there, the lead's
// activities are about account and contact too, open ones also about the deal, and
// its files are theirs as well. Existing records are the
// caller's to choose, Matches offers them. A lead that is converted already is a
// Conflict, also for the second of two who convert it at once. Faults of the
// fields of a new record have its name before theirs: "contact.email".
//
// New records belong to the lead's owner, unless he has left or the caller says
// otherwise.
func Convert(ctx context.Context, s *record.Session, lead value.ID, o Options) (Conversion, error) {
	l, err := convertible(ctx, s, lead)
	if err != nil {
		return Conversion{}, err
	}
	x := &conversion{s: s, lead: l, o: o}
	for _, step := range []func(context.Context) error{x.findPeople, x.findDeal, x.findContact, x.makeAccount, x.makeContact, x.makePeople, x.acquaint, x.openDeal,
		x.joinDeal, x.addLine, x.close} {
		if err := step(ctx); err != nil {
			return Conversion{}, err
		}
	}
	return x.done, bringAlong(ctx, s, lead, x.done)
}

// convertible reads a lead that the actor may convert: change it, and set its
// status.
func convertible(ctx context.Context, s *record.Session, lead value.ID) (*record.Record, error) {
	if err := s.MayChange(ctx, Leads.Name, lead); err != nil {
		return nil, err
	}
	status, _ := s.Schema().MustObject(Leads.Name).Field(LeadStatus.Name())
	if !s.Actor().System() && !s.Actor().CanWrite(status) {
		return nil, fault.New(fault.Forbidden, "record.may_not_change", fault.Args{"object": Leads.Name})
	}
	// Whether it is converted is no secret to who may convert it; what he may
	// not read of it is not carried over.
	all, err := s.AsSystem("whether a lead is converted").Get(ctx, Leads.Name, lead)
	if err != nil {
		return nil, err
	}
	if _, done := record.Get(all, LeadConvertedAt); done {
		return nil, fault.New(fault.Conflict, "lead.already_converted", nil)
	}
	return all, nil
}

// conversion is one that is under way.
type conversion struct {
	s       *record.Session
	lead    *record.Record
	o       Options
	contact *record.Record // the existing one
	people  []*record.Record
	deal    *record.Record // the existing one, whoever may read what of it
	unseen  bool           // whose deal it is, the actor may not read
	made    bool           // the account is new
	done    Conversion
}

// findContact reads an existing contact, who may bring his account along.
func (x *conversion) findContact(ctx context.Context) (err error) {
	if x.o.Contact.ID == 0 {
		return nil
	}
	if x.contact, err = x.existing(ctx, customer.Contacts, x.o.Contact); err != nil {
		return err
	}
	x.done.Contact = x.contact.ID
	id, has := record.Get(x.contact, customer.ContactAccount)
	if !has || !x.o.Account.unsaid() {
		return nil
	}
	seen, err := x.mayRead(ctx, customer.Accounts, id)
	x.o.Account = Target{ID: id, None: !seen}
	if !seen { // there is one, which is not his to see
		x.o.Account.ID = 0
	}
	return err
}

// existing reads a record that the actor may see. What is missing and what is
// out of sight look the same.
func (x *conversion) existing(ctx context.Context, o *schema.Object, t Target) (*record.Record, error) {
	if t.None || t.Values != nil {
		return nil, fault.New(fault.Invalid, "record.invalid", fault.Args{"object": Leads.Name}).
			With(fault.Field{Path: o.Name, Key: "convert.one_of", Args: fault.Args{"object": o.Name}})
	}
	r, err := x.s.Get(ctx, o.Name, t.ID)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.Invalid, "record.invalid", fault.Args{"object": Leads.Name}).
			With(fault.Field{Path: o.Name, Key: "field.dead_link", Args: fault.Args{"object": o.Name, "id": t.ID.String()}})
	}
	return r, err
}

// makeAccount links the chosen account or makes one for the lead's company. A
// lead without company is a private person's.
func (x *conversion) makeAccount(ctx context.Context) error {
	t := x.o.Account
	if t.ID != 0 {
		a, err := x.existing(ctx, customer.Accounts, t)
		if err == nil {
			x.done.Account = a.ID
		}
		return err
	}
	company := x.text(LeadCompany)
	if t.None || t.Values == nil && company == "" {
		return nil
	}
	v := record.Values{}
	x.carry(v, customer.Accounts, customer.AccountName.Name(), LeadCompany.Name())
	if company == "" {
		x.carry(v, customer.Accounts, customer.AccountName.Name(), LeadName.Name())
	}
	x.carry(v, customer.Accounts, customer.AccountWebsite.Name(), LeadWebsite.Name())
	x.carry(v, customer.Accounts, customer.AccountBilling.Name(), LeadAddress.Name())
	x.carry(v, customer.Accounts, customer.AccountTags.Name(), LeadTags.Name())
	var err error
	x.done.Account, err = x.make(ctx, customer.Accounts, v, t.Values)
	x.made = true
	return err
}

// makeContact makes the person, unless the lead is a company of which nobody
// is known.
func (x *conversion) makeContact(ctx context.Context) error {
	t := x.o.Contact
	if t.ID != 0 || t.None || t.Values == nil && !x.person() {
		return nil
	}
	v := record.Values{}
	for to, from := range map[string]string{
		customer.ContactName.Name(): LeadName.Name(), customer.ContactJob.Name(): LeadJob.Name(),
		customer.ContactEmail.Name(): LeadEmail.Name(), customer.ContactPhone.Name(): LeadPhone.Name(),
		customer.ContactLanguage.Name(): LeadLanguage.Name(), customer.ContactTags.Name(): LeadTags.Name(),
	} {
		x.carry(v, customer.Contacts, to, from)
	}
	if x.done.Account == 0 {
		x.carry(v, customer.Contacts, customer.ContactAddress.Name(), LeadAddress.Name())
	} else {
		record.With(v, customer.ContactAccount, x.done.Account)
	}
	var err error
	x.done.Contact, err = x.make(ctx, customer.Contacts, v, t.Values)
	return err
}

// person reports whether the lead tells of somebody.
func (x *conversion) person() bool {
	name := x.text(LeadName)
	return x.text(LeadEmail) != "" || x.text(LeadPhone) != "" || x.text(LeadJob) != "" || name != "" && name != x.text(LeadCompany)
}

// acquaint makes account and contact known to each other, as far as neither
// knows somebody else: a new account gets its first contact, an existing contact
// without account gets one, where the actor may change him.
func (x *conversion) acquaint(ctx context.Context) error {
	if x.done.Account == 0 && x.done.Contact == 0 {
		if x.unseen { // the deal's customer is what the lead becomes
			return nil
		}
		return fault.New(fault.Invalid, "convert.needs_party", nil).With(fault.Field{Path: customer.Accounts.Name, Key: "convert.needs_party"})
	}
	if x.done.Account == 0 || x.done.Contact == 0 {
		return nil
	}
	if x.contact != nil && x.contact.Field(customer.ContactAccount.Name()) == nil {
		err := x.s.Try(ctx, func() error {
			_, err := x.s.Update(ctx, customer.Contacts.Name, x.done.Contact, 0, record.With(record.Values{}, customer.ContactAccount, x.done.Account))
			return err
		})
		if err != nil && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Invalid) {
			return err
		}
	}
	if x.contact != nil {
		if err := x.keepsAccount(ctx, x.contact); err != nil {
			return err
		}
	}
	if !x.made {
		return nil
	}
	_, err := x.s.AsSystem("the first contact of a new account").Update(ctx, customer.Accounts.Name, x.done.Account, 0,
		record.With(record.Values{}, customer.AccountPrimary, x.done.Contact))
	return err
}

// close marks the lead. Only the system sets these fields; that the actor may
// has been asked.
func (x *conversion) close(ctx context.Context) (err error) {
	v := record.With(record.Values{}, LeadStatus, Converted)
	record.With(v, LeadConvertedAt, value.Moment(x.s.Now()))
	v[LeadLostReason.Name()] = nil
	for field, id := range map[schema.Field[value.ID]]value.ID{LeadConvertedAccount: x.done.Account, LeadConvertedContact: x.done.Contact,
		LeadConvertedDeal: x.done.Deal, LeadConvertedBy: x.s.Actor().Member()} {
		if id != 0 {
			record.With(v, field, id)
		}
	}
	x.done.Lead, err = x.s.AsSystem("conversion of a lead").Update(ctx, Leads.Name, x.lead.ID, x.o.Version, v)
	return err
}

// make creates a record of what the lead says under what the caller says.
func (x *conversion) make(ctx context.Context, o *schema.Object, v, said record.Values) (value.ID, error) {
	if owner := x.lead.Owner(); owner != 0 {
		if _, err := x.s.Roster().Actor(owner); err == nil {
			v["owner"] = owner
		}
	}
	for name, x := range said {
		v[name] = x
	}
	out, err := x.s.Create(ctx, o.Name, v)
	return out.ID, under(err, o.Name)
}

// under names the new record before the fields of a fault.
func under(err error, object string) error {
	e, ok := fault.As(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	fields := slices.Clone(e.Fields)
	for i := range fields {
		fields[i].Path = object + "." + fields[i].Path
	}
	return fault.New(e.Kind, e.Key, e.Args).With(fields...).Because(err)
}

// text is what a text field of the lead says to the actor.
func (x *conversion) text(f schema.Field[string]) string {
	text, _ := x.reads(f.Name()).(string)
	return text
}

// reads is a value of the lead, nil for what the actor may not read of it.
func (x *conversion) reads(name string) any {
	f, _ := x.lead.Object.Field(name)
	if f == nil || !x.s.Actor().System() && !x.s.Actor().CanFilter(f) {
		return nil
	}
	return x.lead.Value(f)
}

// carry takes a value over from the lead, where the actor may read the one
// field and write the other.
func (x *conversion) carry(v record.Values, o *schema.Object, to, from string) {
	f, ok := x.s.Schema().MustObject(o.Name).Field(to)
	if value := x.reads(from); ok && value != nil && (x.s.Actor().System() || x.s.Actor().CanWrite(f)) {
		v[to] = value
	}
}
