package sales

import (
	"context"
	"strings"

	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// MayUndo refuses to take back a conversion of which the deal, the account or a
// contact would stay, since others work on it: the lead would be converted anew,
// into second ones.
func MayUndo(ctx context.Context, s *record.Session, act value.ID) error {
	lead := s.Schema().MustObject(Leads.Name)
	converted, err := s.Tx().Row(ctx, `SELECT l.id FROM {history} h JOIN {lead} l ON l.id = h.record
		WHERE h.act = $1 AND h.object = $2 AND h.kind = 'update' AND l.status = 'converted' AND l.deleted_at IS NULL LIMIT 1`, []any{act, lead.ID}, nil)
	if err != nil || !converted {
		return err
	}
	all, made, err := conversionIn(ctx, s, act)
	if err != nil {
		return err
	}
	for _, o := range []*schema.Object{Deals, customer.Accounts, customer.Contacts} {
		for _, id := range made[s.Schema().MustObject(o.Name).ID] {
			if stays, err := s.WouldStay(ctx, act, s.Schema().MustObject(o.Name), id, all); err != nil || stays {
				if stays {
					return touchedSince(ctx, s, o, id)
				}
				return err
			}
		}
	}
	return nil
}

// mostConverted bounds what of a conversion is looked at: its activities do not
// matter here.
const mostConverted = 5000

// conversionIn reads which records the act of a conversion changed, and what it
// made, by object, of what is not in the trash.
func conversionIn(ctx context.Context, s *record.Session, act value.ID) (all []value.ID, made map[string][]value.ID, err error) {
	rows, err := s.Tx().Query(ctx, `SELECT h.record, h.object, h.kind FROM {history} h WHERE h.act = $1
		AND NOT EXISTS (SELECT 1 FROM {deal} d WHERE d.id = h.record AND d.deleted_at IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM {account} a WHERE a.id = h.record AND a.deleted_at IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM {contact} c WHERE c.id = h.record AND c.deleted_at IS NOT NULL) ORDER BY h.kind, h.record LIMIT $2`, act, mostConverted)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	made = map[string][]value.ID{}
	for rows.Next() {
		id, _ := rows.ID(0)
		object, _ := rows.Text(1)
		all = append(all, id)
		if kind, _ := rows.Text(2); kind == string(record.Creating) {
			made[strings.Clone(object)] = append(made[strings.Clone(object)], id)
		}
	}
	return all, made, rows.Err()
}

func touchedSince(ctx context.Context, s *record.Session, o *schema.Object, id value.ID) error {
	name := id.String()
	r, err := s.Get(ctx, o.Name, id)
	if err == nil {
		name = r.Title()
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	if o == Deals {
		return fault.New(fault.Conflict, "lead.conversion_touched", fault.Args{"deal": name})
	}
	return fault.New(fault.Conflict, "lead.customer_touched", fault.Args{"title": name})
}
