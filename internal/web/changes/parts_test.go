package changes_test

import (
	"html"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

var (
	part = regexp.MustCompile(`(?s)<th scope="row">([^€]*?)</th>\s*<td class="r"><a class="ext" href="([^"]+)">([\d,]+)</a></td>\s*<td class="r">(.*?)</td>`)
	tag  = regexp.MustCompile(`<[^>]*>`)
)

// Every way in which a pipeline changes, once, with figures by hand: opening and parts
// come to the closing, and each figure lists the deals it is of.
func TestPartsByHand(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"})
		ids := map[string]value.ID{}
		deal := func(name, amount, on string, owner value.ID) {
			ids[name] = s.Create(t, s.Ada, "deal", record.Values{"name": name, "account": account, "amount": amount, "close_date": on, "owner": owner})
		}
		for name, amount := range map[string]string{"Stay": "100", "Win": "200", "Lose": "50", "Slip": "70", "Grow": "300", "Fall": "90", "Away": "25", "Back": "30"} {
			deal(name, amount, "2026-03-20", s.Rita)
		}
		deal("Nearer", "40", "2026-08-01", s.Rita)
		deal("Taken", "15", "2026-03-20", s.Max)
		set := func(name string, v record.Values) {
			t.Helper()
			s.Write(t, s.Ada, func(x *record.Session) error {
				_, err := x.Update(t.Context(), "deal", ids[name], 0, v)
				return err
			})
		}
		move := func(name string, step sales.Step) {
			t.Helper()
			s.Pass(time.Minute)
			s.Write(t, s.Ada, func(x *record.Session) error {
				step.Deal = ids[name]
				_, err := sales.Move(t.Context(), x, step)
				return err
			})
		}
		lost := sales.Step{Kind: sales.Lost, Close: sales.Close{Reason: "price"}}
		move("Back", lost)
		s.Pass(10 * 24 * time.Hour)
		move("Win", sales.Step{Kind: sales.Won})
		move("Lose", lost)
		set("Slip", record.Values{"close_date": "2026-07-20"})
		set("Grow", record.Values{"amount": "350"})
		set("Fall", record.Values{"amount": "60"})
		set("Away", record.Values{"owner": s.Max})
		set("Nearer", record.Values{"close_date": "2026-03-25"})
		set("Taken", record.Values{"owner": s.Rita})
		s.Write(t, s.Ada, func(x *record.Session) error {
			_, err := sales.Reopen(t.Context(), x, ids["Back"], 0)
			return err
		})
		set("Back", record.Values{"close_date": "2026-03-28"})
		deal("Added", "11", "2026-03-25", s.Rita)
		s.Pass(24 * time.Hour)

		bob := s.User(t, s.Bob)
		path := "/reports/changes?from=2026-03-03&closing_from=2026-03-01&closing_to=2026-03-31&owner=" + s.Rita.String()
		a := bob.Get(path)
		got := map[string]string{}
		for _, r := range part.FindAllStringSubmatch(a.Body, -1) {
			name := strings.TrimSpace(tag.ReplaceAllString(r[1], ""))
			got[name] = r[3] + " " + html.UnescapeString(r[4])
			follow(t, bob, path, strings.ReplaceAll(r[2], "&amp;", "&"), r[3])
		}
		want := map[string]string{"Open on 3 Mar 2026": "7 €835.00", "Added": "1 €11.00", "Reopened": "1 €30.00", "Close date moved in": "1 €40.00",
			"Came from other owners or pipelines": "1 €15.00", "Amount raised": "1 €50.00", "Amount lowered": "1 −€30.00", "Close date slipped out": "1 −€70.00",
			"Won": "1 −€200.00", "Lost": "1 −€50.00", "Went to other owners or pipelines": "1 −€25.00", "Open at the end of 13 Mar 2026": "7 €606.00"}
		if !maps.Equal(got, want) { // 835 + 11 + 30 + 40 + 15 + 50 - 30 - 70 - 200 - 50 - 25 = 606
			t.Errorf("%v\nwant %v", got, want)
		}
		for of, only := range map[string]string{"added": "Added", "reopened": "Back", "moved_in": "Nearer", "entered": "Taken", "raised": "Grow", "lowered": "Fall", "slipped": "Slip", "won": "Win", "lost": "Lose", "left": "Away"} {
			list := bob.Get(strings.Replace(path, "/changes?", "/changes/deals?part="+of+"&", 1)).Body
			for name, id := range ids {
				if strings.Contains(list, `href="/deals/`+id.String()+`"`) != (name == only) {
					t.Errorf("%s: %s is listed, or is not", of, name)
				}
			}
		}
	})
}
