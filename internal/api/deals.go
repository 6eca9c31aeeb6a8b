package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// moveDeal puts a deal into another stage.
func (c *call) moveDeal() error { return c.step("") }

// winDeal closes a deal as won.
func (c *call) winDeal() error { return c.step(sales.Won) }

// loseDeal closes a deal as lost.
func (c *call) loseDeal() error { return c.step(sales.Lost) }

// reopenDeal takes a closed deal back into work.
func (c *call) reopenDeal() error { return c.step(sales.Open) }

// step moves the deal that the path names, into the stage of the body or one
// of the kind.
func (c *call) step(kind string) error {
	how := sales.Close{Reason: c.textOf("reason"), Competitor: c.textOf("competitor"), On: c.dateOf("on"), Note: c.textOf("note")}
	return c.onRecord(func(ctx context.Context, s *record.Session, deal value.ID, version int64) (record.Outcome, error) {
		out, err := sales.Move(ctx, s, sales.Step{Deal: deal, Version: version, Stage: c.idOf("stage"), Kind: kind, Close: how})
		return out, asAsked(err)
	})
}

// onRecord does something to the record that the path names, and answers it.
func (c *call) onRecord(do func(context.Context, *record.Session, value.ID, int64) (record.Outcome, error)) error {
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

// stagePath answers the stages that a deal or lead has been in, and what each of
// its list is to it.
func (c *call) stagePath() error {
	return c.read(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		r, err := s.Get(c.ctx, o.Name, id)
		if err != nil {
			return err
		}
		visits, err := sales.Path(c.ctx, s, o, id)
		if err != nil {
			return err
		}
		stages, err := sales.StageTimes(c.ctx, s, o, id)
		if err != nil {
			return err
		}
		paths, err := sales.Paths(c.ctx, s, o, []*record.Record{r}, time.Time{})
		path := paths[id]
		if path == nil {
			path = []sales.PathStage{}
		}
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"items": visits, "stages": stages, "path": path})
	})
}

// stageRates answers the set and the measured rates of a pipeline's stages.
func (c *call) stageRates() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		list, err := sales.RatesOf(c.ctx, s, id)
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"items": list})
	})
}

// eraseContact makes a person unknowable.
func (c *call) eraseContact() error {
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		e, err := sales.Erase(c.ctx, s, id)
		if err != nil {
			return err
		}
		c.w.Header().Set("Wellmet-Erased", fmt.Sprintf("activities=%d, leads=%d, elsewhere=%d", e.Activities, e.Leads, e.Elsewhere))
		return c.show(s, o, e.Outcome)
	})
}

// dealFocus answers how much speaks for working on a deal now, and what.
func (c *call) dealFocus() error {
	return c.read(func(s *record.Session) error {
		_, id, err := c.target(s)
		if err != nil {
			return err
		}
		r, err := s.Get(c.ctx, sales.Deals.Name, id)
		if err != nil {
			return err
		}
		reasons, err := sales.FocusWhy(c.ctx, s, r)
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"focus": r.Field(sales.DealFocus.Name()), "reasons": reasons})
	})
}

// dealPrediction answers what is foretold of an open deal, and why, in words too.
func (c *call) dealPrediction() error {
	return c.read(func(s *record.Session) error {
		_, id, err := c.target(s)
		if err != nil {
			return err
		}
		r, err := s.Get(c.ctx, sales.Deals.Name, id)
		if err != nil {
			return err
		}
		if err := sales.SeesPrediction(s); err != nil {
			return err
		}
		x, err := sales.PredictDeal(c.ctx, s, r)
		if err == nil && x == nil {
			x = &sales.DealOutlook{Silence: sales.Silence{Silent: "closed"}, Reasons: []sales.DealReason{}}
		}
		if err != nil {
			return err
		}
		x.Say(s.Schema(), c.lang())
		return c.marshal(x)
	})
}

// pipelineOutlooks answers of which pipelines deals are foretold, and why of others not.
func (c *call) pipelineOutlooks() error {
	return c.read(func(s *record.Session) error {
		list, err := sales.PipelineOutlooks(c.ctx, s, c.lang())
		if err != nil {
			return err
		}
		return c.marshal(list)
	})
}

// backtest answers how well deals were foretold.
func (c *call) backtest() error {
	return c.read(func(s *record.Session) error {
		b, err := sales.Backtests(c.ctx, s)
		if err != nil {
			return err
		}
		return c.marshal(b)
	})
}

// relearn has the workspace learn anew what wins deals.
func (c *call) relearn() error {
	return c.write(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		if err := s.Later(sales.Relearn{Forced: true}); err != nil {
			return err
		}
		return c.marshal(map[string]any{"queued": true})
	})
}

// whatWorks compares won deals with lost ones.
func (c *call) whatWorks() error {
	pipeline, err := value.ParseID(c.arg("pipeline"))
	if err != nil && c.arg("pipeline") != "" {
		return err
	}
	return c.read(func(s *record.Session) error {
		x, err := sales.Compare(c.ctx, s, pipeline)
		if err != nil {
			return err
		}
		return c.marshal(x)
	})
}

// markFocus pins a deal in the caller's focus list, or puts it off.
func (c *call) markFocus() error {
	var m sales.SetMark
	if _, given := c.fields["pinned"]; given {
		pinned := c.yes("pinned")
		m.Pinned = &pinned
	}
	if _, given := c.fields["snoozed_until"]; given {
		day := c.dateOf("snoozed_until")
		m.Snoozed = &day
	}
	return c.actOn(func(ctx context.Context, s *record.Session, deal value.ID) error {
		return sales.MarkFocus(ctx, s, deal, m)
	})
}
