package customer

import "wellmet/internal/report"

// NotSupplierOnly is the condition, over a link to an account, that keeps who
// only sells to us or against us out of what customers bring. Those who might
// buy some day stay in.
const NotSupplierOnly = `account is empty or account.is_customer or not (account.kinds contains "supplier" or account.kinds contains "competitor")`

func customersBy(name, title, group string) report.Spec {
	return report.Spec{Name: name, Title: title, Object: Accounts.Name, Filter: AccountIsCustomer.Name(), Group: []string{group},
		Period: "created_at", Help: "Accounts that are customers, and those of which nobody has said what they are.",
		Columns: []report.Column{{Name: "customers", Title: "Customers", Measure: "count"}}}
}

// Reports are the standard reports over this room's objects.
func Reports() []report.Spec {
	kinds := report.Spec{Name: "accounts-by-kind", Title: "Accounts by kind", Object: Accounts.Name, Period: "created_at",
		Help:    "An account of several kinds counts in each.",
		Columns: []report.Column{{Name: "accounts", Title: "Accounts", Measure: "count"}, {Name: "is_customer", Title: "Counted as customers", Measure: "count{is_customer}"}}}
	for _, kind := range accountKinds {
		kinds.Columns = append(kinds.Columns, report.Column{Name: kind.key, Title: kind.title, Measure: `count{kinds contains "` + kind.key + `"}`})
	}
	kinds.Columns = append(kinds.Columns, report.Column{Name: "unsaid", Title: "Not said", Measure: "count{kinds is empty}"})
	return []report.Spec{
		customersBy("customers-by-industry", "Customers by industry", AccountIndustry.Name()),
		customersBy("customers-by-size", "Customers by size", AccountSizeClass.Name()),
		customersBy("customers-by-owner", "Customers by person", "owner"),
		kinds,
		ByTag("accounts-by-tag", "Accounts by tag", Accounts, AccountTags),
		ByTag("contacts-by-tag", "Contacts by tag", Contacts, ContactTags),
	}
}

var accountKinds = []struct{ key, title string }{{"customer", "Customers"}, {"prospect", "Prospects"}, {"supplier", "Suppliers"},
	{"partner", "Partners"}, {"competitor", "Competitors"}, {"public_body", "Public bodies"}}
