package app

import (
	"context"
	"time"

	"wellmet/internal/app/sample"
	"wellmet/internal/customer"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// The sample's words and the options of our fields.
var (
	accountKinds = map[string]string{"Customer": "customer", "Prospect": "prospect", "Partner": "partner", "Supplier": "supplier",
		"Competitor": "competitor", "Public body": "public_body"}
	leadStates  = map[string]string{"contacted": "working"}
	leadReasons = map[string]string{"No budget": "no_budget", "No need": "no_interest", "Not reachable": "not_reachable",
		"Student or research": "bad_data", "Competitor": "competitor"}
	demoSources = map[string]string{"Website": "web", "Trade fair": "event", "Referral": "referral", "Partner": "partner",
		"Cold call": "phone", "Newsletter": "mail", "Webinar": "campaign", "Existing customer": "manual"}
)

// word translates, and says "other" where there is no translation.
func word(table map[string]string, s string) string {
	if to, ok := table[s]; ok {
		return to
	}
	return "other"
}

// accounts: those without a parent first.
func (l *loader) accounts(ctx context.Context) error {
	l.accountIDs = make([]value.ID, len(l.c.Accounts))
	for _, daughters := range []bool{false, true} {
		var places []int
		var changes []record.Change
		for i, a := range l.c.Accounts {
			if daughters == (a.Parent > 0) {
				places, changes = append(places, i), append(changes, l.account(a))
			}
		}
		ids, err := l.save(ctx, customer.Accounts.Name, changes)
		if err != nil {
			return err
		}
		for n, i := range places {
			l.accountIDs[i] = ids[n]
		}
	}
	return nil
}

func (l *loader) account(a sample.Account) record.Change {
	v := record.Values{}
	record.With(v, customer.AccountName, a.Name)
	kinds := []string{accountKinds[a.Kind]}
	if a.Also != "" {
		kinds = append(kinds, accountKinds[a.Also])
	}
	record.With(v, customer.AccountKinds, kinds)
	if len(a.Tags) > 0 {
		record.With(v, customer.AccountTags, a.Tags)
	}
	record.With(v, customer.AccountIndustry, a.Industry)
	record.With(v, customer.AccountSize, int64(a.Employees))
	record.With(v, customer.AccountTurnover, a.Revenue)
	record.With(v, customer.AccountPhone, a.Phone)
	record.With(v, customer.AccountWebsite, a.Website)
	record.With(v, customer.AccountBilling, a.Address)
	record.With(v, customer.AccountPlace, a.Place)
	text(v, customer.AccountText.Name(), a.Notes)
	set(v, customer.AccountParent.Name(), l.accountIDs, a.Parent)
	set(v, "owner", l.memberIDs, a.Owner)
	return l.then(v, a.Created, a.Owner)
}

// contacts, and then each account's first one.
func (l *loader) contacts(ctx context.Context) error {
	changes := make([]record.Change, len(l.c.Contacts))
	for i, c := range l.c.Contacts {
		changes[i] = l.contact(c)
	}
	var err error
	if l.contactIDs, err = l.save(ctx, customer.Contacts.Name, changes); err != nil {
		return err
	}
	changes = nil
	for i, c := range l.c.Contacts {
		if account, ok := at(l.accountIDs, c.Account); ok && c.Primary {
			change := l.then(record.With(record.Values{}, customer.AccountPrimary, l.contactIDs[i]), c.Created, c.Owner)
			change.ID = account
			changes = append(changes, change)
		}
	}
	_, err = l.save(ctx, customer.Accounts.Name, changes)
	return err
}

func (l *loader) contact(c sample.Contact) record.Change {
	v := record.Values{}
	record.With(v, customer.ContactFirst, c.FirstName)
	record.With(v, customer.ContactLast, c.LastName)
	record.With(v, customer.ContactJob, c.Title)
	record.With(v, customer.ContactEmail, c.Email)
	text(v, customer.ContactPhone.Name(), c.Phone)
	text(v, customer.ContactMobile.Name(), c.Mobile)
	record.With(v, customer.ContactAddress, c.Address)
	record.With(v, customer.ContactLanguage, c.Language)
	if c.Latin != c.FirstName+" "+c.LastName { // for those who cannot read the name
		text(v, customer.ContactText.Name(), c.Latin)
	}
	set(v, customer.ContactAccount.Name(), l.accountIDs, c.Account)
	set(v, "owner", l.memberIDs, c.Owner)
	return l.then(v, c.Created, c.Owner)
}

// prospects are the leads as they came in.
func (l *loader) prospects(ctx context.Context) error {
	changes := make([]record.Change, len(l.c.Leads))
	for i, p := range l.c.Leads {
		changes[i] = l.prospect(p)
	}
	var err error
	l.leadIDs, err = l.save(ctx, sales.Leads.Name, changes)
	return err
}

// judgements tell how far the leads have come, when it was judged; the deals
// that they led to are there by then.
func (l *loader) judgements(ctx context.Context) error {
	var changes []record.Change
	for i, p := range l.c.Leads {
		if p.Status != "new" {
			changes = append(changes, l.judged(l.leadIDs[i], p))
		}
	}
	_, err := l.save(ctx, sales.Leads.Name, changes)
	return err
}

func (l *loader) prospect(p sample.Lead) record.Change {
	v := record.Values{}
	text(v, sales.LeadName.Name(), customer.FullName(p.FirstName, p.LastName))
	if private(p) {
		record.With(v, sales.LeadMode, sales.PersonLead)
	} else {
		record.With(v, sales.LeadType, l.typeIDs[0])
		record.With(v, sales.LeadCompany, p.Company)
		record.With(v, sales.LeadJob, p.Title)
	}
	record.With(v, sales.LeadEmail, p.Email)
	record.With(v, sales.LeadPhone, p.Phone)
	record.With(v, sales.LeadSource, word(demoSources, p.Source))
	record.With(v, sales.LeadScore, int64(p.Score))
	record.With(v, sales.LeadAddress, p.Address)
	record.With(v, sales.LeadLanguage, p.Language)
	record.With(v, sales.LeadCapturedAt, p.Created)
	text(v, sales.LeadText.Name(), p.Interest)
	set(v, "owner", l.memberIDs, p.Owner)
	return l.then(v, p.Created, p.Owner)
}

// private leads asked for themselves and not for a firm. Their type has new ones
// called at once, so it is said of those alone that are done with.
func private(p sample.Lead) bool { return p.Employees <= family && p.Status == "disqualified" }

// judged is how far a lead has come. Leads that are still being worked on were
// taken up on the day after they came in.
func (l *loader) judged(id value.ID, p sample.Lead) record.Change {
	state := p.Status
	if to, ok := leadStates[state]; ok {
		state = to
	}
	v := record.With(record.Values{}, sales.LeadStatus, state)
	if private(p) {
		record.With(v, sales.LeadType, l.typeIDs[1])
	}
	if p.Reason != "" {
		record.With(v, sales.LeadLostReason, word(leadReasons, p.Reason))
	}
	when := p.Closed
	if when.IsZero() {
		when = p.Created.Add(20 * time.Hour)
	}
	if now := l.w.engine.Now(); when.After(now) { // came in today
		when = p.Created.Add(now.Sub(p.Created) / 2)
	}
	if state == sales.Converted {
		record.With(v, sales.LeadConvertedAt, value.Moment(when))
		set(v, sales.LeadConvertedAccount.Name(), l.accountIDs, p.Account)
		set(v, sales.LeadConvertedContact.Name(), l.contactIDs, p.Contact)
		set(v, sales.LeadConvertedDeal.Name(), l.dealIDs, p.Deal)
		set(v, sales.LeadConvertedBy.Name(), l.memberIDs, p.Owner)
	}
	change := l.then(v, when, p.Owner)
	change.ID = id
	return change
}
