package create

import (
	"net/http"
	"net/url"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// save makes the record, or shows the form again with what is wrong.
func save(c *door.Call) error {
	values, err := c.Form()
	if err != nil {
		return err
	}
	if c.R.URL.Query().Has("adapt") {
		return again(c, values, nil)
	}
	var made outcome
	err = c.Write(c.R.PathValue("plural")+".create", func(s *record.Session) error {
		o, err := creatable(c, s)
		if err != nil {
			return err
		}
		do := create
		if values.Has(joinName) {
			do = join
		}
		made, err = once(c, s, o, values, func() (outcome, error) { return do(c, s, o, values) })
		return err
	})
	if refused(err) {
		return again(c, values, err)
	}
	if err != nil {
		return err
	}
	said := c.View.T("web.create.done", "title", made.Title)
	if values.Has(joinName) {
		said = c.View.T("web.create.joined", "title", made.Title)
	}
	if into := values.Get(intoName); into != "" && c.Fragment() {
		return c.Parts(http.StatusOK, filled(into, made.ID.String(), made.Title), kit.ToastPart(c.View, said, made.undo()))
	}
	list, undo := "/"+c.R.PathValue("plural"), made.undo()
	if undo != "" && !values.Has(joinName) {
		undo += "?to=" + list // the page of what was made goes with it
	}
	return c.Leave(list+"/"+made.ID.String(), said, undo)
}

// outcome is what was made.
type outcome struct {
	ID    value.ID
	Title string
	act   value.ID
}

// undo is the address that takes it back.
func (o outcome) undo() string { return door.Undo(o.act) }

// refused reports whether the form can mend the error.
func refused(err error) bool {
	f, ok := fault.As(err)
	return ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict && len(f.Fields) > 0)
}

func create(c *door.Call, s *record.Session, o *schema.Object, values url.Values) (outcome, error) {
	v, err := read(c, s, o, values)
	if err != nil {
		return outcome{}, err
	}
	out, err := s.Create(c.Ctx, o.Name, v)
	if err != nil {
		return outcome{}, err
	}
	made := outcome{ID: out.ID, act: s.Act()}
	r, err := s.Get(c.Ctx, o.Name, out.ID)
	switch {
	case fault.Is(err, fault.NotFound): // given to somebody out of the actor's reach
	case err != nil:
		return outcome{}, err
	default:
		made.Title = r.Title()
	}
	return made, nil
}

// read takes every field's value, and tells all that is wrong at once.
func read(c *door.Call, s *record.Session, o *schema.Object, values url.Values) (record.Values, error) {
	v, err := parts.ReadAll(c.View, s, askable(s, o), values, "")
	for _, f := range askable(s, o) {
		if val, read := v[f.Name]; read && !given(s, f, val) {
			delete(v, f.Name)
		}
	}
	all, known := fault.As(err)
	if !known {
		return v, err
	}
	for _, f := range askable(s, o) { // what the engine would ask for next
		if f.Required && v[f.Name] == nil && f.Default == "" && !blamed(all, f) {
			all = all.With(fault.Field{Path: f.Name, Key: "field.required", Args: fault.Args{"field": f.Label(c.View.Lang)}})
		}
	}
	return nil, all
}

func blamed(e *fault.Error, f *schema.FieldDef) bool {
	for _, x := range e.Fields {
		if x.Path == f.Name {
			return true
		}
	}
	return false
}

// given reports whether the value says something: an empty one does where a
// default stood, and an unticked box only there.
func given(s *record.Session, f *schema.FieldDef, val any) bool {
	if val == nil || val == false {
		return f.Name != "owner" && startValue(s, f) != nil && startValue(s, f) != val
	}
	return true
}

// again shows the refused form, or the one that adapts to a choice.
func again(c *door.Call, values url.Values, cause error) error {
	var f *form
	err := c.Read(func(s *record.Session) error {
		o, err := creatable(c, s)
		if err != nil {
			return err
		}
		f = newForm(c, s, o)
		f.keep(values)
		f.blame(cause)
		return f.finish(c.Ctx)
	})
	if err != nil {
		return err
	}
	if cause == nil {
		return answer(c, http.StatusOK, f)
	}
	return answer(c, door.Status(cause), f)
}
