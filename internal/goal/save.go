package goal

import (
	"context"
	"fmt"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Entry is a target as somebody sets it in a planning sheet.
type Entry struct {
	Member, Team value.ID // both 0 = the company
	// ID and Version are of the target that he saw; 0 = there was none.
	ID      value.ID
	Version int64
	Amount  *value.Money // of measures of money
	Number  *int64       // of those that count
	Reason  string
}

// Refused are the entries that cannot be set, by their place.
type Refused map[int]error

// Error implements error.
func (r Refused) Error() string { return fmt.Sprintf("%d targets refused", len(r)) }

// Save sets the targets of a sheet in one act, all or none. Refused tells which
// ones stand in the way. A target that somebody else set meanwhile does.
func (r *Room) Save(ctx context.Context, s *record.Session, q Question, entries []Entry) error {
	refused := Refused{}
	for i, e := range entries {
		if err := s.Try(ctx, func() error { return r.save(ctx, s, q, e) }); err != nil {
			if _, ok := fault.As(err); !ok {
				return err
			}
			refused[i] = err
		}
	}
	if len(refused) > 0 {
		return refused
	}
	return nil
}

func (r *Room) save(ctx context.Context, s *record.Session, q Question, e Entry) error {
	v := record.Values{}
	if e.Amount != nil {
		record.With(v, TargetAmount, *e.Amount)
	}
	if e.Number != nil {
		record.With(v, TargetNumber, *e.Number)
	}
	v[TargetReason.Name()] = nil
	if e.Reason != "" {
		record.With(v, TargetReason, e.Reason)
	}
	if e.ID != 0 {
		return r.change(ctx, s, e, v)
	}
	if e.Member != 0 {
		record.With(v, TargetMember, e.Member)
	}
	if e.Team != 0 {
		record.With(v, TargetTeam, e.Team)
	}
	record.With(v, TargetMeasure, q.Measure)
	record.With(v, TargetPeriod, q.Period.String())
	for _, name := range r.narrow {
		if id := q.Narrow[name]; id != 0 {
			v[name] = id
		}
	}
	there, err := r.there(ctx, s, q, e)
	if err != nil {
		return err
	}
	if there != nil {
		return r.meanwhile(there)
	}
	_, err = s.Create(ctx, Targets.Name, v)
	return err
}

// change sets a target that there is. Someone who saw an older one is told what
// became of it: two who plan at once do not write over each other.
func (r *Room) change(ctx context.Context, s *record.Session, e Entry, v record.Values) error {
	now, err := s.Get(ctx, Targets.Name, e.ID)
	if err != nil {
		return err
	}
	if e.Version != 0 && now.Version != e.Version {
		return r.meanwhile(targetOf(s, now, r.narrow))
	}
	_, err = s.Update(ctx, Targets.Name, e.ID, e.Version, v)
	return err
}

func (r *Room) meanwhile(t *Target) error {
	var told any = t.N
	if m, _ := r.Measure(t.Measure); m.Money {
		told = t.Stated
	}
	return fault.New(fault.Conflict, "goal.meanwhile", fault.Args{"value": told})
}

// there is the target that an entry would be the second of.
func (r *Room) there(ctx context.Context, s *record.Session, q Question, e Entry) (*Target, error) {
	key := keyOf(e.Member, e.Team, q.Measure, DaysOf(q.Period), q.Narrow)
	page, err := s.AsSystem("which targets there are").Query(ctx, record.Query{Object: Targets.Name, Filter: fmt.Sprintf("%s = %q", targetKey.Name(), key), Limit: 1})
	if err != nil || len(page.Records) == 0 {
		return nil, err
	}
	return targetOf(s, page.Records[0], r.narrow), nil
}
