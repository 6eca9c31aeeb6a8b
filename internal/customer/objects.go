package customer

import "wellmet/internal/schema"

// The built-in objects of this room.
var (
	Accounts = schema.NewObject("account", "accounts", schema.Owned, "Account", "Accounts").Timelined().Indexed("name")
	Contacts = schema.NewObject("contact", "contacts", schema.Owned, "Contact", "Contacts").Timelined().Indexed("name")
)

// Fields of an account. It may be of several kinds at once.
var (
	AccountName = schema.Text(Accounts, "name").Required().Fragments()
	// AccountParent makes groups of companies; circles are refused.
	AccountParent = schema.Link(Accounts, "parent", "account").Inverse("subsidiaries").OnDelete(schema.Clear)
	AccountKinds  = schema.Choices(Accounts, "kinds", "customer", "prospect", "supplier", "partner", "competitor", "public_body")
	// AccountIsCustomer says whether the account counts as a customer: one of
	// which nobody has said what it is, or that is a customer among other things.
	// Who only supplies, competes or might buy some day does not.
	AccountIsCustomer = schema.Formula[bool](Accounts, "is_customer", schema.KindBool, `kinds is empty or kinds contains "customer"`)
	AccountIndustry   = schema.Text(Accounts, "industry").Searched()
	AccountSize       = schema.Int(Accounts, "employees").Between(0, 100_000_000)
	// AccountSizeClass groups by employees, as the European Union draws the lines.
	AccountSizeClass = sizeClass(schema.Formula[string](Accounts, "size", schema.KindChoice,
		`if(employees >= 250, "large", if(employees >= 50, "medium", if(employees >= 10, "small", if(employees >= 0, "micro"))))`))
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
	AccountTags     = schema.Tags(Accounts, "tags").Searched()
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
	ContactNoCalls  = schema.Bool(Contacts, "no_calls").OptOut()
	ContactNoMail   = schema.Bool(Contacts, "no_mail").OptOut()
	ContactWishes   = schema.LongText(Contacts, "preferences").Searched()
	ContactLanguage = schema.Text(Contacts, "language").Tongue()
	ContactTags     = schema.Tags(Contacts, "tags").Searched()
	ContactText     = schema.LongText(Contacts, "description").Searched()
)

// Objects lists what this room declares.
func Objects() []*schema.Object { return []*schema.Object{Accounts, Contacts} }

func sizeClass(f schema.Field[string]) schema.Field[string] {
	return f.On(func(d *schema.FieldDef) {
		d.Options = []schema.Option{
			{Key: "micro", Labels: map[string]string{"en": "Fewer than 10"}}, {Key: "small", Labels: map[string]string{"en": "10 to 49"}},
			{Key: "medium", Labels: map[string]string{"en": "50 to 249"}}, {Key: "large", Labels: map[string]string{"en": "250 and more"}},
		}
	})
}
