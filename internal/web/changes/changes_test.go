package changes_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

var link = regexp.MustCompile(`<td class="r"><a class="ext" href="([^"]+)">([\d,]+)</a>`)

// Every figure of both pages leads to as many deals as it says.
func TestFiguresLeadToTheirDeals(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		first := s.Create(t, s.Rita, "deal", record.Values{"name": "Grows", "account": account, "amount": "100", "close_date": "2026-03-20"})
		other := s.Create(t, s.Rita, "deal", record.Values{"name": "Slips", "account": account, "amount": "50", "close_date": "2026-03-20"})
		s.Pass(10 * 24 * time.Hour)
		s.Write(t, s.Rita, func(x *record.Session) error {
			if _, err := x.Update(t.Context(), "deal", first, 0, record.Values{"amount": "130"}); err != nil {
				return err
			}
			if _, err := x.Update(t.Context(), "deal", other, 0, record.Values{"close_date": "2026-08-20"}); err != nil {
				return err
			}
			_, err := sales.Move(t.Context(), x, sales.Step{Deal: first, Kind: sales.Lost, Close: sales.Close{Reason: "price"}})
			return err
		})
		far := s.Create(t, s.Rita, "deal", record.Values{"name": "Jumps", "account": account, "close_date": "2026-09-20"})
		s.Write(t, s.Rita, func(x *record.Session) error {
			p, err := x.Query(t.Context(), record.Query{Object: "stage", Filter: `name = "Negotiation"`})
			if err == nil {
				_, err = x.Update(t.Context(), "deal", far, 0, record.Values{"stage": p.Records[0].ID})
			}
			return err
		})
		s.Create(t, s.Rita, "deal", record.Values{"name": "Added", "account": account, "amount": "7", "close_date": "2026-03-25"})
		s.Pass(24 * time.Hour)
		rita := s.User(t, s.Rita)
		for _, path := range []string{"/reports/changes", "/reports/changes?closing_from=2026-03-01&closing_to=2026-03-31", "/reports/funnel", "/reports/funnel?by=cohort&period=this_year", "/reports/funnel?skips=passed", "/reports/funnel?skips=passed&by=cohort&period=this_year", "/reports/funnel?as_of=" + s.Now().AddDate(0, 0, -5).Format(time.DateOnly)} {
			a := rita.Get(path)
			links := link.FindAllStringSubmatch(a.Body, -1)
			if a.Status != http.StatusOK || len(links) < 2 {
				t.Fatalf("%s: %d, %d links: %.1500s", path, a.Status, len(links), a.Body)
			}
			for _, l := range links {
				follow(t, rita, path, strings.ReplaceAll(l[1], "&amp;", "&"), l[2])
			}
		}
		page := rita.Get("/reports/changes").Body
		for _, want := range []string{"€100<", "to_stage=", "<td>Lost</td>", `href="/schedules?of=report:changes"`} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of changes has no %q", want)
			}
		}
		if mailed := rita.Get("/reports/funnel?by=cohort&period=this_year").Body; !strings.Contains(mailed, `href="/schedules?of=report:funnel-by-cohort&amp;period=this_year"`) {
			t.Error("the funnel has no link to send it by mail")
		}
		for path, want := range map[string]string{"/reports/funnel": "Stages that were passed over do not count", "/reports/funnel?skips=passed": "Stages that were passed over count as passed"} {
			if page := rita.Get(path).Body; !strings.Contains(page, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
		if page := rita.Get("/reports/funnel?by=cohort&skips=passed").Body; !strings.Contains(page, `href="/schedules?of=report:funnel-by-cohort-passed`) {
			t.Error("the funnel with skips has no link to send it by mail")
		}
		body := rita.Get("/reports/changes?closing_from=2026-03-01&closing_to=2026-03-31").Body
		for _, want := range []string{"Added", "Amount raised", "Close date slipped out", "€150.00", "€7.00"} {
			if !strings.Contains(body, want) {
				t.Errorf("the changes do not tell %q", want)
			}
		}
		list := rita.Get("/reports/changes/deals?part=raised&from=" + s.Now().AddDate(0, 0, -8).Format(time.DateOnly)).Body
		if !strings.Contains(list, "Grows") || strings.Contains(list, "Slips") || !strings.Contains(list, "€100.00") || !strings.Contains(list, "€130.00") {
			t.Errorf("the deals raised: %.1500s", list)
		}
		s.Write(t, s.Rita, func(x *record.Session) error {
			b := record.Batch{Object: "deal"}
			for range 205 {
				b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": "商机", "account": account}})
			}
			_, err := x.Save(t.Context(), b)
			return err
		})
		newest := rita.Get("/reports/changes/deals?part=added").Body
		next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(newest)
		if n := strings.Count(newest, `<a class="ext" href="/deals/`); n != 200 || next == nil {
			t.Fatalf("the first page has %d deals, and %v behind it", n, next)
		}
		rest := rita.Get(strings.ReplaceAll(next[1], "&amp;", "&")).Body
		if n := strings.Count(rest, `<a class="ext" href="/deals/`); n < 6 || n > 20 || strings.Contains(rest, `rel="next"`) || !strings.Contains(rest, "Added") {
			t.Errorf("the second page has %d deals: %.1500s", n, rest)
		}
		for path, want := range map[string]int{"/reports/changes?from=x&to=2026-99-99&owner=1&team=z": 200, "/reports/changes/deals?part=moon": 303, "/reports/funnel/behind?of=entered:x:": 404,
			"/reports/funnel/behind?of=moon:1:": 404, "/reports/funnel?pipeline=1&period=never": 200, "/reports/changes?from=2999-01-01&to=1900-01-01": 200} {
			if a := rita.Get(path); a.Status != want {
				t.Errorf("%s: %d, want %d", path, a.Status, want)
			}
		}
	})
}

func follow(t *testing.T, u *webtest.User, page, url, figure string) {
	t.Helper()
	a := u.Get(url)
	if a.Status != http.StatusOK {
		t.Errorf("%s leads to %s: %d", page, url, a.Status)
		return
	}
	n := strings.Count(a.Body, `<a class="ext" href="/deals/`)
	if strings.HasPrefix(url, "/deals?") {
		n = strings.Count(a.Body, "<tr data-row")
	}
	if fmt.Sprint(n) != figure {
		t.Errorf("%s says %s, %s lists %d", page, figure, url, n)
	}
}
