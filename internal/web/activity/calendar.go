package activity

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	room "wellmet/internal/activity"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/views"
)

// Spans of a calendar.
const (
	monthSpan = "month"
	weekSpan  = "week"
	daySpan   = "day"
)

// calendar is a view of records by their time.
type calendar struct {
	*views.State
	v        *kit.View
	span     string
	day      value.Date // that the span is around
	from, to value.Date // shown, the last one excluded
	days     []calDay
	// More says that there is more than is shown.
	more bool
	// ends is when records end, nil where they do not or the actor may not ask.
	ends *schema.FieldDef
}

// calDay is one day with what is on it, by time.
type calDay struct {
	date   value.Date
	other  bool // of the month before or after
	events []event
}

// event is a record at its time.
type event struct {
	step
	start, end time.Time // on its day; end is zero where it has none
	allDay     bool      // a day without a time, or one of several
	// begins and ends are of the whole; last is its last day, of several.
	begins, ends time.Time
	first        bool // its first day
	last         value.Date
	// lane and lanes place it beside others at the same time.
	lane, lanes int
}

// step is what a calendar knows of a record.
type step struct {
	id     value.ID
	title  string
	kind   string // of an activity
	object *schema.Object
	done   bool
	url    string
}

// mostEvents is how much one page of a calendar shows.
const mostEvents = 1000

// Calendar answers the records of a view by their time: a month, a week or a
// day, as the address says.
func Calendar(c *door.Call, st *views.State) error {
	x := newCalendar(c.View, st, c.R.URL.Query())
	err := c.Read(func(s *record.Session) error {
		o, err := s.Object(st.Object.Name)
		if err != nil {
			return err
		}
		return x.load(c, s, o)
	})
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: st.Label(c.View).Many, Nav: "/" + st.Object.Plural, Body: calendarPage(c.View, x)})
}

// newCalendar reads the span and its day; what cannot be read is this month.
func newCalendar(v *kit.View, st *views.State, q url.Values) *calendar {
	x := &calendar{State: st, v: v, span: monthSpan, day: v.Today()}
	if slices.Contains([]string{monthSpan, weekSpan, daySpan}, q.Get("span")) {
		x.span = q.Get("span")
	}
	if d, err := value.ParseDate(q.Get("day")); err == nil && d.Time(time.UTC).Year() > 1900 && d.Time(time.UTC).Year() < 2200 {
		x.day = d
	}
	switch x.span {
	case daySpan:
		x.from, x.to = x.day, x.day.AddDays(1)
	case weekSpan:
		x.from = x.day.WeekStart(v.FirstWeekday())
		x.to = x.from.AddDays(7)
	default:
		first := x.day.MonthStart()
		x.from = first.WeekStart(v.FirstWeekday())
		x.to = first.AddMonths(1).AddDays(6).WeekStart(v.FirstWeekday())
	}
	for d := x.from; d < x.to; d = d.AddDays(1) {
		x.days = append(x.days, calDay{date: d, other: x.span == monthSpan && d.MonthStart() != x.day.MonthStart()})
	}
	return x
}

// load reads what is on the days shown.
func (x *calendar) load(c *door.Call, s *record.Session, o *schema.Object) error {
	when, ok := o.Field(o.When)
	if !ok || !s.Actor().CanFilter(when) {
		return fault.New(fault.NotFound, "web.no_page", nil)
	}
	if f, ok := o.Field(room.EndsAt.Name()); ok && o.Name == room.Activities.Name && s.Actor().CanFilter(f) {
		x.ends = f
	}
	where, err := x.between(when)
	if err != nil {
		return err
	}
	if where, err = visible(s, o, where); err != nil {
		return err
	}
	q := x.Query()
	q.Where, q.Sort, q.Cursor, q.Limit = where, when.Name, "", 500
	q.Fields = fieldsOf(s, o, when)
	for n := 0; n < mostEvents; {
		page, err := s.Query(c.Ctx, q)
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			x.add(r, when)
		}
		n += len(page.Records)
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
		x.more = n >= mostEvents
	}
	for i := range x.days {
		x.days[i].arrange()
	}
	return nil
}

// visible leaves out what others keep to themselves.
func visible(s *record.Session, o *schema.Object, where *expr.Expr) (*expr.Expr, error) {
	if o.Name != room.Activities.Name {
		return where, nil
	}
	private, err := expr.Compare(field(s, room.Private.Name()).ExprField(), expr.OpNe, true)
	if err != nil {
		return nil, err
	}
	mine, err := expr.Compare(field(s, "owner").ExprField(), expr.OpEq, s.Actor().Member())
	if err != nil {
		return nil, err
	}
	return expr.And(where, expr.Or(private, mine)), nil
}

// fieldsOf are the fields that events show, as far as the actor sees them.
func fieldsOf(s *record.Session, o *schema.Object, when *schema.FieldDef) []string {
	names := []string{"id", when.Name}
	for _, name := range []string{o.Title, room.Kind.Name(), room.Done.Name(), room.StartsAt.Name(), room.EndsAt.Name(), room.DueAt.Name()} {
		if f, ok := o.Field(name); ok && s.Actor().Sees(f) && !slices.Contains(names, name) && (name == o.Title || o.Name == room.Activities.Name) {
			names = append(names, name)
		}
	}
	return names
}

// between is the condition of being on the days shown.
func (x *calendar) between(when *schema.FieldDef) (*expr.Expr, error) {
	var from, to any = x.from, x.to
	if when.ValueKind() == schema.KindMoment {
		from, to = x.from.Time(x.v.Zone).UTC(), x.to.Time(x.v.Zone).UTC()
	}
	after, err := expr.Compare(when.ExprField(), expr.OpGe, from)
	if err != nil {
		return nil, err
	}
	before, err := expr.Compare(when.ExprField(), expr.OpLt, to)
	if err != nil {
		return nil, err
	}
	if from, ok := from.(time.Time); ok && x.ends != nil {
		return x.orGoingOn(when, from, expr.And(after, before))
	}
	return expr.And(after, before), nil
}

// longest is how many days before the first that is shown an event may have begun.
const longest = 60

// orGoingOn takes in what began before the days shown and is not over then.
func (x *calendar) orGoingOn(when *schema.FieldDef, from time.Time, shown *expr.Expr) (*expr.Expr, error) {
	var all []*expr.Expr
	for _, c := range []struct {
		f  *schema.FieldDef
		op expr.Op
		to time.Time
	}{{when, expr.OpGe, from.AddDate(0, 0, -longest)}, {when, expr.OpLt, from}, {x.ends, expr.OpGt, from}} {
		e, err := expr.Compare(c.f.ExprField(), c.op, c.to)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return expr.Or(shown, expr.And(all[0], expr.And(all[1], all[2]))), nil
}

// add puts a record on its days.
func (x *calendar) add(r *record.Record, when *schema.FieldDef) {
	e := event{first: true, step: step{id: r.ID, object: r.Object, title: cmp.Or(r.Title(), x.Label(x.v).One), url: "/" + r.Object.Plural + "/" + r.ID.String()}}
	day := x.day
	switch at := r.Value(when).(type) {
	case value.Date:
		day, e.allDay = at, true
	case time.Time:
		e.start, e.begins = at, at
		day = value.DateOf(at, x.v.Zone)
	}
	e.last = day
	if r.Object.Name == room.Activities.Name {
		e.kind, _ = record.Get(r, room.Kind)
		e.done, _ = record.Get(r, room.Done)
		start, ok := record.Get(r, room.StartsAt)
		if end, has := record.Get(r, room.EndsAt); ok && has && start.Equal(e.start) && end.After(start) {
			e.end, e.ends = end, end
			e.last = value.DateOf(end.Add(-1), x.v.Zone) // midnight is of the day before
		}
	}
	for d := max(day, x.from); d <= e.last && d < x.to; d = d.AddDays(1) {
		n := int(d) - int(x.from)
		x.days[n].events = append(x.days[n].events, e.on(d, day, x.v.Zone))
	}
}

// on is the part of an event that is on a day. What takes a day or more stands
// above the hours.
func (e event) on(d, begins value.Date, zone *time.Location) event {
	if e.last == begins {
		return e
	}
	e.first = d == begins
	if e.ends.Sub(e.begins) >= 24*time.Hour {
		e.allDay, e.start, e.end = true, time.Time{}, time.Time{}
		return e
	}
	if !e.first {
		e.start = d.Time(zone).UTC()
	}
	if d < e.last {
		e.end = d.AddDays(1).Time(zone).UTC()
	}
	return e
}

// shortest is how high an event without length stands in a day.
const shortest = 30 * time.Minute

// until is when an event is over, as far as its place goes.
func (e event) until() time.Time {
	if e.end.Sub(e.start) < shortest {
		return e.start.Add(shortest)
	}
	return e.end
}

// arrange puts events at the same time beside each other.
func (d *calDay) arrange() {
	slices.SortStableFunc(d.events, func(a, b event) int { return a.start.Compare(b.start) })
	begin := 0
	var busy time.Time
	var lanes []time.Time
	closeUp := func(to int) {
		for i := begin; i < to; i++ {
			d.events[i].lanes = len(lanes)
		}
		begin, lanes = to, nil
	}
	for i := range d.events {
		e := &d.events[i]
		if !e.start.Before(busy) {
			closeUp(i)
		}
		lane := slices.IndexFunc(lanes, func(t time.Time) bool { return !e.start.Before(t) })
		if lane < 0 {
			lane = len(lanes)
			lanes = append(lanes, time.Time{})
		}
		lanes[lane], e.lane = e.until(), lane
		if e.until().After(busy) {
			busy = e.until()
		}
	}
	closeUp(len(d.events))
}
