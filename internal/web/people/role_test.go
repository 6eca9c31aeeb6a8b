package people_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// sees counts the deals that a member reads.
func sees(t *testing.T, s *webtest.Site, member value.ID) (n int64) {
	t.Helper()
	s.Read(t, member, func(x *record.Session) (err error) {
		n, _, err = x.Count(t.Context(), record.Query{Object: "deal", Count: record.CountExact})
		return err
	})
	return n
}

// fieldOf is the name of a field's control on the page of a role.
func fieldOf(t *testing.T, s *webtest.Site, object, field string) (name string) {
	t.Helper()
	s.Read(t, s.Ada, func(x *record.Session) error {
		o, err := x.Object(object)
		if err != nil {
			return err
		}
		f, _ := o.Field(field)
		name = "f." + f.ID
		return nil
	})
	return name
}

func objectCell(t *testing.T, s *webtest.Site, object, act string) (name string) {
	t.Helper()
	s.Read(t, s.Ada, func(x *record.Session) error {
		o, err := x.Object(object)
		name = "o." + o.ID + "." + act
		return err
	})
	return name
}

func TestRolePreviewHolds(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 4)
		deals(t, s, s.Max, 2)
		deals(t, s, s.Olga, 1)
		u, path := s.User(t, s.Ada), "/settings/roles/"+roleID(t, s, "rep").String()
		has(t, u.Get("/settings/roles"), http.StatusOK, "Administrator", "3 people")
		has(t, u.Get(path), http.StatusOK, "May read all, create", "By openness", "Rita")

		form := url.Values{"name": {"Seller"}, objectCell(t, s, "deal", "read"): {"own"}}
		a := u.Post(path, form, script...)
		lost := (7 - 4) + (7 - 2) + (7 - 1)
		has(t, a, http.StatusOK, fmt.Sprintf("3 people lose sight of %d deals", lost), `name="sure"`, "All → Own")
		if n := sees(t, s, s.Rita); n != 7 {
			t.Errorf("nothing is saved yet, but Rita reads %d", n)
		}
		form.Set("sure", "1")
		has(t, u.Post(path, form, script...), http.StatusOK, "Role Seller saved", "/undo/")
		for who, want := range map[value.ID]int64{s.Rita: 4, s.Max: 2, s.Olga: 1} {
			if n := sees(t, s, who); n != want {
				t.Errorf("reads %d, want %d", n, want)
			}
		}
		has(t, u.Post(path, url.Values{objectCell(t, s, "deal", "read"): {"all"}}), http.StatusOK, fmt.Sprintf("3 people gain sight of %d deals", lost))
	})
}

func TestRoleHidesFields(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		s.Create(t, s.Ada, "contact", record.Values{"last_name": "Aalto", "phone": "+358401234567", "owner": s.Rita})
		u, path := s.User(t, s.Ada), "/settings/roles/"+roleID(t, s, "rep").String()
		phone := fieldOf(t, s, "contact", "phone")
		list := "/contacts?columns=last_name,phone"
		before := s.User(t, s.Rita).Get(list)
		shown := regexp.MustCompile(`1234567|123\s*4567|40\s?123`)
		if before.Status != http.StatusOK || !shown.MatchString(before.Body) {
			t.Fatalf("the list before: %d %s", before.Status, before.Body)
		}
		has(t, u.Post(path, url.Values{phone: {"none"}}), http.StatusOK, "Read and change → Hidden", `name="sure"`)
		if a := u.Post(path, url.Values{phone: {"none"}, "sure": {"1"}}); a.Status != http.StatusSeeOther {
			t.Fatalf("save: %d", a.Status)
		}
		after := s.User(t, s.Rita).Get(list)
		if after.Status != http.StatusOK || !strings.Contains(after.Body, "Aalto") || shown.MatchString(after.Body) {
			t.Errorf("the list after: %d", after.Status)
		}
	})
}

func TestBadPermissions(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, path := s.User(t, s.Ada), "/settings/roles/"+roleID(t, s, "rep").String()
		has(t, u.Post(path, url.Values{objectCell(t, s, "deal", "read"): {"everything"}, "sure": {"1"}}), http.StatusUnprocessableEntity, "“everything” is not a scope.", `aria-invalid`)
		has(t, u.Post(path, url.Values{"permissions": {`{"objects": {"deal"`}, "sure": {"1"}}), http.StatusUnprocessableEntity, "The permissions cannot be read")
		has(t, u.Post(path, url.Values{"permissions": {`{"objects": {"<b>": {"read": "all"}}}`}, "sure": {"1"}}, script...), http.StatusUnprocessableEntity, "&lt;b&gt;")
		has(t, u.Post(path, url.Values{"name": {" "}, "sure": {"1"}}), http.StatusUnprocessableEntity, `aria-invalid`)
		has(t, u.Get("/settings/roles/12"), http.StatusNotFound)

		// The administrators' role stays what it is.
		admins := "/settings/roles/" + roleID(t, s, "admin").String()
		has(t, u.Get(admins), http.StatusOK, "That is fixed")
		u.Post(admins, url.Values{objectCell(t, s, "deal", "read"): {"none"}, "sure": {"1"}})
		has(t, u.Get("/settings/roles"), http.StatusOK)
		has(t, u.Get(admins+"/delete"), http.StatusConflict, "comes with the product")
	})
}

func TestAddAndDeleteRole(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		has(t, u.Post("/settings/roles", url.Values{"name": {""}}), http.StatusUnprocessableEntity, `aria-invalid`)
		a := u.Post("/settings/roles", url.Values{"name": {"Trainee"}, "like": {roleID(t, s, "rep").String()}})
		if a.Status != http.StatusSeeOther {
			t.Fatalf("add: %d %s", a.Status, a.Body)
		}
		path := a.Header.Get("Location")
		_, id, _ := strings.Cut(path, "/roles/")
		has(t, u.Get(path), http.StatusOK, "Trainee", path+"/delete")
		has(t, u.Post("/settings/people/"+s.Olga.String(), url.Values{"role": {id}}, script...), http.StatusOK, "Trainee")
		has(t, u.Get(path+"/delete"), http.StatusOK, "1 person has this role.")
		has(t, u.Post(path+"/delete", url.Values{}), http.StatusUnprocessableEntity, "Choose the role that they get instead.")
		has(t, u.Post(path+"/delete", url.Values{"to": {roleID(t, s, "rep").String()}}, script...), http.StatusOK, "Role Trainee deleted", "/undo/")
		has(t, u.Get(path), http.StatusNotFound)
	})
}

func TestOpennessPreviewHolds(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 4)
		deals(t, s, s.Max, 2)
		deals(t, s, s.Olga, 3)
		u := s.User(t, s.Ada)
		has(t, u.Get("/settings/openness"), http.StatusOK, "Deals", `name="o.deal"`)
		a := u.Post("/settings/openness", url.Values{"o.deal": {"team"}}, script...)
		told := told(t, a)
		if n := sees(t, s, s.Rita); n != 9 {
			t.Errorf("nothing is changed yet, but Rita reads %d", n)
		}
		a = u.Post("/settings/openness", url.Values{"o.deal": {"team"}, "sure": {"1"}}, script...)
		has(t, a, http.StatusOK, "Openness changed", "/settings/openness/back?o.deal=open")
		for name, who := range map[string]value.ID{"Rita": s.Rita, "Max": s.Max, "Olga": s.Olga} {
			if n := sees(t, s, who); fmt.Sprint(n) != told[name] {
				t.Errorf("%s reads %d, but was told %q", name, n, told[name])
			}
		}
		has(t, u.Post("/settings/openness/back?o.deal=open", url.Values{}, script...), http.StatusOK, "Openness is as it was")
		if n := sees(t, s, s.Rita); n != 9 {
			t.Errorf("back again, Rita reads %d", n)
		}
		has(t, u.Post("/settings/openness", url.Values{"o.deal": {"ajar"}, "sure": {"1"}}), http.StatusUnprocessableEntity, "“ajar” is not a degree of openness")
		has(t, u.Post("/settings/openness", url.Values{"o.deal": {"open"}}), http.StatusOK)
	})
}

// told reads who would have how much from a preview.
func told(t *testing.T, a webtest.Answer) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, row := range regexp.MustCompile(`(?s)<td>(\w+)</td>\s*<td[^>]*>(\d+)</td>\s*<td[^>]*>(\d+)</td>`).FindAllStringSubmatch(a.Body, -1) {
		out[row[1]] = row[3]
	}
	if len(out) == 0 {
		t.Fatalf("nobody is told anything: %s", a.Body)
	}
	return out
}

func TestCompany(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		has(t, u.Get("/settings/company"), http.StatusOK, `name="currency"`)
		a := u.Post("/settings/company", url.Values{"name": {""}, "currency": {"EURO"}, "zone": {"Mars/Base"}, "locale": {"tlh"}, "collation": {"??"}, "region": {"Atlantis"}, "fiscal_start": {"13"}, "response_minutes": {"soon"}})
		has(t, a, http.StatusUnprocessableEntity, "Enter a name", "Mars/Base", "There is no such language", "Atlantis")
		if n := strings.Count(a.Body, `aria-invalid="true"`); n != 8 {
			t.Errorf("%d of 8 settings say what is wrong", n)
		}
		a = u.Post("/settings/company", url.Values{"name": {"Übersee & Söhne"}, "currency": {"SEK"}, "zone": {"Europe/Stockholm"}, "locale": {"fi"}, "collation": {"sv"}, "region": {"se"}, "fiscal_start": {"7"}})
		if a.Status != http.StatusSeeOther {
			t.Fatalf("save: %d %s", a.Status, a.Body)
		}
		has(t, u.Get("/settings/company?saved=1"), http.StatusOK, "Übersee &amp; Söhne", `value="SEK"`, `value="SE"`, "Saved")
		account := s.Create(t, s.Ada, "account", record.Values{"name": "Harbour"})
		s.Create(t, s.Ada, "deal", record.Values{"name": "First", "account": account, "amount": "12.00"})
		has(t, u.Get("/settings/company"), http.StatusOK, "Fixed: amounts are kept in it already.")
		has(t, u.Post("/settings/company", url.Values{"currency": {"EUR"}}), http.StatusUnprocessableEntity, `id="e-currency"`)
	})
}
