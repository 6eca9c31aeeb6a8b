package commerce_test

import (
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

var (
	aRow   = regexp.MustCompile(`(?s)<tr>.*?</tr>`)
	aTag   = regexp.MustCompile(`<[^>]*>`)
	goesOn = regexp.MustCompile(`/tab/bought\?(until=[0-9-]+(?:&amp;skip=[0-9]+)?)"[^>]*>Older`)
	older  = regexp.MustCompile(`until=([0-9-]+)`)
	spaces = regexp.MustCompile(`\s+`)
)

// rows are the lines of the history on a page, as texts.
func rows(t *testing.T, a webtest.Answer) (list []string) {
	t.Helper()
	has(t, a, 200)
	for _, row := range aRow.FindAllString(a.Body, -1) {
		if strings.Contains(row, "<td") {
			list = append(list, strings.TrimSpace(spaces.ReplaceAllString(aTag.ReplaceAllString(row, " "), " ")))
		}
	}
	return list
}

func last(list []string) string { return list[len(list)-1] }

// A long history goes on page by page, in whole days, and what was open after
// each entry is the same as if it stood on one.
func TestALongHistoryGoesOn(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		x.sign(t)
		day, err := value.ParseDate("2025-10-01")
		if err != nil {
			t.Fatal(err)
		}
		b := record.Batch{Object: "receipt"}
		for i := range 210 { // two a day
			b.Changes = append(b.Changes, record.Change{Values: record.Values{"contract": x.contract, "amount": "1", "received_on": day.AddDays(i / 2).String()}})
		}
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := se.Save(t.Context(), b)
			return err
		})
		rita := s.User(t, s.Rita)
		page := "/accounts/" + x.account.String()
		a := rita.Get(page+"/tab/bought", hx...)
		list := rows(t, a)
		has(t, a, 200, "Older", "!Latest", "€500.00", "€210.00", "€290.00")
		if len(list) != 201 || !strings.HasSuffix(list[0], "€290.00") || !strings.HasSuffix(last(list), "−€11.00") {
			t.Errorf("%d lines, first %q, last %q", len(list), list[0], last(list))
		}
		until := older.FindStringSubmatch(a.Body)
		if len(until) == 0 {
			t.Fatal("it ends there")
		}
		a = rita.Get(page+"/tab/bought?until="+until[1], hx...)
		list = rows(t, a)
		has(t, a, 200, "!Older", "Latest", "€290.00")
		if len(list) != 10 || !strings.HasSuffix(list[0], "−€10.00") || !strings.HasSuffix(last(list), "−€1.00") {
			t.Errorf("%d lines, first %q, last %q", len(list), list[0], last(list))
		}
		has(t, rita.Get(page+"?tab=bought&until="+until[1]), 200, "Latest", "!Older")
		for _, bad := range []string{"1999-01-01", "x", "-"} {
			has(t, rita.Get(page+"/tab/bought?until="+bad, hx...), 200, "Older", "!Latest")
		}
	})
}

// A day of very many goes on over pages, too, and the whole lists are led to.
func TestADayOfVeryMany(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		x.sign(t)
		receipts, plan := record.Batch{Object: "receipt"}, record.Batch{Object: "payment_plan_line"}
		receipts.Changes = append(receipts.Changes, record.Change{Values: record.Values{"contract": x.contract, "amount": "1", "received_on": "2025-09-01"}})
		for i := range 450 {
			receipts.Changes = append(receipts.Changes, record.Change{Values: record.Values{"contract": x.contract, "amount": "1", "received_on": "2025-10-01"}})
			if i <= 200 {
				plan.Changes = append(plan.Changes, record.Change{Values: record.Values{"contract": x.contract, "amount": "1", "due_on": "2026-10-01"}})
			}
		}
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := se.Save(t.Context(), receipts)
			if err == nil {
				_, err = se.Save(t.Context(), plan)
			}
			return err
		})
		rita := s.User(t, s.Rita)
		page := "/accounts/" + x.account.String() + "/tab/bought"
		a := rita.Get(page, hx...)
		for i, want := range []struct {
			lines       int
			first, last string
		}{{201, "€49.00", "−€252.00"}, {200, "−€251.00", "−€52.00"}, {51, "−€51.00", "−€1.00"}} {
			list := rows(t, a)
			if len(list) != want.lines || !strings.HasSuffix(list[0], want.first) || !strings.HasSuffix(last(list), want.last) {
				t.Errorf("page %d: %d lines, first %q, last %q", i+1, len(list), list[0], last(list))
			}
			next := goesOn.FindStringSubmatch(a.Body)
			if (len(next) == 0) != (i == 2) {
				t.Fatalf("page %d goes on: %q", i+1, next)
			}
			if i < 2 {
				a = rita.Get(page+"?"+strings.ReplaceAll(next[1], "&amp;", "&"), hx...)
			}
		}
		for _, bad := range []string{"2025-10-01&skip=-3", "2025-10-01&skip=x", "2025-10-01&skip=99999999", "2020-01-01&skip=5"} {
			has(t, rita.Get(page+"?until="+bad, hx...), 200, "€1.00")
		}
		a = rita.Get(x.url(""))
		has(t, a, 200, "The latest 200 are shown.", "Those due first are shown, 200 of them.")
		for _, plural := range []string{"receipts", "payment_plan_lines"} {
			whole := regexp.MustCompile(`href="(/` + plural + `\?filter=[^"]*)"`).FindStringSubmatch(a.Body)
			if len(whole) == 0 {
				t.Fatalf("nothing leads to all %s", plural)
			}
			has(t, rita.Get(whole[1]), 200, "1.00", "Fleet rollout")
		}
	})
}

// What came in for a contract that is void is listed with it, and changes no
// balance.
func TestReceiptsOfAVoidContractChangeNoBalance(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		x.sign(t)
		void := s.Create(t, s.Rita, "contract", record.Values{"name": "Old one", "account": x.account, "signer": x.contact})
		s.Create(t, s.Rita, "contract_line", record.Values{"contract": void, "unit_price": "77"})
		s.Write(t, s.Rita, func(se *record.Session) error {
			for _, b := range []commerce.Booking{{Contract: void, Amount: value.Money{Minor: 7000, Currency: "EUR"}}, {Contract: x.contract, Amount: value.Money{Minor: 12000, Currency: "EUR"}}} {
				if b.Contract == void {
					if _, err := commerce.Sign(t.Context(), se, void, 0, 0); err != nil {
						return err
					}
				}
				if _, err := commerce.Book(t.Context(), se, b); err != nil {
					return err
				}
			}
			_, err := commerce.Cancel(t.Context(), se, void, 0, "Mistake", "")
			return err
		})
		rita := s.User(t, s.Rita)
		for _, page := range []string{"/accounts/" + x.account.String(), "/contacts/" + x.contact.String()} {
			a := rita.Get(page+"/tab/bought", hx...)
			has(t, a, 200, `<s class="faint">€77.00</s>`, `<s class="faint">€70.00</s>`, "€380.00", "!€310.00", "!€450.00")
			list := rows(t, a)
			if len(list) != 4 {
				t.Fatalf("%q", list)
			}
			for i, want := range []string{"€380.00", "€70.00", "€77.00", "€500.00"} { // the latest first
				if !strings.HasSuffix(list[i], want) {
					t.Errorf("%d: %q, want %s at its end", i, list[i], want)
				}
			}
		}
		// Who may not see states is not told which count, and nothing is added up.
		role := s.Create(t, s.Ada, "role", record.Values{"name": "Stateless", "permissions": `{"objects": {"*": {"read": "all"}}, "fields": {"contract.state": "none"}}`})
		s.Write(t, s.Ada, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "member", s.Olga, 0, record.Values{"role": role})
			return err
		})
		for _, page := range []string{"/accounts/" + x.account.String(), "/contacts/" + x.contact.String()} {
			has(t, s.User(t, s.Olga).Get(page+"/tab/bought", hx...), 200, `<span class="faint">€77.00</span>`, `<span class="faint">€70.00</span>`, `<span class="faint">€500.00</span>`,
				`<span class="faint">€120.00</span>`, "nothing is added up", "!<s ", "!€380.00", "!€450.00", "!€577.00", "!€190.00")
		}
	})
}

// Who may not know some fields of contracts or receipts has a page all the same,
// and learns nothing of them.
func TestAHistoryWithHiddenFields(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		x.sign(t)
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := commerce.Book(t.Context(), se, commerce.Booking{Contract: x.contract, Amount: value.Money{Minor: 12000, Currency: "EUR"}})
			return err
		})
		account, contact := "/accounts/"+x.account.String(), "/contacts/"+x.contact.String()
		for _, c := range []struct {
			fields string
			words  []string
		}{
			{`"contract.total": "none"`, []string{"Fleet rollout", "€120.00", "!€500.00", "!€380.00"}},
			{`"receipt.amount": "none"`, []string{"Fleet rollout", "R-2026-00001"}},
			{`"receipt.amount": "masked", "contract.total": "masked"`, []string{"Fleet rollout", "R-2026-00001", "!€500.00"}},
			{`"contract.signed_on": "none"`, []string{"Fleet rollout", "€500.00"}},
			{`"contract.state": "none"`, []string{"Fleet rollout", "R-2026-00001", "!Signed"}},
			{`"receipt.received_on": "none"`, []string{"Fleet rollout", "!R-2026-00001"}},
			{`"receipt.reversed_on": "none", "receipt.method": "none", "receipt.number": "none"`, []string{"Fleet rollout", "€120.00"}},
			{`"contract.signer": "none"`, nil},
			{`"contract.stakeholders": "none"`, nil},
			{`"contract.account": "none"`, nil},
		} {
			role := s.Create(t, s.Ada, "role", record.Values{"name": c.fields, "permissions": `{"objects": {"*": {"read": "all"}}, "fields": {` + c.fields + `}}`})
			s.Write(t, s.Ada, func(se *record.Session) error {
				_, err := se.Update(t.Context(), "member", s.Olga, 0, record.Values{"role": role})
				return err
			})
			olga := s.User(t, s.Olga)
			for _, page := range []string{account, contact} {
				t.Log(c.fields, page)
				has(t, olga.Get(page), 200)
				has(t, olga.Get(page+"/tabs?tab=activity", hx...), 200)
				if c.words != nil {
					has(t, olga.Get(page+"/tab/bought", hx...), 200, c.words...)
					has(t, olga.Get(page+"/tab/bought?until=2026-03-03", hx...), 200, c.words...)
				} else {
					has(t, olga.Get(page+"?tab=bought"), 200)
				}
			}
		}
	})
}
