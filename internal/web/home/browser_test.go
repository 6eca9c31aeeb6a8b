package home_test

import (
	"testing"

	"wellmet/internal/web/webtest"
)

func TestTickingInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	work(t, s)
	b := s.Browser(t, s.Rita)
	b.Open("/")
	b.Axe()
	b.Click("[aria-label='Mark as done: Send the offer']")
	b.See("[data-toast]", "Done: Send the offer")
	b.Wait("document.activeElement.name === 'subject'")
	b.Axe()
	b.Type("input[name=subject]", "Call about the offer")
	b.ClickText("Plan next step")
	b.See("[data-toast]", "Planned: Call about the offer")
	b.Gone(".home-next")
	b.Click("[aria-label='Mark as done: Review']")
	b.ClickText("Nothing follows")
	b.Gone(".home-next")
	b.ClickText("Slipped")
	b.Wait("location.pathname.startsWith('/deals/')")
}

func TestStartPageOfTheSampleCompany(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	manager := s.BrowserOf(t, people["manager"])
	manager.Open("/")
	manager.See("h2", "Your team")
	manager.Still()
	manager.Axe()
	manager.Picture("home-team")
	b := s.BrowserOf(t, people["rep"])
	b.Open("/")
	b.Visible(".home-s")
	b.Axe()
	b.Picture("home-light")
	b.Theme("dark")
	b.AxeColours()
	b.Picture("home-dark")
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("home-phone-dark")
	b.Theme("light")
	b.Still()
	b.Picture("home-phone-light")
}
