package process

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/views"
)

// edit is one sentence of a sheet while it is edited.
type edit struct {
	x    *sheet
	s    *record.Session
	form url.Values
	part string // which sentence
	i    int    // its place among its like, -1 for a new one
	err  string
	q    *views.Question
}

// part is a kind of sentence: what its form shows, and how the sheet takes what
// was said.
type part struct {
	show func(*edit) templ.Component
	take func(*edit) error
}

// sentences are all of them, by the name that addresses have for them.
func sentences() map[string]part {
	return map[string]part{
		"name": {nameForm, (*edit).takeName}, "when": {whenForm, (*edit).takeWhen}, "leave": {leaveForm, (*edit).takeLeave},
		"who": {whoForm, (*edit).takeWho}, "states": {statesForm, (*edit).takeStates}, "state": {stateForm, (*edit).takeState},
		"limit": {limitForm, (*edit).takeLimit}, "move": {moveForm, (*edit).takeMove}, "why": {whyForm, (*edit).takeWhy},
		"ask": {askForm, (*edit).takeAsk}, "check": {checkForm, (*edit).takeCheck}, "say": {sayForm, (*edit).takeSay},
		"tip": {tipForm, (*edit).takeTip}, "template": {templateForm, (*edit).takeTemplate}, "then": {thenForm, (*edit).takeThen},
		"trigger": {triggerForm, (*edit).takeTrigger},
	}
}

// of reports whether the sentence can be about what is edited: a rule has no
// states, and a process no trigger.
func (e *edit) of() bool {
	if e.x.isRule() {
		return slices.Contains([]string{"name", "when", "then", "trigger"}, e.part)
	}
	return e.part != "trigger"
}

var errNoPart = fault.New(fault.NotFound, "web.no_page", nil)

// begin reads which sentence of the sheet a form is about.
func begin(c *door.Call, s *record.Session, form url.Values) (*edit, error) {
	x, err := load(c, s, form.Get("at"))
	if err != nil {
		return nil, err
	}
	e := &edit{x: x, s: s, form: form, part: form.Get("part"), i: -1}
	if i, err := strconv.Atoi(form.Get("i")); err == nil && i >= 0 {
		e.i = i
	}
	if _, known := sentences()[e.part]; !known || !e.of() {
		return nil, errNoPart
	}
	if e.part == "when" {
		e.question()
		err = e.q.Names().Load(c.Ctx)
	}
	return e, err
}

// question is the form of a condition's sentence.
func (e *edit) question() {
	q := url.Values{}
	for name, values := range e.form {
		q[name] = values
	}
	if e.i >= 0 {
		q.Set("chip", strconv.Itoa(e.i))
	}
	hidden := [][2]string{{"at", e.x.at}, {"part", "when"}}
	if e.i >= 0 {
		hidden = append(hidden, [2]string{"i", strconv.Itoa(e.i)})
	}
	e.q = views.Read(e.x.v, e.s, e.x.o, *e.condition()).Ask(e.x.v, e.s, e.x.base+"/part", hidden, q)
}

// askPart answers the form of a sentence.
func askPart(c *door.Call) error {
	var e *edit
	var body templ.Component
	err := read(c, func(s *record.Session) (err error) {
		if e, err = begin(c, s, c.R.URL.Query()); err == nil {
			body = sentences()[e.part].show(e)
		}
		return err
	})
	if err != nil {
		return err
	}
	if c.Fragment() && (c.R.Header.Get("HX-Target") == "div#sentence" || c.R.Header.Get("HX-Target") == "form#sentence") {
		return c.Parts(http.StatusOK, body)
	}
	return inDialog(c, e.title(), e.x.page(), body)
}

// savePart takes a sentence over, and shows the sheet with it.
func savePart(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var e *edit
	var act value.ID
	err = write(c, "process.edit", func(s *record.Session) (err error) {
		if e, err = begin(c, s, form); err != nil {
			return err
		}
		if err := e.take(); err != nil {
			return err
		}
		if err := e.x.save(c.Ctx, s); err != nil {
			return err
		}
		act = s.Act()
		return nil
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid && e != nil {
		return e.again(c, f)
	}
	if err != nil {
		return err
	}
	return saved(c, e.x, c.View.T("web.process.saved"), door.Undo(act))
}

// take takes over what was said, or leaves the sentence out.
func (e *edit) take() error {
	if e.form.Get("do") == "drop" {
		return e.drop()
	}
	return sentences()[e.part].take(e)
}

// again shows the form with what is wrong.
func (e *edit) again(c *door.Call, f *fault.Error) error {
	if e.err = c.View.Fault(f); len(f.Fields) > 0 {
		e.err = c.View.FieldFault(f.Fields[0])
	}
	var body templ.Component
	err := read(c, func(s *record.Session) error {
		again, err := begin(c, s, e.form)
		if err != nil {
			return err
		}
		if again.err = e.err; e.part == "when" {
			again.q.Answered(c.View, s, e.form)
		}
		e, body = again, sentences()[e.part].show(again)
		return nil
	})
	if err != nil {
		return err
	}
	if c.Fragment() {
		return c.Parts(http.StatusUnprocessableEntity, body)
	}
	return page(c, http.StatusUnprocessableEntity, e.title(), askPage(c.View, e.title(), e.x.page(), body))
}

// saved shows the sheet as it is now.
func saved(c *door.Call, was *sheet, text, undo string) error {
	if !c.Fragment() {
		return c.Go(was.page())
	}
	var x *sheet
	err := read(c, func(s *record.Session) (err error) {
		if x, err = load(c, s, was.at); err == nil && x.isRule() {
			x.past = &past{}
			x.past.log, err = x.logOf(c, s)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, again(x), kit.ToastPart(c.View, text, undo))
}

// page is the address of the sheet with what is open.
func (x *sheet) page() string {
	if x.at == "" || x.at == "process" {
		return x.base
	}
	return x.base + "?" + url.Values{"at": {x.at}}.Encode()
}

// partURL is the form of a sentence.
func (x *sheet) partURL(part string, i int) string { return x.partAt(x.at, part, i) }

func (x *sheet) partAt(at, part string, i int) string {
	q := url.Values{"at": {at}, "part": {part}}
	if i >= 0 {
		q.Set("i", strconv.Itoa(i))
	}
	return x.base + "/part?" + q.Encode()
}

func (e *edit) title() string { return e.x.v.T("web.process.part." + e.part) }

// condition is the one that is edited.
func (e *edit) condition() *string {
	if m := e.x.move(); m != nil {
		return &m.When
	}
	return &e.x.when
}

// actions are the ones that are edited, nil where there can be none.
func (e *edit) actions() *[]process.Action {
	if e.x.isRule() {
		return &e.x.actions
	}
	if m := e.x.move(); m != nil {
		return &m.Then
	}
	if st := e.x.state(); st != nil && st.Limit != nil {
		return &st.Limit.Then
	}
	return new([]process.Action)
}

func (e *edit) tips() *[]string {
	if m := e.x.move(); m != nil {
		return &m.Tips
	}
	if st := e.x.state(); st != nil {
		return &st.Tips
	}
	return new([]string)
}

func (e *edit) texts() *[]value.ID {
	if m := e.x.move(); m != nil {
		return &m.Templates
	}
	if st := e.x.state(); st != nil {
		return &st.Templates
	}
	return new([]value.ID)
}

// drop leaves a sentence out.
func (e *edit) drop() error {
	m, st := e.x.move(), e.x.state()
	switch {
	case e.part == "when" && e.i >= 0:
		c := e.condition()
		*c = views.Read(e.x.v, e.s, e.x.o, *c).Without(e.i)
	case e.part == "then":
		cut(e.actions(), e.i)
	case e.part == "tip":
		cut(e.tips(), e.i)
	case e.part == "template":
		cut(e.texts(), e.i)
	case e.part == "ask" && m != nil:
		cut(&m.Ask, e.i)
	case e.part == "check" && m != nil:
		cut(&m.Checklist, e.i)
	case e.part == "who" && m != nil:
		m.Who = nil
	case e.part == "who" && e.x.def != nil:
		e.x.def.Override = nil
	case e.part == "limit" && st != nil:
		st.Limit = nil
	case e.part == "why" && m != nil:
		m.Why = ""
	case e.part == "move" && m != nil:
		e.x.def.Moves = slices.DeleteFunc(e.x.def.Moves, func(y process.Move) bool { return y.Key == m.Key })
		e.x.at = "process"
	}
	return nil
}

func cut[T any](list *[]T, i int) {
	if i >= 0 && i < len(*list) {
		*list = slices.Delete(*list, i, i+1)
	}
}

// put puts something into its place, or at the end.
func put[T any](list *[]T, i int, x T) {
	if i >= 0 && i < len(*list) {
		(*list)[i] = x
		return
	}
	*list = append(*list, x)
}

// text is what was typed, without space around it.
func (e *edit) text(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(e.form.Get(name), "\r\n", "\n"))
}

// must is a text that has to say something.
func (e *edit) must(name string) (string, error) {
	text := e.text(name)
	if text == "" {
		return "", fault.New(fault.Invalid, "process.no_text", nil)
	}
	return text, nil
}

// duration reads a number and a unit; nil when there is no number.
func (e *edit) duration(name string) (*hours.Duration, error) {
	text := e.text(name)
	if text == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, fault.New(fault.Invalid, "web.process.whole_number", nil)
	}
	d := hours.Duration{N: n, Unit: hours.Unit(e.form.Get(name + ".unit"))}
	return &d, d.Check()
}

// whoOf reads who is meant; nil = nobody is named.
func (e *edit) whoOf() *process.Who {
	w := &process.Who{}
	for _, to := range e.form["who"] {
		role, isRole := strings.CutPrefix(to, "role:")
		team, isTeam := strings.CutPrefix(to, "team:")
		id, err := value.ParseID(strings.TrimPrefix(team, "team:"))
		switch {
		case to == "owner":
			w.Owner = true
		case to == "manager":
			w.Manager = true
		case isRole:
			w.Roles = append(w.Roles, role)
		case isTeam && err == nil:
			w.Teams = append(w.Teams, id)
		case err == nil:
			w.Members = append(w.Members, id)
		}
	}
	if !w.Owner && !w.Manager && len(w.Roles)+len(w.Teams)+len(w.Members) == 0 {
		return nil
	}
	return w
}

// named lists a Who as the form has it.
func namedIn(w *process.Who) []string {
	var list []string
	if w == nil {
		return nil
	}
	if w.Owner {
		list = append(list, "owner")
	}
	if w.Manager {
		list = append(list, "manager")
	}
	for _, r := range w.Roles {
		list = append(list, "role:"+r)
	}
	for _, t := range w.Teams {
		list = append(list, "team:"+t.String())
	}
	for _, m := range w.Members {
		list = append(list, m.String())
	}
	return list
}
