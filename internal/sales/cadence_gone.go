package sales

import (
	"context"
	"slices"

	"wellmet/internal/activity"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// closeAttempts takes the open attempts to reach a lead along into the trash.
func closeAttempts(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var leads []value.ID
	for _, d := range drafts {
		if d.Doing == record.Deleting {
			leads = append(leads, d.ID)
		}
	}
	slices.Sort(leads)
	for chunk := range slices.Chunk(leads, 500) {
		ids, err := s.Tx().IDs(ctx, `SELECT id FROM {enrollment} WHERE deleted_act = $1 AND `+among(s, "lead_id", 2)+` ORDER BY id`,
			s.Act(), idsParam(s.Tx().Dialect(), chunk))
		if err != nil {
			return err
		}
		tasks, err := placedTasks(ctx, s, ids)
		if err != nil {
			return err
		}
		if err := dropOpen(ctx, s, tasks); err != nil {
			return err
		}
	}
	return nil
}

// placedTasks are the attempts of enrollments, also of those in the trash.
func placedTasks(ctx context.Context, s *record.Session, enrollments []value.ID) (tasks []value.ID, err error) {
	rows, err := s.Tx().Query(ctx, `SELECT placed FROM {enrollment} WHERE placed IS NOT NULL AND `+among(s, "id", 1)+` ORDER BY id`,
		idsParam(s.Tx().Dialect(), enrollments))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		placed, _ := rows.Text(0)
		tasks = append(tasks, idsIn(placed)...)
	}
	return tasks, rows.Err()
}

// reopenAttempts brings back the attempts that went with the lead of an
// enrollment which is restored.
func reopenAttempts(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	sys := s.AsSystem("attempts of a lead that is back")
	for _, d := range drafts {
		if d.Doing != record.Restoring {
			continue
		}
		tasks, err := placedTasks(ctx, s, []value.ID{d.ID})
		if err != nil {
			return err
		}
		if len(tasks) == 0 {
			continue
		}
		gone, err := s.Tx().IDs(ctx, `SELECT id FROM {activity} WHERE deleted_act = (SELECT act FROM {history} WHERE record = $1 AND kind = 'delete' ORDER BY version DESC LIMIT 1) AND `+
			among(s, "id", 2)+` ORDER BY id`, d.ID, idsParam(s.Tx().Dialect(), tasks))
		if err != nil {
			return err
		}
		if len(gone) > 0 {
			if err := sys.Restore(ctx, activity.Activities.Name, gone...); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropOpen deletes those of some attempts that nobody has made.
func dropOpen(ctx context.Context, s *record.Session, tasks []value.ID) error {
	sys := s.AsSystem("a cadence ends")
	open, err := sys.GetMany(ctx, activity.Activities.Name, tasks)
	if err != nil {
		return err
	}
	tasks = slices.DeleteFunc(tasks, func(id value.ID) bool {
		if open[id] == nil {
			return true
		}
		done, _ := record.Get(open[id], activity.Done)
		return done
	})
	for chunk := range slices.Chunk(tasks, record.MaxBatch) {
		if err := sys.Delete(ctx, activity.Activities.Name, chunk...); err != nil {
			return err
		}
	}
	return nil
}
