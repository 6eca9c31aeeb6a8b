package pipeline_test

import (
	"testing"

	"wellmet/internal/web/webtest"
)

func TestPipelinesInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	b := s.Browser(t, s.Ada)
	b.Allow("422")
	b.Open("/settings")
	b.ClickText("Pipelines and stages")
	b.See("#main", "Prospecting")
	b.Axe()
	b.Picture("pipelines")

	// Dragged, and moved with the keyboard.
	order := "[...document.querySelectorAll('[data-dz-field] .tag')].map(x => x.textContent).join(' ')"
	stages := known(t, s, "stage")
	row := func(name string) string { return "#s-" + stages[name].ID.String() }
	b.Eval("(() => { const d = (e, s) => document.querySelector(s).dispatchEvent(new DragEvent(e, { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }));" +
		"d('dragstart', '" + row("Negotiation") + "'); d('dragover', '" + row("Qualified") + "'); d('drop', '" + row("Qualified") + "'); return true })()")
	b.Wait(order + " === 'Prospecting Negotiation Qualified Proposal Won Lost'")
	b.See("[data-toast]", "Order changed")
	b.Eval("(document.querySelector('" + row("Proposal") + " [value^=\"up:\"]').focus(), true)")
	b.Press("\r")
	b.Wait(order + " === 'Prospecting Negotiation Proposal Qualified Won Lost'")

	// A rate that cannot be is refused where it was typed.
	b.ClickText("Add stage")
	b.Type("[name=name]", "Demo")
	b.Type("[name=probability]", "140")
	b.Eval("(document.querySelector('#main .dform [name=color]').form.requestSubmit(), true)")
	b.Visible("#p-probability-e")
	b.Axe()
	b.Picture("pipelines-wrong")
	b.Eval("document.querySelector('[name=probability]').value = '40'")
	b.Eval("(document.querySelector('#main .dform [name=color]').form.requestSubmit(), true)")
	b.Wait(order + " === 'Prospecting Negotiation Proposal Qualified Demo Won Lost'")

	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("pipelines-phone")
	b.Open("/settings/pipelines/new")
	b.Axe()
	b.Picture("pipelines-new-phone")
}
