package list_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// A group is built by clicking: an alternative beside a chip, a further
// condition beside an alternative.
func TestGroupsOfConditions(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 30)
		u := s.User(t, s.Rita)
		apply := func(filter, form string) string {
			t.Helper()
			a := u.Get("/deals/filter?apply=1&" + form + "&filter=" + url.QueryEscape(filter))
			to, _ := url.Parse(a.Header.Get("Location"))
			if a.Status != http.StatusSeeOther {
				t.Fatalf("%s: %d\n%s", form, a.Status, a.Body)
			}
			return to.Query().Get("filter")
		}
		filter := ""
		for _, step := range []struct{ form, filter string }{
			{"f=name&op=contains&value=001", `name contains "001"`},
			{"chip=0.%2B&f=name&op=contains&value=002", `name contains "001" or name contains "002"`},
			{"chip=0.%2B&f=tags&op=is&value=red", `name contains "001" or name contains "002" or tags in ("red")`},
			{"chip=0.2.%2B&f=close_date&op=next&value=30", `name contains "001" or name contains "002" or tags in ("red") and close_date >= today() and close_date <= today() + 30d`},
			{"chip=0.2.%2B&f=amount&op=lt&value=100", ""},
			{"f=owner&op=me", ""},
			{"chip=0.0&f=name&op=is&value=Deal+001", ""},
			{"chip=0.2.1&f=close_date&op=empty", `(name = "Deal 001" or name contains "002" or tags in ("red") and close_date is empty and amount < 100) and owner = me()`},
		} {
			filter = apply(filter, step.form)
			if step.filter != "" && filter != step.filter {
				t.Errorf("%s:\ngot  %s\nwant %s", step.form, filter, step.filter)
			}
		}
		// 001, 002, and the red ones of less than 100: 000, 004, 006.
		body := get(t, u, "/deals?filter="+url.QueryEscape(filter))
		if n := len(idsIn(body)); n != 5 || strings.Count(body, `class="chip vchip"`) != 2 {
			t.Errorf("%d deals", n)
		}
		if !strings.Contains(body, "Name is Deal 001 or Name contains 002 or (Tags is red and Close date is empty and Amount is less than 100)") {
			t.Errorf("the chip does not say it: %q", regexp.MustCompile(`<b class="cut" title="([^"]+)"`).FindStringSubmatch(body))
		}
		form := get(t, u, "/deals/filter?chip=0&filter="+url.QueryEscape(filter), "HX-Request", "true")
		for _, want := range []string{"Or…", "And…", "chip=0.2.1", "chip=0.1", "Write a condition"} {
			if !strings.Contains(form, want) {
				t.Errorf("the group's form lacks %q", want)
			}
		}
		if form = get(t, u, "/deals/filter?chip=0.1&filter="+url.QueryEscape(filter), "HX-Request", "true"); !strings.Contains(form, `value="002"`) || !strings.Contains(form, "And…") {
			t.Errorf("the form of an alternative: %s", form)
		}
	})
}

// Taking out the last but one leaves a plain chip; what nobody could click
// together stays a text, and places that are not there lead to a new chip.
func TestGroupsEnd(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 3)
		u := s.User(t, s.Rita)
		group := `name contains "001" or name contains "002"`
		form := get(t, u, "/deals/filter?chip=0&filter="+url.QueryEscape(group), "HX-Request", "true")
		if body := get(t, u, link(regexp.MustCompile(`class="x" href="([^"]+)"`), form)); !strings.Contains(body, `<b class="cut">002</b>`) {
			t.Error("no plain chip is left")
		}
		deep := `name contains "001" or tags is empty and (name contains "002" or amount > 5)`
		if body := get(t, u, "/deals?filter="+url.QueryEscape(deep)); !strings.Contains(body, "Tags is empty and name contains") || len(idsIn(body)) != 1 {
			t.Errorf("a deep condition: %d deals", len(idsIn(body)))
		}
		for _, chip := range []string{"7", "0.9.9", "x", "0.1.0.%2B", "-1", "+"} {
			a := u.Get("/deals/filter?apply=1&f=name&op=is&value=a&chip=" + chip + "&filter=" + url.QueryEscape(group))
			if a.Status != http.StatusSeeOther {
				t.Errorf("chip %s: %d", chip, a.Status)
			}
		}
	})
}

func TestGroupsInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	deals(t, s, s.Rita, 30)
	b := s.Browser(t, s.Rita)
	b.Allow("422") // text that is looked at while it is half typed
	b.Open("/deals?filter=" + url.QueryEscape(`name contains "001"`))
	b.See("tfoot", "1 deal")
	b.Click("#c-0")
	b.Visible("#f-0 select[name=op]")
	b.ClickText("Or…")
	b.Wait("document.activeElement.matches('#f-0 [data-narrow]')")
	b.Press("tags")
	b.Press("\r")
	b.Wait("document.activeElement.matches('#f-0 input[name=value]')")
	b.Press("red")
	b.ClickText("Apply")
	b.See(".vchip", "Name contains 001 or Tags contains red")
	b.See("tfoot", "16 deals")
	b.Click("#c-0")
	b.Visible("#f-0 .row-f")
	b.Axe()
	b.Picture("filter-group")
	b.Click("#f-0 .row-f:last-of-type .btn")
	b.Wait("document.activeElement.matches('#f-0 [data-narrow]')")
	b.Press("amount")
	b.Press("\r")
	b.Wait("document.activeElement.matches('#f-0 input[name=value]')")
	b.Press("300")
	b.ClickText("Apply")
	b.See(".vchip", "(Tags contains red and Amount")
	b.Size(390, 844)
	b.Click("#c-0")
	b.Visible("#f-0 .row-f")
	b.Picture("filter-group-phone")
}

// A condition about what leads to a record is built by clicking too: deals with
// no open activity, with no contract.
func TestConditionsOfWhatLeadsHere(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ids := deals(t, s, s.Rita, 3)
		for i, done := range []bool{false, true} {
			s.Create(t, s.Rita, "activity", record.Values{"kind": "task", "subject": "Call", "done": done, "about": []any{map[string]any{"object": "deal", "id": ids[i].String()}}})
		}
		u := s.User(t, s.Rita)
		menu := get(t, u, "/deals/filter", "HX-Request", "true")
		for _, want := range []string{"f=activities", ">Activities<", "f=contracts", ">Contracts<"} {
			if !strings.Contains(menu, want) {
				t.Errorf("the menu lacks %q", want)
			}
		}
		if form := get(t, u, "/deals/filter?f=competitors", "HX-Request", "true"); !strings.Contains(form, `value="has_none"`) || strings.Contains(form, "has_open") {
			t.Errorf("of competitors may be asked: %s", form)
		}
		for _, x := range []struct {
			op, filter, words string
			found             int
		}{
			{"f=activities&op=has_none_open", `not any(activities, done = false)`, "none open", 2},
			{"f=activities&op=has_open", `any(activities, done = false)`, "at least one open", 1},
			{"f=activities&op=has", `any(activities)`, "at least one", 2},
			{"f=contracts&op=has_none", `not any(contracts)`, "none", 3},
			{"f=contracts&op=has_open", `any(contracts, state in ("draft", "signed", "active"))`, "at least one open", 0},
		} {
			a := u.Get("/deals/filter?apply=1&" + x.op)
			to, _ := url.Parse(a.Header.Get("Location"))
			if got := to.Query().Get("filter"); a.Status != http.StatusSeeOther || got != x.filter {
				t.Errorf("%s: %d, %q", x.op, a.Status, got)
				continue
			}
			body := get(t, u, "/deals?filter="+url.QueryEscape(x.filter))
			if n := len(idsIn(body)); n != x.found || !strings.Contains(body, `<span class="op">`+x.words+`</span>`) {
				t.Errorf("%s: %d deals, want %d, in the words %q", x.filter, n, x.found, x.words)
			}
		}
		// Beside a chip it is an alternative, as any other condition; over what one
		// may not read nothing is offered.
		a := u.Get("/deals/filter?apply=1&chip=0.%2B&f=contracts&op=has&filter=" + url.QueryEscape(`amount > 5`))
		if to, _ := url.Parse(a.Header.Get("Location")); to.Query().Get("filter") != `amount > 5 or any(contracts)` {
			t.Errorf("an alternative: %v", to)
		}
		s.Write(t, s.Ada, func(se *record.Session) error {
			rep, _ := se.Roster().Role("rep")
			_, err := se.Update(t.Context(), "role", rep, 0, record.Values{"permissions": `{"objects": {"*": {"read": "all"}, "contract": {"read": "none"}}, "fields": {"activity.done": "none"}}`})
			return err
		})
		if menu := get(t, u, "/deals/filter", "HX-Request", "true"); strings.Contains(menu, "f=contracts") || !strings.Contains(menu, "f=activities") {
			t.Error("what may not be read is offered")
		}
		if form := get(t, u, "/deals/filter?f=activities", "HX-Request", "true"); strings.Contains(form, "has_open") {
			t.Error("a hidden field may be asked by a way back")
		}
	})
}

// A filter asks for a language by its name.
func TestLanguagesAreChosenByName(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		s.Create(t, s.Rita, "contact", record.Values{"name": "Anna", "language": "de"})
		s.Create(t, s.Rita, "contact", record.Values{"name": "Bo", "language": "sv"})
		u := s.User(t, s.Rita)
		form := get(t, u, "/contacts/filter?f=language", "HX-Request", "true")
		if !strings.Contains(form, "German") || !strings.Contains(form, `value="de"`) || strings.Contains(form, `value="contains"`) {
			t.Errorf("form %s", form)
		}
		a := u.Get("/contacts/filter?apply=1&f=language&op=is&value=de&value=fi")
		list := get(t, u, a.Header.Get("Location"))
		if !strings.Contains(list, "Anna") || strings.Contains(list, ">Bo<") || !strings.Contains(list, "German or Finnish") && !strings.Contains(list, "German, Finnish") && !strings.Contains(list, "German and Finnish") {
			t.Errorf("list at %s: %s", a.Header.Get("Location"), list)
		}
		// One that nobody offers stays among them.
		if form := get(t, u, "/contacts/filter?chip=0&filter="+url.QueryEscape(`language = "tlh"`), "HX-Request", "true"); !strings.Contains(form, `value="tlh" checked`) {
			t.Errorf("form %s", form)
		}
	})
}
