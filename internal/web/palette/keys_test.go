package palette_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// TestEveryKey presses each key of the list and sees what the list says of it.
// Those of the board are with the board's tests.
func TestEveryKey(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	for _, name := range []string{"Birch", "Alder"} {
		s.Create(t, s.Rita, "account", record.Values{"name": name})
	}
	cedar := s.Create(t, s.Rita, "account", record.Values{"name": "Cedar"})
	deal := s.Create(t, s.Rita, "deal", record.Values{"name": "Fleet", "account": cedar})
	b := s.Browser(t, s.Rita)
	at := func(path string) { b.Wait("location.pathname + location.search === '" + path + "'") }

	b.Open("/")
	for _, to := range []struct{ key, url string }{{"t", "/activities?view=tasks"}, {"d", "/deals"}, {"p", "/contacts"}, {"l", "/leads"},
		{"r", "/reports"}, {"f", "/focus"}, {"n", "/notifications"}, {"h", "/"}, {"o", "/accounts"}} {
		b.Press("g" + to.key)
		at(to.url)
		b.Still()
	}
	keysOfLists(t, b)
	keysOfRecords(b, "/deals/"+deal.String())
}

func keysOfLists(t *testing.T, b *webtest.Browser) {
	checked := func(n string) { b.Wait("document.querySelectorAll('tbody [name=id]:checked').length === " + n) }
	on := func(name string) { b.See("tr.kb", name) }
	b.Press("j")
	on("Alder")
	b.Press("j")
	on("Birch")
	b.Press("k")
	on("Alder")
	b.Press("x")
	checked("1")
	b.Press("jj")
	b.Press("X", chromedp.ModifierShift)
	checked("3")
	b.Press(kb.Escape)
	checked("0")
	b.Press("a", chromedp.ModifierCtrl)
	checked("3")
	b.Press(kb.Escape)
	b.Press(" ")
	b.See("dialog", "Cedar")
	b.Press(kb.Escape)
	b.Gone("dialog")
	b.Press("f")
	b.Visible("#f-add")
	b.Press(kb.Escape)
	b.Press("/")
	b.Wait("document.activeElement.id === 'find'")
	b.Press(kb.Escape)
	b.Eval("document.activeElement.blur()")
	b.Press("2")
	b.Wait("location.search.includes('view=mine')")
	b.Still()
	b.Press("c")
	b.See("dialog", "New account")
	// The browser tells late that a dialog was closed: who has gone on to a row stays there.
	if b.Eval(`(() => {
		const row = document.querySelector('[data-row] a');
		document.querySelector('dialog[open]').close();
		row.focus();
		return new Promise(r => setTimeout(() => r(document.activeElement === row), 100));
	})()`) != "true" {
		t.Error("a dialog takes the focus along after it was closed")
	}
	b.Press("c")
	b.See("dialog", "New account")
	b.Press(kb.Escape)
	b.Gone("dialog")
	b.Press("j" + kb.Enter)
	b.See("h1", "Cedar")
}

func keysOfRecords(b *webtest.Browser, deal string) {
	b.Open(deal)
	kind := func(name string) {
		b.Wait("document.querySelector('.composer input:checked, form input[name=kind]:checked')?.value === '" + name + "'")
	}
	for _, x := range []struct{ key, kind string }{{"l", "call"}, {"t", "task"}, {"v", "meeting"}, {"n", "note"}} {
		b.Press(x.key)
		kind(x.kind)
		b.Wait("document.activeElement?.closest('form[data-draft]')") // the caret comes last
		b.Eval("document.activeElement.blur()")
	}
	b.Press("s")
	b.See("dialog", "Move")
	b.Press(kb.Escape)
	b.Gone("dialog")
	b.Press("a")
	b.See("dialog", "New owner")
	b.Press(kb.Escape)
	b.Gone("dialog")
	b.Eval("document.activeElement.blur()")
	b.Press("e")
	b.Visible("form[data-inline]")
	b.Press(kb.Escape)
	b.Gone("form[data-inline]")

	// Ctrl Z takes back the last, then the one before, on whatever page.
	for _, step := range []string{"Call them", "Write to them"} {
		b.Click(".fld[id$=-next_step] .ed")
		b.Type("form[data-inline] input[name=next_step]", step)
		b.Press(kb.Enter)
		b.See(".fld[id$=-next_step]", step)
	}
	b.Open("/accounts")
	b.Press("z", chromedp.ModifierCtrl)
	b.See(".toast", "Undone")
	b.Open(deal)
	b.See(".fld[id$=-next_step]", "Call them")
	b.Press("z", chromedp.ModifierCtrl)
	b.See(".fld[id$=-next_step]", "Add")
	b.Press("?")
	b.See("dialog", "Copy the link")
	b.Axe()
}
