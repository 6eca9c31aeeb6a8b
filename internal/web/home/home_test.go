package home_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

func has(t *testing.T, a webtest.Answer, status int, texts ...string) {
	t.Helper()
	body := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(a.Body)
	if a.Status != status {
		t.Fatalf("status %d, wanted %d: %.800s", a.Status, status, body)
	}
	if i := strings.Index(body, "<main"); i > 0 {
		body = body[i:]
	}
	for _, text := range texts {
		not := strings.HasPrefix(text, "!")
		if strings.Contains(body, strings.TrimPrefix(text, "!")) == not {
			t.Fatalf("wanted %q in %.4000s", text, body)
		}
	}
}

var hx = []string{"HX-Request", "true"}

// work gives Rita something of each kind; the answer is a task of hers.
func work(t testing.TB, s *webtest.Site) (task value.ID) {
	t.Helper()
	account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
	deal := s.Create(t, s.Rita, "deal", record.Values{"name": "Rollout", "account": account, "amount": value.Money{Minor: 100_000, Currency: "EUR"}})
	s.Create(t, s.Rita, "deal", record.Values{"name": "Slipped", "account": account, "close_date": value.DateOf(apptest.Noon, time.UTC).AddDays(3)})
	s.Pass(40 * 24 * time.Hour)
	now := s.Now()
	about := []schema.Ref{{Object: "deal", ID: deal}}
	task = s.Create(t, s.Rita, "activity", record.Values{"kind": "task", "subject": "Send the offer", "due_at": now.AddDate(0, 0, -2), "about": about})
	s.Create(t, s.Rita, "activity", record.Values{"kind": "task", "subject": "Not yet", "due_at": now.AddDate(0, 0, 2), "about": about})
	s.Create(t, s.Rita, "activity", record.Values{"kind": "meeting", "subject": "Review", "starts_at": now.Add(time.Hour), "about": about})
	s.Create(t, s.Rita, "lead", record.Values{"name": "Newcomer", "company": "Fresh Ltd"})
	return task
}

func TestWhatToDoNow(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		work(t, s)
		rita := s.User(t, s.Rita)
		a := rita.Get("/")
		has(t, a, 200, "Tasks due", "Send the offer", "Overdue 2 days", "!Not yet", "Calls and meetings today", "Review", "Rollout",
			"Deals past their close date", "Slipped", "Was to close 37 days ago", "Deals without a next step", "Nothing planned",
			"Deals longer in their stage than usual", "40 days in Prospecting, usually 14", "New leads nobody has touched", "Fresh Ltd", "!Your team")
		for _, m := range regexp.MustCompile(`class="tag" href="([^"]*)" aria-label="([^"]*)"`).FindAllStringSubmatch(a.Body, -1) {
			list := rita.Get(strings.ReplaceAll(m[1], "&amp;", "&"))
			has(t, list, 200, "!vnote", "!vchip off")
		}
		has(t, s.User(t, s.Max).Get("/"), 200, "!Send the offer", "!Newcomer")
		has(t, s.User(t, s.Bob).Get("/"), 200, "Your team", "Rita", "!Olga", "!Send the offer")
	})
}

func TestTicking(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		task := work(t, s)
		rita, path := s.User(t, s.Rita), "/home/"+task.String()
		has(t, s.User(t, s.Olga).Post(path+"/done", url.Values{}, hx...), 403)
		has(t, rita.Post(path+"/done", url.Values{"v": {"1"}}, hx...), 200, "Done: Send the offer", `name="subject"`, `name="due_at"`, "/undo/")
		has(t, rita.Get("/"), 200, "!Overdue 2 days")
		has(t, rita.Post(path+"/next", url.Values{"subject": {""}, "due_at": {"2026-04-20T09:00"}}, hx...), 422, "aria-invalid")
		has(t, rita.Post(path+"/next", url.Values{"subject": {"Call back"}, "due_at": {"never"}}, hx...), 422, "Call back")
		has(t, rita.Post(path+"/next", url.Values{"subject": {"Call back"}, "due_at": {"2026-04-20T09:00"}}, hx...), 200, "Planned: Call back")
		s.Read(t, s.Rita, func(se *record.Session) error {
			p, err := se.Query(t.Context(), record.Query{Object: "activity", Filter: `subject = "Call back"`})
			if err != nil || len(p.Records) != 1 {
				t.Fatalf("%v %v", p, err)
			}
			if refs, _ := p.Records[0].Field("about").([]schema.Ref); len(refs) != 1 || refs[0].Object != "deal" {
				t.Errorf("it is about %v", refs)
			}
			return nil
		})
		if a := rita.Post(path+"/done", url.Values{}); a.Status != http.StatusSeeOther {
			t.Errorf("without a script: %d", a.Status)
		}
		has(t, rita.Post("/home/nonsense/done", url.Values{}, hx...), 404)
	})
}

func TestFirstStepsAndProposals(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		has(t, s.User(t, s.Ada).Get("/"), 200, "First steps", "1 of 4 done", "Import what you have", "/settings/people")
		has(t, s.User(t, s.Rita).Get("/"), 200, "Nothing to do now", "!First steps")
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		has(t, s.User(t, s.Ada).Get("/"), 200, "2 of 4 done")
		for name, amount := range map[string]int64{"Small": 100, "Big": 9000} {
			deal := s.Create(t, s.Rita, "deal", record.Values{"name": name, "account": account, "amount": value.Money{Minor: amount * 100, Currency: "EUR"}})
			s.Create(t, s.Rita, "activity", record.Values{"kind": "call", "subject": "Called", "done": true, "about": []schema.Ref{{Object: "deal", ID: deal}}})
		}
		has(t, s.User(t, s.Rita).Get("/"), 200, "!gone quiet")
		s.Pass(30 * 24 * time.Hour)
		a := s.User(t, s.Rita).Get("/")
		has(t, a, 200, "No task is due today. Good candidates besides", "Biggest deals gone quiet", "No activity for 30 days", "€9,000")
		if part := a.Body[strings.Index(a.Body, "gone quiet"):]; strings.Index(part, ">Big<") > strings.Index(part, ">Small<") {
			t.Error("the smaller deal comes first")
		}
	})
}

// What customers owe is told to who answers for the contract and to who leads
// him, and each figure leads to the payments that it counts.
func TestOverduePayments(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		contact := s.Create(t, s.Rita, "contact", record.Values{"name": "Ida", "account": account})
		signed := func(name string, sign bool) {
			deal := s.Create(t, s.Rita, "deal", record.Values{"name": name, "account": account, "contact": contact})
			s.Create(t, s.Rita, "deal_line", record.Values{"deal": deal, "description": "Pump", "unit_price": "120.50"})
			s.Write(t, s.Rita, func(x *record.Session) error {
				if _, err := sales.Win(t.Context(), x, deal, 0, sales.Close{}); err != nil {
					return err
				}
				page, err := x.Query(t.Context(), record.Query{Object: "contract", Filter: `deal = "` + deal.String() + `"`})
				if err != nil {
					return err
				}
				contract := page.Records[0].ID
				if sign {
					if _, err := commerce.Sign(t.Context(), x, contract, 0, 0); err != nil {
						return err
					}
				}
				parts, count, err := commerce.ParseShares("50/50")
				if err != nil {
					return err
				}
				_, err = commerce.ReplacePlan(t.Context(), x, contract, commerce.Split{Parts: parts, Count: count, First: x.Today(), Every: "monthly"})
				return err
			})
		}
		signed("Pumps", true)
		signed("Draft", false)
		has(t, s.User(t, s.Rita).Get("/"), 200, "!Overdue payments")
		s.Pass(3 * 24 * time.Hour)
		rita := s.User(t, s.Rita)
		a := rita.Get("/")
		has(t, a, 200, "Overdue payments", "Pumps", "€60", "Acme", "3 days overdue", "!>Draft<")
		counts := regexp.MustCompile(`class="tag" href="(/payment_plan_lines[^"]*)"`).FindAllStringSubmatch(a.Body, -1)
		if len(counts) != 1 {
			t.Fatalf("%d counts of payments", len(counts))
		}
		has(t, rita.Get(strings.ReplaceAll(counts[0][1], "&amp;", "&")), 200, "€60.25", "!vnote", "!vchip off")
		has(t, s.User(t, s.Max).Get("/"), 200, "!Overdue payments")
		bob := s.User(t, s.Bob)
		a = bob.Get("/")
		has(t, a, 200, "Your team", "Rita", "Overdue payments", "!Olga")
		counts = regexp.MustCompile(`href="(/payment_plan_lines[^"]*)"`).FindAllStringSubmatch(a.Body, -1)
		if len(counts) == 0 {
			t.Fatalf("%d counts of the team's payments", len(counts))
		}
		has(t, bob.Get(strings.ReplaceAll(counts[0][1], "&amp;", "&")), 200, "€60.25", "!vnote")
	})
}
