package process

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// File is the process of a company as a file that another workspace can take:
// states and templates stand in it by name. People and teams stand by id, and
// what is wrong with those is told when it is published.
type File struct {
	Templates  []map[string]any `json:"templates,omitempty"`
	Blueprints []map[string]any `json:"blueprints,omitempty"`
	Rules      []map[string]any `json:"rules,omitempty"`
}

// exported are the fields of each object that a file holds.
var exported = map[string][]string{
	Templates.Name:  {"name", "kind", "object", "language", "subject", "body", "status"},
	Blueprints.Name: {"name", "object", "field", "condition", "description", "position", "definition"},
	Rules.Name:      {"name", "object", "trigger", "fields", "date_field", "offset", "hook", "condition", "description", "position", "actions", "active"},
}

// Export writes blueprints (their drafts), rules and templates.
func Export(ctx context.Context, s *record.Session) (*File, error) {
	if !s.Actor().Admin() {
		return nil, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	t := &translator{s: s, states: map[string]map[string]string{}}
	f := &File{}
	for _, x := range []struct {
		object string
		to     *[]map[string]any
	}{{Templates.Name, &f.Templates}, {Blueprints.Name, &f.Blueprints}, {Rules.Name, &f.Rules}} {
		err := s.Each(ctx, record.Query{Object: x.object, Sort: "name"}, func(r *record.Record) error {
			one := map[string]any{}
			for _, name := range exported[x.object] {
				if v := r.Field(name); v != nil {
					one[name] = v
				}
			}
			*x.to = append(*x.to, one)
			return t.translate(ctx, x.object, one, false)
		})
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

// ReadFile reads what Export wrote.
func ReadFile(text []byte) (*File, error) {
	f := &File{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(f); err != nil {
		return nil, fault.New(fault.Invalid, "process.bad_definition", fault.Args{"problem": value.Printable(err.Error())})
	}
	return f, nil
}

// Applied counts what a file did.
type Applied struct{ Created, Changed int }

// Apply makes what a file holds, or changes what has its name. Blueprints
// become drafts, which have to be published. It is one act.
func Apply(ctx context.Context, s *record.Session, f *File) (Applied, error) {
	if !s.Actor().Admin() {
		return Applied{}, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	t := &translator{s: s, states: map[string]map[string]string{}}
	var done Applied
	for _, x := range []struct {
		object string
		list   []map[string]any
	}{{Templates.Name, f.Templates}, {Blueprints.Name, f.Blueprints}, {Rules.Name, f.Rules}} {
		for _, one := range x.list {
			if err := t.translate(ctx, x.object, one, true); err != nil {
				return done, err
			}
			if err := put(ctx, s, x.object, one, &done); err != nil {
				return done, err
			}
		}
	}
	return done, nil
}

func put(ctx context.Context, s *record.Session, object string, one map[string]any, done *Applied) error {
	name, _ := one["name"].(string)
	id, err := named(ctx, s, object, name)
	if err != nil {
		return err
	}
	v := record.Values{}
	for field, x := range one {
		v[field] = x
	}
	if id == 0 {
		_, err = s.Create(ctx, object, v)
		done.Created++
		return err
	}
	out, err := s.Update(ctx, object, id, 0, v)
	if out.Changed {
		done.Changed++
	}
	return err
}

// named finds a record by its name; 0 when there is none.
func named(ctx context.Context, s *record.Session, object, name string) (value.ID, error) {
	var id value.ID
	_, err := s.Tx().Row(ctx, `SELECT id FROM {`+object+`} WHERE name = $1 AND deleted_at IS NULL ORDER BY id LIMIT 1`, []any{name}, &id)
	return id, err
}

// translator turns ids into names and back.
type translator struct {
	s      *record.Session
	states map[string]map[string]string // by object, from id to name
}

// translate rewrites the definition or actions of one record: as JSON with
// names in a file, as text with ids in a workspace.
func (t *translator) translate(ctx context.Context, object string, one map[string]any, back bool) error {
	if hook, ok := one[RuleHook.Name()]; ok && object == Rules.Name {
		var err error
		if one[RuleHook.Name()], err = t.one(ctx, Hooks.Name, hook, back); err != nil {
			return err
		}
	}
	field := map[string]string{Blueprints.Name: "definition", Rules.Name: "actions"}[object]
	raw, ok := one[field]
	if field == "" || !ok {
		return nil
	}
	text, isText := raw.(string)
	if !isText {
		text = marshal(raw)
	}
	of, _ := one["object"].(string)
	o, known := t.s.Schema().Object(of)
	if !known {
		return fault.New(fault.Invalid, "record.no_object", fault.Args{"object": value.Printable(of)})
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return fault.New(fault.Invalid, "process.bad_definition", fault.Args{"problem": value.Printable(err.Error())})
	}
	name, _ := one["field"].(string)
	if err := t.walk(ctx, o, name, v, back); err != nil {
		return err
	}
	if one[field] = v; back {
		one[field] = marshal(v)
	}
	return nil
}

// walk goes through a definition and renames what names a state or template.
func (t *translator) walk(ctx context.Context, o *schema.Object, field string, v any, back bool) error {
	switch x := v.(type) {
	case []any:
		for _, one := range x {
			if err := t.walk(ctx, o, field, one, back); err != nil {
				return err
			}
		}
	case map[string]any:
		of := field
		if own, ok := x["field"].(string); ok && of == "" {
			of = own
		}
		action, isAction := x["do"]
		for key, one := range x {
			var err error
			switch {
			case key == "state" || key == "to" && (!isAction || action == DoMove):
				x[key], err = t.state(ctx, o, of, one, back)
			case key == "from":
				list, _ := one.([]any)
				for i := range list {
					if list[i], err = t.state(ctx, o, of, list[i], back); err != nil {
						return err
					}
				}
			case key == "template":
				x[key], err = t.one(ctx, Templates.Name, one, back)
			case key == "webhook":
				x[key], err = t.one(ctx, Webhooks.Name, one, back)
			case key == "templates":
				list, _ := one.([]any)
				for i := range list {
					if list[i], err = t.one(ctx, Templates.Name, list[i], back); err != nil {
						return err
					}
				}
			default:
				err = t.walk(ctx, o, field, one, back)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// state is a state's name, "Sales / Proposal", or its id again.
func (t *translator) state(ctx context.Context, o *schema.Object, field string, v any, back bool) (any, error) {
	f, ok := stateField(t.s.Schema(), o, field)
	key, isText := v.(string)
	if !ok || !isText || f.Kind != schema.KindLink {
		return v, nil
	}
	names, err := t.namesOf(ctx, f)
	if err != nil {
		return nil, err
	}
	if !back {
		return label(names, key), nil
	}
	for id, name := range names {
		if name == key || id == key {
			return id, nil
		}
	}
	return nil, fault.New(fault.Invalid, "process.unknown_state", fault.Args{"state": value.Printable(key)})
}

// namesOf names the records of a state list, those of a list with parents by
// theirs first.
func (t *translator) namesOf(ctx context.Context, f *schema.FieldDef) (map[string]string, error) {
	if names := t.states[f.Target]; names != nil {
		return names, nil
	}
	names := map[string]string{}
	var parent *schema.FieldDef
	for _, x := range t.s.Schema().Target(f).Fields {
		if x.Kind == schema.KindLink && x.Required && !x.Engine {
			parent = x
			break
		}
	}
	err := t.s.Each(ctx, record.Query{Object: f.Target}, func(r *record.Record) error {
		name := strings.TrimSpace(r.Title())
		if parent != nil {
			if id, ok := r.Value(parent).(value.ID); ok {
				name = titleOf(ctx, t.s, parent, id) + " / " + name
			}
		}
		names[r.ID.String()] = name
		return nil
	})
	t.states[f.Target] = names
	return names, err
}

// missingNamed is what is said of something named in a file that is not there.
var missingNamed = map[string]string{Templates.Name: "process.no_template", Webhooks.Name: "process.no_webhook", Hooks.Name: "process.no_hook"}

// one is a template's or hook's name, or its id again.
func (t *translator) one(ctx context.Context, object string, v any, back bool) (any, error) {
	text := fmt.Sprint(v)
	if back {
		id, err := named(ctx, t.s, object, text)
		if err == nil && id == 0 {
			return nil, fault.New(fault.Invalid, missingNamed[object], fault.Args{"id": value.Printable(text)})
		}
		return id.String(), err
	}
	id, err := value.ParseID(text)
	if err != nil {
		return v, nil
	}
	found, err := t.s.GetMany(ctx, object, []value.ID{id})
	if err != nil || found[id] == nil {
		return text, err
	}
	return found[id].Title(), nil
}
