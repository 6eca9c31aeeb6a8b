package board_test

import (
	"os"
	"testing"

	"wellmet/internal/web/webtest"
)

func TestLook(t *testing.T) {
	if os.Getenv("WELLMET_LOOK") == "" {
		t.Skip("look")
	}
	s, people := webtest.Sample(t, pages)
	_ = people
	b := s.BrowserOf(t, people["manager"])
	b.Open("/deals/board")
	b.Visible(".card")
	b.Still()
	b.Picture("board-light")
	b.Axe()
	b.Theme("dark")
	b.Picture("board-dark")
	b.Theme("light")
	b.Size(390, 844)
	b.Picture("board-phone")
	b.Size(1440, 900)
	b.Open("/leads/board")
	b.Picture("board-leads")
	b.Axe()
}
