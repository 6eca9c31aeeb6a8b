package report

import (
	"context"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Schedules have a dashboard or a report mailed to colleagues from time to time,
// to each as he may see it. They are their owners' own.
var Schedules = schedules()

// How often a schedule runs.
const (
	Daily   = "daily"
	Weekly  = "weekly"
	Monthly = "monthly"
)

// Fields of a schedule. Of is "dashboard:KEY" or "report:NAME"; a day of the month
// that a month does not have is its last.
var (
	ScheduleName      = schema.Text(Schedules, "name").Required()
	ScheduleOf        = schema.Text(Schedules, "of").Required()
	SchedulePeriod    = schema.Choice(Schedules, "period", Spans...)
	ScheduleEvery     = schema.Choice(Schedules, "every", Daily, Weekly, Monthly).Default(Weekly).Required()
	ScheduleWeekday   = schema.Int(Schedules, "weekday").Default("1").Between(1, 7)
	ScheduleMonthday  = schema.Int(Schedules, "day_of_month").Default("1").Between(1, 31)
	ScheduleHour      = schema.Int(Schedules, "hour").Default("7").Between(0, 23).Required()
	ScheduleZone      = schema.Text(Schedules, "zone")
	ScheduleReceivers = schema.Links(Schedules, "receivers", access.Members.Name).Required()
	ScheduleActive    = schema.Bool(Schedules, "active").Default("true")
	ScheduleNext      = schema.Moment(Schedules, "next_at").ReadOnly()
	ScheduleLast      = schema.Moment(Schedules, "last_at").ReadOnly()
	ScheduleProblem   = schema.Text(Schedules, "problem").ReadOnly()
	_                 = schema.Choice(Schedules, "shown", record.ViewPrivate, record.ViewTeam, record.ViewAll).Default(record.ViewPrivate).ReadOnly().
				On(func(f *schema.FieldDef) { f.Hidden, f.Quiet = true, true })
)

func schedules() *schema.Object {
	o := schema.NewObject("schedule", "schedules", schema.Owned, "Schedule", "Schedules").PersonalBy("shown")
	o.Hidden = true // it has pages of its own
	return o
}

// timing is when a schedule runs.
type timing struct {
	every              string
	weekday, day, hour int64
	zone               *time.Location
}

// after is the first time of the schedule after a moment: what was missed while
// nobody was there is made up for once.
func (x timing) after(t time.Time) time.Time {
	y, m, d := t.In(x.zone).Date()
	for i := range 64 {
		at := time.Date(y, m, d+i, int(x.hour), 0, 0, 0, x.zone)
		if at.After(t) && x.on(time.Date(y, m, d+i, 12, 0, 0, 0, x.zone)) {
			return at
		}
	}
	return t.AddDate(0, 1, 0) // every month has a day of each kind
}

func (x timing) on(day time.Time) bool {
	switch x.every {
	case Weekly:
		return int64(day.Weekday()+6)%7+1 == x.weekday
	case Monthly:
		last := time.Date(day.Year(), day.Month()+1, 0, 12, 0, 0, 0, x.zone).Day()
		return day.Day() == min(int(x.day), last)
	}
	return true
}

func timingOf(s *record.Session, get func(schema.Field[int64]) int64, every, zone string) (timing, error) {
	x := timing{every: every, weekday: max(1, get(ScheduleWeekday)), day: max(1, get(ScheduleMonthday)), hour: get(ScheduleHour), zone: s.Env().Zone}
	if zone != "" {
		found, err := time.LoadLocation(zone)
		if err != nil {
			return x, fault.New(fault.Invalid, "report.schedule_zone", fault.Args{"zone": value.Printable(zone)})
		}
		x.zone = found
	}
	return x, nil
}

// prepareSchedules works out when they run next.
func prepareSchedules(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Creating && d.Doing != record.Updating {
			continue
		}
		changed := d.Doing == record.Creating
		if to, _ := record.Will(d, ScheduleReceivers); len(to) == 0 && (changed || d.Changed(ScheduleReceivers.Name())) {
			d.Refuse(ScheduleReceivers.Name(), "report.schedule_nobody", nil)
		}
		for _, name := range []string{ScheduleEvery.Name(), ScheduleWeekday.Name(), ScheduleMonthday.Name(), ScheduleHour.Name(), ScheduleZone.Name(), ScheduleActive.Name()} {
			changed = changed || d.Changed(name)
		}
		if !changed || d.Changed(ScheduleNext.Name()) {
			continue
		}
		every, _ := record.Will(d, ScheduleEvery)
		zone, _ := record.Will(d, ScheduleZone)
		x, err := timingOf(s, func(f schema.Field[int64]) int64 { n, _ := record.Will(d, f); return n }, every, zone)
		if err != nil {
			d.Refuse(ScheduleZone.Name(), "report.schedule_zone", fault.Args{"zone": value.Printable(zone)})
			continue
		}
		record.Put(d, ScheduleNext, x.after(s.Now()))
	}
	return nil
}

// checkSchedules refuses what would be mailed to nobody who may see it.
func (b *Book) checkSchedules(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Creating && !d.Changed(ScheduleOf.Name()) && !d.Changed(ScheduleReceivers.Name()) || d.Doing == record.Deleting {
			continue
		}
		of, _ := record.Will(d, ScheduleOf)
		if err := b.Opens(ctx, s, of); err != nil {
			d.Refuse(ScheduleOf.Name(), "report.schedule_of", fault.Args{"of": value.Printable(of)})
			continue
		}
		receivers, _ := record.Will(d, ScheduleReceivers)
		for _, id := range receivers {
			if !s.Roster().Person(id) {
				d.Refuse(ScheduleReceivers.Name(), "report.schedule_left", fault.Args{"name": s.Roster().Name(id)})
			} else if actor, err := s.Roster().Actor(id); err != nil || b.Opens(ctx, s.As(actor), of) != nil {
				d.Refuse(ScheduleReceivers.Name(), "report.schedule_unseen", fault.Args{"name": s.Roster().Name(id)})
			}
		}
	}
	return nil
}

// Unseen are the names of those receivers of what a schedule is of who work here
// and may not see it any more.
func (b *Book) Unseen(ctx context.Context, s *record.Session, of string, receivers []value.ID) (names []string) {
	for _, id := range receivers {
		if actor, err := s.Roster().Actor(id); err == nil && s.Roster().Person(id) && b.Opens(ctx, s.As(actor), of) != nil {
			names = append(names, s.Roster().Name(id))
		}
	}
	return names
}

// Opens says why the actor cannot open what a schedule is of; nil = he can.
func (b *Book) Opens(ctx context.Context, s *record.Session, of string) error {
	kind, key, _ := strings.Cut(of, ":")
	switch kind {
	case "dashboard":
		_, err := b.Dashboard(ctx, s, key)
		return err
	case "report":
		spec, err := b.Find(ctx, s, key)
		if err != nil {
			return err
		}
		if spec.Problem != nil {
			return spec.Problem
		}
		if _, err = s.Object(spec.Object); err != nil || spec.Run != nil {
			return err
		}
		if err := spec.ready(s, Params{}, spec.check(ctx, s)); fault.Is(err, fault.Forbidden) {
			return err
		}
		return nil
	}
	return fault.New(fault.Invalid, "report.schedule_of", fault.Args{"of": value.Printable(of)})
}
