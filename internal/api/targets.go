package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/goal"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// question reads which targets are asked for; without a period it is the running
// quarter.
func (c *call) question(s *record.Session, said func(name string) string) (q goal.Question, err error) {
	q = goal.Question{Measure: said("measure"), Narrow: map[string]value.ID{}}
	q.Member, _ = value.ParseID(said("member"))
	q.Team, _ = value.ParseID(said("team"))
	for _, name := range c.api.app.Goals().Narrows() {
		if id, err := value.ParseID(said(name)); err == nil && id != 0 {
			q.Narrow[name] = id
		}
	}
	q.Period, err = fiscal(s, said("period"))
	return q, err
}

// fiscal reads a period of the fiscal calendar; "" is the running quarter.
func fiscal(s *record.Session, text string) (value.Period, error) {
	start := time.Month(s.Settings().FiscalStart)
	if text == "" {
		return value.PeriodOf(value.Quarter, s.Today(), start), nil
	}
	return value.ParsePeriod(text, start)
}

// figured is a figure of a measure: an amount, or how many.
func figured(currency string, n int64) any {
	if currency == "" {
		return n
	}
	return value.Money{Minor: n, Currency: currency}
}

// attainment answers how far the targets of a period are.
func (c *call) attainment() error {
	return c.read(func(s *record.Session) error {
		q, err := c.question(s, c.arg)
		if err != nil {
			return err
		}
		boards, err := c.api.app.Goals().Attainment(c.ctx, s, q)
		if err != nil {
			return err
		}
		narrowed, err := c.api.app.Goals().Narrowings(c.ctx, s, q.Period)
		if err != nil {
			return err
		}
		items := []any{}
		for _, b := range boards {
			if err := goal.Tell(c.ctx, s, b); err != nil {
				return err
			}
			lines := []any{}
			for _, l := range b.Lines {
				lines = append(lines, c.attainedLine(b, l))
			}
			items = append(items, map[string]any{"measure": b.Measure.Name, "object": b.Measure.Counts(b.Narrow), "lines": lines, "without_rate": b.Missing,
				"working_days": map[string]any{"all": b.Pace.Days, "gone": b.Pace.Gone, "left": b.Pace.Left}})
		}
		return c.marshal(map[string]any{"period": q.Period, "from": q.Period.First(), "to": q.Period.Last(), "items": items, "narrowed_by": slices.AppendSeq([]map[string]value.ID{}, slices.Values(narrowed))})
	})
}

func (c *call) attainedLine(b *goal.Board, l *goal.Line) map[string]any {
	x := whoIs(l)
	maps.Copy(x, map[string]any{"actual": figured(b.Currency, l.Actual), "previous": figured(b.Currency, l.Before), "year_ago": figured(b.Currency, l.YearAgo),
		"filter": l.Filter, "previous_filter": l.BeforeFilter, "year_ago_filter": l.YearAgoFilter})
	c.then(x, b, "previous", l.BeforeTarget, l.Before, l.Actual, b.PaceBefore)
	c.then(x, b, "year_ago", l.YearAgoTarget, l.YearAgo, l.Actual, b.PaceYearAgo)
	if l.Member != 0 {
		x["place"] = l.Place
	}
	if l.Target == nil {
		return x
	}
	x["target_id"], x["target"] = l.Target.ID, aimed(b.Currency, l.Target)
	addVersions(x, b.Currency, l)
	if text := l.Problem(); text != "" {
		c.problemOf(x, text)
		return x
	}
	if b.Pace.Days == 0 {
		c.problemOf(x, goal.NoDays)
	}
	if p, ok := l.Attained(); ok {
		x["percent"] = p
	}
	if n, ok := l.Due(); ok {
		x["due"] = figured(b.Currency, n)
	}
	if n, ok := l.PerDay(); ok {
		x["per_day"] = figured(b.Currency, n)
	}
	addSum(x, b.Currency, l)
	if p, ok := l.AttainedByDays(); ok {
		x["percent_by_days"] = p
	}
	return x
}

// aimed is what a target aims at: as it was set, where that has no rate.
func aimed(currency string, t *goal.Target) any {
	if t.Unrated {
		return t.Stated
	}
	return figured(currency, t.N)
}

// addVersions tells what a target was while its period ran, who set it so, when
// and why.
func addVersions(x map[string]any, currency string, l *goal.Line) {
	versions := []any{}
	for _, v := range l.Target.Versions {
		was := map[string]any{"from": v.From, "set_at": v.At, "target": figured(currency, v.N)}
		if v.Unrated {
			was["target"], was["problem"] = v.Stated, goal.NoRate
		}
		if v.By != 0 {
			was["set_by"], was["set_by_name"] = v.By, v.Who
		}
		if v.Reason != "" {
			was["reason"] = v.Reason
		}
		versions = append(versions, was)
	}
	if len(versions) > 0 {
		x["versions"] = versions
	}
}

// then adds what was aimed at in another period, and how what was reached in this
// one stands to that: for each working day while it runs.
func (c *call) then(x map[string]any, b *goal.Board, name string, target *goal.Target, then, now int64, of goal.Pace) {
	c.aimedThen(x, b.Currency, name, target)
	if change, ok := b.Change(now, then, of); ok && b.Pace.Gone > 0 {
		x[name+"_change"] = change
	}
}

// aimedThen adds what was aimed at in another period, and that it cannot be compared
// where it has no rate.
func (c *call) aimedThen(x map[string]any, currency, name string, t *goal.Target) {
	if t == nil {
		return
	}
	x[name+"_target"] = aimed(currency, t)
	if t.Unrated {
		x[name+"_problem"], x[name+"_problem_text"] = goal.NoRate, i18n.Text(c.lang(), "web.report.note.no_rate", nil)
	}
}

// addSum tells what the people's own targets come to where that is not their
// team's, or where some of them have no rate.
func addSum(x map[string]any, currency string, l *goal.Line) {
	if l.Unrated > 0 {
		x["people_sum"], x["people_without_rate"] = figured(currency, l.Sum), l.Unrated
	}
	if d, ok := l.Mismatch(); ok {
		x["people_sum"], x["people_over"] = figured(currency, l.Sum), figured(currency, d)
	}
}

// problemOf says why there is no percentage or no pace, by its name and in words.
func (c *call) problemOf(x map[string]any, problem string) {
	x["problem"], x["problem_text"] = problem, i18n.Text(c.lang(), "web.report.note."+problem, nil)
}

func whoIs(l *goal.Line) map[string]any {
	x := map[string]any{"name": l.Name}
	if l.Member != 0 {
		x["member"] = l.Member
	}
	if l.Team != 0 {
		x["team"] = l.Team
	}
	return x
}

// targetPlan answers what the targets of a period may be planned by.
func (c *call) targetPlan() error {
	growth, err := strconv.Atoi(c.arg("growth"))
	if c.arg("growth") == "" {
		growth, err = 0, nil
	}
	if err != nil {
		return fault.New(fault.Invalid, "goal.growth", nil)
	}
	return c.read(func(s *record.Session) error {
		q, err := c.question(s, c.arg)
		if err != nil {
			return err
		}
		q.Everybody = c.flag("everybody")
		x, err := c.api.app.Goals().Plan(c.ctx, s, q, growth)
		if err != nil {
			return err
		}
		rows := []any{}
		for _, r := range x.Rows {
			rows = append(rows, c.plannedRow(x, r))
		}
		out := map[string]any{"period": x.Period, "measure": x.Measure.Name, "working_days": x.Days, "reason_above_percent": x.Limit, "rows": rows, "without_rate": x.Missing}
		if x.Days == 0 {
			c.problemOf(out, goal.NoDays)
		}
		return c.marshal(out)
	})
}

func (c *call) plannedRow(x *goal.Sheet, r *goal.Row) map[string]any {
	n := func(n int64) any { return figured(x.Currency, n) }
	out := whoIs(&r.Line)
	maps.Copy(out, map[string]any{"year_ago": n(r.LastYear), "year_ago_target": n(0), "current": n(r.Now), "current_target": n(0), "may_set": r.MaySet})
	c.aimedThen(out, x.Currency, "year_ago", r.LastYearTarget)
	c.aimedThen(out, x.Currency, "current", r.NowTarget)
	if r.Projected > 0 {
		out["projected"] = n(r.Projected)
	}
	if r.HasOpen {
		out["open"], out["expected"] = n(r.Open), n(r.Expected)
	}
	if r.Ceiling.Carried {
		out["carried_before"] = n(r.Ceiling.Capacity)
	}
	if r.Ceiling.Known {
		out["reason_above"] = n(r.Ceiling.Most)
	}
	if m := r.Ceiling.Missed; m != nil {
		out["missed"] = map[string]any{"period": m.Period, "target": n(m.Target), "percent": m.Percent}
	}
	if !r.Basis.None() || r.Proposal > 0 {
		out["proposal"] = n(r.Proposal)
	}
	addSum(out, x.Currency, &r.Line)
	if r.Target != nil {
		out["target_id"], out["version"], out["target"] = r.Target.ID, r.Target.RecVersion, aimed(x.Currency, r.Target)
		if r.Target.Unrated {
			c.problemOf(out, goal.NoRate)
		}
	}
	return out
}

// setTargets sets the targets of a sheet in one act.
func (c *call) setTargets() error {
	list, err := c.wantedTargets()
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		q, err := c.question(s, c.textOf)
		if err != nil {
			return err
		}
		entries := make([]goal.Entry, len(list))
		for i, x := range list {
			entries[i] = goal.Entry{Member: x.Member, Team: x.Team, ID: x.ID, Version: x.Version, Number: x.Number, Reason: x.Reason}
			if x.Amount != nil {
				m, err := amountOf(s, s.StoreEnv(), x.Amount, "targets."+strconv.Itoa(i)+".amount")
				if err != nil {
					return err
				}
				entries[i].Amount = &m
			}
		}
		err = c.api.app.Goals().Save(c.ctx, s, q, entries)
		var refused goal.Refused
		if errors.As(err, &refused) {
			return refusal(refused)
		}
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"saved": len(entries), "act": s.Act()})
	})
}

// wantedTarget is one of the targets that a caller sets.
type wantedTarget struct {
	Member, Team, ID value.ID
	Version          int64
	Amount           any
	Number           *int64
	Reason           string
}

// targetKinds names the kind of each member, as a refusal says it.
var targetKinds = map[string]string{"member": "id", "team": "id", "id": "id", "version": "whole", "number": "whole", "reason": "text"}

// wantedTargets reads the targets of a body; what is wrong with one is told at its place.
func (c *call) wantedTargets() ([]wantedTarget, error) {
	items, _ := c.fields["targets"].([]any)
	if len(items) == 0 {
		return nil, badMember("targets", "api.wants.list")
	}
	list := make([]wantedTarget, len(items))
	for i, item := range items {
		path := "targets." + strconv.Itoa(i)
		members, ok := item.(map[string]any)
		if !ok {
			return nil, badMember(path, "api.wants.object")
		}
		for name, v := range members {
			raw, err := json.Marshal(map[string]any{name: v})
			if err != nil {
				return nil, err
			}
			if json.Unmarshal(raw, &list[i]) != nil {
				return nil, badMember(path+"."+value.Printable(name), "api.wants."+cmp.Or(targetKinds[strings.ToLower(name)], "text"))
			}
		}
	}
	return list, nil
}

// refusal is the first target that stands in the way, and what is wrong with all.
func refusal(refused goal.Refused) error {
	var fields []fault.Field
	kind := fault.Invalid
	for _, i := range slices.Sorted(maps.Keys(refused)) {
		e, _ := fault.As(refused[i])
		if e.Kind == fault.Conflict || e.Kind == fault.Forbidden {
			kind = e.Kind
		}
		path := "targets." + strconv.Itoa(i)
		if len(e.Fields) == 0 {
			fields = append(fields, fault.Field{Path: path, Key: e.Key, Args: e.Args, Row: i})
		}
		for _, f := range e.Fields {
			fields = append(fields, fault.Field{Path: path + "." + f.Path, Key: f.Key, Args: f.Args, Row: i})
		}
	}
	return fault.New(kind, "web.goals.refused", fault.Args{"count": len(refused)}).With(fields...)
}

// targetGap answers what is missing to a target, and what closes it.
func (c *call) targetGap() error {
	return c.read(func(s *record.Session) error {
		g, err := c.gap(s)
		if err != nil {
			return err
		}
		return c.marshal(c.gapJSON(g))
	})
}

func (c *call) gap(s *record.Session) (*sales.Gap, error) {
	id, err := c.pathID("id")
	if err != nil {
		return nil, err
	}
	return sales.GapOf(c.ctx, s, c.api.app.Goals(), id)
}

func (c *call) gapJSON(g *sales.Gap) map[string]any {
	n := func(n int64) any { return figured(g.Board.Currency, n) }
	steps := []any{}
	for _, x := range g.Steps {
		step := map[string]any{"step": x.Kind, "measured_on": x.Of}
		if x.Unknown {
			step["unknown"] = true
		} else {
			step["need"], step["due"] = x.Need, x.Due
		}
		if x.Average.Minor > 0 {
			step["average"] = x.Average
		}
		if x.Rate.IsPositive() {
			step["rate"] = x.Rate
		}
		steps = append(steps, step)
	}
	out := map[string]any{"target": aimed(g.Board.Currency, g.Line.Target), "actual": n(g.Line.Actual), "steps": steps, "without_rate": g.Unrated}
	if !g.Line.Target.Unrated {
		out["missing"] = n(g.Missing)
	}
	if g.HasExpected {
		out["expected"] = n(g.Expected)
	}
	if g.Hurdle != "" {
		out["hurdle"], out["hurdle_text"] = g.Hurdle, i18n.Text(c.lang(), g.Hurdle, g.Args)
	}
	if text := g.Line.Problem(); text != "" {
		c.problemOf(out, text)
	}
	return out
}

// planTargetGap makes tasks of what closes a gap, in one act, once.
func (c *call) planTargetGap() error {
	return c.write(func(s *record.Session) error {
		g, err := c.gap(s)
		if err != nil {
			return err
		}
		plan, err := sales.PlanGap(c.ctx, s, g.Target, g.Todos(i18n.FormatFor(s.Settings().Locale), s.Settings().Locale))
		if err != nil {
			return err
		}
		out := map[string]any{"tasks": plan.Tasks, "made": plan.Made, "changed": plan.Changed}
		if plan.Made+plan.Changed > 0 {
			out["act"] = s.Act()
		}
		return c.marshal(out)
	})
}
