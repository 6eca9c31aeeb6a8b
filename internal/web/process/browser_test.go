package process_test

import (
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// An administrator builds a process and a rule by clicking, tries both on a
// real deal, publishes, a rep is guided by it, and it is taken back.
func TestAnAdministratorBuildsAProcessByClicking(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		s.Write(t, s.Ada, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "member", s.Rita, 0, record.Values{"manager": s.Bob})
			return err
		})
		b := s.Browser(t, s.Ada)
		b.Open("/settings/blueprints/new")
		b.Type("[name=name]", "Selling")
		b.Choose("[name=of]", "deal.stage."+x.pipeline)
		b.ClickText("Create")
		b.See("h1", "Selling")
		b.Axe()

		// The first way: what it is called, a condition, a field, a point, a task.
		b.Click(`ul a[href*="way1"]`)
		b.See("aside h2", "Move to Qualified")
		b.Click(`aside a[href*="part=move"]`)
		b.Type("dialog [name=name]", "Qualify")
		b.ClickText("Save")
		b.See("aside h2", "Qualify")
		b.Gone("dialog[open]")
		b.ClickText("Add condition")
		b.See("dialog", "Amount")
		b.Axe()
		b.Click(`dialog a[href*="f=amount"]`)
		b.Choose("#sentence-op", "gt")
		b.Wait("document.querySelector('#sentence-op')?.value === 'gt' && !document.querySelector('.htmx-request')")
		b.Type("dialog [name=value]", "1000")
		b.ClickText("Apply")
		b.See("aside", "Amount is more than 1,000")
		b.ClickText("Ask for a field")
		b.Choose("dialog [name=field]", "next_step")
		b.ClickText("Save")
		b.See("aside", "Next step, required")
		b.ClickText("Add checklist point")
		b.Type("dialog [name=text]", "NDA signed")
		b.ClickText("Save")
		b.See("aside", "NDA signed")
		b.ClickText("Add action")
		b.ClickText("Create a task")
		b.Type("dialog [name=text]", "Call {{name}}")
		b.ClickText("Save")
		b.See("aside", "Create task “Call {{name}}” for the owner")
		b.Axe()
		b.Picture("blueprint-light")
		b.Theme("dark")
		b.Picture("blueprint-dark")
		b.Theme("light")
		b.Size(390, 844)
		b.Wait("document.documentElement.scrollWidth <= 391")
		b.Picture("blueprint-phone")
		b.Size(1440, 900)

		// Tried in the rep's name, then published.
		b.ClickText("Test")
		b.ClickText("Pumps")
		b.Choose("[name=as]", s.Rita.String())
		b.Choose("[name=to]", x.stages["qualified"])
		b.ClickText("Try")
		b.See("#outcome", "It would not happen")
		b.Axe()
		b.Picture("blueprint-test")
		b.Click(".crumbs a[href*=blueprints]")
		b.ClickText("Publish")
		b.See("dialog", "1 of the deals would follow this process.")
		b.Axe()
		b.Picture("blueprint-publish")
		b.Click("dialog .btn.primary")
		b.See(".toast", "Version 1 governs from now on")

		// A rule in sentences, tried on what happened and switched on.
		b.Open("/settings/rules/new")
		b.Type("[name=name]", "Big deals")
		b.ClickText("Create")
		b.See("h1", "Big deals")
		b.ClickText("Add condition")
		b.Click(`dialog a[href*="f=amount"]`)
		b.Type("dialog [name=value]", "500")
		b.ClickText("Apply")
		b.See(".scroll", "Amount is at least 500")
		b.ClickText("Add action")
		b.ClickText("Tell somebody")
		b.Type("dialog [name=text]", "Big: {{name}}")
		b.Click("dialog [name=tell][value=manager]")
		b.ClickText("Save")
		b.See(".scroll", "Tell the owner’s manager: Big: {{name}}")
		b.ClickText("Try it on the last 30 days")
		b.See(".scroll", "It would have fired 0 times")
		x.tried(b)
		b.ClickText("Switch on")
		b.See(".toast", "The rule is on")
		b.Axe()
		b.Picture("rule-light")
		b.Size(390, 844)
		b.Wait("document.documentElement.scrollWidth <= 391")
		b.Picture("rule-phone")

		x.guided(t)
		x.fired(t)

		b.Size(1440, 900)
		x.takenBack(t, b)
	})
}

// tried tries the rule on a deal that is there, of which nothing stays.
func (x *shop) tried(b *webtest.Browser) {
	b.ClickText("Test")
	b.ClickText("Pumps")
	b.ClickText("Try")
	b.See("#outcome", "It would not happen")
	b.See("#outcome", "Nothing was saved")
	b.Axe()
	b.Picture("rule-test")
	b.Click(".crumbs a[href*=rules]:last-of-type")
	b.See("h1", "Big deals")
}

// takenBack publishes the process without its point, which new deals feel and
// the one under way does not, takes that back, and the rule by the history of
// settings.
func (x *shop) takenBack(t *testing.T, b *webtest.Browser) {
	t.Helper()
	b.Open("/settings/blueprints")
	b.ClickText("Selling")
	b.Click(`ul a[href*="way1"]`)
	b.Click(`aside a[href*="part=check"]`)
	b.ClickText("Remove")
	b.Wait("!document.querySelector('aside').innerText.includes('NDA signed')")
	b.ClickText("Publish")
	b.See("dialog", "Publish")
	b.Click("dialog .btn.primary")
	b.See(".toast", "Version 2 governs from now on")
	b.ClickText("Versions")
	b.Click("#main li:nth-of-type(2) a.btn")
	b.See(".diff", "NDA signed")
	b.Axe()
	b.Picture("blueprint-versions")
	b.Click("#main li:nth-of-type(2) button")
	b.See("h1", "Selling")
	b.Click(`ul a[href*="way1"]`)
	b.See("aside", "NDA signed")
	b.ClickText("Publish")
	b.Click("dialog .btn.primary")
	b.See(".toast", "Version 3 governs from now on")
	b.ClickText("Versions")
	b.Click("#main li:nth-of-type(3) a.btn") // the third is the first again
	b.See("#main", "The same.")

	b.Open("/settings/history?subject=rule")
	b.See("#main", "Big deals")
	b.ClickText("Revert")
	b.See("#main", "becomes as it was before")
	b.Axe()
	b.Picture("rule-revert")
	b.ClickText("Revert")
	b.See("#main", "Taken back.")
	b.Open("/settings/rules")
	b.ClickText("Big deals")
	b.See("#main", "Switch on")
}

// guided is the rep's day under the new process.
func (x *shop) guided(t *testing.T) {
	t.Helper()
	b := x.Browser(t, x.Rita)
	b.Allow("422")
	b.Open("/deals/" + x.deal.String())
	b.See("#r-guide", "Now: Prospecting")
	b.See("#r-guide", "Qualify is not possible yet")
	b.Axe()
	b.Picture("guide-light")
	b.Click(`[aria-label="Edit Amount"]`)
	b.Type(`form[data-inline] input[inputmode=decimal]`, "2000")
	b.Press("\r")
	b.Wait("!document.querySelector('#r-guide').innerText.includes('not possible')")
	b.Click("#r-guide .lines a.btn")
	b.See("dialog", "NDA signed")
	b.Axe()
	b.Picture("guide-move")
	b.Type("dialog [name='f.next_step']", "Call Ann")
	b.Click("dialog [name=check]")
	b.Click("dialog .btn.primary")
	b.See("#r-guide", "Now: Qualified")
	b.See("#r-guide", "Call Pumps")
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("guide-phone")
	b.ClickText("Hide guide")
	b.See("#r-guide", "Show guide")
}

// fired: the deal that the rep made bigger has set off the rule, and his manager
// is told.
func (x *shop) fired(t *testing.T) {
	t.Helper()
	b := x.Browser(t, x.Ada)
	b.Open("/settings/rules")
	b.ClickText("Big deals")
	b.See(".scroll", "Pumps")
	b = x.Browser(t, x.Bob)
	b.Open("/notifications")
	b.See("#main", "Big: Pumps")
}
