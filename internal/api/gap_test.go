package api

import (
	"strings"
	"testing"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/record"
)

// What stands in the way of a gap is answered as pages say it: the reason, no steps,
// and nothing planned.
func TestWhatStandsInTheWayOfAGap(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		for _, x := range d.HurdledTargets(t) {
			path := base + "/targets/" + x.Target.String() + "/gap"
			gap := d.call(t, d.Ada, GET, path, nil).is(200).json()
			text, _ := gap["hurdle_text"].(string)
			if x.Problem != "" {
				text, _ = gap["problem_text"].(string)
			}
			key := func(name string) string { s, _ := gap[name].(string); return s }
			if key("hurdle") != x.Hurdle || key("problem") != x.Problem || x.Hurdle+x.Problem != "" && !strings.Contains(text, x.Words) {
				t.Errorf("%s: %v", x.Name, gap)
			}
			if _, told := gap["missing"]; told != (x.Missing != "") {
				t.Errorf("%s: what is missing is told: %v", x.Name, gap)
			}
			steps, _ := gap["steps"].([]any)
			if omitted := x.Name == "all omitted"; (len(steps) > 0) != omitted {
				t.Errorf("%s: %v", x.Name, steps)
			}
			for _, y := range steps {
				if step := y.(map[string]any); step["unknown"] != true {
					t.Errorf("%s: %v", x.Name, step)
				}
			}
			d.call(t, d.Ada, POST, path, `{}`).problem(422, "gap.nothing")
		}
	})
}

// A gap is planned once, with the numbers of its steps, also by who asks twice at
// once; who may not see the target plans nothing.
func TestAGapIsPlannedOnce(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		target := d.OwnRates(t)
		path := base + "/targets/" + target.String() + "/gap"
		d.call(t, d.Olga, POST, path, `{}`).is(404)
		both := make(chan *answer, 4)
		for range cap(both) {
			go func() { both <- d.call(t, d.Rita, POST, path, `{}`) }()
		}
		made := 0.0
		for range cap(both) {
			x := (<-both).is(200).json()
			if made += x["made"].(float64); len(x["tasks"].([]any)) != 4 || x["changed"] != 0.0 || (x["act"] != nil) != (x["made"] != 0.0) {
				t.Errorf("planned: %v", x)
			}
		}
		if made != 4 {
			t.Errorf("%v tasks are made", made)
		}
		due := map[string]string{}
		d.Read(t, d.Rita, func(s *record.Session) error {
			return s.Each(t.Context(), record.Query{Object: "activity", Filter: `kind = "task" and owner = me()`}, func(r *record.Record) error {
				at, _ := record.Get(r, activity.DueAt)
				due[r.Title()] = at.Format(time.DateOnly)
				return nil
			})
		})
		// 66 working days from 1 July on: a third, a half, two thirds, all of them.
		for subject, want := range map[string]string{"Make 8 calls": "2026-07-30", "Hold 4 meetings": "2026-08-14", "Open 4 new deals": "2026-08-31", "Win 2 more deals": "2026-09-30"} {
			if got := due[subject+" (Rita, Q3 2026)"]; got != want {
				t.Errorf("%s is due on %q, want %s; %v", subject, got, want, due)
			}
		}
		if len(due) != 4 {
			t.Errorf("tasks %v", due)
		}
	})
}
