package schema

import (
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/store"
)

// revert takes back what led to a version.
func (k *kit) revert(version int64) {
	k.t.Helper()
	var changes []Change
	k.write(func(tx *store.Tx) (err error) {
		changes, err = k.schema.Inverse(k.ctx(), tx, version)
		return err
	})
	k.apply(changes...)
}

// Whatever was changed is as it was, values included, when it is taken back.
func TestEveryChangeCanBeTakenBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *kit) {
		k.apply(step(AddField, "firm", "", `{"name":"heads","kind":"text","labels":{"en":"Heads"}}`),
			step(AddField, "firm", "", `{"name":"late","kind":"formula","formula":"heads = \"7\""}`),
			step(AddObject, "", "", `{"name":"boat","labels":{"en":{"one":"Boat"}},"icon":"ship"}`),
			step(AddIndex, "firm", "", `{"fields":["code"]}`))
		k.put("firm", "heads", "7")
		k.put("boat", "name", "Swan")
		for _, changes := range [][]Change{
			{step(ChangeField, "firm", "heads", `{"name":"people","labels":{"de":"Köpfe"},"search":true}`)},
			{step(ChangeField, "firm", "code", `{"labels":{"en":"Key"},"required":true}`)},
			{step(ChangeField, "firm", "state", `{"options":[{"key":"new"},{"key":"old"},{"key":"odd"}]}`)},
			{step(ChangeObject, "boat", "", `{"name":"ship","plural":"ships","icon":"anchor","labels":{"en":{"one":"Ship"}}}`)},
			{step(RemoveField, "firm", "late", "")},
			{step(RemoveField, "firm", "late", ""), step(RemoveField, "firm", "heads", "")},
			{step(RemoveObject, "boat", "", "")},
			{step(AddIndex, "firm", "", `{"fields":["state","code"]}`)},
			{step(AddField, "boat", "", `{"name":"firm","kind":"link","target":"firm"}`), step(ChangeField, "boat", "firm", `{"name":"yard"}`)},
		} {
			was := exported(t, k.schema)
			k.apply(changes...)
			if exported(t, k.schema) == was {
				t.Errorf("%+v changed nothing", changes)
			}
			k.revert(k.schema.Version)
			if now := exported(t, k.schema); now != was {
				t.Errorf("%+v taken back:\n%s\nwant\n%s", changes, now, was)
			}
			if got := strings.Join(append(k.values("firm", "heads"), k.values("boat", "name")...), " "); got != "7 Swan" {
				t.Errorf("%+v taken back: values are %q", changes, got)
			}
		}
	})
}

func TestARetypeIsTakenBackByAnother(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *kit) {
		k.apply(step(AddField, "firm", "", `{"name":"heads","kind":"text"}`))
		k.put("firm", "heads", "7")
		k.apply(step(RetypeField, "firm", "heads", `{"kind":"whole"}`))
		k.put("firm", "heads", 8)
		k.revert(k.schema.Version)
		f, _ := k.schema.MustObject("firm").Field("heads")
		if got := strings.Join(k.values("firm", "heads"), " "); f.Kind != KindText || got != "7 8" {
			t.Errorf("%s with %q", f.Kind, got)
		}
	})
}

func TestWhatCannotBeTakenBackSaysSo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *kit) {
		err := k.db.Read(k.ctx(), func(tx *store.Tx) error {
			_, err := k.schema.Inverse(k.ctx(), tx, 99)
			return err
		})
		if e, ok := fault.As(err); !ok || e.Key != "schema.no_version" {
			t.Errorf("a version that never was: %v", err)
		}
		k.apply(step(AddField, "firm", "", `{"name":"a","kind":"text"}`))
		k.apply(step(RemoveField, "firm", "a", ""))
		removed := k.schema.Version
		k.apply(step(AddField, "firm", "", `{"name":"a","kind":"whole"}`))
		err = k.db.Read(k.ctx(), func(tx *store.Tx) error {
			changes, err := k.schema.Inverse(k.ctx(), tx, removed)
			if err == nil {
				_, err = k.schema.Plan(k.ctx(), tx, changes, k.env, noon)
			}
			return err
		})
		if e, ok := fault.As(err); !ok || e.Key != "schema.name_taken" {
			t.Errorf("a name that another has by now: %v", err)
		}
	})
}

// What others changed of the same field since stays; where they changed the
// same attribute, the change is not taken back.
func TestOnlyWhatAVersionChangedIsTakenBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *kit) {
		k.apply(step(AddField, "firm", "", `{"name":"heads","kind":"text","labels":{"en":"Heads"}}`))
		k.apply(step(ChangeField, "firm", "heads", `{"labels":{"en":"People"}}`))
		label := k.schema.Version
		k.apply(step(ChangeField, "firm", "heads", `{"help":"Who works there"}`), step(ChangeObject, "firm", "", `{"icon":"ship"}`))
		k.apply(step(ChangeObject, "firm", "", `{"help":"Who we sell to"}`))
		both := k.schema.Version - 1
		k.revert(label)
		k.revert(both)
		f, _ := k.schema.MustObject("firm").Field("heads")
		if o := k.schema.MustObject("firm"); f.Label("en") != "Heads" || f.Help != "" || o.Icon != "" || o.Help != "Who we sell to" {
			t.Errorf("field %q %q, object %q %q", f.Label("en"), f.Help, o.Icon, o.Help)
		}
		k.apply(step(ChangeField, "firm", "heads", `{"help":"One"}`))
		one := k.schema.Version
		k.apply(step(ChangeField, "firm", "heads", `{"help":"Two"}`))
		err := k.db.Read(k.ctx(), func(tx *store.Tx) error {
			_, err := k.schema.Inverse(k.ctx(), tx, one)
			return err
		})
		if f, ok := fault.As(err); !ok || f.Key != "schema.changed_since" || f.Args["what"] != "help" {
			t.Errorf("a help that changed since: %v", err)
		}
	})
}
