package forecast_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// A factor has its share of what is to come; removed, every figure is what it was,
// undone it is there again. Who leads nobody can remove none.
func TestAFactorIsRemoved(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		for range 5 {
			s.Create(t, s.Rita, "deal", record.Values{"name": "North", "account": firm, "amount": "2000", "close_date": "2026-03-20"})
		}
		of := "?period=2026-Q1&person=" + s.Rita.String()
		rita, bob := s.User(t, s.Rita), s.User(t, s.Bob)
		told := func() string {
			t.Helper()
			a := bob.Get("/forecast/range" + of)
			_, told, ok := strings.Cut(a.Body, `id="range"`)
			if a.Status != 200 || !ok {
				t.Fatalf("no range: %d", a.Status)
			}
			return told
		}
		before := told()
		has(t, bob.Post("/forecast"+of, url.Values{"do": {"factor"}, "name": {"Market"}, "change": {"-50"}, "starts_on": {"2026-01-01"}, "ends_on": {"2026-12-31"}}), 303)
		with := told()
		if with == before || !strings.Contains(with, "Market") {
			t.Errorf("with a factor it is told %s", with)
		}
		page := bob.Get("/forecast" + of)
		id := regexp.MustCompile(`name="do" value="remove"/?>\s*<input type="hidden" name="id" value="(\d+)"`).FindStringSubmatch(page.Body)
		if id == nil || !strings.Contains(page.Body, "Remove: Market") {
			t.Fatalf("nothing to remove it with in %s", page.Body)
		}
		remove := url.Values{"do": {"remove"}, "id": {id[1]}}
		if a := rita.Get("/forecast" + of); strings.Contains(a.Body, "Remove: Market") || !strings.Contains(a.Body, "Market") {
			t.Error("a rep is offered to remove it")
		}
		if a := rita.Post("/forecast"+of, remove); a.Status != 403 && a.Status != 404 {
			t.Errorf("a rep removes it: %d", a.Status)
		}
		gone := bob.Post("/forecast"+of, remove, "HX-Request", "true")
		has(t, gone, 200, "Removed", "/undo/")
		if got := told(); got != before {
			t.Errorf("removed, it is told\n%s\n and was\n%s", got, before)
		}
		if a := bob.Get("/forecast" + of); strings.Contains(a.Body, "Market") {
			t.Error("what is removed stands on the page")
		}
		has(t, bob.Post("/forecast"+of, remove), 404)
		_, undo, _ := strings.Cut(gone.Body, "/undo/")
		undo, _, _ = strings.Cut(undo, `"`)
		if a := bob.Post("/undo/"+undo, nil); a.Status >= 400 {
			t.Errorf("undone: %d", a.Status)
		}
		if got := told(); got != with {
			t.Errorf("undone, it is told\n%s\n and was\n%s", got, with)
		}
		for _, bad := range []string{"", "x", "17"} {
			has(t, bob.Post("/forecast"+of, url.Values{"do": {"remove"}, "id": {bad}}), 404)
		}
	})
}

// With less than two years of wins the season says that there is not enough; with two
// years its share stands in the range.
func TestTheSeasonTakesTwoYears(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		var won value.ID
		s.Read(t, s.Ada, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "stage", Filter: `kind = "won"`, Limit: 1})
			won = page.Records[0].ID
			return err
		})
		win := func(ago int, amount string) {
			on := time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC).AddDate(0, -ago, 0)
			s.Create(t, s.Ada, "deal", record.Values{"name": "Of old", "account": firm, "owner": s.Rita, "stage": won, "amount": amount, "close_date": on.Format(time.DateOnly)})
		}
		for ago := 1; ago <= 23; ago++ { // the second quarter brings twice as much as others
			month := (2 - ago%12 + 12) % 12
			win(ago, map[bool]string{true: "200", false: "100"}[month >= 3 && month <= 5])
		}
		s.Create(t, s.Rita, "deal", record.Values{"name": "Open", "account": firm, "amount": "1000", "close_date": "2026-05-20"})
		bob := s.User(t, s.Bob)
		short := bob.Get("/forecast/range?of=all&period=2026-Q2")
		has(t, short, 200, "Season: not enough history to learn it (23 of 24 months).")
		if rows, _ := rowsOf(short); rows["Season"] != "" {
			t.Errorf("its share is %s", rows["Season"])
		}
		win(24, "100")
		told := bob.Get("/forecast/range?of=all&period=2026-Q2")
		has(t, told, 200, "Season: such a period brings 160% of an average one.", "Season")
		if strings.Contains(told.Body, "not enough history to learn it") {
			t.Error("two years are not enough")
		}
	})
}
