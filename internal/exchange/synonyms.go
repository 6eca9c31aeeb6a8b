package exchange

import (
	"slices"
	"strings"
)

// aliases are what other programs call objects.
var aliases = map[string][]string{
	"deal":    {"opportunity"},
	"account": {"company", "organization", "organisation"},
	"contact": {"person"},
	"member":  {"sales agent", "sales rep", "salesperson", "employee", "colleague", "user", "agent", "rep"},
}

// synonyms lead from what other programs call a field to the fields it may be
// here: the first one that the object has and that the values fit. A field with
// a question mark is one only where the values are known to be its records.
var synonyms = turned(english, languages)

// meaning is fields, and what they are called elsewhere.
type meaning struct{ fields, headers string }

var english = []meaning{
	{"account company name", "company, company name, account name, organization, organisation, organization name, organization 1 name, associated company, associated company primary, potential customer, customer, client, client name, customer name, organisation name, company account"},
	{"contact", "contact name, contact person, associated contact"},
	{"name", "full name, display name, topic, subject"},
	{"title job_title name", "title"},
	{"job_title", "position, occupation, job, organization title, organization 1 title"},
	{"first_name", "given name, forename"},
	{"last_name", "family name, surname"},
	{"email", "email address, primary email, email work, email 1 value, mail"},
	{"more_emails", "secondary email, email 2 address, email 2 value"},
	{"phone", "phone number, work phone, business phone, office phone, primary phone, phone work, phone office, phone 1 value, company main phone, telephone, tel, phone no, telephone number, contact number"},
	{"mobile phone", "mobile phone, mobile number, mobile phone number, phone mobile, cell, cell phone"},
	{"website", "website url, web page, web page 1, website 1 value, web, homepage, url"},
	{"description", "notes, note, comment, comments"},
	{"birthday", "birthdate, birth date, date of birth"},
	{"owner", "assigned to, assigned user name, sales agent, sales rep, salesperson, responsible, owner name, sales agent name, sales person, account manager, account executive, account owner, assignee, assigned user, rep, agent"},
	{"stage", "stage name, sales stage, deal stage, pipeline stage"},
	{"amount", "value, deal value, est revenue, estimated revenue, close value, contract value, total value, deal amount, opportunity amount, deal size, order value, estimated value, expected revenue"},
	{"close_date", "close, closing date, expected close, expected close date, est close date, estimated close date, date closed, expected closing date, closed date, close on, closed on, date won"},
	{"source", "lead source, original source"},
	{"industry", "sector"},
	{"founded", "year established, year founded, founded year, founding year, year of foundation, established, founded in"},
	{"turnover", "annual revenue, yearly revenue, annual turnover, sales volume"},
	{"employees", "number of employees, no of employees, employee count, employee number, staff, headcount, number employees"},
	{"parent", "parent account, parent company, subsidiary of, member of, parent organization, parent organisation, parent name, parent firm"},
	{"lost_reason", "closed lost reason, reason for loss, loss reason"},
	{"won_reason", "closed won reason"},
	{"campaign", "campaign name, campaign source, source campaign"},
	{"no_calls", "do not call"},
	{"no_mail", "email opt out, has opted out of email"},
	{"tax_id", "vat id, vat number, tax number"},
	{"external_id", "id, record id, legacy id, opportunity id, opportunity number, deal id, deal number, external key"},
	{"price", "list price, sales price, unit price, selling price, retail price"},
	{"code", "sku, product code, item number, part number"},
	{"score", "lead score"},
	{"delivery_address", "shipping address, delivery address"},
	{"address billing_address", "mailing address, postal address, full address, address main full address"},
	{"team? region", "regional office, office, sales region, territory, branch"},
	{"started_on", "engage date, engagement date, start date, date started, created date, create date, date created, creation date, opened, opened on, open date, created on"},
	{"probability", "win probability, chance, likelihood, win rate"},
}

// hints are words that tell what a column of days or numbers is.
var hints = []struct {
	field string
	words []string
}{
	{"started_on", strings.Fields("engage engaged engagement start started begin began opened open created create creation inici inicio creat creada aloitus aloitettu luotu начала начало создана создания")},
	{"close_date", strings.Fields("close closed closing won win sign signed signature tancament tancada sulkeminen suljettu voitettu закрытия закрыта")},
	{"amount", strings.Fields("amount value revenue worth sum price import valor summa arvo сумма стоимость")},
	{"price", strings.Fields("price preu hinta цена")},
	{"turnover", strings.Fields("revenue turnover sales facturacio liikevaihto выручка оборот")},
}

// seats are headers of a column that says where somebody sits: a country where
// the values are countries.
var seats = []string{"office location", "location", "headquarters", "head office", "hq", "seu", "sijainti", "местоположение", "офис", "所在地"}

// neutralWords may stand beside a hint and change nothing.
var neutralWords = strings.Fields("deal opportunity date day on at time the of in contract expected estimated est final net total close closed closing list unit annual yearly data de del paiva дата сделки")

// otherWords show that a column speaks of somebody or something else.
var otherWords = strings.Fields("created creator create modified modifier changed updated deleted author by last previous former old manager approver approved " +
	"partner competitor reseller supplier vendor distributor referrer referred parent other second secondary alternative assistant invoice billing delivery " +
	"creat modificat anterior luonut muokannut edellinen toinen создал изменил прежний другой партнер")

// placeParts are the parts of an address as the ends of headers, longer ends
// before shorter ones.
var placeParts = []struct {
	part  string
	names []string
}{
	{"street2", []string{"street 2", "address 2", "address line 2"}},
	{"street", []string{"street road name of address", "street", "address line 1", "address 1", "address", "carrer", "adreca", "carrer i numero", "katuosoite", "osoite", "lahiosoite", "улица", "адрес", "улица и дом", "街道", "地址", "街道和门牌号"}},
	{"city", []string{"city town village locality of address", "city", "town", "ciutat", "poblacio", "municipi", "kaupunki", "postitoimipaikka", "город", "城市"}},
	{"region", []string{"state region", "state or province", "state province", "state", "province", "region", "provincia", "maakunta", "область", "省", "省 州"}},
	{"postal_code", []string{"zip postal code of address", "postal code", "postalcode", "postcode", "zip code", "zip", "code", "codi postal", "postinumero", "индекс", "почтовыи индекс", "邮编", "邮政编码"}},
	{"country", []string{"country region", "country", "country code", "pais", "maa", "страна", "国家", "国家 地区"}},
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
func turned(tables ...[]meaning) map[string][]string {
	headers := map[string][]string{}
	for _, table := range tables {
		for _, m := range table {
			for h := range strings.SplitSeq(m.headers, ", ") {
				h = plainName(h)
				for f := range strings.FieldsSeq(m.fields) {
					if !slices.Contains(headers[h], f) {
						headers[h] = append(headers[h], f)
					}
				}
			}
		}
	}
	return headers
}
