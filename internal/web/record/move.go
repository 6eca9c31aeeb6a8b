package record

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

var errNoState = fault.New(fault.NotFound, "web.no_page", nil)

// moveVals is what a click on a state sends.
func moveVals(m *model, to string) string {
	b, _ := json.Marshal(map[string]string{"field": m.path.field.Name, "to": to, "v": strconv.FormatInt(m.r.Version, 10)})
	return string(b)
}

// loadMoving reads a record with its path; one without is nobody's.
func loadMoving(c *door.Call, s *record.Session) (*model, error) {
	m, err := load(c, s)
	if err != nil {
		return nil, err
	}
	if m.path, err = pathOf(c, s, m); err == nil && m.path == nil {
		err = errNoState
	}
	return m, err
}

// askMove answers a dialog with every state.
func askMove(c *door.Call) error {
	var m *model
	err := c.Read(func(s *record.Session) (err error) {
		m, err = loadMoving(c, s)
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, moveDialog(m))
}

// move puts a record into another state, with what the move asked for.
func move(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var act value.ID
	var said string
	err = c.Write(c.R.PathValue("plural")+".move", func(s *record.Session) error {
		m, err := loadMoving(c, s)
		if err != nil {
			return err
		}
		values, err := moveValues(c, s, m, form)
		if err != nil {
			return err
		}
		if _, err := s.Update(c.Ctx, m.o.Name, m.r.ID, version(form), values); err != nil {
			return err
		}
		act = s.Act()
		said = c.View.T("web.record.moved", "title", m.title(), "state", m.stateLabel(form.Get("to")))
		return nil
	})
	switch {
	case fault.Is(err, fault.Invalid) && c.Fragment():
		return refusedMove(c, form, err)
	case err != nil:
		return err
	}
	return refreshed(c, said, door.Undo(act))
}

// moveValues are the new state and what else the dialog asked for.
func moveValues(c *door.Call, s *record.Session, m *model, form url.Values) (record.Values, error) {
	if form.Get("field") != "" && form.Get("field") != m.path.field.Name {
		return nil, errNoState
	}
	to, err := m.path.field.Parse(form.Get("to"), s.StoreEnv())
	if err != nil || to == nil {
		return nil, errNoState
	}
	values := record.Values{m.path.field.Name: to}
	var wrong []fault.Field
	for _, name := range form["ask"] {
		f := m.field(name)
		if f == nil || !m.writable(f) {
			continue
		}
		x, err := parts.Read(c.View, s, f, form, name)
		if broken, ok := fault.As(err); ok && broken.Kind == fault.Invalid {
			wrong = append(wrong, broken.Fields...)
			continue
		}
		if err != nil {
			return nil, err
		}
		values[name] = x
	}
	if len(wrong) > 0 {
		return nil, fault.New(fault.Invalid, "record.invalid", nil).With(wrong...)
	}
	return values, nil
}

// missing is what keeps a record from a state.
type missing struct {
	to, label, text string
	controls        []parts.Control
}

// refusedMove asks for the fields that a move lacks; where no field can mend
// it, the refusal is all there is to say.
func refusedMove(c *door.Call, form url.Values, refusal error) error {
	var m *model
	err := c.Read(func(s *record.Session) (err error) {
		m, err = loadMoving(c, s)
		return err
	})
	if err != nil {
		return err
	}
	f, _ := fault.As(refusal)
	x := &missing{to: form.Get("to"), label: m.stateLabel(form.Get("to")), text: c.View.Fault(refusal)}
	for _, name := range form["ask"] {
		x.ask(m, form, f, name)
	}
	for _, broken := range f.Fields {
		x.ask(m, form, f, broken.Path)
	}
	if len(x.controls) == 0 {
		return refusal
	}
	x.controls[0].Autofocus = true
	if len(form["ask"]) > 0 {
		return c.Parts(http.StatusUnprocessableEntity, missingForm(m, x))
	}
	return c.Parts(http.StatusUnprocessableEntity, missingDialog(m, x))
}

// ask adds the control of one field, with what was typed and what is wrong.
func (x *missing) ask(m *model, form url.Values, f *fault.Error, name string) {
	field := m.field(name)
	if field == nil || !m.writable(field) || slices.ContainsFunc(x.controls, func(c parts.Control) bool { return c.Field == field }) || field == m.path.field {
		return
	}
	control := parts.Control{ID: "mv-" + name, Name: name, Field: field, Value: m.r.Value(field), Required: true}
	if slices.Contains(form["ask"], name) {
		control.Typed, control.Unresolved = parts.Typed(field, form, name), form.Get(name+".text")
	}
	for _, broken := range f.Fields {
		if broken.Path == name {
			control.Error = m.v.FieldFault(broken)
		}
	}
	x.controls = append(x.controls, control)
}

func (m *model) stateLabel(key string) string {
	for _, x := range m.path.steps {
		if x.key == key {
			return x.label
		}
	}
	if m.path.field.Kind == schema.KindChoice {
		return m.path.field.OptionLabel(key, m.v.Lang)
	}
	return ""
}

// version is the one that the form's page showed; 0 = whatever is there.
func version(form url.Values) int64 {
	n, _ := strconv.ParseInt(form.Get("v"), 10, 64)
	return max(n, 0)
}

// reopen takes a closed deal back into work.
func reopen(c *door.Call) error {
	var act value.ID
	err := c.Write("deals.reopen", func(s *record.Session) error {
		id, err := dealID(c, s)
		if err != nil {
			return err
		}
		_, err = sales.Reopen(c.Ctx, s, id, 0)
		act = s.Act()
		return err
	})
	if err != nil {
		return err
	}
	return refreshed(c, c.View.T("web.record.reopened"), door.Undo(act))
}

// dealID is the id of the address, which has to be a deal's.
func dealID(c *door.Call, s *record.Session) (value.ID, error) {
	o, err := c.Object(s)
	if err == nil && o.Name != sales.Deals.Name {
		err = errNoState
	}
	if err != nil {
		return 0, err
	}
	return c.ID()
}

// noteAbout keeps what was said of a deal's end.
func noteAbout(ctx context.Context, s *record.Session, o *schema.Object, id value.ID, text string) error {
	if text == "" {
		return nil
	}
	_, err := s.Create(ctx, activity.Activities.Name, record.Values{activity.Kind.Name(): activity.Note, activity.Body.Name(): text,
		activity.Targets.Name(): []schema.Ref{{Object: o.Name, ID: id}}})
	return err
}
