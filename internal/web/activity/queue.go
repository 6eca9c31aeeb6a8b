package activity

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	room "wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
	"wellmet/internal/web/views"
)

// turn is one record of a queue, with what is to be done about it.
type turn struct {
	v     *kit.View
	at    *room.Turn
	o     *schema.Object
	names *parts.Names
	facts []fact
	draft *draft
	last  []room.Item
	// step is the activity itself where the queue is one of activities.
	step  *Step
	about []schema.Ref
}

// fact is one field that says something about the record.
type fact struct {
	f *schema.FieldDef
	v any
}

const queueAddress = "/queue"

// beginQueue makes a queue of a list, or goes on with it where one left it.
func beginQueue(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var id value.ID
	if err := c.Write("queue.begin", func(s *record.Session) (err error) {
		id, err = room.BeginQueue(c.Ctx, s, room.List{Object: form.Get("object"), Filter: form.Get("filter"), Words: form.Get("q"), Sort: form.Get("sort")})
		return err
	}); err != nil {
		return err
	}
	return c.Go(queueAddress + "/" + id.String())
}

// openQueue is a queue in the list of those that one has begun.
type openQueue struct {
	*room.Turn
	label string
	told  []string // the condition of its list
}

// queuesAtOnce is how many queues a page lists.
const queuesAtOnce = 50

// showQueues lists the queues that one has begun.
func showQueues(c *door.Call) error {
	var open []*openQueue
	var next string
	if err := c.Read(func(s *record.Session) error {
		list, after, err := room.OpenQueues(c.Ctx, s, c.R.URL.Query().Get("after"), queuesAtOnce)
		if err != nil {
			return err
		}
		open = make([]*openQueue, len(list))
		for i, t := range list {
			if open[i], err = openQueueOf(c, s, t); err != nil {
				return err
			}
		}
		if after != "" {
			next = queueAddress + "?" + url.Values{"after": {after}}.Encode()
		}
		return nil
	}); err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.queue.title"), Nav: queueAddress, Body: queuesPage(c.View, open, next)})
}

// openQueueOf says in words of what a queue is.
func openQueueOf(c *door.Call, s *record.Session, t *room.Turn) (*openQueue, error) {
	x := &openQueue{Turn: t, label: t.List.Object} // an object that he may no longer know of
	if t.List.Words != "" {
		x.told = append(x.told, "“"+t.List.Words+"”")
	}
	o, err := s.Object(t.List.Object)
	if err == nil {
		x.label = o.Label(c.View.Lang).Many
	}
	if t.List.Filter == "" || t.Broken != nil {
		return x, nil
	}
	read := views.Read(c.View, s, o, t.List.Filter)
	if err := read.Names().Load(c.Ctx); err != nil {
		return nil, err
	}
	x.told = append(read.All(c.View), x.told...)
	return x, nil
}

// showQueue answers the record that is next.
func showQueue(c *door.Call) error {
	t, err := loadTurn(c, nil, nil)
	if err != nil {
		return err
	}
	return c.Show(t.page())
}

func (t *turn) page() kit.Page {
	return kit.Page{Title: t.v.T("web.queue.title"), Nav: queueAddress, Body: queuePage(t)}
}

// loadTurn reads the queue of the address at its place; form and cause are what
// was typed and refused.
func loadTurn(c *door.Call, form url.Values, cause error) (t *turn, err error) {
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	return t, c.Read(func(s *record.Session) error {
		t = &turn{v: c.View, names: parts.NewNames(s)}
		if t.at, err = room.TurnOf(c.Ctx, s, id); err != nil || t.at.Record == nil {
			return err
		}
		if t.o, err = s.Object(t.at.List.Object); err != nil {
			return err
		}
		return t.fill(c, s, form, cause)
	})
}

// mostFacts is how many fields of a record a queue shows, lastItems how much of
// what happened.
const (
	mostFacts = 8
	lastItems = 3
)

func (t *turn) fill(c *door.Call, s *record.Session, form url.Values, cause error) (err error) {
	r := t.at.Record
	if form == nil {
		form = url.Values{"kind": {room.Call}}
	}
	t.draft = newDraft(c, s, form)
	if cause != nil {
		t.draft.blame(c.View, cause)
	}
	t.about = []schema.Ref{{Object: t.o.Name, ID: r.ID}}
	if t.o.Name == room.Activities.Name {
		if t.step, err = stepOf(c, s, r); err != nil {
			return err
		}
		t.about = t.step.about
		t.draft.Kind = room.Task
	} else if t.last, _, err = room.Timeline(c.Ctx, s, t.o.Name, r.ID, room.Filter{Kinds: []string{room.Call, room.Meeting, room.Mail, room.Note, room.Task}}, nil, lastItems); err != nil {
		return err
	}
	t.add(s, r, t.o.Layout().Columns)
	t.reach(s, r)
	for _, ref := range t.about {
		if err := t.people(c, s, ref); err != nil {
			return err
		}
	}
	t.names.Want(field(s, room.Targets.Name()), t.about)
	for _, x := range t.facts {
		t.names.Want(x.f, x.v)
	}
	if err := t.draft.finish(c); err != nil {
		return err
	}
	return t.names.Load(c.Ctx)
}

// add takes the fields of a record that say something.
func (t *turn) add(s *record.Session, r *record.Record, names []string) {
	for _, name := range names {
		f, ok := r.Object.Field(name)
		if !ok || name == r.Object.Title || !s.Actor().Sees(f) || len(t.facts) >= mostFacts {
			continue
		}
		if v := r.Value(f); v != nil {
			t.facts = append(t.facts, fact{f, v})
		}
	}
}

// reach takes the numbers and addresses by which somebody is reached.
func (t *turn) reach(s *record.Session, r *record.Record) {
	for _, f := range r.Object.Visible() {
		if (f.Kind == schema.KindPhone || f.Kind == schema.KindEmail) && s.Actor().Field(f) >= access.ReadField && r.Value(f) != nil {
			t.facts = append(t.facts, fact{f, r.Value(f)})
		}
	}
}

// people takes the numbers and addresses of whom a record is with.
func (t *turn) people(c *door.Call, s *record.Session, ref schema.Ref) error {
	o, err := s.Object(ref.Object)
	if err != nil {
		return nil // nothing that he may know of
	}
	r, err := s.Get(c.Ctx, o.Name, ref.ID)
	if err != nil {
		return unless(err, fault.NotFound)
	}
	if o != t.o {
		t.reach(s, r)
	}
	f, ok := o.Field("contact")
	if !ok || f.Kind != schema.KindLink || !s.Actor().Sees(f) {
		return nil
	}
	id, ok := r.Value(f).(value.ID)
	if !ok {
		return nil
	}
	who, err := s.Get(c.Ctx, f.Target, id)
	if err != nil {
		return unless(err, fault.NotFound)
	}
	t.reach(s, who)
	return nil
}

func unless(err error, kind fault.Kind) error {
	if fault.Is(err, kind) {
		return nil
	}
	return err
}

// goOn does what the form says about the record, and answers the next one.
func goOn(c *door.Call) error {
	queue, form, err := c.Sent()
	if err != nil {
		return err
	}
	item, err := value.ParseID(form.Get("record"))
	if err != nil && form.Get("do") != "end" {
		return errNoRecord
	}
	var m made
	err = c.Write("queue.go_on", func(s *record.Session) (err error) {
		m, err = proceed(c, s, queue, item, form)
		return err
	})
	if refused(err) {
		t, problem := loadTurn(c, form, err)
		if problem != nil {
			return problem
		}
		return c.ShowStatus(http.StatusUnprocessableEntity, t.page())
	}
	switch {
	case err != nil:
		return err
	case form.Get("do") == "end":
		return c.Go(queueAddress)
	case !c.Fragment():
		return c.Go(queueAddress + "/" + queue.String())
	}
	t, err := loadTurn(c, nil, nil)
	if err != nil {
		return err
	}
	shown := []templ.Component{kit.Main(t.page())}
	if m.label != "" {
		shown = append(shown, kit.ToastPart(c.View, c.View.T("web.activity.saved", "kind", m.label), door.Undo(m.act)))
	}
	return c.Parts(http.StatusOK, shown...)
}

// proceed does one thing in a queue: without a word what is written down.
func proceed(c *door.Call, s *record.Session, queue, item value.ID, form url.Values) (made, error) {
	switch form.Get("do") {
	case "end":
		return made{}, room.EndQueue(c.Ctx, s, queue)
	case "back":
		return made{}, room.TurnBack(c.Ctx, s, queue)
	case "skip":
		return made{}, room.PassTurn(c.Ctx, s, queue, item, false)
	}
	m, err := note(c, s, queue, item, form)
	if err != nil {
		return m, err
	}
	return m, room.PassTurn(c.Ctx, s, queue, item, true)
}

// note writes down what was done about a record of a queue; a queue of tasks
// completes them.
func note(c *door.Call, s *record.Session, queue, item value.ID, form url.Values) (made, error) {
	t, err := room.TurnOf(c.Ctx, s, queue)
	if err == nil {
		err = t.Broken
	}
	if err != nil {
		return made{}, err
	}
	if t.List.Object != room.Activities.Name {
		if err := mayCreate(c, s); err != nil {
			return made{}, err
		}
		form.Set("about", schema.Ref{Object: t.List.Object, ID: item}.String())
		return write(c, s, newDraft(c, s, form))
	}
	r, err := s.Get(c.Ctx, room.Activities.Name, item)
	if err != nil {
		return made{}, err
	}
	d := &deed{object: activities(s), Form: form}
	if d.Step, err = stepOf(c, s, r); err != nil {
		return made{}, err
	}
	return d.complete(c, s)
}

// place is how far one is, as the page says it.
func (t *turn) place() string { return placeOf(t.v, t.at) }

func placeOf(v *kit.View, t *room.Turn) string {
	return v.T("web.queue.place", "at", v.Int(t.At+1), "total", v.Int(t.Total))
}

func (t *turn) address() string { return queueAddress + "/" + t.at.Queue.ID.String() }

func (t *turn) title() string {
	if title := t.at.Record.Title(); title != "" {
		return title
	}
	return t.o.Label(t.v.Lang).One
}

func (t *turn) saving() string {
	if t.step != nil {
		return t.v.T("web.queue.done")
	}
	return t.v.T("web.queue.save")
}

// happened is an activity in a line.
func (t *turn) happened(x room.Item) string {
	kind, _ := record.Get(x.Record, room.Kind)
	text := kindLabel(t.v, t.draft.object, kind) + " · " + t.v.Ago(x.At, t.v.Now)
	for _, f := range []schema.Field[string]{room.Subject, room.Body} {
		if said, ok := record.Get(x.Record, f); ok && said != "" {
			return text + " · " + clip(said)
		}
	}
	return text
}
