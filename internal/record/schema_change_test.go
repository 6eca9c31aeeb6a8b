package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// change makes one step of a plan; set is written as JSON.
func change(op schema.Op, object, field, set string) schema.Change {
	c := schema.Change{Op: op, Object: object, Field: field}
	if set != "" {
		c.Set = json.RawMessage(set)
	}
	return c
}

func (k *shop) apply(changes ...schema.Change) *schema.Plan {
	k.t.Helper()
	plan, err := k.engine.ApplySchema(k.ctx(), Who{Member: k.admin}, changes, 0)
	if err != nil {
		var effects []schema.Effect
		if plan != nil {
			effects = plan.Effects
		}
		k.t.Fatalf("apply of %d: %v%s, effects %+v", len(changes), err, fields(err), effects)
	}
	return plan
}

func (k *shop) refuse(kind fault.Kind, key string, changes ...schema.Change) {
	k.t.Helper()
	_, err := k.engine.ApplySchema(k.ctx(), Who{Member: k.admin}, changes, 0)
	k.t.Helper()
	wantFault(k.t, err, kind, key)
}

// effects is what a plan says, without applying it.
func (k *shop) effects(changes ...schema.Change) string {
	k.t.Helper()
	plan, err := k.engine.PlanSchema(k.ctx(), Who{Member: k.admin}, changes)
	if err != nil {
		k.t.Fatalf("plan %+v: %v%s", changes, err, fields(err))
	}
	var list []string
	for _, e := range plan.Effects {
		list = append(list, fmt.Sprintf("%s %s %d", e.Weight, e.Key, e.Count))
	}
	return strings.Join(list, ", ")
}

func TestFieldsComeAndGo(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		firm := k.make(k.rep, "firm", Values{"name": "F"})
		k.apply(change(schema.AddField, "firm", "", `{"name":"size","kind":"whole","default":"3","low":1,"labels":{"en":"Size"}}`))
		k.wantField("firm", firm, "size", nil)
		second := k.make(k.rep, "firm", Values{"name": "G"})
		k.wantField("firm", second, "size", int64(3))
		if err := k.set(k.rep, "firm", firm, Values{"size": int64(7)}); err != nil {
			t.Fatal(err)
		}
		k.apply(change(schema.ChangeField, "firm", "size", `{"name":"heads","labels":{"de":"Köpfe"}}`))
		k.wantField("firm", firm, "heads", int64(7))
		if f, _ := k.object("firm").Field("heads"); f.Labels["en"] != "Size" || f.Labels["de"] != "Köpfe" {
			t.Errorf("labels %v", f.Labels)
		}
		if got := k.effects(change(schema.RemoveField, "firm", "heads", "")); got != "warn schema.effect_hidden_values 2" {
			t.Error(got)
		}
		removed := k.apply(change(schema.RemoveField, "firm", "heads", ""))
		wantFault(t, k.set(k.rep, "firm", firm, Values{"heads": 1}), fault.Invalid, "field.unknown")
		k.apply(change(schema.AddField, "firm", "", `{"name":"heads","kind":"text"}`))
		k.refuse(fault.Invalid, "schema.name_taken", change(schema.RestoreField, "firm", "heads", ""))
		k.apply(change(schema.RemoveField, "firm", "heads", ""))
		if _, err := k.engine.RevertSchema(k.ctx(), Who{Member: k.admin}, removed.Base+1); err != nil {
			t.Fatalf("%v%s", err, fields(err))
		}
		k.wantField("firm", firm, "heads", int64(7))
		k.reopen()
		k.wantField("firm", firm, "heads", int64(7))
	})
}

// reopen loads the schema from the database as another process would; both must
// have the same.
func (k *shop) reopen() {
	k.t.Helper()
	export := func(e *Engine) string {
		var b bytes.Buffer
		if err := e.Schema().Export(&b); err != nil {
			k.t.Fatal(err)
		}
		return b.String()
	}
	before := export(k.engine)
	e := New(k.engine.needs)
	if err := e.Open(k.ctx()); err != nil {
		k.t.Fatalf("open again: %v", err)
	}
	if after := export(e); after != before {
		k.t.Error("the schema is another after opening again")
	}
	k.engine = e
	k.as(0, func(s *Session) {
		if list, err := s.Pending(k.ctx()); err != nil || len(list) > 0 {
			k.t.Errorf("pending %v, %v", list, err)
		}
	})
}

func TestRetyping(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.apply(change(schema.AddField, "bill", "", `{"name":"note","kind":"text","tracked":true}`))
		a, b := k.make(k.rep, "bill", Values{"note": "12"}), k.make(k.rep, "bill", Values{"note": "12.50"})
		bad := k.make(k.rep, "bill", Values{"note": "many"})
		k.make(k.rep, "bill", Values{})
		to := change(schema.RetypeField, "bill", "note", `{"kind":"decimal","scale":2}`)
		if got := k.effects(to); got != "refuse schema.effect_unconvertible 1, info schema.effect_converted 2" {
			t.Error(got)
		}
		k.refuse(fault.Invalid, "schema.refused", to)
		if err := k.drop(k.admin, "bill", bad); err != nil {
			t.Fatal(err)
		}
		k.refuse(fault.Invalid, "schema.refused", to) // it may come back
		if err := k.restore(k.admin, "bill", bad); err != nil {
			t.Fatal(err)
		}
		if err := k.set(k.rep, "bill", bad, Values{"note": "-1"}); err != nil {
			t.Fatal(err)
		}
		plan := k.apply(to)
		k.wantField("bill", a, "note", decimal.RequireFromString("12"))
		k.wantField("bill", b, "note", decimal.RequireFromString("12.5"))
		k.invariants() // spans hold the new column
		k.refuse(fault.Invalid, "schema.unsafe_retype", change(schema.RetypeField, "bill", "note", `{"kind":"yes_no"}`))
		k.refuse(fault.Invalid, "schema.fixed", change(schema.RetypeField, "bill", "status", `{"kind":"text"}`))
		if _, err := k.engine.RevertSchema(k.ctx(), Who{Member: k.admin}, plan.Base+1); err != nil {
			t.Fatalf("%v%s", err, fields(err))
		}
		k.wantField("bill", b, "note", "12.5")
		k.reopen()
		k.invariants()
	})
}

func TestEverySafeRetype(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		for _, c := range []struct{ from, typed, to, want string }{
			{`"kind":"text"`, "2026-02-03", `{"kind":"date"}`, "2026-02-03"},
			{`"kind":"text"`, "a@b.example", `{"kind":"email"}`, "a@b.example"},
			{`"kind":"text"`, "yes", `{"kind":"yes_no"}`, "true"},
			{`"kind":"text"`, "10.50 EUR", `{"kind":"money"}`, "10.50 EUR"},
			{`"kind":"text"`, "10.50", `{"kind":"money","currency":"USD"}`, "10.50 USD"},
			{`"kind":"text"`, "10.50", `{"kind":"money"}`, "10.50 EUR"},
			{`"kind":"text"`, "x", `{"kind":"choice","options":[{"key":"x"}]}`, "x"},
			{`"kind":"whole"`, "7", `{"kind":"money"}`, "7.00 EUR"},
			{`"kind":"whole"`, "7", `{"kind":"decimal","scale":1}`, "7"},
			{`"kind":"decimal","scale":2`, "7.25", `{"scale":4}`, "7.25"},
			{`"kind":"money"`, "7.25 USD", `{"kind":"text"}`, "7.25 USD"},
			{`"kind":"money"`, "7.25 EUR", `{"kind":"decimal","scale":2}`, "7.25"},
			{`"kind":"date"`, "2026-02-03", `{"kind":"date_time"}`, "2026-02-03T00:00:00Z"},
			{`"kind":"date_time"`, "2026-02-03T22:00:00Z", `{"kind":"date"}`, "2026-02-03"},
			{`"kind":"yes_no"`, "true", `{"kind":"text"}`, "true"},
			{`"kind":"choice","options":[{"key":"a"},{"key":"b"}]`, "b", `{"kind":"choices","options":[{"key":"a"},{"key":"b"}]}`, "b"},
			{`"kind":"choices","options":[{"key":"a"},{"key":"b"}]`, "b", `{"kind":"text"}`, "b"},
		} {
			k.apply(change(schema.AddField, "firm", "", `{"name":"z",`+c.from+`}`))
			id := k.make(k.rep, "firm", Values{"name": "F", "z": c.typed})
			k.apply(change(schema.RetypeField, "firm", "z", c.to))
			if got := schema.Neutral(k.field("firm", id, "z")); got != c.want {
				t.Errorf("%s of %s to %s: %s, want %s", c.typed, c.from, c.to, got, c.want)
			}
			k.apply(change(schema.RemoveField, "firm", "z", ""))
		}
	})
}

func TestUniqueOnOldData(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.apply(change(schema.AddField, "firm", "", `{"name":"tax","kind":"text"}`))
		k.make(k.rep, "firm", Values{"name": "A", "tax": "Å1"})
		b := k.make(k.rep, "firm", Values{"name": "B", "tax": "a1"})
		unique := change(schema.ChangeField, "firm", "tax", `{"unique":true}`)
		if got := k.effects(unique); got != "refuse schema.effect_doubled 1" {
			t.Error(got)
		}
		if err := k.set(k.rep, "firm", b, Values{"tax": "b1"}); err != nil {
			t.Fatal(err)
		}
		k.apply(unique)
		wantFault(t, k.set(k.rep, "firm", b, Values{"tax": "A1"}), fault.Invalid, "field.in_use")
		k.reopen()
		k.apply(change(schema.ChangeField, "firm", "tax", `{"unique":false}`))
		if err := k.set(k.rep, "firm", b, Values{"tax": "A1"}); err != nil {
			t.Fatalf("no longer unique: %v", err)
		}
		// Doubles that came between plan and index leave the field pending, and
		// the workspace opens.
		f, _ := k.object("firm").Field("tax")
		for _, kind := range []string{"money", "address", "place", "yes_no", "long_text", "links"} {
			set := `{"name":"bad","kind":"` + kind + `","unique":true,"target":"firm"}`
			k.refuse(fault.Invalid, "schema.bad_attribute", change(schema.AddField, "firm", "", set))
		}
		k.settleDefinition(f.ID)
		e := New(k.engine.needs)
		if err := e.Open(k.ctx()); err != nil {
			t.Fatalf("open with doubles: %v", err)
		}
		k.engine = e
		k.as(0, func(s *Session) {
			list, err := s.Pending(k.ctx())
			if err != nil || len(list) != 1 || list[0].Name != "tax" {
				t.Errorf("pending %v, %v", list, err)
			}
		})
		wantFault(t, k.set(k.rep, "firm", k.make(k.rep, "firm", Values{"name": "C"}), Values{"tax": "a1"}), fault.Invalid, "field.in_use")
		if err := k.set(k.rep, "firm", b, Values{"tax": nil}); err != nil {
			t.Fatal(err)
		}
		k.reopen()
	})
}

func TestCustomObjectsAreUsableAtOnce(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		firm := k.make(k.rep, "firm", Values{"name": "F"})
		k.apply(
			change(schema.AddObject, "", "", `{"name":"project","plural":"projects","labels":{"en":{"one":"Project","many":"Projects"}},
				"fields":[{"name":"name","kind":"text","search":true},{"name":"firm","kind":"link","target":"firm","inverse":"projects","on_delete":"cascade"},
				{"name":"helpers","kind":"links","target":"firm"},{"name":"cost","kind":"money"},{"name":"kind","kind":"choice","options":[{"key":"a_b"},{"key":"axb"}]},
				{"name":"code","kind":"auto_number","number":{"prefix":"P","digits":3}}]}`),
			change(schema.AddObject, "", "", `{"name":"task_item","access":"child","parent":"project",
				"fields":[{"name":"project","kind":"link","target":"project","inverse":"tasks","on_delete":"cascade"},{"name":"hours","kind":"whole"}]}`),
			change(schema.AddField, "project", "", `{"name":"hours","kind":"rollup","rollup":{"child":"task_item","link":"project","function":"sum","field":"hours"}}`),
			change(schema.AddField, "project", "", `{"name":"days","kind":"formula","formula":"hours / 8"}`),
			change(schema.AddField, "firm", "", `{"name":"projects_cost","kind":"rollup","rollup":{"child":"project","link":"firm","function":"sum","field":"cost"}}`),
		)
		p := k.make(k.rep, "project", Values{"name": "Brücke", "firm": firm, "helpers": []value.ID{firm}, "cost": eur(500), "kind": "a_b"})
		k.make(k.rep, "task_item", Values{"name": "t", "project": p, "hours": int64(12)})
		k.wantField("project", p, "hours", int64(12))
		k.wantField("project", p, "days", decimal.RequireFromString("1.5"))
		k.wantField("project", p, "code", "P001")
		k.wantField("firm", firm, "projects_cost", eur(500))
		for _, q := range []Query{{Filter: `firm.name = "F" and hours > 10`}, {Filter: `any(tasks, hours = 12)`, Sort: "-cost,name"},
			{Filter: `any(helpers, name = "F")`}, {Filter: `kind = "a_b"`}, {Text: "brucke"}} {
			q.Object = "project"
			if got := k.names(k.rep, q); got != "Brücke" {
				t.Errorf("%+v: %q", q, got)
			}
		}
		if got := k.names(k.rep, Query{Object: "firm", Filter: `any(projects, cost >= 5)`}); got != "F" {
			t.Errorf("back-link: %q", got)
		}
		k.as(k.rep, func(s *Session) {
			r, err := s.Aggregate(k.ctx(), Aggregate{Object: "project", Group: []string{"firm.name"}, Measures: []string{"count", "sum:cost", "sum:hours"}})
			if err != nil || len(r.Groups) != 1 || r.Groups[0].Labels[0] != "F" {
				t.Errorf("aggregate: %+v, %v", r, err)
			}
		})
		note := k.make(k.admin, "activity", Values{"name": "n", "about": []any{"project:" + p.String()}})
		k.wantField("activity", note, "about", []schema.Ref{{Object: "project", ID: p}})
		k.apply(change(schema.ChangeObject, "project", "", `{"name":"venture","plural":"ventures"}`))
		k.wantField("activity", note, "about", []schema.Ref{{Object: "venture", ID: p}})
		k.wantField("venture", p, "hours", int64(12))
		k.invariants()
		k.reopen()
		k.refuse(fault.Invalid, "schema.refused", change(schema.RemoveObject, "task_item", "", ""))
		k.apply(change(schema.RemoveField, "venture", "hours", ""), change(schema.RemoveField, "venture", "days", ""), change(schema.RemoveObject, "task_item", "", ""))
		k.reopen()
		k.apply(change(schema.RestoreObject, "task_item", "", ""), change(schema.RestoreField, "venture", "hours", ""), change(schema.RestoreField, "venture", "days", ""))
		k.wantField("venture", p, "days", decimal.RequireFromString("1.5"))
		if err := k.drop(k.rep, "firm", firm); err != nil {
			t.Fatal(err)
		}
		k.wantAlive("venture", p, false)
	})
}
