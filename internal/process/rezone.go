package process

import (
	"context"
	"time"

	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// clockZone is the time zone that the clocks of runs go by, and how far they have
// been set to it.
var clockZone = store.Setting[*zoneMark]{Key: "process_zone"}

type zoneMark struct {
	Zone string `json:"zone"`
	// From is the zone before, until all runs that began by Until are set; "" =
	// they are. Blueprint and Record are the last that was.
	From      string    `json:"from,omitempty"`
	Until     time.Time `json:"until,omitzero"`
	Blueprint value.ID  `json:"blueprint,omitzero"`
	Record    value.ID  `json:"record,omitzero"`
}

// rezone keeps the days on which limits end when the company's clock hangs
// elsewhere: what is counted in days ends at the same hour of the same day, by the
// new clock.
func (p *Process) rezone(ctx context.Context, s *record.Session) (more bool, err error) {
	mark, err := clockZone.Get(ctx, s.Tx())
	if err != nil {
		return false, err
	}
	zone := s.Settings().Zone
	switch {
	case mark == nil: // never looked: records are yet to show until when they may stay
		return true, clockZone.Set(ctx, s.Tx(), &zoneMark{Zone: zone, From: zone, Until: s.Now()})
	case mark.From == "" && mark.Zone == zone:
		return false, nil
	}
	if mark, err = lockZone(ctx, s); err != nil || mark.From == "" && mark.Zone == zone { // another clock was faster
		return false, err
	}
	if mark.From == "" {
		mark = &zoneMark{Zone: zone, From: mark.Zone, Until: s.Now()}
	}
	from, err := time.LoadLocation(mark.From)
	if err != nil {
		return false, err
	}
	to, err := time.LoadLocation(mark.Zone)
	if err != nil {
		return false, err
	}
	runs, err := mark.runs(ctx, s)
	if err != nil {
		return false, err
	}
	cal, err := hours.Of(ctx, s)
	if err != nil {
		return false, err
	}
	for _, r := range runs {
		if err := r.rezone(ctx, s, cal, from, to); err != nil {
			return false, err
		}
		mark.Blueprint, mark.Record = r.blueprint, r.record
	}
	if err := showRuns(ctx, s, runs); err != nil {
		return false, err
	}
	if len(runs) < tickChunk {
		mark = &zoneMark{Zone: mark.Zone}
	}
	return mark.From != "" || mark.Zone != zone, clockZone.Set(ctx, s.Tx(), mark)
}

// lockZone reads the mark, and lets no other clock set runs until the act ends.
func lockZone(ctx context.Context, s *record.Session) (*zoneMark, error) {
	var text string
	if _, err := s.Tx().Row(ctx, `SELECT value FROM {setting} WHERE key = $1`+s.Tx().Dialect().ForUpdate(), []any{clockZone.Key}, &text); err != nil {
		return nil, err
	}
	return clockZone.Get(ctx, s.Tx())
}

// runs are the next whose time is running, held until the act ends: whoever moves
// a record gives it a time by the new clock.
func (m *zoneMark) runs(ctx context.Context, s *record.Session) ([]*run, error) {
	rows, err := s.Tx().Query(ctx, `SELECT `+runColumns+` FROM {process_run} WHERE due_at IS NOT NULL AND since <= $1
		AND (blueprint > $2 OR blueprint = $2 AND record > $3) ORDER BY blueprint, record LIMIT $4`+s.Tx().Dialect().ForUpdate(),
		m.Until, m.Blueprint, m.Record, tickChunk)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []*run
	for rows.Next() {
		r := &run{}
		if err := r.scan(rows); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// showRuns lets the records of runs show when these are due.
func showRuns(ctx context.Context, s *record.Session, runs []*run) error {
	of := map[*schema.Object][]value.ID{}
	for _, r := range runs {
		b, err := versionOf(ctx, s, r.version)
		if err != nil {
			return err
		}
		if b != nil {
			of[b.object] = append(of[b.object], r.record)
		}
	}
	for o, ids := range of {
		if err := showDue(ctx, s, o, ids); err != nil {
			return err
		}
	}
	return nil
}

// rezone sets one run's clock. What is over already stays as it was.
func (r *run) rezone(ctx context.Context, s *record.Session, cal *hours.Calendar, from, to *time.Location) error {
	b, err := versionOf(ctx, s, r.version)
	if err != nil || b == nil {
		return err
	}
	st := b.states[r.state]
	if r.level >= levelOver || from.String() == to.String() || st == nil || st.Limit == nil || st.Limit.Unit != hours.Days && st.Limit.Unit != hours.BusinessDays {
		return nil
	}
	due := hours.Moved(*r.due, from, to)
	r.due = &due
	_, err = s.Tx().Exec(ctx, `UPDATE {process_run} SET due_at = $1, next_at = $2 WHERE blueprint = $3 AND record = $4`, due, orNull(r.next(st, cal)), r.blueprint, r.record)
	return err
}
