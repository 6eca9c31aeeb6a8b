package process

import (
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/process"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/moving"
	"wellmet/internal/web/parts"
)

// What stands in the forms: the sentence as it is now.

func (e *edit) moveNow() process.Move {
	if m := e.x.move(); m != nil {
		return *m
	}
	return process.Move{}
}

func (e *edit) askNow() process.Ask { return at(e.moveNow().Ask, e.i) }

func (e *edit) checkNow() process.Check { return at(e.moveNow().Checklist, e.i) }

func (e *edit) templateNow() string { return at(*e.texts(), e.i).String() }

// at is one of a list, or nothing.
func at[T any](list []T, i int) (x T) {
	if i >= 0 && i < len(list) {
		return list[i]
	}
	return x
}

func (e *edit) whoNow() *process.Who {
	if m := e.x.move(); m != nil {
		return m.Who
	}
	if e.x.def != nil {
		return e.x.def.Override
	}
	return nil
}

func (e *edit) whoHelp() string {
	if e.x.move() != nil {
		return e.x.v.T("web.process.who_help")
	}
	return e.x.v.T("web.process.override_help")
}

func (e *edit) limitOf() *process.Limit {
	if st := e.x.state(); st != nil {
		return st.Limit
	}
	return nil
}

func (e *edit) limitNow() *hours.Duration {
	if l := e.limitOf(); l != nil {
		return &l.Duration
	}
	return &hours.Duration{N: 3, Unit: hours.BusinessDays}
}

func (e *edit) warnNow() *hours.Duration {
	if l := e.limitOf(); l != nil {
		return l.Warn
	}
	return nil
}

func (e *edit) tellNow() []string {
	if l := e.limitOf(); l != nil {
		return l.Tell
	}
	return []string{"owner"}
}

func how(a process.Ask) string {
	switch {
	case a.Optional:
		return "optional"
	case a.Anew:
		return "anew"
	}
	return ""
}

func side(offset int64) string {
	if offset < 0 {
		return "before"
	}
	return "after"
}

func offset(n int64) *hours.Duration {
	if n = max(n, -n); n == 0 {
		return nil
	}
	for _, u := range []struct {
		unit hours.Unit
		size int64
	}{{hours.Days, 1440}, {hours.Hours, 60}} {
		if n%u.size == 0 {
			return &hours.Duration{N: int(n / u.size), Unit: u.unit}
		}
	}
	return &hours.Duration{N: int(n), Unit: hours.Minutes}
}

// used are the states that the process has.
func (x *sheet) used() []string {
	var keys []string
	for _, st := range x.def.States {
		keys = append(keys, st.State)
	}
	return keys
}

// inside are the same with their names.
func (x *sheet) inside() []choice {
	var list []choice
	for _, key := range x.used() {
		list = append(list, choice{key, x.stateLabel(key)})
	}
	return list
}

func (x *sheet) leaves(key string) []choice {
	var list []choice
	for _, l := range []process.Leave{process.No, process.Reason, process.Free} {
		list = append(list, choice{string(l), x.leave(key, l)})
	}
	return list
}

func (x *sheet) wished() []choice {
	return []choice{{"", x.v.T("web.process.wish_none")}, {string(process.May), x.v.T("web.process.wish_may")}, {string(process.Must), x.v.T("web.process.wish_must")}}
}

// writable are the fields that somebody can fill in.
func (x *sheet) writable() []choice {
	var list []choice
	for _, f := range x.o.Visible() {
		if f.Writable() && !f.Engine {
			list = append(list, choice{f.Name, f.Label(x.v.Lang)})
		}
	}
	return list
}

func (x *sheet) titleName() string {
	if x.o.Title != "" {
		return x.o.Title
	}
	return "id"
}

func prefixed(prefix string, list []choice) []choice {
	out := slices.Clone(list)
	for i := range out {
		out[i].Key = prefix + out[i].Key
	}
	return out
}

// kinds are what can be done here.
func (e *edit) kinds() []string {
	if e.x.isRule() && e.x.trigger == process.WhenChecked {
		return []string{process.DoRefuse}
	}
	list := []string{process.DoTask, process.DoSet, process.DoNotify, process.DoSend, process.DoDocument, process.DoMove, process.DoWebhook}
	if e.x.o.Access == schema.Owned {
		list = append(list, process.DoAssign)
	}
	return list
}

var kindIcons = map[string]string{process.DoTask: "square-check-big", process.DoSet: "pencil-line", process.DoNotify: "bell", process.DoSend: "mail", process.DoDocument: "file-text",
	process.DoMove: "arrow-right", process.DoWebhook: "send", process.DoAssign: "user-plus", process.DoRefuse: "circle-x"}

// kind is what is being done: chosen, or as it stands.
func (e *edit) kind() string {
	if k := e.form.Get("kind"); k != "" {
		return k
	}
	return at(*e.actions(), e.i).Do
}

func (e *edit) kindURL(kind string) string {
	return e.x.partURL("then", e.i) + "&" + url.Values{"kind": {kind}}.Encode()
}

// actionNow is the action as it stands, or as it was typed.
func (e *edit) actionNow() process.Action {
	a := at(*e.actions(), e.i)
	if a.Do != e.kind() {
		a = process.Action{Do: e.kind()}
	}
	if e.form.Has("text") {
		a.Text = e.form.Get("text")
	}
	return a
}

func (e *edit) fieldNow() string {
	if f := e.form.Get("field"); f != "" {
		return f
	}
	if a := e.actionNow(); a.Field != "" {
		return a.Field
	}
	if list := e.x.writable(); len(list) > 0 {
		return list[0].Key
	}
	return ""
}

// control edits what a field is set to.
func (e *edit) control(f *schema.FieldDef) parts.Control {
	c := parts.Control{ID: "set-value", Name: "value", Field: f}
	if a := e.actionNow(); a.Field == f.Name && !strings.HasPrefix(a.Value, "=") && e.s != nil {
		if v, err := f.Parse(a.Value, e.s.StoreEnv()); err == nil {
			c.Value = v
		}
	}
	return c
}

func (e *edit) expressionNow() string {
	if text, ok := strings.CutPrefix(e.actionNow().Value, "="); ok {
		return text
	}
	return e.form.Get("expression")
}

// setTo is what a field is set to, as actions keep it.
func (e *edit) setTo() (string, error) {
	if text := e.text("expression"); text != "" {
		return "=" + strings.TrimPrefix(text, "="), nil
	}
	f, ok := e.x.o.Field(e.form.Get("field"))
	if !ok {
		return "", fault.New(fault.Invalid, "process.unknown_field", fault.Args{"field": value.Printable(e.form.Get("field"))})
	}
	v, err := parts.Read(e.x.v, e.s, f, e.form, "value")
	if err != nil || v == nil {
		return "", err
	}
	return schema.Neutral(v), nil
}

// one lists whom a task or a record can be given to.
func (e *edit) one(rules bool) []choice {
	list := []choice{{"owner", e.x.v.T("web.process.owner")}, {"manager", e.x.v.T("web.process.manager")}}
	if rules {
		for _, r := range e.x.assigning {
			list = append(list, choice{"rule:" + r.Label, e.x.v.T("web.process.by_rule", "name", r.Label)})
		}
	}
	return append(list, e.x.people.members...)
}

// addresses are the fields that hold an e-mail address, the record's own and
// those one link away.
func (e *edit) addresses() []choice {
	var list []choice
	add := func(o *schema.Object, path, over string) {
		for _, f := range o.Visible() {
			if f.ValueKind() == schema.KindEmail && !f.Many {
				label := f.Label(e.x.v.Lang)
				if over != "" {
					label = over + ": " + label
				}
				list = append(list, choice{"=" + path + f.Name, label})
			}
		}
	}
	add(e.x.o, "", "")
	for _, f := range e.x.o.Visible() {
		if target := e.x.target(f); target != nil && f.Kind == schema.KindLink {
			add(target, f.Name+".", f.Label(e.x.v.Lang))
		}
	}
	return append(list, choice{"", ""})
}

func (e *edit) addressNow() string {
	if a := e.actionNow(); !strings.HasPrefix(a.To, "=") {
		return a.To
	}
	return ""
}

// targets are the states that a rule can move to, of all state fields.
func (e *edit) targets() []choice {
	var list []choice
	for _, f := range moving.States(e.s, e.x.o) {
		for _, st := range e.x.statesByField[f.Name] {
			list = append(list, choice{f.Name + "=" + st.Key, f.Label(e.x.v.Lang) + ": " + st.Label})
		}
	}
	return list
}

// triggers are when a rule can be looked at.
func (e *edit) triggers() []choice {
	one := e.x.v.In(e.x.o.Label(e.x.v.Lang).One)
	var list []choice
	all := []string{process.WhenCreated, process.WhenChanged, process.WhenSaved, process.WhenDate, process.WhenChecked}
	if len(e.x.inlets) > 0 || e.x.trigger == process.WhenCalled {
		all = append(all, process.WhenCalled)
	}
	for _, t := range all {
		text := e.x.v.T("web.process.on."+t, "object", one)
		list = append(list, choice{t, text})
	}
	return list
}

// dates are the fields whose day or moment can be waited for.
func (e *edit) dates() []choice {
	var list []choice
	for _, f := range e.x.o.Visible() {
		if k := f.ValueKind(); len(f.Columns()) > 0 && (k == schema.KindDate || k == schema.KindMoment) {
			list = append(list, choice{f.Name, f.Label(e.x.v.Lang)})
		}
	}
	return list
}
