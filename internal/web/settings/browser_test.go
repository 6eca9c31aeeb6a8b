package settings_test

import (
	"net/url"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

func TestHistoryOfSettingsInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	has(t, s.User(t, s.Ada).Post("/settings/company", url.Values{"name": {"Northlight"}}), 303)
	b := s.Browser(t, s.Ada)
	b.Allow("409")

	// A setting is found by its word, changed, and taken back.
	b.Open("/settings")
	b.Type("[name=q]", "collation")
	b.Wait("document.querySelectorAll('#found a').length === 1")
	b.Axe()
	b.ClickText("Company")
	b.See("#main h1", "Company")
	b.Type("#main .dform [name=name]", "East")
	b.Eval("(document.querySelector('#main .dform [name=name]').form.requestSubmit(), true)")
	b.See(".side .ws", "East")

	b.Open("/settings/history")
	b.See("#main", "Northlight → East")
	b.Axe()
	b.Picture("history")
	b.Eval("(document.querySelectorAll('#main .lines a.btn')[1].click(), true)")
	b.See("#main", "cannot be taken back as it is")
	b.Axe()
	b.Picture("history-refused")
	b.ClickText("The later change")
	b.See("#main", "becomes as it was before")
	b.Axe()
	b.Press("\t")
	b.Eval("(document.querySelector('#main form.acts .primary').focus(), true)")
	b.Press("\r")
	b.See("#main", "Taken back.")
	b.Wait("document.querySelector('.side .ws').textContent.trim() === 'Northlight'")
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Axe()
	b.Picture("history-phone")
}

func TestSourcesByKeyboard(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	b := s.Browser(t, s.Ada)
	b.Open("/settings/sources")
	b.Wait("document.querySelectorAll('[data-dz-field]').length > 2")
	b.Axe()
	names := "[...document.querySelectorAll('[data-dz-field] b')].map(x => x.textContent)"
	b.Eval("(window.was = " + names + ", document.querySelector('[data-dz-field] [value^=\"down:\"]').focus(), true)")
	b.Press("\r")
	b.Wait(names + "[1] === window.was[0]")
	b.See("[data-toast]", "Order changed")
	b.Eval("(document.querySelector('[data-dz-field] [value^=\"remove:\"]').focus(), true)")
	b.Press("\r")
	b.See("#main", "Out of use")
	b.Wait(names + "[0] === window.was[0]")
	b.Click("[data-undo]")
	b.See("[data-toast]", "Undone")
	b.Wait("!document.querySelector('#main .lines')")
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("sources-phone")
	b.Open("/settings/hours")
	b.Axe()
	b.Open("/settings/reasons")
	b.Axe()
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("reasons-phone")
}

// Stages of leads are put in order, and one that goes asks where its leads go.
func TestStagesOfLeadsInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	s.Create(t, s.Ada, "lead_stage", record.Values{"name": "Called", "kind": "working", "color": "teal", "position": int64(6)})
	s.Create(t, s.Rita, "lead", record.Values{"name": "Ann", "email": "ann@test.example", "status": "working"})
	b := s.Browser(t, s.Ada)
	b.Open("/settings/lead_stages")
	b.See("#main", "Called")
	b.Axe()
	b.Picture("lead-stages")
	b.Eval("(document.querySelector('[aria-label=\"Move Called up\"]').click(), true)")
	b.See("[data-toast]", "Order changed")
	b.Click("[aria-label='Take Working out of use']")
	b.See("#main", "1 record stands here")
	b.Axe()
	b.Picture("lead-stages-goes")
	b.Eval("(e => { e.selectedIndex = 1; return true })(document.querySelector('select[name=to]'))")
	b.Click("#main .btn.danger-solid")
	b.See("#main", "Out of use")
	b.See("#main", "used once")
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("lead-stages-phone")
	b.Open("/settings/types?edit=add")
	b.Axe()
	b.Picture("types-phone")
}
