package api

import (
	"strings"
	"testing"
)

// The first record behind the part of its list that a queue holds is passed like
// all others when the work took it out of the list.
func TestWorkBehindWhatAQueueHolds(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.accounts(t, d.Rita, 1003)
		queue := base + "/work_queues/" + d.create(t, d.Rita, "work_queues", map[string]any{"object": "account", "filter": "last_activity_at is empty", "sort": "name"})
		held := strings.Fields(d.call(t, d.Rita, GET, queue, nil).is(200).text("items"))
		next := func(a *answer, title string, at, worked int) string {
			t.Helper()
			r, _ := a.is(200).json()["record"].(map[string]any)
			if r["title"] != title || figureOf(a, "at") != at || figureOf(a, "worked") != worked || figureOf(a, "total") != 1003 {
				t.Errorf("%s, wanted %s", a.body, title)
			}
			id, _ := r["id"].(string)
			return id
		}
		pass := func(id string) *answer {
			return d.call(t, d.Rita, POST, queue+"/pass", map[string]any{"record": id, "worked": true})
		}
		id := next(pass(held[len(held)-1]), "A1000", 1000, 1)
		d.create(t, d.Rita, "activities", map[string]any{"kind": "call", "done": true, "subject": "Called", "result": "reached", "about": []any{map[string]any{"object": "account", "id": id}}})
		next(pass(id), "A1001", 1001, 2)
		next(pass(id), "A1001", 1001, 2)
		d.call(t, d.Olga, POST, queue+"/pass", map[string]any{"record": id}).is(404)
	})
}
