package exchange_test

import (
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/record"
)

func TestHeadersAreMatched(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		run := bring(t, k, "account", "Company,Sector,Employees,billing_address_city,Founded,Nonsense\nAcme,tools,12,Berlin,1999,x\n", exchange.Mapping{})
		counts(t, run, 1, 0, 0, 0)
		same(t, rows(t, k, "account", "name", "industry", "employees", "billing_address", "founded"), "Acme|tools|12|Berlin|1999")
		if len(run.Unknown) != 1 || run.Unknown[0] != "Nonsense" || len(run.Matched) != 5 {
			t.Errorf("matched %v, unknown %v", run.Matched, run.Unknown)
		}
	})
}

func TestValuesAreReplacedAndLinksFound(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		counts(t, bring(t, k, "account", "name\nAcme\nTwin\nTwin\n", exchange.Mapping{}), 3, 0, 0, 0)
		m := exchange.Mapping{Columns: map[string]string{"customer": "account.name", "phase": "stage.name", "who": "owner.name"},
			Values: map[string]map[string]string{"stage.name": {"Closed": "Won"}}}
		run := bring(t, k, "deal", "name,customer,phase,who,close_date\nA,ácme,Closed,Rita,2026-01-05\nB,Twin,Lost,Rita,\nC,Nobody,Won,Rita,\nD,Acme,Odd,Max,\n", m)
		counts(t, run, 1, 0, 0, 3)
		same(t, rows(t, k, "deal", "name", "account", "stage", "owner", "status"), "A|Acme|Won|Rita|won")
		want := []string{"customer Twin", "customer Nobody", "phase Odd"}
		for i, e := range run.Errors {
			if got := e.Column + " " + e.Value; got != want[i] || e.Row != i+3 || e.Message == "" {
				t.Errorf("error %d: %+v, want %s", i, e, want[i])
			}
		}
	})
}

func TestMissingTargetsAreMade(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		m := exchange.Mapping{Columns: map[string]string{"product": "lines.product.name"}, Create: []string{"stage", "account", "lines.product", "owner"}}
		run := bring(t, k, "deal", "name,account,stage,product,amount,owner\nA,Acme,Fresh,Saw,100,Nina\nB,acme,Fresh,Saw,,Nina\nC,Beta,Won,,5,Rita\n", m)
		counts(t, run, 3, 0, 0, 0)
		same(t, rows(t, k, "deal", "name", "account", "stage", "status", "owner", "amount"),
			"A|Acme|Fresh|open|Nina|100.00 EUR", "B|Acme|Fresh|open|Nina|", "C|Beta|Won|won|Rita|5.00 EUR")
		same(t, rows(t, k, "deal_line", "deal", "product", "quantity", "unit_price"), "A|Saw|1|100.00 EUR", "B|Saw|1|")
		if run.Links["stage.name"] != 1 || run.Links["account.name"] != 2 || run.Links["product.name"] != 1 || run.Links["member.name"] != 1 {
			t.Errorf("made %v", run.Links)
		}
		run = bring(t, k, "member", "name,team,manager\nPia,East,Quim\nQuim,East,\n", exchange.Mapping{Create: []string{"team"}})
		counts(t, run, 2, 0, 0, 0)
		k.Read(t, k.Ada, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "member", Filter: `team.name = "East" and manager.name = "Quim"`})
			if err == nil && len(page.Records) != 1 {
				t.Errorf("%d members of East under Quim", len(page.Records))
			}
			return err
		})
	})
}

func TestRowsLinkToRowsFurtherDown(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		text := "name,parent\nChild,Top\nTop,\nLost,Nowhere\nSelf,Self\n"
		run := bring(t, k, "account", text, exchange.Mapping{})
		if run.Created != 3 || run.Failed != 2 || run.Pending != 0 || run.State != exchange.Done {
			t.Errorf("%+v %v", run.Counts, run.Errors)
		}
		same(t, rows(t, k, "account", "name", "parent"), "Child|Top", "Self|", "Top|")
		run = bring(t, k, "account", "name,parent\nUnder,Over\n", exchange.Mapping{Create: []string{"parent"}})
		counts(t, run, 1, 0, 0, 0)
		same(t, rows(t, k, "account", "name", "parent"), "Child|Top", "Over|", "Self|", "Top|", "Under|Over")
	})
}

func TestDatesAndNumbersAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		k.Create(t, k.Ada, "account", record.Values{"name": "Acme"})
		dmy := "name;account;close_date;amount\nA;Acme;31/12/2025;1.234,50\nB;Acme;03/04/2026;7,5\n"
		counts(t, bring(t, k, "deal", dmy, exchange.Mapping{}), 2, 0, 0, 0)
		same(t, rows(t, k, "deal", "name", "close_date", "amount"), "A|2025-12-31|1234.50 EUR", "B|2026-04-03|7.50 EUR")
		mdy := "name,account,close_date,amount\nC,Acme,12/31/2025,\"1,234.50\"\nD,Acme,03/04/2026,8\n"
		counts(t, bring(t, k, "deal", mdy, exchange.Mapping{Currency: "USD"}), 2, 0, 0, 0)
		same(t, rows(t, k, "deal", "name", "close_date", "amount")[2:], "C|2025-12-31|1234.50 USD", "D|2026-03-04|8.00 USD")
		told := "name,account,close_date,amount\nE,Acme,05/04/2026,\"1.500\"\n"
		counts(t, bring(t, k, "deal", told, exchange.Mapping{Dates: map[string]string{"close_date": "mdy"}, Decimal: map[string]string{"amount": ","}}), 1, 0, 0, 0)
		same(t, rows(t, k, "deal", "name", "close_date", "amount")[4:], "E|2026-05-04|1500.00 EUR")
	})
}

func TestUpsertByField(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		counts(t, bring(t, k, "product", "name,code,price\nSaw,S1,10\nAxe,A1,20\n", exchange.Mapping{}), 2, 0, 0, 0)
		run := bring(t, k, "product", "name,code,price\nSaw 2,s1,11\nAxe,A1,20\nHoe,H1,\nHoe 3,H1,9\nAxe,,\n", exchange.Mapping{Match: "code"})
		counts(t, run, 1, 1, 1, 2)
		same(t, rows(t, k, "product", "name", "code", "price"), "Axe|A1|20.00 EUR", "Hoe|H1|", "Saw 2|s1|11.00 EUR")
		run = bring(t, k, "product", "code,price\nH1,\nA1,\n", exchange.Mapping{Match: "code"})
		counts(t, run, 0, 0, 2, 0)
	})
}

// A key that fits a record the importer may not see says "already in use", also
// where the field is not unique.
func TestKeyOfUnseenRecord(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		closed(t, k)
		k.Create(t, k.Olga, "contact", record.Values{"name": "Hidden", "email": "hidden@x.example"})
		k.Create(t, k.Bob, "contact", record.Values{"name": "Seen", "email": "seen@x.example"})
		run := bringAs(t, k, k.Bob, exchange.Request{Object: "contact", Name: "a.csv", Mapping: exchange.Mapping{Match: "email"},
			File: strings.NewReader("name,email\nNew name,hidden@x.example\nSeen,seen@x.example\n")})
		if run.Created != 0 || run.Failed != 1 || !strings.Contains(run.Errors[0].Message, "in use") || run.Errors[0].Column != "email" {
			t.Errorf("%+v %v", run.Counts, run.Errors)
		}
	})
}

func TestIncompleteRowsAreTaken(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		text := "external_id,name,account\n1,A,\n2,B,Acme\n"
		run := bring(t, k, "deal", text, exchange.Mapping{Create: []string{"account"}})
		counts(t, run, 1, 0, 0, 1)
		run = bring(t, k, "deal", text, exchange.Mapping{Create: []string{"account"}, AcceptIncomplete: []string{"account"}, Match: "external_id"})
		counts(t, run, 1, 0, 1, 0)
		if run.Incomplete != 1 {
			t.Errorf("%d incomplete", run.Incomplete)
		}
		same(t, rows(t, k, "deal", "name", "incomplete"), "A|true", "B|")
		run = bring(t, k, "deal", "external_id,account\n1,Acme\n", exchange.Mapping{Match: "external_id"})
		counts(t, run, 0, 1, 0, 0)
		same(t, rows(t, k, "deal", "name", "account", "incomplete"), "A|Acme|", "B|Acme|")
	})
}

// What a pipeline warns of is counted and told; what it refuses stays out.
func TestImportsObeyThePipeline(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		text := "name,account,close_date\nOld,Acme,2026-01-01\nNew,Acme,2026-12-01\n"
		run := bring(t, k, "deal", text, exchange.Mapping{Create: []string{"account"}})
		counts(t, run, 2, 0, 0, 0)
		if run.Warned != 1 || len(run.Odd) != 1 || run.Odd[0].Key != "deal.close_date_past" || len(run.Odd[0].Records) != 1 {
			t.Errorf("%+v", run.Counts)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "pipeline", Sort: "position"})
			if err == nil {
				_, err = s.Update(t.Context(), "pipeline", page.Records[0].ID, 0, record.Values{"close_date_past": "refuse"})
			}
			return err
		})
		run = bring(t, k, "deal", text, exchange.Mapping{Create: []string{"account"}})
		counts(t, run, 1, 0, 0, 1)
		if run.Warned != 0 || !strings.Contains(run.Errors[0].Message, "in the past") {
			t.Errorf("%+v %v", run.Counts, run.Errors)
		}
	})
}
