package assignment_test

import (
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

func TestARuleOfAssignmentInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	s.Create(t, s.Bob, "lead", record.Values{"name": "Ann", "channel": "Shop"})
	b := s.Browser(t, s.Ada)
	b.Open("/settings/assignment")
	b.Axe()
	b.ClickText("New rule")
	b.Type("[name=name]", "Shop")
	b.Type("[name='team.text']", "North")
	b.See("[role=listbox]", "North")
	b.Press("\r")
	b.ClickText("Try on last month")
	b.See("#main", "1 that came in within 30 days")
	b.Axe()
	b.Picture("assignment-try")
	b.Eval("(document.querySelector('#main [value=save]').click(), true)")
	b.See("[data-toast]", "Rule saved")
	b.See("#main", "North")
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("assignment-phone")
}
