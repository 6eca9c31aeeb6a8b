package record

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

func TestPlansThatMakeNoSense(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		add := func(set string) schema.Change { return change(schema.AddField, "firm", "", set) }
		for _, c := range []struct {
			key string
			c   schema.Change
		}{
			{"schema.unknown_op", change("explode", "firm", "", "")},
			{"schema.unknown_object", change(schema.AddField, "frim", "", `{"name":"x","kind":"text"}`)},
			{"schema.bad_definition", add(`{"name":"x","kind":"text","colour":1}`)},
			{"schema.bad_definition", add(`[]`)},
			{"schema.bad_name", add(`{"name":"Größe","kind":"text"}`)},
			{"schema.bad_name", add(`{"name":"","kind":"text"}`)},
			{"schema.bad_name", add(`{"name":"` + strings.Repeat("x", 50) + `","kind":"text"}`)},
			{"schema.reserved_name", add(`{"name":"and","kind":"text"}`)},
			{"schema.name_taken", add(`{"name":"name","kind":"text"}`)},
			{"schema.name_taken", add(`{"name":"deleted_at","kind":"text"}`)},
			{"schema.unknown_kind", add(`{"name":"x","kind":"blob"}`)},
			{"schema.bad_attribute", add(`{"name":"x","kind":"choice"}`)},
			{"schema.bad_attribute", add(`{"name":"x","kind":"choice","options":[{"key":"a|b"}]}`)},
			{"schema.bad_attribute", add(`{"name":"x","kind":"choice","options":[{"key":"a"},{"key":"a"}]}`)},
			{"schema.bad_attribute", add(`{"name":"x","kind":"decimal","scale":10}`)},
			{"schema.bad_attribute", add(`{"name":"x","kind":"money","currency":"QQQ"}`)},
			{"schema.bad_attribute", add(`{"name":"x","kind":"whole","default":"many"}`)},
			{"schema.bad_attribute", add(`{"name":"x","kind":"whole","default":"=nothing + 1"}`)},
			{"schema.bad_attribute", add(`{"name":"x","kind":"auto_number"}`)},
			{"schema.bad_attribute", add(`{"name":"x","kind":"link","target":"firm","on_delete":"explode"}`)},
			{"schema.unknown_object", add(`{"name":"x","kind":"link","target":"nothing"}`)},
			{"schema.name_taken", add(`{"name":"x","kind":"link","target":"firm","inverse":"daughters"}`)},
			{"schema.name_taken", add(`{"name":"x","kind":"link","target":"firm","inverse":"name"}`)},
			{"schema.unknown_object", add(`{"name":"x","kind":"rollup","rollup":{"child":"nothing","link":"firm","function":"count"}}`)},
			{"schema.unknown_field", add(`{"name":"x","kind":"rollup","rollup":{"child":"branch","link":"name","function":"count"}}`)},
			{"schema.bad_attribute", add(`{"name":"x","kind":"rollup","rollup":{"child":"branch","link":"firm","function":"sum","field":"name"}}`)},
			{"schema.bad_attribute", add(`{"name":"x","kind":"rollup","rollup":{"child":"bill","link":"firm","function":"median","field":"amount"}}`)},
			{"schema.rollup_filter", add(`{"name":"x","kind":"rollup","rollup":{"child":"bill","link":"firm","function":"count","filter":"owner = me()"}}`)},
			{"schema.formula_circle", add(`{"name":"x","kind":"formula","formula":"x + 1"}`)},
			{"schema.fixed", change(schema.RemoveField, "firm", "name", "")},
			{"schema.fixed", change(schema.ChangeField, "firm", "name", `{"name":"title"}`)},
			{"schema.fixed", change(schema.ChangeField, "firm", "name", `{"required":false}`)},
			{"schema.fixed", change(schema.ChangeField, "firm", "name", `{"max":3}`)},
			{"schema.fixed", change(schema.ChangeField, "bill", "status", `{"options":[{"key":"new"}]}`)},
			{"schema.needs_retype", change(schema.ChangeField, "firm", "code", `{"kind":"whole"}`)},
			{"schema.fixed", change(schema.ChangeObject, "firm", "", `{"name":"company"}`)},
			{"schema.fixed", change(schema.ChangeObject, "firm", "", `{"title":"code"}`)},
			{"schema.fixed", change(schema.RemoveObject, "firm", "", "")},
			{"schema.reserved_name", change(schema.AddObject, "", "", `{"name":"x","plural":"imports"}`)},
			{"schema.name_taken", change(schema.AddObject, "", "", `{"name":"firm"}`)},
			{"schema.name_taken", change(schema.AddObject, "", "", `{"name":"firms","plural":"firmses"}`)},
			{"schema.name_taken", change(schema.AddObject, "", "", `{"name":"x","labels":{"en":{"one":"FIRM"}}}`)},
			{"schema.no_parent", change(schema.AddObject, "", "", `{"name":"x","access":"child","parent":"y"}`)},
			{"schema.bad_attribute", change(schema.AddIndex, "firm", "", `{"fields":[]}`)},
			{"schema.unknown_field", change(schema.AddIndex, "firm", "", `{"fields":["nothing"]}`)},
			{"schema.bad_attribute", change(schema.AddIndex, "firm", "", `{"fields":["code"],"unique":true}`)},
		} {
			_, err := k.engine.PlanSchema(k.ctx(), Who{Member: k.admin}, []schema.Change{c.c})
			e, ok := fault.As(err)
			if !ok || e.Kind != fault.Invalid && e.Kind != fault.Conflict || !strings.HasPrefix(e.Key, c.key) {
				t.Errorf("%s %s: %v, want %s", c.c.Op, c.c.Set, err, c.key)
			}
		}
		_, err := k.engine.PlanSchema(k.ctx(), Who{Member: k.boss}, []schema.Change{add(`{"name":"x","kind":"text"}`)})
		wantFault(t, err, fault.Forbidden, "record.admin_only")
		_, err = k.engine.RevertSchema(k.ctx(), Who{Member: k.boss}, 1)
		wantFault(t, err, fault.Forbidden, "record.admin_only")
		_, err = k.engine.RevertSchema(k.ctx(), Who{Member: k.admin}, 99)
		wantFault(t, err, fault.NotFound, "schema.no_version")
	})
}

func TestBuiltinFieldsBendAsFarAsTheyMay(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		plan := k.apply(
			change(schema.ChangeField, "firm", "code", `{"required":true,"labels":{"de":"Kürzel"},"help":"short"}`),
			change(schema.ChangeField, "bill", "status", `{"options":[{"key":"lost","color":"red"},{"key":"new","labels":{"en":"Fresh"}},{"key":"sent"},{"key":"paid","hidden":true}]}`),
			change(schema.ChangeObject, "firm", "", `{"labels":{"de":{"one":"Firma","many":"Firmen"}},"icon":"house"}`))
		err := k.write(k.rep, func(s *Session) error { _, err := s.Create(k.ctx(), "firm", Values{"name": "F"}); return err })
		wantFault(t, err, fault.Invalid, "field.required")
		f, _ := k.object("bill").Field("status")
		if len(f.Options) != 4 || f.Options[1].Color != "" || f.Options[1].Labels["en"] != "Fresh" {
			t.Errorf("options %+v", f.Options)
		}
		k.make(k.rep, "bill", Values{"status": "lost"})
		k.reopen()
		if got := k.effects(change(schema.ChangeField, "bill", "status", `{"options":[{"key":"new"},{"key":"sent"},{"key":"paid"}]}`)); got != "warn schema.effect_option_used 1" {
			t.Error(got)
		}
		if _, err := k.engine.RevertSchema(k.ctx(), Who{Member: k.admin}, plan.Base+1); err != nil {
			t.Fatalf("%v%s", err, fields(err))
		}
		k.make(k.rep, "firm", Values{"name": "F"})
		if l := k.object("firm").Label("de").One; l != "Firm" {
			t.Errorf("label %q", l)
		}
		k.reopen()
	})
}

func TestRenamingReachesTexts(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.apply(
			change(schema.AddField, "bill", "", `{"name":"hours","kind":"whole","default":"=2 + 2"}`),
			change(schema.AddField, "bill", "", `{"name":"double","kind":"formula","formula":"hours * 2"}`),
			change(schema.AddField, "bill", "", `{"name":"copy","kind":"whole","default":"=hours"}`),
			change(schema.AddField, "firm", "", `{"name":"long_bills","kind":"rollup","rollup":{"child":"bill","link":"firm","function":"sum","field":"hours","filter":"hours > 3"}}`),
			change(schema.AddIndex, "bill", "", `{"fields":["-hours"]}`))
		k.apply(change(schema.ChangeField, "bill", "hours", `{"name":"time_spent"}`))
		firm := k.make(k.rep, "firm", Values{"name": "F"})
		id := k.make(k.rep, "bill", Values{"time_spent": int64(5), "firm": firm})
		k.wantField("bill", id, "double", decimal.RequireFromString("10"))
		k.wantField("firm", firm, "long_bills", int64(5))
		k.reopen()
		// The formula's values become another kind's.
		k.apply(change(schema.ChangeField, "bill", "double", `{"formula":"if(time_spent > 3, \"long\", \"short\")"}`))
		k.wantField("bill", id, "double", "long")
		k.reopen()
		k.apply(change(schema.RemoveIndex, "bill", "", `{"name":"hours_d"}`))
		k.refuse(fault.NotFound, "schema.no_index", change(schema.RemoveIndex, "bill", "", `{"name":"hours_d"}`))
		k.refuse(fault.Invalid, "schema.fixed", change(schema.RemoveIndex, "bill", "", `{"name":"amount_d"}`))
		k.reopen()
	})
}

func TestColumnsOfOthersAreNotTaken(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		long := strings.Repeat("n", 49)
		k.apply(change(schema.AddField, "firm", "", `{"name":"a","kind":"text","unique":true}`), change(schema.AddField, "firm", "", `{"name":"a_s","kind":"text"}`),
			change(schema.AddField, "firm", "", `{"name":"m_b","kind":"text"}`), change(schema.AddField, "firm", "", `{"name":"m","kind":"money"}`),
			change(schema.AddField, "firm", "", `{"name":"`+long+`","kind":"text","unique":true}`),
			change(schema.AddObject, "", "", `{"name":"`+long+`","plural":"longs","fields":[{"name":"name","kind":"text"},{"name":"`+long+`","kind":"address"}]}`),
			change(schema.AddField, long, "", `{"name":"x`+long[2:]+`","kind":"text","unique":true,"tracked":true}`),
			change(schema.AddIndex, long, "", `{"fields":["x`+long[2:]+`","created_at"],"served":true}`))
		id := k.make(k.rep, "firm", Values{"name": "F", "a": "Ä", "a_s": "x", "m_b": "y", "m": eur(5), long: "z"})
		for name, want := range map[string]any{"a": "Ä", "a_s": "x", "m_b": "y", "m": eur(5), long: "z"} {
			k.wantField("firm", id, name, want)
		}
		second := k.make(k.rep, long, Values{"name": "F", long: map[string]any{"city": "Ulm"}, "x" + long[2:]: "u"})
		k.wantField(long, second, long, value.Address{City: "Ulm"})
		k.invariants()
		k.reopen()
		k.apply(change(schema.RetypeField, "firm", "m_b", `{"kind":"long_text"}`), change(schema.RemoveField, "firm", "m_b", ""))
		k.apply(change(schema.AddField, "firm", "", `{"name":"m_b","kind":"whole"}`))
		k.wantField("firm", id, "m_b", nil)
		if err := k.set(k.rep, "firm", id, Values{"m_b": int64(4)}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestFieldsHaveAnEnd(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		var many []schema.Change
		for i := range 400 {
			many = append(many, change(schema.AddField, "visit", "", fmt.Sprintf(`{"name":"f%d","kind":"whole"}`, i)))
		}
		k.refuse(fault.TooLarge, "schema.too_many_fields", append(many, change(schema.AddField, "visit", "", `{"name":"last","kind":"whole"}`))...)
		k.apply(many...)
		k.apply(change(schema.RemoveField, "visit", "f0", "")) // which frees nothing
		k.refuse(fault.TooLarge, "schema.too_many_fields", change(schema.AddField, "visit", "", `{"name":"last","kind":"whole"}`))
		id := k.make(k.rep, "visit", Values{"f399": int64(7)})
		k.wantField("visit", id, "f399", int64(7))
	})
}

func TestTwoPlansAtOnce(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.apply(change(schema.AddField, "firm", "", `{"name":"first","kind":"text"}`))
		base := k.engine.Schema().Version
		errs := make([]error, 4)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() {
				set := fmt.Sprintf(`{"name":"f%d","kind":"text"}`, i)
				_, errs[i] = k.engine.ApplySchema(k.background(), AsSystem("test"), []schema.Change{change(schema.AddField, "firm", "", set)}, base)
			})
		}
		group.Wait()
		good := 0
		for _, err := range errs {
			if err == nil {
				good++
				continue
			}
			wantFault(t, err, fault.Conflict, "schema.stale")
		}
		if good != 1 {
			t.Errorf("%d plans against one version", good)
		}
		k.reopen()
	})
}

func TestSchemaGoesByFile(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.apply(change(schema.AddObject, "", "", `{"name":"project","fields":[{"name":"name","kind":"text"},{"name":"size","kind":"decimal","scale":2}]}`),
			change(schema.AddField, "firm", "", `{"name":"stars","kind":"choice","options":[{"key":"one"},{"key":"two"}]}`),
			change(schema.AddIndex, "project", "", `{"fields":["-size"]}`))
		file := k.export()
		if changes, err := k.engine.Schema().ReadFile(strings.NewReader(file)); err != nil || len(changes) > 0 {
			t.Errorf("its own file changes %+v, %v", changes, err)
		}
		k.apply(change(schema.ChangeField, "firm", "stars", `{"options":[{"key":"two"}]}`))
		changes, err := k.engine.Schema().ReadFile(strings.NewReader(file))
		if err != nil || len(changes) != 1 {
			t.Fatalf("%+v, %v", changes, err)
		}
		k.apply(changes...)
		if k.export() != file {
			t.Errorf("another schema came of the file")
		}
		// An empty workspace takes it whole.
		fresh := newShop(t, k.server(t))
		if changes, err = fresh.engine.Schema().ReadFile(strings.NewReader(file)); err != nil {
			t.Fatal(err)
		}
		fresh.apply(changes...)
		if _, ok := fresh.object("project").Field("size"); !ok || len(fresh.object("project").Indexes) != 1 {
			t.Errorf("project came as %+v", fresh.object("project"))
		}
		for _, bad := range []string{"", "[]", `{"objects":[{"name":"firm","fields":[5]}]}`, `{"objects":5}`, "\xff"} {
			if _, err := k.engine.Schema().ReadFile(strings.NewReader(bad)); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
}

func (k *shop) export() string {
	k.t.Helper()
	var b bytes.Buffer
	if err := k.engine.Schema().Export(&b); err != nil {
		k.t.Fatal(err)
	}
	return b.String()
}
