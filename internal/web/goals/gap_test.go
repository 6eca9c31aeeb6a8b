package goals_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// A gap that no number of deals closes is said with its reason: no steps, nothing to
// plan, and nothing planned by who asks for it all the same.
func TestWhatStandsInTheWayOfAGap(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		list := s.HurdledTargets(t)
		ada := s.User(t, s.Ada)
		for _, x := range list {
			path := "/targets/gap/" + x.Target.String()
			a := ada.Get(path)
			if a.Status != 200 || !strings.Contains(a.Body, x.Words) {
				t.Errorf("%s: %d, not %q in %s", x.Name, a.Status, x.Words, a.Body)
			}
			if missing := strings.Contains(a.Body, ">Missing<"); missing != (x.Missing != "") || missing && !strings.Contains(a.Body, ">"+x.Missing+"<") {
				t.Errorf("%s: what is missing is not %q in %s", x.Name, x.Missing, a.Body)
			}
			for _, no := range []string{"Make tasks of it", " more deal", " new deal"} {
				if strings.Contains(a.Body, no) {
					t.Errorf("%s: says %q", x.Name, no)
				}
			}
			if steps := strings.Contains(a.Body, "What closes it") || strings.Contains(a.Body, "What it would take"); steps != (x.Name == "all omitted") {
				t.Errorf("%s: there are steps: %v", x.Name, steps)
			}
			if a := ada.Post(path, nil); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "There is nothing to plan") {
				t.Errorf("%s: planned all the same: %d", x.Name, a.Status)
			}
		}
		if n := len(openTasks(t, s)); n != 0 {
			t.Errorf("%d tasks", n)
		}
	})
}

// openTasks are the open tasks of everybody, in the order of their days.
func openTasks(t *testing.T, s *webtest.Site) (list []string) {
	t.Helper()
	s.Read(t, s.Ada, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: "activity", Filter: `kind = "task" and done != true`, Sort: "due_at,id"})
		for _, r := range page.Records {
			list = append(list, r.Title())
		}
		return err
	})
	return list
}

// One click makes the tasks, a second one none: it is planned already. When the
// numbers have changed, the plan has them; undone, it can be made again.
func TestAGapIsPlannedOnce(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		id := s.OwnRates(t)
		path := "/targets/gap/" + id.String()
		rita := s.User(t, s.Rita)
		a := rita.Get(path)
		for _, words := range []string{"Win 2 more deals", "Open 4 new deals", "Hold 4 meetings", "Make 8 calls", "Make tasks of it"} {
			if !strings.Contains(a.Body, words) {
				t.Errorf("no %q in %s", words, a.Body)
			}
		}
		press := func(lang, says string) webtest.Answer {
			t.Helper()
			rita.Lang = lang
			a := rita.Post(path, url.Values{}, "HX-Request", "true")
			if a.Status != 200 || !strings.Contains(a.Body, says) {
				t.Errorf("%d, not %q in %s", a.Status, says, a.Body)
			}
			return a
		}
		of := " (Rita, Q3 2026)"
		wants := func(when string, want ...string) {
			t.Helper()
			for i := range want {
				want[i] += of
			}
			if got := openTasks(t, s); strings.Join(got, "; ") != strings.Join(want, "; ") {
				t.Errorf("%s: %q, want %q", when, got, want)
			}
		}
		made := press("en", "4 tasks are made")
		plan := []string{"Make 8 calls", "Hold 4 meetings", "Open 4 new deals", "Win 2 more deals"}
		wants("after one click", append([]string{}, plan...)...)
		if a := press("en", "It is planned already: 4 tasks are open."); strings.Contains(a.Body, "/undo/") {
			t.Error("what changed nothing can be undone")
		}
		press("fi", "4 tehtävää on avoinna")
		wants("after three clicks", append([]string{}, plan...)...)

		undo := func(of webtest.Answer) {
			t.Helper()
			_, rest, _ := strings.Cut(of.Body, "/undo/")
			act, _, _ := strings.Cut(rest, `"`)
			if a := rita.Post("/undo/"+act, nil); a.Status >= 400 {
				t.Fatalf("undone: %d", a.Status)
			}
		}
		undo(made)
		wants("undone")
		press("en", "4 tasks are made")
		aim := func(number int) {
			s.Write(t, s.Ada, func(x *record.Session) error {
				_, err := x.Update(t.Context(), "target", id, 0, record.Values{"number": number})
				return err
			})
		}
		aim(3)
		of3 := []string{"Make 12 calls", "Hold 6 meetings", "Open 6 new deals", "Win 3 more deals"}
		changed := press("en", "4 tasks have new numbers")
		wants("of one deal more", append([]string{}, of3...)...)

		undo(changed)
		wants("with the change undone", append([]string{}, plan...)...)
		again := press("fi", "4 tehtävän luvut uusittiin")
		undo(again)
		wants("undone again", append([]string{}, plan...)...)
		aim(2)
		press("en", "It is planned already: 4 tasks are open.")
		aim(3)
		press("en", "4 tasks have new numbers")
		wants("asked for again", append([]string{}, of3...)...)
		press("en", "It is planned already: 4 tasks are open.")
	})
}
