package api

import (
	"context"

	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// moveDeal puts a deal into another stage.
func (c *call) moveDeal() error {
	return c.onDeal(func(ctx context.Context, s *record.Session, deal value.ID, version int64) (record.Outcome, error) {
		return sales.Move(ctx, s, deal, c.idOf("stage"), version)
	})
}

// winDeal closes a deal as won.
func (c *call) winDeal() error {
	return c.onDeal(func(ctx context.Context, s *record.Session, deal value.ID, version int64) (record.Outcome, error) {
		return sales.Win(ctx, s, deal, version, c.closing())
	})
}

// loseDeal closes a deal as lost.
func (c *call) loseDeal() error {
	return c.onDeal(func(ctx context.Context, s *record.Session, deal value.ID, version int64) (record.Outcome, error) {
		return sales.Lose(ctx, s, deal, version, c.closing())
	})
}

// reopenDeal takes a closed deal back into work.
func (c *call) reopenDeal() error {
	return c.onDeal(sales.Reopen)
}

func (c *call) closing() sales.Close {
	return sales.Close{Reason: c.textOf("reason"), Competitor: c.textOf("competitor"), On: c.dateOf("on"), Note: c.textOf("note")}
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
