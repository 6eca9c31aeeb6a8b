package parts

import (
	"context"
	"net/url"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// ReadAll reads the controls of several fields, as far as the form has them;
// prefix stands before their names in it. An emptied one is nil. All that is
// wrong is told at once, beside the values that could be read.
func ReadAll(v *kit.View, s *record.Session, fields []*schema.FieldDef, form url.Values, prefix string) (record.Values, error) {
	values := record.Values{}
	wrong := fault.New(fault.Invalid, "record.invalid", nil)
	for _, f := range fields {
		if !Sent(f, form, prefix+f.Name) {
			continue
		}
		x, err := Read(v, s, f, form, prefix+f.Name)
		if broken, ok := fault.As(err); ok && broken.Kind == fault.Invalid {
			wrong = wrong.With(broken.Fields...)
			continue
		}
		if err != nil {
			return nil, err
		}
		values[f.Name] = x
	}
	if len(wrong.Fields) > 0 {
		return values, wrong
	}
	return values, nil
}

// Fields are those of an object by name.
func Fields(o *schema.Object, names ...string) (list []*schema.FieldDef) {
	for _, name := range names {
		if f, ok := o.Field(name); ok {
			list = append(list, f)
		}
	}
	return list
}

// Controls are the inputs of some fields of a record, nil = a new one. Where a
// form was refused they show what was typed, and what is wrong with it.
func Controls(v *kit.View, of *record.Record, o *schema.Object, fields []string, form url.Values, refused error) (list []Control) {
	for _, f := range Fields(o, fields...) {
		c := Control{ID: "p-" + f.Name, Name: f.Name, Field: f, Required: f.Required}
		if of != nil {
			c.Value = of.Value(f)
		} else if v, err := f.Parse(f.Default, &schema.Env{}); f.Default != "" && f.Default[0] != '=' && err == nil {
			c.Value = v
		}
		if form != nil {
			c.Refill(form)
			broken, _ := fault.As(refused)
			c.Blame(v, broken)
		}
		list = append(list, c)
	}
	return list
}

// Trouble is what a refusal says that stands at none of the controls, "" for
// nothing.
func Trouble(v *kit.View, refused error, shown []Control) string {
	if refused == nil || slices.ContainsFunc(shown, func(c Control) bool { return c.Error != "" }) {
		return ""
	}
	return v.Said(refused)
}

// Refill puts back what was typed, if the form has the control.
func (c *Control) Refill(form url.Values) {
	if Sent(c.Field, form, c.Name) {
		c.Typed, c.Unresolved = Typed(c.Field, form, c.Name), form.Get(c.Name+textPart)
	}
}

// Blame says at the control what a refusal has against its field, and whether
// that is anything.
func (c *Control) Blame(v *kit.View, refusal *fault.Error) bool {
	if refusal == nil {
		return false
	}
	for _, broken := range refusal.Fields {
		if broken.Path == c.Field.Name {
			c.Error, c.holder = v.FieldFault(broken), fault.New(fault.Invalid, "record.invalid", nil).With(broken)
			return true
		}
	}
	return false
}

// Condition takes a condition over from a form that has one; an empty one is
// none.
func Condition(v record.Values, f schema.Field[string], form url.Values) {
	if text := form.Get(f.Name()); text != "" {
		record.With(v, f, text)
	} else if form.Has(f.Name()) {
		v[f.Name()] = nil
	}
}

// Moved is the order of some records that a form of kit.Order asks for.
func Moved(list []*record.Record, form url.Values) ([]value.ID, error) {
	var order []value.ID
	for _, text := range kit.Moved(IDs(list), form.Get("do"), form.Get("what"), form["group"]) {
		id, err := value.ParseID(text)
		if err != nil {
			return nil, err
		}
		order = append(order, id)
	}
	if order == nil {
		return nil, fault.New(fault.Invalid, "web.bad_form", nil)
	}
	return order, nil
}

// Arrange puts records in the order that a form of kit.Order asks for, numbered
// from 1 on in a field of theirs; list reads them as they stand. It tells whether
// somebody else has changed the list since the form was shown.
func Arrange(ctx context.Context, s *record.Session, field string, form url.Values, list func() ([]*record.Record, error)) (overtaken bool, err error) {
	rows, err := list()
	if err != nil {
		return false, err
	}
	if len(rows) == 0 {
		return false, fault.New(fault.Conflict, "web.settings.meanwhile", nil)
	}
	object := rows[0].Object.Name
	if err := s.Hold(ctx, object, ids(rows)); err != nil {
		return false, err
	}
	if rows, err = list(); err != nil { // as whoever was faster left it
		return false, err
	}
	overtaken = kit.Overtaken(form, IDs(rows))
	to, err := Moved(rows, form)
	if overtaken && fault.Is(err, fault.Invalid) { // it is there no more
		return false, fault.New(fault.Conflict, "web.settings.meanwhile", nil)
	}
	if err != nil {
		return false, err
	}
	return overtaken, s.Arrange(ctx, object, field, to)
}

func ids(list []*record.Record) []value.ID {
	all := make([]value.ID, len(list))
	for i, r := range list {
		all[i] = r.ID
	}
	return all
}

// IDs are those of records, as forms write them.
func IDs(list []*record.Record) []string {
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID.String()
	}
	return ids
}
