package sales

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// MayUndo refuses to take back a conversion whose deal would stay, since others
// work on it: the lead would be converted anew, into a second deal.
func MayUndo(ctx context.Context, s *record.Session, act value.ID) error {
	lead, deals := s.Schema().MustObject(Leads.Name), s.Schema().MustObject(Deals.Name)
	rows, err := s.Tx().Query(ctx, `SELECT l.id, d.id FROM {history} h JOIN {lead} l ON l.id = h.record JOIN {deal} d ON d.id = l.converted_deal_id AND d.deleted_at IS NULL
		WHERE h.act = $1 AND h.object = $2 AND h.kind = 'update' AND l.status = 'converted' AND l.deleted_at IS NULL
		AND EXISTS (SELECT 1 FROM {history} m WHERE m.record = d.id AND m.act = $1 AND m.kind = 'create') ORDER BY l.id LIMIT 1000`, act, lead.ID)
	if err != nil {
		return err
	}
	var made [][2]value.ID
	for rows.Next() {
		from, _ := rows.ID(0)
		deal, _ := rows.ID(1)
		made = append(made, [2]value.ID{from, deal})
	}
	err = rows.Err()
	rows.Close()
	if err != nil {
		return err
	}
	for _, x := range made {
		if stays, err := s.WouldStay(ctx, act, deals, x[1], x[0]); err != nil || stays {
			if stays {
				return touchedSince(ctx, s, x[1])
			}
			return err
		}
	}
	return nil
}

func touchedSince(ctx context.Context, s *record.Session, deal value.ID) error {
	name := deal.String()
	r, err := s.Get(ctx, Deals.Name, deal)
	if err == nil {
		name = r.Title()
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	return fault.New(fault.Conflict, "lead.conversion_touched", fault.Args{"deal": name})
}
