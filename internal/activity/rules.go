package activity

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Rules are what this room demands of its records.
func Rules() []record.Rule {
	return []record.Rule{{Name: "activity", Objects: []string{Activities.Name},
		Prepare: prepare, Check: check, Applied: applied},
		{Name: "queue", Objects: []string{Queues.Name}, Prepare: nameQueues, Applied: fillQueues}}
}

// prepare keeps the dates of an activity in step: notes are done when written,
// what is marked done has a time.
func prepare(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing == record.Deleting || d.Doing == record.Restoring {
			continue
		}
		kind, _ := record.Will(d, Kind)
		done, _ := record.Will(d, Done)
		if (kind == Note || kind == Mail) && d.Doing == record.Creating && !d.Given(Done.Name()) {
			done = true
			record.Put(d, Done, true)
		}
		if d.Doing == record.Creating && s.Who().Imports() {
			record.Put(d, Imported, true)
		}
		_, has := record.Will(d, DoneAt)
		switch {
		case has && d.Given(DoneAt.Name()) && !d.Given(Done.Name()):
			record.Put(d, Done, true)
		case done && !has:
			record.Put(d, DoneAt, d.At())
		case !done && has:
			d.Set(DoneAt.Name(), nil)
		}
		record.Put(d, At, happens(s, d))
		subject(d, kind)
		mention(s, d)
	}
	return nil
}

// happens is the activity's place on a timeline.
func happens(s *record.Session, d *record.Draft) time.Time {
	for _, f := range []schema.Field[time.Time]{DoneAt, StartsAt, DueAt} {
		if t, ok := record.Will(d, f); ok {
			return t
		}
	}
	if t, ok := d.Field("created_at").(time.Time); ok {
		return t
	}
	return s.Now()
}

// subject gives a note that has none the first words of its text.
func subject(d *record.Draft, kind string) {
	if d.Field(Subject.Name()) != nil {
		return
	}
	body, ok := record.Will(d, Body)
	if !ok {
		body = kind
	}
	runes := []rune(body)
	if i := slices.Index(runes, '\n'); i > 0 {
		runes = runes[:i]
	}
	if len(runes) > 80 {
		runes = append(runes[:79], '…')
	}
	record.Put(d, Subject, string(runes))
}

func check(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		start, ok := record.Will(d, StartsAt)
		end, ok2 := record.Will(d, EndsAt)
		if ok && ok2 && end.Before(start) {
			d.Refuse(EndsAt.Name(), "activity.ends_before_start", nil)
		}
		next, ok := record.Will(d, NextAt)
		if at, _ := record.Will(d, At); ok && next.Before(at) && (d.Changed(NextAt.Name()) || d.Doing == record.Creating) {
			d.Refuse(NextAt.Name(), "activity.next_before", nil)
		}
		if repeats := d.Field(Repeats.Name()); repeats != nil && d.Changed(Repeats.Name()) {
			if _, due := record.Will(d, DueAt); !due {
				d.Refuse(DueAt.Name(), "activity.repeats_without_due", nil)
			}
		}
	}
	return nil
}

// applied makes the next of a repeating task and refreshes what the targets
// know of their activities.
func applied(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if err := repeat(ctx, s, drafts); err != nil {
		return err
	}
	if err := followUp(ctx, s, drafts); err != nil {
		return err
	}
	if err := placeOnTimelines(ctx, s, drafts); err != nil {
		return err
	}
	if err := tellMentioned(ctx, s, drafts); err != nil {
		return err
	}
	targets := map[string]map[value.ID]bool{}
	note := func(v any) {
		refs, _ := v.([]schema.Ref)
		for _, r := range refs {
			if targets[r.Object] == nil {
				targets[r.Object] = map[value.ID]bool{}
			}
			targets[r.Object][r.ID] = true
		}
	}
	for _, d := range drafts {
		note(d.Before(Targets.Name()))
		note(d.Field(Targets.Name()))
	}
	return refresh(ctx, s, targets)
}

// repeat makes exactly one next task: the link back is unique, so that two who
// complete the same task at once cannot make two.
func repeat(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		every, ok := record.Will(d, Repeats)
		done, _ := record.Will(d, Done)
		due, hasDue := record.Will(d, DueAt)
		if !ok || !done || !hasDue || !d.Changed(Done.Name()) || d.Doing == record.Deleting {
			continue
		}
		var n int64
		if _, err := s.Tx().Row(ctx, `SELECT count(*) FROM {activity} WHERE previous_id = $1`, []any{d.ID}, &n); err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		v := record.Values{"previous": d.ID, "due_at": next(due, every, s.Env().Zone), "owner": d.Field("owner")}
		for _, name := range []string{"kind", "subject", "body", "about", "priority", "repeats", "minutes"} {
			if x := d.Field(name); x != nil {
				v[name] = x
			}
		}
		if _, err := s.AsSystem("next of a repeating task").Create(ctx, Activities.Name, v); err != nil {
			return err
		}
	}
	return nil
}

// next is the due time of the repetition, at the same hour by the workspace's
// clock whatever daylight saving does. The last day of a month stays one.
func next(due time.Time, every string, zone *time.Location) time.Time {
	local := due.In(zone)
	day := value.DateOf(due, zone)
	switch every {
	case "daily":
		day = day.AddDays(1)
	case "weekly":
		day = day.AddDays(7)
	case "monthly":
		day = day.AddMonths(1)
	case "quarterly":
		day = day.AddMonths(3)
	default:
		day = day.AddMonths(12)
	}
	y, m, d := day.Civil()
	return time.Date(y, m, d, local.Hour(), local.Minute(), local.Second(), 0, zone).UTC()
}
