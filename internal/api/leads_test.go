package api

import "testing"

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
