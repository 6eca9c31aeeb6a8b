package record_test

import (
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// TestCloneSplitAndRulesInTheBrowser copies a deal, divides it, sees its margin,
// and meets a rule of the pipeline on the way.
func TestCloneSplitAndRulesInTheBrowser(t *testing.T) {
	t.Parallel()
	x := newShop(t, webtest.Open(t, pages))
	x.Create(t, x.Rita, "deal_line", record.Values{"deal": x.deal, "description": "Chargers", "unit_price": "100", "unit_cost": "60", "quantity": "5"})
	x.Create(t, x.Rita, "deal_line", record.Values{"deal": x.deal, "description": "Installation", "unit_price": "250", "unit_cost": "200"})
	stage := x.stages["Negotiation"]
	x.Write(t, x.Ada, func(s *record.Session) error {
		_, err := s.Update(t.Context(), "stage", stage, 0, record.Values{"entry": "next_step is not empty", "entry_message": "Say what comes next."})
		return err
	})
	b := x.Browser(t, x.Rita)
	b.Allow("422")
	b.Open(x.url(""))
	b.See("#f-"+x.deal.String()+"-margin", "€250.00")
	menu := func(verb string) {
		b.Wait(`document.querySelector('[hx-get$="/` + verb + `"]')`)
		b.Eval(`(document.querySelector('[hx-get$="/` + verb + `"]').click(), true)`)
		b.Visible("dialog[open] [name=name]")
		b.Axe()
	}
	menu("split")
	b.Picture("record-split")
	b.Type("dialog[open] [name=name]", "Second depot")
	b.Eval("(document.querySelector('dialog[open] [name=line]').click(), true)")
	b.Type("dialog[open] [name^='quantity.']", "9")
	b.Click("dialog[open] .btn.primary")
	b.See("dialog[open]", "at most 5")
	b.Type("dialog[open] [name^='quantity.']", "2")
	b.Click("dialog[open] .btn.primary")
	b.See("#r-head h1", "Second depot")
	b.See("#r-head", "€200.00")
	b.Open(x.url(""))
	b.See("#r-head", "€550.00")

	menu("clone")
	b.Type("dialog[open] [name=name]", "Fleet, again")
	b.Click("dialog[open] .btn.primary")
	b.See("#r-head h1", "Fleet, again")
	b.See("#r-head", "€550.00")
	b.Click(".toast [data-undo]")
	b.See(".toast", "Undone")

	// What a stage wants is asked for where the deal moves.
	b.Open(x.url(""))
	b.Click(`#r-path [value="` + stage.String() + `"], #r-path [hx-vals*="` + stage.String() + `"]`)
	b.See("dialog[open]", "Say what comes next.")
	b.Axe()
	b.Picture("record-entry-rule")
	b.Type("dialog[open] [name='f.next_step']", "Send the contract")
	b.Click("dialog[open] .btn.primary")
	b.See(".toast", "moved to Negotiation")
}
