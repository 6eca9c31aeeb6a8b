package pipeline_test

import (
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// A pipeline is told to mind: what it warns of at a move is said and done, what
// it wants a reason for is asked, and the answer lets the move go on.
func TestWhatAPipelineMindsAtAMove(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
	stages := known(t, s, "stage")
	deal := s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": account, "stage": stages["Qualified"].ID})
	other := s.Create(t, s.Rita, "deal", record.Values{"name": "Valves", "account": account, "stage": stages["Qualified"].ID})
	ada := s.Browser(t, s.Ada)
	ada.Open("/settings/pipelines/" + known(t, s, "pipeline")["Sales"].ID.String() + "?edit=own")
	ada.Choose("[name=win_without_amount]", "warn")
	ada.Choose("[name=jumps]", "reason")
	ada.Click("details[open] .acts .primary")
	ada.Gone("details[open] .acts .primary")

	b := s.Browser(t, s.Rita)
	b.Allow("422")
	b.Open("/deals?layout=board")
	card := func(id string) string { return "#card-" + id + " .card" }
	in := func(id, stage string) string {
		return "document.querySelector('#col-" + stages[stage].ID.String() + " > #card-" + id + "')"
	}

	// Over a stage: asked why, and then it goes on.
	b.Drag(card(deal.String()), "#col-"+stages["Negotiation"].ID.String())
	b.See("dialog[open]", "Before Pumps can move to Negotiation")
	b.Wait(in(deal.String(), "Qualified"))
	b.Type("dialog[open] [name=reason]", "They have an offer already")
	b.Click("dialog[open] .primary")
	b.Gone("dialog[open]")
	b.Wait(in(deal.String(), "Negotiation"))
	b.See("[data-toast]", "Pumps moved to Negotiation")

	// Won without an amount: it is, and the warning stands beside the notice.
	b.Drag(card(other.String()), "#col-"+stages["Won"].ID.String())
	b.See("[role=alert]", "The deal is won without an amount.")
	b.Gone(card(other.String()))
	b.See("#head-"+stages["Won"].ID.String(), "1")
	b.Axe()
}
