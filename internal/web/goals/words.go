package goals

import (
	"net/url"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/goal"
	"wellmet/internal/value"
	"wellmet/internal/web/chart"
	"wellmet/internal/web/kit"
)

// measureName is what a measure is called: as the option of the field.
func (x asked) measureName(m goal.Measure) string {
	return x.measure.OptionLabel(m.Name, x.v.Lang)
}

// figure writes an amount or a count.
func figure(v *kit.View, currency string, n int64) string {
	if currency == "" {
		return v.Int(n)
	}
	return v.MoneyWhole(value.Money{Minor: n, Currency: currency})
}

func brief(v *kit.View, currency string, n int64) string {
	if currency == "" {
		return v.Int(n)
	}
	return v.MoneyShort(value.Money{Minor: n, Currency: currency})
}

// size places a figure among others.
func size(currency string, n int64) float64 {
	if currency == "" {
		return float64(n)
	}
	return value.Money{Minor: n, Currency: currency}.Decimal().InexactFloat64()
}

// attained is the percentage of a line, or why there is none.
func attained(v *kit.View, l *goal.Line) string {
	if p, ok := l.Attained(); ok {
		return v.Percent(p, 0)
	}
	return problem(v, l.Problem())
}

func problem(v *kit.View, key string) string {
	switch key {
	case goal.NoRate:
		return v.T("web.goals.no_rate")
	case goal.Zero:
		return v.T("web.goals.zero")
	}
	return ""
}

// noneHelp says what belongs on an empty page, or that there are targets for
// single products and pipelines.
func (b *board) noneHelp() string {
	if len(b.facets) > 1 {
		return b.v.T("web.goals.none_for_all")
	}
	return b.v.T("web.goals.none_help")
}

// list is the address of the records behind a figure of a line.
func (x asked) list(b *goal.Board, filter string) string {
	return x.behind(b.Measure.Counts(b.Narrow), filter)
}

func (x asked) behind(object, filter string) string {
	return "/" + x.plurals[object] + "?filter=" + url.QueryEscape(filter)
}

// paceText says how much of the working time is gone.
func paceText(v *kit.View, p goal.Pace) string {
	switch {
	case p.Days == 0:
		return v.T("web.goals.no_days")
	case p.Left == 0:
		return v.T("web.goals.over", "count", p.Days)
	case p.Gone == 0:
		return v.T("web.goals.ahead", "count", p.Days)
	}
	return v.T("web.goals.pace", "gone", p.Gone, "days", p.Days)
}

// toGo says what is to be reached each day.
func toGo(v *kit.View, x *goal.Board, l *goal.Line) string {
	n, ok := l.PerDay()
	switch {
	case l.Problem() != "":
		return ""
	case l.Left() == 0:
		return v.T("web.goals.reached")
	case !ok:
		return v.T("web.goals.missed", "value", figure(v, x.Currency, l.Left()))
	}
	if x.Currency == "" && l.Left() < int64(x.Pace.Left) { // not even one a day
		return v.T("web.goals.more", "value", figure(v, x.Currency, l.Left()), "count", x.Pace.Left)
	}
	return v.T("web.goals.per_day", "value", figure(v, x.Currency, n))
}

// behind tells how a line stands against its pace.
func behind(v *kit.View, x *goal.Board, l *goal.Line) (text string, good bool) {
	due, ok := l.Due()
	if !ok || x.Pace.Gone == 0 {
		return "", false
	}
	if l.Actual >= due {
		return v.T("web.goals.before", "value", figure(v, x.Currency, l.Actual-due)), true
	}
	return v.T("web.goals.behind", "value", figure(v, x.Currency, due-l.Actual)), false
}

// changed compares with what was reached in another period, "" where there is
// nothing to compare with.
func changed(v *kit.View, x *goal.Board, l *goal.Line, then int64, of goal.Pace) string {
	change, ok := x.Change(l.Actual, then, of)
	if !ok || x.Pace.Gone == 0 {
		return ""
	}
	text := v.Percent(change, 0)
	if change.IsPositive() {
		text = "+" + text
	}
	if x.Running() {
		return v.T("web.goals.change_day", "percent", text)
	}
	return text
}

// ofTarget is a target with the share of it that a figure was, "" where none was
// set; one without a rate says so.
func ofTarget(v *kit.View, currency string, n int64, t *goal.Target) string {
	switch {
	case t == nil:
		return ""
	case t.Unrated:
		return "/ " + v.T("web.goals.unrated", "value", v.Money(t.Stated))
	case t.N == 0:
		return "/ " + figure(v, currency, 0)
	}
	p := decimal.NewFromInt(n).Mul(decimal.NewFromInt(100)).DivRound(decimal.NewFromInt(t.N), 0)
	return "/ " + figure(v, currency, t.N) + " (" + v.Percent(p, 0) + ")"
}

// aimed is what a target aims at: as it was set, where that has no rate.
func aimed(v *kit.View, currency string, t *goal.Target) string {
	if t.Unrated {
		return v.Money(t.Stated)
	}
	return figure(v, currency, t.N)
}

// shortAim is aimed in short.
func shortAim(v *kit.View, currency string, t *goal.Target) string {
	if t.Unrated {
		return v.MoneyShort(t.Stated)
	}
	return brief(v, currency, t.N)
}

// sumNote says how the targets of a team's people stand to its own, "" where they
// are level.
func sumNote(v *kit.View, currency string, l *goal.Line) string {
	sum := figure(v, currency, l.Sum)
	d, ok := l.Mismatch()
	switch {
	case l.Unrated > 0:
		return v.T("web.goals.sum_unrated", "name", l.Name, "sum", sum, "count", l.Unrated)
	case !ok:
		return ""
	case d < 0:
		return v.T("web.goals.sum_short", "name", l.Name, "sum", sum, "value", figure(v, currency, -d))
	}
	return v.T("web.goals.sum_over", "name", l.Name, "sum", sum, "value", figure(v, currency, d))
}

// notes are what is odd about a line, in words.
func notes(v *kit.View, x *goal.Board, l *goal.Line) (out []string) {
	if text := sumNote(v, x.Currency, l); text != "" {
		out = append(out, text)
	}
	if l.Target == nil {
		return out
	}
	if len(l.Target.Versions) == 0 {
		if l.Target.Reason != "" {
			out = append(out, v.T("web.goals.noted", "name", l.Name, "value", aimed(v, x.Currency, l.Target), "reason", l.Target.Reason))
		}
		return out
	}
	out = append(out, v.T("web.goals.versions", "name", l.Name))
	for _, was := range l.Target.Versions {
		out = append(out, versionNote(v, x, was))
	}
	if p, ok := l.AttainedByDays(); ok {
		out = append(out, v.T("web.goals.by_days", "percent", v.Percent(p, 0)))
	} else if !l.Target.ByDaysKnown() {
		out = append(out, v.T("web.goals.by_days_unrated"))
	}
	return out
}

// versionNote is what a target was from a day on, who set it so, when, and why.
func versionNote(v *kit.View, x *goal.Board, was goal.Version) string {
	value := figure(v, x.Currency, was.N)
	if was.Unrated {
		value = v.T("web.goals.unrated", "value", v.Money(was.Stated))
	}
	list := []string{v.T("web.goals.from_day", "value", value, "day", v.DateNear(was.From, v.Today())), was.Who, v.MomentFull(was.At, v.Zone), was.Reason}
	return strings.Join(slices.DeleteFunc(list, func(text string) bool { return text == "" }), " · ")
}

// gauge draws one line.
func (b *board) gauge(x *goal.Board, l *goal.Line) chart.Chart {
	return b.gauges(x, []*goal.Line{l})
}

func (b *board) gauges(x *goal.Board, lines []*goal.Line) chart.Chart {
	v := b.v
	c := chart.Chart{View: v, Title: v.T("web.goals.gauge", "measure", b.measureName(x.Measure), "period", v.Period(x.Period)), Head: v.T("web.goals.who"),
		Series: []chart.Series{{Name: v.T("web.goals.actual"), Color: chart.Won}, {Name: v.T("web.goals.target"), Color: chart.Open}}}
	due := chart.Series{Name: v.T("web.goals.due"), Color: 8}
	for _, l := range lines {
		c.Cats = append(c.Cats, l.Name)
		c.Series[0].Points = append(c.Series[0].Points, chart.Point{N: size(x.Currency, l.Actual), Text: brief(v, x.Currency, l.Actual), URL: b.list(x, l.Filter)})
		aim := chart.Point{None: true}
		if l.Problem() == "" || l.Problem() == goal.Zero {
			aim = chart.Point{N: size(x.Currency, l.Target.N), Text: brief(v, x.Currency, l.Target.N)}
		}
		c.Series[1].Points = append(c.Series[1].Points, aim)
		if n, ok := l.Due(); ok {
			due.Points = append(due.Points, chart.Point{N: size(x.Currency, n), Text: brief(v, x.Currency, n)})
		}
	}
	if len(due.Points) == len(lines) && x.Pace.Left > 0 && x.Pace.Gone > 0 {
		c.Series = append(c.Series, due)
	}
	return c
}

// people are the lines that stand for persons with a target, the best first.
func people(x *goal.Board) (out []*goal.Line) {
	for place := 1; place <= len(x.Lines) && len(out) < 20; place++ {
		for _, l := range x.Lines {
			if l.Member != 0 && l.Place == place && l.Target != nil {
				out = append(out, l)
			}
		}
	}
	return out
}

// mostCompared is how many lines a radar can show apart.
const mostCompared = 5

// strengths compares teams, or people where there is one team, in all measures:
// what each reached. Left are those for whom there is no room.
func (b *board) strengths() (c chart.Chart, left int, ok bool) {
	v := b.v
	c = chart.Chart{View: v, Title: v.T("web.goals.strengths"), Head: v.T("web.goals.measure")}
	if len(b.boards) < 3 {
		return c, 0, false
	}
	of := func(pick func(*goal.Line) bool) (list []*goal.Line) {
		for _, x := range b.boards { // who has nothing in one measure may have it in another
			for _, l := range x.Lines {
				if pick(l) && !slices.ContainsFunc(list, func(o *goal.Line) bool { return o.Member == l.Member && o.Team == l.Team }) {
					list = append(list, l)
				}
			}
		}
		return list
	}
	list := of(func(l *goal.Line) bool { return l.Team != 0 && l.Depth > 0 })
	if len(list) < 2 {
		list = of(func(l *goal.Line) bool { return l.Member != 0 })
	}
	for i, l := range list[:min(len(list), mostCompared)] {
		c.Series = append(c.Series, b.series(l, chart.Color(i+1)))
	}
	for _, x := range b.boards {
		c.Cats = append(c.Cats, b.measureName(x.Measure))
	}
	return c, len(list) - len(c.Series), len(c.Series) > 1
}

// notCompared says of how many the radar says nothing, and how they are seen where
// the reader can choose.
func (b *board) notCompared(left int) string {
	if len(b.teams) > 1 {
		return b.v.T("web.goals.strengths_choose", "count", left)
	}
	return b.v.T("web.goals.strengths_left", "count", left)
}

func (b *board) series(of *goal.Line, color chart.Color) chart.Series {
	s := chart.Series{Name: of.Name, Color: color}
	for _, x := range b.boards {
		p := chart.Point{None: true, Text: b.v.T("web.report.none")}
		for _, l := range x.Lines {
			if l.Member == of.Member && l.Team == of.Team {
				p = chart.Point{N: size(x.Currency, l.Actual), Text: brief(b.v, x.Currency, l.Actual), URL: b.list(x, l.Filter)}
			}
		}
		s.Points = append(s.Points, p)
	}
	return s
}

// indent stands before a name, as deep as its line lies in the tree.
func indent(depth int) string { return strings.Repeat("\u2003", depth) }
