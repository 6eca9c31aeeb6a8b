package designer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// A record type may have a layout of its own, made on the page of the object's: its
// sections feed page, sheet and form, another type shows what all show, and what a
// field holds stays through both.
func TestARecordTypeHasALayoutOfItsOwn(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		d, rita := at(t, s), s.User(t, s.Rita)
		typ := func(name string) value.ID {
			return s.Create(t, s.Ada, "record_type", record.Values{"name": name, "deal_hides": "campaign"})
		}
		own, plain := typ("零售 <i>"), s.Create(t, s.Ada, "record_type", record.Values{"name": "Plain"})
		page := "/settings/objects/deal/layout?type=" + own.String()
		has := func(a webtest.Answer, texts ...string) {
			t.Helper()
			for _, text := range texts {
				text, not := strings.CutPrefix(text, "!")
				if strings.Contains(a.Body, text) == not {
					t.Errorf("%q: %v in %.300s", text, !not, a.Body)
				}
			}
		}
		do := func(typed url.Values, status int) {
			t.Helper()
			typed.Set("back", page)
			if a := d.Post(page, typed); a.Status != status {
				t.Fatalf("%v: %d %s", typed, a.Status, errors(a.Body))
			}
		}
		has(d.Get(page), "零售 &lt;i&gt;", "laid out as all the others", "!Lay out as all the others")
		do(url.Values{"do": {"add"}, "label.en": {"家 <b>"}}, http.StatusSeeOther)
		do(url.Values{"do": {"to"}, "what": {"region"}, "group": {"group"}}, http.StatusSeeOther)
		for range 6 {
			do(url.Values{"do": {"gup:group"}}, http.StatusSeeOther)
		}
		do(url.Values{"do": {"columns:add"}, "what": {"region"}}, http.StatusUnprocessableEntity)
		has(d.Get(page), "家 &lt;b&gt;", "!laid out as all the others", "Lay out as all the others", "group=group&amp;type="+own.String())
		has(d.Get("/settings/objects/deal/layout"), "!家 &lt;b&gt;")
		if a := d.Get("/settings/objects/deal/layout?type=12345"); a.Status != http.StatusNotFound {
			t.Errorf("a type that is not there: %d", a.Status)
		}
		if a := rita.Post(page, url.Values{"do": {"reset"}}); a.Status != http.StatusForbidden {
			t.Errorf("a rep laid out a type: %d", a.Status)
		}

		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		deal := s.Create(t, s.Rita, "deal", record.Values{"name": "Fleet", "account": account, "record_type": own, "region": "North", "campaign": "Spring fair"})
		at := "/deals/" + deal.String()
		be := func(typ value.ID) {
			t.Helper()
			s.Write(t, s.Rita, func(x *record.Session) error {
				_, err := x.Update(t.Context(), "deal", deal, 0, record.Values{"record_type": typ})
				return err
			})
		}
		has(rita.Get(at), "家 &lt;b&gt;", "North", "!Spring fair")
		if sheet := rita.Get(at + "/peek").Body; strings.Index(sheet, "<dt>Region") > strings.Index(sheet, "<dt>Stage") {
			t.Error("the sheet does not begin with the type's own section")
		}
		body := rita.Get("/deals/new?record_type=" + own.String()).Body
		if at := strings.Index(body, `name="region"`); at < 0 || at > strings.Index(body, "<details") {
			t.Error("the form of a new one does not begin with the type's own section")
		}
		has(webtest.Answer{Body: body}, `name="record_type"`, "!"+`name="campaign"`)
		be(plain)
		has(rita.Get(at), "!家 &lt;b&gt;", "North", "Spring fair")
		be(own)
		has(rita.Get(at), "家 &lt;b&gt;", "North", "!Spring fair")

		do(url.Values{"do": {"reset"}}, http.StatusSeeOther)
		has(rita.Get(at), "!家 &lt;b&gt;", "North")
		has(d.Get("/settings/types"), "Layout of deals", "Layout of leads")
		has(d.Get("/settings/objects/deal/history"), "Layout of a record type")
	})
}
