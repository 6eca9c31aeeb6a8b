package home

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// following is the question that comes after a task was ticked.
type following struct {
	v         *kit.View
	id, title string
	undo      string
	controls  []templ.Component
}

// done ticks a task in its place and asks for the next step there.
func done(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(form.Get("v"), 10, 64)
	f := &following{v: c.View, id: id.String()}
	err = c.Write("activities.done", func(s *record.Session) error {
		if _, err := s.Update(c.Ctx, activity.Activities.Name, id, version, record.With(record.Values{}, activity.Done, true)); err != nil {
			return err
		}
		if act := s.Act(); act != 0 {
			f.undo = door.Undo(act)
		}
		task, err := s.Get(c.Ctx, activity.Activities.Name, id)
		if err != nil {
			return err
		}
		f.title = task.Title()
		f.ask(s, nil, nil)
		return nil
	})
	if err != nil {
		return err
	}
	if !c.Fragment() {
		return c.Go("/")
	}
	return c.Parts(200, next(f))
}

// asked are the fields of the next step.
var asked = []string{activity.Subject.Name(), activity.DueAt.Name()}

// ask makes the controls, with what was typed and what is wrong with it.
func (f *following) ask(s *record.Session, typed url.Values, wrong *fault.Error) {
	o, _ := s.Schema().Object(activity.Activities.Name)
	f.controls = nil
	for i, name := range asked {
		field, ok := o.Field(name)
		if !ok || !s.Actor().CanWrite(field) {
			continue
		}
		c := parts.Control{ID: "n-" + f.id + "-" + name, Name: name, Field: field, Typed: typed[name], Autofocus: i == 0, Required: true}
		if name == activity.DueAt.Name() {
			c.Value = tomorrow(f.v)
		}
		if wrong != nil {
			for _, x := range wrong.Fields {
				if x.Path == name {
					c.Error = f.v.FieldFault(x)
				}
			}
		}
		f.controls = append(f.controls, parts.Labeled(f.v, parts.NewNames(s), c))
	}
}

// tomorrow morning of the user, the next working day.
func tomorrow(v *kit.View) time.Time {
	day := v.Now.In(v.Zone).AddDate(0, 0, 1)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, v.Zone)
}

// follow plans what comes after a task, about the same records.
func follow(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	f := &following{v: c.View, id: id.String()}
	var act value.ID
	err = c.Write("activities.plan", func(s *record.Session) error {
		if err := plan(c.Ctx, c.View, s, id, form); err != nil {
			if wrong, ok := fault.As(err); ok && wrong.Kind == fault.Invalid {
				f.ask(s, form, wrong)
			}
			return err
		}
		act = s.Act()
		return nil
	})
	if fault.Is(err, fault.Invalid) && len(f.controls) > 0 && c.Fragment() {
		return c.Parts(422, next(f))
	}
	if err != nil {
		return err
	}
	if !c.Fragment() {
		return c.Go("/")
	}
	return c.Parts(200, planned(c.View, f.id, form.Get(activity.Subject.Name()), door.Undo(act)))
}

func plan(ctx context.Context, v *kit.View, s *record.Session, after value.ID, form url.Values) error {
	before, err := s.Get(ctx, activity.Activities.Name, after)
	if err != nil {
		return err
	}
	values := record.With(record.Values{}, activity.Kind, activity.Task)
	for _, name := range asked {
		field, ok := before.Object.Field(name)
		if !ok {
			continue
		}
		x, err := parts.Read(v, s, field, form, name)
		if err != nil {
			return err
		}
		if x == nil {
			return fault.New(fault.Invalid, "field.required", fault.Args{"field": name}).
				With(fault.Field{Path: name, Key: "field.required", Args: fault.Args{"field": field.Label(v.Lang)}})
		}
		values[name] = x
	}
	if refs, ok := before.Field(activity.Targets.Name()).([]schema.Ref); ok {
		record.With(values, activity.Targets, refs)
	}
	_, err = s.Create(ctx, activity.Activities.Name, values)
	return err
}
