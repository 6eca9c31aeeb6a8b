package create_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// limit gives the reps other rights to fields.
func limit(t *testing.T, s *webtest.Site, fields map[string]string) {
	t.Helper()
	s.Write(t, s.Ada, func(x *record.Session) error {
		id, _ := x.Roster().Role(access.RepRole)
		r, err := x.Get(t.Context(), "role", id)
		if err != nil {
			return err
		}
		var p map[string]any
		if err := json.Unmarshal([]byte(r.Field("permissions").(string)), &p); err != nil {
			return err
		}
		p["fields"] = fields
		text, err := json.Marshal(p)
		if err != nil {
			return err
		}
		_, err = x.Update(t.Context(), "role", id, 0, record.Values{"permissions": string(text)})
		return err
	})
}

// Fields that one may not set are not in the form, and are not taken from one
// that has them.
func TestFieldsOneMayNotSet(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		acme := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		limit(t, s, map[string]string{"deal.amount": "read", "deal.next_step": "none", "deal.competitor": "masked"})
		rita := s.User(t, s.Rita)
		body := rita.Get("/deals/new?amount=12&next_step=x").Body
		for _, gone := range []string{"amount", "next_step", "competitor", "status", "created_at", "weighted"} {
			if strings.Contains(body, `name="`+gone+`"`) {
				t.Errorf("the form has %s", gone)
			}
		}
		if !strings.Contains(body, `name="close_date"`) {
			t.Error("the form lacks what may be set")
		}
		id := made(t, rita.Post("/deals/new", url.Values{"name": {"Buses"}, "account": {acme.String()}, "amount": {"12"}, "next_step": {"x"}, "status": {"won"}}))
		s.Read(t, s.Ada, func(x *record.Session) error {
			r, err := x.Get(t.Context(), "deal", id)
			if err == nil && (r.Field("amount") != nil || r.Field("next_step") != nil || r.Field("status") != "open") {
				t.Errorf("%v %v %v", r.Field("amount"), r.Field("next_step"), r.Field("status"))
			}
			return err
		})
		if a := rita.Get("/deals/reading?field=next_step&name=next_step&next_step=x"); a.Status != 404 {
			t.Errorf("a hidden field answers: %d", a.Status)
		}
	})
}
