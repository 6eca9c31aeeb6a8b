package form_test

import (
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/marketing"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// A form asks which product somebody wants, among those that the company chose for
// it and still sells; no other comes to light, and no other is taken.
func TestAFormAsksForAProduct(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		product := func(name string) value.ID { return s.Create(t, s.Ada, "product", record.Values{"name": name}) }
		pump, old := product("泵 <1>"), product("Old press")
		product("Secret engine")
		form, at := desk(t, s, nil)
		ada, stranger := s.User(t, s.Ada), s.Stranger(t)
		build := "/settings/forms/" + form.String()
		says := func(a webtest.Answer, status int, texts ...string) {
			t.Helper()
			if a.Status != status {
				t.Errorf("status %d, wanted %d", a.Status, status)
			}
			for _, text := range texts {
				text, not := strings.CutPrefix(text, "!")
				if strings.Contains(a.Body, text) == not {
					t.Errorf("%q: %v in %.2000s", text, !not, a.Body)
				}
			}
		}
		says(ada.Post(build+"/questions", url.Values{"field": {"product"}, "required": {"1"}}), 303)
		says(ada.Get(build), 200, "Visitors see this question once you choose")
		says(stranger.Get(at), 200, `!name="product"`)
		if a := stranger.Post(at, filled("name", "Eva", "email", "eva@x.example")); a.Status != 303 {
			t.Errorf("a question with nothing to choose is in the way: %d", a.Status)
		}

		s.Write(t, s.Ada, func(x *record.Session) error {
			_, err := x.Update(t.Context(), "form", form, 0, record.Values{"products": []value.ID{old, pump}})
			return err
		})
		says(ada.Get(build), 200, "!Visitors see this question once you choose", `name="products"`)
		says(stranger.Get(at), 200, `name="product"`, "泵 &lt;1&gt;", "Old press", "!Secret engine")
		for name, sent := range map[string]string{"none": "", "another": "Secret engine", "nonsense": pump.String()} {
			a := stranger.Post(at, filled("product", sent))
			says(a, 422, "!Secret engine is")
			if sent != "" && !strings.Contains(a.Body, "Choose one of the products") {
				t.Errorf("%s is not answered in words", name)
			}
		}
		if a := stranger.Post(at, filled("product", "泵 <1>")); a.Status != 303 {
			t.Errorf("the product is refused: %d", a.Status)
		}
		found := false
		for _, r := range leads(t, s) {
			found = found || r.Field("product") == pump
		}
		if !found {
			t.Errorf("no lead asks for the product; %v", states(t, s))
		}
		s.Write(t, s.Ada, func(x *record.Session) error {
			_, err := x.Update(t.Context(), "product", old, 0, record.Values{"active": false})
			return err
		})
		says(stranger.Get(at), 200, "泵 &lt;1&gt;", "!Old press")
		says(stranger.Post(at, filled("product", "Old press", marketing.Agreed, "1")), 422)
	})
}
