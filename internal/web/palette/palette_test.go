package palette_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

func TestPaletteFindsWhatOneMayDo(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		s.Create(t, s.Rita, "account", record.Values{"name": "Nørdlys & <b>Энерги</b>"})
		rita, ada := s.User(t, s.Rita), s.User(t, s.Ada)
		for _, q := range []string{"nordlys", "энерги", "NORD"} {
			a := rita.Get("/palette?q=" + q)
			if a.Status != http.StatusOK || !strings.Contains(a.Body, "Nørdlys &amp; &lt;b&gt;Энерги&lt;/b&gt;") {
				t.Errorf("%s: %d %s", q, a.Status, a.Body)
			}
		}
		if a := rita.Get("/palette?q=%3Enew"); strings.Contains(a.Body, "Nørdlys") || !strings.Contains(a.Body, "/accounts/new") {
			t.Errorf("commands alone: %s", a.Body)
		}
		if a := ada.Get("/palette?q=zzzzzz"); !strings.Contains(a.Body, "pal-none") {
			t.Errorf("nothing: %s", a.Body)
		}
	})
}

func TestPaletteInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	b := s.Browser(t, s.Rita)
	b.Open("/")
	b.Press("k", chromedp.ModifierCtrl)
	b.Visible("#palette[open] [aria-selected=true]")
	b.Axe()
	b.Picture("palette-light")
	b.Press("more")
	b.See("#pal-list", "Nothing")
	b.Press(kb.Escape)
	b.Gone("#palette")
	b.Press("?")
	b.See("dialog h2", "Keys")
	b.Axe()
	b.Picture("keys-light")
	b.Press(kb.Escape)
	b.Gone("dialog")
	b.Press("k", chromedp.ModifierCtrl)
	b.Type("#palette input", ">keys")
	b.See("#pal-list [aria-selected=true]", "keys")
	b.Press(kb.Enter)
	b.See("dialog h2", "Keys")
}
