package api

import (
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// transitions answers where a record stands in its processes, and which moves
// the caller may make.
func (c *call) transitions() error {
	return c.read(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		r, err := s.Get(c.ctx, o.Name, id)
		if err != nil {
			return err
		}
		list, err := sales.Standings(c.ctx, s, r)
		if err != nil {
			return err
		}
		if list == nil {
			list = []process.Standing{}
		}
		return c.marshal(map[string]any{"items": list})
	})
}

// transit makes a move.
func (c *call) transit() error {
	change, err := c.precondition()
	if err != nil {
		return err
	}
	x := c.moveOf()
	x.Version, x.Strict = change.Version, change.Strict
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		x.Object, x.ID = o.Name, id
		out, err := process.Go(c.ctx, s, x)
		if err != nil {
			return err
		}
		return c.show(s, o, out)
	})
}

// moveOf reads what the body says of a move.
func (c *call) moveOf() process.Step {
	x := process.Step{Field: c.textOf("field"), To: c.textOf("to"), Move: c.textOf("move"),
		Said: record.Said{Note: c.textOf("note"), Reason: c.textOf("reason"), Checked: c.textsOf("checked")}}
	if v, ok := c.fields["values"].(map[string]any); ok {
		x.Values = v
	}
	return x
}

// fileDeed is a file that came to a record or was taken off it.
type fileDeed struct {
	Kind  string           `json:"kind"`
	At    time.Time        `json:"at"`
	Actor value.ID         `json:"actor,omitzero"`
	File  *record.FileDeed `json:"file"`
}

// trace answers how a record came through its process, and which files came and
// went, oldest first.
func (c *call) trace() error {
	return c.read(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		list, err := process.Trace(c.ctx, s, o.Name, id)
		if err != nil {
			return err
		}
		deeds, err := s.FileDeeds(c.ctx, o.Name, id)
		if err != nil {
			return err
		}
		files := make([]fileDeed, len(deeds))
		for i, e := range deeds {
			files[len(deeds)-1-i] = fileDeed{e.Kind, momentOf(e.At), e.Actor, e.File}
		}
		return c.marshal(map[string]any{"items": list, "files": files})
	})
}

// automations answers what rules and blueprints did about a record.
func (c *call) automations() error {
	return c.logged(func(s *record.Session, before value.ID, limit int) ([]process.LogEntry, error) {
		o, id, err := c.target(s)
		if err != nil {
			return nil, err
		}
		return process.LogOf(c.ctx, s, o.Name, id, before, limit)
	})
}

// runLog answers what one rule or blueprint did.
func (c *call) runLog() error {
	return c.logged(func(s *record.Session, before value.ID, limit int) ([]process.LogEntry, error) {
		id, err := c.pathID("id")
		if err != nil {
			return nil, err
		}
		return process.Log(c.ctx, s, id, before, limit)
	})
}

func (c *call) logged(list func(*record.Session, value.ID, int) ([]process.LogEntry, error)) error {
	before, limit, err := c.paged()
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		lines, err := list(s, before, limit)
		if err != nil {
			return err
		}
		out := map[string]any{"items": lines}
		if len(lines) == limit {
			out["next"] = lines[limit-1].ID
		}
		return c.marshal(out)
	})
}

// paged is where a page of lines begins, and how long it is.
func (c *call) paged() (before value.ID, limit int, err error) {
	if limit, err = c.limit(usualLimit, mostLimit); err != nil || c.arg("before") == "" {
		return 0, limit, err
	}
	before, err = value.ParseID(c.arg("before"))
	return before, limit, err
}

// examineBlueprint answers what is wrong with a draft and what publishing it
// would do.
func (c *call) examineBlueprint() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		x, err := process.Examine(c.ctx, s, id)
		if err != nil {
			return err
		}
		return c.marshal(x)
	})
}

// publishBlueprint makes a draft the version that governs.
func (c *call) publishBlueprint() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	how := process.Publication{Note: c.textOf("note"), Accept: c.fields["accept_warnings"] == true, Move: c.fields["move_running"] == true}
	return c.write(func(s *record.Session) error {
		out, err := process.Publish(c.ctx, s, id, how)
		if err != nil {
			return err
		}
		return c.marshal(out)
	})
}

// learn answers what won deals have in common.
func (c *call) learn() error {
	sel, err := c.selection()
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		l, err := sales.Learn(c.ctx, s, sel)
		if err != nil {
			return err
		}
		return c.marshal(l)
	})
}

// teach makes a draft of a blueprint of what won deals have in common.
func (c *call) teach() error {
	sel, err := c.selection()
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		id, err := sales.Teach(c.ctx, s, c.textOf("name"), sel)
		if err != nil {
			return err
		}
		c.out, err = s.GetJSON(c.ctx, process.Blueprints.Name, id, nil, c.out)
		return err
	})
}

// selection reads which won deals are meant.
func (c *call) selection() (sales.Selection, error) {
	sel := sales.Selection{Filter: c.textOf("filter"), Pipeline: c.idOf("pipeline")}
	for _, text := range c.textsOf("ids") {
		id, err := value.ParseID(text)
		if err != nil {
			return sel, err
		}
		sel.IDs = append(sel.IDs, id)
	}
	return sel, nil
}

// retireBlueprint ends a process.
func (c *call) retireBlueprint() error {
	return c.onBlueprint(func(s *record.Session, id value.ID) error { return process.Retire(c.ctx, s, id) })
}

// revertBlueprint makes the draft what a version was.
func (c *call) revertBlueprint() error {
	return c.onBlueprint(func(s *record.Session, id value.ID) error { return process.Revert(c.ctx, s, id, c.idOf("version")) })
}

// onBlueprint does something to a blueprint and answers it.
func (c *call) onBlueprint(do func(*record.Session, value.ID) error) error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		if err := do(s, id); err != nil {
			return err
		}
		c.out, err = s.GetJSON(c.ctx, process.Blueprints.Name, id, nil, c.out)
		return err
	})
}

// testBlueprint tries a draft on a real record and saves nothing.
func (c *call) testBlueprint() error {
	x := c.moveOf()
	x.ID = c.idOf("record")
	return c.rehearse(func(s *record.Session, id value.ID) (*process.Rehearsal, error) {
		return c.ws.Process().Rehearse(c.ctx, s, id, c.idOf("as"), x)
	})
}

// testRule tries a rule on a real record and saves nothing.
func (c *call) testRule() error {
	return c.rehearse(func(s *record.Session, id value.ID) (*process.Rehearsal, error) {
		return c.ws.Process().TryRule(c.ctx, s, id, c.idOf("record"))
	})
}

func (c *call) rehearse(try func(*record.Session, value.ID) (*process.Rehearsal, error)) error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		out, err := try(s, id)
		if err != nil {
			return err
		}
		return c.marshal(out)
	})
}

// dryRun answers how often a rule would have fired in the past.
func (c *call) dryRun() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	days := int64(30)
	if _, ok := c.fields["days"]; ok {
		days = c.whole("days")
	}
	if days < 1 || days > 366 {
		return fault.New(fault.Invalid, "api.bad_body", nil).With(fault.Field{Path: "days", Key: "process.wants_days"})
	}
	return c.read(func(s *record.Session) error {
		out, err := process.Dry(c.ctx, s, id, s.Now().Add(-time.Duration(days)*24*time.Hour), s.Now())
		if err != nil {
			return err
		}
		return c.marshal(out)
	})
}

// fillTemplate answers a template filled for a record.
func (c *call) fillTemplate() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		t, err := s.Get(c.ctx, process.Templates.Name, id)
		if err != nil {
			return err
		}
		object, _ := record.Get(t, process.TemplateObject)
		r, err := s.Get(c.ctx, object, c.idOf("record"))
		if err != nil {
			return err
		}
		w, err := process.Offer(c.ctx, s, id, r, sales.NoMail)
		if err != nil {
			return err
		}
		return c.marshal(w)
	})
}

// newSecret gives a webhook a secret, which is answered this once.
func (c *call) newSecret() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	secret, sealed, err := c.ws.Process().MakeSecret(c.ctx)
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		if err := c.ws.Process().NewSecret(c.ctx, s, id, sealed); err != nil {
			return err
		}
		return c.marshal(map[string]any{"secret": secret})
	})
}

// deliveries answers the messages to a webhook.
func (c *call) deliveries() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	before, limit, err := c.paged()
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		list, err := process.Deliveries(c.ctx, s, id, c.arg("state"), before, limit)
		if err != nil {
			return err
		}
		out := map[string]any{"items": list}
		if len(list) == limit {
			out["next"] = list[limit-1].ID
		}
		return c.marshal(out)
	})
}

// resend sends messages to a webhook again.
func (c *call) resend() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		n, err := process.Resend(c.ctx, s, id, c.idOf("delivery"))
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"count": n})
	})
}
