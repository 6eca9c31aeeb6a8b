package process

import (
	"cmp"
	"slices"
	"strings"

	"wellmet/internal/hours"
	"wellmet/internal/process"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/parts"
)

// stateLabel is what people call a state.
func (x *sheet) stateLabel(key string) string { return labelOf(x.states, key) }

// fromLabel is where a way comes from.
func (x *sheet) fromLabel(m *process.Move) string {
	if len(m.From) == 0 {
		return x.v.T("web.process.any_state")
	}
	var list []string
	for _, key := range m.From {
		list = append(list, x.stateLabel(key))
	}
	return strings.Join(list, ", ")
}

func (x *sheet) moveName(m *process.Move) string { return cmp.Or(m.Name, m.Key) }

func (x *sheet) fieldLabel(name string) string {
	if f, ok := x.o.Field(name); ok {
		return f.Label(x.v.Lang)
	}
	return name
}

// who says who is meant.
func (x *sheet) who(w *process.Who) string {
	if w == nil {
		return x.v.T("web.process.everybody")
	}
	var list []string
	if w.Owner {
		list = append(list, x.v.T("web.process.owner"))
	}
	if w.Manager {
		list = append(list, x.v.T("web.process.manager"))
	}
	for _, key := range w.Roles {
		list = append(list, x.v.T("web.process.role", "name", labelOf(x.people.roles, key)))
	}
	for _, id := range w.Teams {
		list = append(list, x.v.T("web.process.team", "name", labelOf(x.people.teams, id.String())))
	}
	for _, id := range w.Members {
		list = append(list, labelOf(x.people.members, id.String()))
	}
	return x.v.List(list)
}

// receivers says who is told.
func (x *sheet) receivers(list []string) string {
	var names []string
	for _, to := range list {
		names = append(names, x.receiver(to))
	}
	return x.v.List(names)
}

func (x *sheet) receiver(to string) string {
	role, isRole := strings.CutPrefix(to, "role:")
	team, isTeam := strings.CutPrefix(to, "team:")
	rule, isRule := strings.CutPrefix(to, "rule:")
	switch {
	case to == "" || to == "owner":
		return x.v.T("web.process.owner")
	case to == "manager":
		return x.v.T("web.process.manager")
	case isRole:
		return x.v.T("web.process.role", "name", labelOf(x.people.roles, role))
	case isTeam:
		return x.v.T("web.process.team", "name", labelOf(x.people.teams, team))
	case isRule:
		return x.v.T("web.process.by_rule", "name", rule)
	}
	return labelOf(x.people.members, to)
}

func (x *sheet) duration(d hours.Duration) string {
	return x.v.T("web.process.unit."+string(d.Unit), "count", d.N)
}

func (x *sheet) ask(a process.Ask) string {
	words := x.v.T("web.process.ask_required", "field", x.fieldLabel(a.Field))
	switch {
	case a.Optional:
		words = x.v.T("web.process.ask_optional", "field", x.fieldLabel(a.Field))
	case a.Anew:
		words = x.v.T("web.process.ask_anew", "field", x.fieldLabel(a.Field))
	}
	return words
}

func (x *sheet) check(c process.Check) string {
	if c.Optional {
		return x.v.T("web.process.check_optional", "text", c.Text)
	}
	return x.v.T("web.process.check", "text", c.Text)
}

// limit says how long a record may stay.
func (x *sheet) limit(l *process.Limit) []string {
	list := []string{x.v.T("web.process.limit_for", "time", x.duration(l.Duration))}
	if w := l.Warning(); !w.Zero() {
		list = append(list, x.v.T("web.process.limit_warn", "time", x.duration(w)))
	}
	if len(l.Tell) > 0 {
		list = append(list, x.v.T("web.process.limit_tell", "people", x.receivers(l.Tell)))
	}
	return list
}

// wishes say what is wanted beside fields.
func (x *sheet) wishes(m *process.Move) []string {
	var list []string
	for _, w := range []struct{ wish, must, may string }{
		{string(m.Note), x.v.T("web.process.note_must"), x.v.T("web.process.note_may")},
		{string(m.File), x.v.T("web.process.file_must"), x.v.T("web.process.file_may")},
	} {
		switch process.Wish(w.wish) {
		case process.Must:
			list = append(list, w.must)
		case process.May:
			list = append(list, w.may)
		}
	}
	return list
}

// action says what is done.
func (x *sheet) action(a process.Action) string {
	v := x.v
	switch a.Do {
	case process.DoSet:
		if a.Value == "" {
			return v.T("web.process.do_empty", "field", x.fieldLabel(a.Field))
		}
		return v.T("web.process.do_set", "field", x.fieldLabel(a.Field), "value", x.setValue(a))
	case process.DoMove:
		return v.T("web.process.do_move", "state", x.movedTo(a))
	case process.DoTask:
		if a.Due != nil {
			return v.T("web.process.do_task_due", "text", a.Text, "who", x.receiver(a.To), "time", x.duration(*a.Due))
		}
		return v.T("web.process.do_task", "text", a.Text, "who", x.receiver(a.To))
	case process.DoAssign:
		if a.Tasks {
			return v.T("web.process.do_assign_tasks", "who", x.receiver(a.To))
		}
		return v.T("web.process.do_assign", "who", x.receiver(a.To))
	case process.DoNotify:
		return v.T("web.process.do_notify", "people", x.receivers(a.Tell), "text", a.Text)
	case process.DoSend:
		return v.T("web.process.do_send", "template", labelOf(x.templates, a.Template.String()), "to", strings.TrimPrefix(a.To, "="))
	case process.DoDocument:
		return v.T("web.process.do_document", "template", labelOf(x.templates, a.Template.String()))
	case process.DoWebhook:
		return v.T("web.process.do_webhook", "name", labelOf(x.hooks, a.Webhook.String()))
	case process.DoRefuse:
		return v.T("web.process.do_refuse", "text", a.Text)
	}
	return a.Do
}

func (x *sheet) setValue(a process.Action) string {
	f, ok := x.o.Field(a.Field)
	if !ok || strings.HasPrefix(a.Value, "=") {
		return strings.TrimPrefix(a.Value, "=")
	}
	if f.Kind == schema.KindChoice {
		return f.OptionLabel(a.Value, x.v.Lang)
	}
	if id, err := value.ParseID(a.Value); err == nil && f.IsLink() {
		return parts.Text(x.v, x.names, f, id)
	}
	return a.Value
}

// movedTo names the state that a move by itself leads to.
func (x *sheet) movedTo(a process.Action) string {
	if x.def != nil {
		return x.stateLabel(a.To)
	}
	return labelOf(x.statesByField[a.Field], a.To)
}

// leave says what becomes of a change for which there is no way.
func (x *sheet) leave(key string, l process.Leave) string {
	switch l {
	case process.Reason:
		return x.v.T("web.process.leave." + key + "_reason")
	case process.Free:
		return x.v.T("web.process.leave." + key + "_free")
	}
	return x.v.T("web.process.leave." + key + "_no")
}

// flags are what a state is.
func (x *sheet) flags(st *process.State) []string {
	var list []string
	for _, f := range []struct {
		on   bool
		text string
	}{{st.Start, x.v.T("web.process.is_start")}, {st.End, x.v.T("web.process.is_end")}, {st.Optional, x.v.T("web.process.is_optional")}, {st.Pause, x.v.T("web.process.is_pause")}} {
		if f.on {
			list = append(list, f.text)
		}
	}
	return list
}

// lines are the whole definition in sentences, for comparing two of them.
func (x *sheet) lines() []string {
	var list []string
	add := func(of string, texts ...string) {
		for _, text := range texts {
			list = append(list, x.v.T("web.process.line", "of", of, "text", text))
		}
	}
	whole := x.v.T("web.process.whole")
	add(whole, x.told[x.when]...)
	add(whole, x.leave("skip", x.def.Skip), x.leave("back", x.def.Back))
	if x.def.Override != nil {
		add(whole, x.v.T("web.process.override", "people", x.who(x.def.Override)))
	}
	for i := range x.def.States {
		st := &x.def.States[i]
		of := x.stateLabel(st.State)
		add(of, x.v.T("web.process.state"))
		add(of, x.flags(st)...)
		if st.Limit != nil {
			add(of, x.limit(st.Limit)...)
			for _, a := range st.Limit.Then {
				add(of, x.action(a))
			}
		}
		add(of, st.Tips...)
		add(of, x.templateNames(st.Templates)...)
	}
	for i := range x.def.Moves {
		m := &x.def.Moves[i]
		add(x.moveName(m), x.moveLines(m)...)
	}
	return list
}

// moveLines are a way in sentences.
func (x *sheet) moveLines(m *process.Move) []string {
	list := []string{x.v.T("web.process.from_to", "from", x.fromLabel(m), "to", x.stateLabel(m.To)), x.who(m.Who)}
	list = append(list, x.told[m.When]...)
	for _, a := range m.Ask {
		list = append(list, x.ask(a))
	}
	for _, c := range m.Checklist {
		list = append(list, x.check(c))
	}
	list = append(list, x.wishes(m)...)
	list = append(list, m.Tips...)
	list = append(list, x.templateNames(m.Templates)...)
	for _, a := range m.Then {
		list = append(list, x.action(a))
	}
	return list
}

func (x *sheet) templateNames(ids []value.ID) []string {
	var list []string
	for _, id := range ids {
		list = append(list, x.v.T("web.process.template", "name", labelOf(x.templates, id.String())))
	}
	return list
}

// summary is a way in a few words.
func (x *sheet) summary(m *process.Move) string {
	list := []string{x.who(m.Who)}
	if n := len(x.told[m.When]); n > 0 {
		list = append(list, x.v.T("web.process.conditions", "count", n))
	}
	if n := len(m.Ask); n > 0 {
		list = append(list, x.v.T("web.process.asked", "count", n))
	}
	if n := len(m.Checklist); n > 0 {
		list = append(list, x.v.T("web.process.points", "count", n))
	}
	if n := len(m.Then); n > 0 {
		list = append(list, x.v.T("web.process.actions", "count", n))
	}
	return strings.Join(list, " · ")
}

// triggerWords say when a rule is looked at.
func (x *sheet) triggerWords() string {
	one := x.v.In(x.o.Label(x.v.Lang).One)
	if x.trigger == process.WhenDate {
		field := x.fieldLabel(x.date)
		switch {
		case x.offset < 0:
			return x.v.T("web.process.on_before", "object", one, "field", field, "time", x.minutes(-x.offset))
		case x.offset > 0:
			return x.v.T("web.process.on_after", "object", one, "field", field, "time", x.minutes(x.offset))
		}
		return x.v.T("web.process.on_date", "object", one, "field", field)
	}
	if x.trigger == process.WhenCalled && x.inlet != 0 {
		return x.v.T("web.process.on_hook", "object", one, "hook", labelOf(x.inlets, x.inlet.String()))
	}
	words := x.v.T("web.process.on."+x.trigger, "object", one)
	if names := watched(x.fields); len(names) > 0 && x.trigger != process.WhenCreated {
		for i := range names {
			names[i] = x.fieldLabel(names[i])
		}
		words = x.v.T("web.process.on_fields", "when", words, "fields", x.v.List(names))
	}
	return words
}

func watched(text string) []string {
	return slices.DeleteFunc(strings.Split(strings.ReplaceAll(text, " ", ""), ","), func(name string) bool { return name == "" })
}

// minutes are a length of time in the largest unit that fits.
func (x *sheet) minutes(n int64) string {
	switch {
	case n%1440 == 0:
		return x.duration(hours.Duration{N: int(n / 1440), Unit: hours.Days})
	case n%60 == 0:
		return x.duration(hours.Duration{N: int(n / 60), Unit: hours.Hours})
	}
	return x.duration(hours.Duration{N: int(n), Unit: hours.Minutes})
}
