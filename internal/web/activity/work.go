package activity

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"wellmet/internal/access"
	room "wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Work is what there is to do about one record, as its page shows it.
type Work struct {
	Ref   schema.Ref
	Title string
	URL   string // of the record's page
	// May says that the actor may write something down here.
	May bool
	// Next is the earliest open activity; nil when nothing is planned.
	Next *Step

	email    string         // to write to
	unwanted bool           // whoever it is about wants no mails
	over     bool           // what is won, lost, converted or disqualified asks for no next step
	object   *schema.Object // of activities
	member   value.ID
	people   bool // colleagues can be looked up
}

// Step is an open activity.
type Step struct {
	ID      value.ID
	Kind    string
	Subject string
	At      time.Time // zero = no time
	Owner   kit.Person
	Repeats bool
	Done    bool
	// May says that the actor may complete and move it.
	May bool

	about []schema.Ref
	body  string
}

// Load reads what the composer and the next step of a record's page need.
func Load(c *door.Call, s *record.Session, o *schema.Object, r *record.Record) (*Work, error) {
	w := &Work{Ref: schema.Ref{Object: o.Name, ID: r.ID}, Title: cmp.Or(r.Title(), o.Label(c.View.Lang).One), URL: "/" + o.Plural + "/" + r.ID.String(),
		member: s.Actor().Member(), object: activities(s), people: knowsPeople(s)}
	if !o.Timeline {
		return w, nil
	}
	w.May = s.Actor().Can(activities(s), access.Create)
	if f, ok := o.Field("status"); ok && s.Actor().Sees(f) {
		status, _ := r.Value(f).(string)
		w.over = slices.Contains([]string{sales.Won, sales.Lost, sales.Converted, sales.Disqualified}, status)
	}
	for _, f := range o.Fields {
		if text, ok := r.Value(f).(string); ok && f.Kind == schema.KindEmail && !f.Hidden && s.Actor().Field(f) >= access.ReadField {
			w.email = text
			break
		}
	}
	w.unwanted = sales.Unwanted(r)
	next, planned, err := room.Next(c.Ctx, s, o.Name, r.ID)
	if err != nil || !planned {
		return w, err
	}
	w.Next, err = stepOf(c, s, next)
	return w, err
}

// about reads the record that a form or an address names, with its work.
func about(c *door.Call, s *record.Session, text string) (*Work, error) {
	ref, err := schema.ParseRef(text)
	if err != nil {
		return nil, errNoRecord
	}
	o, err := s.Object(ref.Object)
	if err != nil {
		return nil, errNoRecord
	}
	r, err := s.Get(c.Ctx, o.Name, ref.ID)
	if err != nil {
		return nil, err
	}
	return Load(c, s, o, r)
}

var errNoRecord = fault.New(fault.NotFound, "web.no_page", nil)

func stepOf(c *door.Call, s *record.Session, r *record.Record) (*Step, error) {
	x := &Step{ID: r.ID, Subject: r.Title(), At: when(r), Owner: kit.Person{ID: r.Owner().String(), Name: s.Roster().Name(r.Owner())}}
	x.Kind, _ = record.Get(r, room.Kind)
	x.Done, _ = record.Get(r, room.Done)
	x.about, _ = record.Get(r, room.Targets)
	x.body, _ = record.Get(r, room.Body)
	_, x.Repeats = record.Get(r, room.Repeats)
	err := s.MayChange(c.Ctx, room.Activities.Name, r.ID)
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
		return x, nil
	}
	x.May = err == nil
	return x, err
}

// when is the time for which an activity is planned, zero for none.
func when(r *record.Record) time.Time {
	for _, f := range []schema.Field[time.Time]{room.StartsAt, room.DueAt} {
		if t, ok := record.Get(r, f); ok {
			return t
		}
	}
	return time.Time{}
}

// read finds the activity of the address: by the actor's own scope, or because
// he may read a record that it is about.
func read(c *door.Call, s *record.Session) (*record.Record, error) {
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	r, err := s.AsSystem("activity of a readable record").Get(c.Ctx, room.Activities.Name, id)
	if err != nil {
		return nil, err
	}
	if private, _ := record.Get(r, room.Private); private && r.Owner() != s.Actor().Member() {
		return nil, errNoRecord
	}
	own, err := s.Get(c.Ctx, room.Activities.Name, id)
	if !fault.Is(err, fault.NotFound) {
		return own, err
	}
	targets, _ := record.Get(r, room.Targets)
	for _, ref := range targets {
		if _, err := s.Get(c.Ctx, ref.Object, ref.ID); err == nil {
			return r, nil
		}
	}
	return nil, err
}

// icons are the drawings of kinds.
var icons = map[string]string{room.Note: "sticky-note", room.Mail: "mail", room.Call: "phone", room.Meeting: "calendar", room.Task: "square-check-big"}

// late reports whether the time for a step has passed.
func (x *Step) late(v *kit.View) bool { return !x.At.IsZero() && x.At.Before(v.Now) && !x.Done }

// said is when a step is planned, in words.
func (x *Step) said(v *kit.View) string {
	if x.At.IsZero() {
		return v.T("web.activity.no_time")
	}
	day := value.DateOf(x.At, v.Zone)
	return v.T("web.activity.at", "day", near(v, day), "time", v.Time(x.At, v.Zone))
}

// near is a day as one says it: by its distance within a week.
func near(v *kit.View, d value.Date) string {
	text := v.Near(d, v.Today())
	if distance := int64(d) - int64(v.Today()); distance > 1 && distance < 7 {
		return v.DateWeekday(d, v.Today())
	}
	return text
}

func (x *Step) url(word string) string { return "/activities/" + x.ID.String() + word }

// with is an address of a step that knows on which record's page it stands.
func (w *Work) with(word string) string {
	return w.Next.url(word) + "?" + url.Values{"about": {w.Ref.String()}}.Encode()
}

func (w *Work) query() string { return "?" + url.Values{"about": {w.Ref.String()}}.Encode() }

// draft names what is being written here in this browser: another user of it
// does not find it.
func (w *Work) draft() string { return w.member.String() + " " + w.Ref.String() }

// activities is the object as the workspace has it.
func activities(s *record.Session) *schema.Object {
	return s.Schema().MustObject(room.Activities.Name)
}
