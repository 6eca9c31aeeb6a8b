package board_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// BenchmarkBoard is the whole answer of a board of 8 columns with 25 cards
// each, reading included.
func BenchmarkBoard(b *testing.B) {
	s := webtest.Open(b, pages)
	x := newShop(b, s)
	var pipeline value.ID
	s.Read(b, s.Ada, func(se *record.Session) error {
		r, err := se.Get(b.Context(), "stage", x.stages["Proposal"])
		if err == nil {
			pipeline, _ = r.Field("pipeline").(value.ID)
		}
		return err
	})
	for _, name := range []string{"Five", "Six", "Seven", "Eight"} {
		x.stages[name] = s.Create(b, s.Ada, "stage", record.Values{"name": name, "pipeline": pipeline, "usual_days": int64(9)})
	}
	for name := range x.stages {
		if name != "Won" && name != "Lost" {
			x.many(b, 40, name)
		}
	}
	h, err := pages(b.Context(), s.App)
	if err != nil {
		b.Fatal(err)
	}
	secret := s.Session(b, s.Rita)
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
		r.AddCookie(&http.Cookie{Name: "wellmet_session", Value: secret})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
