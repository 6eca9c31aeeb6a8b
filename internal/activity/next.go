package activity

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// followUp makes a task of the next time that a follow-up names, about the
// same records: who writes down a call says in the same breath when he calls
// again. Naming another time moves the task as long as it is open. A time that
// is past already, as imports bring, is kept and makes no task; nor does a task
// that repeats, which makes its own next one.
func followUp(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		at, ok := record.Will(d, NextAt)
		_, repeats := record.Will(d, Repeats)
		if !ok || repeats || !d.Changed(NextAt.Name()) || !at.After(s.Now()) || d.Doing != record.Creating && d.Doing != record.Updating {
			continue
		}
		v := record.With(record.Values{}, DueAt, at)
		task, done, err := nextOf(ctx, s, d.ID)
		sys := s.AsSystem("next time of a follow-up")
		switch {
		case err != nil:
			return err
		case done:
			continue
		case task != 0:
			_, err = sys.Update(ctx, Activities.Name, task, 0, v)
		default:
			record.With(v, Kind, Task)
			record.With(v, Previous, d.ID)
			v["owner"] = d.Field("owner")
			for _, name := range []string{Subject.Name(), Targets.Name(), Private.Name()} {
				if x := d.Field(name); x != nil {
					v[name] = x
				}
			}
			_, err = sys.Create(ctx, Activities.Name, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nextOf finds the activity that follows on another, and whether it is done.
func nextOf(ctx context.Context, s *record.Session, id value.ID) (next value.ID, done bool, err error) {
	var is *bool
	_, err = s.Tx().Row(ctx, `SELECT id, done FROM {activity} WHERE previous_id = $1 AND deleted_at IS NULL`, []any{id}, &next, &is)
	return next, is != nil && *is, err
}
