package list_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// Lists and boards show a day that is over as it was, and change nothing there.
func TestListsOfThePast(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ids := deals(t, s, s.Rita, 2)
		s.Pass(48 * time.Hour)
		s.Write(t, s.Rita, func(x *record.Session) error {
			_, err := x.Update(t.Context(), "deal", ids[0], 0, record.Values{"name": "Renamed since", "amount": value.Money{Minor: 4242_00, Currency: "EUR"}})
			return err
		})
		later := deals(t, s, s.Rita, 1)
		rita := s.User(t, s.Rita)
		day := s.Now().Add(-24 * time.Hour).Format(time.DateOnly)
		for _, address := range []string{"/deals?as_of=" + day, "/deals?layout=board&as_of=" + day} {
			a := rita.Get(address)
			body := a.Body
			if a.Status != http.StatusOK || !strings.Contains(body, "Deal 001") || !strings.Contains(body, "Deal 000") {
				t.Fatalf("%s: %d %.2000s", address, a.Status, body)
			}
			for _, not := range []string{"Renamed since", "4,242", `name="id" form="bulk"`, "data-board ", `data-f="`, "/deals/" + later[0].String(), `id="new"`, "/deals/export"} {
				if strings.Contains(body, not) {
					t.Errorf("%s shows %q", address, not)
				}
			}
			if !strings.Contains(body, "Back to today") {
				t.Errorf("%s does not say that it is the past", address)
			}
		}
		// What is not known of then is told and left out; the rest holds.
		a := rita.Get("/deals?as_of=" + day + "&filter=account.name+%3D+%22Nobody%22+and+amount+%3E%3D+0&sort=name")
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "not known of the past") || !strings.Contains(a.Body, "Deal 001") {
			t.Errorf("an unknown condition: %d %.2000s", a.Status, a.Body)
		}
		for _, text := range []string{"2999-01-01", "then", "1900-01-01"} {
			if a := rita.Get("/deals?as_of=" + text); a.Status != http.StatusOK {
				t.Errorf("as of %s: %d", text, a.Status)
			}
		}
		foot := rita.Get("/deals/foot?as_of=" + day)
		if strings.Contains(foot.Body, "4,242") || !strings.Contains(foot.Body, "2 deals") {
			t.Errorf("the figures are %s", foot.Body)
		}
	})
}
