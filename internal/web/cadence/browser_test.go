package cadence_test

import (
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

func TestACadenceInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	for _, name := range []string{"Ann", "Bo"} {
		s.Create(t, s.Rita, "lead", record.Values{"name": name, "email": name + "@x.example"})
	}
	b := s.Browser(t, s.Ada)
	b.Open("/settings/cadences")
	b.ClickText("Eight calls in a week")
	b.See("#main", "day 6 at 15:00")
	b.Axe()
	b.Click("#main summary")
	b.ClickText("Add condition")
	b.ClickText("Channel")
	b.Type("#sentence [name=value]", "Shop")
	b.ClickText("Apply")
	b.Wait("document.querySelector('#box-condition [name=condition]').value.includes('Shop')")
	b.Gone("dialog")
	b.Axe()
	b.Picture("cadence")
	b.Eval("(document.querySelector('#box-condition').closest('form').requestSubmit(), true)")
	b.See("[data-toast]", "Saved")
	b.ClickText("Add step")
	b.Visible("[name=at_time]")
	b.Axe()
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("cadence-phone")

	// Many leads enter from their list.
	b.Size(1440, 900)
	b.Open("/leads")
	b.Click("#list input[name=id]")
	b.ClickText("Cadence")
	b.See("dialog", "1 lead")
	b.Axe()
	b.Picture("cadence-enter")
	b.Click("dialog .primary")
	b.See("[data-toast]", "1 lead entered")
}
