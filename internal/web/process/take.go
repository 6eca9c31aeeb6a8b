package process

import (
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/value"
)

func (e *edit) takeName() (err error) {
	e.x.help = e.text("description")
	e.x.name, err = e.must("name")
	return err
}

func (e *edit) takeWhen() error {
	text, ok := e.q.Answered(e.x.v, e.s, e.form)
	if !ok {
		return fault.New(fault.Invalid, "web.views.no_value", nil)
	}
	*e.condition() = text
	return nil
}

func (e *edit) takeLeave() error {
	e.x.def.Skip, e.x.def.Back = process.Leave(e.form.Get("skip")), process.Leave(e.form.Get("back"))
	return nil
}

func (e *edit) takeWho() error {
	if m := e.x.move(); m != nil {
		m.Who = e.whoOf()
	} else if e.x.def != nil {
		e.x.def.Override = e.whoOf()
	}
	return nil
}

// takeStates takes states into the process and out of it; those that stay keep
// their order and all that is said of them.
func (e *edit) takeStates() error {
	want := e.form["state"]
	e.x.def.States = slices.DeleteFunc(e.x.def.States, func(st process.State) bool { return !slices.Contains(want, st.State) })
	for _, st := range e.x.states {
		if slices.Contains(want, st.Key) && !slices.ContainsFunc(e.x.def.States, func(x process.State) bool { return x.State == st.Key }) {
			e.x.def.States = append(e.x.def.States, process.State{State: st.Key})
		}
	}
	return nil
}

func (e *edit) takeState() error {
	st := e.x.state()
	if st == nil {
		return errNoPart
	}
	st.Start, st.End, st.Optional, st.Pause = e.form.Has("start"), e.form.Has("end"), e.form.Has("optional"), e.form.Has("pause")
	list := e.x.def.States
	i := slices.IndexFunc(list, func(x process.State) bool { return x.State == st.State })
	switch do := e.form.Get("do"); {
	case do == "up" && i > 0:
		list[i-1], list[i] = list[i], list[i-1]
	case do == "down" && i+1 < len(list):
		list[i+1], list[i] = list[i], list[i+1]
	}
	return nil
}

func (e *edit) takeLimit() error {
	st := e.x.state()
	if st == nil {
		return errNoPart
	}
	d, err := e.duration("time")
	if err != nil {
		return err
	}
	if d == nil || d.N == 0 {
		return fault.New(fault.Invalid, "process.empty_limit", nil)
	}
	warn, err := e.duration("warn")
	if err != nil {
		return err
	}
	l := &process.Limit{Duration: *d, Warn: warn, Tell: e.form["tell"]}
	if st.Limit != nil {
		l.Then = st.Limit.Then
	}
	st.Limit = l
	return nil
}

func (e *edit) takeMove() error {
	name, err := e.must("name")
	if err != nil {
		return err
	}
	to := e.form.Get("to")
	if to == "" || slices.Contains(e.form["from"], to) {
		return fault.New(fault.Invalid, "process.move_to_itself", nil)
	}
	m := e.x.move()
	if m == nil {
		e.x.def.Moves = append(e.x.def.Moves, process.Move{Key: e.x.freeKey()})
		m = &e.x.def.Moves[len(e.x.def.Moves)-1]
		e.x.at = "move:" + m.Key
	}
	m.Name, m.From, m.To = name, e.form["from"], to
	return nil
}

// freeKey is a key that no way has yet.
func (x *sheet) freeKey() string {
	for n := len(x.def.Moves) + 1; ; n++ {
		key := "way" + strconv.Itoa(n)
		if !slices.ContainsFunc(x.def.Moves, func(m process.Move) bool { return m.Key == key }) {
			return key
		}
	}
}

func (e *edit) takeWhy() error {
	if m := e.x.move(); m != nil {
		m.Why = e.text("why")
	}
	return nil
}

func (e *edit) takeAsk() error {
	m := e.x.move()
	if m == nil {
		return errNoPart
	}
	field := e.form.Get("field")
	if _, ok := e.x.o.Field(field); !ok {
		return fault.New(fault.Invalid, "process.unknown_field", fault.Args{"field": value.Printable(field)})
	}
	put(&m.Ask, e.i, process.Ask{Field: field, Optional: e.form.Get("how") == "optional", Anew: e.form.Get("how") == "anew", Help: e.text("help")})
	return nil
}

func (e *edit) takeCheck() error {
	m := e.x.move()
	if m == nil {
		return errNoPart
	}
	text, err := e.must("text")
	if err != nil {
		return err
	}
	c := process.Check{Text: text, Optional: e.form.Has("optional")}
	if e.i >= 0 && e.i < len(m.Checklist) {
		c.Key = m.Checklist[e.i].Key
	}
	for n := len(m.Checklist) + 1; c.Key == ""; n++ {
		key := "point" + strconv.Itoa(n)
		if !slices.ContainsFunc(m.Checklist, func(x process.Check) bool { return x.Key == key }) {
			c.Key = key
		}
	}
	put(&m.Checklist, e.i, c)
	return nil
}

func (e *edit) takeSay() error {
	if m := e.x.move(); m != nil {
		m.Note, m.File = process.Wish(e.form.Get("note")), process.Wish(e.form.Get("file"))
	}
	return nil
}

func (e *edit) takeTip() error {
	text, err := e.must("text")
	if err == nil {
		put(e.tips(), e.i, text)
	}
	return err
}

func (e *edit) takeTemplate() error {
	id := idOf(e.form, "template")
	if id == 0 {
		return fault.New(fault.Invalid, "web.process.choose", nil)
	}
	put(e.texts(), e.i, id)
	return nil
}

// takeThen takes an action over. Which kind it is has been chosen first.
func (e *edit) takeThen() error {
	a := process.Action{Do: e.form.Get("kind")}
	var err error
	switch a.Do {
	case process.DoSet:
		a.Field, a.Value, err = e.form.Get("field"), "", nil
		a.Value, err = e.setTo()
	case process.DoMove:
		if a.To = e.form.Get("to"); e.x.isRule() {
			a.Field, a.To, _ = strings.Cut(a.To, "=")
		}
	case process.DoTask:
		a.To = e.form.Get("to")
		if a.Text, err = e.must("text"); err == nil {
			a.Due, err = e.duration("due")
		}
	case process.DoAssign:
		a.To, a.Tasks = e.form.Get("to"), e.form.Has("tasks")
	case process.DoNotify:
		a.Tell = e.form["tell"]
		if a.Text, err = e.must("text"); err == nil && len(a.Tell) == 0 {
			err = fault.New(fault.Invalid, "process.nobody", nil)
		}
	case process.DoSend:
		a.Template = idOf(e.form, "template")
		if a.To = e.form.Get("to"); a.To == "" {
			a.To = e.text("address")
		}
	case process.DoDocument:
		a.Template = idOf(e.form, "template")
	case process.DoWebhook:
		a.Webhook = idOf(e.form, "webhook")
	case process.DoRefuse:
		a.Field = e.form.Get("field")
		a.Text, err = e.must("text")
	default:
		err = fault.New(fault.Invalid, "process.unknown_action", fault.Args{"action": value.Printable(a.Do)})
	}
	if err == nil {
		err = process.CheckAction(e.s, e.x.o, e.x.def, a)
	}
	if err != nil {
		return err
	}
	put(e.actions(), e.i, a)
	return nil
}

func (e *edit) takeTrigger() error {
	x := e.x
	x.trigger, x.fields, x.date, x.offset, x.inlet = e.form.Get("trigger"), strings.Join(e.form["field"], ","), "", 0, 0
	if x.trigger == process.WhenCalled {
		if x.inlet, x.fields = idOf(e.form, "hook"), ""; x.inlet == 0 {
			return fault.New(fault.Invalid, "process.wants_hook", nil)
		}
	}
	if x.trigger != process.WhenDate {
		return nil
	}
	x.date, x.fields = e.form.Get("date"), ""
	if _, ok := x.o.Field(x.date); !ok {
		return fault.New(fault.Invalid, "process.wants_date", fault.Args{"field": value.Printable(x.date)})
	}
	d, err := e.duration("offset")
	if err != nil || d == nil {
		return err
	}
	x.offset = int64(d.N) * map[string]int64{"hours": 60, "days": 1440}[string(d.Unit)]
	if d.Unit == "minutes" {
		x.offset = int64(d.N)
	}
	if e.form.Get("side") == "before" {
		x.offset = -x.offset
	}
	return nil
}
