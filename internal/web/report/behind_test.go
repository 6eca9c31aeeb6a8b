package report_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

var trailLink = regexp.MustCompile(`href="(/reports/[a-z-]+/behind\?[^"]*)"`)

// Every figure of leads on their way leads to a page of these leads, of nobody
// else's; a path that means nothing is answered in words.
func TestFiguresLeadToPagesOfTheirRecords(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		s.Write(t, s.Ada, func(x *record.Session) error {
			return access.SetOpenness(t.Context(), x.Tx(), x.Schema().MustObject("lead"), access.Private)
		})
		s.Create(t, s.Rita, "lead", record.Values{"name": "Ann & Søn", "email": "ann@home.example", "source": "web"})
		s.Create(t, s.Ada, "lead", record.Values{"name": "天津", "email": "bo@home.example"})
		for _, name := range []string{"leads-reached", "leads-reached-by-month", "lead-funnel", "lead-funnel-passed"} {
			u := s.User(t, s.Rita)
			links := trailLink.FindAllStringSubmatch(u.Get("/reports/"+name).Body, -1)
			if len(links) < 2 {
				t.Fatalf("%s leads nowhere", name)
			}
			for _, link := range links {
				page := u.Get(html.UnescapeString(link[1]))
				if page.Status != 200 || !strings.Contains(page.Body, "Ann &amp; Søn") || strings.Contains(page.Body, "天津") {
					t.Errorf("%s: %d\n%s", link[1], page.Status, page.Body)
				}
			}
		}
		if page := s.User(t, s.Ada).Get("/reports/lead-funnel/behind?of=nothing"); page.Status != 404 {
			t.Errorf("a figure that is none: %d", page.Status)
		}
		if page := s.User(t, s.Ada).Get("/reports/lead-funnel/behind?of=x&from=soon"); page.Status != 422 {
			t.Errorf("a day that is none: %d", page.Status)
		}
	})
}
