package sales

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// cadence is one made ready.
type cadence struct {
	id    value.ID
	name  string
	days  int
	auto  bool
	when  *expr.Expr
	wrong error
	steps []step
}

type step struct {
	name, kind, text string
	template         value.ID
	day              int
	clock            time.Duration // since midnight; -1 = as soon as possible
	anyHour          bool          // outside working hours too
}

type cadencesKey struct{}

// cadencesOf are the cadences in use with their steps.
func cadencesOf(ctx context.Context, s *record.Session) ([]cadence, error) {
	return record.Keep(s, cadencesKey{}, func() ([]cadence, error) {
		sys := s.AsSystem("cadences")
		page, err := sys.Query(ctx, record.Query{Object: Cadences.Name, Filter: "active = true", Sort: "position,id", Limit: 500})
		if err != nil {
			return nil, err
		}
		steps := map[value.ID][]step{}
		err = sys.Each(ctx, record.Query{Object: CadenceSteps.Name, Sort: "position,id"}, func(r *record.Record) error {
			of, _ := record.Get(r, StepCadence)
			steps[of] = append(steps[of], stepOf(r))
			return nil
		})
		if err != nil {
			return nil, err
		}
		list := make([]cadence, 0, len(page.Records))
		for _, r := range page.Records {
			c := cadence{id: r.ID, name: r.Title(), steps: steps[r.ID]}
			days, _ := record.Get(r, CadenceDays)
			c.days = int(days)
			c.auto, _ = record.Get(r, CadenceAuto)
			if text, ok := record.Get(r, CadenceCondition); ok {
				c.when, c.wrong = sys.Check(s.Schema().MustObject(Leads.Name), text, expr.Bool)
			}
			list = append(list, c)
		}
		return list, nil
	})
}

func stepOf(r *record.Record) step {
	x := step{name: r.Title(), clock: -1}
	x.kind, _ = record.Get(r, StepKind)
	x.text, _ = record.Get(r, StepText)
	x.template, _ = record.Get(r, StepTemplate)
	x.anyHour, _ = record.Get(r, StepAnyHour)
	day, _ := record.Get(r, StepDay)
	x.day = int(day)
	if text, ok := record.Get(r, StepTime); ok {
		if t, err := time.Parse("15:04", text); err == nil {
			x.clock = time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
		}
	}
	return x
}

// apart is the working time between two attempts, at least.
var apart = hours.Duration{N: 60, Unit: hours.BusinessMinutes}

// apartAnyHour is the same for a step that does not keep to working time.
const apartAnyHour = time.Hour

// slot is when a step comes: on its day and hour, in working time, behind the
// one before, and inside the cadence's days if they have room.
func (c cadence) slot(cal *hours.Calendar, started time.Time, st step, before time.Time) time.Time {
	zone := cal.Zone()
	first := value.DateOf(started, zone)
	at := started
	if st.day > 0 || st.clock >= 0 {
		y, m, d := first.AddDays(st.day).Civil()
		at = value.Wall(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Add(max(st.clock, 0)), zone)
	}
	if at.Before(started) {
		at = started
	}
	if st.anyHour {
		if least := before.Add(apartAnyHour); !before.IsZero() && at.Before(least) {
			at = least
		}
		return at
	}
	at = cal.NextOpen(at)
	least := started
	if !before.IsZero() {
		least = cal.Add(before, apart)
	}
	if at.Before(least) {
		at = cal.NextOpen(least)
	}
	end := first.AddDays(c.days)
	if at.Before(end.Time(zone)) {
		return at
	}
	if early, ok := lastSlot(cal, first, end); ok && !early.Before(least) {
		return early
	}
	return at
}

// lastSlot is an hour before closing on the last day that the company works.
func lastSlot(cal *hours.Calendar, first, end value.Date) (time.Time, bool) {
	for d := end.AddDays(-1); d >= first; d = d.AddDays(-1) {
		begin := d.Time(cal.Zone())
		open := cal.Between(begin, d.AddDays(1).Time(cal.Zone()))
		if minutes := int(open/time.Minute) - 60; minutes >= 0 {
			return cal.Add(cal.NextOpen(begin), hours.Duration{N: minutes, Unit: hours.BusinessMinutes}), true
		}
	}
	return time.Time{}, false
}

// Enroll lets leads into a cadence: the first attempt stands in the owner's
// tasks at once. Who opted out, or is in a cadence, is refused.
func Enroll(ctx context.Context, s *record.Session, id value.ID, leads ...value.ID) error {
	c, err := cadenceOf(ctx, s, id)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(leads, 500) {
		b := record.Batch{Object: Enrollments.Name}
		for _, lead := range chunk {
			v := record.With(record.With(record.With(record.With(record.Values{}, EnrollLead, lead), EnrollCadence, id), EnrollState, Going), EnrollStarted, s.Now())
			record.With(record.With(v, EnrollName, c.name), EnrollOnly, lead.String())
			if err := s.MayChange(ctx, Leads.Name, lead); err != nil {
				return err
			}
			b.Changes = append(b.Changes, record.Change{Values: v})
		}
		sys := s.AsSystem("a lead enters a cadence")
		out, err := sys.Save(ctx, b)
		if e, ok := fault.As(err); ok && slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Path == EnrollOnly.Name() }) {
			return fault.New(fault.Conflict, "cadence.enrolled_already", nil)
		}
		if err != nil {
			return err
		}
		ids := make([]value.ID, len(out))
		for i, o := range out {
			ids[i] = o.ID
		}
		if err := advance(ctx, sys, ids); err != nil {
			return err
		}
	}
	return nil
}

func cadenceOf(ctx context.Context, s *record.Session, id value.ID) (cadence, error) {
	list, err := cadencesOf(ctx, s)
	if err != nil {
		return cadence{}, err
	}
	i := slices.IndexFunc(list, func(c cadence) bool { return c.id == id })
	if i < 0 || len(list[i].steps) == 0 {
		return cadence{}, fault.New(fault.Invalid, "cadence.not_in_use", nil).With(fault.Field{Path: EnrollCadence.Name(), Key: "cadence.not_in_use"})
	}
	return list[i], nil
}

// advance places the next attempt of some enrollments.
func advance(ctx context.Context, s *record.Session, ids []value.ID) error {
	found, err := s.GetMany(ctx, Enrollments.Name, ids)
	if err != nil {
		return err
	}
	list, err := cadencesOf(ctx, s)
	if err != nil {
		return err
	}
	var tasks record.Batch
	tasks.Object = activity.Activities.Name
	var placed []value.ID
	derive, ended := map[value.ID][]any{}, []value.ID{}
	for _, id := range ids {
		e := found[id]
		if e == nil {
			continue
		}
		of, _ := record.Get(e, EnrollCadence)
		n, _ := record.Get(e, EnrollStep)
		i := slices.IndexFunc(list, func(c cadence) bool { return c.id == of })
		if i < 0 || int(n) >= len(list[i].steps) {
			ended = append(ended, id)
			continue
		}
		started, _ := record.Get(e, EnrollStarted)
		last, _ := record.Get(e, EnrollLast)
		st := list[i].steps[n]
		cal, err := hours.Whose(ctx, s, e.Owner())
		if err != nil {
			return err
		}
		at := list[i].slot(cal, started, st, last)
		if err := st.write(ctx, s, e); err != nil {
			return err
		}
		tasks.Changes = append(tasks.Changes, record.Change{Values: st.task(e, at)})
		placed = append(placed, id)
		former, _ := record.Get(e, EnrollPlaced)
		derive[id] = []any{n + 1, at, at, nil, former}
	}
	if err := placeTasks(ctx, s, tasks, placed, derive); err != nil {
		return err
	}
	return end(ctx, s, ended, found, Done, byEnd)
}

func placeTasks(ctx context.Context, s *record.Session, tasks record.Batch, placed []value.ID, derive map[value.ID][]any) error {
	if len(placed) == 0 {
		return nil
	}
	out, err := s.Save(ctx, tasks)
	if err != nil {
		return err
	}
	for i, id := range placed {
		derive[id][3] = out[i].ID
		derive[id][4] = strings.TrimSpace(fmt.Sprint(derive[id][4], " ", out[i].ID))
	}
	return setDerived(ctx, s, Enrollments, derive, EnrollStep.Name(), EnrollLast.Name(), EnrollNext.Name(), EnrollTask.Name(), EnrollPlaced.Name())
}

func idsIn(text string) (ids []value.ID) {
	for _, one := range strings.Fields(text) {
		if id, err := value.ParseID(one); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// placedFor are the attempts that were placed for an enrollment.
func placedFor(e *record.Record) (tasks []value.ID) {
	text, _ := record.Get(e, EnrollPlaced)
	tasks = idsIn(text)
	if last, ok := record.Get(e, EnrollTask); ok && !slices.Contains(tasks, last) {
		tasks = append(tasks, last)
	}
	return tasks
}

// write fills the step's template from the lead; where it cannot be filled any
// more the step's own text stands.
func (st *step) write(ctx context.Context, s *record.Session, e *record.Record) error {
	if st.template == 0 {
		return nil
	}
	lead, _ := record.Get(e, EnrollLead)
	r, err := s.Get(ctx, Leads.Name, lead)
	if err != nil {
		return err
	}
	w, err := process.Write(ctx, s, st.template, r)
	if f, ok := fault.As(err); ok && f.Kind != fault.Unavailable {
		return nil
	}
	if w.Body != "" {
		st.text = w.Body
	}
	return err
}

// task is an attempt as its owner finds it among his tasks.
func (st step) task(e *record.Record, at time.Time) record.Values {
	lead, _ := record.Get(e, EnrollLead)
	v := record.With(record.With(record.With(record.Values{}, activity.Kind, st.kind), activity.Subject, st.name), activity.DueAt, at)
	record.With(v, activity.Done, false)
	record.With(v, activity.Targets, []schema.Ref{{Object: Leads.Name, ID: lead}})
	if st.text != "" {
		record.With(v, activity.Body, st.text)
	}
	v["owner"] = nil
	if owner := e.Owner(); owner != 0 {
		v["owner"] = owner
	}
	return v
}

// end closes enrollments; attempts that are still open go.
func end(ctx context.Context, s *record.Session, ids []value.ID, found map[value.ID]*record.Record, state, reason string) error {
	if len(ids) == 0 {
		return nil
	}
	b := record.Batch{Object: Enrollments.Name}
	var tasks []value.ID
	for _, id := range ids {
		v := record.With(record.With(record.Values{}, EnrollState, state), EnrollReason, reason)
		v[EnrollOnly.Name()], v[EnrollNext.Name()] = nil, nil
		b.Changes = append(b.Changes, record.Change{ID: id, Values: v})
		if state == Stopped {
			tasks = append(tasks, placedFor(found[id])...)
		}
	}
	if _, err := s.AsSystem("a cadence ends").Save(ctx, b); err != nil {
		return err
	}
	return dropOpen(ctx, s, tasks)
}
