package record_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

// pages is the handler that the tests of this package open sites with.
func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// hx are the headers of a script's request.
var hx = []string{"HX-Request", "true"}

// on are those of a script on a page of the site.
func on(s *webtest.Site, path string) []string {
	return []string{"HX-Request", "true", "HX-Current-URL", s.URL + path}
}

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

// shop is a site with one deal of Rita's.
type shop struct {
	*webtest.Site
	stages                 map[string]value.ID
	account, contact, deal value.ID
}

func newShop(t testing.TB, s *webtest.Site) *shop {
	t.Helper()
	x := &shop{Site: s, stages: map[string]value.ID{}}
	s.Read(t, s.Ada, func(se *record.Session) error {
		page, err := se.Query(t.Context(), record.Query{Object: "stage", Limit: 100})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			x.stages[r.Title()] = r.ID
		}
		return nil
	})
	x.account = s.Create(t, s.Rita, "account", record.Values{"name": "Nordlys Energi AS"})
	x.contact = s.Create(t, s.Rita, "contact", record.Values{"name": "Ingrid Solberg", "account": x.account})
	x.deal = s.Create(t, s.Rita, "deal", record.Values{"name": "Fleet rollout", "account": x.account, "contact": x.contact,
		"stage": x.stages["Qualified"], "amount": value.Money{Minor: 184_500_00, Currency: "EUR"}})
	return x
}

func (x *shop) url(rest string) string { return "/deals/" + x.deal.String() + rest }

// field reads a record's field as the administrator sees it.
func (x *shop) field(t testing.TB, object string, id value.ID, name string) (v any, version int64) {
	t.Helper()
	x.Read(t, x.Ada, func(s *record.Session) error {
		r, err := s.Get(t.Context(), object, id)
		if err == nil {
			v, version = r.Field(name), r.Version
		}
		return err
	})
	return v, version
}

// role gives a member a role of his own.
func (x *shop) role(t testing.TB, member value.ID, permissions string) {
	t.Helper()
	x.Write(t, x.Ada, func(s *record.Session) error {
		out, err := s.Create(t.Context(), "role", record.Values{"name": "Role of " + member.String(), "permissions": permissions})
		if err == nil {
			_, err = s.Update(t.Context(), "member", member, 0, record.Values{"role": out.ID})
		}
		return err
	})
}

var undoAddress = regexp.MustCompile(`/undo/\d+`)

func form(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

func TestPageOfARecord(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		has(t, rita.Get(x.url("")), 200, "<h1>Fleet rollout</h1>", "Nordlys Energi AS", "€184,500.00", "Prospecting", `aria-current="step"`, "Won", "Lost", "created this", `/f/amount/edit`)
		has(t, rita.Get(x.url(""), "HX-Request", "true", "HX-Boosted", "true", "HX-Target", "main#main"), 200, "!<html", "Fleet rollout")
		has(t, rita.Get("/accounts/"+x.account.String()), 200, "New deal", `/figures"`, "Contacts", "Deals")
		has(t, rita.Get(x.url("?tab=history")), 200, "By way of")
		has(t, rita.Get(x.url("?tab=nonsense")), 200, "created this")
		for _, path := range []string{"/deals/1", "/deals/x", "/deals/" + x.account.String(), "/nothing/" + x.deal.String(), x.url("/f/nonsense"), x.url("/tab/nonsense"),
			x.url("/timeline?before=zz-!"), x.url("/files/1"), x.url("/lines/1"), "/accounts/" + x.account.String() + "/move?to=won"} {
			has(t, rita.Get(path), 404)
		}
		// Another's record, in a workspace where deals are private to teams,
		// answers as one that is not there.
		x.role(t, s.Olga, `{"objects": {"*": {"read": "own", "create": "own", "update": "own", "delete": "own"}}}`)
		olga := s.User(t, s.Olga)
		none, other := olga.Get("/deals/912114506548486119"), olga.Get(x.url(""))
		clean := func(a webtest.Answer) string {
			return strings.NewReplacer(x.deal.String(), "", "912114506548486119", "").Replace(a.Body)
		}
		if none.Status != 404 || other.Status != 404 || clean(none) != clean(other) {
			t.Errorf("what may not be seen tells itself apart: %d %d", none.Status, other.Status)
		}
		for _, path := range []string{"/peek", "/f/amount", "/f/amount/edit", "/tabs", "/tab/files", "/timeline", "/history", "/state", "/move?to=won", "/assign", "/shares", "/place?in=all"} {
			has(t, olga.Get(x.url(path), hx...), 404, "!Fleet")
		}
		for _, path := range []string{"/f/amount", "/move", "/assign", "/shares", "/delete", "/restore"} {
			has(t, olga.Post(x.url(path), form("amount", "1", "to", x.stages["Proposal"].String(), "as", "won", "owner", s.Olga.String(), "level", "read", "with", "m:"+s.Olga.String()), hx...), 404)
		}
	})
}

func TestRightsOnFields(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		s.Write(t, s.Ada, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "deal", x.deal, 0, record.Values{"competitor": "Trakka", "next_step": "Call", "region": "Nordics"})
			return err
		})
		x.role(t, s.Max, `{"objects": {"*": {"read": "all", "update": "all", "create": "all"}}, "fields": {"deal.amount": "none", "deal.competitor": "masked", "deal.region": "read"}}`)
		u := s.User(t, s.Max)
		a := u.Get(x.url(""))
		has(t, a, 200, "!184,500", "!/f/amount", "!Trakka", "Nordics", "!/f/region/edit", "!/f/competitor/edit", "/f/next_step/edit", `title="You may read this field, not change it"`, `title="Partly hidden from you"`, "!/delete\"")
		has(t, u.Get(x.url("/f/amount"), hx...), 404)
		has(t, u.Get(x.url("/f/amount/edit"), hx...), 404)
		has(t, u.Post(x.url("/f/amount"), form("amount", "1"), hx...), 404)
		has(t, u.Get(x.url("/f/region/edit"), hx...), 200, "!<form", "Nordics")
		has(t, u.Post(x.url("/f/region"), form("region", "South"), hx...), 403)
		has(t, u.Post(x.url("/f/competitor"), form("competitor", "South"), hx...), 403)
		has(t, u.Post(x.url("/f/next_step"), form("next_step", "Visit"), hx...), 200, "Visit", "/undo/")
		has(t, u.Get(x.url("/history"), hx...), 200, "!Trakka", "!184,500", "Visit")
		has(t, u.Get(x.url("/timeline"), hx...), 200, "!Trakka", "!184,500")
		has(t, u.Get(x.url("/peek"), hx...), 200, "!Trakka", "!184,500", "Fleet rollout")
		has(t, u.Get("/accounts/"+x.account.String()+"/figures", hx...), 200, "!184,", "!€", "1 deal")
		has(t, u.Post(x.url("/delete"), nil, hx...), 403)
		// Who may only read gets nothing to press.
		x.role(t, s.Olga, `{"objects": {"*": {"read": "all"}}}`)
		has(t, s.User(t, s.Olga).Get(x.url("")), 200, "!/edit\"", "!/move?to=won", "€184,500.00")
		has(t, s.User(t, s.Olga).Post(x.url("/f/next_step"), form("next_step", "Visit"), hx...), 403)
		has(t, s.User(t, s.Olga).Post(x.url("/move"), form("to", x.stages["Proposal"].String()), hx...), 403)
	})
}

func TestTwoPeopleEditOneRecord(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita, ada := s.User(t, s.Rita), s.User(t, s.Ada)
		has(t, rita.Get(x.url("/f/amount/edit"), hx...), 200, `name="v" value="1"`, "data-inline")
		// Another field merges silently.
		has(t, ada.Post(x.url("/f/region"), form("v", "1", "region", "North"), hx...), 200, "North", "Region saved")
		has(t, rita.Post(x.url("/f/next_step"), form("v", "1", "next_step", "Call"), hx...), 200, "Call")
		// The same one asks.
		a := rita.Post(x.url("/f/region"), form("v", "1", "region", "South"), hx...)
		has(t, a, 409, "North", "South", "Keep mine", "Take theirs", `name="v" value="3"`)
		has(t, rita.Get(x.url("/f/region"), hx...), 200, "North")
		has(t, rita.Post(x.url("/f/region"), form("v", "3", "region", "South"), hx...), 200, "South")
		if v, _ := x.field(t, "deal", x.deal, "region"); v != "South" {
			t.Errorf("region is %v", v)
		}
	})
}

func TestBadInputIsKept(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		has(t, rita.Post(x.url("/f/amount"), form("v", "1", "amount", "a lot"), hx...), 422, `value="a lot"`, `aria-invalid="true"`, `class="err"`)
		has(t, rita.Post(x.url("/f/name"), form("v", "1", "name", ""), hx...), 422, `aria-invalid="true"`)
		has(t, rita.Post(x.url("/f/account"), form("v", "1", "account", "999"), hx...), 422)
		has(t, rita.Post(x.url("/f/stage"), form("v", "1", "stage", "Nowhere"), hx...), 422)
		has(t, rita.Post(x.url("/f/probability"), form("v", "1", "probability", "400"), hx...), 422, `value="400"`)
		has(t, rita.Post(x.url("/f/status"), form("v", "1", "status", "won"), hx...), 403)
		has(t, rita.Post(x.url("/f/weighted"), form("v", "1", "weighted", "1"), hx...), 403)
		has(t, rita.Post(x.url("/f/amount"), form("v", "1", "amount", "96,200"), hx...), 200, "€96,200.00", `hx-target="#r-head"`, `hx-target="#r-path"`, "Weighted")
		has(t, rita.Post(x.url("/f/amount"), form("v", "abc", "amount", strings.Repeat("9", 400)), hx...), 422)
	})
}
