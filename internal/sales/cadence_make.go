package sales

import (
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// NewCadence makes a cadence of a week: with the eight calls that reach most
// people, or with no step yet.
func NewCadence(ctx context.Context, s *record.Session, name string, calls bool) (value.ID, error) {
	c, err := s.Create(ctx, Cadences.Name, record.Values{"name": name, "days": int64(7)})
	if err != nil || !calls {
		return c.ID, err
	}
	language := i18n.FormatFor(s.Settings().Locale).Language()
	b := record.Batch{Object: CadenceSteps.Name}
	for i, x := range []struct {
		day  int64
		time string
	}{{0, ""}, {0, "16:00"}, {1, "10:00"}, {2, "14:00"}, {3, "09:30"}, {4, "16:00"}, {5, "11:00"}, {6, "15:00"}} {
		v := record.Values{"name": i18n.Text(language, "sales.seed.call", nil), "cadence": c.ID, "day": x.day, "position": int64(i + 1), "kind": "call"}
		if x.time != "" {
			v["at_time"] = x.time
		}
		b.Changes = append(b.Changes, record.Change{Values: v})
	}
	_, err = s.Save(ctx, b)
	return c.ID, err
}

// StepsOf are the steps of a cadence in their order.
func StepsOf(ctx context.Context, s *record.Session, cadence value.ID) ([]*record.Record, error) {
	page, err := s.Query(ctx, record.Query{Object: CadenceSteps.Name, Filter: `cadence = "` + cadence.String() + `"`, Sort: "position,id", Limit: 500})
	if err != nil {
		return nil, err
	}
	return page.Records, nil
}

// AddStep puts a step behind the others of a cadence.
func AddStep(ctx context.Context, s *record.Session, cadence value.ID, v record.Values) error {
	steps, err := StepsOf(ctx, s, cadence)
	if err != nil {
		return err
	}
	last := int64(0)
	for _, r := range steps {
		at, _ := record.Get(r, StepPosition)
		last = max(last, at)
	}
	record.With(record.With(v, StepCadence, cadence), StepPosition, last+1)
	_, err = s.Create(ctx, CadenceSteps.Name, v)
	return err
}

// Entered tells how many leads of many entered a cadence, and why others did
// not.
type Entered struct {
	In                           int
	There, OptedOut, Over, Alien int // in one already, wants no more, no lead any more, not the actor's to change
}

// EnrollMany lets those of some leads into a cadence who can enter.
func EnrollMany(ctx context.Context, s *record.Session, cadence value.ID, leads []value.ID) (Entered, error) {
	slices.Sort(leads)
	leads = slices.Compact(leads)
	sys, n, can := s.AsSystem("who may enter a cadence"), Entered{}, []value.ID{}
	found, err := sys.GetMany(ctx, Leads.Name, leads)
	if err != nil {
		return n, err
	}
	there, err := going(ctx, s, leads)
	if err != nil {
		return n, err
	}
	for _, id := range leads {
		r := found[id]
		if err := s.MayChange(ctx, Leads.Name, id); r == nil || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
			n.Alien++
			continue
		} else if err != nil {
			return n, err
		}
		status, _ := record.Get(r, LeadStatus)
		out, _ := record.Get(r, LeadOptedOut)
		switch {
		case out:
			n.OptedOut++
		case status == Converted || status == Disqualified:
			n.Over++
		case there[id]:
			n.There++
		default:
			can = append(can, id)
		}
	}
	n.In = len(can)
	return n, Enroll(ctx, s, cadence, can...)
}

// going are those of some leads that are in a cadence.
func going(ctx context.Context, s *record.Session, leads []value.ID) (map[value.ID]bool, error) {
	there := map[value.ID]bool{}
	for chunk := range slices.Chunk(leads, 500) {
		ids, err := s.Tx().IDs(ctx, `SELECT lead_id FROM {enrollment} WHERE state IN ('active', 'paused') AND deleted_at IS NULL AND `+among(s, "lead_id", 1), idsParam(s.Tx().Dialect(), chunk))
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			there[id] = true
		}
	}
	return there, nil
}
