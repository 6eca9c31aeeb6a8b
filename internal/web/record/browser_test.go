package record_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// TestARecordInTheBrowser edits fields in a chain, moves a deal by its path,
// undoes that, and looks at every part of the page.
func TestARecordInTheBrowser(t *testing.T) {
	t.Parallel()
	x := newShop(t, webtest.Open(t, pages))
	b := x.Browser(t, x.Rita)
	for _, expected := range []string{"422", "409", "404"} {
		b.Allow(expected)
	}
	id := x.deal.String()
	at := func(name string) string { return "#f-" + id + "-" + name }
	in := func(name string) string { return "#i-" + id + "-" + name }
	b.Open(x.url("?in=all"))
	b.See(".where", "1 of 1")
	b.See(".tabs", "Products")
	b.Axe()

	// A click edits, an error keeps what was typed, Enter saves.
	b.Click(at("amount") + " .val")
	b.Wait("document.activeElement?.id === '" + in("amount")[1:] + "'")
	b.Axe()
	b.Type(in("amount"), "a lot")
	b.Press(kb.Enter)
	b.Visible(at("amount") + " .err")
	b.Wait("document.querySelector('" + in("amount") + "').value === 'a lot'")
	b.Type(in("amount"), "96200")
	b.Press(kb.Enter)
	b.See(".toast", "Amount saved") // first: it goes by itself
	b.See(at("amount"), "€96,200.00")
	b.See("#r-head", "€96,200.00")
	b.Wait("document.activeElement?.closest('.fld')?.id === '" + at("amount")[1:] + "'")

	// F2 edits, Escape restores, Tab saves and goes on.
	b.Press(kb.F2)
	b.Visible(in("amount"))
	b.Type(in("amount"), "1")
	b.Press(kb.Escape)
	b.See(at("amount"), "€96,200.00")
	b.Click(at("next_step") + " .empty")
	b.Type(in("next_step"), "Send the quote")
	b.Press(kb.Tab)
	b.See(at("next_step"), "Send the quote")
	b.Wait("document.querySelector('form[data-inline]')?.closest('.fld').id !== '" + at("next_step")[1:] + "'")
	b.Press(kb.Escape)
	b.Gone("form[data-inline]")

	// Leaving saves; somebody else's value asks.
	b.Click(at("region") + " .empty")
	b.Visible(in("region"))
	x.Write(t, x.Ada, func(s *record.Session) error {
		_, err := s.Update(t.Context(), "deal", x.deal, 0, record.Values{"region": "Theirs"})
		return err
	})
	b.Type(in("region"), "Mine")
	b.Click("#r-head h1")
	b.See(".clash", "Theirs")
	b.Axe()
	b.ClickText("Keep mine")
	b.See(at("region"), "Mine")
	b.See(".toast", "Region saved")
	b.Still()

	// The address is copied, too, where the browser gives pages no clipboard.
	b.Eval("(Object.defineProperty(navigator, 'clipboard', { value: undefined }), document.execCommand = () => { window.copied = document.activeElement.value }, 1)")
	b.Press(".", chromedp.ModifierCtrl)
	b.See(".toast", "Link copied")
	b.Wait("window.copied === '" + x.URL + x.url("") + "'")

	// The path moves; the notice takes it back.
	b.ClickText("Proposal")
	b.See(".path .cur", "Proposal")
	b.See(".toast", "Fleet rollout moved to Proposal")
	b.See("#r-timeline", "moved it")
	b.Press("z", chromedp.ModifierCtrl)
	b.See(".path .cur", "Qualified")
	b.See(".toast", "Undone")
	b.See(".tabs", "Products")

	// Won and lost ask; keys open dialogs.
	b.Press("s")
	b.See("dialog[open]", "Negotiation")
	b.Axe()
	b.Press(kb.Escape)
	b.Gone("dialog[open]")
	b.ClickText("Lost")
	b.Visible("dialog[open] form")
	b.Axe()
	b.ClickText("Mark as lost")
	b.Visible("dialog[open] [aria-invalid=true]")
	b.Picture("record-lost")
	b.Press(kb.Escape)
	b.Gone("dialog[open]")

	x.files(t, b)
	x.linesIn(t, b)
	x.sheetAndMenu(t, b)
}

// files come by button and go with a way back.
func (x *shop) files(t *testing.T, b *webtest.Browser) {
	t.Helper()
	b.ClickText("Files")
	b.See("#r-panel", "No files yet")
	b.Wait("location.search.includes('tab=files')")
	b.Eval(`(() => { const d = new DataTransfer(); d.items.add(new File(['hello'], 'price.txt')); const i = document.querySelector('[data-upload]'); i.files = d.files; i.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`)
	b.See(".filelist", "price.txt")
	b.See("#r-tabs [data-tab=files] .c", "1")
	b.Axe()
	b.Click(".filelist button")
	b.See("#r-panel", "No files yet")
	b.ClickText("Undo")
	b.See(".filelist", "price.txt")
	b.Eval(`(() => { const d = new DataTransfer(); d.items.add(new File(['dropped'], 'drop.txt')); const z = document.querySelector('[data-drop]'); for (const k of ['dragover', 'drop']) z.dispatchEvent(new DragEvent(k, {bubbles: true, cancelable: true, dataTransfer: d})); return true; })()`)
	b.See(".filelist", "drop.txt")
}

// linesIn adds a product to the deal.
func (x *shop) linesIn(t *testing.T, b *webtest.Browser) {
	t.Helper()
	x.Create(t, x.Ada, "product", record.Values{"name": "Tracker", "price": map[string]any{"amount": "100.00", "currency": "EUR"}})
	b.Click("#r-tabs [data-tab='deal_lines.deal']")
	b.See("#r-panel", "No products yet")
	b.ClickText("Add product")
	b.Visible("dialog[open] [role=combobox]")
	b.Axe()
	b.Type("dialog[open] [role=combobox]", "Trac")
	b.Wait("document.querySelector('dialog[open] [role=option][aria-selected=true]')")
	b.Click("dialog[open] [role=option][aria-selected=true]")
	b.Wait("document.querySelector('dialog[open] [role=combobox]').value === 'Tracker'")
	b.Type("dialog[open] [name=quantity]", "4")
	b.Press(kb.Enter)
	b.See(".lines", "€400.00")
	b.Wait("document.querySelector('#r-head').innerText.includes('€400.00')")
	b.Axe()
}

// sheetAndMenu peeks at the account, and deletes the deal.
func (x *shop) sheetAndMenu(t *testing.T, b *webtest.Browser) {
	t.Helper()
	b.Eval(`(() => { document.querySelector('#r-head .facts a').dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, altKey: true})); return true; })()`)
	b.See("dialog.sheet[open]", "Nordlys Energi AS")
	b.Axe()
	b.Press(kb.Escape)
	b.Gone("dialog[open]")
	b.ClickText("History")
	b.See("#r-panel", "By way of")
	b.Axe()
	b.Click("[popovertarget=r-menu]")
	b.ClickText("Share")
	b.See("dialog[open]", "Share with")
	b.Axe()
	b.Press(kb.Escape)
	b.Gone("dialog[open]")
	b.Click("[popovertarget=r-menu]")
	b.ClickText("Delete")
	b.See(".toast", "Fleet rollout is in the trash")
	b.Wait("location.pathname === '/deals'")
	b.Open(x.url(""))
	b.See(".empty-state", "Fleet rollout is in the trash")
	b.Axe()
	b.ClickText("Restore")
	b.See("h1", "Fleet rollout")
}
