package record_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// Whoever deletes the account of a deal chooses another, by keyboard, and can
// take all of it back.
func TestAnotherTakesThePlaceInTheBrowser(t *testing.T) {
	t.Parallel()
	x := newShop(t, webtest.Open(t, pages))
	x.Create(t, x.Rita, "account", record.Values{"name": "Nova 新星"})
	b := x.Browser(t, x.Rita)
	b.Allow("409")
	b.Open("/accounts/" + x.account.String())
	b.Click("[popovertarget=r-menu]")
	b.ClickText("Delete")
	b.See("dialog[open]", "Deals, by Account: 1")
	b.Axe()
	b.Type("dialog[open] input[name='replace_with.text']", "nova")
	b.See("[role=option]", "Nova 新星")
	b.Press(kb.Enter)
	b.Wait("document.querySelector('input[name=replace_with]').value !== ''")
	b.Picture("record-replace")
	b.ClickText("Replace and delete")
	b.Wait("location.pathname === '/accounts'")
	b.See(".toast", "is in the trash")
	b.Picture("record-replaced")
	b.Open(x.url(""))
	b.See("#r-head, #main", "Nova 新星")
}
