package process

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// learning is what is learned from won deals, and what was asked for.
type learning struct {
	v         *kit.View
	sel       sales.Selection
	days      int // how far back; 0 = all
	pipelines []choice
	kinds     *schema.FieldDef // of activities
	lesson    *sales.Lesson
	name, err string
	refused   error // why, where err says it
}

// spans are the days that one may look back.
var spans = []int{0, 92, 366}

func showLearn(c *door.Call) error {
	x := &learning{v: c.View}
	x.read(c.R.URL.Query())
	return x.show(c, http.StatusOK)
}

// read takes what is asked from an address or a form.
func (x *learning) read(q url.Values) {
	x.sel.Filter, x.name = q.Get("filter"), q.Get("name")
	x.sel.Pipeline, _ = value.ParseID(q.Get("pipeline"))
	for _, text := range q["id"] {
		if id, err := value.ParseID(text); err == nil && q.Get("all") == "" { // all that match
			x.sel.IDs = append(x.sel.IDs, id)
		}
	}
	if n, err := strconv.Atoi(q.Get("days")); err == nil && n > 0 && n <= 3660 {
		x.days = n
	}
}

// selection is what is asked, within the days.
func (x *learning) selection() sales.Selection {
	sel := x.sel
	if x.days > 0 {
		within := fmt.Sprintf("close_date >= today() - %dd", x.days)
		if sel.Filter != "" {
			within = "(" + sel.Filter + ") and " + within
		}
		sel.Filter = within
	}
	return sel
}

func (x *learning) show(c *door.Call, status int) error {
	err := read(c, func(s *record.Session) (err error) {
		if x.pipelines, err = choices(c.Ctx, s, sales.Pipelines.Name, nil); err != nil {
			return err
		}
		x.kinds, _ = s.Schema().MustObject(activity.Activities.Name).Field(activity.Kind.Name())
		x.lesson, err = sales.Learn(c.Ctx, s, x.selection())
		return err
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid { // a filter that cannot be applied
		x.err, x.lesson, err = c.View.Said(f), &sales.Lesson{}, nil
		status = http.StatusUnprocessableEntity
	}
	if err != nil {
		return err
	}
	if x.name == "" {
		x.name = c.View.T("web.process.learn_name", "pipeline", x.lesson.Name)
	}
	return page(c, status, c.View.T("web.process.learn"), learnPage(x))
}

// teach makes a draft of what was learned and opens it.
func teach(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	x := &learning{v: c.View}
	x.read(form)
	var made value.ID
	err = write(c, "process.learn", func(s *record.Session) (err error) {
		made, err = sales.Teach(c.Ctx, s, x.name, x.selection())
		return err
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		x.err, x.refused = c.View.Said(f), f
		return x.show(c, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.Go(blueprintsURL + "/" + made.String())
}

// summary is what all of the deals have in common, in sentences.
func (x *learning) summary() []string {
	l, list := x.lesson, []string{}
	list = append(list, x.v.T("web.process.learn_deals", "count", l.Deals, "pipeline", l.Name))
	if l.Left > 0 {
		list = append(list, x.v.T("web.process.learn_left", "count", l.Left))
	}
	return append(list, x.v.T("web.process.learn_days", "days", x.long(l.Days)), x.v.T("web.process.learn_exact", "count", l.Exact))
}

// deed is what is done in a stage, in words.
func (x *learning) deed(d sales.LessonDeed) string {
	what := x.kinds.OptionLabel(d.Kind, x.v.Lang)
	if d.Subject != "" {
		what += ": " + d.Subject
	}
	return x.v.T("web.process.learn_deed", "day", d.Day, "what", what, "share", d.Share)
}

// long is a number of days, in words.
func (x *learning) long(days int) string {
	return (&sheet{v: x.v}).duration(hours.Duration{N: days, Unit: hours.Days})
}
