package settings_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

var (
	seenOrder = regexp.MustCompile(`name="seen" value="([^"]+)"`)
	orderRow  = regexp.MustCompile(`data-dz-field="([^"]+)"`)
)

const somebodyElse = "Somebody else had changed the list"

// Two people put a list in order: the later one is told that it was another
// than he saw, and his own step counts.
func TestAnOrderThatSomebodyOvertook(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada := s.User(t, s.Ada)
		pipeline := ada.Get("/settings/pipelines").Header.Get("Location")
		if pipeline == "" {
			pipeline = regexp.MustCompile(`/settings/pipelines/\d+`).FindString(ada.Get("/settings/pipelines").Body)
		}
		lists := append([]string{"/settings/lead_stages", "/settings/reasons?of=lost", pipeline}, listsOfRules(t, s)...)
		for i, page := range lists {
			order := strings.Replace(page, "?", "/order?", 1)
			if order == page {
				order += "/order"
			}
			a := ada.Get(page)
			shown, rows := seenOrder.FindStringSubmatch(a.Body), orderRow.FindAllStringSubmatch(a.Body, -1)
			if shown == nil || len(rows) < 3 {
				t.Fatalf("%s: %d rows, %v", page, len(rows), shown)
			}
			first, second, third := rows[0][1], rows[1][1], rows[2][1]
			form := func(do string) url.Values {
				return url.Values{"object": {"lead"}, "do": {do}, "seen": {shown[1]}}
			}
			move := func(do string) string {
				t.Helper()
				a := ada.Post(order, form(do))
				if a.Status != http.StatusSeeOther {
					t.Fatalf("%s %s: %d %s", order, do, a.Status, a.Body)
				}
				warned, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
				return ada.Get(a.Header.Get("Location"), "Cookie", warned).Body
			}
			if body := move("down:" + first); i < 3 && !strings.Contains(body, "Order changed") || strings.Contains(body, somebodyElse) {
				t.Errorf("%s: the first one is told of another", page)
			}
			body := move("up:" + third)
			if !strings.Contains(body, somebodyElse) {
				t.Errorf("%s: the second one is not told", page)
			}
			now := orderRow.FindAllStringSubmatch(body, -1)
			if now[0][1] != second || now[1][1] != third || now[2][1] != first {
				t.Errorf("%s: %v", page, now)
			}
			if a := ada.Post(order, form("up:"+third), "HX-Request", "true"); i >= 3 && !strings.Contains(a.Body, somebodyElse) {
				t.Errorf("%s: not told by a notice: %d %s", page, a.Status, a.Body)
			}
			if a := ada.Post(order, form("up:7")); a.Status != http.StatusConflict && a.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s: what is gone: %d", page, a.Status)
			}
		}
	})
}

// listsOfRules are settings with lists of three and more: rules of assignment,
// rules of scoring, the steps of a cadence, the questions of a form.
func listsOfRules(t *testing.T, s *webtest.Site) []string {
	t.Helper()
	for _, name := range []string{"A", "B", "C"} {
		s.Create(t, s.Ada, "assignment_rule", record.Values{"name": name, "object": "lead", "members": []value.ID{s.Rita}})
		s.Create(t, s.Ada, "score_rule", record.Values{"name": name, "object": "lead", "kind": "fit", "condition": `name = "x"`, "points": int64(1)})
	}
	cadence := s.Create(t, s.Ada, "cadence", record.Values{"name": "Three"})
	for i, name := range []string{"A", "B", "C"} {
		s.Create(t, s.Ada, "cadence_step", record.Values{"cadence": cadence, "name": name, "position": int64(i + 1)})
	}
	form := s.Create(t, s.Ada, "form", record.Values{"name": "Three", "inputs": `[{"field":"name"},{"field":"email"},{"field":"phone"}]`})
	return []string{"/settings/assignment?object=lead", "/settings/scoring?object=lead", "/settings/cadences/" + cadence.String(), "/settings/forms/" + form.String()}
}
