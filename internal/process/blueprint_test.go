package process_test

import (
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// selling is the process of most tests.
const selling = `{
 "states": [
  {"state": "<prospecting>", "start": true},
  {"state": "<qualified>", "tips": ["Ask for the budget."]},
  {"state": "<proposal>", "optional": true},
  {"state": "<negotiation>"},
  {"state": "<won>", "end": true},
  {"state": "<lost>", "end": true}],
 "moves": [
  {"key": "qualify", "name": "Qualify", "from": ["<prospecting>"], "to": "<qualified>", "ask": [{"field": "next_step"}, {"field": "close_date", "anew": true}, {"field": "campaign", "optional": true}]},
  {"key": "offer", "name": "Send the offer", "from": ["<qualified>"], "to": "<proposal>", "when": "amount > 1000", "why": "The amount must be above 1,000.",
   "checklist": [{"key": "nda", "text": "NDA signed"}, {"key": "demo", "text": "Demo given", "optional": true}], "note": "must"},
  {"key": "bargain", "name": "Negotiate", "from": ["<proposal>"], "to": "<negotiation>", "who": {"roles": ["manager"]}},
  {"key": "sign", "name": "Sign", "from": ["<negotiation>"], "to": "<won>", "who": {"owner": true}, "file": "must"},
  {"key": "give_up", "name": "Give up", "to": "<lost>", "ask": [{"field": "lost_reason"}]}],
 "back": "reason", "override": {"roles": ["admin"]}
}`

func TestABlueprintLetsThroughWhatItAllows(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.blueprint(selling, nil)
		deal := k.deal("prospecting", nil)

		err := k.move(k.Rita, deal, "negotiation", nil)
		e := k.refused(err, "stage", "process.no_move")
		if got := e.Fields[0].Args["allowed"]; got != "Qualified, Lost" {
			t := k.t
			t.Errorf("allowed are %q", got)
		}
		if got := k.offers(k.Rita, deal); got != "Qualify, Give up" {
			k.t.Errorf("offered are %q", got)
		}
		err = k.move(k.Rita, deal, "qualified", nil)
		k.refused(err, "next_step", "process.asked")
		k.refused(err, "close_date", "process.asked")
		if e, _ := fault.As(err); len(e.Fields) != 2 {
			k.t.Errorf("asks for %v", e.Fields)
		}
		k.must(k.move(k.Rita, deal, "qualified", record.Values{"next_step": "Call", "close_date": "2026-05-01"}))

		if got := k.offers(k.Rita, deal); got != "[Send the offer], Give up, Prospecting" {
			k.t.Errorf("offered are %q", got)
		}
		k.refused(k.move(k.Rita, deal, "proposal", nil), "stage", "process.not_now_why")
		err = k.move(k.Rita, deal, "proposal", record.Values{"amount": "2000 EUR"})
		k.refused(err, "_said.checked.nda", "process.unchecked")
		k.refused(err, "_said.note", "process.wants_note")
		said := map[string]any{"note": "By mail", "checked": []any{"nda"}}
		k.must(k.move(k.Rita, deal, "proposal", record.Values{"amount": "2000 EUR", "_said": said}))

		k.refused(k.move(k.Rita, deal, "negotiation", nil), "stage", "process.not_yours")
		k.must(k.move(k.Bob, deal, "negotiation", nil))
		k.refused(k.move(k.Bob, deal, "won", nil), "stage", "process.not_yours")
		k.refused(k.move(k.Rita, deal, "won", nil), "_said.file", "process.wants_file")

		k.refused(k.move(k.Rita, deal, "qualified", nil), "_said.reason", "process.wants_reason")
		k.must(k.move(k.Rita, deal, "qualified", record.Values{"_said": map[string]any{"reason": "Wrong contact"}}))
		k.refused(k.move(k.Ada, deal, "won", nil), "_said.reason", "process.wants_reason")
		k.must(k.move(k.Ada, deal, "won", record.Values{"_said": record.Said{Reason: "Signed on paper"}}))

		var kinds []string
		for _, p := range k.trace(deal) {
			kinds = append(kinds, p.Kind+" "+p.Label)
		}
		if got := strings.Join(kinds, ", "); got != "start Prospecting, move Qualified, move Proposal, move Negotiation, back Qualified, override Won" {
			k.t.Errorf("the trace is %q", got)
		}
		if said := k.trace(deal)[2].Said; said.Note != "By mail" || len(said.Checked) != 1 {
			k.t.Errorf("said %+v", said)
		}
	})
}

// Whoever writes, by whatever door, obeys; a record begins where the blueprint
// lets it begin; records of other pipelines and objects are left alone.
func TestEveryDoorObeys(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.blueprint(selling, record.Values{"condition": `campaign is empty`})
		ctx := k.t.Context()
		err := k.Try(ctx, k.Rita, func(s *record.Session) error {
			_, err := s.Create(ctx, "deal", record.Values{"name": "Late", "account": k.account, "stage": k.stages["proposal"]})
			return err
		})
		k.refused(err, "stage", "process.no_start")
		free := k.deal("proposal", record.Values{"campaign": "Fair"})
		k.must(k.move(k.Rita, free, "prospecting", nil))

		one, two := k.deal("prospecting", nil), k.deal("prospecting", nil)
		to := func(stage string) record.Values {
			return record.Values{"stage": k.stages[stage], "next_step": "Call", "close_date": "2026-05-01"}
		}
		var out []record.Outcome
		k.Write(k.t, k.Rita, func(s *record.Session) error {
			out, err = s.Save(ctx, record.Batch{Object: "deal", PerRow: true, Changes: []record.Change{{ID: one, Values: to("won")}, {ID: two, Values: to("qualified")}}})
			return err
		})
		if !fault.Is(out[0].Err, fault.Invalid) || out[1].Err != nil {
			k.t.Errorf("the batch answers %v, %v", out[0].Err, out[1].Err)
		}
		who := record.Who{Member: k.Ada, Door: "import", Cause: "import"}
		err = k.Workspace.Write(ctx, who, func(s *record.Session) error {
			if _, err := s.Create(ctx, "deal", record.Values{"name": "Old", "account": k.account, "stage": k.stages["won"]}); err != nil {
				return err
			}
			_, err := s.Update(ctx, "deal", one, 0, record.Values{"stage": k.stages["negotiation"]})
			return err
		})
		k.refused(err, "_said.reason", "process.wants_reason") // Ada may, with a reason
		k.must(k.move(k.Rita, one, "lost", record.Values{"lost_reason": "price"}))
	})
}

// A move is taken back whatever the blueprint says of the way back.
func TestUndoGoesBack(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.blueprint(selling, nil)
		deal := k.deal("prospecting", nil)
		var act value.ID
		k.Write(k.t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(k.t.Context(), "deal", deal, 0, record.Values{"stage": k.stages["qualified"], "next_step": "Call", "close_date": "2026-05-01"})
			act = s.Act()
			return err
		})
		k.Write(k.t, k.Rita, func(s *record.Session) error {
			u, err := s.Undo(k.t.Context(), act)
			if err == nil && len(u.Kept) > 0 {
				k.t.Errorf("kept %v", u.Kept)
			}
			return err
		})
		if got := k.get("deal", deal, "stage"); got != k.stages["prospecting"] {
			k.t.Errorf("the deal stands in %v", got)
		}
		if list := k.trace(deal); list[len(list)-1].Kind != "undo" {
			k.t.Errorf("the trace ends with %+v", list[len(list)-1])
		}
	})
}

// What runs keeps its version; what begins takes the new one; publishing can
// take running records over.
func TestRunningRecordsKeepTheirVersion(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		id := k.blueprint(selling, nil)
		old := k.deal("prospecting", nil)
		k.must(k.set(k.Ada, "blueprint", id, record.Values{"definition": k.write(strings.Replace(selling, `"ask": [{"field": "next_step"}, `, `"ask": [`, 1))}))
		if got := k.offers(k.Rita, k.deal("prospecting", nil)); got != "Qualify, Give up" {
			k.t.Errorf("a draft changes what is offered: %q", got)
		}
		k.refused(k.move(k.Rita, k.deal("prospecting", nil), "qualified", record.Values{"close_date": "2026-05-01"}), "next_step", "process.asked")
		if got := k.publish(id); got.Number != 2 || got.Effect.Running != 3 {
			k.t.Errorf("published %+v", got)
		}
		fresh := k.deal("prospecting", nil)
		k.must(k.move(k.Rita, fresh, "qualified", record.Values{"close_date": "2026-05-01"}))
		k.refused(k.move(k.Rita, old, "qualified", record.Values{"close_date": "2026-05-01"}), "next_step", "process.asked")

		k.Write(k.t, k.Ada, func(s *record.Session) error {
			_, err := process.Publish(k.t.Context(), s, id, process.Publication{Accept: true, Move: true})
			return err
		})
		k.Drain(k.t)
		k.must(k.move(k.Rita, old, "qualified", record.Values{"close_date": "2026-05-01"}))

		var first value.ID
		k.Read(k.t, k.Ada, func(s *record.Session) error {
			p, err := s.Query(k.t.Context(), record.Query{Object: "blueprint_version", Filter: "number = 1"})
			if err == nil {
				first = p.Records[0].ID
			}
			return err
		})
		if err := k.set(k.Ada, "blueprint_version", first, record.Values{"note": "better"}); !isKey(err, "process.version_fixed") {
			k.t.Errorf("a version is changed: %v", err)
		}
		k.Write(k.t, k.Ada, func(s *record.Session) error { return process.Revert(k.t.Context(), s, id, first) })
		if got, _ := k.get("blueprint", id, "definition").(string); !strings.Contains(got, "next_step") {
			k.t.Errorf("the draft is %s", got)
		}
	})
}

func isKey(err error, key string) bool {
	e, ok := fault.As(err)
	return ok && e.Key == key
}

// Two who move the same record at once: the second moves from where the first
// has left it, and is told what he may do from there.
func TestTwoMoveAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.blueprint(strings.Replace(selling, `"back": "reason"`, `"back": ""`, 1), nil)
		deal := k.deal("prospecting", nil)
		v := func(version int64) func(*record.Session) error {
			return func(s *record.Session) error {
				_, err := s.Update(k.t.Context(), "deal", deal, version, record.Values{"stage": k.stages["qualified"], "next_step": "Call", "close_date": "2026-05-01"})
				return err
			}
		}
		k.must(k.Try(k.t.Context(), k.Rita, v(1)))
		if err := k.Try(k.t.Context(), k.Bob, v(1)); !fault.Is(err, fault.Conflict) && err != nil {
			k.t.Errorf("the second is answered %v", err)
		}
	})
}

// Only administrators set up processes; everybody may read how they work.
func TestProcessesAreForAdministrators(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		id := k.blueprint(selling, nil)
		ctx := k.t.Context()
		for _, who := range []value.ID{k.Rita, k.Bob} {
			for object, v := range map[string]record.Values{
				"blueprint": {"name": "Mine", "object": "deal", "field": "stage"}, "rule": {"name": "Mine", "object": "deal"},
				"template": {"name": "Mine", "object": "deal"}, "webhook": {"name": "Mine", "url": "https://example.com"}} {
				err := k.Try(ctx, who, func(s *record.Session) error { _, err := s.Create(ctx, object, v); return err })
				if !fault.Is(err, fault.Forbidden) {
					k.t.Errorf("%s makes a %s: %v", who, object, err)
				}
			}
			if err := k.set(who, "blueprint", id, record.Values{"name": "Other"}); !fault.Is(err, fault.Forbidden) {
				k.t.Errorf("a blueprint is changed: %v", err)
			}
			for what, try := range map[string]func(*record.Session) error{
				"publish": func(s *record.Session) error {
					_, err := process.Publish(ctx, s, id, process.Publication{})
					return err
				},
				"examine": func(s *record.Session) error { _, err := process.Examine(ctx, s, id); return err },
				"retire":  func(s *record.Session) error { return process.Retire(ctx, s, id) },
				"log":     func(s *record.Session) error { _, err := process.Log(ctx, s, id, 0, 10); return err },
			} {
				if err := k.Try(ctx, who, try); !fault.Is(err, fault.Forbidden) {
					k.t.Errorf("%s: %v", what, err)
				}
			}
		}
		deal := k.deal("prospecting", nil)
		if got := k.offers(k.Olga, deal); got != "" {
			k.t.Errorf("who may not change a deal is offered %q", got)
		}
		k.Write(k.t, k.Ada, func(s *record.Session) error { return process.Retire(ctx, s, id) })
		k.must(k.move(k.Rita, deal, "negotiation", nil))
	})
}

// The first blueprint and the first rule may come in one act, with records that
// they hold for.
func TestTheFirstProcessInOneAct(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		ctx := k.t.Context()
		var id value.ID
		k.Write(k.t, k.Ada, func(s *record.Session) error {
			made, err := s.Create(ctx, "blueprint", record.Values{"name": "Selling", "object": "deal", "field": "stage", "definition": k.write(selling)})
			if err != nil {
				return err
			}
			if _, err := process.Publish(ctx, s, made.ID, process.Publication{Accept: true}); err != nil {
				return err
			}
			if _, err := s.Create(ctx, "rule", record.Values{"name": "Welcome", "object": "deal", "trigger": "created", "actions": `[{"do": "task", "text": "Call"}]`, "active": true}); err != nil {
				return err
			}
			deal, err := s.Create(ctx, "deal", record.Values{"name": "Pumps", "account": k.account, "stage": k.stages["prospecting"], "owner": k.Rita})
			id = deal.ID
			return err
		})
		k.Drain(k.t)
		if got := k.offers(k.Rita, id); got != "Qualify, Give up" {
			k.t.Errorf("offered are %q", got)
		}
		k.Read(k.t, k.Ada, func(s *record.Session) error {
			for filter, want := range map[string]int64{`key = "automation"`: 1, `subject = "Call"`: 1} {
				object := map[bool]string{true: "role", false: "activity"}[strings.HasPrefix(filter, "key")]
				if n, _, err := s.Count(ctx, record.Query{Object: object, Filter: filter, Count: record.CountExact}); err != nil || n != want {
					k.t.Errorf("%d of %s (%v), want %d", n, filter, err, want)
				}
			}
			return nil
		})
	})
}
