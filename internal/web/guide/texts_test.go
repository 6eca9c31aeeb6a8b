package guide_test

import (
	"strings"
	"testing"

	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// A way of the process offers its mail, document and checklist, filled for the
// record; the mail goes to the deal's contact, else to its account, and to
// nobody whose address the reader may not see. What is no longer in use is not
// offered.
func TestAWayOffersItsTexts(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x, ids := newShop(t, s), map[string]value.ID{}
		for _, kind := range []string{"mail", "document", "checklist"} {
			ids[kind] = s.Create(t, s.Ada, "template", record.Values{"name": "A " + kind, "kind": kind, "object": "deal", "subject": "Offer {{name}}", "body": "Dear {{account.name}}, {{amount}} {{contact.email}} {{amount}}", "status": "published"})
		}
		text := `{"states": [{"state": "` + x.stages["prospecting"].String() + `", "start": true}, {"state": "` + x.stages["won"].String() + `", "end": true}],
		 "moves": [{"key": "sign", "name": "Sign", "from": ["` + x.stages["prospecting"].String() + `"], "to": "` + x.stages["won"].String() + `",
		 "templates": ["` + ids["mail"].String() + `", "` + ids["document"].String() + `", "` + ids["checklist"].String() + `"]}]}`
		s.Write(t, s.Ada, func(se *record.Session) error {
			page, err := se.Query(t.Context(), record.Query{Object: "blueprint"})
			if err != nil {
				return err
			}
			id := page.Records[0].ID
			if _, err := se.Update(t.Context(), "blueprint", id, 0, record.Values{"definition": text}); err != nil {
				return err
			}
			_, err = process.Publish(t.Context(), se, id, process.Publication{Accept: true, Move: true})
			return err
		})
		rita := s.User(t, s.Rita)
		has(t, rita.Get(x.url("/guide"), hx...), 200, "A mail", "A document", "A checklist")
		mail := x.url("/guide/" + ids["mail"].String())
		has(t, rita.Get(mail, hx...), 200, "Offer Pumps", "Dear Acme,", "mailto:?body=", "subject=Offer%20Pumps", "Empty here: Amount and Contact: Email")
		has(t, rita.Get(x.url("/guide/"+ids["document"].String()), hx...), 200, "Dear Acme,", "!mailto:")
		has(t, rita.Get(x.url("/guide/"+ids["checklist"].String()), hx...), 200, "Dear Acme,", "!mailto:")

		set := func(object string, id value.ID, v record.Values) {
			t.Helper()
			s.Write(t, s.Ada, func(se *record.Session) error {
				_, err := se.Update(t.Context(), object, id, 0, v)
				return err
			})
		}
		var account value.ID
		s.Read(t, s.Ada, func(se *record.Session) error {
			r, err := se.Get(t.Context(), "deal", x.deal)
			if err == nil {
				account, _ = r.Field("account").(value.ID)
			}
			return err
		})
		set("account", account, record.Values{"email": "office@acme.example"})
		has(t, rita.Get(mail, hx...), 200, "mailto:office@acme.example?")
		ann := s.Create(t, s.Rita, "contact", record.Values{"name": "Ann", "account": account, "email": "ann@acme.example"})
		set("deal", x.deal, record.Values{"contact": ann, "amount": "20 EUR"})
		has(t, rita.Get(mail, hx...), 200, "mailto:ann@acme.example?", "20.00")
		set("contact", ann, record.Values{"no_mail": true})
		has(t, rita.Get(mail, hx...), 200, "Dear Acme,", "ann@acme.example wants no emails", "!mailto:")
		has(t, rita.Get(x.url("/guide/"+ids["document"].String()), hx...), 200, "Dear Acme,", "!wants no emails")
		set("contact", ann, record.Values{"no_mail": false})
		s.Mask(t, "contact.email")
		if a := rita.Get(mail, hx...); a.Status != 200 || strings.Contains(a.Body, "ann@") || !strings.Contains(a.Body, "mailto:office@acme.example?") {
			t.Errorf("to an address out of sight: %d %s", a.Status, a.Body)
		}
		set("template", ids["checklist"], record.Values{"status": "retired"})
		has(t, rita.Get(x.url("/guide"), hx...), 200, "A mail", "!A checklist")
	})
}
