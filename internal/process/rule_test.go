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

func TestARuleDoesWhatItSays(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.rule("created", `amount > 1000`, []process.Action{
			{Do: "set", Field: "next_step", Value: "Call at once"}, {Do: "set", Field: "campaign", Value: "=concat(name, \" \", account.name)"},
			{Do: "task", Text: "Call {{account.name}}", To: "owner"}, {Do: "notify", Tell: []string{"manager", "role:admin"}, Text: "{{name}} is big"}}, nil)
		big, small := k.deal("prospecting", record.Values{"amount": "2000 EUR"}), k.deal("prospecting", record.Values{"amount": "10 EUR"})
		if got := k.get("deal", big, "next_step"); got != "Call at once" {
			k.t.Errorf("next step is %v: %v", got, k.log("deal", big))
		}
		if got := k.get("deal", big, "campaign"); got != "Pumps Acme" {
			k.t.Errorf("campaign is %v", got)
		}
		if got := k.get("deal", small, "next_step"); got != nil {
			k.t.Errorf("a small deal has %v", got)
		}
		if n := k.count("activity", `subject = "Call Acme" and owner.name = "Rita"`); n != 1 {
			k.t.Errorf("%d tasks", n)
		}
		if got := k.log("deal", big); len(got) != 1 || got[0] != "done" {
			k.t.Errorf("the log says %q", got)
		}
		if by := k.get("deal", big, "updated_by"); by == k.Rita {
			k.t.Error("the rule changed the deal in the name of who made it")
		}
	})
}

// A rule that edits what set it off is safe; rules in a circle are stopped and
// told; one that fails breaks no save and takes only its own work back.
func TestRulesAreStopped(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.rule("changed", `next_step is not empty`, []process.Action{{Do: "set", Field: "campaign", Value: "=concat(coalesce(campaign, \"0\"), \"x\")"}}, record.Values{"fields": "next_step, campaign"})
		deal := k.deal("prospecting", nil)
		k.must(k.set(k.Rita, "deal", deal, record.Values{"next_step": "Call"}))
		if got := k.get("deal", deal, "campaign"); got != "0x" {
			k.t.Errorf("campaign is %v", got)
		}
		k.rule("changed", `region = "a"`, []process.Action{{Do: "set", Field: "region", Value: "b"}}, record.Values{"name": "ab", "fields": "region"})
		k.rule("changed", `region = "b"`, []process.Action{{Do: "set", Field: "region", Value: "a"}}, record.Values{"name": "ba", "fields": "region"})
		k.must(k.set(k.Rita, "deal", deal, record.Values{"region": "a"}))
		if got := strings.Join(k.log("deal", deal), "|"); !strings.Contains(got, "stopped Stopped: rules set off one another") {
			k.t.Errorf("the log says %q", got)
		}

		k.rule("changed", `score = 7`, []process.Action{{Do: "task", Text: "never"}, {Do: "set", Field: "amount", Value: "=0 - 5 * score"}}, record.Values{"name": "bad", "fields": "score"})
		k.rule("changed", `score = 7`, []process.Action{{Do: "task", Text: "still"}}, record.Values{"name": "good", "fields": "score", "position": int64(5)})
		k.must(k.set(k.Rita, "deal", deal, record.Values{"score": int64(7)}))
		if n := k.count("activity", `subject = "never"`); n != 0 {
			k.t.Error("half of a rule was done")
		}
		if n := k.count("activity", `subject = "still"`); n != 1 {
			k.t.Errorf("the rule after a failing one made %d tasks: %v", n, k.log("deal", deal))
		}
		if got := strings.Join(k.log("deal", deal), "|"); !strings.Contains(got, "failed") {
			k.t.Errorf("the log says %q", got)
		}
	})
}

// In a batch the records that a rule can serve are served.
func TestARuleServesWhatItCan(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.rule("created", ``, []process.Action{{Do: "set", Field: "score", Value: "=length(name)"}}, nil)
		ctx := k.t.Context()
		var out []record.Outcome
		k.Write(k.t, k.Rita, func(s *record.Session) (err error) {
			v := func(name string) record.Change {
				return record.Change{Values: record.Values{"name": name, "account": k.account}}
			}
			out, err = s.Save(ctx, record.Batch{Object: "deal", Changes: []record.Change{v("abc"), v(strings.Repeat("x", 150)), v("abcd")}})
			return err
		})
		want := []any{int64(3), nil, int64(4)} // a score ends at 100
		for i, x := range out {
			if got := k.get("deal", x.ID, "score"); got != want[i] {
				k.t.Errorf("score %d is %v: %v", i, got, k.log("deal", x.ID))
			}
		}
	})
}

func TestARuleThatChecksRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.rule("check", `amount > 1000 and next_step is empty`, []process.Action{{Do: "refuse", Field: "next_step", Text: "{{name}} is big: say what comes next."}}, nil)
		deal := k.deal("prospecting", nil)
		e := k.refused(k.set(k.Rita, "deal", deal, record.Values{"amount": "2000 EUR"}), "next_step", "process.refused")
		if got := e.Fields[0].Args["text"]; got != "Pumps is big: say what comes next." {
			k.t.Errorf("told %q", got)
		}
		k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": "2000 EUR", "next_step": "Call"}))
	})
}

// A rule about a date looks once, when the day has come; what was past when it
// began stays past.
func TestADateIsReached(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.deal("prospecting", record.Values{"name": "past", "close_date": "2026-03-01"})
		k.deal("prospecting", record.Values{"name": "soon", "close_date": "2026-03-10"})
		k.rule("date", `status = "open"`, []process.Action{{Do: "task", Text: "Ask about {{name}}"}}, record.Values{"date_field": "close_date", "offset": int64(-2 * 24 * 60)})
		k.tick()
		k.Pass(5 * 24 * time.Hour) // the 7th, noon
		k.tick()
		if n := k.count("activity", `kind = "task"`); n != 0 {
			k.t.Errorf("%d tasks too early", n)
		}
		for range 3 {
			k.Pass(24 * time.Hour)
			k.tick()
			k.tick()
		}
		if n := k.count("activity", `subject = "Ask about soon"`); n != 1 {
			k.t.Errorf("%d tasks about what is soon", n)
		}
		if n := k.count("activity", `kind = "task"`); n != 1 {
			k.t.Errorf("%d tasks in all", n)
		}
	})
}

// An active rule can run; a draft may be half done.
func TestRulesAreChecked(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		ctx := k.t.Context()
		make := func(v record.Values) error {
			return k.Try(ctx, k.Ada, func(s *record.Session) error { _, err := s.Create(ctx, "rule", v); return err })
		}
		for _, x := range []struct{ field, key, condition, actions string }{
			{"condition", "expr.unknown_field", `nowhere = 1`, `[{"do":"task","text":"x"}]`},
			{"actions", "process.unknown_action", ``, `[{"do":"dance"}]`},
			{"actions", "process.no_actions", ``, ``},
			{"actions", "process.bad_definition", ``, `[{"do":"task","txt":"x"}]`},
			{"actions", "process.unknown_place", ``, `[{"do":"task","text":"{{nowhere}}"}]`},
			{"actions", "process.not_writable", ``, `[{"do":"set","field":"status","value":"won"}]`},
			{"actions", "process.refuse_in_check", ``, `[{"do":"refuse","text":"x"}]`},
		} {
			v := record.Values{"name": "x", "object": "deal", "trigger": "saved", "condition": x.condition, "actions": x.actions, "active": true}
			err := make(v)
			e, ok := fault.As(err)
			if !ok || e.Fields[0].Path != x.field || e.Fields[0].Key != x.key && !strings.HasPrefix(x.key, "expr.") {
				k.t.Errorf("%s %s: %v", x.condition, x.actions, err)
			}
		}
		k.must(make(record.Values{"name": "draft", "object": "deal", "actions": `[{"do":"dance"}]`}))
		if err := make(record.Values{"name": "self", "object": "rule", "active": true, "actions": `[{"do":"task","text":"x"}]`}); err == nil {
			k.t.Error("a rule about rules")
		}
	})
}

// A dry run tells how often a rule would have fired on what really happened.
func TestADryRunCountsThePast(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		var deals []value.ID
		for range 3 {
			deals = append(deals, k.deal("prospecting", record.Values{"amount": "10 EUR"}))
		}
		k.Pass(time.Hour)
		from := k.Now()
		k.must(k.set(k.Rita, "deal", deals[0], record.Values{"amount": "5000 EUR"}))
		k.Pass(time.Hour)
		k.must(k.set(k.Rita, "deal", deals[0], record.Values{"amount": "20 EUR"}))
		k.must(k.set(k.Rita, "deal", deals[1], record.Values{"amount": "6000 EUR"}))
		k.must(k.set(k.Rita, "deal", deals[2], record.Values{"next_step": "Call"}))
		k.Pass(time.Hour)
		to := k.Now()
		k.must(k.set(k.Rita, "deal", deals[2], record.Values{"amount": "9000 EUR"}))
		id := k.rule("changed", `amount > 1000`, []process.Action{{Do: "task", Text: "x"}}, record.Values{"fields": "amount", "active": false})
		var got *process.DryRun
		k.Read(k.t, k.Ada, func(s *record.Session) (err error) {
			got, err = process.Dry(k.t.Context(), s, id, from, to)
			return err
		})
		if got.Looked != 3 || got.Fired != 2 || got.Records != 2 || len(got.Sample) != 2 {
			k.t.Errorf("the dry run tells %+v", got)
		}
		if n := k.count("activity", `kind = "task"`); n != 0 {
			k.t.Error("a dry run did something")
		}
	})
}

// Imports, undo and what the program brings in ask no rules, so a dry run counts
// none of it; what checks asks whoever imports, too.
func TestADryRunCountsWhatAsksRules(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		from := k.Now()
		rule := k.rule("changed", `amount > 1000`, []process.Action{{Do: "task", Text: "Big"}}, record.Values{"fields": "amount"})
		check := k.rule("check", `amount > 1000`, []process.Action{{Do: "refuse", Text: "x"}}, record.Values{"active": false})
		deal := k.deal("prospecting", record.Values{"amount": "10 EUR"})
		as := func(who record.Who, amount string) (act value.ID) {
			k.Pass(time.Minute)
			k.must(k.Workspace.Write(t.Context(), who, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"amount": amount})
				act = s.Act()
				return err
			}))
			return act
		}
		as(record.Who{Member: k.Rita, Door: "api"}, "2000 EUR") // the one that counts
		as(record.Who{Member: k.Rita, Door: "import"}, "3000 EUR")
		as(record.AsSystem("a past"), "4000 EUR")
		lower := as(record.Who{Member: k.Rita, Door: "page"}, "20 EUR")
		k.must(k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Undo(t.Context(), lower)
			return err
		}))
		k.Pass(time.Minute)
		if n := k.count("activity", `subject = "Big"`); n != 1 {
			t.Errorf("fired %d times", n)
		}
		for id, want := range map[value.ID]int64{rule: 1, check: 2} {
			k.Read(t, k.Ada, func(s *record.Session) error {
				got, err := process.Dry(t.Context(), s, id, from, k.Now())
				if err == nil && got.Fired != want {
					t.Errorf("the dry run tells %+v, not %d", got, want)
				}
				return err
			})
		}
	})
}

// A rule asks what leads to a record, as it stands when the rule is looked at.
func TestARuleAsksWhatLeadsHere(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.rule("changed", `not any(activities, done = false)`, []process.Action{{Do: "task", Text: "Plan the next step", To: "owner"}}, record.Values{"fields": "campaign"})
		deal := k.deal("prospecting", nil)
		for range 2 { // the second time there is one
			k.must(k.set(k.Rita, "deal", deal, record.Values{"campaign": k.Now().String()}))
			k.Pass(time.Hour)
		}
		if n := k.count("activity", `subject = "Plan the next step"`); n != 1 {
			k.t.Errorf("%d tasks", n)
		}
	})
}

// What a rule itself made of a record is no news to it, in a dry run neither.
func TestADryRunLeavesOutItsOwnChanges(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		from := k.Now()
		count := k.rule("saved", `amount > 1000`, `[{"do":"set","field":"next_step","value":"=if(next_step is empty, \"!\", concat(next_step, \"!\"))"}]`, nil)
		other := k.rule("changed", `amount > 2000`, `[{"do":"set","field":"campaign","value":"Big"}]`, record.Values{"fields": "amount"})
		failing := k.rule("changed", `amount > 2000`, `[{"do":"set","field":"campaign","value":"No"},{"do":"assign","to":"rule:None"}]`, record.Values{"name": "Failing", "fields": "amount"})
		deal := k.deal("prospecting", record.Values{"amount": "1500 EUR"}) // once
		k.Pass(time.Hour)
		k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": "5000 EUR"})) // by Rita, and by the other rule
		k.Pass(time.Hour)
		k.must(k.Try(k.t.Context(), k.Rita, func(s *record.Session) error { // twice in one act
			if _, err := s.Update(k.t.Context(), "deal", deal, 0, record.Values{"description": "a"}); err != nil {
				return err
			}
			_, err := s.Update(k.t.Context(), "deal", deal, 0, record.Values{"description": "b"})
			return err
		}))
		k.Pass(time.Hour)
		dry := func(id value.ID) (out *process.DryRun) {
			k.Read(k.t, k.Ada, func(s *record.Session) (err error) {
				out, err = process.Dry(k.t.Context(), s, id, from, k.Now())
				return err
			})
			return out
		}
		ran := int64(0)
		for _, line := range k.log("deal", deal) {
			if line == "done" {
				ran++
			}
		}
		marks, _ := k.get("deal", deal, "next_step").(string)
		got := dry(count)
		if got.Fired != int64(len(marks)) || got.Fired+1 != ran || got.Records != 1 {
			k.t.Errorf("tells %d on %d, was set %q, %d runs", got.Fired, got.Records, marks, ran)
		}
		for _, id := range []value.ID{other, failing} {
			if got := dry(id); got.Fired != 1 {
				k.t.Errorf("another tells %d", got.Fired)
			}
		}
		// Lines of before do not say what was made.
		k.must(k.Workspace.Write(k.t.Context(), record.AsSystem("test"), func(s *record.Session) error {
			_, err := s.Tx().Exec(k.t.Context(), `UPDATE {rule_run} SET version = NULL, made = NULL`)
			return err
		}))
		if got := dry(count); got.Fired != 3 {
			k.t.Errorf("of lines of before: %d", got.Fired)
		}
	})
}

// A rule that names a template or webhook which cannot do its part is kept as a
// draft, and told what is missing when somebody switches it on.
func TestARuleNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		draft := k.Create(t, k.Ada, "template", record.Values{"name": "Offer", "object": "deal", "body": "Dear {{nowhere}}"})
		foreign := k.Create(t, k.Ada, "template", record.Values{"name": "Hello", "object": "lead", "body": "x", "status": "published"})
		gone := k.Create(t, k.Ada, "webhook", record.Values{"name": "ERP", "url": "https://erp.example"})
		k.Write(t, k.Ada, func(s *record.Session) error { return s.Delete(t.Context(), "webhook", gone) })
		for key, a := range map[string]process.Action{
			"process.template_draft":    {Do: process.DoSend, To: "ann@acme.example", Template: draft},
			"process.template_of_other": {Do: process.DoSend, To: "ann@acme.example", Template: foreign},
			"process.no_template":       {Do: process.DoDocument, Template: gone},
			"process.no_webhook":        {Do: process.DoWebhook, Webhook: gone},
		} {
			id := k.rule("created", "", []process.Action{a}, record.Values{"name": key, "active": false})
			k.refused(k.set(k.Ada, "rule", id, record.Values{"active": true}), "actions", key)
			k.Read(t, k.Ada, func(s *record.Session) error {
				list, err := process.CheckRule(t.Context(), s, id)
				if err == nil && (len(list) != 1 || list[0].Key != key) {
					t.Errorf("%s: told %+v", key, list)
				}
				return err
			})
		}
		k.must(k.set(k.Ada, "template", draft, record.Values{"body": "Dear {{name}}", "status": "published"}))
		k.Read(t, k.Ada, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "rule", Filter: `name = "process.template_draft"`})
			if err == nil {
				gone = page.Records[0].ID
			}
			return err
		})
		k.must(k.set(k.Ada, "rule", gone, record.Values{"active": true}))
	})
}
