package sales

import (
	"context"
	"slices"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// freeEnrollments lets enrollments go to another lead, as they do where two
// leads become one: which of them goes on there is settled afterwards.
func freeEnrollments(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if movesLead(s, d) {
			d.Set(EnrollOnly.Name(), nil)
		}
	}
	return nil
}

func movesLead(s *record.Session, d *record.Draft) bool {
	return d.Doing == record.Updating && d.Changed(EnrollLead.Name()) && !s.Undoing()
}

// settleEnrollments keeps one cadence of each lead to which another came, the
// one further on, and none of a lead that must not be called.
func settleEnrollments(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var leads []value.ID
	for _, d := range drafts {
		if lead, ok := record.Will(d, EnrollLead); ok && movesLead(s, d) {
			leads = append(leads, lead)
		}
	}
	slices.Sort(leads)
	leads = slices.Compact(leads)
	if len(leads) == 0 {
		return nil
	}
	why, err := notToCall(ctx, s, leads)
	if err != nil {
		return err
	}
	if err := stopFor(ctx, s, why); err != nil {
		return err
	}
	for _, lead := range leads {
		if why[lead] == "" {
			if err := keepFurthest(ctx, s, lead); err != nil {
				return err
			}
		}
	}
	return nil
}

// notToCall tells which of some leads are in no cadence, and why.
func notToCall(ctx context.Context, s *record.Session, leads []value.ID) (map[value.ID]string, error) {
	found, err := s.AsSystem("who may be in a cadence").GetMany(ctx, Leads.Name, leads)
	if err != nil {
		return nil, err
	}
	why := map[value.ID]string{}
	for id, l := range found {
		status, _ := record.Get(l, LeadStatus)
		out, _ := record.Get(l, LeadOptedOut)
		switch {
		case out:
			why[id] = byOptOut
		case status == Converted:
			why[id] = byConvert
		case status == Disqualified:
			why[id] = byDisqual
		}
	}
	return why, nil
}

// keepFurthest ends all cadences of a lead but the one that is furthest on.
func keepFurthest(ctx context.Context, s *record.Session, lead value.ID) error {
	ids, err := s.Tx().IDs(ctx, `SELECT id FROM {enrollment} WHERE state IN ('active', 'paused') AND deleted_at IS NULL AND lead_id = $1
		ORDER BY coalesce(step, 0) DESC, started_at, id`, lead)
	if err != nil || len(ids) == 0 {
		return err
	}
	sys := s.AsSystem("one cadence of a lead goes on")
	found, err := sys.GetMany(ctx, Enrollments.Name, ids)
	if err != nil {
		return err
	}
	if err := end(ctx, s, ids[1:], found, Stopped, byMerge); err != nil {
		return err
	}
	_, err = sys.Update(ctx, Enrollments.Name, ids[0], 0, record.With(record.Values{}, EnrollOnly, lead.String()))
	return err
}
