package dashboard

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// plan is the page of what is sent, and of a schedule that is made or changed.
type plan struct {
	v      *kit.View
	id     string     // of the one that is changed
	form   url.Values // how it stands, as it was typed; nil = none is made or changed
	name   string     // what it sends
	people []choice
	list   []planned
	mail   bool // there is a mail server
	err    error
}

type planned struct {
	id, name, when, next, to, url string
	problems                      []string
}

func schedules(c *door.Call) error {
	of := c.R.URL.Query().Get("of")
	if of == "" {
		return planPage(c, &plan{})
	}
	form := url.Values{"of": {of}, "period": {c.R.FormValue("period")}, "zone": {c.View.Zone.String()}, "to": {c.Who.Member.String()},
		"every": {report.Weekly}, "weekday": {"1"}, "day": {"1"}, "hour": {"7"}}
	return planPage(c, &plan{form: form})
}

func planPage(c *door.Call, x *plan) error {
	x.v = c.View
	if err := c.Read(func(s *record.Session) error { return x.read(c, s) }); err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(x.err), kit.Page{Title: c.View.T("web.dashboard.schedules"), Nav: home, Body: schedulesPage(x)})
}

func (x *plan) read(c *door.Call, s *record.Session) error {
	server, err := smtp.Settings.Get(c.Ctx, s.Tx())
	if err != nil {
		return err
	}
	x.mail = server.Ready()
	if x.id != "" && x.form == nil {
		if err := x.written(c, s); err != nil {
			return err
		}
	}
	if x.name = x.form.Get("name"); x.form != nil && x.id == "" {
		if x.name, err = nameOf(c, s, x.form.Get("of")); err != nil {
			return err
		}
	}
	for _, id := range s.Roster().People() {
		x.people = append(x.people, choice{id.String(), s.Roster().Name(id), slices.Contains(x.form["to"], id.String())})
	}
	slices.SortFunc(x.people, func(a, b choice) int { return strings.Compare(i18n.Fold(a.label), i18n.Fold(b.label)) })
	page, err := s.Query(c.Ctx, record.Query{Object: report.Schedules.Name, Filter: "owner = me()", Sort: "next_at", Limit: 100})
	if err != nil {
		return err
	}
	for _, r := range page.Records {
		x.list = append(x.list, plannedOf(c, s, r))
	}
	return nil
}

// written puts a schedule into the form that changes it.
func (x *plan) written(c *door.Call, s *record.Session) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	r, err := s.Get(c.Ctx, report.Schedules.Name, id)
	if err != nil {
		return err
	}
	x.form = url.Values{"name": {r.Title()}, "version": {strconv.FormatInt(r.Version, 10)}}
	for name, f := range texts {
		text, _ := record.Get(r, f)
		x.form.Set(name, text)
	}
	for name, f := range numbers {
		if n, ok := record.Get(r, f); ok {
			x.form.Set(name, strconv.FormatInt(n, 10))
		}
	}
	if x.form.Get("zone") == "" {
		x.form.Set("zone", s.Env().Zone.String())
	}
	receivers, _ := record.Get(r, report.ScheduleReceivers)
	for _, id := range receivers {
		x.form.Add("to", id.String())
	}
	return nil
}

// nameOf is what the thing to be sent is called.
func nameOf(c *door.Call, s *record.Session, of string) (string, error) {
	kind, key, _ := strings.Cut(of, ":")
	words := &report.Words{Format: c.View.Format, Lang: c.View.Lang}
	if kind == "dashboard" {
		d, err := c.App.Reports().Dashboard(c.Ctx, s, key)
		return d.Title(words), err
	}
	spec, err := c.App.Reports().Find(c.Ctx, s, key)
	words.Spec = spec
	return words.Title(spec.Name), err
}

func plannedOf(c *door.Call, s *record.Session, r *record.Record) planned {
	p := planned{id: r.ID.String(), name: r.Title()}
	every, _ := record.Get(r, report.ScheduleEvery)
	p.when = c.View.T("web.dashboard.every." + every)
	if next, ok := record.Get(r, report.ScheduleNext); ok {
		p.next = c.View.Moment(next, c.View.Zone, c.View.Now)
	}
	receivers, _ := record.Get(r, report.ScheduleReceivers)
	var names, left []string
	for _, id := range receivers {
		if name := s.Roster().Name(id); name != "" {
			names = append(names, name)
			if !s.Roster().Person(id) {
				left = append(left, name)
			}
		}
	}
	p.to = c.View.List(names)
	if problem, _ := record.Get(r, report.ScheduleProblem); problem != "" {
		p.problems = append(p.problems, c.View.T("web.dashboard.no_server"))
	}
	of, _ := record.Get(r, report.ScheduleOf)
	switch err := c.App.Reports().Opens(c.Ctx, s, of); {
	case fault.Is(err, fault.Invalid):
		p.problems = append(p.problems, c.View.T("web.dashboard.mend"))
	case fault.Is(err, fault.NotFound):
		p.problems = append(p.problems, c.View.T("web.dashboard.of_gone"))
	default:
		if unseen := c.App.Reports().Unseen(c.Ctx, s, of, receivers); len(unseen) > 0 {
			p.problems = append(p.problems, c.View.T("web.dashboard.unseen", "names", c.View.List(unseen)))
		}
	}
	if len(left) > 0 {
		p.problems = append(p.problems, c.View.T("web.dashboard.left", "names", c.View.List(left)))
	}
	kind, key, _ := strings.Cut(of, ":")
	p.url = "/" + kind + "s/" + key
	return p
}

// schedule keeps a new one.
func schedule(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	err = c.Write("schedules.new", func(s *record.Session) error {
		_, _, err := c.Once(s, "schedule", form, func() (value.ID, error) {
			out, err := s.Create(c.Ctx, report.Schedules.Name, scheduleValues(form))
			return out.ID, err
		})
		return err
	})
	if door.Showable(err) {
		return planPage(c, &plan{form: form, err: err})
	}
	if err != nil {
		return err
	}
	return c.Leave("/schedules", c.View.T("web.dashboard.scheduled"), "")
}

func rescheduling(c *door.Call) error { return planPage(c, &plan{id: c.R.PathValue("id")}) }

// reschedule changes one: when it is sent and to whom.
func reschedule(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	var act value.ID
	err = c.Write("schedules.change", func(s *record.Session) error {
		version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
		_, err := s.Update(c.Ctx, report.Schedules.Name, id, version, scheduleValues(form))
		act = s.Act()
		return err
	})
	if door.Showable(err) {
		return planPage(c, &plan{id: id.String(), form: form, err: err})
	}
	if err != nil {
		return err
	}
	return c.Leave("/schedules", c.View.T("web.dashboard.scheduled"), door.Undo(act))
}

// texts and numbers are the inputs of a schedule's form.
var (
	texts = map[string]schema.Field[string]{"of": report.ScheduleOf, "name": report.ScheduleName, "every": report.ScheduleEvery,
		"period": report.SchedulePeriod, "zone": report.ScheduleZone}
	numbers = map[string]schema.Field[int64]{"weekday": report.ScheduleWeekday, "day": report.ScheduleMonthday, "hour": report.ScheduleHour}
)

func scheduleValues(form url.Values) record.Values {
	v := record.Values{}
	for name, f := range texts {
		if text := strings.TrimSpace(form.Get(name)); text != "" {
			v[f.Name()] = text
		}
	}
	for name, f := range numbers {
		text := strings.TrimSpace(form.Get(name))
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			v[f.Name()] = n
		} else if form.Has(name) {
			v[f.Name()] = text // refused in words, or empty
		}
	}
	var to []value.ID
	for _, text := range form["to"] {
		if id, err := value.ParseID(text); err == nil {
			to = append(to, id)
		}
	}
	v[report.ScheduleReceivers.Name()] = to
	return v
}

func unschedule(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	var act value.ID
	if err := c.Write("schedules.delete", func(s *record.Session) error {
		err := s.Delete(c.Ctx, report.Schedules.Name, id)
		act = s.Act()
		return err
	}); err != nil {
		return err
	}
	return c.Leave("/schedules", c.View.T("web.dashboard.unscheduled"), door.Undo(act))
}

// weekdays are the days of the week as schedules number them, 1 for Monday.
func (x *plan) weekdays() (list []choice) {
	for i, name := range x.v.WeekdaysLong() {
		day := strconv.Itoa((int(x.v.FirstWeekday())+i+6)%7 + 1)
		list = append(list, choice{value: day, label: name, chosen: day == x.form.Get("weekday")})
	}
	return list
}

// often are the ways in which a schedule comes again.
func (x *plan) often() (list []choice) {
	for _, every := range []string{report.Weekly, report.Daily, report.Monthly} {
		list = append(list, choice{every, x.v.T("web.dashboard.every." + every), every == x.form.Get("every")})
	}
	return list
}

// address is where the form goes.
func (x *plan) address() string {
	if x.id == "" {
		return "/schedules"
	}
	return "/schedules/" + x.id
}
