package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

var markup = regexp.MustCompile(`<[^>]*>|\s+`)

// said is what an answer tells in words.
func said(a webtest.Answer) string {
	body := a.Body
	if _, main, ok := strings.Cut(body, "<main"); ok {
		body = "<main" + main
	}
	return strings.Join(strings.Fields(markup.ReplaceAllString(body, " ")), " ")
}

// What somebody asks of a record or a list that is no longer as his page has it
// says what happened and what he can do.
func TestPagesThatAreBehindSaySo(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		var stage value.ID
		s.Read(t, s.Ada, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "stage", Filter: `name = "Negotiation"`, Limit: 1})
			stage = page.Records[0].ID
			return err
		})
		deal := func(name string) value.ID {
			return s.Create(t, s.Rita, "deal", record.Values{"name": name, "account": s.Create(t, s.Rita, "account", record.Values{"name": name + " Ltd"})})
		}
		rita, ada := s.User(t, s.Rita), s.User(t, s.Ada)

		says := func(a webtest.Answer, status int, texts ...string) {
			t.Helper()
			for _, text := range texts {
				if told := said(a); a.Status != status || !strings.Contains(told, text) {
					t.Errorf("%d, wanted %q in %.600s", a.Status, text, told)
				}
			}
		}

		// Two tabs edit one field of one record: both values, and a choice.
		two := "/deals/" + deal("Two tabs").String() + "/f/region"
		hx := []string{"HX-Request", "true"}
		ada.Post(two, url.Values{"v": {"1"}, "region": {"North"}}, hx...)
		for _, headers := range [][]string{hx, nil} {
			says(rita.Post(two, url.Values{"v": {"1"}, "region": {"South"}}, headers...), http.StatusConflict,
				"Somebody else changed this field meanwhile.", "Theirs North", "Yours South", "Keep mine", "Take theirs")
		}

		// A card is dragged, or a field saved, after the deal was deleted.
		gone := deal("Gone")
		s.Write(t, s.Ada, func(x *record.Session) error { return x.Delete(t.Context(), "deal", gone) })
		drag := url.Values{"board": {"1"}, "field": {"stage"}, "to": {stage.String()}, "v": {"1"}}
		for _, a := range []webtest.Answer{rita.Post("/deals/"+gone.String()+"/move", drag, hx...), rita.Post("/deals/"+gone.String()+"/f/region", url.Values{"v": {"1"}, "region": {"South"}}, hx...)} {
			says(a, http.StatusNotFound, "There is no such deal.", "It may have been deleted or moved, or it is not open to you.")
		}
		says(rita.Get("/deals/"+gone.String()), http.StatusNotFound, "Gone is in the trash", "It can be restored for 30 days", "Restore")

		// A link leads to a record that one may not see: as if there were none.
		for _, x := range []struct {
			path    string
			headers []string
		}{{"", nil}, {"/peek", hx}} {
			told := map[string]bool{}
			for _, id := range []string{hidden(t, s).String(), "912114506548486119"} {
				a := s.User(t, s.Olga).Get("/deals/"+id+x.path, x.headers...)
				says(a, http.StatusNotFound, "There is no such deal.", "or it is not open to you")
				told[said(a)] = true
			}
			if len(told) != 1 {
				t.Errorf("a hidden record tells itself apart: %v", told)
			}
		}

		// A filter in the address asks for a field that is no more.
		for _, path := range []string{"/deals?", "/deals?layout=board&", "/activities?layout=calendar&"} {
			says(rita.Get(path+"filter="+url.QueryEscape("gone_field = 3")), http.StatusOK,
				"gone_field = 3", "Not applied: The field is no longer there or is not open to you.", "Change filter")
		}
		says(rita.Get("/deals?filter=gone_field+%3D+3"), http.StatusOK, "Two tabs")
	})
}

// hidden makes a deal that Olga may not see.
func hidden(t *testing.T, s *webtest.Site) value.ID {
	t.Helper()
	s.Write(t, s.Ada, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: "role", Filter: `key = "rep"`, Limit: 1})
		if err == nil {
			_, err = x.Update(t.Context(), "role", page.Records[0].ID, 0, record.Values{"permissions": `{"objects":{"*":{"read":"own","create":"own","update":"own"}}}`})
		}
		return err
	})
	account := s.Create(t, s.Ada, "account", record.Values{"name": "Far"})
	return s.Create(t, s.Ada, "deal", record.Values{"name": "Secret", "account": account})
}
