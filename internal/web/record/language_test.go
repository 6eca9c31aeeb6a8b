package record_test

import (
	"net/url"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// A language is chosen and shown by its name, in the reader's words; what else
// somebody wrote there stays.
func TestALanguageHasAName(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.User(t, s.Rita)
		id := s.Create(t, s.Rita, "contact", record.Values{"name": "Ann", "language": "de"}).String()
		has(t, rita.Get("/contacts/"+id), 200, "German")
		has(t, rita.Get("/contacts?columns=name,language"), 200, "German")
		has(t, rita.Get("/contacts/"+id+"/f/language/edit", hx...), 200, `<option value="de" selected>German`, `<option value="ca">Catalan`)
		has(t, rita.Post("/contacts/"+id+"/f/language", url.Values{"language": {"ca"}, "version": {"1"}}, hx...), 200, "Catalan")
		has(t, rita.Get("/contacts/"+id, "Accept-Language", "fi"), 200, "katalaani")
		odd := s.Create(t, s.Rita, "contact", record.Values{"name": "Bo", "language": "Plattdütsch!"}).String()
		has(t, rita.Get("/contacts/"+odd), 200, "Plattdütsch!")
		has(t, rita.Get("/contacts/"+odd+"/f/language/edit", hx...), 200, `<option value="Plattdütsch!" selected>Plattdütsch!`)
	})
}
