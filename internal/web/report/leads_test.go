package report_test

import (
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// From lead to won goes by the stages of leads and ends with won deals, as a funnel;
// what came on from a step is never more than was in it.
func TestFromLeadToWonIsInOrder(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		s.Create(t, s.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example"})
		u := s.User(t, s.Ada)
		for _, name := range []string{"lead-funnel", "lead-funnel-passed"} {
			var steps []string
			lines := strings.Split(strings.TrimSpace(u.Get("/reports/"+name+"/csv").Body), "\n")
			for _, line := range lines[1:] {
				step, _, _ := strings.Cut(line, ",")
				steps = append(steps, step)
			}
			if got := strings.Join(steps, " "); got != "New Working Qualified Converted Won" {
				t.Errorf("%s: %s", name, got)
			}
			page := u.Get("/reports/" + name).Body
			if !strings.Contains(page, "ch-fn") {
				t.Errorf("%s is not drawn as a funnel", name)
			}
			if says := strings.Contains(page, "passed over count as passed"); says != strings.HasSuffix(name, "-passed") || !strings.Contains(page, "Stages that were passed over") {
				t.Errorf("%s says that skips count: %v", name, says)
			}
		}
	})
}
