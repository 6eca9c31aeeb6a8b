package api

import (
	"wellmet/internal/activity"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// queueTurn answers whose turn it is in a queue.
func (c *call) queueTurn() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error { return c.turn(s, id) })
}

// turn writes whose turn it is.
func (c *call) turn(s *record.Session, queue value.ID) error {
	t, err := activity.TurnOf(c.ctx, s, queue)
	if err == nil {
		err = t.Broken
	}
	if err != nil {
		return err
	}
	over, _ := record.Get(t.Queue, activity.QueueOver)
	out := map[string]any{"object": t.List.Object, "record": nil, "at": t.At, "worked": t.Done, "total": t.Total, "over": over}
	if t.Record != nil {
		out["record"] = map[string]any{"id": t.Record.ID, "title": t.Record.Title()}
	}
	return c.marshal(out)
}

// onTurn changes a queue, and answers whose turn it is then.
func (c *call) onTurn(do func(s *record.Session, queue value.ID) error) error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		if err := do(s, id); err != nil {
			return err
		}
		return c.turn(s, id)
	})
}

// passTurn goes on behind a record.
func (c *call) passTurn() error {
	return c.onTurn(func(s *record.Session, queue value.ID) error {
		return activity.PassTurn(c.ctx, s, queue, c.idOf("record"), c.yes("worked"))
	})
}

// turnBack goes to the record before.
func (c *call) turnBack() error {
	return c.onTurn(func(s *record.Session, queue value.ID) error { return activity.TurnBack(c.ctx, s, queue) })
}

// endQueue ends a queue.
func (c *call) endQueue() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error { return activity.EndQueue(c.ctx, s, id) })
}
