package record_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

func (x *shop) change(t testing.TB, who value.ID, v record.Values) {
	t.Helper()
	x.Write(t, who, func(s *record.Session) error {
		_, err := s.Update(t.Context(), "deal", x.deal, 0, v)
		return err
	})
}

func TestNewsOfARecord(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		rita := s.User(t, s.Rita)
		has(t, rita.Get(x.url("")), 200, `data-live="deal"`, `data-news="`+x.url("/news?v=1&since=1"))
		if a := rita.Get(x.url("/news?v=1&since=1"), hx...); a.Status != 204 {
			t.Errorf("nothing new: %d %s", a.Status, a.Body)
		}
		// One's own change from elsewhere shows without a word.
		x.change(t, s.Rita, record.Values{"next_step": "Call"})
		has(t, rita.Get(x.url("/news?v=1&since=1"), hx...), 200, "Call", "-next_step:not(.editing)", "v=2&since=2", "!changed", "!flash")
		// Others' are told, and stay told until they were looked at.
		x.change(t, s.Max, record.Values{"amount": "9600"})
		has(t, rita.Get(x.url("/news?v=2&since=2"), hx...), 200, "Max changed Amount", "v=3&since=2", "€9,600.00", "flash", "r-head", "r-path", "!-region")
		x.change(t, s.Bob, record.Values{"region": "North", "stage": x.stages["Proposal"]})
		has(t, rita.Get(x.url("/news?v=3&since=2"), hx...), 200, "Several people changed", "Region", "Stage", "Amount", "v=4&since=2", "-region:not(.editing)")
		has(t, rita.Get(x.url("/news?v=4&since=2&seen=1"), hx...), 200, "!changed", "v=4&since=4", "!r-head", "!r-panel")
		has(t, rita.Get(x.url("/news?v=4&since=2&seen=1&show=1"), hx...), 200, "!Several", `data-tab="history"`, "Max", "Bob")
		// Whoever may not see the field does not hear of it.
		x.role(t, s.Olga, `{"objects": {"*": {"read": "all"}}, "fields": {"deal.amount": "none"}}`)
		has(t, s.User(t, s.Olga).Get(x.url("/news?v=2&since=2"), hx...), 200, "Bob changed", "!Amount", "!9,600")
		x.Write(t, s.Ada, func(se *record.Session) error { return se.Delete(t.Context(), "deal", x.deal) })
		has(t, rita.Get(x.url("/news?v=4&since=4"), hx...), 200, "This record is no longer here.", `href="`+x.url("")+`"`)
	})
}

// Two look at a deal; what one changes shows in the other's window, but for
// what he is just typing.
func TestNewsInTwoWindows(t *testing.T) {
	t.Parallel()
	x := newShop(t, webtest.Open(t, pages))
	id := x.deal.String()
	at := func(name string) string { return "#f-" + id + "-" + name }
	in := func(name string) string { return "#i-" + id + "-" + name }
	rita, max := x.Browser(t, x.Rita), x.Browser(t, x.Max)
	rita.Allow("409")
	rita.Open(x.url(""))
	max.Open(x.url(""))
	rita.Click(at("region") + " .empty")
	rita.Visible(in("region"))
	rita.Type(in("region"), "Nor")

	max.Click(at("amount") + " .val")
	max.Visible(in("amount"))
	max.Type(in("amount"), "9600")
	max.Press(kb.Enter)
	max.See(at("amount"), "€9,600.00")
	rita.See("#r-news", "Max changed Amount")
	rita.See(at("amount"), "€9,600.00")
	rita.See("#r-head", "€9,600.00")
	rita.Wait("document.activeElement?.id === '" + in("region")[1:] + "' && document.activeElement.value === 'Nor'")
	rita.Axe()
	rita.Picture("record-news")
	max.Gone("#r-news .note")

	// The same field, too: it is told, and asked for only when it is saved.
	x.change(t, x.Max, record.Values{"region": "South"})
	rita.See("#r-news", "Region")
	rita.Wait("document.activeElement?.id === '" + in("region")[1:] + "' && document.activeElement.value === 'Nor'")
	rita.Press("dic" + kb.Enter)
	rita.See(".clash", "South")
	rita.ClickText("Keep mine")
	rita.See(at("region"), "Nordic")
	max.See(at("region"), "Nordic")
	max.See("#r-news", "Rita changed Region")

	rita.Click("#r-news .btn:not(.icon)")
	rita.See("#r-panel[data-tab=history]", "Max")
	rita.Gone("#r-news .note")
	rita.Wait("document.querySelector('#r-tabs [aria-current]').dataset.tab === 'history'")
	max.Click("#r-news .btn.icon")
	max.Gone("#r-news .note")
	rita.Size(390, 844)
	x.change(t, x.Max, record.Values{"next_step": "Call them"})
	rita.See("#r-news", "Max changed Next step")
	rita.Axe()
	rita.Picture("record-news-phone")
}
