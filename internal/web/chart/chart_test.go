package chart

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"wellmet/internal/i18n"
	"wellmet/internal/web/kit"
)

func drawn(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func chartOf(cats []string, series ...Series) Chart {
	return Chart{View: &kit.View{Format: i18n.FormatFor("en"), Lang: "en", Zone: time.UTC}, Title: "Pipeline", Head: "Month", Cats: cats, Series: series}
}

func points(list ...any) (out []Point) {
	for _, x := range list {
		switch x := x.(type) {
		case int:
			out = append(out, Point{N: float64(x), Text: i18n.FormatFor("en").Int(int64(x)), URL: "/deals?filter=x"})
		default:
			out = append(out, Point{None: true, Text: "–"})
		}
	}
	return out
}

// Every chart has its figures as a table, leads to what is behind its figures,
// and takes long and Chinese names, figures below nought, none, and nothing.
func TestChartsTakeWhatComes(t *testing.T) {
	t.Parallel()
	cats := []string{"A name that is as long as names of companies are, and then some more of it", "续约合同与新业务的总金额", "", "May"}
	kinds := map[string]func(Chart) templ.Component{"bars": Bars, "line": Line, "area": Area, "waterfall": Waterfall, "heat": Heat, "cohort": Cohort,
		"gauge": Gauge, "radar": Radar, "funnel": Funnel, "ranks": Ranks, "donut": Donut}
	for name, draw := range kinds {
		html := drawn(t, draw(chartOf(cats, Series{"Won", Won, points(5, -3, nil, 40)}, Series{"Lost", Lost, points(0, nil, -8, 2)})))
		for _, want := range []string{"<table class=\"xt\">", "续约合同与新业务的总金额", "href=\"/deals?filter=x\"", ">" + i18n.FormatFor("en").Int(-3) + "<", ">None<"} {
			if !strings.Contains(html, want) {
				t.Errorf("%s has no %s", name, want)
			}
		}
		for _, bad := range []string{"NaN", "Inf", "--h:-", "--w:-"} {
			if strings.Contains(html, bad) {
				t.Errorf("%s draws %s: %s", name, bad, html)
			}
		}
		html = drawn(t, draw(chartOf([]string{"May"}, Series{"Won", Won, points(nil)}, Series{"Lost", Lost, points(0)})))
		if !strings.Contains(html, "nothing to show") || strings.Contains(html, "<svg") || strings.Contains(html, "Show as table") {
			t.Errorf("%s of nothing draws: %s", name, html)
		}
	}
}

func TestScale(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ least, most, low, top float64 }{
		{0, 0, 0, 1}, {0, 7, 0, 8}, {0, 400, 0, 400}, {0, 401, 0, 600}, {-3, 0, -3, 0}, {-30, 80, -50, 100}, {-1, 1000, -500, 1000}, {0, 0.3, 0, 0.3}} {
		k := scaled(x.least, x.most, 4)
		if k.low > x.least || k.top < x.most || k.share(0) < 0 {
			t.Errorf("%v to %v: %v does not hold it", x.least, x.most, k)
		}
		if diff := k.low - x.low; diff > 1e-9 || diff < -1e-9 {
			t.Errorf("%v to %v begins at %v, want %v", x.least, x.most, k.low, x.low)
		}
	}
}

// A waterfall begins each step where the one before ends, and sums stand on the
// ground.
func TestWaterfall(t *testing.T) {
	t.Parallel()
	c := chartOf([]string{"Monday", "Added", "Lost", "Moved out", "Today"}, Series{"Pipeline", Open, points(100, 40, -60, nil, 80)})
	c.Sums = map[int]bool{0: true, 4: true}
	want := []fall{{0, 100, Open}, {100, 140, Won}, {140, 80, Lost}, {80, 80, Won}, {0, 80, Open}}
	for i, f := range c.falls() {
		if f != want[i] {
			t.Errorf("step %d: %v, want %v", i, f, want[i])
		}
	}
}

// A range is a surface; where it has a gap, there are two.
func TestRanges(t *testing.T) {
	t.Parallel()
	s := Series{"Forecast", Open, points(1, 2, nil, 3, 4)}
	for i := range s.Points {
		s.Points[i].Low, s.Points[i].High = s.Points[i].N/2, s.Points[i].N*2
	}
	c := chartOf([]string{"a", "b", "c", "d", "e"}, s)
	c.scale = c.reach(false)
	if c.scale.top < 8 {
		t.Errorf("the range is higher than the chart: %v", c.scale)
	}
	if got := c.fills(s); len(got) != 2 {
		t.Errorf("%d surfaces: %v", len(got), got)
	}
	if html := drawn(t, Area(c)); strings.Count(html, "<polygon") != 2 {
		t.Error(html)
	}
}

// A gauge divides by no aim of nought.
func TestGauge(t *testing.T) {
	t.Parallel()
	html := drawn(t, Gauge(chartOf([]string{"Ada"}, Series{"Won", Won, points(50)}, Series{"Target", 3, points(0)})))
	if strings.Contains(html, "%<") {
		t.Error(html)
	}
	html = drawn(t, Gauge(chartOf([]string{"Ada", "Bo"}, Series{"Won", Won, points(150, 20)}, Series{"Target", 3, points(100, nil)})))
	if !strings.Contains(html, ">150%<") || strings.Count(html, "%</small>") != 1 {
		t.Error(html)
	}
	f := Figure{Title: "Won", Text: "€5", Spark: points(1, nil, 3), Cats: []string{"a", "b", "c"}, View: chartOf(nil).View}
	if html := drawn(t, Number(f)); !strings.Contains(html, "<svg") || !strings.Contains(html, "c: 3") {
		t.Error(html)
	}
}
