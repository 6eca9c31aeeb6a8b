package report_test

import (
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// Where a reader does not see whose records are, the report offers no choice of
// people, and refuses an address that makes one; others go on choosing.
func TestNoChoiceOfHiddenPeople(t *testing.T) {
	t.Parallel()
	webtest.Each(t, both, func(t *testing.T, s *webtest.Site) {
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		s.Create(t, s.Rita, "deal", record.Values{"name": "North", "account": firm, "amount": "10"})
		rita := s.User(t, s.Rita)
		asks := func(path string) bool {
			t.Helper()
			a := rita.Get(path)
			if a.Status != 200 {
				t.Errorf("%s: %d %.300s", path, a.Status, a.Body)
			}
			return strings.Contains(a.Body, `name="owner"`) || strings.Contains(a.Body, `name="team"`)
		}
		for _, path := range []string{"/reports/deals-by-stage", "/reports/deals-by-month"} {
			rights(t, s, allBut("deal.kind", "none"))
			if !asks(path) {
				t.Errorf("%s offers no people", path)
			}
			rights(t, s, allBut("deal.owner", "none"))
			if asks(path) {
				t.Errorf("%s offers people whom she does not see", path)
			}
			if !asks("/reports/leads-by-source") {
				t.Error("leads have no people to choose")
			}
			if a := rita.Get(path + "?owner=" + s.Rita.String()); a.Status != 422 {
				t.Errorf("%s of one person: %d", path, a.Status)
			}
		}
	})
}
