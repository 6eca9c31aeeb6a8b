package sales

import (
	"context"

	"wellmet/internal/activity"
	"wellmet/internal/customer"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Erase is customer.Erase for a person who may have been a lead: leads that
// became the contact, and what was written about them, are cleaned as well.
func Erase(ctx context.Context, s *record.Session, contact value.ID) (customer.Erased, error) {
	e, err := customer.Erase(ctx, s, contact)
	if err != nil {
		return e, err
	}
	sys := s.AsSystem("leads of an erased person")
	for _, x := range []struct {
		object *schema.Object
		link   string
	}{{Leads, LeadConvertedContact.Name()}, {LeadPeople, LeadPersonContact.Name()}} {
		page, err := sys.Query(ctx, record.Query{Object: x.object.Name, Filter: x.link + ` = "` + contact.String() + `"`, Limit: 200})
		if err != nil {
			return e, err
		}
		for _, r := range page.Records {
			if _, err := sys.Update(ctx, x.object.Name, r.ID, 0, anonymous(r, e)); err != nil {
				return e, err
			}
			if err := sys.ForgetValues(ctx, x.object.Name, r.ID); err != nil {
				return e, err
			}
			if err := process.Forget(ctx, s, r.ID); err != nil {
				return e, err
			}
			e.Leads++
			if x.object != Leads {
				continue
			}
			n, err := activity.Rewrite(ctx, s, schema.Ref{Object: Leads.Name, ID: r.ID}, e.Clean)
			if e.Activities += n; err != nil {
				return e, err
			}
		}
	}
	return e, e.Count(ctx, s)
}

// anonymous is what takes a person out of a record: how to reach him goes, texts
// lose his name.
func anonymous(r *record.Record, e customer.Erased) record.Values {
	v := record.Values{}
	for _, f := range r.Object.Fields {
		x := r.Value(f)
		if x == nil || !f.Writable() || f.Engine {
			continue
		}
		switch f.Kind {
		case schema.KindEmail, schema.KindPhone, schema.KindAddress:
			v[f.Name] = nil
		case schema.KindText, schema.KindLongText:
			if text, ok := x.(string); ok && e.Clean(text) != text {
				v[f.Name] = e.Clean(text)
			}
		}
	}
	v["name"] = e.Pseudonym
	return v
}
