package api

import (
	"context"
	"net/http"
	"strconv"

	"wellmet/internal/fault"
	"wellmet/internal/marketing"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// checklist answers what there is to ask about a lead, with what is known.
func (c *call) checklist() error {
	return c.read(func(s *record.Session) error {
		_, id, err := c.target(s)
		if err != nil {
			return err
		}
		list, err := sales.Checklist(c.ctx, s, id)
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"items": list})
	})
}

// answerQuestion says what is known of one question.
func (c *call) answerQuestion() error {
	return c.actOn(func(ctx context.Context, s *record.Session, lead value.ID) error {
		_, err := sales.Answer(ctx, s, lead, c.idOf("question"), c.textOf("answer"), c.textOf("note"))
		return err
	})
}

// enroll lets a lead into a cadence.
func (c *call) enroll() error {
	return c.actOn(func(ctx context.Context, s *record.Session, lead value.ID) error {
		return sales.Enroll(ctx, s, c.idOf("cadence"), lead)
	})
}

func (c *call) pauseCadence() error  { return c.actOn(sales.Pause) }
func (c *call) resumeCadence() error { return c.actOn(sales.Resume) }
func (c *call) stopCadence() error   { return c.actOn(sales.Stop) }

// captureLead makes a lead of somebody who came, or adds a touch to the one
// that he is.
func (c *call) captureLead() error {
	values, _ := c.fields["values"].(map[string]any)
	a := sales.Arrival{Values: values, Touch: sales.Touch{Source: c.idOf("lead_source"), Campaign: c.textOf("campaign"), Via: c.textOf("via")}}
	return c.write(func(s *record.Session) error {
		o, err := c.object(s)
		if err != nil {
			return err
		}
		done, err := sales.Capture(c.ctx, s, a)
		if err != nil {
			return err
		}
		if !done.New {
			c.status = http.StatusOK
		}
		r, err := s.Get(c.ctx, o.Name, done.Lead)
		if fault.Is(err, fault.NotFound) {
			return c.marshal(map[string]any{"id": done.Lead.String(), "joined": !done.New})
		}
		if err != nil {
			return err
		}
		if err := c.show(s, o, record.Outcome{ID: r.ID, Version: r.Version}); err != nil {
			return err
		}
		c.out = append(strconv.AppendBool(append(c.out[:len(c.out)-1], `,"joined":`...), !done.New), '}')
		return nil
	})
}

// callSpam and retrySubmission judge what a form brought.
func (c *call) callSpam() error { return c.actOn(marketing.CallSpam) }

func (c *call) retrySubmission() error {
	return c.actOn(func(ctx context.Context, s *record.Session, id value.ID) error {
		_, err := marketing.Retry(ctx, s, id)
		return err
	})
}

// transfer hands a lead on, reclaim takes one back.
func (c *call) transfer() error {
	return c.actOn(func(ctx context.Context, s *record.Session, id value.ID) error {
		_, err := c.ws.Owners().Transfer(ctx, s, sales.Leads.Name, []value.ID{id}, c.idOf("to"), c.yes("tasks"))
		return err
	})
}

func (c *call) reclaim() error {
	return c.actOn(func(ctx context.Context, s *record.Session, id value.ID) error {
		return c.ws.Owners().Reclaim(ctx, s, sales.Leads.Name, id)
	})
}

// actOn does something to the record that the path names, and answers it;
// one that it took out of the caller's sight is answered by its id alone.
func (c *call) actOn(do func(context.Context, *record.Session, value.ID) error) error {
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		if _, err := s.Get(c.ctx, o.Name, id); err != nil {
			return err
		}
		if err := do(c.ctx, s, id); err != nil {
			return err
		}
		r, err := s.Get(c.ctx, o.Name, id)
		if fault.Is(err, fault.NotFound) {
			return c.marshal(map[string]any{"id": id.String()})
		}
		if err != nil {
			return err
		}
		return c.show(s, o, record.Outcome{ID: id, Version: r.Version})
	})
}
