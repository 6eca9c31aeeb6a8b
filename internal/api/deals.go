package api

import (
	"context"
	"slices"

	"wellmet/internal/activity"
	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// moveDeal puts a deal into another stage.
func (c *call) moveDeal() error {
	return c.onDeal(func(ctx context.Context, s *record.Session, deal value.ID, version int64) (record.Outcome, error) {
		return sales.Move(ctx, s, deal, c.idOf("stage"), version)
	})
}

// winDeal closes a deal as won.
func (c *call) winDeal() error { return c.closeDeal(sales.Win) }

// loseDeal closes a deal as lost.
func (c *call) loseDeal() error { return c.closeDeal(sales.Lose) }

// closeDeal closes a deal, and keeps what is said of it beside the reason as a
// note about it.
func (c *call) closeDeal(as func(context.Context, *record.Session, value.ID, int64, sales.Close) (record.Outcome, error)) error {
	how := sales.Close{Reason: c.textOf("reason"), Competitor: c.textOf("competitor"), On: c.dateOf("on")}
	return c.onDeal(func(ctx context.Context, s *record.Session, deal value.ID, version int64) (record.Outcome, error) {
		out, err := as(ctx, s, deal, version, how)
		if text := c.textOf("note"); err == nil && text != "" {
			_, err = s.Create(ctx, activity.Activities.Name, record.Values{activity.Kind.Name(): activity.Note, activity.Body.Name(): text,
				activity.Targets.Name(): []schema.Ref{{Object: sales.Deals.Name, ID: deal}}})
		}
		return out, asAsked(err)
	})
}

// asAsked names the inputs to mend as the request does.
func asAsked(err error) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	named := *f
	named.Fields = slices.Clone(f.Fields)
	for i := range named.Fields {
		switch path := &named.Fields[i].Path; *path {
		case sales.DealLostReason.Name(), sales.DealWonReason.Name():
			*path = "reason"
		case sales.DealCloseDate.Name():
			*path = "on"
		}
	}
	return &named
}

// reopenDeal takes a closed deal back into work.
func (c *call) reopenDeal() error {
	return c.onDeal(sales.Reopen)
}

// onDeal does something to the deal that the path names, and answers it.
func (c *call) onDeal(do func(context.Context, *record.Session, value.ID, int64) (record.Outcome, error)) error {
	change, err := c.precondition()
	if err != nil {
		return err
	}
	if change.Strict {
		return fault.New(fault.Invalid, "api.bad_header", fault.Args{"name": "If-Match-Strict"})
	}
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		out, err := do(c.ctx, s, id, change.Version)
		if err != nil {
			return err
		}
		return c.show(s, o, out)
	})
}

// dealPath answers the stages that a deal has been in.
func (c *call) dealPath() error {
	return c.read(func(s *record.Session) error {
		_, id, err := c.target(s)
		if err != nil {
			return err
		}
		path, err := sales.Path(c.ctx, s, id)
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"items": path})
	})
}

// eraseContact makes a person unknowable.
func (c *call) eraseContact() error {
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		out, err := customer.Erase(c.ctx, s, id)
		if err != nil {
			return err
		}
		return c.show(s, o, out)
	})
}
