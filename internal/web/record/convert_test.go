package record_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// lead is one of Rita's, whose person is known as a contact already.
func lead(t testing.TB, s *webtest.Site) (x *shop, url string, id value.ID) {
	t.Helper()
	x = newShop(t, s)
	s.Write(t, s.Rita, func(se *record.Session) error {
		_, err := se.Update(t.Context(), "contact", x.contact, 0, record.Values{"email": "ingrid@nordlys.example"})
		return err
	})
	id = s.Create(t, s.Rita, "lead", record.Values{"name": "Ingrid S.", "company": "Nordlys", "email": "ingrid@nordlys.example", "source": "web"})
	s.Create(t, s.Rita, "activity", record.Values{"kind": "task", "subject": "Send prices", "due_at": s.Now(), "about": []schema.Ref{{Object: "lead", ID: id}}})
	return x, "/leads/" + id.String(), id
}

var goes = regexp.MustCompile(`"to":"([^"]+)"`)

// gone is the page that an answer leads to.
func gone(t *testing.T, a webtest.Answer) string {
	t.Helper()
	to := goes.FindStringSubmatch(a.Header.Get("HX-Trigger"))
	if to == nil {
		t.Fatalf("the answer leads nowhere: %v %s", a.Header, a.Body)
	}
	return to[1]
}

func TestConvertALead(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x, lead, id := lead(t, s)
		rita := s.User(t, s.Rita)
		has(t, rita.Get(lead), 200, `hx-get="`+lead+`/convert"`, "Disqualify", ">Outcome<")
		has(t, rita.Get(lead+"/convert", hx...), 200, "Convert Ingrid S.", `<span class="grow">Ingrid Solberg · Nordlys Energi AS</span>`, "stays with the account", "same email", "Nordlys Energi AS", "its contact matches",
			`value="`+x.contact.String()+`" checked`, `value="`+x.account.String()+`" checked`, "New: “Nordlys”", "No contact", `value="Nordlys"`)

		// Whoever may not change it is offered nothing and refused.
		olga := s.User(t, s.Olga)
		has(t, olga.Get(lead), 200, "!"+lead+"/convert")
		has(t, olga.Get(lead+"/convert", hx...), 403)
		has(t, olga.Post(lead+"/convert", form("account", "new", "contact", "new"), hx...), 403)
		has(t, rita.Get(x.url("/convert"), hx...), 404)
		has(t, rita.Post(lead+"/convert", form("account", "x", "contact", "new"), hx...), 404)

		// What is wrong is said where it can be mended, with what was typed.
		has(t, rita.Post(lead+"/convert", form("account", "none", "contact", "none"), hx...), 422, `id="cv-account-e"`)
		has(t, rita.Post(lead+"/convert", form("account", "new", "contact", "new", "deal", "new", "deal.name", "Prices", "deal.amount", "lots", "deal.amount.currency", "EUR"), hx...),
			422, `value="lots"`, `id="cv-deal-amount-e"`, `value="Prices"`, `value="new" checked`)
		has(t, rita.Post(lead+"/convert", form("account", "1", "contact", "none"), hx...), 422, `id="cv-account-e"`)

		// Two at once, and a second press: one conversion, and all see its deal.
		choice := form("account", x.account.String(), "contact", x.contact.String(), "deal", "new", "deal.name", "Prices", "deal.amount", "1,500", "deal.amount.currency", "EUR")
		answers := make(chan webtest.Answer, 4)
		for _, who := range []*webtest.User{rita, s.User(t, s.Max), rita, s.User(t, s.Bob)} {
			go func() { answers <- who.Post(lead+"/convert", choice, hx...) }()
		}
		var deal string
		var undo []string
		for range 4 {
			a := <-answers
			has(t, a, 200, "Ingrid S.")
			if to := gone(t, a); deal == "" {
				deal = to
			} else if to != deal {
				t.Errorf("one is led to %s, another to %s", to, deal)
			}
			if way := undoAddress.FindString(a.Body); way != "" {
				undo = append(undo, way)
			} else {
				has(t, a, 200, "was converted already by")
			}
		}
		if len(undo) != 1 {
			t.Fatalf("%d conversions", len(undo))
		}
		made, _ := value.ParseID(strings.TrimPrefix(deal, "/deals/"))
		for name, want := range map[string]any{"name": "Prices", "account": x.account, "contact": x.contact, "amount": value.Money{Minor: 1_500_00, Currency: "EUR"}} {
			if got, _ := x.field(t, "deal", made, name); got != want {
				t.Errorf("%s of the deal is %v, want %v", name, got, want)
			}
		}
		has(t, rita.Get(deal), 200, "Send prices")
		has(t, rita.Get(lead), 200, "!"+lead+"/convert", "!No next activity", "Converted", "!Disqualified")
		has(t, rita.Get(lead+"/convert", hx...), 409)

		// Back again: by him who did it, and to the lead.
		for _, who := range []value.ID{s.Rita, s.Max, s.Bob} {
			if by, _ := x.field(t, "lead", id, "converted_by"); by == who {
				has(t, s.User(t, who).Post(undo[0]+"?to=https://elsewhere.example/", nil, hx...), 200, "Undone")
			}
		}
		has(t, rita.Get(lead), 200, lead+"/convert")
		a := rita.Post(lead+"/convert", form("account", "new", "contact", "new"), hx...)
		if to := gone(t, a); !strings.HasPrefix(to, "/contacts/") {
			t.Errorf("without a deal one is led to %s", to)
		}
		a = rita.Post(undoAddress.FindString(a.Body)+"?to="+url.QueryEscape(lead), nil, hx...)
		if to := gone(t, a); to != lead {
			t.Errorf("undone, one is led to %s", to)
		}
	})
}

// A deal that is there already is offered with the reason, and joined.
func TestConvertIntoADealThatIsThere(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x, lead, id := lead(t, s)
		pump := s.Create(t, s.Ada, "product", record.Values{"name": "泵 <b>"})
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "lead", id, 0, record.Values{"product": pump})
			return err
		})
		deal, max := x.deal.String(), s.User(t, s.Max)
		has(t, max.Get(lead+"/convert", hx...), 200, `value="`+deal+`"><span class="grow">Fleet rollout</span><span class="tag gray">its contact matches<`, `name="deal" value="new" checked`, "No deal", `name="deal.other"`,
			"Give an existing deal a line of “泵 &lt;b&gt;”")
		party := []string{"account", x.account.String(), "contact", x.contact.String()}
		has(t, max.Post(lead+"/convert", form(append(party, "deal", "x")...), hx...), 404)
		has(t, max.Post(lead+"/convert", form(append(party, "deal", "99")...), hx...), 422, `id="cv-deal-e"`)
		other := s.Create(t, s.Rita, "account", record.Values{"name": "Other"})
		has(t, max.Post(lead+"/convert", form("account", other.String(), "contact", "new", "deal", deal, "line", "1"), hx...), 422, "is of another account",
			`name="deal" value="`+deal+`" checked`, `name="line" value="1" checked`)
		// A contact of another account stays there, and the page says so.
		elsewhere := s.Create(t, s.Rita, "lead", record.Values{"name": "Ingrid", "source": "web"})
		a := max.Post("/leads/"+elsewhere.String()+"/convert", form("account", other.String(), "contact", x.contact.String()), hx...)
		has(t, a, 200, "“Ingrid Solberg” belongs to the account “Nordlys Energi AS” and stays there.")
		a = max.Post(lead+"/convert", form(append(party, "deal", deal, "line", "1")...), hx...)
		has(t, a, 200, "Ingrid S. is converted")
		if to := gone(t, a); to != "/deals/"+deal {
			t.Errorf("one is led to %s", to)
		}
		has(t, max.Get("/deals/"+deal), 200, "Send prices", "Ingrid Solberg", "泵 &lt;b&gt;")
		has(t, max.Post(undoAddress.FindString(a.Body)+"?to="+url.QueryEscape(lead), nil, hx...), 200, "Undone")
		has(t, max.Get("/deals/"+deal), 200, "!Send prices", "!泵 &lt;b&gt;")
	})
}

// A company's own demands on a deal are asked for.
func TestConvertAsksForWhatADealNeeds(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	x, lead, _ := lead(t, s)
	_, err := s.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: s.Ada, Door: "page"}, []schema.Change{
		{Op: schema.AddField, Object: "deal", Set: json.RawMessage(`{"name":"dock","kind":"text","required":true}`)}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	rita := s.User(t, s.Rita)
	choice := form("account", x.account.String(), "contact", "new", "deal", "new", "deal.name", "Prices")
	has(t, rita.Post(lead+"/convert", choice, hx...), 422, `id="cv-deal-dock-e"`, `name="ask" value="deal.dock"`, `value="Prices"`)
	choice.Set("deal.dock", "7b")
	a := rita.Post(lead+"/convert", choice, hx...)
	has(t, a, 200, "Ingrid S. is converted")
	made, _ := value.ParseID(strings.TrimPrefix(gone(t, a), "/deals/"))
	if dock, _ := x.field(t, "deal", made, "dock"); dock != "7b" {
		t.Errorf("dock %v", dock)
	}
}

func TestDisqualifyALead(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x, lead, id := lead(t, s)
		rita := s.User(t, s.Rita)
		has(t, rita.Get(lead+"/move?to=disqualified", hx...), 200, "Disqualify", "Lost reason", "!Close date")
		has(t, rita.Post(lead+"/move", form("to", "disqualified", "closing", "1", "asked", "1", "f.lost_reason", ""), hx...), 422, `aria-invalid="true"`)
		has(t, s.User(t, s.Olga).Post(lead+"/move", form("to", "disqualified", "f.lost_reason", "no_budget"), hx...), 403)
		a := rita.Post(lead+"/move", form("to", "disqualified", "closing", "1", "asked", "1", "f.lost_reason", "no_budget", "note", "Next year, perhaps"), on(s, lead)...)
		has(t, a, 200, "Ingrid S. moved to Disqualified", "Next year, perhaps", "!"+lead+"/convert", "!No next activity")
		if reason, _ := x.field(t, "lead", id, "lost_reason"); reason != "no_budget" {
			t.Errorf("reason %v", reason)
		}
		// Taken up again by its path, it has no reason any more.
		var working string
		s.Read(t, s.Rita, func(se *record.Session) error {
			return se.Each(t.Context(), record.Query{Object: "lead_stage", Filter: `kind = "working"`}, func(r *record.Record) error { working = r.ID.String(); return nil })
		})
		has(t, rita.Post(lead+"/move", form("to", working), on(s, lead)...), 200, lead+"/convert")
		if reason, _ := x.field(t, "lead", id, "lost_reason"); reason != nil {
			t.Errorf("still %v", reason)
		}
		has(t, rita.Get("/accounts/"+x.account.String()+"/move?to=disqualified", hx...), 404)
		has(t, rita.Get(x.url("/move?to=disqualified"), hx...), 404)
		has(t, rita.Get(lead+"/convert"), 200, "<html", "Convert Ingrid S.")
		has(t, rita.Post(lead+"/convert", form("account", "none", "contact", "none")), 422, "<html", `id="cv-account-e"`)
	})
}

func TestConvertInTheBrowser(t *testing.T) {
	t.Parallel()
	x, lead, id := lead(t, webtest.Open(t, pages))
	pump := x.Create(t, x.Ada, "product", record.Values{"name": "泵"})
	x.Write(t, x.Rita, func(s *record.Session) error {
		_, err := s.Update(t.Context(), "lead", id, 0, record.Values{"product": pump})
		return err
	})
	b := x.Browser(t, x.Rita)
	b.Allow("422")
	b.Open(lead)
	b.Click(`#r-head [hx-get$="/convert"]`)
	b.See("dialog[open]", "Convert Ingrid S.")
	b.Axe()
	b.Picture("record-convert")
	b.Size(390, 844)
	b.Axe()
	b.Picture("record-convert-phone")
	b.Size(1440, 900)
	b.Type("#cv-deal-amount", "lots")
	b.Click("dialog[open] .btn.primary")
	b.See("dialog[open] .err", "number")
	b.Wait("document.querySelector('#cv-deal-amount').value === 'lots'")
	b.Still()
	b.Type("#cv-deal-amount", "9600")
	b.Click("dialog[open] .btn.primary")
	b.See("#r-head h1", "Nordlys")
	b.Gone("dialog")
	b.See("#r-head", "€9,600.00")
	b.See("#r-head", "Nordlys Energi AS")
	b.See(".toast", "Ingrid S. is converted")
	b.See("#main", "Send prices")
	if path := b.Path(); !strings.HasPrefix(path, "/deals/") {
		t.Errorf("at %s", path)
	}
	b.Click(".toast [data-undo]")
	b.See("#r-head h1", "Ingrid S.")
	b.See(".toast", "Undone")
	if path := b.Path(); path != lead {
		t.Errorf("undone at %s", path)
	}
	b.Click(`#r-head [hx-get$="=disqualified"]`)
	b.Choose("dialog[open] select", "no_interest")
	b.Click("dialog[open] .btn.primary")
	b.See(".toast", "Ingrid S. moved to Disqualified")
	b.See("#r-path .gone", "Disqualified")
	b.Gone(`#r-head [hx-get$="/convert"]`)
	b.Axe()
	b.Picture("record-disqualified")
}
