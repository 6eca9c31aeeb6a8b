package forecast_test

import (
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// How right the forecast was is told of whom the page is about, by hand: what was
// closed and committed 90, 60, 30 and no days before the quarter's end, and what came.
// The ranges of the past are the whole company's under everybody's name, and say so;
// who may read only his own deals has none, and of others no figure.
func TestHowRightTheForecastWas(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		north := s.PastQuarters(t)
		const (
			company = "€1,500 15% | €1,000 −23% | €1,000 −23% | €1,300 0% | €1,300"
			ofNorth = "€1,500 50% | €1,000 0% | €1,000 0% | €1,000 0% | €1,000"
			ritas   = "€1,000 0% | €1,000 0% | €1,000 0% | €1,000 0% | €1,000"
			maxs    = "€500 – | €0 – | €0 – | €0 – | €0"
			nothing = "€0 – | €0 – | €0 – | €0 – | €0"
			whole   = "Each quarter of the whole company told anew with what was known on its eve."
		)
		bob, max := s.User(t, s.Bob), s.User(t, s.Max)
		ranges := ""
		for _, x := range []struct{ of, want string }{{"of=all", company}, {"team=" + north.String(), ofNorth}, {"person=" + s.Rita.String(), ritas}, {"person=" + s.Max.String(), maxs}} {
			a := bob.Get("/forecast/moves?period=2026-Q3&" + x.of)
			has(t, a, 200, whole, "of 1 came within the range")
			rows, _ := rowsOf(a)
			right, band, _ := strings.Cut(rows["Q3 2026"], " || ")
			if right != x.want {
				t.Errorf("%s: %s\n want %s", x.of, right, x.want)
			}
			if ranges == "" {
				ranges = band
			}
			if cells := strings.Split(band, " | "); band != ranges || len(cells) != 4 || cells[3] != "€1,300" {
				t.Errorf("%s: the range was %q, of all it is %q", x.of, band, ranges)
			}
		}

		s.Write(t, s.Ada, func(x *record.Session) error {
			return access.SetOpenness(t.Context(), x.Tx(), x.Schema().MustObject("deal"), access.Private)
		})
		for _, x := range []struct{ of, want string }{{"of=all", maxs}, {"person=" + s.Max.String(), maxs}, {"person=" + s.Rita.String(), nothing}, {"team=" + north.String(), maxs}} {
			a := max.Get("/forecast/moves?period=2026-Q3&" + x.of)
			rows, _ := rowsOf(a)
			if got := rows["Q3 2026"]; a.Status != 200 || got != x.want || strings.Contains(a.Body, "Ranges of the past") || strings.Contains(a.Body, "1,300") {
				t.Errorf("Max asks for %s: %d %q, want %q", x.of, a.Status, got, x.want)
			}
		}
		s.Mask(t, "deal.amount")
		for _, path := range []string{"/forecast/moves", "/forecast/range", "/forecast"} {
			if a := max.Get(path + "?period=2026-Q3"); strings.Contains(a.Body, "€500") {
				t.Errorf("%s tells amounts to who may see none: %d", path, a.Status)
			}
		}
	})
}
