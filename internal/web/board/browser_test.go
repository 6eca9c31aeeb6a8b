package board_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// in is a condition on the page: a card stands in a column.
func (x *shop) in(deal value.ID, stage string) string {
	return "document.querySelector('#col-" + x.stages[stage].String() + " > #card-" + deal.String() + "')"
}

func card(id value.ID) string { return "#card-" + id.String() }

func TestBoardInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	x := newShop(t, s)
	first, second := x.deal(t, "Rollout", "Qualified", 1000), x.deal(t, "Sensors", "Qualified", 500)
	third := x.deal(t, "Renewal", "Proposal", 700)
	b, other := s.Browser(t, s.Rita), s.Browser(t, s.Ada)
	for _, expected := range []string{"422", "409", "404", "ERR_INTERNET_DISCONNECTED", "Failed to fetch"} {
		b.Allow(expected)
	}
	other.Allow("404")
	other.Open(address)
	b.Open(address)
	b.Wait("document.readyState === 'complete'")

	// A drag moves the card at once and opens nothing.
	b.Drag(card(first)+" .card", card(third)+" .card")
	b.Wait(x.in(first, "Proposal"))
	b.See("[data-toast]", "Rollout moved to Proposal")
	b.See("#head-"+x.stages["Proposal"].String(), "€1,700")
	if path := b.Path(); path != address {
		t.Errorf("the drag led to %s", path)
	}
	other.Wait(x.in(first, "Proposal"))
	other.See("#head-"+x.stages["Proposal"].String(), "€1,700")

	// Undo takes it back, on both pages.
	b.Click("[data-toast] [data-undo]")
	b.Wait(x.in(first, "Qualified"))
	other.Wait(x.in(first, "Qualified"))
	b.Drag(card(first)+" .card", card(third)+" .card")
	b.Wait(x.in(first, "Proposal"))
	b.Wait("!document.querySelector('li[data-busy]')")

	// Keys: pick up, move, drop; Escape puts back.
	b.Eval("document.querySelector('" + card(second) + " a').focus()")
	b.Press(" ")
	b.Wait("document.querySelector('#live').textContent === 'Sensors picked up. Qualified, position 1 of 1.'")
	b.Press(kb.ArrowRight)
	b.Wait(x.in(second, "Proposal"))
	b.Press(" ")
	b.See("[data-toast]", "Sensors moved to Proposal")
	b.Wait("document.activeElement.closest('li')?.id === '" + card(second)[1:] + "'")
	b.Press(" ")
	b.Press(kb.ArrowRight)
	b.Wait(x.in(second, "Negotiation"))
	b.Press(kb.Escape)
	b.Wait(x.in(second, "Proposal"))

	x.refusedMove(t, b, third)
	x.menuAndOthers(t, b, second)
}

// refusedMove: a lost deal needs a reason, which the dialog asks for.
func (x *shop) refusedMove(t *testing.T, b *webtest.Browser, deal value.ID) {
	t.Helper()
	b.Drag(card(deal)+" .card", "#col-"+x.stages["Lost"].String())
	b.Visible("dialog[open] [name='f.lost_reason']")
	b.Wait(x.in(deal, "Proposal"))
	b.Picture("board-needs")
	b.Choose("dialog[open] [name='f.lost_reason']", "price")
	b.ClickText("Mark as lost")
	b.See("[data-toast]", "Renewal is lost")
	b.Gone("dialog[open]")
	b.Gone(card(deal)) // in a folded column
	b.See("#head-"+x.stages["Lost"].String(), "1")
}

// menuAndOthers: the menu of columns, no connection, what others did meanwhile.
func (x *shop) menuAndOthers(t *testing.T, b *webtest.Browser, deal value.ID) {
	t.Helper()
	b.Eval("document.querySelector('" + card(deal) + " a').focus()")
	b.Press("s")
	b.Visible("#moveto [data-to]")
	b.Click("#moveto [data-to='" + x.stages["Negotiation"].String() + "']")
	b.Wait(x.in(deal, "Negotiation"))
	b.See("[data-toast]", "Sensors moved to Negotiation")
	b.Wait("!document.querySelector('li[data-busy]')")

	b.Offline(true)
	b.Eval("document.querySelector('" + card(deal) + " a').focus()")
	b.Press("s")
	b.Click("#moveto [data-to='" + x.stages["Qualified"].String() + "']")
	b.Wait("document.querySelector('#live').textContent.includes('It is back in Negotiation')")
	b.Wait(x.in(deal, "Negotiation"))
	b.Offline(false)
	b.ClickText("Try again")
	b.Wait(x.in(deal, "Qualified"))
	b.See("[data-toast]", "Sensors moved to Qualified")

	// What others do waits while a card is in the hand.
	b.Eval("document.querySelector('" + card(deal) + " a').focus()")
	b.Press(" ")
	b.Wait("document.querySelector('.lifted')")
	x.Write(t, x.Rita, func(s *record.Session) error {
		_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"name": "Sensors II"})
		return err
	})
	later := x.deal(t, "Later", "Qualified", 10)
	b.Press(kb.Escape)
	b.Visible(card(later))
	b.See(card(deal), "Sensors II")

	gone := x.deal(t, "Short", "Qualified", 10)
	b.Visible(card(gone))
	x.Write(t, x.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal", gone) })
	b.Gone(card(gone))
	b.Axe()
	b.Click(card(later) + " .card")
	b.Wait("location.pathname === '/deals/" + later.String() + "'")
}

func TestBoardOfTheSampleCompany(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	b := s.BrowserOf(t, people["manager"])
	b.Open(address)
	b.Visible(".card")
	b.Axe()
	b.Picture("board-light")
	b.Theme("dark")
	b.AxeColours()
	b.Picture("board-dark")
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Still()
	b.Picture("board-phone-dark")
	b.Theme("light")
	b.Still()
	b.Picture("board-phone-light")
	b.Size(1440, 900)
	b.Eval("document.querySelector('.board').scrollTo(0, 1e6)")
	b.Wait("document.querySelectorAll('.col ul')[2].querySelectorAll('li[data-id]').length > 25")
}

// A finger scrolls, and lifts a card when it rests on it.
func TestTouchOnThePhone(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	x := newShop(t, s)
	deal := x.deal(t, "Rollout", "Qualified", 1000)
	b := s.Browser(t, s.Rita)
	b.Size(390, 844)
	b.Open(address)
	left, top := b.Place(card(deal) + " .card")
	b.Touch("touchStart", left, top)
	b.Visible(".drag-ghost")
	for i := range 60 {
		b.Touch("touchMove", 372-float64(i%2), top+float64(i%3))
		if b.Eval("!!"+x.in(deal, "Proposal")) == "true" {
			break
		}
	}
	b.Touch("touchEnd", 0, 0)
	b.See("[data-toast]", "Rollout moved to ")
	b.Wait("!document.querySelector('.drag-ghost')")
}

// What changes while a page is on its way to the browser shows there too: nobody
// listened yet.
func TestAChangeWhileThePageIsOnItsWay(t *testing.T) {
	t.Parallel()
	var read atomic.Pointer[func()]
	s := webtest.Open(t, func(ctx context.Context, a *app.App) (http.Handler, error) {
		h, err := pages(ctx, a)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(w, r)
			if r.URL.RequestURI() != address {
				return
			}
			if change := read.Swap(nil); change != nil {
				(*change)()
			}
		}), err
	})
	x := newShop(t, s)
	deal := x.deal(t, "Rollout", "Qualified", 1000)
	b := s.Browser(t, s.Rita)
	move := func() {
		x.Write(t, s.Ada, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "deal", deal, 0, record.Values{"stage": x.stages["Proposal"]})
			return err
		})
	}
	read.Store(&move)
	b.Open(address)
	b.Wait(x.in(deal, "Proposal"))
	if read.Load() != nil {
		t.Error("nothing was changed on the way")
	}
}
