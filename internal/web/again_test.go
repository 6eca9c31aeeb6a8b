package web_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// TestWhatDidNotGetThrough is sent again: after a connection that was away, and
// after a session that was over. Nothing is typed twice.
func TestWhatDidNotGetThrough(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	account := s.Create(t, s.Ada, "account", record.Values{"name": "Acme"})
	b := s.Browser(t, s.Ada)
	b.Allow("ERR_INTERNET_DISCONNECTED")
	b.Allow("Failed to fetch")
	b.Allow("401")
	b.Allow("422")
	b.Open("/accounts/" + account.String())

	b.Offline(true)
	b.Click("#act-body")
	b.Type("#act-body", "Written in the lift")
	b.ClickText("Save")
	b.See("#offline", "No connection")
	b.Offline(false)
	b.Axe()
	b.Picture("offline")
	b.Size(390, 844)
	b.Picture("offline-phone")
	b.Size(1440, 900)
	b.ClickText("Try again")
	b.See("#r-timeline", "Written in the lift")
	b.Gone("#offline")
	b.Wait("document.querySelector('#act-body').value === ''")

	// Two changes wait for one sign-in, the second of a page that swaps whole.
	signOut(t, s, "ada@test.example")
	b.Wait("(window.again ??= new EventSource('/live?o=account')).readyState === EventSource.CLOSED") // and says nothing
	b.Click("#act-body")
	b.Type("#act-body", "Written over lunch")
	b.ClickText("Save")
	b.See("dialog[open]", "Your session has ended")
	b.Wait("document.querySelector('dialog[open] [name=email]').value === 'ada@test.example' && document.activeElement.name === 'password'")
	b.Axe()
	b.Picture("session-gone")
	b.Type("dialog[open] [name=password]", "not the one")
	b.Press("\r")
	b.See(".toast", "do not belong together")
	b.Type("dialog[open] [name=password]", apptest.Password)
	b.Press("\r")
	b.Gone("dialog[open]")
	b.See("#r-timeline", "Written over lunch")
	b.Wait("performance.getEntriesByType('resource').filter(x => new URL(x.name).pathname === '/signin').length === 2")

	b.Open("/settings/objects/account?field=industry")
	b.Type("[name='label.en']", "Branch")
	signOut(t, s, "ada@test.example")
	b.Click("#main .acts .btn.primary")
	b.Visible("dialog[open] [name=password]")
	b.Wait("document.querySelector('#main [name=\"label.en\"]').value === 'Branch'")
	b.Type("dialog[open] [name=password]", apptest.Password)
	b.Press("\r")
	b.Wait("location.search.includes('saved=')")
	b.See("#main", "Branch")

	// Somebody else at the same desk does not send it.
	signOut(t, s, "ada@test.example")
	b.Type("[name='label.en']", "Trade")
	b.Click("#main .acts .btn.primary")
	b.Visible("dialog[open] [name=password]")
	b.Type("dialog[open] [name=email]", "rita@test.example")
	b.Type("dialog[open] [name=password]", apptest.Password)
	b.Allow("403")
	b.Press("\r")
	b.See(".side", "Rita")
	s.Read(t, s.Ada, func(x *record.Session) error {
		f, _ := x.Schema().MustObject("account").Field("industry")
		if f.Label("en") != "Branch" {
			t.Errorf("the field is called %q", f.Label("en"))
		}
		return nil
	})
}

// signOut ends all sessions of somebody, as an administrator does.
func signOut(t *testing.T, s *webtest.Site, email string) {
	t.Helper()
	user, _, err := s.App.Auth().UserByEmail(t.Context(), email)
	if err == nil {
		err = s.App.Auth().SignOutEverywhere(t.Context(), user.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
}
