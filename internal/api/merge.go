package api

import (
	"net/http"

	"wellmet/internal/dedupe"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// mergeRecords makes one of two records: the one of the path stays.
func (c *call) mergeRecords() error {
	x, err := c.mergeOrder()
	if err != nil {
		return err
	}
	if c.yes("dry_run") {
		return c.write(func(s *record.Session) error { return c.planMerge(s, x) }) // tried, and put back
	}
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		x.Object, x.Winner = o.Name, id
		done, err := dedupe.Merge(c.ctx, s, x)
		if err != nil {
			return err
		}
		if !done.Running {
			if err := c.show(s, o, done.Winner); err != nil {
				return err
			}
			rest := string(c.out[1:])
			c.out = append(append(appendID(append(c.out[:0], '{'), "act", done.Act), ','), rest...)
			return nil
		}
		c.status = http.StatusAccepted
		c.w.Header().Set("Location", base+"/acts/"+done.Act.String())
		c.out = append(appendText(appendID(append(c.out, '{'), "act", done.Act), "state", "running"), '}')
		return nil
	})
}

// mergeOrder reads what is to become of the two.
func (c *call) mergeOrder() (x dedupe.Order, err error) {
	x.Loser = c.idOf("with")
	x.Values, _ = c.fields["values"].(map[string]any)
	picks, _ := c.fields["picks"].(map[string]any)
	x.Picks = map[string]dedupe.Pick{}
	for name, v := range picks {
		text, ok := v.(string)
		if !ok {
			args := fault.Args{"field": value.Printable(name)}
			return x, fault.New(fault.Invalid, "dedupe.bad_pick", args).With(fault.Field{Path: "picks", Key: "dedupe.bad_pick", Args: args})
		}
		x.Picks[name] = dedupe.Pick(text)
	}
	return x, nil
}

// planMerge answers what a merge would do.
func (c *call) planMerge(s *record.Session, x dedupe.Order) error {
	o, id, err := c.target(s)
	if err != nil {
		return err
	}
	x.Object, x.Winner = o.Name, id
	p, err := dedupe.Try(c.ctx, s, x)
	if err != nil {
		return err
	}
	c.out = append(appendName(append(c.out, '{'), "fields"), '[')
	for _, f := range p.Fields {
		c.out = appendText(append(appendNext(c.out), '{'), "field", f.Def.Name)
		c.out = schema.AppendJSON(appendName(c.out, "left"), f.Left)
		c.out = schema.AppendJSON(appendName(c.out, "right"), f.Right)
		c.out = appendText(c.out, "pick", string(f.Pick))
		c.out = append(schema.AppendJSON(appendName(c.out, "result"), f.Result), '}')
	}
	c.out = append(appendName(append(c.out, ']'), "moves"), '[')
	for _, m := range p.Moves {
		c.out = appendText(append(appendNext(c.out), '{'), "object", m.Field.Object.Name)
		c.out = append(appendInt(appendText(c.out, "field", m.Field.Name), "count", m.Count), '}')
	}
	c.out = appendInt(appendInt(append(c.out, ']'), "files", int64(p.Files)), "shares", int64(p.Shares))
	if p.Refused != nil {
		c.out = append(appendName(c.out, "refused"), c.rowProblem(p.Refused)...)
	}
	c.out = append(c.out, '}')
	return nil
}
