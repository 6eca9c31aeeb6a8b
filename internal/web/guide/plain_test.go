package guide_test

import (
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// floor is a site without any blueprint.
type floor struct {
	*webtest.Site
	stages map[string]value.ID
	deal   value.ID
}

func newFloor(t *testing.T, s *webtest.Site) *floor {
	t.Helper()
	x := &floor{Site: s, stages: map[string]value.ID{}}
	s.Read(t, s.Ada, func(se *record.Session) error {
		for _, list := range []string{"stage", "lead_stage"} {
			err := se.Each(t.Context(), record.Query{Object: list}, func(r *record.Record) error {
				x.stages[list+" "+strings.ToLower(r.Title())] = r.ID
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
	x.deal = s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": account})
	return x
}

func (x *floor) set(t *testing.T, object string, id value.ID, v record.Values) {
	t.Helper()
	x.Write(t, x.Ada, func(s *record.Session) error {
		_, err := s.Update(t.Context(), object, id, 0, v)
		return err
	})
}

// A deal is guided through its pipeline though no blueprint governs it.
func TestADealIsGuidedByItsStages(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newFloor(t, s)
		rita, olga := s.User(t, s.Rita), s.User(t, s.Olga)
		url := "/deals/" + x.deal.String()
		script := s.Create(t, s.Ada, "template", record.Values{"name": "First call", "kind": "call_script", "object": "deal", "body": "Hello, about {{name}}.", "status": "published"})
		drafted := s.Create(t, s.Ada, "template", record.Values{"name": "Not ready", "kind": "mail", "object": "deal", "body": "x"})
		x.set(t, "stage", x.stages["stage prospecting"], record.Values{"guidance": "Listen first.\n\n客户说什么", "templates": []value.ID{script, drafted}})
		x.set(t, "stage", x.stages["stage qualified"], record.Values{"entry": "next_step is not empty and amount > 1000", "entry_message": "We know who decides."})

		to := "/move?field=stage&to=" + x.stages["stage qualified"].String()
		has(t, rita.Get(url), 200, "Now: Prospecting", "Listen first.", "客户说什么", "First call", "!Not ready", "What comes next", "We know who decides.",
			"Still missing:", "Next step", "Amount", to, "Tips of colleagues", `value="stage=`+x.stages["stage prospecting"].String()+`"`)
		has(t, olga.Get(url+"/guide", hx...), 200, "Listen first.", "You cannot take it further from here.", "!"+to)
		has(t, rita.Get(url+"/guide/"+script.String(), hx...), 200, "Hello, about Pumps.")
		has(t, rita.Post(url+"/guide/tips", form("text", "Ask twice.", "about", "stage="+x.stages["stage prospecting"].String()), hx...), 200, "Ask twice.")

		// What is missing is marked until it is there; an open task is still to do.
		x.set(t, "deal", x.deal, record.Values{"next_step": "Call Ann"})
		has(t, rita.Get(url+"/guide", hx...), 200, "Filled in: Next step", "Still missing:", "We know who decides.")
		x.set(t, "deal", x.deal, record.Values{"amount": value.Money{Minor: 200_000, Currency: "EUR"}})
		task := s.Create(t, s.Rita, "activity", record.Values{"kind": "task", "subject": "Send the list", "about": []schema.Ref{{Object: "deal", ID: x.deal}}})
		has(t, rita.Get(url+"/guide", hx...), 200, "To do here", "Send the list", "!Still missing:", "!Everything for this step is done.")
		x.set(t, "activity", task, record.Values{"done": true})
		has(t, rita.Get(url+"/guide", hx...), 200, "Everything for this step is done.", "!Send the list")
		has(t, rita.Post(url+"/move", form("field", "stage", "to", x.stages["stage qualified"].String()), hx...), 200, "moved to Qualified")
		has(t, rita.Get(url), 200, "Now: Qualified", "!Ask twice.", "→", "!Listen first.")

		// The last open stage leads to the win, and a win to nothing.
		x.set(t, "deal", x.deal, record.Values{"stage": x.stages["stage negotiation"]})
		x.set(t, "pipeline", pipelineOf(t, x), record.Values{"win_without_amount": "refuse"})
		x.set(t, "deal", x.deal, record.Values{"amount": nil})
		has(t, rita.Get(url), 200, "Now: Negotiation", "to="+x.stages["stage won"].String(), "Still missing:", "Amount")
		x.set(t, "deal", x.deal, record.Values{"amount": value.Money{Minor: 200_000, Currency: "EUR"}})
		x.set(t, "deal", x.deal, record.Values{"stage": x.stages["stage won"]})
		has(t, rita.Get(url), 200, "Now: Won", "The process ends here.")

		has(t, rita.Post("/settings/me/guide", form("off", "1", "back", url)), 303)
		has(t, rita.Post("/settings/me/guide", form("off", "", "back", url), hx...), 200)
		has(t, s.User(t, s.Bob).Get(url), 200, "Now: Won")
	})
}

func pipelineOf(t *testing.T, x *floor) (id value.ID) {
	t.Helper()
	x.Read(t, x.Ada, func(s *record.Session) error {
		r, err := s.Get(t.Context(), "deal", x.deal)
		if err == nil {
			id, _ = r.Field("pipeline").(value.ID)
		}
		return err
	})
	return id
}

// A lead is guided to where it becomes a customer, and its checklist asks first.
func TestALeadIsGuidedByItsStages(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newFloor(t, s)
		s.Create(t, s.Ada, "lead_question", record.Values{"name": "Do they pay in time?", "required": true})
		lead := s.Create(t, s.Rita, "lead", record.Values{"name": "Ann"})
		rita, url := s.User(t, s.Rita), "/leads/"+lead.String()
		x.set(t, "lead_stage", x.stages["lead_stage new"], record.Values{"guidance": "Call within the hour."})
		has(t, rita.Get(url), 200, "Now: New", "Call within the hour.", "to="+x.stages["lead_stage working"].String(), "Everything for this step is done.")
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "lead", lead, 0, record.Values{"stage": x.stages["lead_stage working"]})
			return err
		})
		has(t, rita.Get(url), 200, "Now: Working", "Do they pay in time?", "!Everything for this step is done.")
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "lead", lead, 0, record.Values{"stage": x.stages["lead_stage disqualified"], "lost_reason": "no_interest"})
			return err
		})
		has(t, rita.Get(url), 200, "The process ends here.")
	})
}
