package process_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// An administrator picks won deals, sees what they have in common, and makes a
// draft of it that opens in the designer.
func TestWonDealsBecomeADraft(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		page := "/settings/blueprints/learn"
		has(t, ada.Get(page), 200, "No won deals to learn from")
		has(t, rita.Get(page), 403)
		s.Create(t, s.Rita, "activity", record.Values{"kind": "call", "subject": "Who <decides>?", "done": true, "about": []any{map[string]any{"object": "deal", "id": x.deal.String()}}})
		for _, stage := range []string{"qualified", "won"} {
			s.Pass(72 * time.Hour)
			s.Write(t, s.Rita, func(se *record.Session) error {
				_, err := se.Update(t.Context(), "deal", x.deal, 0, record.Values{"stage": x.stages[stage]})
				return err
			})
		}
		has(t, ada.Get("/settings/blueprints"), 200, page)
		list := ada.Get("/deals")
		has(t, list, 200, "Learn from won deals", "Learn from them")
		has(t, rita.Get("/deals"), 200, "!Learn from won deals")
		has(t, ada.Get(page+"?id="+x.deal.String()), 200, "Only 1 won deal: the sample is small. From 10 on", "Usually won after 6 days", "Prospecting", "Qualified", "100% of them",
			"Half of them needed 3 days", "Day 0: Call: Who &lt;decides&gt;? (100%)", `name="id" value="`+x.deal.String()+`"`, "!Proposal")
		has(t, ada.Get(page+"?days=92&filter="+url.QueryEscape(`name = "Pumps"`)), 200, "Only 1 won deal")
		has(t, ada.Get(page+"?filter="+url.QueryEscape(`name = "Other"`)), 200, "No won deals to learn from")
		has(t, ada.Get(page+"?filter=nowhere+%3D+1"), 422, "nowhere")
		has(t, ada.Get(page+"?id="+x.deal.String()+"&all=1&filter="+url.QueryEscape(`name = "Other"`)), 200, "No won deals to learn from")
		has(t, ada.Post(page, form("name", "", "filter", `name = "Other"`)), 422, "None of these deals is won")
		has(t, rita.Post(page, form("name", "As we win")), 403)
		one := made(t, ada.Post(page, form("name", "As we win", "id", x.deal.String())))
		if !strings.HasPrefix(one, "/settings/blueprints/") {
			t.Fatalf("led to %s", one)
		}
		has(t, ada.Get(one), 200, "As we win", "Move to Qualified", "!No record can come to")
		has(t, ada.Get(one+"?at=state:"+x.stages["prospecting"]), 200, "Call: Who &lt;decides&gt;?: day 0, in 100% of the won deals")
		has(t, ada.Post(page, form("name", "As we win")), 422, "Already in use by “", `href="/settings/blueprints/`)
	})
}
