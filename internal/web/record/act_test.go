package record_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/webtest"
)

func TestMoveWinLoseReopenUndo(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		here := on(s, x.url(""))
		a := rita.Post(x.url("/move"), form("field", "stage", "to", x.stages["Proposal"].String(), "v", "1"), here...)
		has(t, a, 200, `hx-target="#record"`, "Fleet rollout moved to Proposal", "/undo/")
		undo := undoAddress.FindString(a.Body)
		// Elsewhere the page is asked to load again.
		b := rita.Post(x.url("/move"), form("to", x.stages["Negotiation"].String()), hx...)
		has(t, b, 200, "!hx-target=\"#record\"", "moved to Negotiation")
		if b.Header.Get("HX-Trigger") != "wellmet:refresh" {
			t.Errorf("%v", b.Header)
		}
		for _, to := range []string{"", "1", "x", x.account.String()} {
			if a := rita.Post(x.url("/move"), form("to", to), hx...); a.Status != 404 && a.Status != 422 {
				t.Errorf("a move to %q: %d", to, a.Status)
			}
		}
		// What changed since stays, and is said.
		has(t, rita.Post(undo, nil, here...), 200, "Undone, except what changed since.", "Stage:")
		undo = undoAddress.FindString(b.Body)
		has(t, s.User(t, s.Olga).Post(undo, nil, here...), 404)
		has(t, rita.Post(undo, nil, here...), 200, ">Undone<")
		has(t, rita.Post(undo, nil, here...), 409)
		has(t, rita.Post("/undo/1", nil, here...), 404)
		has(t, rita.Post("/undo/x", nil, here...), 404)
		if v, _ := x.field(t, "deal", x.deal, "stage"); v != x.stages["Proposal"] {
			t.Errorf("stage %v", v)
		}
		has(t, rita.Get(x.url("/move?to=lost"), hx...), 200, "<dialog", "Mark as lost", `name="f.lost_reason"`, `name="f.competitor"`, `name="f.close_date"`, `name="note"`, "Keep in Proposal", "!won_reason")
		has(t, rita.Get(x.url("/move?to=won")), 200, "<html", "Mark as won", `name="f.won_reason"`, `!name="f.competitor"`)
		lost := form("to", "lost", "closing", "1", "asked", "1", "f.lost_reason", "", "f.close_date", "2026-03-02", "note", "Too dear")
		has(t, rita.Post(x.url("/move"), lost, hx...), 422, "!<dialog", `aria-invalid="true"`, "Mark as lost", "Too dear")
		lost.Set("f.lost_reason", "price")
		lost.Set("f.competitor", "Trakka")
		a = rita.Post(x.url("/move"), lost, here...)
		has(t, a, 200, "Fleet rollout is lost", "Reopen", "Too dear")
		has(t, rita.Post(x.url("/move"), form("to", "open"), here...), 200, "Fleet rollout is open again, in ")
		has(t, rita.Post(x.url("/move"), form("to", "open"), here...), 409)
		has(t, rita.Post(x.url("/move"), form("to", "won", "closing", "1", "asked", "1", "f.close_date", "2027-01-01"), hx...), 422, `value="`, `aria-invalid="true"`)
		has(t, rita.Post(x.url("/move"), form("to", "won", "closing", "1", "asked", "1", "f.close_date", "nonsense"), hx...), 422, `value="nonsense"`)
		has(t, rita.Get(x.url("")), 200, "No next activity.")
		has(t, rita.Post(x.url("/move"), form("to", "won", "f.close_date", "2026-03-01"), here...), 200, "is won")
		has(t, rita.Get(x.url("")), 200, "!No next activity.")
		has(t, rita.Get(x.url("/timeline"), hx...), 200, "moved it", "Too dear")
	})
}

func TestARefusedMoveAsksForWhatIsMissing(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		s.Write(t, s.Rita, func(se *record.Session) error {
			out, err := se.Save(t.Context(), record.Batch{Object: "deal", Accept: true, Changes: []record.Change{{Values: record.Values{"name": "From a list", "stage": x.stages["Qualified"]}}}})
			x.deal = out[0].ID
			return err
		})
		rita := s.User(t, s.Rita)
		to := x.stages["Proposal"].String()
		has(t, rita.Post(x.url("/move"), form("to", to), hx...), 422, `hx-target="#modal"`, "Before From a list can move to Proposal", `name="f.account"`, `name="asked"`, "!aria-invalid")
		has(t, rita.Post(x.url("/move"), form("to", to)), 422, "<html", `action="`+x.url("/move"), `name="f.account"`)
		has(t, rita.Post(x.url("/move"), form("to", to, "asked", "1", "f.account", ""), hx...), 422, "!#modal", `name="f.account"`, `aria-invalid="true"`)
		has(t, rita.Post(x.url("/move"), form("to", to, "asked", "1", "f.account", x.account.String()), on(s, x.url(""))...), 200, "From a list moved to Proposal")
		if v, _ := x.field(t, "deal", x.deal, "account"); v != x.account {
			t.Errorf("account %v", v)
		}
	})
}

func TestALeadMovesByItsStage(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	lead := "/leads/" + s.Create(t, s.Rita, "lead", record.Values{"name": "Ann"}).String()
	stages := map[string]string{}
	s.Read(t, s.Rita, func(x *record.Session) error {
		return x.Each(t.Context(), record.Query{Object: "lead_stage"}, func(r *record.Record) error {
			stages[r.Title()] = r.ID.String()
			return nil
		})
	})
	rita := s.User(t, s.Rita)
	has(t, rita.Get(lead), 200, "Working", "Disqualify")
	has(t, rita.Post(lead+"/move", form("to", stages["Working"]), hx...), 200, "Ann moved to Working")
	has(t, rita.Post(lead+"/move", form("to", stages["Disqualified"]), hx...), 422, `name="f.lost_reason"`)
	has(t, rita.Post(lead+"/move", form("to", stages["Disqualified"], "f.lost_reason", "no_budget"), hx...), 200)
	if a := rita.Post(lead+"/move", form("to", "nonsense"), hx...); a.Status != 404 {
		t.Errorf("%d", a.Status)
	}
}

func TestDeleteAndRestore(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		a := rita.Post(x.url("/delete"), nil, on(s, x.url("?in=sort%3D-amount"))...)
		has(t, a, 200, "Fleet rollout is in the trash", "/undo/")
		if !strings.Contains(a.Header.Get("HX-Trigger"), `"to":"/deals?sort=-amount"`) {
			t.Errorf("%v", a.Header)
		}
		has(t, rita.Get(x.url("")), 404, "Fleet rollout is in the trash", "Restore", "by Rita")
		has(t, s.User(t, s.Olga).Get(x.url("")), 404, "!Fleet", "!Restore")
		has(t, s.User(t, s.Olga).Post(x.url("/restore"), nil), 403)
		if a := rita.Post(x.url("/restore"), nil); a.Status != http.StatusSeeOther {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		has(t, rita.Get(x.url("")), 200)
		a = rita.Post(x.url("/delete"), nil, hx...)
		has(t, rita.Post(undoAddress.FindString(a.Body), nil, hx...), 200, "Undone")
		has(t, rita.Get(x.url("")), 200, "Fleet rollout")
		// What links to it is named.
		account := "/accounts/" + x.account.String()
		has(t, rita.Post(account+"/delete", nil, hx...), 409, "<dialog", `name="replace_with"`, account+"/merge", "Deals, by Account: ", "!toast bad")
		has(t, rita.Post(account+"/delete", nil), 409, "<h1", `name="replace_with"`)
		next := s.Create(t, s.Rita, "account", record.Values{"name": "Next <b>"})
		has(t, rita.Post(account+"/delete", form("replace_with", ""), hx...), 409, `hx-target="#r-replace"`, "link to it", "!<dialog")
		has(t, rita.Post(account+"/delete", form("replace_with", x.account.String()), hx...), 422, `hx-target="#r-replace"`, "cannot be one of them")
		a = rita.Post(account+"/delete", form("replace_with", next.String()), hx...)
		has(t, a, 200, "is in the trash", "/undo/")
		has(t, rita.Get("/accounts/"+next.String()), 200, "Next &lt;b&gt;")
	})
}

func TestShareAssignErase(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		x.role(t, s.Olga, `{"objects": {"*": {"read": "own", "create": "own", "update": "own"}}}`)
		rita, olga := s.User(t, s.Rita), s.User(t, s.Olga)
		has(t, olga.Get(x.url("")), 404)
		has(t, rita.Get(x.url("/shares"), hx...), 200, "Olga", "North")
		has(t, rita.Post(x.url("/shares"), form("with", "", "level", "read"), hx...), 422, "Choose a colleague or a team.")
		has(t, rita.Post(x.url("/shares"), form("with", "m:"+s.Olga.String(), "level", "own"), hx...), 422)
		has(t, rita.Post(x.url("/shares"), form("with", "m:"+s.Olga.String(), "level", "read", "until", "never"), hx...), 422)
		has(t, rita.Post(x.url("/shares"), form("with", "m:"+s.Olga.String(), "level", "read", "until", "2026-03-05"), hx...), 200, "May read", "until")
		has(t, olga.Get(x.url("")), 200, "!/move?to=won")
		has(t, olga.Get(x.url("/shares"), hx...), 403)
		has(t, rita.Post(x.url("/shares/end"), form("with", "m:"+s.Olga.String()), hx...), 200)
		has(t, olga.Get(x.url("")), 404)

		has(t, rita.Get(x.url("/assign"), hx...), 200, "Rita")
		has(t, rita.Post(x.url("/assign"), form("owner", "x"), hx...), 404)
		has(t, s.User(t, s.Ada).Post(x.url("/assign"), form("owner", s.Max.String()), on(s, x.url(""))...), 200, "now belongs to Max")

		person := "/contacts/" + x.contact.String()
		has(t, rita.Get(person+"/erase", hx...), 403)
		has(t, rita.Post(person+"/erase", nil, hx...), 403)
		has(t, s.User(t, s.Ada).Get(person+"/erase", hx...), 200, "Erase Ingrid Solberg for good")
		has(t, s.User(t, s.Ada).Post(person+"/erase", nil, on(s, person)...), 200, "The person is erased", "!Ingrid")
		has(t, s.User(t, s.Ada).Post("/accounts/"+x.account.String()+"/erase", nil, hx...), 404)
	})
}

// upload sends files as a form does.
func upload(t *testing.T, s *webtest.Site, u *webtest.User, path string, files map[string]string) webtest.Answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, text := range files {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(text))
	}
	_ = w.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, &b)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("HX-Request", "true")
	return u.Send(r)
}

func TestFiles(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		has(t, upload(t, s, rita, x.url("/files"), nil), 422)
		has(t, rita.Post(x.url("/files"), form("a", "b"), hx...), 422)
		a := upload(t, s, rita, x.url("/files"), map[string]string{"../evil<b>.html": "<script>alert(1)</script>"})
		has(t, a, 200, "1 file added", "evil&lt;b&gt;.html", "!<b>.html")
		link := between(a.Body, `href="`+x.url("/files/"), `"`)
		file := rita.Get(x.url("/files/" + link))
		if file.Status != 200 || file.Body != "<script>alert(1)</script>" || !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") ||
			!strings.Contains(file.Header.Get("Content-Security-Policy"), "sandbox") || file.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%d %v", file.Status, file.Header)
		}
		gone := rita.Post(x.url("/files/"+link+"/delete"), nil, hx...)
		has(t, gone, 200, "File deleted", "/delete?back=1", "No files yet.")
		has(t, rita.Get(x.url("/files/"+link)), 404)
		has(t, rita.Get(x.url("/timeline"), hx...), 200)
		has(t, rita.Post("/accounts/"+x.account.String()+"/files/"+link+"/delete?back=1", nil, hx...), 404)
		has(t, rita.Post(x.url("/files/"+link+"/delete?back=1"), nil, hx...), 200, "The file is back", "evil")
		has(t, rita.Get(x.url("/files/"+link)), 200)
		// Others who may only read may load it, not change it.
		x.role(t, s.Olga, `{"objects": {"*": {"read": "all"}}}`)
		olga := s.User(t, s.Olga)
		has(t, olga.Get(x.url("/files/"+link)), 200)
		has(t, olga.Post(x.url("/files/"+link+"/delete"), nil, hx...), 403)
		has(t, upload(t, s, olga, x.url("/files"), map[string]string{"a.txt": "a"}), 403)
	})
}

func between(text, start, end string) string {
	_, text, _ = strings.Cut(text, start)
	text, _, _ = strings.Cut(text, end)
	return text
}

func TestLinesOfADeal(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		product := s.Create(t, s.Ada, "product", record.Values{"name": "Tracker", "price": map[string]any{"amount": "100.00", "currency": "EUR"}})
		rita := s.User(t, s.Rita)
		here := on(s, x.url("?tab=deal_lines.deal"))
		has(t, rita.Get(x.url("/tab/deal_lines.deal"), hx...), 200, "Add product", "No products yet")
		has(t, rita.Get(x.url("/lines/new"), hx...), 200, "Quantity")
		has(t, rita.Post(x.url("/lines/new"), form("quantity", "many"), hx...), 422, `value="many"`, `aria-invalid="true"`)
		a := rita.Post(x.url("/lines/new"), form("product", product.String(), "quantity", "3"), here...)
		has(t, a, 200, "Product line saved", "Tracker", "€300.00", "/undo/")
		line := between(a.Body, x.url("/lines/")+"", `/delete"`)
		line = line[strings.LastIndexByte(line, '/')+1:]
		has(t, rita.Get(x.url("/lines/"+line), hx...), 200, `value="3"`)
		has(t, rita.Post(x.url("/lines/"+line), form("product", product.String(), "quantity", "5", "unit_price", "100"), here...), 200, "€500.00")
		a = rita.Post(x.url("/lines/"+line+"/delete"), nil, here...)
		has(t, a, 200, "Product line deleted")
		has(t, rita.Post(undoAddress.FindString(a.Body), nil, here...), 200, "Undone")
		has(t, rita.Post(x.url("/lines/1"), form("quantity", "1"), hx...), 404)
		has(t, rita.Post("/accounts/"+x.account.String()+"/lines/new", form("quantity", "1"), hx...), 404)
	})
}

func TestRelatedListsAndFigures(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		for range 30 {
			s.Create(t, s.Rita, "contact", record.Values{"name": "Somebody", "account": x.account})
		}
		s.Create(t, s.Olga, "deal", record.Values{"name": "Hidden", "account": x.account, "amount": map[string]any{"amount": "7000", "currency": "EUR"}})
		account := "/accounts/" + x.account.String()
		rita := s.User(t, s.Rita)
		a := rita.Get(account+"/tab/contacts.account", hx...)
		has(t, a, 200, "Somebody", "/contacts/new?account="+x.account.String(), "/rows/contacts.account?cursor=")
		next := between(a.Body, `hx-get="`+account+"/rows/", `"`)
		has(t, rita.Get(account+"/rows/"+strings.ReplaceAll(next, "&amp;", "&"), hx...), 200, "Ingrid Solberg", "!Load more", "!<table")
		has(t, rita.Get(account+"/rows/contacts.account?cursor=nonsense", hx...), 422)
		has(t, rita.Get(account+"/rows/files", hx...), 404)
		has(t, rita.Get(account+"/tabs?tab=files", hx...), 200, ">31<", ">2<", `aria-current="page"`)
		has(t, rita.Get(account+"/figures", hx...), 200, "€192k", "2 deals")
		// Sums are over what one may read.
		x.role(t, s.Max, `{"objects": {"*": {"read": "all"}, "deal": {"read": "team"}}}`)
		has(t, s.User(t, s.Max).Get(account+"/figures", hx...), 200, "€185k", "1 deal")
		has(t, s.User(t, s.Max).Get(account+"/tab/deals.account", hx...), 200, "Fleet rollout", "!Hidden")
		x.role(t, s.Max, `{"objects": {"*": {"read": "all"}, "deal": {"read": "none"}}}`)
		has(t, s.User(t, s.Max).Get(account+"/figures", hx...), 200, "!€", "Last contact")
		has(t, s.User(t, s.Max).Get(account, hx...), 200, "!deals.account")
		has(t, rita.Get(x.url("/figures"), hx...), 404)
	})
}

func TestPlaceInAList(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		small := s.Create(t, s.Rita, "deal", record.Values{"name": "Small", "account": x.account, "amount": map[string]any{"amount": "1", "currency": "EUR"}})
		large := s.Create(t, s.Rita, "deal", record.Values{"name": "Large", "account": x.account, "amount": map[string]any{"amount": "900000", "currency": "EUR"}})
		rita := s.User(t, s.Rita)
		list := "/deals?sort=-amount"
		has(t, rita.Get(x.url(""), "Referer", s.URL+list), 200, "/place?in=sort%3D-amount", `href="/deals?sort=-amount"`)
		has(t, rita.Get(x.url(""), "Referer", "https://elsewhere.example/deals?sort=-amount"), 200, "!/place")
		has(t, rita.Get(x.url("/place?in=sort%3D-amount"), hx...), 200, "2 of 3", large.String(), small.String(), `data-key="j"`)
		has(t, rita.Get(x.url("/place?in=filter%3Damount+%3C+5"), hx...), 200, "! of ")
		has(t, rita.Get(x.url("/place?in=filter%3D%28%28"), hx...), 200)
		has(t, rita.Get(x.url("/place?in=view%3Dnonsense%26sort%3Dnonsense"), hx...), 200)
		has(t, rita.Get(x.url("/place?in=%25zz"), hx...), 200, "! of ")
	})
}

func TestTimelineFoldsChangesAndPages(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		for i, amount := range []string{"100", "200", "300"} {
			has(t, rita.Post(x.url("/f/amount"), form("amount", amount), hx...), 200)
			if i == 0 {
				has(t, rita.Post(x.url("/f/region"), form("region", "North"), hx...), 200)
			}
		}
		a := rita.Get(x.url("/timeline?kind=change"), hx...)
		has(t, a, 200, "€184,500.00", "€300.00", "!€200.00", "North")
		if n := strings.Count(a.Body, "Rita</b> changed"); n > 1 {
			t.Errorf("%d lines of changes", n)
		}
		for range 40 {
			s.Create(t, s.Rita, "activity", record.Values{"kind": "note", "body": strings.Repeat("line\n", 9), "about": []schema.Ref{{Object: "deal", ID: x.deal}}})
		}
		a = rita.Get(x.url("/timeline?kind=note"), hx...)
		has(t, a, 200, "Load more", `class="folded"`, "!changed")
		more := strings.ReplaceAll(between(a.Body, `hx-get="`+x.url("/timeline?before="), `"`), "&amp;", "&")
		b := rita.Get(x.url("/timeline?before="+more), hx...)
		has(t, b, 200, "!Load more", "!tl-kinds")
		if n := strings.Count(a.Body, "<article") + strings.Count(b.Body, "<article"); n != 40 {
			t.Errorf("%d notes", n)
		}
	})
}

// What lies ahead is told as planned, what is over as done.
func TestTimelineTellsPlansFromDeeds(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	x := newShop(t, s)
	for kind, at := range map[string]string{"call": "2099-01-02T09:00:00Z", "meeting": "2020-01-02T09:00:00Z"} {
		s.Create(t, s.Rita, "activity", record.Values{"kind": kind, "subject": "Prices", "starts_at": at, "about": []schema.Ref{{Object: "deal", ID: x.deal}}})
	}
	has(t, s.User(t, s.Rita).Get(x.url("/timeline"), hx...), 200, "plans a call", "had a meeting", "!logged a call", "!plans a meeting")
}

func TestAFieldSentBeforeTheScriptIsThere(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		a := rita.Post(x.url("/f/amount"), form("amount", "100"))
		if a.Status != 303 || a.Header.Get("Location") != x.url("") {
			t.Errorf("%d, leads to %q", a.Status, a.Header.Get("Location"))
		}
		has(t, rita.Get(x.url("")), 200, "€100")
	})
}

// TestUndoLast: each takes back his own, latest first, while it is fresh.
func TestUndoLast(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita, max := s.User(t, s.Rita), s.User(t, s.Max)
		value := func(want any) {
			t.Helper()
			if v, _ := x.field(t, "deal", x.deal, "next_step"); v != want {
				t.Errorf("next step is %v, want %v", v, want)
			}
		}
		for _, step := range []string{"Call", "Visit"} {
			has(t, rita.Post(x.url("/f/next_step"), form("next_step", step), "HX-Request", "true"), 200, step)
		}
		has(t, max.Post("/undo/last", nil, "HX-Request", "true"), 404)
		value("Visit")
		has(t, rita.Post("/undo/last", nil, "HX-Request", "true"), 200, "Undone")
		value("Call")
		s.Pass(31 * time.Minute)
		has(t, rita.Post("/undo/last", nil, "HX-Request", "true"), 404, "half hour")
		value("Call")
	})
}
