package activity

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/access"
	room "wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// draft is something that is being written down.
type draft struct {
	Kind   string
	Form   url.Values // what was typed, empty at first
	Faults map[string]string
	// Work is the record's on whose page it stands; nil in a dialog.
	Work *Work
	// About is the control that chooses records in a dialog.
	About  parts.Control
	Names  *parts.Names
	object *schema.Object
	Owner  parts.Control
	people bool // colleagues can be looked up
}

// kinds are those of the composer, each with its key.
var kinds = []struct{ Kind, Key string }{{room.Note, "n"}, {room.Call, "l"}, {room.Task, "t"}, {room.Meeting, "v"}, {room.Mail, "m"}}

// optionLabel is the name of an option of an activity's field, as the workspace
// has it.
func optionLabel(v *kit.View, o *schema.Object, field, key string) string {
	f, ok := o.Field(field)
	if !ok {
		return key
	}
	return f.OptionLabel(key, v.Lang)
}

func kindLabel(v *kit.View, o *schema.Object, kind string) string {
	return optionLabel(v, o, room.Kind.Name(), kind)
}

// results are the outcomes that a kind can have.
var results = map[string][]string{room.Call: {"reached", "not_reached", "left_message"}, room.Meeting: {"held", "no_show", "cancelled"}}

func known(kind string) bool {
	return slices.ContainsFunc(kinds, func(x struct{ Kind, Key string }) bool { return x.Kind == kind })
}

// newDraft begins to write; the form may say of which kind and about what.
func newDraft(c *door.Call, s *record.Session, form url.Values) *draft {
	d := &draft{object: activities(s), Kind: form.Get("kind"), Form: form, Faults: map[string]string{}, Names: parts.NewNames(s), people: knowsPeople(s)}
	if !known(d.Kind) {
		d.Kind = room.Note
	}
	d.About = parts.Control{ID: "act-about", Name: "about", Field: field(s, room.Targets.Name()), Required: true}
	d.Owner = parts.Control{ID: "act-owner", Name: "owner", Field: field(s, "owner"), Value: s.Actor().Member()}
	if c.R.Method == "POST" || form.Has("about") {
		d.About.Typed = parts.Typed(d.About.Field, form, "about")
		d.About.Unresolved = form.Get("about.text")
	}
	d.Owner.Refill(form)
	return d
}

func field(s *record.Session, name string) *schema.FieldDef {
	f, _ := s.Schema().MustObject(room.Activities.Name).Field(name)
	return f
}

// finish loads what the controls name.
func (d *draft) finish(c *door.Call) error {
	d.About.Error, d.Owner.Error = d.Faults["about"], d.Faults["owner"]
	d.Names.WantControl(d.About)
	d.Names.WantControl(d.Owner)
	return d.Names.Load(c.Ctx)
}

// inputs are the form's names of what the engine calls otherwise.
var inputs = map[string]string{"next_at": "next_when", "due_at": "due", "starts_at": "starts", "ends_at": "minutes"}

// blame puts what is wrong at its input.
func (d *draft) blame(v *kit.View, err error) {
	f, ok := fault.As(err)
	if !ok {
		return
	}
	for _, x := range f.Fields {
		d.Faults[cmp.Or(inputs[x.Path], x.Path)] = v.FieldFault(x)
	}
	if len(f.Fields) == 0 {
		d.Faults[""] = v.Fault(err)
	}
}

// other are faults that no input shows.
func (d *draft) other() string {
	var all []string
	for name, text := range d.Faults {
		if !slices.Contains([]string{"subject", "body", "result", "due", "starts", "minutes", "next", "next_when", "about", "owner"}, name) {
			all = append(all, text)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// values reads the form as an activity, with what comes next.
func (d *draft) values(c *door.Call, s *record.Session) (v record.Values, next nextStep, err error) {
	v = record.With(record.Values{}, room.Kind, d.Kind)
	targets, err := d.targets(c, s)
	if err != nil {
		return nil, next, err
	}
	v[room.Targets.Name()] = targets
	for _, name := range []string{"subject", "body"} {
		if text := strings.TrimSpace(strings.ReplaceAll(d.Form.Get(name), "\r\n", "\n")); text != "" {
			v[name] = text
		}
	}
	if err := d.missing(v); err != nil {
		return nil, next, err
	}
	if ids := d.mentioned(s); len(ids) > 0 {
		record.With(v, room.Mentions, ids)
	}
	if err := d.times(c.View, v); err != nil {
		return nil, next, err
	}
	if d.Form.Has("owner") && d.Kind == room.Task {
		owner, err := parts.Read(c.View, s, d.Owner.Field, d.Form, "owner")
		if err != nil {
			return nil, next, err
		}
		if owner != nil && owner != s.Actor().Member() {
			v["owner"] = owner
		}
	}
	if d.Kind == room.Task {
		return v, next, nil
	}
	if next, err = readNext(c.View, d.Form); err == nil && !next.At.IsZero() {
		record.With(v, room.NextAt, next.At)
	}
	return v, next, err
}

// mentioned are those who were chosen while writing and whose names still stand
// there: of two of the same name the text alone does not say which.
func (d *draft) mentioned(s *record.Session) (ids []value.ID) {
	for _, text := range d.Form["mention"] {
		id, err := value.ParseID(text)
		if err == nil && s.Roster().Active(id) && !slices.Contains(ids, id) && strings.Contains(d.Form.Get("body"), "@"+s.Roster().Name(id)) {
			ids = append(ids, id)
		}
	}
	return ids
}

// knowsPeople reports whether the actor may look colleagues up.
func knowsPeople(s *record.Session) bool {
	_, err := s.Object(access.Members.Name)
	return err == nil
}

// targets are the records that it is about.
func (d *draft) targets(c *door.Call, s *record.Session) (any, error) {
	val, err := parts.Read(c.View, s, d.About.Field, d.Form, "about")
	if err == nil && val == nil {
		return nil, refusal("about", "web.activity.about_missing", nil)
	}
	return val, err
}

// missing refuses an entry that says nothing.
func (d *draft) missing(v record.Values) error {
	switch {
	case (d.Kind == room.Task || d.Kind == room.Meeting) && v["subject"] == nil:
		return refusal("subject", "web.activity.subject_missing", nil)
	case d.Kind == room.Note && v["body"] == nil:
		return refusal("body", "web.activity.text_missing", nil)
	case d.Kind == room.Call && v["body"] == nil && d.Form.Get("result") == "":
		return refusal("body", "web.activity.call_missing", nil)
	case d.Kind == room.Mail && v["body"] == nil && v["subject"] == nil:
		return refusal("body", "web.activity.text_missing", nil)
	}
	return nil
}

// times fills in when it is or was, and what came of it.
func (d *draft) times(v *kit.View, to record.Values) error {
	switch d.Kind {
	case room.Call, room.Mail:
		record.With(to, room.Done, true)
		if d.Kind == room.Mail {
			record.With(to, room.Result, "sent")
		} else if r := d.Form.Get("result"); r != "" {
			record.With(to, room.Result, r)
		}
	case room.Task:
		due, ok, err := chosen(v, d.Form, "due", morning)
		if ok {
			record.With(to, room.DueAt, due)
		}
		for _, name := range []string{"priority", "repeats"} {
			if x := d.Form.Get(name); x != "" {
				to[name] = x
			}
		}
		return err
	case room.Meeting:
		return d.meeting(v, to)
	}
	return nil
}

// meeting is one that is planned, or, when its time has passed, one that took
// place.
func (d *draft) meeting(v *kit.View, to record.Values) error {
	form := url.Values{"starts": {pick}, "starts_day": {d.Form.Get("starts_day")}, "starts_time": {d.Form.Get("starts_time")}}
	start, _, err := chosen(v, form, "starts", morning)
	if err != nil {
		return err
	}
	minutes := 60
	if text := strings.TrimSpace(d.Form.Get("minutes")); text != "" {
		if minutes, err = strconv.Atoi(text); err != nil || minutes < 1 || minutes > 14*24*60 {
			return refusal("minutes", "web.activity.minutes_wrong", nil)
		}
	}
	end := start.Add(time.Duration(minutes) * time.Minute)
	record.With(to, room.StartsAt, start)
	record.With(to, room.EndsAt, end)
	record.With(to, room.Minutes, int64(minutes))
	if end.Before(v.Now) {
		record.With(to, room.Done, true)
		record.With(to, room.DoneAt, start)
		record.With(to, room.Result, "held")
	}
	return nil
}

// nextStep is what follows on an entry.
type nextStep struct {
	Text string
	At   time.Time
}

// readNext reads what comes next. A text alone means tomorrow.
func readNext(v *kit.View, form url.Values) (nextStep, error) {
	n := nextStep{Text: strings.TrimSpace(form.Get("next"))}
	when, ok, err := chosen(v, form, "next_when", morning)
	switch {
	case err != nil:
		return n, err
	case ok:
		n.At = when
	case n.Text != "":
		n.At = at(v, v.Today().AddDays(1), morning)
	}
	if !n.At.IsZero() && !n.At.After(v.Now) {
		return n, refusal("next_when", "web.activity.next_past", nil)
	}
	return n, nil
}

func mayCreate(c *door.Call, s *record.Session) error {
	if !s.Actor().Can(activities(s), access.Create) {
		return fault.New(fault.Forbidden, "record.may_not_create", fault.Args{"object": activities(s).Label(c.View.Lang).One})
	}
	return nil
}
