package form_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/webtest"
)

func reshape(t *testing.T, s *webtest.Site, op schema.Op, field, set string) {
	t.Helper()
	c := schema.Change{Op: op, Object: "lead", Field: field}
	if set != "" {
		c.Set = json.RawMessage(set)
	}
	if _, err := s.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: s.Ada}, []schema.Change{c}, 0); err != nil {
		t.Fatal(err)
	}
}

// A form follows a field that is called otherwise and takes what pages of
// before still send; of a field that is gone it says so, and goes on with the
// others.
func TestAFormFollowsItsFields(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada, stranger := s.User(t, s.Ada), s.Stranger(t)
		reshape(t, s, schema.AddField, "", `{"name":"shoe_size","kind":"text","labels":{"en":"Shoe size"}}`)
		id, public := desk(t, s, nil)
		at := "/settings/forms/" + id.String()
		ada.Post(at+"/questions", url.Values{"field": {"shoe_size"}, "required": {"1"}})
		for _, name := range []string{"foot_size", "size"} {
			was := strings.Fields(asks(t, s, id.String()))
			reshape(t, s, schema.ChangeField, strings.TrimSuffix(was[len(was)-1], "*"), `{"name":"`+name+`"}`)
			if got := asks(t, s, id.String()); got != "name* email* phone description "+name+"*" {
				t.Fatalf("after the field became %s: %s", name, got)
			}
		}
		if a := ada.Post(at+"/questions", url.Values{"field": {"size"}, "label": {"Feet"}, "required": {"1"}}); a.Status != http.StatusSeeOther {
			t.Fatalf("its label: %d", a.Status)
		}
		for i, name := range []string{"shoe_size", "foot_size", "size"} {
			mail := string(rune('a'+i)) + "@home.example"
			if a := stranger.Post(public, filled("email", mail, "name", mail, name, "46")); a.Status != http.StatusSeeOther {
				t.Fatalf("sent as %s: %d %s", name, a.Status, a.Body)
			}
			list := leads(t, s)
			if len(list) != i+1 || list[i].Field("size") != "46" {
				t.Fatalf("sent as %s: %d leads", name, len(list))
			}
		}
		// A question that has a former name of another for its own is answered by it.
		reshape(t, s, schema.AddField, "", `{"name":"shoe_size","kind":"text"}`)
		ada.Post(at+"/questions", url.Values{"field": {"shoe_size"}})
		if a := stranger.Post(public, filled("shoe_size", "46")); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("answered by another question: %d", a.Status)
		}

		if a := ada.Get(at); strings.Contains(a.Body, "No longer a field") {
			t.Error("nothing is gone yet")
		}
		reshape(t, s, schema.RemoveField, "size", "")
		if a := ada.Get(at); !strings.Contains(a.Body, "No longer a field") || !strings.Contains(a.Body, "Feet") || !strings.Contains(a.Body, `href="/settings/objects/lead"`) {
			t.Errorf("what is gone: %s", a.Body)
		}
		if a := stranger.Post(public, filled("email", "z@home.example")); a.Status != http.StatusSeeOther || len(leads(t, s)) != 4 {
			t.Errorf("without it: %d %s", a.Status, a.Body)
		}
		if a := ada.Post(at+"/questions", url.Values{"field": {"company"}}); a.Status != http.StatusSeeOther {
			t.Errorf("another question: %d %s", a.Status, a.Body)
		}
		if a := ada.Post(at+"/order", url.Values{"do": {"drop:size"}}); a.Status != http.StatusSeeOther || asks(t, s, id.String()) != "name* email* phone description shoe_size company" {
			t.Errorf("left out: %d %s", a.Status, asks(t, s, id.String()))
		}
		if a := ada.Post(at+"/questions", url.Values{"field": {"size"}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("asked for what is gone: %d", a.Status)
		}
	})
}
