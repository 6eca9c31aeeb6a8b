package record_test

import (
	"encoding/json"
	"testing"
	"time"

	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// complaint is a site with a deal that skipped a step and was late, and a case
// about it.
type complaint struct {
	*webtest.Site
	account, deal, id, solved value.ID
	states                    map[string]value.ID
}

func newComplaint(t *testing.T, s *webtest.Site) *complaint {
	t.Helper()
	x := &complaint{Site: s, states: map[string]value.ID{}}
	stages := map[string]value.ID{}
	s.Read(t, s.Ada, func(se *record.Session) error {
		for object, into := range map[string]map[string]value.ID{"stage": stages, "case_state": x.states} {
			if err := se.Each(t.Context(), record.Query{Object: object}, func(r *record.Record) error {
				into[r.Title()] = r.ID
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	state := func(name string) process.State { return process.State{State: stages[name].String()} }
	d := process.Definition{States: []process.State{state("Prospecting"), state("Qualified"), state("Proposal"), state("Negotiation"), state("Won")}, Skip: process.Free, Back: process.Free}
	d.States[0].Limit = &process.Limit{}
	d.States[0].Limit.N, d.States[0].Limit.Unit = 2, "days"
	d.Moves = []process.Move{{Key: "qualify", Name: "Qualify", From: []string{d.States[0].State}, To: d.States[1].State, Ask: []process.Ask{{Field: "next_step"}}}}
	plan := s.Create(t, s.Ada, "blueprint", record.Values{"name": "Selling", "object": "deal", "field": "stage", "definition": d.String()})
	s.Write(t, s.Ada, func(se *record.Session) error {
		_, err := process.Publish(t.Context(), se, plan, process.Publication{Accept: true})
		return err
	})
	x.account = s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
	x.deal = s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": x.account, "stage": stages["Prospecting"], "close_date": value.DateOf(s.Now(), time.UTC).AddDays(9)})
	s.Pass(72 * time.Hour)
	for _, v := range []record.Values{{"stage": stages["Proposal"]}, {"close_date": value.DateOf(s.Now(), time.UTC).AddDays(30)}} {
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "deal", x.deal, 0, v)
			return err
		})
	}
	x.solved = s.Create(t, s.Rita, "case", record.Values{"subject": "Gasket leaks", "solution": "New gasket sent.", "account": x.account, "state": x.states["Solved"]})
	x.id = s.Create(t, s.Rita, "case", record.Values{"subject": "Gasket broken", "deal": x.deal})
	return x
}

// From a case one comes to the point at which its deal went wrong, and to what
// helped before.
func TestACaseLeadsToItsProcess(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newComplaint(t, s)
		rita := s.User(t, s.Rita)
		url := "/cases/" + x.id.String()
		marked := []string{"Prospecting → Proposal", "Skipped", "Passed over: Qualified", "Late", "Promise changed", "Missing", "Next step", "Nobody can change these lines."}
		has(t, rita.Get(url+"?tab=process"), 200, append(marked, "/deals/"+x.deal.String()+"?tab=process", "Gasket leaks", "New gasket sent.", "In common: gasket")...)
		has(t, rita.Get("/deals/"+x.deal.String()+"?tab=process"), 200, append(marked, "!Similar solved cases")...)
		has(t, rita.Get(url), 200, "Acme", "Pumps", "In progress")

		bare := s.Create(t, s.Rita, "case", record.Values{"subject": "Keys lost", "account": x.account})
		has(t, rita.Get("/cases/"+bare.String()+"?tab=process"), 200, "names no deal", "No solved case is similar.", "!Nobody can change")

		// Cases have list, board, timeline and a form that knows where it was asked for.
		has(t, rita.Get("/cases"), 200, "Gasket broken", "Gasket leaks")
		has(t, rita.Get("/cases?layout=board"), 200, "Waiting for customer", "Gasket broken")
		has(t, rita.Get("/deals/"+x.deal.String()), 200, "New case", "/cases/new?account="+x.account.String()+"&deal="+x.deal.String())
		has(t, rita.Get("/cases/new?deal="+x.deal.String()), 200, "Pumps")
		has(t, rita.Get("/accounts/"+x.account.String()+"/tab/cases.account", hx...), 200, "Gasket broken")
		mail := s.Create(t, s.Rita, "activity", record.Values{"kind": "mail", "subject": "It leaks", "body": "Since Monday", "about": []any{"account:" + x.account.String()}})
		has(t, rita.Get("/activities/"+mail.String()), 200, "New case", "subject=It+leaks", "description=Since+Monday", "account="+x.account.String())
		note := s.Create(t, s.Rita, "activity", record.Values{"kind": "note", "body": "Nothing", "about": []any{"account:" + x.account.String()}})
		has(t, rita.Get("/activities/"+note.String()), 200, "!New case")

		// Moving it on asks how it was solved.
		solve := form("field", "state", "to", x.states["Solved"].String())
		has(t, rita.Post(url+"/move", solve, hx...), 422, "Say how the case was solved")

		// A deal out of sight tells nothing through its case.
		role := s.Create(t, s.Ada, "role", record.Values{"name": "Service", "permissions": `{"objects": {"*": {"read": "all", "create": "all"}, "deal": {"read": "none"}}}`})
		s.Write(t, s.Ada, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "member", s.Olga, 0, record.Values{"role": role})
			return err
		})
		olga := s.User(t, s.Olga)
		has(t, olga.Get(url+"?tab=process"), 200, "Gasket leaks", "!Skipped", "!Passed over", "!Pumps", "names no deal")
		has(t, olga.Get("/deals/"+x.deal.String()+"?tab=process"), 404)
	})
}

// A case that a blueprint governs shows its own way beside that of its deal, and so
// does a record of an object that the company made.
func TestOtherRecordsShowTheirWay(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newComplaint(t, s)
		changes := []schema.Change{{Op: schema.AddObject, Set: json.RawMessage(`{"name":"project","plural":"projects","labels":{"en":{"one":"Project","many":"Projects"}},
			"fields":[{"name":"name","kind":"text"},{"name":"phase","kind":"choice","options":[{"key":"plan"},{"key":"work"},{"key":"check"},{"key":"done"}]}]}`)}}
		if _, err := s.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: s.Ada, Door: "api"}, changes, 0); err != nil {
			t.Fatal(err)
		}
		govern := func(object, field string, states ...string) {
			t.Helper()
			d := process.Definition{Skip: process.Free, Back: process.Free}
			for _, state := range states {
				d.States = append(d.States, process.State{State: state})
			}
			d.States[0].Limit = &process.Limit{}
			d.States[0].Limit.N, d.States[0].Limit.Unit = 2, "days"
			id := s.Create(t, s.Ada, "blueprint", record.Values{"name": "Of " + object, "object": object, "field": field, "definition": d.String()})
			s.Write(t, s.Ada, func(se *record.Session) error {
				_, err := process.Publish(t.Context(), se, id, process.Publication{Accept: true})
				return err
			})
		}
		var order []string
		for _, name := range []string{"New", "In progress", "Waiting for customer", "Solved"} {
			order = append(order, x.states[name].String())
		}
		govern("case", "state", order...)
		govern("project", "phase", "plan", "work", "check", "done")
		own := s.Create(t, s.Rita, "case", record.Values{"subject": "Pump hums", "deal": x.deal, "state": x.states["New"]})
		project := s.Create(t, s.Rita, "project", record.Values{"name": "Hall 3", "phase": "plan"})
		s.Pass(72 * time.Hour)
		for _, m := range []struct {
			object string
			id     value.ID
			v      record.Values
		}{{"case", own, record.Values{"state": x.states["Solved"], "solution": "Oil."}}, {"project", project, record.Values{"phase": "done"}}} {
			s.Write(t, s.Rita, func(se *record.Session) error {
				_, err := se.Update(t.Context(), m.object, m.id, 0, m.v)
				return err
			})
		}
		rita := s.User(t, s.Rita)
		has(t, rita.Get("/cases/"+own.String()+"?tab=process"), 200, "New → Solved", "Passed over: In progress", "Late", "Prospecting → Proposal", "/deals/"+x.deal.String()+"?tab=process")
		has(t, rita.Get("/projects/"+project.String()+"?tab=process"), 200, "Plan → Done", "Passed over: Work and Check", "Skipped", "Late", "Nobody can change these lines.")
		s.Mask(t, "case.state", "project.phase")
		has(t, rita.Get("/cases/"+own.String()+"?tab=process"), 200, "!New → Solved", "Prospecting → Proposal")
		has(t, rita.Get("/projects/"+project.String()+"?tab=process"), 200, "!Plan → Done", "!Skipped")
	})
}

// In the browser the way leads from the list of cases to the trace of the deal,
// and to the solved case that resembles it.
func TestACaseInTheBrowser(t *testing.T) {
	t.Parallel()
	x := newComplaint(t, webtest.Open(t, pages))
	b := x.Browser(t, x.Rita)
	b.Open("/cases")
	b.ClickText("Gasket broken")
	b.See("h1", "Gasket broken")
	b.ClickText("Process")
	b.See("#r-panel", "Passed over: Qualified")
	b.See("#r-panel", "In common: gasket")
	b.Axe()
	b.Picture("case-process-light")
	b.ClickText("Gasket leaks")
	b.See("h1", "Gasket leaks")
	b.Open("/cases/" + x.id.String() + "?tab=process")
	b.Click("#r-panel a[href*='/deals/" + x.deal.String() + "']")
	b.See("h1", "Pumps")
	b.See("#r-panel", "Passed over: Qualified")
}
