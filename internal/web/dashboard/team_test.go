package dashboard_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/api"
	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// both answers pages and the API at one address, as a server does.
func both(ctx context.Context, a *app.App) (http.Handler, error) {
	site, err := pages(ctx, a)
	x := http.NewServeMux()
	x.Handle("/api/", api.New(api.Needs{App: a}))
	x.Handle("/", site)
	return x, err
}

// A report and a dashboard that are shown to a team are read by its people and by
// nobody else, through every door; who changes teams loses them with the move, and
// who comes has them. None but their owner changes them.
func TestWhatIsShownToATeam(t *testing.T) {
	t.Parallel()
	webtest.Each(t, both, func(t *testing.T, s *webtest.Site) {
		firm := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		s.Create(t, s.Rita, "deal", record.Values{"name": "North", "account": firm, "amount": "4321", "close_date": "2026-02-10"})
		made := s.Create(t, s.Rita, "report", record.Values{"name": "Northern figures", "object": "deal", "group": "owner", "measures": "count\nsum:amount", "visibility": "team"})
		board := s.Create(t, s.Rita, report.Dashboards.Name, record.Values{"name": "Northern board", "visibility": "team",
			"layout": `{"tiles":[{"kind":"table","of":"` + made.String() + `","width":12},{"kind":"list","of":"deals","width":6}]}`})
		x := &shared{Site: s, t: t, report: made.String(), board: board.String()}
		x.reads(map[value.ID]bool{s.Rita: true, s.Max: true, s.Olga: false, s.Bob: false, s.Ada: true})
		x.changes(s.Max, false)
		x.move(s.Max, "South")
		x.move(s.Olga, "North")
		x.reads(map[value.ID]bool{s.Rita: true, s.Max: false, s.Olga: true, s.Bob: false, s.Ada: true})
		x.move(s.Rita, "Sales") // whose people the other teams are, too
		x.reads(map[value.ID]bool{s.Rita: true, s.Max: true, s.Olga: true, s.Bob: true, s.Ada: true})
		x.changes(s.Rita, true)
		for path, form := range map[string]url.Values{"/dashboards/" + x.board + "/edit": {"do": {"settings"}, "name": {"Northern board"}, "visibility": {"private"}}} {
			if a := s.User(t, s.Rita).Post(path, form); a.Status != 303 {
				t.Errorf("%s: %d %s", path, a.Status, a.Body)
			}
		}
		s.Write(t, s.Rita, func(w *record.Session) error {
			_, err := w.Update(t.Context(), "report", made, 0, record.Values{"visibility": "private"})
			return err
		})
		x.reads(map[value.ID]bool{s.Rita: true, s.Max: false, s.Olga: false, s.Bob: false, s.Ada: false})
	})
}

// shared is a report and a dashboard with a tile of it.
type shared struct {
	*webtest.Site
	t             *testing.T
	report, board string
}

func (x *shared) move(member value.ID, team string) {
	x.t.Helper()
	x.Write(x.t, x.Ada, func(s *record.Session) error {
		id, err := app.TeamNamed(x.t.Context(), s, team, 0)
		if err == nil {
			_, err = s.Update(x.t.Context(), access.Members.Name, member, 0, record.Values{"team": id})
		}
		return err
	})
}

// reads says who may read them, through pages and the API alike.
func (x *shared) reads(may map[value.ID]bool) {
	x.t.Helper()
	for who, yes := range may {
		u, want := x.User(x.t, who), 404
		if yes {
			want = 200
		}
		for _, path := range []string{"/reports/" + x.report, "/reports/" + x.report + "/csv", "/reports/" + x.report + "/print", "/dashboards/" + x.board, "/dashboards/" + x.board + "/tiles/0", "/schedules?of=report:" + x.report, "/schedules?of=dashboard:" + x.board,
			"/api/v1/reports/" + x.report, "/api/v1/reports/file/" + x.report, "/api/v1/saved_reports/" + x.report, "/api/v1/dashboards/" + x.board, "/api/v1/reports/dashboards/" + x.board, "/api/v1/reports/dashboards/" + x.board + "/0"} {
			a := u.Get(path)
			if a.Status != want {
				x.t.Errorf("%s for %s: %d, want %d", path, x.name(who), a.Status, want)
			}
			if !yes && (strings.Contains(a.Body, "Northern") || strings.Contains(a.Words(), "4321") || strings.Contains(a.Words(), "4,321")) {
				x.t.Errorf("%s tells %s of it: %s", path, x.name(who), a.Body)
			}
		}
		for path, name := range map[string]string{"/reports": "Northern figures", "/reports?q=northern": "Northern board", "/dashboards/mine": "Northern board", "/api/v1/reports": "Northern figures", "/api/v1/saved_reports": "Northern figures",
			"/api/v1/dashboards": "Northern board", "/api/v1/reports/dashboards": "Northern board"} {
			if got := strings.Contains(u.Get(path).Body, name); got != yes {
				x.t.Errorf("%s names %q to %s: %v, want %v", path, name, x.name(who), got, yes)
			}
		}
		if a := u.Get("/api/v1/search?q=northern"); a.Status != 200 || !yes && strings.Contains(a.Body, "Northern") {
			x.t.Errorf("%s searches: %d %s", x.name(who), a.Status, a.Body)
		}
	}
}

func (x *shared) name(who value.ID) string {
	return map[value.ID]string{x.Ada: "Ada", x.Bob: "Bob", x.Rita: "Rita", x.Max: "Max", x.Olga: "Olga"}[who]
}

// changes says whether somebody who reads them may change them.
func (x *shared) changes(who value.ID, may bool) {
	x.t.Helper()
	u := x.User(x.t, who)
	for path, form := range map[string]url.Values{
		"/dashboards/" + x.board + "/edit": {"do": {"settings"}, "name": {"Northern board"}, "visibility": {"team"}},
	} {
		want := 403
		if may {
			want = 303
		}
		if a := u.Post(path, form); a.Status != want {
			x.t.Errorf("%s changed by %s: %d, want %d", path, x.name(who), a.Status, want)
		}
	}
	for object, id := range map[string]string{"report": x.report, report.Dashboards.Name: x.board} {
		n, _ := value.ParseID(id)
		err := x.Try(x.t.Context(), who, func(s *record.Session) error {
			_, err := s.Update(x.t.Context(), object, n, 0, record.Values{"name": fmt.Sprintf("Northern %s", map[bool]string{true: "figures", false: "board"}[object == "report"])})
			return err
		})
		if (err == nil) != may {
			x.t.Errorf("%s changed by %s: %v", object, x.name(who), err)
		}
	}
}
