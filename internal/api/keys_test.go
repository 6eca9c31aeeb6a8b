package api

import (
	"net/http"
	"sync"
	"testing"
)

func TestARepeatedCallIsAnsweredLikeTheFirst(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		body := map[string]any{"name": "Once"}
		first := d.call(t, d.Rita, POST, base+"/accounts", body, "Idempotency-Key: k-1").is(201)
		again := d.call(t, d.Rita, POST, base+"/accounts", body, "Idempotency-Key: k-1").is(201)
		if string(first.body) != string(again.body) || again.header.Get("Location") != first.header.Get("Location") ||
			again.header.Get("Etag") != first.header.Get("Etag") || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("first  %s %v\nagain  %s %v", first.body, first.header, again.body, again.header)
		}
		d.call(t, d.Rita, POST, base+"/accounts", map[string]any{"name": "Other"}, "Idempotency-Key: k-1").problem(422, "api.key_other_request")
		d.call(t, d.Rita, POST, base+"/contacts", body, "Idempotency-Key: k-1").problem(422, "api.key_other_request")
		d.call(t, d.Max, POST, base+"/accounts", body, "Idempotency-Key: k-1").is(201) // his own key
		d.call(t, d.Rita, POST, base+"/accounts", body, "Idempotency-Key: two words").problem(400, "api.bad_header")
		// A refusal is not kept: the call may be mended and sent again.
		d.call(t, d.Rita, POST, base+"/accounts", map[string]any{}, "Idempotency-Key: k-2").is(422)
		d.call(t, d.Rita, POST, base+"/accounts", body, "Idempotency-Key: k-2").is(201)
		if n := d.call(t, d.Rita, GET, base+"/accounts?count=exact", nil).is(200).json()["count"]; n != 3.0 {
			t.Errorf("%v accounts", n)
		}
	})
}

func TestCallsAtTheSameTimeWithOneKey(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		var wait sync.WaitGroup
		ids := make([]string, 8)
		for i := range ids {
			wait.Go(func() {
				a := d.call(t, d.Rita, POST, base+"/accounts", map[string]any{"name": "Once"}, "Idempotency-Key: same")
				switch a.status {
				case http.StatusCreated:
					ids[i] = a.text("id")
				case http.StatusConflict, http.StatusServiceUnavailable: // still being answered
				default:
					t.Errorf("%d: %s", a.status, a.body)
				}
			})
		}
		wait.Wait()
		seen := map[string]bool{}
		for _, id := range ids {
			if id != "" {
				seen[id] = true
			}
		}
		if n := d.call(t, d.Rita, GET, base+"/accounts?count=exact", nil).is(200).json()["count"]; n != 1.0 || len(seen) != 1 {
			t.Errorf("%v accounts, answers %v", n, ids)
		}
	})
}
