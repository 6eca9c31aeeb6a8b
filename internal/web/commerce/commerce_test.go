package commerce_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

var hx = []string{"HX-Request", "true"}

// has checks an answer's status and words; a word after "!" must not be there.
func has(t *testing.T, a webtest.Answer, status int, words ...string) {
	t.Helper()
	body := strings.NewReplacer("\u00a0", " ", "\u202f", " ", "&#34;", `"`, "&amp;", "&").Replace(a.Body)
	if a.Status != status {
		t.Fatalf("status %d, wanted %d: %.800s", a.Status, status, body)
	}
	for _, word := range words {
		not := strings.HasPrefix(word, "!")
		if strings.Contains(body, strings.TrimPrefix(word, "!")) == not {
			t.Fatalf("wanted %q in %.6000s", word, body)
		}
	}
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// shop is a site with a won deal of 500 and its contract.
type shop struct {
	*webtest.Site
	account, contact, deal, contract value.ID
}

func newShop(t *testing.T, s *webtest.Site) *shop {
	t.Helper()
	x := &shop{Site: s}
	x.account = s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
	x.contact = s.Create(t, s.Rita, "contact", record.Values{"name": "Ann Smith", "account": x.account})
	x.deal = s.Create(t, s.Rita, "deal", record.Values{"name": "Fleet rollout", "account": x.account, "contact": x.contact, "amount": "500"})
	s.Write(t, s.Rita, func(se *record.Session) error {
		_, err := sales.Win(t.Context(), se, x.deal, 0, sales.Close{})
		return err
	})
	s.Read(t, s.Rita, func(se *record.Session) error {
		page, err := se.Query(t.Context(), record.Query{Object: "contract"})
		if err == nil {
			x.contract = page.Records[0].ID
		}
		return err
	})
	return x
}

func (x *shop) sign(t *testing.T) {
	t.Helper()
	x.Write(t, x.Rita, func(se *record.Session) error {
		_, err := commerce.Sign(t.Context(), se, x.contract, 0, 0)
		return err
	})
}

func (x *shop) url(rest string) string { return "/contracts/" + x.contract.String() + rest }

func TestAContractIsSignedPlannedAndPaid(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		// A draft has its plan, lines that can be changed, and no receipts.
		has(t, rita.Get(x.url("")), 200, "Fleet rollout", "€500.00", "Plan payments", "Receipts can be booked once the contract is signed.", "!Book receipt")
		has(t, rita.Get(x.url("/tab/contract_lines.contract"), hx...), 200, "Add product", "€500.00")
		has(t, rita.Get(x.url("/receipts/new"), hx...), 409, "sign it before receipts are booked")
		has(t, rita.Post(x.url("/move"), form("field", "state", "to", "signed"), hx...), 200)
		has(t, rita.Get(x.url("/tab/contract_lines.contract"), hx...), 200, "!Add product", "€500.00")

		// The plan is shown before it is made.
		has(t, rita.Get(x.url("/plan"), hx...), 200, "<dialog", `value="100 %"`, "€500.00")
		has(t, rita.Get(x.url("/plan?shares=30%2F70&first=2026-04-01&every=monthly"), hx...), 200, "!<dialog", "€150.00", "1 Apr", "€350.00", "1 May")
		has(t, rita.Get(x.url("/plan?shares=30%2F60&first=2026-04-01&every=monthly"), hx...), 200, "The shares come to 90 %, not to 100 %.")
		has(t, rita.Post(x.url("/plan"), form("shares", "30/60", "first", "2026-04-01"), hx...), 422, `aria-invalid="true"`, "90 %", `value="30/60"`)
		has(t, rita.Post(x.url("/plan"), form("shares", "30/70", "first", "2026-04-01", "every", "monthly"), hx...), 200, "2 payments are planned", "/undo/")
		has(t, rita.Get(x.url("")), 200, "1 Apr", "€150.00", "€350.00", "Book receipt")

		// A receipt pays what is due first; one for a certain payment pays that.
		has(t, rita.Get(x.url("/receipts/new"), hx...), 200, "<dialog", `value="500.00"`, `name="method"`, "!over_accepted")
		booking := form("_token", "ABCDEFGH12", "amount", "200", "amount.currency", "EUR", "received_on", "2026-03-02", "method", "cash", "reference", "INV 7")
		has(t, rita.Post(x.url("/receipts"), booking, hx...), 200, "Receipt R-2026-00001 of €200.00 is booked")
		has(t, rita.Post(x.url("/receipts"), booking, hx...), 200, "Receipt R-2026-00001 of €200.00 is booked") // pressed twice
		has(t, rita.Get(x.url("")), 200, "INV 7", "Cash", "€300.00", "Partly paid", "!R-2026-00002")

		// More than is open asks, and keeps what was typed.
		over := form("_token", "ABCDEFGH13", "amount", "300.01", "amount.currency", "EUR", "received_on", "2026-03-02", "method", "card")
		has(t, rita.Post(x.url("/receipts"), over, hx...), 422, "Only €300.00 is open; this is €0.01 too much. Book it all the same?", `name="over_accepted"`, `value="300.01"`)
		over.Set("over_accepted", "true")
		has(t, rita.Post(x.url("/receipts"), over, hx...), 200, "R-2026-00002")
		has(t, rita.Get(x.url("")), 200, "More has come in than the contract comes to.")

		// A reversal wants a reason and keeps the line.
		var id value.ID
		s.Read(t, s.Rita, func(se *record.Session) error {
			page, err := se.Query(t.Context(), record.Query{Object: "receipt", Sort: "-number", Limit: 1})
			if err == nil {
				id = page.Records[0].ID
			}
			return err
		})
		reverse := "/receipts/" + id.String() + "/reverse"
		has(t, rita.Get(reverse, hx...), 200, "<dialog", "R-2026-00002", "reversal_reason")
		has(t, rita.Post(reverse, form("reversal_reason", " "), hx...), 422, "Say why the receipt is reversed.")
		has(t, rita.Post(reverse, form("reversal_reason", "Bounced"), hx...), 200, "Receipt R-2026-00002 is reversed")
		has(t, rita.Get(x.url("")), 200, "Reversed", "Bounced", "€300.00", "!More has come in")

		has(t, rita.Post(x.url("/receipts"), form("amount", "", "amount.currency", "EUR"), hx...), 422, "The amount has to be more than nothing.")
		has(t, rita.Post(x.url("/receipts"), form("amount", "5", "amount.currency", "USD"), hx...), 422, "The contract is in EUR")
		has(t, rita.Post(x.url("/receipts"), form("amount", "x", "amount.currency", "EUR"), hx...), 422, `value="x"`)

		// Without scripts the dialogues are pages.
		has(t, rita.Get(x.url("/receipts/new")), 200, "<html", `action="/contracts/`)

		// Who may not change the contract is offered nothing, and refused.
		olga := s.User(t, s.Olga)
		has(t, olga.Get(x.url("")), 200, "€500.00", "!Book receipt", "!Plan payments", "!Reverse receipt")
		has(t, olga.Post(x.url("/receipts"), form("amount", "1", "amount.currency", "EUR"), hx...), 403)
		has(t, olga.Post(x.url("/plan"), form("shares", "1", "first", "2026-04-01"), hx...), 403)
	})
}

// What a customer bought and paid: void is listed and in no sum, and who may
// not read contracts sees neither rows nor a tab.
func TestWhatACustomerBought(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		account, contact := "/accounts/"+x.account.String(), "/contacts/"+x.contact.String()
		empty := s.Create(t, s.Rita, "account", record.Values{"name": "New"})
		has(t, rita.Get("/accounts/"+empty.String()+"?tab=bought"), 200, "No contracts yet", "A won deal brings its contract here")
		x.sign(t)
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := commerce.Book(t.Context(), se, commerce.Booking{Contract: x.contract, Amount: value.Money{Minor: 12000, Currency: "EUR"}})
			return err
		})
		void := s.Create(t, s.Rita, "contract", record.Values{"name": "Old one", "account": x.account, "stakeholders": []value.ID{x.contact}})
		s.Create(t, s.Rita, "contract_line", record.Values{"contract": void, "unit_price": "77"})
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := commerce.Cancel(t.Context(), se, void, 0, "Mistake", "")
			return err
		})
		usd := s.Create(t, s.Rita, "contract", record.Values{"name": "Overseas", "account": x.account, "currency": "USD"})
		s.Create(t, s.Rita, "contract_line", record.Values{"contract": usd, "unit_price": "30 USD"})
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := commerce.Sign(t.Context(), se, usd, 0, 0)
			return err
		})
		// 500 bought, 120 paid, 380 open; the void 77 struck out; dollars by themselves
		has(t, rita.Get(account+"?tab=bought"), 200, "Fleet rollout", "C-2026-00001", "€500.00", "€120.00", "€380.00", "R-2026-00001",
			"Old one", `<s class="faint">€77.00</s>`, "!€577.00", "US$30.00", "Overseas")
		has(t, rita.Get(account+"/tabs?tab=activity", hx...), 200, "Contracts", `<span class="c num">3</span>`)
		has(t, rita.Get(contact+"?tab=bought"), 200, "Fleet rollout", "R-2026-00001", "Old one", "!Overseas")
		has(t, rita.Get("/deals/"+x.deal.String()+"?tab=contracts.deal"), 200, "C-2026-00001", "Signed", "€500.00")

		role := s.Create(t, s.Ada, "role", record.Values{"name": "No contracts", "permissions": `{"objects":{"*":{"read":"all","update":"all"},"contract":{"read":"none","update":"none"}}}`})
		s.Write(t, s.Ada, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "member", s.Olga, 0, record.Values{"role": role})
			return err
		})
		olga := s.User(t, s.Olga)
		for _, page := range []string{account, contact, account + "?tab=bought", "/deals/" + x.deal.String()} {
			has(t, olga.Get(page), 200, "!C-2026", "!Contracts", "!R-2026", "!€380.00")
		}
		has(t, olga.Get(account+"/tab/bought", hx...), 404)
		has(t, olga.Get(x.url("")), 404)
		has(t, olga.Get(x.url("/receipts/new"), hx...), 404)
	})
}

func TestADealMakesItsMissingContract(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		tab := "/deals/" + x.deal.String() + "?tab=contracts.deal"
		has(t, rita.Get(tab), 200, "Draft", "!/contract\"")
		s.Write(t, s.Rita, func(se *record.Session) error { return se.Delete(t.Context(), "contract", x.contract) })
		has(t, rita.Get(tab), 200, `/contract"`, "Contract")
		has(t, rita.Post("/deals/"+x.deal.String()+"/contract", nil), 303)
		has(t, rita.Get(tab), 200, "Draft", "€500.00")
		has(t, rita.Post("/deals/"+x.deal.String()+"/contract", nil), 409)
	})
}

// A contract prints in its customer's language, as a page and as a file, for
// those who may read it.
func TestAContractOnPaper(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		s.Write(t, s.Ada, func(se *record.Session) error {
			return se.ChangeSettings(t.Context(), func(x *record.Settings) {
				x.Name, x.Address, x.Bank = "Wellmet Oy", "Mannerheimintie 1\n00100 Helsinki", "FI21 1234 5600 0007 85"
			})
		})
		has(t, rita.Get(x.url("/print")), 200, "<h1>Contract", "(Draft)", "Wellmet Oy", "00100 Helsinki", "FI21 1234 5600 0007 85", "Acme", "Ann Smith", "€500.00", `href="/contracts/`)
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "contact", x.contact, 0, record.Values{"language": "ru"})
			return err
		})
		x.sign(t)
		has(t, rita.Get(x.url("/print")), 200, `lang="ru"`, "Договор № C-2026-00001", "500,00 €", "!Draft")
		has(t, rita.Get(x.url("/print?lang=zh")), 200, "合同 C-2026-00001", "€500.00")
		a := rita.Get(x.url("/contract.pdf"))
		has(t, a, 200)
		if !strings.HasPrefix(a.Body, "%PDF-") || a.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%.20q, %v", a.Body, a.Header)
		}
		has(t, rita.Get("/deals/"+x.deal.String()+"/contract.pdf"), 404)
		has(t, rita.Get("/contracts/1/print"), 404)
		has(t, s.Stranger(t).Get(x.url("/contract.pdf")), 303)
	})
}
