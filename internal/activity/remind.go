package activity

import (
	"context"
	"strconv"
	"time"

	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// The hours in which people are reminded, by their own clocks.
const (
	dayBegins = 8
	dayEnds   = 20
)

// RemindAt is when somebody is reminded of what is due: at that moment, and in
// the morning of the day where it falls outside of it.
func RemindAt(due time.Time, zone *time.Location) time.Time {
	local := due.In(zone)
	if h := local.Hour(); h >= dayBegins && h < dayEnds {
		return due
	}
	y, m, d := local.Date()
	return time.Date(y, m, d, dayBegins, 0, 0, 0, zone)
}

// Remind tells the owners of open activities that these are due, if the moment
// to do so lies behind from and not behind to. zone is a member's.
func Remind(ctx context.Context, s *record.Session, zone func(value.ID) *time.Location, from, to time.Time) error {
	rows, err := s.Tx().Query(ctx, `SELECT t.id, t.owner_id, t.due_at FROM {activity} t WHERE t.deleted_at IS NULL AND t.due_at > $1 AND t.due_at <= $2
		AND t.done IS NOT TRUE AND t.owner_id IS NOT NULL ORDER BY t.due_at, t.id`, from.Add(-day), to.Add(day))
	if err != nil {
		return err
	}
	defer rows.Close()
	type task struct {
		id, owner value.ID
		due       time.Time
	}
	var tasks []task
	for rows.Next() {
		var x task
		if err := rows.Scan(&x.id, &x.owner, &x.due); err != nil {
			return err
		}
		if at := RemindAt(x.due, zone(x.owner)); at.After(from) && !at.After(to) {
			tasks = append(tasks, x)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for _, x := range tasks {
		if err := notify.Send(ctx, s, notify.Notice{To: []value.ID{x.owner}, Kind: notify.Due, Key: "notify.due",
			Link: schema.Ref{Object: Activities.Name, ID: x.id}.String(),
			Once: "due:" + x.id.String() + ":" + strconv.FormatInt(x.due.UnixMilli(), 36)}); err != nil {
			return err
		}
	}
	return nil
}

// day is more than a reminder and what it is of can lie apart.
const day = 24 * time.Hour
