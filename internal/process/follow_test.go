package process_test

import (
	"encoding/json"
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// change applies one change of the schema in Ada's name.
func (k *bench) change(op, field string, set map[string]any) {
	k.t.Helper()
	raw, err := json.Marshal(set)
	k.must(err)
	_, err = k.Workspace.Engine().ApplySchema(k.t.Context(), record.Who{Member: k.Ada, Door: "page"},
		[]schema.Change{{Op: schema.Op(op), Object: "deal", Field: field, Set: raw}}, 0)
	k.must(err)
}

// A field that is called otherwise goes on to be meant by rules, processes,
// their versions and templates.
func TestWhatNamesAFieldFollowsItsName(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.change(string(schema.AddField), "", map[string]any{"name": "urgency", "kind": "whole", "labels": map[string]string{"en": "Urgency"}})
		rule := k.rule(process.WhenSaved, "urgency > 3", []process.Action{{Do: "task", Text: "Hurry: {{urgency}} {{name}}"}, {Do: "set", Field: "campaign", Value: "=if(urgency > 5, \"A\", \"B\")"}},
			record.Values{"fields": "urgency,amount"})
		print := k.blueprint(strings.Replace(selling, `"when": "amount > 1000"`, `"when": "urgency > 1", "ask": [{"field": "urgency"}]`, 1), record.Values{"condition": "urgency != 99"})
		tpl := k.Create(k.t, k.Ada, "template", record.Values{"name": "T", "object": "deal", "body": "It is {{ urgency }}.", "status": "published"})
		k.change(string(schema.ChangeField), "urgency", map[string]any{"name": "pressure"})

		for _, x := range []struct {
			object, field string
			id            value.ID
		}{{"rule", "condition", rule}, {"rule", "fields", rule}, {"rule", "actions", rule}, {"blueprint", "condition", print}, {"blueprint", "definition", print}, {"template", "body", tpl}} {
			text, _ := k.get(x.object, x.id, x.field).(string)
			if strings.Contains(text, "urgency") || !strings.Contains(text, "pressure") {
				k.t.Errorf("%s of the %s is %q", x.field, x.object, text)
			}
		}
		k.Read(k.t, k.Ada, func(s *record.Session) error {
			return s.Each(k.t.Context(), record.Query{Object: "blueprint_version"}, func(r *record.Record) error {
				if text, _ := r.Field("definition").(string); strings.Contains(text, "urgency") || !strings.Contains(text, "pressure") {
					k.t.Errorf("the version says %q", text)
				}
				return nil
			})
		})
		deal := k.deal("prospecting", record.Values{"pressure": int64(7)})
		if got := k.get("deal", deal, "campaign"); got != "A" {
			k.t.Errorf("the rule set %v", got)
		}
		if n := k.count("activity", `subject contains "Hurry: 7 Pumps"`); n != 1 {
			k.t.Errorf("the rule made %d tasks", n)
		}
		k.must(k.move(k.Rita, deal, "qualified", record.Values{"next_step": "Call", "close_date": "2026-05-01"}))
		if got := k.offers(k.Rita, deal); !strings.HasPrefix(got, "Send the offer,") {
			k.t.Errorf("offered are %q", got)
		}
	})
}

// Conditions of stages, scores, cadences and assignment, and what record types
// hide, go on to mean a field that is called otherwise.
func TestOtherTextsFollowAFieldsName(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.change(string(schema.AddField), "", map[string]any{"name": "urgency", "kind": "whole", "labels": map[string]string{"en": "Urgency"}})
		k.stages["late"] = k.Create(k.t, k.Ada, "stage", record.Values{"name": "Late", "pipeline": k.get("stage", k.stages["proposal"], "pipeline"), "entry": "urgency > 3", "entry_message": "Not urgent."})
		typ := k.Create(k.t, k.Ada, "record_type", record.Values{"name": "Calm", "deal_hides": "region, urgency"})
		score := k.Create(k.t, k.Ada, "score_rule", record.Values{"name": "Hurry", "object": "deal", "condition": "urgency > 3", "points": int64(5)})
		who := k.Create(k.t, k.Ada, "assignment_rule", record.Values{"name": "Turns", "object": "deal", "condition": "urgency > 3", "members": []value.ID{k.Bob}, "how": "in_turn"})
		k.change(string(schema.ChangeField), "urgency", map[string]any{"name": "pressure"})
		for _, x := range []struct {
			object, field, want string
			id                  value.ID
		}{{"stage", "entry", "pressure > 3", k.stages["late"]}, {"record_type", "deal_hides", "region, pressure", typ}, {"score_rule", "condition", "pressure > 3", score}, {"assignment_rule", "condition", "pressure > 3", who}} {
			if text := k.get(x.object, x.id, x.field); text != x.want {
				k.t.Errorf("%s of the %s is %q", x.field, x.object, text)
			}
		}
		deal := k.deal("prospecting", record.Values{"pressure": int64(1)})
		if f, ok := fault.As(k.move(k.Rita, deal, "late", nil)); !ok || f.Fields[0].Key != "deal.entry" {
			k.t.Errorf("the entry rule said %v", f)
		}
	})
}

// A rule gives records to whom an assignment rule chooses; one that is not
// there is told in the log and keeps the owner.
func TestARuleAssignsByAnAssignmentRule(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.Create(k.t, k.Ada, "assignment_rule", record.Values{"name": "Turns", "object": "deal", "members": []value.ID{k.Bob}, "how": "in_turn"})
		k.rule(process.WhenCreated, `amount > 1000`, []process.Action{{Do: "assign", To: "rule:Turns"}}, nil)
		k.rule(process.WhenCreated, `amount < 10`, []process.Action{{Do: "assign", To: "rule:Nowhere"}}, nil)
		big, small := k.deal("prospecting", record.Values{"amount": "2000"}), k.deal("prospecting", record.Values{"amount": "5"})
		if got := k.get("deal", big, "owner"); got != k.Bob {
			k.t.Errorf("the owner is %v", got)
		}
		if got := k.get("deal", small, "owner"); got != k.Rita {
			k.t.Errorf("the owner is %v", got)
		}
		if got := k.log("deal", small); len(got) != 1 || !strings.Contains(got[0], "no assignment rule “Nowhere”") {
			k.t.Errorf("the log is %q", got)
		}
	})
}

// Open tasks follow to whom a rule gives a record where its action says so, by
// name or by an assignment rule.
func TestTasksFollowWhereTheActionSaysSo(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.Create(k.t, k.Ada, "assignment_rule", record.Values{"name": "Turns", "object": "deal", "members": []value.ID{k.Bob}, "how": "in_turn", "condition": `name = "never"`})
		for i, to := range []string{k.Bob.String(), "rule:Turns"} {
			for _, tasks := range []bool{false, true} {
				step := to + map[bool]string{true: " with"}[tasks]
				k.rule(process.WhenChanged, `next_step = "`+step+`"`, []process.Action{{Do: process.DoAssign, To: to, Tasks: tasks}}, record.Values{"fields": "next_step"})
				deal := k.deal("prospecting", nil)
				task := k.Create(t, k.Rita, "activity", record.Values{"kind": "task", "subject": "Call", "about": []schema.Ref{{Object: "deal", ID: deal}}, "owner": k.Rita})
				k.must(k.set(k.Rita, "deal", deal, record.Values{"next_step": step}))
				want := k.Rita
				if tasks {
					want = k.Bob
				}
				if k.get("deal", deal, "owner") != k.Bob || k.get("activity", task, "owner") != want {
					t.Errorf("%d %s: the deal is %v's, its task %v's: %v", i, step, k.get("deal", deal, "owner"), k.get("activity", task, "owner"), k.log("deal", deal))
				}
			}
		}
	})
}
