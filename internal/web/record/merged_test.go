package record_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/web/webtest"
)

func TestTwoRecordsBecomeOne(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		left := s.Create(t, s.Rita, "account", record.Values{"name": "Acme", "phone": "+49 30 1234567", "kinds": []string{"customer"}, "tags": []string{"a"}})
		right := s.Create(t, s.Rita, "account", record.Values{"name": "ACME Ltd", "website": "https://acme.example", "tags": []string{"b"}})
		s.Create(t, s.Rita, "deal", record.Values{"name": "Rollout", "account": right})
		rita, at := s.User(t, s.Rita), "/accounts/"+left.String()

		a := rita.Get("/accounts/merge?id=" + left.String() + "&id=" + right.String())
		if a.Status != http.StatusSeeOther || a.Header.Get("Location") != at+"/merge?with="+right.String() {
			t.Errorf("a selection of two: %d %v", a.Status, a.Header)
		}
		if a := rita.Get("/accounts/merge?id=" + left.String()); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a selection of one: %d", a.Status)
		}
		if a := rita.Get(at+"/merge", "HX-Request", "true"); a.Status != 200 || !strings.Contains(a.Body, `data-src="/accounts/options`) {
			t.Errorf("nobody chosen: %d %s", a.Status, a.Body)
		}
		a = rita.Get(at + "/merge?with=" + right.String())
		for _, want := range []string{"Merge ACME Ltd into Acme", "https://acme.example", `name="pick.name" value="left" checked`, `name="pick.website" value="right" checked`,
			`name="pick.tags" value="both" checked`, `name="pick.kinds" value="left" checked`, "Deals, by Account: 1"} {
			if a.Status != 200 || !strings.Contains(a.Body, want) {
				t.Errorf("side by side without %s: %d %s", want, a.Status, a.Body)
			}
		}
		form := url.Values{"with": {right.String()}, "pick.name": {"right"}, "pick.tags": {"both"}}
		for who, u := range map[string]*webtest.User{"Olga may change neither": s.User(t, s.Olga)} {
			if a := u.Post(at+"/merge", form); a.Status != http.StatusForbidden {
				t.Errorf("%s: %d", who, a.Status)
			}
			if a := u.Get(at + "/merge?with=" + right.String()); a.Status != http.StatusForbidden {
				t.Errorf("%s, yet sees the page: %d", who, a.Status)
			}
		}
		if a := rita.Post(at+"/merge", url.Values{"with": {left.String()}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("with itself: %d", a.Status)
		}
		a = rita.Post(at+"/merge", form, "HX-Request", "true")
		undo := regexp.MustCompile(`/undo/[0-9]+`).FindString(a.Body)
		if a.Status != 200 || undo == "" || !strings.Contains(a.Header.Get("HX-Trigger"), at) {
			t.Fatalf("merge: %d %v %s", a.Status, a.Header, a.Body)
		}
		if a := rita.Get(at); !strings.Contains(a.Body, "<h1>ACME Ltd</h1>") || !strings.Contains(a.Body, "acme.example") {
			t.Errorf("merged: %d", a.Status)
		}
		for _, page := range []string{"/history", "/timeline"} {
			if a := rita.Get(at+page, "HX-Request", "true"); !strings.Contains(a.Body, "ACME Ltd") || !strings.Contains(a.Body, `hx-post="`+undo+`"`) {
				t.Errorf("%s does not lead back: %s", page, a.Body)
			}
		}
		if a := s.User(t, s.Olga).Get(at+"/history", "HX-Request", "true"); a.Status == 200 && strings.Contains(a.Body, undo) {
			t.Error("who may not change it can undo")
		}
		if a := s.User(t, s.Olga).Get("/accounts/" + right.String()); a.Status != http.StatusSeeOther || a.Header.Get("Location") != at {
			t.Errorf("the other's address: %d %v", a.Status, a.Header)
		}
		if a := rita.Post(undo, url.Values{}, "HX-Request", "true"); a.Status != 200 {
			t.Errorf("undo: %d %s", a.Status, a.Body)
		}
		for id, name := range map[string]string{at: "Acme", "/accounts/" + right.String(): "ACME Ltd"} {
			if a := rita.Get(id); a.Status != 200 || !strings.Contains(a.Body, "<h1>"+name+"</h1>") {
				t.Errorf("after undo %s: %d", name, a.Status)
			}
		}
	})
}

// The page tells that a merge would be refused before anybody presses its button,
// and leaves everything as it is.
func TestThePageOfAMergeTellsOfRefusal(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		won := s.Create(t, s.Rita, "deal", record.Values{"name": "Done", "account": account, "amount": "10"})
		open := s.Create(t, s.Rita, "deal", record.Values{"name": "Going <on>", "account": account})
		s.Write(t, s.Rita, func(x *record.Session) error {
			_, err := sales.Win(t.Context(), x, won, 0, sales.Close{})
			return err
		})
		rita := s.User(t, s.Rita)
		has(t, rita.Get("/deals/"+open.String()+"/merge?with="+won.String()), 200, "contract Done is won", `name="with"`)
		has(t, rita.Get("/deals/"+won.String()+"/merge?with="+open.String()), 200, "!is won, and the other is not", "Going &lt;on&gt;")
		has(t, rita.Get("/deals/"+open.String()), 200, "Going")
	})
}
