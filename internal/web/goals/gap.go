package goals

import (
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// gap is the page of what is missing to a target.
type gap struct {
	asked
	*sales.Gap
}

func readGap(c *door.Call, s *record.Session) (g *gap, err error) {
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	g = &gap{}
	if g.asked, err = readAsked(c, s); err != nil {
		return nil, err
	}
	if g.Gap, err = sales.GapOf(c.Ctx, s, c.App.Goals(), id); err != nil {
		return nil, err
	}
	g.Period = g.Board.Period
	return g, nil
}

func showGap(c *door.Call) error {
	var g *gap
	if err := c.Read(func(s *record.Session) (err error) { g, err = readGap(c, s); return err }); err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.goals.gap_title"), Nav: address, Body: gapPage(g)})
}

// planGap makes tasks of the steps.
func planGap(c *door.Call) error {
	var act value.ID
	var plan *sales.GapPlan
	err := c.Write("targets.gap", func(s *record.Session) error {
		g, err := readGap(c, s)
		if err != nil {
			return err
		}
		plan, err = sales.PlanGap(c.Ctx, s, g.Target, g.todos())
		act = s.Act()
		return err
	})
	switch {
	case err != nil:
		return err
	case plan.Made > 0:
		return c.Toast(c.View.T("web.goals.planned", "count", plan.Made), door.Undo(act))
	case plan.Changed > 0:
		return c.Toast(c.View.T("web.goals.replanned", "count", plan.Changed), door.Undo(act))
	}
	return c.Toast(c.View.T("web.goals.plan_stands", "count", len(plan.Tasks)), "")
}

// todos are the tasks of the steps that are known.
func (g *gap) todos() []sales.Todo { return g.Todos(g.v.Format, g.v.Lang) }

// kind names a step whose number nobody knows.
func (g *gap) kind(x sales.GapStep) string { return g.v.T("web.goals.step." + x.Kind) }

// why says what a step follows from.
func (g *gap) why(x sales.GapStep) string {
	v := g.v
	switch {
	case x.Unknown && x.Wants == 0:
		return v.T("web.goals.unknown")
	case x.Unknown:
		return v.T("web.goals.too_few", "count", x.Of, "wants", x.Wants)
	case x.Average.Minor > 0:
		return v.T("web.goals.why_average", "value", v.MoneyWhole(x.Average), "count", x.Of)
	case x.Rate.IsPositive():
		return v.T("web.goals.why_rate."+x.Kind, "rate", v.Number(x.Rate, 0, 1), "count", x.Of)
	}
	return v.T("web.goals.why_missing")
}

// hurdle says why the gap cannot be closed so; "" = it can.
func (g *gap) hurdle() string {
	if g.Hurdle == "" {
		return ""
	}
	return i18n.Text(g.v.Lang, g.Hurdle, g.Args)
}

// closing heads the steps: where they are out of reach, it says not that they help.
func (g *gap) closing() string {
	if g.Hurdle != "" {
		return g.v.T("web.goals.would_take")
	}
	return g.v.T("web.goals.what")
}

func (g *gap) figure(n int64) string { return figure(g.v, g.Board.Currency, n) }

func (g *gap) brief(n int64) string { return brief(g.v, g.Board.Currency, n) }
