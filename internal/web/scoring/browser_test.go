package scoring_test

import (
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

func TestARuleOfScoringInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	s.Create(t, s.Rita, "lead", record.Values{"name": "Ann", "email": "a@x.example", "channel": "Shop"})
	s.Create(t, s.Rita, "lead", record.Values{"name": "Bo", "email": "b@x.example"})
	b := s.Browser(t, s.Ada)
	b.Open("/settings/scoring")
	b.Axe()
	b.ClickText("Rule for what it is")
	b.Type("[name=name]", "From the shop")
	b.Type("[name=points]", "15")
	b.ClickText("Add condition")
	b.ClickText("Channel")
	b.Type("#sentence [name=value]", "Shop")
	b.ClickText("Apply")
	b.See("#box-condition", "Channel contains Shop")
	b.Gone("dialog")
	b.ClickText("Show effect")
	b.See("#main", "1 would rise")
	b.Axe()
	b.Picture("scoring-effect")
	b.Eval("(document.querySelector('#main [value=save]').click(), true)")
	b.See("[data-toast]", "Rule saved")
	b.ClickText("Ann")
	b.See("#main", "Score 15")
	b.Axe()
	b.Picture("scoring")
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("scoring-phone")
}
