package designer

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// event is one version of the schema in words.
type event struct {
	Version int64
	At      time.Time
	Who     string
	Lines   []string
}

// events are the versions after one, of one object or of all ("").
func events(c *door.Call, s *record.Session, after int64, object string) ([]event, error) {
	list, err := s.SchemaLog(c.Ctx, after, 200)
	if err != nil {
		return nil, err
	}
	var out []event
	for _, e := range list {
		x := event{Version: e.Version, At: e.At, Who: s.Roster().Name(e.Actor)}
		if x.Who == "" {
			x.Who = c.View.T("web.designer.system")
		}
		for _, change := range e.Changes {
			if object == "" || change.ID == object || change.On == object {
				x.Lines = append(x.Lines, describe(c.View, s.Schema(), change)...)
			}
		}
		if len(x.Lines) > 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

// logged is a planned change as the log would tell it.
func logged(s *schema.Schema, x schema.Change) schema.Logged {
	l := schema.Logged{Change: x}
	o, ok := s.Object(x.Object)
	if !ok {
		return l
	}
	def := any(o)
	l.ID = o.ID
	if x.Field != "" {
		if f, ok := o.Field(x.Field); ok {
			l.ID, l.On, def = f.ID, o.ID, f
		}
	}
	l.Was, _ = json.Marshal(def)
	return l
}

// subject is what the change is about, as people call it; what is no more has
// the name that the change gave it.
func subject(v *kit.View, s *schema.Schema, x schema.Logged) (object, field string) {
	var set struct {
		Name   string
		Labels map[string]json.RawMessage
	}
	_ = json.Unmarshal(x.Set, &set)
	o, ok := s.Object(x.Object)
	for _, other := range append(slices.Clone(s.Objects()), s.RemovedObjects()...) {
		if !ok && (other.ID == x.ID || other.ID == x.On || other.ID == x.Object) {
			o, ok = other, true
		}
	}
	object = x.Object
	if ok {
		object = o.Label(v.Lang).Many
	}
	field = x.Field
	if field == "" || x.Op == schema.AddField {
		field = labelIn(v, set.Labels, set.Name)
	}
	if ok {
		for _, f := range append(slices.Clone(o.Fields), s.RemovedFields(o)...) {
			if f.ID == x.ID && f.ID != "" || f.Name == x.Field && x.Field != "" && x.ID == "" {
				field = f.Label(v.Lang)
			}
		}
	}
	if x.Op == schema.AddObject && !ok {
		object = labelIn(v, set.Labels, set.Name)
	}
	return object, field
}

// labelIn is a label that a change gives, of an object or a field.
func labelIn(v *kit.View, labels map[string]json.RawMessage, name string) string {
	for _, l := range append(languages(v.Lang), "en") {
		var text string
		var pair schema.Label
		if json.Unmarshal(labels[l], &text) == nil && text != "" {
			return text
		}
		if json.Unmarshal(labels[l], &pair) == nil && pair.One != "" {
			return pair.One
		}
	}
	return name
}

// describe says what a change does.
func describe(v *kit.View, s *schema.Schema, x schema.Logged) []string {
	object, field := subject(v, s, x)
	switch x.Op {
	case schema.AddObject:
		return []string{v.T("web.designer.did.add_object", "object", object)}
	case schema.RemoveObject:
		return []string{v.T("web.designer.did.remove_object", "object", object)}
	case schema.RestoreObject:
		return []string{v.T("web.designer.did.restore_object", "object", object)}
	case schema.AddField:
		return []string{v.T("web.designer.did.add_field", "object", object, "field", field, "kind", kindIn(v, x))}
	case schema.RemoveField:
		return []string{v.T("web.designer.did.remove_field", "object", object, "field", field)}
	case schema.RestoreField:
		return []string{v.T("web.designer.did.restore_field", "object", object, "field", field)}
	case schema.RetypeField:
		return append([]string{v.T("web.designer.did.retype_field", "object", object, "field", field, "kind", kindIn(v, x))}, differences(v, x)...)
	case schema.ChangeField:
		return prefixed(v.T("web.designer.did.change_field", "object", object, "field", field), differences(v, x))
	case schema.ChangeObject:
		return prefixed(v.T("web.designer.did.change_object", "object", object), differences(v, x))
	}
	return []string{v.T("web.designer.did.change_object", "object", object)}
}

func prefixed(head string, rest []string) []string {
	if len(rest) == 0 {
		return []string{head}
	}
	for i := range rest {
		rest[i] = head + ": " + rest[i]
	}
	return rest
}

func kindIn(v *kit.View, x schema.Logged) string {
	var set struct{ Kind schema.Kind }
	_ = json.Unmarshal(x.Set, &set)
	return kindName(v, set.Kind)
}

func kindName(v *kit.View, k schema.Kind) string {
	if k == "" {
		return ""
	}
	return v.T("web.designer.kind." + string(k))
}

// told are the attributes that a change tells by their old and new value; of
// the others it says only that they change.
var told = []string{"help", "default", "currency", "scale", "max", "low", "high", "formula", "inverse", "required", "unique", "hidden", "search"}

// differences are what a change makes of attributes.
func differences(v *kit.View, x schema.Logged) []string {
	var was, set map[string]json.RawMessage
	_ = json.Unmarshal(x.Was, &was)
	_ = json.Unmarshal(x.Set, &set)
	var list []string
	for _, name := range sortedKeys(set) {
		if name == "kind" || string(was[name]) == string(set[name]) || !slices.Contains(attributes, name) || blank(was[name]) && blank(set[name]) {
			continue
		}
		label := v.T("web.designer.attr." + name)
		if !slices.Contains(told, name) {
			list = append(list, label)
			continue
		}
		list = append(list, v.T("web.designer.from_to", "what", label, "from", plainly(v, was[name]), "to", plainly(v, set[name])))
	}
	return list
}

// attributes are those with a name of their own in the catalogue.
var attributes = append([]string{"labels", "options", "icon", "layout", "layouts", "number", "on_delete", "rollup", "target", "title", "tracked", "many", "fragments"}, told...)

func blank(raw json.RawMessage) bool {
	return slices.Contains([]string{"", `""`, "false", "null", "0", "[]", "{}"}, string(raw))
}

// plainly is an attribute's value for reading.
func plainly(v *kit.View, raw json.RawMessage) string {
	var text string
	switch {
	case string(raw) == "true":
		return v.T("web.designer.yes")
	case string(raw) == "false":
		return v.T("web.designer.no")
	case blank(raw):
		return v.T("web.designer.nothing")
	case json.Unmarshal(raw, &text) == nil:
		if len([]rune(text)) > 80 {
			return string([]rune(text)[:79]) + "…"
		}
		return text
	}
	return string(raw)
}

func sortedKeys(m map[string]json.RawMessage) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// effect says a consequence with the names that people use.
func effect(v *kit.View, s *schema.Schema, e schema.Effect) string {
	object, field, to := text(e.Args["object"]), text(e.Args["field"]), text(e.Args["to"])
	if o, ok := s.Object(object); ok {
		object = o.Label(v.Lang).Many
		if f, ok := o.Field(field); ok {
			field = f.Label(v.Lang)
		}
	}
	switch e.Key {
	case "schema.effect_hidden_values":
		return v.T("web.designer.effect.hidden_values", "count", e.Count, "object", object, "field", field)
	case "schema.effect_records":
		return v.T("web.designer.effect.records", "count", e.Count, "object", object)
	case "schema.effect_linked":
		return v.T("web.designer.effect.linked", "object", object, "field", field)
	case "schema.effect_in_use":
		return v.T("web.designer.effect.in_use", "count", e.Count)
	case "schema.effect_used":
		return v.T("web.designer.effect.used", "count", e.Count)
	case "schema.effect_missing":
		return v.T("web.designer.effect.missing", "count", e.Count, "object", object, "field", field)
	case "schema.effect_doubled":
		return v.T("web.designer.effect.doubled", "count", e.Count, "field", field)
	case "schema.effect_option_used":
		return v.T("web.designer.effect.option_used", "count", e.Count, "object", object, "field", field)
	case "schema.effect_converted":
		return v.T("web.designer.effect.converted", "count", e.Count, "field", field, "kind", kindName(v, schema.Kind(to)))
	case "schema.effect_unconvertible":
		return v.T("web.designer.effect.unconvertible", "count", e.Count, "field", field, "kind", kindName(v, schema.Kind(to)), "example", text(e.Args["example"]))
	case "record.effect_views", "record.effect_views_named":
		if views := text(e.Args["views"]); views != "" {
			return v.T("web.designer.effect.views_named", "count", e.Count, "views", views)
		}
		return v.T("web.designer.effect.views", "count", e.Count)
	}
	return v.T("web.designer.effect.other", "count", e.Count, "object", object, "field", field)
}

func text(x any) string {
	s, _ := x.(string)
	return strings.TrimSpace(s)
}
