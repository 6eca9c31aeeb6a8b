package app_test

import (
	"fmt"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/sales"
)

// Cadences that are killed again and again, and then go on in two processes at
// once where the database lets them, place every attempt once.
func TestKillDuringCadences(t *testing.T) {
	eachDoomed(t, func(t *testing.T, d doomed) {
		leads := 300 * killRounds()
		d.with(t, func(w *app.Workspace) { d.enroll(t, w, leads) })
		d.Mode = "cadences"
		kills := 0
		for round := range killRounds() { // soon at first: on a fast machine all is done within a second
			if _, killed := d.run(t, time.Duration(round+1)*50*time.Millisecond); killed {
				kills++
			}
		}
		d.with(t, func(w *app.Workspace) {
			nodes := []*app.Workspace{w}
			if w.Engine().DB().Dialect().ForUpdate() != "" {
				a, other, err := d.open(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer a.Close()
				nodes = append(nodes, other)
			}
			done := make(chan error)
			for _, node := range nodes {
				go func() { done <- node.RunCadences(t.Context()) }()
			}
			for range nodes {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			twice(t, w, leads)
			sound(t, w)
		})
		t.Logf("%d kills, %d leads", kills, leads)
		if kills == 0 {
			t.Error("no process was killed")
		}
	})
}

// enroll lets new leads into a cadence whose second attempt is due at once.
func (d doomed) enroll(t *testing.T, w *app.Workspace, leads int) {
	t.Helper()
	write := func(fn func(s *record.Session) error) {
		t.Helper()
		if err := w.Write(t.Context(), d.who(), fn); err != nil {
			t.Fatal(err)
		}
	}
	write(func(s *record.Session) error {
		made, err := s.Create(t.Context(), sales.Cadences.Name, record.Values{"name": "Twice", "auto": true, "active": true, "position": int64(-1)})
		for n := range int64(2) {
			if err == nil {
				_, err = s.Create(t.Context(), sales.CadenceSteps.Name, record.Values{"name": fmt.Sprint("Attempt ", n+1), "cadence": made.ID,
					"kind": "task", "position": n, "any_hour": true})
			}
		}
		return err
	})
	for left := leads; left > 0; left -= 500 {
		write(func(s *record.Session) error {
			b := record.Batch{Object: sales.Leads.Name}
			for i := range min(500, left) {
				b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": fmt.Sprint("Lead ", left-i)}})
			}
			_, err := s.Save(t.Context(), b)
			return err
		})
	}
}

// twice holds that every lead has both its attempts, and none of them twice.
func twice(t *testing.T, w *app.Workspace, leads int) {
	t.Helper()
	placed := map[string]int{}
	eachRecord(t, w, record.Query{Object: "activity"}, func(r *record.Record) { placed[r.Title()]++ })
	enrolled := 0
	eachRecord(t, w, record.Query{Object: sales.Enrollments.Name}, func(r *record.Record) {
		enrolled++
		if step, _ := record.Get(r, sales.EnrollStep); step != 2 {
			t.Errorf("%s stands at step %d", r.ID, step)
		}
		if text, _ := record.Get(r, sales.EnrollPlaced); len(text) == 0 {
			t.Errorf("%s knows of no attempt", r.ID)
		}
	})
	if enrolled != leads || placed["Attempt 1"] != leads || placed["Attempt 2"] != leads {
		t.Errorf("%d leads: %d enrolled, %v attempts", leads, enrolled, placed)
	}
}
