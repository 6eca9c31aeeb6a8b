package process_test

import (
	"strings"
	"testing"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// round sends records to and fro by themselves: the first move by what it does
// afterwards, the second state when its time is over.
const round = `{"states": [
  {"state": "<prospecting>", "start": true},
  {"state": "<qualified>", "limit": {"n": 1, "unit": "hours", "then": [{"do": "move", "to": "<proposal>"}]}},
  {"state": "<proposal>"},
  {"state": "<won>", "end": true}],
 "moves": [
  {"key": "qualify", "name": "Qualify", "from": ["<prospecting>"], "to": "<qualified>"},
  {"key": "offer", "name": "Offer", "from": ["<qualified>"], "to": "<proposal>", "then": [{"do": "move", "to": "<qualified>"}]},
  {"key": "sign", "name": "Sign", "from": ["<proposal>"], "to": "<won>"}]}`

// A draft whose records would go round by themselves is not published, whoever
// accepts what; states that nobody comes to or that lead nowhere are told, and
// may be accepted.
func TestWhatMayNotBePublished(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		for _, x := range []struct {
			definition, path, key, words string
			wrong                        bool
		}{
			{round, "qualified", "process.circle", "Qualified → Proposal → Qualified", true},
			{`{"states": [{"state": "<prospecting>", "start": true}, {"state": "<won>", "end": true}, {"state": "<lost>", "end": true}],
			  "moves": [{"key": "sign", "name": "Sign", "from": ["<prospecting>"], "to": "<won>"}]}`, "lost", "process.unreachable", "Lost", false},
			{`{"states": [{"state": "<prospecting>", "start": true}, {"state": "<qualified>"}, {"state": "<won>", "end": true}],
			  "moves": [{"key": "sign", "name": "Sign", "from": ["<prospecting>"], "to": "<won>"}, {"key": "qualify", "name": "Qualify", "from": ["<prospecting>"], "to": "<qualified>"}]}`,
				"qualified", "process.dead_end", "Qualified", false},
		} {
			id := k.Create(t, k.Ada, "blueprint", record.Values{"name": x.key, "object": "deal", "field": "stage", "definition": k.write(x.definition)})
			publish := func(accept bool) error {
				return k.Try(t.Context(), k.Ada, func(s *record.Session) error {
					_, err := process.Publish(t.Context(), s, id, process.Publication{Accept: accept})
					return err
				})
			}
			path := "states." + k.stages[x.path].String()
			e := k.refused(publish(false), path, x.key)
			if !isKey(e, "process.cannot_publish") || e.Fields[0].Args["states"] != x.words && e.Fields[0].Args["state"] != x.words {
				t.Errorf("%s: told %+v", x.key, e.Fields)
			}
			if err := publish(true); x.wrong {
				k.refused(err, path, x.key)
			} else if err != nil {
				t.Errorf("%s: accepted, and %v", x.key, err)
			}
			if x.wrong {
				continue
			}
			k.Write(t, k.Ada, func(s *record.Session) error { return process.Retire(t.Context(), s, id) })
		}
	})
}

// A blueprint offers templates that are in use, for its own object.
func TestABlueprintNamesTemplatesThatAreThere(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		draft := k.Create(t, k.Ada, "template", record.Values{"name": "Offer", "object": "deal", "body": "Dear {{nowhere}}"})
		foreign := k.Create(t, k.Ada, "template", record.Values{"name": "Hello", "object": "lead", "body": "x", "status": "published"})
		for key, id := range map[string]value.ID{"process.template_draft": draft, "process.template_of_other": foreign, "process.no_template": k.account} {
			text := `{"states": [{"state": "<prospecting>", "start": true}, {"state": "<won>", "end": true}],
			 "moves": [{"key": "sign", "name": "Sign", "from": ["<prospecting>"], "to": "<won>", "templates": ["` + id.String() + `"]}]}`
			b := k.Create(t, k.Ada, "blueprint", record.Values{"name": key, "object": "deal", "field": "stage", "definition": k.write(text)})
			k.refused(k.Try(t.Context(), k.Ada, func(s *record.Session) error {
				_, err := process.Publish(t.Context(), s, b, process.Publication{Accept: true})
				return err
			}), "moves.sign", key)
		}
	})
}

// A process and a rule that send a record to and fro are stopped after ten
// moves by themselves, until somebody moves it.
func TestMovesByThemselvesEnd(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.blueprint(`{"skip": "free", "back": "free", "states": [
		  {"state": "<prospecting>", "start": true, "limit": {"n": 1, "unit": "hours", "then": [{"do": "move", "to": "<qualified>"}]}},
		  {"state": "<qualified>"}, {"state": "<won>", "end": true}], "moves": []}`, nil)
		k.rule("changed", `stage = "`+k.stages["qualified"].String()+`"`, []process.Action{{Do: process.DoMove, Field: "stage", To: k.stages["prospecting"].String()}}, record.Values{"fields": "stage"})
		deal := k.deal("prospecting", nil)
		for range 9 {
			k.Pass(2 * time.Hour)
			k.tick()
		}
		moves := len(k.trace(deal))
		if got := k.log("deal", deal); moves != 11 || got[0] != "stopped Stopped: it has moved by itself 10 times since somebody last moved it." {
			t.Errorf("%d steps, %q", moves, strings.Join(got, "|"))
		}
		k.must(k.move(k.Rita, deal, "qualified", nil)) // which the rule takes back
		k.Pass(2 * time.Hour)
		k.tick()
		if n := len(k.trace(deal)); n <= moves+2 {
			t.Errorf("%d steps after somebody moved it, %d before", n, moves)
		}
	})
}

// A rule is taken back by the history of settings: to what it did before, and
// off where it was off; what it did stays.
func TestARuleIsTakenBack(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		id := k.rule("changed", `amount > 1000`, []process.Action{{Do: process.DoSet, Field: "campaign", Value: "Big"}}, record.Values{"fields": "amount"})
		var change value.ID
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "rule", id, 0, record.Values{"actions": `[{"do":"set","field":"campaign","value":"Huge"}]`})
			change = s.Act()
			return err
		})
		grow := func(amount string) any {
			deal := k.deal("prospecting", nil)
			k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": amount}))
			return k.get("deal", deal, "campaign")
		}
		if got := grow("2000 EUR"); got != "Huge" {
			t.Errorf("before: %v", got)
		}
		if _, err := k.Workspace.Engine().RevertConfiguration(t.Context(), record.Who{Member: k.Bob, Door: "api"}, change); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a manager reverts: %v", err)
		}
		if _, err := k.Workspace.Engine().RevertConfiguration(t.Context(), record.Who{Member: k.Ada, Door: "api"}, change); err != nil {
			t.Fatal(err)
		}
		if got := grow("2000 EUR"); got != "Big" {
			t.Errorf("after: %v", got)
		}
		if n := k.count("deal", `campaign = "Huge"`); n != 1 {
			t.Errorf("%d deals keep what was done", n)
		}
	})
}
