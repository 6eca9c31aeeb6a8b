package record

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/guide"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// clash is what somebody else wrote into a field that the actor changed too.
type clash struct {
	mine    string
	form    url.Values // as it was sent, to be sent again
	version int64
}

// fieldID is the id of a field's place; records of several kinds may stand on
// one page.
func fieldID(m *model, f *schema.FieldDef) string { return "f-" + m.r.ID.String() + "-" + f.Name }

func inputID(m *model, f *schema.FieldDef) string { return "i-" + m.r.ID.String() + "-" + f.Name }

// fieldURL is the address of one field.
func (m *model) fieldURL(f *schema.FieldDef, rest string) string {
	return m.url("/f/" + url.PathEscape(f.Name) + rest)
}

// loadField reads the record and the field of the address.
func loadField(c *door.Call, s *record.Session) (*model, *schema.FieldDef, error) {
	m, err := load(c, s)
	if err != nil {
		return nil, nil, err
	}
	f := m.field(c.R.PathValue("field"))
	if f == nil {
		return nil, nil, errNoState
	}
	return m, f, nil
}

// showField answers the field as it is read.
func showField(c *door.Call) error {
	var m *model
	var f *schema.FieldDef
	err := c.Read(func(s *record.Session) (err error) {
		m, f, err = loadField(c, s)
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, fieldShown(m, f))
}

// editField answers the field as it is edited.
func editField(c *door.Call) error {
	var m *model
	var f *schema.FieldDef
	err := c.Read(func(s *record.Session) (err error) {
		m, f, err = loadField(c, s)
		return err
	})
	switch {
	case err != nil:
		return err
	case !m.writable(f):
		return c.Parts(http.StatusOK, fieldShown(m, f))
	}
	return c.Parts(http.StatusOK, fieldEdited(m, control(m, f)))
}

func control(m *model, f *schema.FieldDef) parts.Control {
	return parts.Control{ID: inputID(m, f), Name: f.Name, Field: f, Value: m.r.Value(f), Autofocus: true, Required: f.Required}
}

// saveField writes one field. What others changed in other fields meanwhile is
// merged; the same field asks whose value stays.
func saveField(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var before, after *model
	var f *schema.FieldDef
	var act value.ID
	err = c.Write(c.R.PathValue("plural")+".edit", func(s *record.Session) (err error) {
		if before, f, err = loadField(c, s); err != nil {
			return err
		}
		if !before.writable(f) {
			return fault.New(fault.Forbidden, "field.not_writable", nil)
		}
		x, err := parts.Read(c.View, s, f, form, f.Name)
		if err != nil {
			return err
		}
		if _, err = s.Update(c.Ctx, before.o.Name, before.r.ID, version(form), parts.Set(before.o, f, form, x)); err != nil {
			return err
		}
		act = s.Act()
		if after, err = load(c, s); err != nil {
			return err
		}
		after.path, err = pathOf(c, s, after)
		return err
	})
	if err != nil {
		return refusedField(c, form, err)
	}
	if !c.Fragment() { // the form was sent before the script was there
		return c.Go(after.url(""))
	}
	guide.Changed(c)
	return c.Parts(http.StatusOK, saved(before, after, f, act)...)
}

// saved is the field as it is now and whatever else its change moved.
func saved(before, after *model, f *schema.FieldDef, act value.ID) []templ.Component {
	answer := []templ.Component{fieldShown(after, f)}
	if act == 0 {
		return answer
	}
	for _, other := range after.fields() {
		if other != f && before.paneled(other) && after.paneled(other) && !schema.Equal(before.r.Value(other), after.r.Value(other)) {
			answer = append(answer, swapped(fieldID(after, other), fieldShown(after, other)))
		}
	}
	answer = append(answer, swapped("r-head", head(after)), swapped("r-path", stagePath(after)))
	return append(answer, kit.ToastPart(after.v, after.v.T("web.record.saved", "field", f.Label(after.v.Lang)), door.Undo(act)))
}

// refusedField answers the control again, with what was typed and why it was
// not taken.
func refusedField(c *door.Call, form url.Values, refusal error) error {
	broken, ok := fault.As(refusal)
	if !ok || broken.Kind != fault.Invalid && broken.Kind != fault.Conflict {
		return refusal
	}
	var m *model
	var f *schema.FieldDef
	var mine string
	err := c.Read(func(s *record.Session) (err error) {
		if m, f, err = loadField(c, s); err == nil {
			mine, err = textOf(c, s, m, f, form)
		}
		return err
	})
	if err != nil {
		return err
	}
	if broken.Kind == fault.Conflict && broken.Key == "record.stale" {
		return c.Parts(http.StatusConflict, fieldClash(m, f, clash{mine: mine, form: form, version: m.r.Version}))
	}
	x := control(m, f)
	x.Typed, x.Unresolved, x.Error = parts.Typed(f, form, f.Name), form.Get(f.Name+".text"), why(m, f, broken)
	return c.Parts(http.StatusUnprocessableEntity, fieldEdited(m, x))
}

// textOf writes what was typed as the page would show it.
func textOf(c *door.Call, s *record.Session, m *model, f *schema.FieldDef, form url.Values) (string, error) {
	x, err := parts.Read(c.View, s, f, form, f.Name)
	if _, ok := fault.As(err); ok {
		return strings.Join(form[f.Name], ", "), nil
	}
	if err != nil {
		return "", err
	}
	m.n.Want(f, x)
	return parts.Text(c.View, m.n, f, x), m.n.Load(c.Ctx)
}

// names are the inputs of a form without the version, in order.
func (x clash) names() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(x.form)), func(name string) bool { return name == "v" })
}

// why is what is wrong with the field; a fault of another field names it.
func why(m *model, f *schema.FieldDef, broken *fault.Error) string {
	var others []string
	for _, x := range broken.Fields {
		if x.Path == f.Name || strings.HasPrefix(x.Path, f.Name+".") {
			return m.v.FieldFault(x)
		}
		if other := m.field(x.Path); other != nil {
			others = append(others, other.Label(m.v.Lang)+": "+m.v.FieldFault(x))
		}
	}
	if len(others) > 0 {
		return strings.Join(others, " ")
	}
	return m.v.Fault(broken)
}

// locked says why the actor cannot edit the field, "" where he can.
func (m *model) locked(f *schema.FieldDef) string {
	switch {
	case m.writable(f):
		return ""
	case f.Derived() || f.Quiet && !f.Engine:
		return m.v.T("web.record.calculated")
	case f.Engine || f.ReadOnly:
		return m.v.T("web.record.kept_by_system")
	case m.actor.Field(f) == access.Masked:
		return m.v.T("web.record.masked")
	}
	return m.v.T("web.record.locked")
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
