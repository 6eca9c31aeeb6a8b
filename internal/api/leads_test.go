package api

import (
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
)

func TestWorkOnLeads(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		lead := d.create(t, d.Rita, "leads", map[string]any{"name": "Ann", "email": "ann@home.example"})
		path := base + "/leads/" + lead
		questions := d.call(t, d.Rita, GET, path+"/checklist", nil).is(200).items()
		if len(questions) != 7 || questions[0]["answer"] != "unknown" {
			t.Fatalf("checklist %v", questions)
		}
		question, _ := questions[0]["question"].(string)
		body := `{"question": "` + question + `", "answer": "yes", "note": "In May"}`
		d.call(t, d.Olga, POST, path+"/answer", body).is(403)
		d.call(t, d.Rita, POST, path+"/answer", body).is(200)
		if again := d.call(t, d.Rita, GET, path+"/checklist", nil).is(200).items(); again[0]["answer"] != "yes" || again[0]["note"] != "In May" {
			t.Errorf("answered: %v", again[0])
		}

		cadence, _ := d.call(t, d.Rita, GET, base+"/cadences", nil).is(200).items()[0]["id"].(string)
		d.call(t, d.Olga, POST, path+"/enroll", `{"cadence": "`+cadence+`"}`).is(403)
		d.call(t, d.Rita, POST, path+"/enroll", `{"cadence": "`+cadence+`"}`).is(200)
		d.call(t, d.Rita, POST, path+"/enroll", `{"cadence": "`+cadence+`"}`).is(409)
		enrollment, _ := d.call(t, d.Rita, GET, base+"/enrollments", nil).is(200).items()[0]["id"].(string)
		at := base + "/enrollments/" + enrollment
		d.call(t, d.Olga, POST, at+"/stop", nil).is(403)
		for _, x := range []struct{ act, state string }{{"pause", "paused"}, {"resume", "active"}, {"stop", "stopped"}} {
			if got := d.call(t, d.Rita, POST, at+"/"+x.act, nil).is(200).text("state"); got != x.state {
				t.Errorf("%s: %s", x.act, got)
			}
		}
		d.call(t, d.Rita, POST, at+"/stop", nil).is(409)

		d.call(t, d.Olga, POST, path+"/reclaim", nil).is(403)
		if got := d.call(t, d.Bob, POST, path+"/reclaim", nil).is(200).text("owner"); got != d.Bob.String() {
			t.Errorf("reclaimed: %s", got)
		}
		if got := d.call(t, d.Bob, POST, path+"/transfer", `{"to": "`+d.Max.String()+`", "tasks": true}`).is(200).text("owner"); got != d.Max.String() {
			t.Errorf("transferred: %s", got)
		}
	})
}

// A program captures somebody as a form does: one lead, however often he comes.
func TestCaptureLeads(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		at, ann := base+"/leads/capture", `{"values": {"name": "Ann", "email": "Ann@home.example"}, "campaign": "spring", "via": "https://www.example.com"}`
		made := d.call(t, d.Rita, POST, at, ann, "Idempotency-Key: one").is(201)
		if made.text("source") != "api" || made.text("channel") != "API" || made.json()["joined"] != false || made.json()["touch_count"] != float64(1) {
			t.Fatalf("made: %s", made.body)
		}
		if again := d.call(t, d.Rita, POST, at, ann, "Idempotency-Key: one").is(201); again.text("id") != made.text("id") || again.json()["touch_count"] != float64(1) {
			t.Errorf("repeated: %s", again.body)
		}
		joined := d.call(t, d.Rita, POST, at, `{"values": {"email": "ann@home.example", "phone": "+49 30 555555", "source": "phone"}}`).is(200)
		if joined.text("id") != made.text("id") || joined.json()["joined"] != true || joined.text("phone") != "+4930555555" || joined.text("source") != "api" || joined.json()["touch_count"] != float64(2) {
			t.Errorf("joined: %s", joined.body)
		}
		for _, body := range []string{`{}`, `{"values": {}}`, `{"values": "Ann"}`, `{"values": {"email": "nowhere"}}`, `{"values": {"name": "Bo", "colour": "red"}}`,
			`{"values": {"name": "Bo", "status": "converted"}}`, `{"values": {"name": "Bo"}, "lead_source": "1"}`} {
			d.call(t, d.Rita, POST, at, body).is(422)
		}
		// Who may not see the lead joins it all the same, and changes nothing of it.
		d.open(t, "lead", access.Private)
		hidden := d.call(t, d.Olga, POST, at, `{"values": {"email": "ann@home.example", "company": "Acme"}}`).is(200)
		if hidden.text("id") != made.text("id") || hidden.json()["joined"] != true || strings.Contains(string(hidden.body), "Ann") {
			t.Errorf("out of sight: %s", hidden.body)
		}
		if now := d.call(t, d.Rita, GET, base+"/leads/"+made.text("id"), nil).is(200); now.json()["touch_count"] != float64(3) || now.json()["company"] != nil {
			t.Errorf("afterwards: %s", now.body)
		}
		d.role(t, d.Max, `{"objects":{"lead":{"read":"all","create":"none","update":"all"}}}`)
		d.call(t, d.Max, POST, at, ann).is(403)
	})
}

func TestCapturedLeadsAreAssigned(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.create(t, d.Ada, "assignment_rules", map[string]any{"name": "All to Max", "object": "lead", "how": "in_turn", "members": []string{d.Max.String()}})
		if got := d.call(t, d.Rita, POST, base+"/leads/capture", `{"values": {"name": "Bo"}}`).is(201).text("id"); got == "" {
			t.Fatal("nothing made")
		} else if owner := d.call(t, d.Ada, GET, base+"/leads/"+got, nil).is(200).text("owner"); owner != d.Max.String() {
			t.Errorf("owner %s", owner)
		}
	})
}

// Open tasks follow a new owner wherever he is set, if that is wanted.
func TestTasksFollowANewOwner(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		lead := d.create(t, d.Rita, "leads", map[string]any{"name": "Ann"})
		task := d.create(t, d.Rita, "activities", map[string]any{"kind": "task", "subject": "Call", "about": []string{"lead:" + lead}})
		path := base + "/leads/" + lead
		owner := func() string { return d.call(t, d.Ada, GET, base+"/activities/"+task, nil).is(200).text("owner") }
		d.call(t, d.Bob, PATCH, path, `{"owner": "`+d.Max.String()+`"}`).is(200)
		if got := owner(); got != d.Rita.String() {
			t.Errorf("the task followed although nobody asked: %s", got)
		}
		d.call(t, d.Bob, PATCH, path, `{"owner": "`+d.Rita.String()+`"}`).is(200)
		d.call(t, d.Bob, PATCH, path, `{"owner": "`+d.Max.String()+`", "_said": {"tasks": true}}`).is(200)
		if got := owner(); got != d.Max.String() {
			t.Errorf("one lead: the task is %s's", got)
		}
		d.call(t, d.Bob, POST, base+"/leads/bulk", `{"ids": ["`+lead+`"], "changes": {"owner": "`+d.Rita.String()+`", "_said": {"tasks": true}}}`).is(200)
		if got := owner(); got != d.Rita.String() {
			t.Errorf("many leads: the task is %s's", got)
		}
		d.call(t, d.Bob, PATCH, path, `{"owner": "`+d.Max.String()+`", "_said": {"tasks": "yes"}}`).is(422)
		if err := d.Workspace.SetMemberActive(t.Context(), apptest.As(d.Ada), d.Max, false); err != nil {
			t.Fatal(err)
		}
		d.call(t, d.Bob, PATCH, path, `{"owner": "`+d.Max.String()+`"}`).is(422)
		if got := d.call(t, d.Bob, POST, base+"/leads/bulk", `{"ids": ["`+lead+`"], "changes": {"owner": "`+d.Max.String()+`"}}`).is(200).json()["failed"]; got != float64(1) {
			t.Errorf("to somebody who left: %v", got)
		}
	})
}
