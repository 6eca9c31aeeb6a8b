package report_test

import (
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/web/webtest"
)

// Every ready report over an empty base has a page, and a page on paper, that says why
// it is empty and what to do, in the place of a chart.
func TestEmptyReportsExplainThemselves(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada := s.User(t, s.Ada)
		var specs []report.Spec
		s.Read(t, s.Ada, func(x *record.Session) error { specs = s.App.Reports().Specs(x); return nil })
		const why = "No record that you may read matches this report. Choose another period or person, or loosen its filter."
		own := map[string]string{"weak-spots": "too little to tell", "prediction-quality": "", "prediction-calibration": "", "what-works-facts": "ten deals on each side", "what-works-paths": "ten deals on each side"}
		for _, spec := range specs {
			want, special := own[spec.Name]
			if !special {
				want = why
			}
			for _, path := range []string{"/reports/" + spec.Name, "/reports/" + spec.Name + "/print"} {
				a := ada.Get(path)
				switch {
				case spec.Name == "changes" || spec.Name == "funnel" && path == "/reports/funnel": // pages of their own
				case a.Status != 200 || !strings.Contains(a.Body, want):
					t.Errorf("%s: %d lacks %q", path, a.Status, want)
				case strings.HasSuffix(path, "/print"):
				case strings.Contains(a.Body, "ch-none"), !strings.Contains(a.Body, `class="empty`):
					t.Errorf("%s has an empty chart beside its words, or none", path)
				}
			}
		}
		if a := ada.Get("/reports/funnel"); a.Status != 200 || !strings.Contains(a.Body, `class="empty`) {
			t.Errorf("the funnel's own page: %d", a.Status)
		}
	})
}
