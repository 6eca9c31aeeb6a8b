package api

import (
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// changing reads between which days, and of which deals, changes are asked for: of
// the last seven days without a word.
func (c *call) changing(s *record.Session) (q sales.ChangesQuery, from, to value.Date, err error) {
	day := func(name string, usual value.Date) value.Date {
		if d, err := value.ParseDate(c.arg(name)); err == nil {
			return d
		}
		return usual
	}
	id := func(name string) value.ID { n, _ := value.ParseID(c.arg(name)); return n }
	to = min(day("to", s.Today()), s.Today())
	if from = day("from", to.AddDays(-7)); from > to {
		return q, from, to, fault.New(fault.Invalid, "report.bad_period", nil)
	}
	q = sales.ChangesBetween(s, from, to).Of(s, id("person"), id("team"), id("pipeline"))
	q.CloseFrom, q.CloseTo = day("closing_from", 0), day("closing_to", 0)
	return q, from, to, nil
}

// pipelineChanges answers what became of the open pipeline between two days.
func (c *call) pipelineChanges() error {
	return c.read(func(s *record.Session) error {
		q, from, to, err := c.changing(s)
		if err != nil {
			return err
		}
		x, err := sales.ChangesSince(c.ctx, s, q)
		if err != nil {
			return report.Hidden(s, "changes", err)
		}
		told := func(n int64, w record.Worth, more map[string]any) map[string]any {
			out := map[string]any{"deals": n, "amount": sum(w.Measure(s.Settings().Currency))}
			for name, v := range more {
				out[name] = v
			}
			return out
		}
		parts, moves := []any{}, []any{}
		for _, p := range sales.ChangeParts() {
			part := x.Parts[p]
			parts = append(parts, told(part.Deals, part.Worth, map[string]any{"part": p, "counts": p.Count(part)}))
		}
		for _, m := range x.Moves {
			moves = append(moves, told(m.Deals, m.Worth, map[string]any{"from_stage": m.From, "to_stage": m.To, "from": m.Names[0], "to": m.Names[1], "way": m.Way}))
		}
		return c.marshal(map[string]any{"from": from, "to": to, "filter": q.Open(), "parts": parts, "moves": moves,
			"opening": told(x.Opening.Deals, x.Opening.Worth, nil), "closing": told(x.Closing.Deals, x.Closing.Worth, nil)})
	})
}

// changedDeals answers the deals behind a part or behind the moves between two
// stages, with what they were worth and are.
func (c *call) changedDeals() error {
	limit, err := c.limit(50, 500)
	if err != nil {
		return err
	}
	of := sales.ChangeOf{Part: sales.ChangePart(c.arg("part"))}
	of.From, _ = value.ParseID(c.arg("from_stage"))
	of.To, _ = value.ParseID(c.arg("to_stage"))
	of.Before, _ = value.ParseID(c.arg("before"))
	if of.Part == "" && (of.From == 0 || of.To == 0) {
		return badParameter("api.bad_parameter", "part", c.arg("part"), fault.Args{"name": "part", "got": c.arg("part")})
	}
	return c.read(func(s *record.Session) error {
		q, _, _, err := c.changing(s)
		if err != nil {
			return err
		}
		found, n, err := sales.ChangedDeals(c.ctx, s, q, of, limit+1)
		if err != nil {
			return report.Hidden(s, "changes", err)
		}
		out := map[string]any{"count": n}
		if len(found) > limit {
			found, out["next"] = found[:limit], found[limit-1].ID
		}
		ids := make([]value.ID, len(found))
		for i, d := range found {
			ids[i] = d.ID
		}
		named, err := s.GetMany(c.ctx, sales.Deals.Name, ids)
		if err != nil {
			return err
		}
		items := []any{}
		for _, d := range found {
			x := map[string]any{"id": d.ID}
			if r := named[d.ID]; r != nil {
				x["name"] = r.Title()
			}
			for i, name := range []string{"was", "is"} {
				if d.There[i] {
					x[name] = sum([]record.Worth{d.Was, d.Is}[i].Measure(s.Settings().Currency))
				}
			}
			items = append(items, x)
		}
		out["items"] = items
		return c.marshal(out)
	})
}
