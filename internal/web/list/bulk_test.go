package list_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

func form(do string, ids []value.ID, more ...string) url.Values {
	f := url.Values{"do": {do}}
	for _, id := range ids {
		f.Add("id", id.String())
	}
	for i := 0; i+1 < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return f
}

// Many records change in one act; those that may not are named.
func TestBulk(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		hers, his := deals(t, s, s.Rita, 5), deals(t, s, s.Olga, 2)
		role(t, s, `{"objects":{"*":{"read":"all","create":"all","update":"own","delete":"own","export":"own"}}}`)
		u := s.User(t, s.Rita)
		post := func(path string, f url.Values) webtest.Answer { return u.Post(path, f, "HX-Request", "true") }

		a := post("/deals/bulk", form("edit", append(his[:1:1], hers[:3]...), "f", "next_step", "value", "Call them"))
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "3 changed") || !strings.Contains(a.Body, "1 was not changed") || !strings.Contains(a.Body, "/undo/") || !strings.Contains(a.Body, "but not change it") {
			t.Errorf("edit: %d %s", a.Status, a.Body)
		}
		if body := get(t, u, "/deals?filter="+url.QueryEscape(`next_step = "Call them"`)); len(idsIn(body)) != 3 {
			t.Errorf("%d have the value", len(idsIn(body)))
		}
		if a = post("/deals/bulk", form("edit", hers, "f", "amount", "value", "much")); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `value="much"`) || !strings.Contains(a.Body, "bulk-value-e") {
			t.Errorf("a bad value: %d %s", a.Status, a.Body)
		}
		for _, f := range []url.Values{form("edit", hers, "f", "status", "value", "won"), form("edit", hers, "f", "nothing", "value", "1")} {
			if a = post("/deals/bulk", f); a.Status != http.StatusForbidden {
				t.Errorf("%v: %d", f, a.Status)
			}
		}
		for _, f := range []url.Values{form("delete", nil), form("explode", hers), form("delete", nil, "id", "x")} {
			if a = post("/deals/bulk", f); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("%v: %d", f, a.Status)
			}
		}
		a = post("/deals/bulk?view=mine", form("delete", nil, "all", "1"))
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "5 deleted") {
			t.Errorf("delete all: %d %s", a.Status, a.Body)
		}
		if body := get(t, u, "/deals"); len(idsIn(body)) != 2 {
			t.Errorf("%d are left", len(idsIn(body)))
		}
		if body := get(t, u, "/deals?trash=1"); len(idsIn(body)) != 5 {
			t.Errorf("%d are in the trash", len(idsIn(body)))
		}
		a = post("/deals/bulk?trash=1", form("restore", hers[:2]))
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "2 restored") {
			t.Errorf("restore: %d %s", a.Status, a.Body)
		}
		if a = u.Post("/deals/bulk", form("delete", hers[:1])); a.Status != http.StatusSeeOther {
			t.Errorf("without script: %d", a.Status)
		}
		if body := get(t, u, "/deals/export?format=csv&columns=name,account,owner"); !strings.Contains(body, "Deal 00") || strings.Count(body, "\n") != 2 {
			t.Errorf("export:\n%s", body)
		}
	})
}

// What something links to stays, and goes when another takes its place.
func TestBulkDeletionAsksWhatTakesThePlace(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := func(name string) value.ID { return s.Create(t, s.Rita, "account", record.Values{"name": name}) }
		held, free, next := account("Held"), account("Free"), account("Next")
		deal := s.Create(t, s.Rita, "deal", record.Values{"name": "Ours", "account": held})
		u := s.User(t, s.Rita)
		post := func(f url.Values) webtest.Answer { return u.Post("/accounts/bulk", f, "HX-Request", "true") }

		a := post(form("delete", []value.ID{held, free}, "try", "1"))
		if a.Status != http.StatusOK || !strings.Contains(a.Body, `id="bulk-sure"`) || !strings.Contains(a.Body, `name="replace_with"`) {
			t.Errorf("tried: %d %s", a.Status, a.Body)
		}
		a = post(form("delete", []value.ID{held, free}))
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "1 deleted") || !strings.Contains(a.Body, `id="bulk-replace"`) ||
			!strings.Contains(a.Body, `name="id" value="`+held.String()) || strings.Contains(a.Body, `name="id" value="`+free.String()) {
			t.Errorf("deleted: %d %s", a.Status, a.Body)
		}
		a = post(form("delete", []value.ID{held}, "replace_with", next.String()))
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "1 deleted") || !strings.Contains(a.Body, "/undo/") {
			t.Errorf("replaced: %d %s", a.Status, a.Body)
		}
		if body := get(t, u, "/deals/"+deal.String()); !strings.Contains(body, "/accounts/"+next.String()) {
			t.Error("the deal does not link to the other account")
		}
		if a = post(form("delete", []value.ID{next}, "replace_with", next.String())); !strings.Contains(a.Body, "cannot be one of them") {
			t.Errorf("by itself: %d %s", a.Status, a.Body)
		}
	})
}

// A look is kept, changed, shown to others, renamed and deleted.
func TestSavedViews(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 3)
		rita, max := s.User(t, s.Rita), s.User(t, s.Max)
		look := "?filter=" + url.QueryEscape(`name contains "001"`) + "&sort=name&columns=name,amount"
		if body := get(t, rita, "/deals"+look); !strings.Contains(body, "Changed") {
			t.Error("a changed view does not say so")
		}
		if a := rita.Post("/deals/save"+look, url.Values{"do": {"new"}, "name": {""}, "visibility": {"private"}}, "HX-Request", "true"); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("no name: %d", a.Status)
		}
		a := rita.Post("/deals/save"+look, url.Values{"do": {"new"}, "name": {"Ones <b>"}, "visibility": {"private"}})
		to := a.Header.Get("Location")
		if a.Status != http.StatusSeeOther || !regexp.MustCompile(`^/deals\?view=\d+$`).MatchString(to) {
			t.Fatalf("save: %d %s %s", a.Status, to, a.Body)
		}
		body := get(t, rita, to)
		if len(idsIn(body)) != 1 || !strings.Contains(body, "Ones &lt;b&gt;") || strings.Contains(body, "Changed") || strings.Contains(body, "Probability") {
			t.Errorf("the view:\n%s", body)
		}
		if body := get(t, max, to); strings.Contains(body, "Ones") || len(idsIn(body)) != 3 {
			t.Error("a private view is shown to others")
		}
		rita.Post("/deals/save"+to[len("/deals"):], url.Values{"do": {"rename"}, "name": {"Ones"}, "visibility": {"all"}})
		if body := get(t, max, to); !strings.Contains(body, "Ones") || len(idsIn(body)) != 1 {
			t.Error("a shared view is not shown")
		}
		if a := max.Post("/deals/save"+to[len("/deals"):], url.Values{"do": {"delete"}}); a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
			t.Errorf("another's view deleted: %d", a.Status)
		}
		if a := rita.Post("/deals/save"+to[len("/deals"):]+"&sort=-amount", url.Values{"do": {"save"}}); a.Status != http.StatusSeeOther || a.Header.Get("Location") != to {
			t.Errorf("save again: %d %s", a.Status, a.Header.Get("Location"))
		}
		if body := get(t, rita, to); strings.Contains(body, "Changed") {
			t.Error("what was saved counts as changed")
		}
		a = rita.Post("/deals/save"+to[len("/deals"):], url.Values{"do": {"home"}})
		if body := rita.Get("/deals", "Cookie", a.Header.Get("Set-Cookie")).Body; a.Status != http.StatusSeeOther || len(idsIn(body)) != 1 {
			t.Errorf("the view that opens first: %d, %d rows", a.Status, len(idsIn(body)))
		}
		rita.Post("/deals/save"+to[len("/deals"):], url.Values{"do": {"delete"}})
		if body := get(t, rita, to); strings.Contains(body, "Ones") {
			t.Error("a deleted view is still there")
		}
	})
}

func TestTotals(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 14)
		u := s.User(t, s.Rita)
		if body := get(t, u, "/deals/foot"); !strings.Contains(body, "14 deals") || !strings.Contains(body, "Sum €700.00") || !strings.Contains(body, "14 need attention") {
			t.Errorf("foot: %s", body)
		}
		if body := get(t, u, "/deals/counts"); strings.Count(body, "hx-partial hx-target") != 5 || !strings.Contains(body, ">14<") {
			t.Errorf("counts: %s", body)
		}
		s.Write(t, s.Ada, func(x *record.Session) error {
			_, err := x.Create(t.Context(), "currency_rate", record.Values{"currency": "USD", "day": value.Date(20000), "rate": "0.5"})
			return err
		})
		s.Create(t, s.Rita, "deal", record.Values{"name": "Dollars", "account": s.Create(t, s.Rita, "account", record.Values{"name": "B"}), "amount": value.Money{Minor: 10000, Currency: "USD"}})
		if body := get(t, u, "/deals/foot"); !strings.Contains(body, "Sum ≈ €") || !strings.Contains(body, "$100.00") {
			t.Errorf("foot: %s", body)
		}
	})
}

// A saved view that asks for what one may not see opens, and says so.
func TestASavedViewOfAHiddenField(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 3)
		look := "?filter=" + url.QueryEscape(`amount > 1000000`) + "&sort=-amount&columns=name,amount,stage"
		a := s.User(t, s.Ada).Post("/deals/save"+look, url.Values{"do": {"new"}, "name": {"Rich"}, "visibility": {"all"}})
		role(t, s, `{"objects":{"*":{"read":"all","update":"own"}},"fields":{"deal.amount":"none"}}`)
		body := get(t, s.User(t, s.Rita), a.Header.Get("Location"))
		if len(idsIn(body)) != 3 || !strings.Contains(body, "something you may not see") || strings.Contains(body, "mount") || strings.Contains(body, "1000000") {
			t.Errorf("%d rows:\n%s", len(idsIn(body)), body)
		}
	})
}

// A row that an edit takes out of the view stays, and says so.
func TestARowThatNoLongerMatches(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ids := deals(t, s, s.Rita, 2)
		u := s.User(t, s.Rita)
		for filter, gone := range map[string]bool{`name = "Deal 000"`: false, `name = "Deal 001"`: true, "": false, `name = "x" or name = "y"`: true} {
			body := get(t, u, "/deals/rows?part=cell&f=name&id="+ids[0].String()+"&filter="+url.QueryEscape(filter), "HX-Request", "true")
			if strings.Contains(body, "data-off") != gone {
				t.Errorf("%s: %s", filter, body)
			}
		}
		if a := u.Get("/deals/rows?part=cell&f=nothing&id=" + ids[0].String()); a.Status != http.StatusNoContent {
			t.Errorf("no such column: %d", a.Status)
		}
	})
}

// Open tasks follow a new owner of many leads, where the box says so, and a lead
// that nobody has answered shows how long it waits.
func TestTasksFollowFromTheList(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		lead := s.Create(t, s.Rita, "lead", record.Values{"name": "Ann"})
		task := s.Create(t, s.Rita, "activity", record.Values{"kind": "task", "subject": "Call", "about": []schema.Ref{{Object: "lead", ID: lead}}})
		bob := s.User(t, s.Bob)
		owner := func() (id value.ID) {
			s.Read(t, s.Ada, func(x *record.Session) error {
				r, err := x.Get(t.Context(), "activity", task)
				if err == nil {
					id = r.Owner()
				}
				return err
			})
			return id
		}
		if ask := get(t, bob, "/leads/bulk?f=owner&fixed=1", "HX-Request", "true"); !strings.Contains(ask, `name="tasks" value="1" checked`) {
			t.Errorf("asks %s", ask)
		}
		if ask := get(t, bob, "/leads/bulk?f=channel&fixed=1", "HX-Request", "true"); strings.Contains(ask, `name="tasks"`) {
			t.Error("a change of another field asks for tasks")
		}
		give := func(to value.ID, more ...string) {
			if a := bob.Post("/leads/bulk", form("edit", []value.ID{lead}, append([]string{"f", "owner", "value", to.String()}, more...)...), "HX-Request", "true"); a.Status != http.StatusOK {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		}
		give(s.Max)
		if owner() != s.Rita {
			t.Error("the task followed although nobody asked")
		}
		give(s.Rita)
		give(s.Max, "tasks", "1")
		if owner() != s.Max {
			t.Error("the task did not follow")
		}
		if a := bob.Post("/leads/"+lead.String()+"/assign", url.Values{"owner": {s.Rita.String()}, "tasks": {"1"}}, "HX-Request", "true"); a.Status != http.StatusOK || owner() != s.Rita {
			t.Errorf("from the page: %d", a.Status)
		}
		s.Pass(130 * time.Minute)
		said := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace
		if list := said(get(t, bob, "/leads?view=unanswered")); !strings.Contains(list, "Ann") || !strings.Contains(list, "Unanswered for 2 h 10 min of working time") {
			t.Errorf("list %s", list)
		}
		if page := said(get(t, bob, "/leads/"+lead.String())); !strings.Contains(page, "Unanswered for 2 h 10 min of working time") {
			t.Error("the page of the lead has no clock")
		}
	})
}
