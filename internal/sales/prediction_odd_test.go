package sales_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Where sixty deals have ended and nearly all of them alike, that is what is said, with
// the rate of the stage: it takes ten of each.
func TestNothingIsForetoldOfOneSide(t *testing.T) {
	t.Parallel()
	for kind, text := range map[string]string{sales.Won: "60 deals have ended here, 60 of them won and 0 lost. It takes 10 of each to learn from.",
		sales.Lost: "60 deals have ended here, 0 of them won and 60 lost. It takes 10 of each to learn from."} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
				account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
				deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Open", "account": account})
				k.Ended(t, 60, kind)
				relearn(t, k)
				x := outlook(t, k, k.Rita, deal)
				k.Read(t, k.Rita, func(s *record.Session) error { x.Say(s.Schema(), "en"); return nil })
				rate := map[string]string{sales.Won: "100", sales.Lost: "0"}[kind]
				if x.Silent != "one_sided" || x.SilentText != text || x.Chance != nil || x.StageDeals != 60 || x.StageRate == nil || x.StageRate.String() != rate {
					t.Errorf("of 60 %s deals: %+v", kind, x)
				}
				if table, _ := reported(t, k, k.Ada, "prediction-quality", report.Params{}); len(table.Rows) != 0 || table.None != text {
					t.Errorf("the report says %q with %d lines", table.None, len(table.Rows))
				}
				if err := k.Workspace.Foretell(t.Context(), sales.Foretell{}); err != nil {
					t.Fatal(err)
				}
				k.Read(t, k.Rita, func(s *record.Session) error {
					r, err := s.Get(t.Context(), "deal", deal)
					if err == nil && r.Field("win_prediction") != nil {
						t.Errorf("the list says %v", r.Field("win_prediction"))
					}
					return err
				})
			})
		})
	}
}

// What was learnt before a field came or went still foretells, and the same: a field
// that nobody had filled in changes no chance.
func TestPredictionsOutliveFields(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		change := func(list ...schema.Change) {
			t.Helper()
			if _, err := k.Workspace.Engine().ApplySchema(t.Context(), apptest.As(k.Ada), list, 0); err != nil {
				t.Fatal(err)
			}
		}
		add := func(object, set string) schema.Change {
			return schema.Change{Op: schema.AddField, Object: object, Set: json.RawMessage(set)}
		}
		change(add("deal", `{"name":"stars","kind":"whole"}`), add("deal", `{"name":"urgent","kind":"yes_no"}`), add("account", `{"name":"stock","kind":"whole"}`))
		truth := k.Plant(t, apptest.Planting{Seed: 41, Deals: 400})
		relearn(t, k)
		chances := func(when string) (all map[value.ID]int64) {
			t.Helper()
			all = map[value.ID]int64{}
			for _, d := range truth.Deals {
				if !d.Open() {
					continue
				}
				x := outlook(t, k, k.Ada, d.ID)
				if x == nil || x.Chance == nil || len(x.Reasons) == 0 {
					t.Fatalf("%s: %+v", when, x)
				}
				all[d.ID] = *x.Chance
			}
			return all
		}
		was := chances("as learnt")
		if len(was) < 10 {
			t.Fatalf("%d open deals", len(was))
		}
		same := func(when string) {
			t.Helper()
			is := chances(when)
			for id, n := range was {
				if is[id] != n {
					t.Errorf("%s: the chance of %v was %d and is %d", when, id, n, is[id])
				}
			}
			if err := k.Workspace.Foretell(t.Context(), sales.Foretell{}); err != nil {
				t.Errorf("%s: %v", when, err)
			}
		}
		change(schema.Change{Op: schema.RemoveField, Object: "deal", Field: "stars"}, schema.Change{Op: schema.RemoveField, Object: "account", Field: "stock"})
		same("two fields went")
		change(add("deal", `{"name":"mood","kind":"whole"}`), add("deal", `{"name":"ripe","kind":"yes_no"}`), add("deal", `{"name":"heat","kind":"whole"}`))
		same("three came")
	})
}

// A field that was learnt from and is renamed, loses a choice or goes is learnt from anew
// after a while, once for many changes; no reason names what is gone meanwhile, and every
// one is in words.
func TestAChangedFieldIsLearntFromAnew(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		change := func(list ...schema.Change) {
			t.Helper()
			if _, err := k.Workspace.Engine().ApplySchema(t.Context(), apptest.As(k.Ada), list, 0); err != nil {
				t.Fatal(err)
			}
		}
		set := func(op schema.Op, field, set string) schema.Change {
			return schema.Change{Op: op, Object: "deal", Field: field, Set: json.RawMessage(set)}
		}
		long := strings.Repeat("区域名称", 20) // is cut off between two signs
		change(set(schema.AddField, "", `{"name":"colour","kind":"choice","labels":{"en":"Colour"},"options":[{"key":"red"},{"key":"blue"},{"key":"white"}]}`))
		account := k.Create(t, k.Ada, "account", record.Values{"name": "Acme"})
		for _, x := range []struct {
			deals        int
			kind, colour string
		}{{30, sales.Won, "red"}, {10, sales.Lost, "red"}, {10, sales.Won, "blue"}, {30, sales.Lost, "blue"}} {
			k.Ended(t, x.deals, x.kind, record.Values{"colour": x.colour, "region": long})
		}
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Open", "account": account, "colour": "red", "region": long})
		relearn(t, k)
		reasons := func(when string) (text string) {
			t.Helper()
			x := outlook(t, k, k.Rita, deal)
			k.Read(t, k.Rita, func(s *record.Session) error { x.Say(s.Schema(), "en"); return nil })
			if x.Chance == nil {
				t.Fatalf("%s: %+v", when, x)
			}
			for _, r := range x.Reasons {
				if text += r.Text + "\n"; r.Text == "" || strings.Contains(r.Text, "web.predict") || strings.ContainsRune(r.Text, '\uFFFD') {
					t.Errorf("%s: a reason says %q", when, r.Text)
				}
			}
			return text
		}
		waits := func(when string, want bool) {
			t.Helper()
			k.Read(t, k.Ada, func(s *record.Session) error {
				got, err := jobs.Waits(t.Context(), s.Tx(), sales.Relearn{})
				if got != want {
					t.Errorf("%s: it waits to learn: %v", when, got)
				}
				return err
			})
		}
		learntAgain := func(when string, again bool) {
			t.Helper()
			was := predictions(t, k).Trained
			k.Pass(11 * time.Minute)
			k.Drain(t)
			if is := predictions(t, k).Trained; is.After(was) != again {
				t.Errorf("%s: learnt at %v, before at %v", when, is, was)
			}
			waits(when+", done", false)
		}
		k.Drain(t)
		if text := reasons("as learnt"); !strings.Contains(text, "Colour") {
			t.Fatalf("the colour tells nothing: %s", text)
		}
		change(set(schema.AddField, "", `{"name":"mood","kind":"whole"}`), set(schema.ChangeField, "colour", `{"labels":{"en":"Paint"}}`), set(schema.ChangeField, "colour", `{"name":"paint"}`))
		if text := reasons("renamed"); !strings.Contains(text, "Paint") || strings.Contains(text, "Colour") {
			t.Errorf("renamed: %s", text)
		}
		waits("a new field and another name", false)

		change(set(schema.ChangeField, "paint", `{"options":[{"key":"blue"},{"key":"white"}]}`))
		waits("a choice is gone", true)
		if text := reasons("a choice is gone"); strings.Contains(text, "red") {
			t.Errorf("names the choice: %s", text)
		}
		change(set(schema.ChangeField, "paint", `{"options":[{"key":"blue"},{"key":"white"},{"key":"green"}]}`))
		learntAgain("after two changes", true)
		reasons("learnt without a choice")

		change(schema.Change{Op: schema.RemoveField, Object: "deal", Field: "paint"})
		waits("the field is gone", true)
		if text := reasons("the field is gone"); strings.Contains(text, "Paint") {
			t.Errorf("names the field: %s", text)
		}
		learntAgain("without the field", true)
		if text := reasons("learnt without the field"); strings.Contains(text, "Paint") {
			t.Errorf("names the field: %s", text)
		}
		learntAgain("nothing changed", false)
	})
}
