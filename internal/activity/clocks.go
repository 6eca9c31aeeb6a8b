package activity

import (
	"context"
	"time"

	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Morning is when something is due of which only the day is said.
const Morning = 9 * time.Hour

// clocks are the time zones by which the days of members were told last.
var clocks = store.Setting[map[value.ID]string]{Key: "member_clocks"}

// FollowClocks keeps the open tasks of members on their days when their clocks
// hang elsewhere: the company's, or a member's own. zone is a member's.
func FollowClocks(ctx context.Context, s *record.Session, zone func(value.ID) *time.Location) error {
	known, err := clocks.Get(ctx, s.Tx())
	if err != nil {
		return err
	}
	now := map[value.ID]string{}
	changed := false
	for _, member := range s.Roster().MemberIDs() {
		to := zone(member)
		now[member] = to.String()
		was, told := known[member]
		changed = changed || was != to.String()
		if !told || was == to.String() {
			continue
		}
		from, err := time.LoadLocation(was)
		if err != nil {
			return err
		}
		if err := keepDays(ctx, s, member, from, to); err != nil {
			return err
		}
	}
	if !changed && len(now) == len(known) {
		return nil
	}
	return clocks.Set(ctx, s.Tx(), now)
}

// keepDays moves what is due on a day, at its beginning or in its morning by the
// old clock, to the same hour of that day by the new one. Anything else is due at a
// moment, which stays.
func keepDays(ctx context.Context, s *record.Session, member value.ID, from, to *time.Location) error {
	for after := value.ID(0); ; {
		rows, err := s.Tx().Query(ctx, `SELECT id, due_at FROM {activity} WHERE owner_id = $1 AND deleted_at IS NULL AND done IS NOT TRUE
			AND due_at IS NOT NULL AND id > $2 ORDER BY id LIMIT 500`, member, after)
		if err != nil {
			return err
		}
		n, b := 0, record.Batch{Object: Activities.Name}
		for rows.Next() {
			var due time.Time
			if err := rows.Scan(&after, &due); err != nil {
				rows.Close()
				return err
			}
			if n++; onDay(due, from) {
				b.Changes = append(b.Changes, record.Change{ID: after, Values: record.With(record.Values{}, DueAt, hours.Moved(due, from, to))})
			}
		}
		if err := rows.Close(); err != nil {
			return err
		}
		if len(b.Changes) > 0 {
			if _, err := s.AsSystem("another time zone").Save(ctx, b); err != nil {
				return err
			}
		}
		if n < 500 {
			return nil
		}
	}
}

// onDay reports whether a moment stands for its day.
func onDay(due time.Time, zone *time.Location) bool {
	h, m, sec := due.In(zone).Clock()
	since := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second
	return since == 0 || since == Morning
}
