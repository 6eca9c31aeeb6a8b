package record

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wellmet/internal/activity"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	work "wellmet/internal/web/activity"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

const (
	// timelineFirst is how many entries come with the page: more than a screen
	// shows of the shortest, so that a record with thousands opens like one with
	// ten.
	timelineFirst = 12
	// timelinePage is how many come behind them at once.
	timelinePage = 30
)

// foldWithin is how long a person may take over changes that fold into one.
const foldWithin = 10 * time.Minute

// change is the kind of entries that are changes of the record.
const change = "change"

// timelineKinds are what a timeline can be narrowed to.
var timelineKinds = []string{activity.Note, activity.Mail, activity.Call, activity.Meeting, activity.Task, change}

// entry is one line of a timeline.
type entry struct {
	at     time.Time
	kind   string
	who    kit.Person
	record *record.Record // of an activity
	doing  string         // of a change: create, update, …
	took   taken          // where it took in another
	fields []fieldChange
	move   bool // the state changed, which its first field tells
}

// fieldChange is what one field was and became.
type fieldChange struct {
	field    *schema.FieldDef
	old, new any
}

// day is the entries of one day.
type day struct {
	date    value.Date
	entries []entry
}

// timeline is a page of what happened around a record.
type timeline struct {
	kind string // "" = everything
	days []day
	next string
	// after is the day that the page before ended with: its heading stands
	// already.
	after value.Date
}

// timelinePanel reads the first page.
func timelinePanel(c *door.Call, s *record.Session, m *model) (templ.Component, error) {
	x, err := readTimeline(c.Ctx, s, m, "", "")
	if err != nil {
		return nil, err
	}
	if m.work == nil {
		if m.work, err = work.Load(c, s, m.o, m.r); err != nil {
			return nil, err
		}
	}
	return activityPanel(m, x), nil
}

// activitiesPanel is the tab of tasks or notes.
func activitiesPanel(c *door.Call, s *record.Session, m *model, key string) (templ.Component, error) {
	x, err := readTimeline(c.Ctx, s, m, kindsOf[key][0], "")
	if err != nil {
		return nil, err
	}
	return activitiesList(m, x, key), nil
}

// showTimeline answers a page of entries, or the first of a kind.
func showTimeline(c *door.Call) error {
	q := c.R.URL.Query()
	var m *model
	var x *timeline
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = load(c, s); err != nil {
			return err
		}
		x, err = readTimeline(c.Ctx, s, m, q.Get("kind"), q.Get("before"))
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case !c.Fragment():
		return c.Show(kit.Page{Title: m.title(), Nav: "/" + m.o.Plural, Body: timelinePart(m, x)})
	case q.Get("before") == "":
		return c.Parts(http.StatusOK, timelineBox(m, x))
	}
	return c.Parts(http.StatusOK, entries(m, x))
}

// readTimeline reads a page of a kind behind a place.
func readTimeline(ctx context.Context, s *record.Session, m *model, kind, before string) (*timeline, error) {
	x := &timeline{kind: kind}
	var f activity.Filter
	if slices.Contains(timelineKinds, kind) {
		f.Kinds = []string{kind}
	} else {
		x.kind = ""
	}
	after, err := x.readPlace(m, before)
	if err != nil {
		return nil, err
	}
	size := timelinePage
	if after == nil {
		size = timelineFirst
	}
	items, next, err := activity.Timeline(ctx, s, m.o.Name, m.r.ID, f, after, size)
	if err != nil {
		return nil, err
	}
	var all []entry
	for _, item := range items {
		e, told := entryOf(s, m, item)
		if !told || len(all) > 0 && all[len(all)-1].fold(e) {
			continue
		}
		all = append(all, e)
	}
	for _, e := range all {
		date := value.DateOf(e.at, m.v.Zone)
		if len(x.days) == 0 || x.days[len(x.days)-1].date != date {
			x.days = append(x.days, day{date: date})
		}
		d := &x.days[len(x.days)-1]
		d.entries = append(d.entries, e)
	}
	if next != nil {
		x.next = m.url("/timeline?" + url.Values{"kind": {x.kind}, "before": {strconv.FormatInt(next.At, 36) + "-" + strconv.FormatInt(int64(next.ID), 36)}}.Encode())
	}
	return x, m.n.Load(ctx)
}

// readPlace reads where the page before ended: a moment and an id.
func (x *timeline) readPlace(m *model, text string) (*activity.Place, error) {
	if text == "" {
		return nil, nil
	}
	at, id, _ := strings.Cut(text, "-")
	ms, err := strconv.ParseInt(at, 36, 64)
	n, err2 := strconv.ParseInt(id, 36, 64)
	if err != nil || err2 != nil || ms < 0 || ms > 1<<52 {
		return nil, errNoState
	}
	x.after = value.DateOf(time.UnixMilli(ms), m.v.Zone)
	return &activity.Place{At: ms, ID: value.ID(n)}, nil
}

// quiet are fields that change by themselves; they stand in the history alone.
var quiet = map[string]bool{"stage_since": true, "status": true, "own_forecast": true, "closed_at": true, "own_probability": true, "done_at": true, "at": true,
	"converted_at": true, "converted_by": true}

// entryOf is an item as the page tells it; false for what only the history
// tells.
func entryOf(s *record.Session, m *model, item activity.Item) (entry, bool) {
	e := entry{at: item.At, kind: item.Kind, record: item.Record}
	if item.Record != nil {
		e.who = m.n.Person(item.Record.Owner())
		return e, true
	}
	if item.Change == nil {
		return e, false
	}
	e.who, e.doing, e.took = m.n.Person(item.Change.Actor), item.Change.Kind, takenBy(m, *item.Change)
	e.fields = changesOf(s, m, *item.Change)
	state := stateField(s, m.o)
	moved := slices.ContainsFunc(e.fields, func(x fieldChange) bool { return x.field == state })
	e.fields = slices.DeleteFunc(e.fields, func(x fieldChange) bool {
		return x.field != state && (quiet[x.field.Name] || x.field.Derived() || moved && (x.field.Name == "probability" || x.field.Name == "forecast"))
	})
	slices.SortStableFunc(e.fields, func(a, b fieldChange) int {
		switch state {
		case a.field:
			return -1
		case b.field:
			return 1
		}
		return 0
	})
	e.move = moved
	return e, len(e.fields) > 0 || e.doing != string(record.Updating)
}

// changesOf are the changed fields of an entry that the page knows.
func changesOf(s *record.Session, m *model, e record.Entry) []fieldChange {
	var out []fieldChange
	for _, x := range e.Changes {
		f := m.field(x.Field)
		if f == nil {
			continue
		}
		c := fieldChange{field: f, old: parts.Past(s, f, x.Old), new: parts.Past(s, f, x.New)}
		m.n.Want(f, c.old)
		m.n.Want(f, c.new)
		out = append(out, c)
	}
	return out
}

// fold takes another, earlier change by the same person in: of a field changed
// twice, the first value and the last stay.
func (e *entry) fold(earlier entry) bool {
	if e.kind != change || earlier.kind != change || e.doing != string(record.Updating) || earlier.doing != string(record.Updating) ||
		e.move || earlier.move || e.who != earlier.who || e.at.Sub(earlier.at) > foldWithin {
		return false
	}
	for _, x := range earlier.fields {
		if i := slices.IndexFunc(e.fields, func(y fieldChange) bool { return y.field == x.field }); i >= 0 {
			e.fields[i].old = x.old
			continue
		}
		e.fields = append(e.fields, x)
	}
	return true
}
