package dashboard

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/i18n"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// plan is the page of what is sent, and of a new schedule.
type plan struct {
	v      *kit.View
	of     string // what a new one sends; "" = none is made
	period string // of what; "" = its own
	name   string
	zone   string
	people []choice
	list   []planned
	mail   bool // there is a mail server
	err    error
}

type planned struct {
	id, name, when, next, to, problem, url string
}

func schedules(c *door.Call) error { return planPage(c, c.R.URL.Query().Get("of"), nil) }

func planPage(c *door.Call, of string, refused error) error {
	x := &plan{v: c.View, of: of, period: c.R.FormValue("period"), zone: c.View.Zone.String(), err: refused}
	if err := c.Read(func(s *record.Session) error { return x.read(c, s) }); err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(refused), kit.Page{Title: c.View.T("web.dashboard.schedules"), Nav: home, Body: schedulesPage(x)})
}

func (x *plan) read(c *door.Call, s *record.Session) error {
	server, err := smtp.Settings.Get(c.Ctx, s.Tx())
	if err != nil {
		return err
	}
	x.mail = server.Ready()
	if x.of != "" {
		x.name, err = nameOf(c, s, x.of)
		if err != nil {
			return err
		}
	}
	nobody, _ := s.Roster().Role(process.ServiceRole) // automations read no mails
	for _, id := range s.Roster().MemberIDs() {
		if s.Roster().Active(id) && (nobody == 0 || s.Roster().RoleOf(id) != nobody) {
			x.people = append(x.people, choice{id.String(), s.Roster().Name(id), id == c.Who.Member})
		}
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
	var names []string
	for _, id := range receivers {
		names = append(names, s.Roster().Name(id))
	}
	p.to = c.View.List(names)
	if problem, _ := record.Get(r, report.ScheduleProblem); problem != "" {
		p.problem = c.View.T("web.dashboard.no_server")
	}
	of, _ := record.Get(r, report.ScheduleOf)
	if unseen := c.App.Reports().Unseen(c.Ctx, s, of, receivers); len(unseen) > 0 {
		p.problem = strings.TrimSpace(p.problem + " " + c.View.T("web.dashboard.unseen", "names", c.View.List(unseen)))
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
		return planPage(c, form.Get("of"), err)
	}
	if err != nil {
		return err
	}
	return c.Leave("/schedules", c.View.T("web.dashboard.scheduled"), "")
}

func scheduleValues(form url.Values) record.Values {
	v := record.Values{}
	for name, f := range map[string]string{"of": report.ScheduleOf.Name(), "name": report.ScheduleName.Name(), "every": report.ScheduleEvery.Name(), "period": report.SchedulePeriod.Name(), "zone": report.ScheduleZone.Name()} {
		if text := strings.TrimSpace(form.Get(name)); text != "" {
			v[f] = text
		}
	}
	for name, f := range map[string]string{"weekday": report.ScheduleWeekday.Name(), "day": report.ScheduleMonthday.Name(), "hour": report.ScheduleHour.Name()} {
		if n, err := strconv.ParseInt(form.Get(name), 10, 64); err == nil {
			v[f] = n
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
		day := (int(x.v.FirstWeekday()) + i + 6) % 7
		list = append(list, choice{value: strconv.Itoa(day + 1), label: name, chosen: day == 0})
	}
	return list
}
