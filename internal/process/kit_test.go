package process_test

import (
	"encoding/json"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// bench is an installation with the shipped pipeline and one account of Rita's.
type bench struct {
	*apptest.Kit
	t       *testing.T
	stages  map[string]value.ID
	account value.ID
}

func each(t *testing.T, test func(k *bench)) {
	t.Helper()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) { test(benchOf(t, k)) })
}

func benchOf(t *testing.T, k *apptest.Kit) *bench {
	t.Helper()
	b := &bench{Kit: k, t: t, stages: map[string]value.ID{}}
	k.Read(t, k.Ada, func(s *record.Session) error {
		return s.Each(t.Context(), record.Query{Object: "stage"}, func(r *record.Record) error {
			b.stages[strings.ToLower(r.Title())] = r.ID
			return nil
		})
	})
	b.account = k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
	return b
}

// deal is a deal of Rita's in a stage.
func (k *bench) deal(stage string, more record.Values) value.ID {
	k.t.Helper()
	v := record.Values{"name": "Pumps", "account": k.account, "stage": k.stages[stage]}
	for name, x := range more {
		v[name] = x
	}
	return k.Create(k.t, k.Rita, "deal", v)
}

// write puts the names of stages, {Qualified}, into a definition.
func (k *bench) write(text string) string {
	for name, id := range k.stages {
		text = strings.ReplaceAll(text, "<"+name+">", id.String())
	}
	return text
}

// blueprint makes and publishes a blueprint over the stages of deals.
func (k *bench) blueprint(definition string, more record.Values) value.ID {
	k.t.Helper()
	v := record.Values{"name": "Selling", "object": "deal", "field": "stage", "definition": k.write(definition)}
	for name, x := range more {
		v[name] = x
	}
	id := k.Create(k.t, k.Ada, "blueprint", v)
	k.publish(id)
	return id
}

func (k *bench) publish(id value.ID) (out *process.PublishedAs) {
	k.t.Helper()
	k.Write(k.t, k.Ada, func(s *record.Session) (err error) {
		out, err = process.Publish(k.t.Context(), s, id, process.Publication{Accept: true})
		return err
	})
	k.Drain(k.t)
	return out
}

func (k *bench) tick() {
	k.t.Helper()
	if err := k.Workspace.Process().Tick(k.t.Context(), k.Workspace.Engine()); err != nil {
		k.t.Fatal(err)
	}
}

// set changes a record and answers what refuses it.
func (k *bench) set(who value.ID, object string, id value.ID, v record.Values) error {
	k.t.Helper()
	return k.Try(k.t.Context(), who, func(s *record.Session) error {
		_, err := s.Update(k.t.Context(), object, id, 0, v)
		return err
	})
}

// move puts a deal into a stage.
func (k *bench) move(who, deal value.ID, stage string, more record.Values) error {
	k.t.Helper()
	v := record.Values{"stage": k.stages[stage]}
	for name, x := range more {
		v[name] = x
	}
	return k.set(who, "deal", deal, v)
}

// must fails the test on an error.
func (k *bench) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// refused fails the test unless the error names that field with that key.
func (k *bench) refused(err error, path, key string) *fault.Error {
	k.t.Helper()
	e, ok := fault.As(err)
	if !ok {
		k.t.Fatalf("want %s at %q, got %v", key, path, err)
	}
	for _, f := range e.Fields {
		if f.Path == path && f.Key == key {
			return e
		}
	}
	k.t.Fatalf("want %s at %q, got %v", key, path, err)
	return nil
}

// get reads a field of a record, with the eyes of an administrator.
func (k *bench) get(object string, id value.ID, field string) (v any) {
	k.t.Helper()
	k.Read(k.t, k.Ada, func(s *record.Session) error {
		r, err := s.Get(k.t.Context(), object, id)
		if err == nil {
			v = r.Field(field)
		}
		return err
	})
	return v
}

// count counts records, with the eyes of an administrator.
func (k *bench) count(object, filter string) (n int64) {
	k.t.Helper()
	k.Read(k.t, k.Ada, func(s *record.Session) (err error) {
		n, _, err = s.Count(k.t.Context(), record.Query{Object: object, Filter: filter})
		return err
	})
	return n
}

// offers are the names of the moves that somebody has, those blocked in
// brackets.
func (k *bench) offers(who, deal value.ID) string {
	k.t.Helper()
	var names []string
	for _, t := range k.transitions(who, deal) {
		if t.Blocked != "" {
			t.Name = "[" + t.Name + "]"
		}
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

func (k *bench) transitions(who, deal value.ID) (list []process.Transition) {
	k.t.Helper()
	k.Read(k.t, who, func(s *record.Session) error {
		r, err := s.Get(k.t.Context(), "deal", deal)
		if err != nil {
			return err
		}
		list, err = process.Transitions(k.t.Context(), s, r)
		return err
	})
	return list
}

func (k *bench) trace(deal value.ID) (list []process.Passage) {
	k.t.Helper()
	k.Read(k.t, k.Rita, func(s *record.Session) (err error) {
		list, err = process.Trace(k.t.Context(), s, "deal", deal)
		return err
	})
	return list
}

// log is what automations say of a record, "outcome problem" from the latest.
func (k *bench) log(object string, id value.ID) (lines []string) {
	k.t.Helper()
	k.Read(k.t, k.Ada, func(s *record.Session) error {
		list, err := process.LogOf(k.t.Context(), s, object, id, 0, 100)
		for _, e := range list {
			lines = append(lines, strings.TrimSpace(e.Outcome+" "+e.Problem))
		}
		return err
	})
	return lines
}

// rule makes an active rule about deals.
func (k *bench) rule(trigger, condition string, actions any, more record.Values) value.ID {
	k.t.Helper()
	text, ok := actions.(string)
	if !ok {
		b, err := json.Marshal(actions)
		k.must(err)
		text = string(b)
	}
	v := record.Values{"name": "Rule " + trigger + condition, "object": "deal", "trigger": trigger, "condition": condition, "actions": k.write(text), "active": true}
	for name, x := range more {
		v[name] = x
	}
	return k.Create(k.t, k.Ada, "rule", v)
}
