package create_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

func TestCreateInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	s.Create(t, s.Rita, "account", record.Values{"name": "Acme Industries"})
	s.Create(t, s.Rita, "contact", record.Values{"name": "Anna Smith", "email": "anna@acme.example"})
	b := s.Browser(t, s.Rita)
	b.Allow("422")
	b.Open("/deals/new")
	b.Axe()
	b.Type("input[name=name]", "Depot charging")
	b.Type("input[name=amount]", "12k")
	b.Type("input[name=close_date]", "tomorrow")
	b.Press(kb.Tab)
	b.See(".reading", "tomorrow")
	b.Picture("create-page")

	// Choose by keyboard.
	b.Type("input[name='account.text']", "acme")
	b.See("[role=option]", "Acme Industries")
	b.Picture("create-combobox")
	b.Axe()
	b.Press(kb.Enter)
	b.Wait("document.querySelector('input[name=account]').value !== ''")

	// Make another account on top; what is typed below stays.
	b.Type("input[name='account.text']", "Nordlys")
	b.See("[role=option]", "Create “Nordlys”")
	b.ClickText("Create “Nordlys”")
	b.Visible("dialog[open] input[name=name]")
	b.Type("dialog[open] input[name=email]", "not an address")
	b.Picture("create-nested")
	b.Eval("(window.confirm = text => { window.asked = text; return false }, 1)")
	b.Press(kb.Escape)
	b.Wait("asked && document.querySelector('dialog[open]')")
	b.Press(kb.Enter, chromedp.ModifierCtrl)
	b.See("dialog[open] .err", "is not an e-mail address")
	b.Axe()
	b.Type("dialog[open] input[name=email]", "anna@acme.example")
	b.See("dialog[open] .there", "Anna Smith")
	b.Picture("create-duplicate")
	b.Press(kb.Enter, chromedp.ModifierCtrl)
	b.Gone("dialog[open]")
	b.Wait("document.querySelector(\"input[name='account.text']\").value === 'Nordlys'")
	b.Wait("document.querySelector('input[name=name]').value === 'Depot charging'")

	// Leaving asks first.
	b.Eval("(window.asked = '', 1)")
	b.Click(".side a[href='/contacts']")
	b.Wait("asked && location.pathname === '/deals/new'")

	// A refused form keeps what was typed.
	b.Type("input[name=amount]", "much")
	b.Press(kb.Enter, chromedp.ModifierCtrl)
	b.See(".newform .err", "“much” is not a number")
	b.Picture("create-refused")
	b.Axe()
	b.Type("input[name=amount]", "12k")
	b.Press(kb.Enter, chromedp.ModifierCtrl)
	b.Wait("/^\\/deals\\/\\d+$/.test(location.pathname)")

	// The notice tells of the deal, no more of the account made on the way; its
	// Undo takes back the deal and leaves its page.
	b.See("#main h1", "Depot charging")
	b.See("[data-toast]", "“Depot charging” created")
	b.Click("[data-undo]")
	b.Wait("location.pathname === '/deals'")
	b.See("#main", "No deals yet")

	b.Size(390, 844)
	b.Open("/contacts/new")
	b.Picture("create-phone")
	b.Click(".tabbar .fab")
	b.Visible("dialog[open] .newmenu")
	b.Picture("create-menu-phone")
}

// Leaving a field asks how it was read and who is already there; the answers
// come while the button that was pressed for it is still down.
func TestAnAnswerTakesNoClickAway(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	s.Create(t, s.Rita, "contact", record.Values{"name": "Anna Smith", "email": "anna@acme.example"})
	b := s.Browser(t, s.Rita)
	b.Allow("beforeunload")
	const save, top = ".newform button.primary", "document.querySelector('.newform button.primary').getBoundingClientRect().top"

	b.Open("/deals/new")
	b.Type("input[name=name]", "Depot")
	b.Type("input[name=amount]", "12k")
	before := b.Eval(top)
	b.Press(kb.Tab)
	b.See(".reading", "12,000.00")
	if after := b.Eval(top); after != before {
		t.Errorf("the button went from %s to %s when the amount was read back", before, after)
	}

	b.Open("/contacts/new")
	b.Type("input[name=name]", "Anna Smith the younger")
	b.Type("input[name=email]", "anna@acme.example")
	before = b.Eval(top)
	release := b.Hold(save)
	b.See(".there", "Anna Smith")
	b.Wait(top + " !== " + before)
	release()
	b.Wait("/^\\/contacts\\/\\d+$/.test(location.pathname)")
}

// A private person has no company: the form asks for none.
func TestTheFormOfALeadAdapts(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	b := s.Browser(t, s.Rita)
	b.Open("/leads/new")
	b.Type("input[name=name]", "Ann")
	b.Visible("input[name=company]")
	b.Choose("select[name=mode]", "person")
	b.Gone("input[name=company]")
	b.Wait("document.querySelector('input[name=name]').value === 'Ann'")
	b.Picture("lead-new-person")
	b.Axe()
	b.Choose("select[name=mode]", "company")
	b.Visible("input[name=company]")
}

// The form follows the record type that is chosen.
func TestRecordTypesInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	b := s.Browser(t, s.Rita)
	b.Open("/leads/new")
	b.Visible("input[name=name]")
	b.Type("input[name=name]", "Ida Berg")
	b.Wait("document.querySelector('input[name=website]')")
	b.Type("input[name='record_type.text']", "B2C")
	b.See("[role=option]", "B2C")
	b.Press(kb.Enter)
	b.See(".help", "Enters the cadence “Eight calls in a week”.")
	b.Gone("input[name=website]")
	b.Gone("input[name=company]")
	b.Wait("document.querySelector('input[name=name]').value === 'Ida Berg'")
	b.Axe()
	b.Picture("create-type")
	b.Type("input[name=email]", "ida@berg.example")
	b.Click(".newform .btn.primary")
	b.See("h1", "Ida Berg")
}
