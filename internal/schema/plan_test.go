package schema

import (
	"context"
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/store"
)

func TestAPlanCountsWhatItDoes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *kit) {
		k.apply(step(AddField, "firm", "", `{"name":"size","kind":"choice","options":[{"key":"s"},{"key":"l"}]}`),
			step(AddField, "firm", "", `{"name":"uses","kind":"choices","options":[{"key":"a_b"},{"key":"axb"}]}`))
		k.put("firm", "code", "x")
		k.put("firm", "code", "X")
		k.put("firm", "code", nil)
		k.put("firm", "size", "s")
		k.put("firm", "uses", "axb")
		k.put("visit", "name", "v")
		for want, changes := range map[string][]Change{
			"":                       {step(AddField, "firm", "", `{"name":"more","kind":"text"}`)},
			"0 refuse doubled 1":     {step(ChangeField, "firm", "code", `{"unique":true}`)},
			"0 warn missing 3":       {step(ChangeField, "firm", "code", `{"required":true}`)},
			"0 warn option_used 1":   {step(ChangeField, "firm", "size", `{"options":[{"key":"l"}]}`)},
			"0 warn hidden_values 1": {step(RemoveField, "firm", "size", "")},
			"1 warn hidden_values 1": {step(AddField, "firm", "", `{"name":"more","kind":"text"}`), step(RemoveField, "firm", "uses", "")},
		} {
			if got := k.effects(changes...); got != want {
				t.Errorf("%+v: %q, want %q", changes, got, want)
			}
		}
		if got := k.effects(step(ChangeField, "firm", "uses", `{"options":[{"key":"axb"}]}`)); got != "" {
			t.Errorf("an option that nobody uses, but for its look: %q", got)
		}
	})
}

func TestObjectsGoWithTheirRecordsInSight(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *kit) {
		k.apply(step(AddObject, "", "", `{"name":"boat","labels":{"en":{"one":"Boat"}}}`))
		k.put("boat", "name", "Swan")
		if got := k.effects(step(RemoveObject, "boat", "", "")); got != "0 warn records 1" {
			t.Error(got)
		}
		k.apply(step(AddField, "visit", "", `{"name":"boat","kind":"link","target":"boat"}`))
		if p, err := k.plan(nil, step(RemoveObject, "boat", "", "")); err != nil || !p.Refused() || len(p.Effects[0].Uses) != 1 || p.Effects[0].Uses[0].String() != "visit.boat" {
			t.Errorf("what leads to a boat: %+v %v", p, err)
		}
		k.refused("schema.fixed", step(RemoveObject, "firm", "", ""))
		k.refused("schema.unknown_object", step(RemoveObject, "ship", "", ""))
		k.apply(step(RemoveField, "visit", "boat", ""), step(RemoveObject, "boat", "", ""))
		if _, ok := k.schema.Object("boat"); ok {
			t.Error("still there")
		}
		k.apply(step(RestoreObject, "boat", "", ""))
		if got := k.values("boat", "name"); strings.Join(got, " ") != "Swan" {
			t.Errorf("brought back with %v", got)
		}
	})
}

func TestAPlanIsAppliedOnceAndOnlyWhenNothingForbidsIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *kit) {
		one, err := k.plan(nil, step(AddField, "firm", "", `{"name":"a","kind":"text"}`))
		if err != nil {
			t.Fatal(err)
		}
		two, err := k.plan(nil, step(AddField, "firm", "", `{"name":"b","kind":"text"}`))
		if err != nil {
			t.Fatal(err)
		}
		k.carryOut(one)
		err = k.db.Write(k.ctx(), func(tx *store.Tx) error {
			_, err := two.Apply(k.ctx(), tx, k.env, 7, noon)
			return err
		})
		if e, ok := fault.As(err); !ok || e.Key != "schema.stale" {
			t.Errorf("a plan of yesterday: %v", err)
		}
		says := func(w Weight) Effects {
			return func(_ context.Context, _ *store.Tx, s *Schema, c Change) ([]Effect, error) {
				if s.Version != k.schema.Version || c.Field != "a" {
					t.Errorf("a room is asked about %+v of %d", c, s.Version)
				}
				return []Effect{{Weight: w, Key: "schema.effect_linked", Count: 1}}, nil
			}
		}
		p, err := k.plan([]Effects{says(Warn), says(Refuse)}, step(RemoveField, "firm", "a", ""))
		if err != nil || len(p.Effects) != 2 || !p.Refused() {
			t.Fatalf("%+v, %v", p, err)
		}
		err = k.db.Write(k.ctx(), func(tx *store.Tx) error {
			_, err := p.Apply(k.ctx(), tx, k.env, 7, noon)
			return err
		})
		if e, ok := fault.As(err); !ok || e.Key != "schema.refused" {
			t.Errorf("a forbidden plan: %v", err)
		}
		k.reload()
		k.refused("schema.no_changes")
		k.refused("schema.unknown_op", step("paint", "firm", "", ""))
		k.refused("schema.unknown_field_near", step(ChangeField, "firm", "nam", ""))
		k.refused("schema.bad_definition", step(AddField, "firm", "", `{"name":"c","kind":"text","colour":"red"}`))
	})
}

// Two objects with one name are refused, in whatever language they have it in
// common, and so are names that the API or expressions have other uses for.
func TestNamesAreTakenOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *kit) {
		k.apply(step(AddObject, "", "", `{"name":"boat","labels":{"en":{"one":"Boat","many":"Boats"},"de":{"one":"Boot","many":"Boote"},"fi":{"one":"Vene"}}}`))
		object := func(set string) Change { return step(AddObject, "", "", set) }
		for _, set := range []string{
			`{"name":"boat"}`, `{"name":"ship","plural":"boats"}`, `{"name":"boats"}`, `{"name":"firm"}`, `{"name":"yacht","plural":"firm"}`,
			`{"name":"ship","labels":{"en":{"one":"boat"}}}`, `{"name":"ship","labels":{"en":{"one":" Firm "}}}`,
			`{"name":"ship","labels":{"en":{"one":"Ship"},"de":{"one":"BOOT"}}}`, `{"name":"ship","labels":{"de":{"one":"Schiff","many":"Boote"}}}`,
			`{"name":"ship","labels":{"en":{"one":"Ship"},"fi":{"one":"Véne"}}}`, `{"name":"ship","labels":{"de":{"one":"Firm"}}}`,
		} {
			k.refused("schema.name_taken", object(set))
		}
		k.refused("schema.name_taken", object(`{"name":"ship"}`), object(`{"name":"ship"}`))
		k.refused("schema.name_taken", step(ChangeObject, "boat", "", `{"labels":{"de":{"one":"Firm"}}}`))
		k.refused("schema.reserved_name", object(`{"name":"export","plural":"exports"}`))
		k.refused("schema.reserved_name", object(`{"name":"and"}`))
		for _, name := range []string{"Ship", "1ship", "sh ip", "", "schiffß"} {
			k.refused("schema.bad_name", object(`{"name":"`+name+`"}`))
		}
		field := func(name string) Change { return step(AddField, "firm", "", `{"name":"`+name+`","kind":"text"}`) }
		for _, name := range []string{"code", "id", "owner", "deleted_at", "last_activity_at"} {
			k.refused("schema.name_taken", field(name))
		}
		k.refused("schema.reserved_name", field("or"))
		k.refused("schema.name_taken", field("twice"), field("twice"))
		k.refused("schema.name_taken", field("a"), step(ChangeField, "firm", "a", `{"name":"code"}`))
		k.apply(object(`{"name":"ship","labels":{"en":{"one":"Ship"},"de":{"one":"Schiff"},"fi":{"one":"Laiva"}}}`), field("twin"))
		k.apply(step(RemoveField, "firm", "twin", ""), field("twin"))
		k.refused("schema.name_taken", step(RestoreField, "firm", "twin", ""))
	})
}

// A rename reaches every text that names the field, and moves no column.
func TestARenameIsFollowed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *kit) {
		k.apply(step(AddField, "firm", "", `{"name":"heads","kind":"whole"}`),
			step(AddField, "firm", "", `{"name":"big","kind":"formula","formula":"heads > 100"}`),
			step(AddField, "firm", "", `{"name":"twice","kind":"whole","default":"=heads + 1"}`),
			step(AddField, "visit", "", `{"name":"miles","kind":"whole"}`),
			step(AddField, "firm", "", `{"name":"far","kind":"rollup","rollup":{"child":"visit","link":"firm","function":"sum","field":"miles","filter":"miles > 10"}}`),
			step(AddField, "visit", "", `{"name":"of_big","kind":"formula","formula":"firm.heads > 100"}`),
			step(AddIndex, "firm", "", `{"fields":["-heads"]}`))
		was, _ := k.schema.MustObject("firm").Field("heads")
		k.put("firm", "heads", 7)
		k.apply(step(ChangeField, "firm", "heads", `{"name":"people"}`), step(ChangeField, "visit", "miles", `{"name":"km"}`))
		firm := k.schema.MustObject("firm")
		now, ok := firm.Field("people")
		if !ok || now.ID != was.ID || now.Column != was.Column || strings.Join(k.values("firm", "people"), "") != "7" {
			t.Errorf("%+v", now)
		}
		for _, x := range []struct{ object, field, want string }{{"firm", "big", "people > 100"}, {"visit", "of_big", "firm.people > 100"}} {
			if f, _ := k.schema.MustObject(x.object).Field(x.field); f.Formula != x.want {
				t.Errorf("%s.%s is %q", x.object, x.field, f.Formula)
			}
		}
		if f, _ := firm.Field("twice"); f.Default != "=people + 1" {
			t.Errorf("the default is %q", f.Default)
		}
		if f, _ := firm.Field("far"); f.Rollup.Field != "km" || f.Rollup.Filter != "km > 10" {
			t.Errorf("the roll-up is %+v", f.Rollup)
		}
		if x := firm.Indexes[len(firm.Indexes)-1]; x.Fields[0] != "-people" {
			t.Errorf("the index is %+v", x)
		}
		k.refused("schema.fixed", step(ChangeField, "firm", "code", `{"name":"key"}`))
		p, err := k.plan(nil, step(RemoveField, "firm", "people", ""))
		if err != nil || !p.Refused() {
			t.Errorf("a field that formulas need can be removed: %v, %v", p, err)
		}
	})
}
