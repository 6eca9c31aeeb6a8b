package report_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

var (
	marks = regexp.MustCompile(`<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// A chart of two groups shows every cell; where it can show one group alone these
// are the lines of it, and what it has no room for it says.
func TestChartsOfTwoGroups(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deal := func(owner value.ID, name, source, amount string) {
			firm := s.Create(t, owner, "account", record.Values{"name": name})
			s.Create(t, owner, "deal", record.Values{"name": name, "account": firm, "source": source, "amount": amount, "close_date": "2026-02-10"})
		}
		deal(s.Rita, "A", "event", "100")
		deal(s.Rita, "B", "web", "40")
		deal(s.Olga, "C", "web", "7")
		ada := s.User(t, s.Ada)
		chart := func(show, group, measures string) (texts, page string) {
			id := s.Create(t, s.Ada, "report", record.Values{"name": "Chart", "object": "deal", "group": group, "measures": measures, "show": show})
			page = ada.Get("/reports/" + id.String()).Body
			_, texts, _ = strings.Cut(page, `<figure class="ch`)
			kind, texts, _ := strings.Cut(texts, `"`)
			texts, table, _ := strings.Cut(texts, "<details")
			if kind == " bars" || kind == " line" { // of which the table has the figures
				texts, _, _ = strings.Cut(table, "</details>")
			}
			return kind + " " + space.ReplaceAllString(marks.ReplaceAllString(texts, " "), " "), page
		}
		const byWhom, byMonth = "owner.name, source", "close_date:month, owner.name"
		for _, x := range []struct{ show, group, measures, want string }{
			{"", byWhom, "sum:amount", "heat|Web Event Olga €7 – Rita €40 €100"},
			{"heat", byWhom, "sum:amount", "heat|Web Event Olga €7 – Rita €40 €100"},
			{"bars", byWhom, "sum:amount", "bars|Web Event Olga €7 – Rita €40 €100"},
			{"bars", byWhom, "avg:amount", "heat|Web Event Olga €7 – Rita €40 €100"}, // averages do not stand on each other
			{"ranks", byWhom, "sum:amount", "ranks|Rita €140 Olga €7"},
			{"donut", byWhom, "sum:amount", "donut|Rita €140 Olga €7"},
			{"funnel", byWhom, "sum:amount", "funnel|Olga €7 Rita €140"},
			{"", byMonth, "sum:amount", "bars|Olga Rita Feb 2026 €7 €140"},
			{"bars", byMonth, "avg:amount", "line|Olga Rita Feb 2026 €7 €70"},
		} {
			kind, want, _ := strings.Cut(x.want, "|")
			if got, _ := chart(x.show, x.group, x.measures); !strings.HasPrefix(got, " "+kind) || !strings.Contains(got, want) {
				t.Errorf("%s of %s by %s: %q lacks %q", x.show, x.measures, x.group, got, x.want)
			}
		}
		s.Create(t, s.Rita, "activity", record.Values{"subject": "Called", "kind": "call", "done": true})
		_, done, _ := strings.Cut(ada.Get("/reports/activity-by-person").Body, `<figure class="ch heat"`)
		if done, _, _ = strings.Cut(done, "<details"); !strings.Contains(space.ReplaceAllString(marks.ReplaceAllString(done, " "), " "), "Calls Meetings Mails Tasks Rita 1 0 0 0") {
			t.Errorf("figures beside each other: %q", done)
		}
		for i := range 25 {
			deal(s.Rita, fmt.Sprintf("Firm %02d", i), "web", "1")
		}
		got, page := chart("bars", "account.name, source", "sum:amount")
		if !strings.Contains(page, "The first 20 of 28.") || !strings.Contains(got, "A €100 –") || strings.Contains(got, "Firm 24") {
			t.Errorf("of many it shows %q", got)
		}
	})
}
