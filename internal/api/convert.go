package api

import (
	"context"

	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// leadMatches answers the accounts and contacts that a lead may already be, and
// their open deals.
func (c *call) leadMatches() error {
	return c.read(func(s *record.Session) error {
		_, id, err := c.target(s)
		if err != nil {
			return err
		}
		matches, err := sales.Matches(c.ctx, s, id)
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"items": matches})
	})
}

// convertLead makes a customer of a lead.
func (c *call) convertLead() error {
	o, err := c.conversion()
	if err != nil {
		return err
	}
	// What it does for deals around the operation, it does for any record.
	return c.onRecord(func(ctx context.Context, s *record.Session, lead value.ID, version int64) (record.Outcome, error) {
		o.Version = version
		done, err := sales.Convert(ctx, s, lead, o)
		return done.Lead, err
	})
}

// conversion reads what a lead is to become.
func (c *call) conversion() (o sales.Options, err error) {
	if o.Account, err = c.becomes(customer.Accounts); err != nil {
		return o, err
	}
	if o.Contact, err = c.becomes(customer.Contacts); err != nil {
		return o, err
	}
	o.Line, _ = c.fields["line"].(bool)
	switch deal := c.fields[sales.Deals.Name].(type) {
	case nil:
	case string:
		if o.Join, err = value.ParseID(deal); err != nil || o.Join == 0 {
			return o, wantsTarget(sales.Deals.Name, "convert.wants_deal")
		}
	case bool:
		if deal {
			o.Deal = record.Values{}
		}
	case map[string]any:
		o.Deal = deal
	default:
		return o, wantsTarget(sales.Deals.Name, "convert.wants_deal")
	}
	return o, nil
}

// becomes reads the id of an existing record, the fields of a new one, or false
// for none.
func (c *call) becomes(o *schema.Object) (t sales.Target, err error) {
	switch x := c.fields[o.Name].(type) {
	case nil:
	case string:
		if t.ID, err = value.ParseID(x); err != nil || t.ID == 0 {
			return t, wantsTarget(o.Name, "convert.wants_target")
		}
	case map[string]any:
		t.Values = x
	case bool:
		if x {
			t.Values = record.Values{}
		}
		t.None = !x
	default:
		return t, wantsTarget(o.Name, "convert.wants_target")
	}
	return t, nil
}

func wantsTarget(member, key string) error {
	return fault.New(fault.Invalid, "api.bad_body", nil).With(fault.Field{Path: member, Key: key})
}
