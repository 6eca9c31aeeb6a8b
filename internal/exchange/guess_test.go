package exchange_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/record"
)

// What the headers of other programs' exports must at least lead to.
var programs = []struct{ system, file, object, want string }{
	{"salesforce", "Account", "account", "Name=name BillingStreet=billing_address_street BillingCity=billing_address_city BillingState=billing_address_region BillingPostalCode=billing_address_postal_code BillingCountry=billing_address_country ShippingCity=delivery_address_city Phone=phone Website=website Industry=industry AnnualRevenue=turnover NumberOfEmployees=employees Description=description ParentId= OwnerId= Type="},
	{"salesforce", "Contact", "contact", "FirstName=first_name LastName=last_name MailingStreet=address_street MailingPostalCode=address_postal_code Phone=phone MobilePhone=mobile Email=email Title=job_title Birthdate=birthday Description=description DoNotCall=no_calls AccountId= Fax="},
	{"salesforce", "Lead", "lead", "FirstName=name LastName=name Title=job_title Company=company Street=address_street City=address_city State=address_region Country=address_country Phone=phone Email=email Website=website LeadSource=source Status=status"},
	{"salesforce", "Opportunity", "deal", "Name=name StageName=stage.name Amount=amount Probability=probability CloseDate=close_date NextStep=next_step LeadSource=source Id=external_id AccountId= ForecastCategory="},
	{"pipedrive", "deals", "deal", "Deal - ID=external_id|Deal - Title=name|Deal - Owner=owner.name|Deal - Value=amount|Deal - Organization=account.name|Deal - Organization ID=|Deal - Pipeline=pipeline.name|Deal - Contact person=contact.name|Deal - Stage=stage.name|Deal - Expected close date=close_date|Deal - Lost reason=lost_reason|Deal - Weighted value=|Deal - Status="},
	{"pipedrive", "persons", "contact", "Person - Name=name|Person - First name=first_name|Person - Organization=account.name|Person - Phone=phone|Person - Phone (Mobile)=mobile|Person - Email=email|Person - Job title=job_title|Person - Owner=owner.name"},
	{"pipedrive", "organizations", "account", "Organization - Name=name|Organization - Owner=owner.name|Organization - Website=website|Organization - Address - ZIP/Postal code of Address=billing_address_postal_code|Organization - Address - City/town/village/locality of Address=billing_address_city"},
	{"hubspot", "contacts", "contact", "First Name=first_name|Phone Number=phone|Mobile Phone Number=mobile|Contact owner=owner.name|Job Title=job_title|Company Name=account.name|Associated Company=|City=address_city|Country/Region=address_country|Record ID="},
	{"hubspot", "companies", "account", "Company name=name|Company owner=owner.name|Phone Number=phone|City=billing_address_city|Industry=industry|Website URL=website"},
	{"hubspot", "deals", "deal", "Deal Name=name|Deal Stage=stage.name|Pipeline=pipeline.name|Close Date=close_date|Deal owner=owner.name|Amount=amount|Associated Company=account.name|Associated Contact=contact.name|Closed Lost Reason=lost_reason|Closed Won Reason=won_reason"},
	{"zoho", "Deals", "deal", "Record Id=external_id|Deal Owner.id=|Deal Owner=owner.name|Amount=amount|Deal Name=name|Closing Date=close_date|Account Name=account.name|Account Name.id=|Stage=stage.name|Probability (%)=probability|Contact Name=contact.name|Reason For Loss=lost_reason"},
	{"zoho", "Contacts", "contact", "Contact Owner=owner.name|First Name=first_name|Date of Birth=birthday|Contact Name=name|Mailing Zip=address_postal_code|Email Opt Out=no_mail|Secondary Email=more_emails"},
	{"zoho", "Leads", "lead", "Lead Owner=owner.name|Company=company|First Name=|Email=email|Lead Status=status|Lead Name=name|Zip Code=address_postal_code"},
	{"dynamics365", "opportunity", "deal", "Topic=name|Potential Customer=|Account=account.name|Contact=contact.name|Est. Close Date=close_date|Est. Revenue=amount|Owner=owner.name"},
	{"suitecrm", "opportunities", "deal", "Opportunity Name=name|ID=external_id|Amount=amount|Opportunity Amount=|Expected Close Date=close_date|Sales Stage=stage.name|Account Name=account.name|Assigned User Name=owner.name"},
	{"espocrm", "Account", "account", "name=name|emailAddress=email|phoneNumber=phone|billingAddressPostalCode=billing_address_postal_code|shippingAddressCity=delivery_address_city|assignedUserName=owner.name|createdAt="},
	{"nutshell", "people", "contact", "Full Name=name|Phone - Mobile=mobile|Phone - Work=phone|Owner=owner.name|Job Title=job_title"},
	{"outlook", "contacts", "contact", "E-mail Address=email|E-mail 2 Address=more_emails|Business Phone=phone|Mobile Phone=mobile|Job Title=job_title|Title=|Company=account.name|Business City=address_city|Birthday=birthday|Notes=description"},
	{"google-contacts", "contacts_old", "contact", "Name=name|Given Name=first_name|Family Name=last_name|E-mail 1 - Value=email|E-mail 1 - Type=|Phone 1 - Value=phone|Organization 1 - Name=account.name|Occupation=job_title|Address 1 - City=address_city"},
	{"linkedin", "connections", "contact", "First Name=first_name|Email Address=email|Company=account.name|Position=job_title|URL=|Connected On="},
	{"thunderbird", "contacts", "contact", "Display Name=name|Primary Email=email|Work Phone=phone|Mobile Number=mobile|Work City=address_city|Organization=account.name"},
}

func TestExportsOfOtherProgramsAreMatched(t *testing.T) {
	t.Parallel()
	var all []struct {
		System, Object string
		Header         []string
	}
	if err := json.Unmarshal(shared(t, "crm-export-headers/headers.json"), &all); err != nil {
		t.Fatal(err)
	}
	k := apptest.Open(t, app.Config{})
	k.Read(t, k.Ada, func(s *record.Session) error {
		for _, p := range programs {
			o, err := s.Object(p.object)
			if err != nil {
				return err
			}
			for _, file := range all {
				if file.System != p.system || file.Object != p.file {
					continue
				}
				got := exchange.Mapping{}.Guess(o, s.Schema(), file.Header)
				sign := "|"
				if !strings.Contains(p.want, sign) {
					sign = " "
				}
				for _, pair := range strings.Split(p.want, sign) {
					i := strings.LastIndex(pair, "=")
					h, want := pair[:i], pair[i+1:]
					if !slices.Contains(file.Header, h) {
						t.Errorf("%s %s has no header %q", p.system, p.file, h)
					}
					if got[h] != want {
						t.Errorf("%s %s: %q leads to %q, want %q", p.system, p.file, h, got[h], want)
					}
				}
				seen := map[string]string{}
				for h, path := range got {
					if path != "" && path != "name" && seen[path] != "" {
						t.Errorf("%s %s: %q and %q both lead to %s", p.system, p.file, h, seen[path], path)
					}
					seen[path] = h
				}
			}
		}
		return nil
	})
}

func TestMappingIsRemembered(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		m := exchange.Mapping{Columns: map[string]string{"A": "name", "B": "industry"}, Values: map[string]map[string]string{"industry": {"1": "tools"}}, Ignore: []string{"C"}}
		counts(t, bring(t, k, "account", "A,B,C\nAcme,1,x\n", m), 1, 0, 0, 0)
		run := bring(t, k, "account", "C,A,B\ny,Beta,1\n", exchange.Mapping{})
		counts(t, run, 1, 0, 0, 0)
		same(t, rows(t, k, "account", "name", "industry"), "Acme|tools", "Beta|tools")
		if len(run.Unknown) != 0 {
			t.Errorf("unknown: %v", run.Unknown)
		}
		// what is said goes before what is remembered
		counts(t, bring(t, k, "account", "A,B,C\nGamma,1,x\n", exchange.Mapping{Columns: map[string]string{"C": "industry"}}), 1, 0, 0, 0)
		same(t, rows(t, k, "account", "name", "industry")[2:], "Gamma|x")
		paths, err := importer(k).Remembered(t.Context(), apptest.As(k.Ada), "account", []string{"B", "A", "C"})
		if err != nil || fmt.Sprint(paths) != "map[A:name B: C:industry]" {
			t.Errorf("%v %v", paths, err)
		}
	})
}
