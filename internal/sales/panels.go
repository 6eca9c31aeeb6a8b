package sales

import (
	"context"
	"net/url"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// Panels are what dashboards show of forecast and targets.
func Panels(goals *goal.Room) []report.Panel {
	return []report.Panel{
		{Name: "forecast", Object: Deals.Name, Show: func(ctx context.Context, s *record.Session, w *report.Words, x report.Scope) (*report.Picture, error) {
			return forecastPanel(ctx, s, goals, w, x)
		}},
		{Name: "attainment", Object: goal.Targets.Name, Show: func(ctx context.Context, s *record.Session, w *report.Words, x report.Scope) (*report.Picture, error) {
			return attainmentPanel(ctx, s, goals, w, x)
		}},
		{Name: "range", Object: Deals.Name, Show: rangePanel},
		{Name: "changes", Object: Deals.Name, Show: changesPanel},
	}
}

// panelQuery is the forecast of a dashboard's scope, by few rows.
func panelQuery(s *record.Session, x report.Scope) (ForecastQuery, value.Period) {
	p := x.Fiscal(s)
	return ForecastQuery{From: p.First(), To: p.Last(), Person: x.Person, Team: x.Team, By: ByPipeline}, p
}

// forecastPath is the page of a forecast.
func forecastPath(path string, q ForecastQuery, p value.Period) string {
	at := url.Values{"period": {p.String()}}
	switch {
	case q.Person != 0:
		at.Set("person", q.Person.String())
	case q.Team != 0:
		at.Set("team", q.Team.String())
	default:
		at.Set("of", "all")
	}
	return path + "?" + at.Encode()
}

func dealsOf(filter string) string { return "/" + Deals.Plural + "?filter=" + url.QueryEscape(filter) }

// forecastPanel stands the forecast of a period beside its target.
func forecastPanel(ctx context.Context, s *record.Session, goals *goal.Room, w *report.Words, x report.Scope) (*report.Picture, error) {
	q, period := panelQuery(s, x)
	f, err := Foresee(ctx, s, q)
	if err != nil {
		return nil, err
	}
	p := &report.Picture{Kind: report.Fall, Path: forecastPath("/forecast", q, period), Currency: s.Settings().Currency,
		Head: w.Say("web.forecast.step"), Series: []string{w.Say("web.changes.amount")}, Note: w.Period(period)}
	if len(f.Total.Cells) == 0 {
		p.None = w.Say("web.forecast.empty")
		return p, nil
	}
	var missing int64
	for _, class := range []string{Closed, Commit, BestCase, InPipeline} {
		c := f.Total.Cell(class)
		m, _ := c.Amount.Value.(value.Money)
		link := ""
		if c.N > 0 {
			link = dealsOf(c.Filter)
		}
		p.Step(w, w.Say("web.forecast.class."+class), m.Minor, link, class == Closed)
		missing += c.Amount.Missing
	}
	weighted, _ := f.Total.Weighted().Value.(value.Money)
	p.Step(w, w.Say("web.forecast.number.weighted"), weighted.Minor, p.Path, true)
	if missing > 0 {
		p.Note += " · " + w.Phrase("web.report.missing", fault.Args{"count": missing})
	}
	if _, err := s.Object(goal.Targets.Name); err != nil {
		return p, nil
	}
	set, err := goals.Set(ctx, s, goal.Question{Period: period, Measure: goal.WonRevenue})
	for _, t := range set {
		if t.Member != q.Person || t.Team != q.Team {
			continue
		}
		if t.Unrated {
			p.Note += " · " + w.Note(goal.NoRate)
		} else {
			p.Step(w, w.Say("web.forecast.target"), t.N, "/targets?period="+period.String(), true)
		}
	}
	return p, err
}

// mostAimed is how many lines a tile of targets has.
const mostAimed = 12

// attainmentPanel tells how far targets of won revenue are: one's own, a team's
// with its people, or the company's.
func attainmentPanel(ctx context.Context, s *record.Session, goals *goal.Room, w *report.Words, x report.Scope) (*report.Picture, error) {
	period := x.Fiscal(s)
	boards, err := goals.Attainment(ctx, s, goal.Question{Period: period, Measure: goal.WonRevenue, Member: x.Person, Team: x.Team})
	if err != nil {
		return nil, err
	}
	p := &report.Picture{Kind: report.Gauge, Path: "/targets?period=" + period.String(), Note: w.Period(period), Head: w.Say("sales.panel.who"),
		Series: []string{w.Say("sales.panel.reached"), w.Say("web.forecast.target"), w.Say("sales.panel.due")}}
	var unrated []string
	for _, b := range boards {
		p.Currency = b.Currency
		for _, l := range b.Lines {
			if l.Problem() == goal.NoRate && len(unrated) < mostAimed {
				unrated = append(unrated, l.Name)
			}
			if l.Target == nil || l.Target.Unrated || len(p.Marks) == mostAimed {
				continue
			}
			due, paced := l.Due()
			by := p.Amount(w, due, "")
			if by.None = !paced; by.None {
				by.Text = w.Say("web.report.none")
			}
			p.Marks = append(p.Marks, report.Mark{Name: l.Name, Figures: []report.Drawn{p.Amount(w, l.Actual, dealsOf(l.Filter)), p.Amount(w, l.Target.N, ""), by}})
		}
	}
	switch {
	case len(unrated) > 0 && len(p.Marks) == 0:
		p.None = strings.Join(unrated, ", ") + ": " + w.Note(goal.NoRate)
	case len(unrated) > 0:
		p.Note += " · " + strings.Join(unrated, ", ") + ": " + w.Note(goal.NoRate)
	case len(p.Marks) == 0:
		p.None = w.Phrase("sales.panel.no_target", fault.Args{"period": w.Period(period)})
	}
	return p, nil
}

// rangePanel tells how much a period may bring, and where it comes from.
func rangePanel(ctx context.Context, s *record.Session, w *report.Words, x report.Scope) (*report.Picture, error) {
	q, period := panelQuery(s, x)
	e, err := Expect(ctx, s, q)
	if err != nil {
		return nil, err
	}
	p := &report.Picture{Kind: report.Fall, Path: forecastPath("/forecast/range", q, period), Currency: e.Closed.Currency,
		Head: w.Say("web.forecast.step"), Series: []string{w.Say("web.forecast.expected")}}
	whole := func(minor int64) string { return w.MoneyWhole(e.Money(minor)) }
	switch {
	case !e.Known:
		p.None = w.Say("web.forecast.range_later")
		return p, nil
	case e.Over:
		p.None = w.Phrase("web.forecast.range_over", fault.Args{"sum": w.MoneyWhole(e.Closed)})
		return p, nil
	case e.Blank():
		p.None = w.Say("web.forecast.range_none")
		return p, nil
	case e.Zero():
		p.None = w.Say("web.forecast.range_zero")
		return p, nil
	}
	p.Step(w, w.Say("web.forecast.class.closed"), e.Closed.Minor, "", true)
	p.Step(w, w.Say("web.forecast.from_open"), e.Band.Open, "", false)
	p.Step(w, w.Say("web.forecast.from_new"), e.Band.New, "", false)
	for _, l := range e.Lines {
		name := l.Name
		if name == "" {
			name = w.Say("web.forecast.season")
		}
		p.Step(w, name, l.Share.Minor, "", false)
	}
	p.Step(w, w.Say("web.forecast.expected"), e.Band.Mean, p.Path, true)
	p.Note = w.Period(period) + " · " + w.Phrase("web.forecast.range_said", fault.Args{"low": whole(e.Band.P10), "high": whole(e.Band.P90)}) + " " +
		w.Phrase("web.forecast.range_half", fault.Args{"half": whole(e.Band.P50)})
	if e.Deals == 0 {
		p.Note += " " + w.Phrase("web.forecast.range_unlearned", fault.Args{"deals": FewClosed, "months": FewMonths})
	} else if e.Few {
		p.Note += " " + w.Phrase("web.forecast.range_few", fault.Args{"count": e.Deals, "deals": FewClosed, "months": FewMonths})
	}
	return p, nil
}

// panelDays is how far back a tile tells what changed.
const panelDays = 7

// changesPanel tells why the pipeline is not what it was a week ago.
func changesPanel(ctx context.Context, s *record.Session, w *report.Words, x report.Scope) (*report.Picture, error) {
	to := s.Today()
	from := to.AddDays(-panelDays)
	q := ChangesBetween(s, from, s.Today()).Of(s, x.Person, x.Team, 0)
	c, err := ChangesSince(ctx, s, q)
	if err != nil {
		return nil, err
	}
	at := url.Values{"from": {from.String()}, "to": {to.String()}}
	if x.Person != 0 {
		at.Set("owner", x.Person.String())
	}
	if x.Team != 0 {
		at.Set("team", x.Team.String())
	}
	p := &report.Picture{Kind: report.Fall, Path: "/reports/changes?" + at.Encode(), Currency: s.Settings().Currency,
		Head: w.Say("web.changes.part_head"), Series: []string{w.Say("web.changes.amount")}}
	p.Step(w, w.Phrase("web.changes.opening", fault.Args{"day": w.Date(from)}), c.Opening.Base, dealsOf(q.Open())+"&as_of="+from.String(), true)
	for _, part := range ChangeParts() {
		if y := c.Parts[part]; y.Deals > 0 {
			at.Set("part", string(part))
			p.Step(w, w.Say("web.changes.part."+string(part)), y.Base, "/reports/changes/deals?"+at.Encode(), false)
		}
	}
	p.Step(w, w.Phrase("web.changes.closing", fault.Args{"day": w.Date(to)}), c.Closing.Base, dealsOf(q.Open()), true)
	since, ok, err := s.KnownSince(ctx, Deals.Name)
	if ok && since.After(q.From) {
		p.Note = w.Phrase("web.changes.known_since", fault.Args{"day": w.Date(value.DateOf(since, s.Env().Zone))})
	}
	return p, err
}
