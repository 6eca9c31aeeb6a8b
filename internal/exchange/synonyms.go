package exchange

import "strings"

// aliases are what other programs call objects.
var aliases = map[string][]string{
	"deal":    {"opportunity"},
	"account": {"company", "organization", "organisation"},
	"contact": {"person"},
}

// synonyms lead from what other programs call a field to the fields it may be
// here, the first one that the object has.
var synonyms = turned(map[string][]string{
	// fields                     headers
	"account company name":    {"company", "company name", "account name", "organization", "organisation", "organization name", "organization 1 name", "associated company", "associated company primary", "potential customer", "customer", "client"},
	"contact":                 {"contact name", "contact person", "associated contact"},
	"name":                    {"full name", "display name", "topic", "subject"},
	"title job_title name":    {"title"},
	"job_title":               {"position", "occupation", "job", "organization title", "organization 1 title"},
	"first_name":              {"given name", "forename"},
	"last_name":               {"family name", "surname"},
	"email":                   {"email address", "primary email", "email work", "email 1 value", "mail"},
	"more_emails":             {"secondary email", "email 2 address", "email 2 value"},
	"phone":                   {"phone number", "work phone", "business phone", "office phone", "primary phone", "phone work", "phone office", "phone 1 value", "company main phone", "telephone", "tel"},
	"mobile phone":            {"mobile phone", "mobile number", "mobile phone number", "phone mobile", "cell", "cell phone"},
	"website":                 {"website url", "web page", "web page 1", "website 1 value", "web", "homepage", "url"},
	"description":             {"notes", "note", "comment", "comments"},
	"birthday":                {"birthdate", "birth date", "date of birth"},
	"owner":                   {"assigned to", "assigned user name", "sales agent", "sales rep", "salesperson", "responsible"},
	"stage":                   {"stage name", "sales stage", "deal stage", "pipeline stage"},
	"amount":                  {"value", "deal value", "est revenue", "estimated revenue"},
	"close_date":              {"close", "closing date", "expected close", "expected close date", "est close date", "estimated close date", "date closed"},
	"source":                  {"lead source", "original source"},
	"industry":                {"sector"},
	"founded":                 {"year established", "year founded"},
	"turnover":                {"annual revenue"},
	"employees":               {"number of employees", "no of employees", "employee count"},
	"parent":                  {"parent account", "parent company", "subsidiary of", "member of"},
	"lost_reason":             {"closed lost reason", "reason for loss", "loss reason"},
	"won_reason":              {"closed won reason"},
	"campaign":                {"campaign name", "campaign source", "source campaign"},
	"no_calls":                {"do not call"},
	"no_mail":                 {"email opt out", "has opted out of email"},
	"tax_id":                  {"vat id", "vat number", "tax number"},
	"external_id":             {"id", "record id", "legacy id", "opportunity id"},
	"price":                   {"list price", "sales price"},
	"code":                    {"sku", "product code", "item number", "part number"},
	"region":                  {"regional office"},
	"score":                   {"lead score"},
	"delivery_address":        {"shipping address", "delivery address"},
	"address billing_address": {"mailing address", "postal address", "full address", "address main full address"},
})

// placeParts are the parts of an address as the ends of headers, longer ends
// before shorter ones.
var placeParts = []struct {
	part  string
	names []string
}{
	{"street2", []string{"street 2", "address 2", "address line 2"}},
	{"street", []string{"street road name of address", "street", "address line 1", "address 1", "address"}},
	{"city", []string{"city town village locality of address", "city", "town"}},
	{"region", []string{"state region", "state or province", "state province", "state", "province", "region"}},
	{"postal_code", []string{"zip postal code of address", "postal code", "postalcode", "postcode", "zip code", "zip", "code"}},
	{"country", []string{"country region", "country", "country code"}},
}

// placePrefixes are the beginnings of such headers and the fields they may be.
var placePrefixes = func() map[string][]string {
	all := map[string][]string{}
	for _, p := range []string{"", "address", "main", "address main", "primary", "primary address", "mailing", "business", "work", "address 1", "billing", "billing address"} {
		all[p] = []string{"address", "billing_address"}
	}
	for _, p := range []string{"shipping", "shipping address", "delivery", "delivery address"} {
		all[p] = []string{"delivery_address"}
	}
	return all
}()

// turned leads from headers to fields, written the other way round above.
func turned(fields map[string][]string) map[string][]string {
	headers := map[string][]string{}
	for names, list := range fields {
		for _, h := range list {
			headers[h] = append(headers[h], strings.Fields(names)...)
		}
	}
	return headers
}
