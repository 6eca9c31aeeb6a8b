package customer

import "wellmet/internal/schema"

// The built-in objects of this room.
var (
	Accounts = schema.NewObject("account", "accounts", schema.Owned, "Account", "Accounts").Timelined().Indexed("name")
	Contacts = schema.NewObject("contact", "contacts", schema.Owned, "Contact", "Contacts").Timelined().Indexed("name")
)

// Fields of an account.
var (
	AccountName = schema.Text(Accounts, "name").Required().Fragments()
	// AccountParent makes groups of companies; circles are refused.
	AccountParent   = schema.Link(Accounts, "parent", "account").Inverse("subsidiaries").OnDelete(schema.Clear)
	AccountKinds    = schema.Choices(Accounts, "kinds", "customer", "prospect", "supplier", "partner", "competitor", "public_body")
	AccountIndustry = schema.Text(Accounts, "industry").Searched()
	AccountSize     = schema.Int(Accounts, "employees").Between(0, 100_000_000)
	// AccountTurnover is what the company itself turns over in a year; what we
	// sell to it is derived.
	AccountTurnover = schema.Money(Accounts, "turnover")
	AccountFounded  = schema.Int(Accounts, "founded").Between(1, 9999)
	AccountPhone    = schema.Phone(Accounts, "phone").Fragments()
	AccountEmail    = schema.Email(Accounts, "email").Fragments()
	AccountWebsite  = schema.URL(Accounts, "website").Fragments()
	AccountBilling  = schema.Address(Accounts, "billing_address")
	AccountDelivery = schema.Address(Accounts, "delivery_address")
	AccountPlace    = schema.Place(Accounts, "place")
	AccountTaxID    = schema.Text(Accounts, "tax_id").Fragments()
	AccountTerms    = schema.Text(Accounts, "payment_terms")
	AccountPrimary  = schema.Link(Accounts, "primary_contact", "contact").OnDelete(schema.Clear)
	AccountText     = schema.LongText(Accounts, "description").Searched()
)

// Fields of a contact.
var (
	// ContactName is put together from the parts when it is not given itself:
	// a person may have one name only.
	ContactName     = schema.Text(Contacts, "name").Required().Fragments()
	ContactFirst    = schema.Text(Contacts, "first_name")
	ContactLast     = schema.Text(Contacts, "last_name")
	ContactAccount  = schema.Link(Contacts, "account", "account").Inverse("contacts")
	ContactFurther  = schema.Links(Contacts, "further_accounts", "account")
	ContactJob      = schema.Text(Contacts, "job_title").Searched()
	ContactEmail    = schema.Email(Contacts, "email").Fragments()
	ContactEmails   = schema.Emails(Contacts, "more_emails").Fragments()
	ContactPhone    = schema.Phone(Contacts, "phone").Fragments()
	ContactMobile   = schema.Phone(Contacts, "mobile").Fragments()
	ContactPhones   = schema.Phones(Contacts, "more_phones").Fragments()
	ContactAddress  = schema.Address(Contacts, "address")
	ContactBirthday = schema.Date(Contacts, "birthday")
	// ContactNoCalls and ContactNoMail are opt-outs.
	ContactNoCalls  = schema.Bool(Contacts, "no_calls")
	ContactNoMail   = schema.Bool(Contacts, "no_mail")
	ContactWishes   = schema.LongText(Contacts, "preferences").Searched()
	ContactLanguage = schema.Text(Contacts, "language")
	ContactText     = schema.LongText(Contacts, "description").Searched()
)

// Objects lists what this room declares.
func Objects() []*schema.Object { return []*schema.Object{Accounts, Contacts} }
