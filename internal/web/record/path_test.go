package record_test

import (
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// The path of a record says which stages were jumped, by more than colour.
func TestPathTellsWhatWasJumped(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		deal := s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": account})
		s.Pass(time.Hour)
		var stage value.ID
		s.Read(t, s.Rita, func(se *record.Session) error {
			page, err := se.Query(t.Context(), record.Query{Object: "stage", Filter: `name = "Negotiation"`})
			if err == nil {
				stage = page.Records[0].ID
			}
			return err
		})
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "deal", deal, 0, record.Values{"stage": stage})
			return err
		})
		body := s.User(t, s.Rita).Get("/deals/" + deal.String()).Body
		for _, want := range []string{`<span>Prospecting</span> <span class="sr">passed</span>`, `<s>Qualified</s> <span class="sr">skipped</span>`, `<s>Proposal</s>`, `title="skipped"`} {
			if !strings.Contains(body, want) {
				t.Errorf("no %s", want)
			}
		}
		// No blueprint governs deals here: its stages are the deal's way, for who may see them.
		way, rita := "/deals/"+deal.String()+"?tab=process", s.User(t, s.Rita)
		has(t, rita.Get(way), 200, "Begins in Prospecting", "Prospecting → Negotiation", "!Nothing was skipped")
		s.Mask(t, "deal.stage")
		has(t, rita.Get(way), 200, "!Begins in")
	})
}
