package settings_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/web/webtest"
)

// Two people put a list in order: the later one is told that it was another
// than he saw, and his own step counts.
func TestAnOrderThatSomebodyOvertook(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada := s.User(t, s.Ada)
		seen := regexp.MustCompile(`name="seen" value="([^"]+)"`)
		row := regexp.MustCompile(`data-dz-field="([^"]+)"`)
		pipeline := ada.Get("/settings/pipelines").Header.Get("Location")
		if pipeline == "" {
			pipeline = regexp.MustCompile(`/settings/pipelines/\d+`).FindString(ada.Get("/settings/pipelines").Body)
		}
		for _, page := range []string{"/settings/lead_stages", "/settings/reasons?of=lost", pipeline} {
			order := strings.Replace(page, "?", "/order?", 1)
			if order == page {
				order += "/order"
			}
			a := ada.Get(page)
			shown, rows := seen.FindStringSubmatch(a.Body), row.FindAllStringSubmatch(a.Body, -1)
			if shown == nil || len(rows) < 3 {
				t.Fatalf("%s: %d rows, %v", page, len(rows), shown)
			}
			first, second, third := rows[0][1], rows[1][1], rows[2][1]
			move := func(do string) string {
				t.Helper()
				a := ada.Post(order, url.Values{"do": {do}, "seen": {shown[1]}})
				if a.Status != http.StatusSeeOther {
					t.Fatalf("%s %s: %d %s", order, do, a.Status, a.Body)
				}
				return ada.Get(a.Header.Get("Location")).Body
			}
			if body := move("down:" + first); !strings.Contains(body, "Order changed") || strings.Contains(body, "Somebody else") {
				t.Errorf("%s: the first one is told of another", page)
			}
			body := move("up:" + third)
			if !strings.Contains(body, "Somebody else had changed the list") {
				t.Errorf("%s: the second one is not told", page)
			}
			now := row.FindAllStringSubmatch(body, -1)
			if now[0][1] != second || now[1][1] != third || now[2][1] != first {
				t.Errorf("%s: %v", page, now)
			}
		}
	})
}
