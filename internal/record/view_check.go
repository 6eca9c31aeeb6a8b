package record

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
)

// viewRule checks views when they are saved, with the eyes of who saves them,
// and keeps what their names mean.
var viewRule = Rule{Name: "views", Objects: []string{Views.Name}, Prepare: prepareViews}

// bindings are what the names in a view's texts mean, by field.
type bindings struct {
	Object string              `json:"object"` // its id
	Filter []string            `json:"filter,omitempty"`
	Paths  map[string][]string `json:"paths,omitempty"` // "sort.0" → ids along the path
}

func prepareViews(ctx context.Context, s *Session, drafts []*Draft) error {
	for _, d := range drafts {
		if d.Doing != Creating && d.Doing != Updating {
			continue
		}
		if err := s.prepareView(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// viewTexts are the fields of a view that name fields of its object.
var viewTexts = []schema.Field[string]{ViewFilter, ViewSort, ViewColumns, ViewGroup}

func (s *Session) prepareView(ctx context.Context, d *Draft) error {
	name, _ := Will(d, ViewObject)
	if name == "" {
		return nil // required
	}
	anew := d.Doing == Creating || d.Changed(ViewObject.Name())
	touched := anew || slices.ContainsFunc(viewTexts, func(f schema.Field[string]) bool { return d.Changed(f.Name()) })
	if !touched && !d.Changed(ViewLayout.Name()) {
		return nil
	}
	o, err := s.Object(name)
	if err != nil {
		return refuseView(d, ViewObject, err)
	}
	if anew {
		Put(d, ViewObject, o.Name)
	}
	var b bindings
	if text, ok := Will(d, viewBindings); ok && !anew {
		if err := json.Unmarshal([]byte(text), &b); err != nil {
			return err
		}
	}
	b.Object = o.ID
	if err := s.bindView(ctx, o, d, &b, anew); err != nil {
		return err
	}
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	Put(d, viewBindings, string(text))
	return s.checkLayout(o, d)
}

// bindView checks those texts that change: what was right and is not any more,
// because a field went, must not keep the view from getting another name.
func (s *Session) bindView(ctx context.Context, o *schema.Object, d *Draft, b *bindings, anew bool) error {
	if b.Paths == nil {
		b.Paths = map[string][]string{}
	}
	for _, f := range viewTexts {
		if !anew && !d.Changed(f.Name()) {
			continue
		}
		text, _ := Will(d, f)
		v := View{}
		switch f {
		case ViewFilter:
			v.Filter = text
		case ViewSort:
			v.Sort = text
		case ViewGroup:
			v.Group = viewParts(text)
		case ViewColumns:
			if _, err := s.project(o, viewParts(text)); err != nil {
				if err := refuseView(d, f, err); err != nil {
					return err
				}
				continue
			}
		}
		if err := s.runs(ctx, o, v); err != nil {
			if err := refuseView(d, f, err); err != nil {
				return err
			}
			continue
		}
		if f == ViewFilter {
			if err := s.bindFilter(o, d, b, text); err != nil {
				return err
			}
			continue
		}
		s.bindPaths(o, d, b, f, text)
	}
	return nil
}

func (s *Session) bindFilter(o *schema.Object, d *Draft, b *bindings, text string) error {
	b.Filter = nil
	if text == "" {
		return nil
	}
	e, err := s.Check(o, text, expr.Bool)
	if err != nil {
		return refuseView(d, ViewFilter, err)
	}
	b.Filter = e.Bindings()
	Put(d, ViewFilter, e.String()) // the spelling that the bindings belong to
	return nil
}

func (s *Session) bindPaths(o *schema.Object, d *Draft, b *bindings, f schema.Field[string], text string) {
	for key := range b.Paths {
		if strings.HasPrefix(key, f.Name()+".") {
			delete(b.Paths, key)
		}
	}
	for i, part := range viewParts(text) {
		_, path, _ := splitPart(part)
		ids, ok := s.state.schema.Bind(o, path)
		if !ok {
			d.Refuse(f.Name(), "record.view_paths_only", nil)
			return
		}
		b.Paths[pathKey(f, i)] = ids
	}
}

// splitPart parts "-amount" and "close_date:month" into what stands around the
// path and the path.
func splitPart(part string) (sign, path, period string) {
	path, down := strings.CutPrefix(part, "-")
	if down {
		sign = "-"
	}
	if i := strings.IndexByte(path, ':'); i >= 0 {
		path, period = path[:i], path[i:]
	}
	return sign, strings.TrimSpace(path), period
}

// checkLayout wants of a board what its columns are, and of a calendar its day.
func (s *Session) checkLayout(o *schema.Object, d *Draft) error {
	layout, _ := Will(d, ViewLayout)
	text, _ := Will(d, ViewGroup)
	group := viewParts(text)
	if len(group) > maxGroups {
		d.Refuse(ViewGroup.Name(), "record.view_groups", fault.Args{"max": maxGroups})
		return nil
	}
	switch layout {
	case BoardLayout:
		if len(group) != 1 {
			d.Refuse(ViewGroup.Name(), "record.view_board", nil)
		}
	case CalendarLayout:
		if len(group) == 1 {
			if f := s.fieldAt(o, group[0]); f != nil && (f.ValueKind() == schema.KindDate || f.ValueKind() == schema.KindMoment) {
				return nil
			}
		}
		d.Refuse(ViewGroup.Name(), "record.view_calendar", nil)
	}
	return nil
}

// refuseView says at the view's field what is wrong with its text.
func refuseView(d *Draft, at schema.Field[string], err error) error {
	e, ok := fault.As(err)
	if !ok {
		return err
	}
	d.Refuse(at.Name(), e.Key, e.Args)
	return nil
}
