package people_test

import (
	"strings"
	"testing"

	"wellmet/internal/web/webtest"
)

// pictures of a page in both themes and on a phone, each without a breach of
// accessibility.
func pictures(b *webtest.Browser, name string) {
	b.Axe()
	b.Picture(name + "-light")
	b.Theme("dark")
	b.AxeColours()
	b.Picture(name + "-dark")
	b.Theme("light")
	b.Size(390, 844)
	b.Axe()
	b.Picture(name + "-phone")
	b.Size(1440, 900)
	b.Still()
}

func TestPeopleInABrowser(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	b := s.BrowserOf(t, people["admin"])

	// Invite: the link stands ready to be copied, the list has the new colleague.
	b.Open("/settings/people")
	b.See("h1", "People")
	pictures(b, "people")
	b.ClickText("Invite")
	b.Type("dialog [name=name]", "Nina Aaltonen")
	b.Type("dialog [name=email]", "nina@northlight.example")
	b.Still()
	b.Picture("people-invite")
	b.Axe()
	b.Click("dialog .btn.primary")
	b.See("dialog", "It works once and is shown only now.")
	b.Wait("document.activeElement.id === 'pass'")
	if link := b.Eval("document.getElementById('pass').value"); !strings.HasPrefix(link, s.URL+"/password/") {
		t.Errorf("the link is %s", link)
	}
	b.Picture("people-link")
	b.ClickText("Copy")
	b.See("dialog", "Copied")
	b.Click("dialog [data-close]")
	b.See(".ppl", "Nina Aaltonen")
	b.See(".ppl", "link holds until")

	// In place: the row becomes a form and a row again, the focus stays there.
	b.Click("[aria-label='Edit Nina Aaltonen']")
	b.Wait("document.activeElement.name === 'name'")
	b.Picture("people-edit")
	b.Axe()
	b.Type(".edit [name=title]", "Trainee")
	b.ClickText("Save")
	b.See(".ppl", "Trainee")
	b.Wait("document.activeElement.ariaLabel === 'Edit Nina Aaltonen'")
	b.See("[data-toast]", "Nina Aaltonen saved")

	// Switched off, and in again by the notice.
	b.Click("[aria-label='More for Nina Aaltonen']")
	b.ClickText("Deactivate")
	b.See("dialog", "signed out everywhere")
	b.Still()
	b.Picture("people-off")
	b.ClickText("Deactivate Nina")
	b.See("[data-toast]", "can no longer sign in")
	b.Wait("!document.querySelector('.ppl').innerText.includes('Nina')")
	b.Click("[data-undo]")
	b.See(".ppl", "Nina Aaltonen")

	b.Open("/settings/teams")
	pictures(b, "teams")
}

func TestRolesInABrowser(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	b := s.BrowserOf(t, people["admin"])

	b.Open("/settings/roles")
	b.See("h1", "Roles")
	b.Picture("roles")
	b.Axe()
	b.ClickText("Sales representative")
	b.See("h1", "Sales representative")
	pictures(b, "role")
	b.Type("[data-find]", "pho")
	b.See(".fold", "Phone")
	b.Picture("role-fields")
	b.Choose("[aria-label='Deals: Read']", "own")
	b.Click("button[form=role]")
	b.See("dialog", "lose sight of")
	b.Click("dialog summary")
	b.Still()
	b.Picture("role-review")
	b.Axe()
	b.ClickText("Save Sales representative")
	b.See("[data-toast]", "Role Sales representative saved")
	b.Wait("document.querySelector(\"[aria-label='Deals: Read']\").value === 'own'")
	b.Click("[data-undo]")
	b.Wait("document.querySelector(\"[aria-label='Deals: Read']\").value === ''")

	b.Open("/settings/openness")
	pictures(b, "openness")
	b.Click("[name='o.deal'][value=team]")
	b.ClickText("See what changes")
	b.See("dialog", "lose sight of")
	b.Still()
	b.Picture("openness-review")
	b.Axe()
	b.ClickText("Change openness")
	b.See("[data-toast]", "Openness changed")
	b.Click("[data-undo]")
	b.Wait("document.querySelector(\"[name='o.deal'][value=open]\").checked")

	b.Open("/settings/company")
	pictures(b, "company")
}
