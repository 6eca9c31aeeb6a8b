package sales_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// A lead may belong to a deal that is there already: that gets what it lacks, and
// with an undo all is as it was.
func TestALeadJoinsADeal(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "泵", "price": "1200.00"})
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		bare := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account, "amount": "700.00"})
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Anna Ek", "company": "Acme", "email": "anna@acme.example", "source": "web", "product": pump})
		task := k.Create(t, k.Rita, "activity", record.Values{"kind": "task", "subject": "Send prices", "due_at": apptest.Noon.Add(24 * time.Hour),
			"about": []schema.Ref{{Object: "lead", ID: lead}}})
		attach(t, k, "lead", lead, "plan.pdf")
		attach(t, k, "deal", bare, "offer.pdf")

		// The account is the deal's, since nobody says otherwise; no line unless asked.
		c, act := convert(t, k, k.Max, lead, sales.Options{Join: bare})
		if c.Account != account || c.Deal != bare {
			t.Fatalf("conversion %+v", c)
		}
		expect(t, "deal", texts(t, k, "deal", bare, "name", "contact", "source", "amount", "owner"), "Pumps", c.Contact.String(), "web", "700.00 EUR", k.Rita.String())
		expect(t, "lead", texts(t, k, "lead", lead, "status", "converted_deal"), "converted", bare.String())
		if got := about(t, k, bare); got != 3 { // the task and two files
			t.Errorf("%d things about the deal", got)
		}
		if got := attached(t, k, "deal", bare); !slices.Equal(got, []string{"offer.pdf", "plan.pdf"}) {
			t.Errorf("files of the deal: %q", got)
		}
		if n := len(named(t, k, "deal_line")); n != 0 {
			t.Errorf("%d lines nobody asked for", n)
		}
		takeBack(t, k, k.Rita, act)
		expect(t, "deal after undo", texts(t, k, "deal", bare, "contact", "source", "amount", "account"), "", "", "700.00 EUR", account.String())
		expect(t, "lead after undo", texts(t, k, "lead", lead, "status", "converted_deal"), "new", "")
		expect(t, "task after undo", texts(t, k, "activity", task, "about"), "lead:"+lead.String())
		if got := attached(t, k, "deal", bare); !slices.Equal(got, []string{"offer.pdf"}) {
			t.Errorf("files of the deal after undo: %q", got)
		}

		// Another contact has a say beside the first one; a line leaves the amount
		// that somebody said, and comes once.
		boss := k.Create(t, k.Rita, "contact", record.Values{"name": "Boss", "account": account})
		update(t, k, k.Rita, "deal", bare, record.Values{"contact": boss})
		for range 2 {
			c, _ = convert(t, k, k.Rita, lead, sales.Options{Join: bare, Line: true})
			roles := only(t, k, "deal_contact", `deal = "`+bare.String()+`" and contact = "`+c.Contact.String()+`"`)
			expect(t, "role", texts(t, k, "deal_contact", roles, "contact"), c.Contact.String())
			line := only(t, k, "deal_line", `deal = "`+bare.String()+`"`)
			expect(t, "line", texts(t, k, "deal_line", line, "product", "unit_price"), pump.String(), "")
			expect(t, "deal", texts(t, k, "deal", bare, "contact", "amount"), boss.String(), "700.00 EUR")
			lead = k.Create(t, k.Rita, "lead", record.Values{"name": "Bo", "company": "Acme", "product": pump})
		}
	})
}

// Who may not change a deal cannot join it, nor can anybody one that is closed,
// begins without leads or is another's.
func TestDealsThatALeadCannotJoin(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		lead, _ := anna(t, k)
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		other := k.Create(t, k.Rita, "account", record.Values{"name": "Other"})
		open := k.Create(t, k.Rita, "deal", record.Values{"name": "Open", "account": account})
		lost := k.Create(t, k.Rita, "deal", record.Values{"name": "Lost", "account": account})
		olgas := k.Create(t, k.Olga, "deal", record.Values{"name": "Olga's", "account": account})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Lose(t.Context(), s, lost, 0, sales.Close{Reason: "price"})
			return err
		})
		way := k.Create(t, k.Ada, "pipeline", record.Values{"name": "Without leads", "uses_leads": false, "position": int64(9)})
		k.Create(t, k.Ada, "stage", record.Values{"name": "First", "pipeline": way, "kind": "open", "position": int64(1)})
		without := k.Create(t, k.Rita, "deal", record.Values{"name": "Without", "account": account, "pipeline": way})
		for name, x := range map[string]struct {
			o    sales.Options
			path string
		}{
			"closed": {sales.Options{Join: lost}, "deal"}, "without leads": {sales.Options{Join: without}, "deal"},
			"no deal": {sales.Options{Join: account}, "deal"}, "a new one as well": {sales.Options{Join: open, Deal: record.Values{}}, "deal"},
			"another's": {sales.Options{Join: open, Account: sales.Target{ID: other}}, "account"},
		} {
			if err := tryConvert(t, k, k.Rita, lead, x.o); !fault.Is(err, fault.Invalid) || !refusedAt(err, x.path) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := tryConvert(t, k, k.Rita, lead, sales.Options{Join: olgas}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("joined a deal that is not his to change: %v", err)
		}
		offered := func(by value.ID) (deals []string) {
			k.Read(t, by, func(s *record.Session) error {
				matches, err := sales.Matches(t.Context(), s, lead)
				deals = nil
				for _, m := range matches {
					if m.Object == "deal" {
						deals = append(deals, m.Title+" by "+m.By)
					}
				}
				return err
			})
			return deals
		}
		if got := offered(k.Rita); !slices.Equal(got, []string{"Open by account"}) {
			t.Errorf("Rita is offered %q", got)
		}
		contact := k.Create(t, k.Rita, "contact", record.Values{"name": "A. Ek", "email": "anna@acme.example"})
		update(t, k, k.Olga, "deal", olgas, record.Values{"contact": contact})
		if got := offered(k.Olga); !slices.Equal(got, []string{"Olga's by contact"}) {
			t.Errorf("Olga is offered %q", got)
		}
		expect(t, "lead", texts(t, k, "lead", lead, "status", "version"), "qualified", "1")
		if got := named(t, k, "contact"); len(got) != 1 {
			t.Errorf("contacts %q", got)
		}
	})
}

// Two leads of one deal, also when they join it at the same time, bring its worth
// once.
func TestLeadsOfOneDealCountItOnce(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": k.Create(t, k.Rita, "account", record.Values{"name": "Acme"}), "amount": "700.00"})
		errs := make(chan error, 2)
		for _, name := range []string{"Ann", "Bo"} {
			lead := k.Create(t, k.Rita, "lead", record.Values{"name": name, "email": name + "@acme.example", "source": "web"})
			go func() { errs <- tryConvert(t, k, k.Rita, lead, sales.Options{Join: deal}) }()
		}
		for range 2 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{})
			return err
		})
		k.Read(t, k.Ada, func(s *record.Session) error {
			a, err := s.Aggregate(t.Context(), record.Aggregate{Object: "lead", Measures: []string{`count{converted_deal.status = "won"}`, `count{shares_deal is empty}`}})
			if err == nil && (a.Total.Values[0].Value != int64(2) || a.Total.Values[1].Value != int64(1)) {
				t.Errorf("won and counted: %v", a.Total.Values)
			}
			return err
		})
		k.Read(t, k.Ada, func(s *record.Session) error {
			// Attribution counts the deals that leads became, conversion the leads.
			for name, won := range map[string]string{"lead-attribution": "1", "lead-attribution-even": "1", "lead-conversion": "2"} {
				table, err := k.App.Reports().Run(t.Context(), s, name, report.Params{})
				if err != nil {
					return err
				}
				if len(table.Rows) != 1 || shown(table, table.Rows[0], "won") != won || shown(table, table.Rows[0], "won_revenue") != "700.00 EUR" {
					t.Errorf("%s: %+v", name, table.Rows)
				}
			}
			return nil
		})
	})
}

// When the lead with which a deal counts leaves it, by undo or into the trash, the
// next one takes its place; when it comes back, the deal still counts once.
func TestTheNextLeadOfADealCountsIt(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": k.Create(t, k.Rita, "account", record.Values{"name": "Acme"}), "amount": "700.00"})
		contact := k.Create(t, k.Rita, "contact", record.Values{"name": "Ann Ek"})
		leads, acts := map[string]value.ID{}, map[string]value.ID{}
		join := func(name string) {
			t.Helper()
			leads[name] = k.Create(t, k.Rita, "lead", record.Values{"name": name, "email": name + "@acme.example", "source": "web"})
			k.Pass(time.Minute)
			_, acts[name] = convert(t, k, k.Rita, leads[name], sales.Options{Join: deal, Contact: sales.Target{ID: contact}})
		}
		remove := func(object string, id value.ID) error {
			return k.Try(t.Context(), k.Ada, func(s *record.Session) error { return s.Delete(t.Context(), object, id) })
		}
		restore := func(object string, id value.ID) error {
			return k.Try(t.Context(), k.Ada, func(s *record.Session) error { return s.Restore(t.Context(), object, id) })
		}
		counts := func(after string, err error, want string) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", after, err)
			}
			if got := texts(t, k, "lead", only(t, k, "lead", "converted_deal is not empty and shares_deal is empty"), "name")[0]; got != want {
				t.Errorf("%s: counts with %s, want %s", after, got, want)
			}
		}
		join("Ann")
		join("Bo")
		counts("first in the trash", remove("lead", leads["Ann"]), "Bo")
		join("Cy")
		counts("back after a third joined", restore("lead", leads["Ann"]), "Ann")
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{})
			return err
		})
		takeBack(t, k, k.Rita, acts["Ann"])
		counts("first undone", nil, "Bo")
		counts("deal back from the trash", errors.Join(remove("deal", deal), restore("deal", deal)), "Bo")
		if table, rows := reported(t, k, k.Ada, "lead-conversion", report.Params{}); len(rows) != 1 || shown(table, table.Rows[0], "won_revenue") != "700.00 EUR" {
			t.Errorf("conversion: %+v", table.Rows)
		}
		errs := make(chan error, 2) // two people, a lead each, at the same time
		for _, name := range []string{"Bo", "Cy"} {
			go func() { errs <- remove("lead", leads[name]) }()
		}
		counts("last one back", errors.Join(<-errs, <-errs, restore("lead", leads["Cy"])), "Cy")
		counts("both back", restore("lead", leads["Bo"]), "Bo")
	})
}
