package app

import (
	"context"
	"fmt"
	"time"

	"wellmet/internal/app/sample"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// aims are what the people of the sample aim at in a quarter, by measure.
type aims map[string]map[value.ID]int64

// targets gives the people, their teams and the company targets for the running
// quarter and the three before it, a little above what they usually reach.
func (l *loader) targets(ctx context.Context) error {
	var changes []record.Change
	err := l.w.Read(ctx, asDemo, func(s *record.Session) error {
		usual, err := l.usual(ctx, s)
		if err != nil {
			return err
		}
		p := value.PeriodOf(value.Quarter, s.Today(), time.Month(s.Settings().FiscalStart))
		for i := range 4 {
			changes = append(changes, l.aimAt(s, usual, p.Add(-i))...)
		}
		return nil
	})
	if err != nil || len(changes) == 0 {
		return err
	}
	_, err = l.save(ctx, goal.Targets.Name, changes)
	return err
}

// usual is what everybody reached in a quarter of the last year.
func (l *loader) usual(ctx context.Context, s *record.Session) (aims, error) {
	all := aims{}
	since := fmt.Sprintf(`close_date >= date(%q)`, s.Today().AddDays(-365).String())
	for name, measure := range map[string]string{goal.WonRevenue: "sum:amount", goal.WonDeals: "count", goal.NewDeals: "count"} {
		filter := `status = "won" and ` + since
		if name == goal.NewDeals {
			filter = since
		}
		res, err := s.Aggregate(ctx, record.Aggregate{Object: sales.Deals.Name, Filter: filter, Group: []string{"owner"}, Measures: []string{measure}, Unlabeled: true})
		if err != nil {
			return nil, err
		}
		all[name] = map[value.ID]int64{}
		for _, g := range res.Groups {
			id, ok := g.Keys[0].(value.ID)
			switch n := g.Values[0].Value.(type) {
			case int64:
				all[name][id] = max(1, n/4)
			case value.Money:
				all[name][id] = n.Minor / 400
			}
			if !ok {
				delete(all[name], id)
			}
		}
	}
	return all, nil
}

// aimAt are the targets of a period: of people, and of teams and the company what
// theirs come to, and a little more.
func (l *loader) aimAt(s *record.Session, usual aims, p value.Period) (changes []record.Change) {
	before := p.First().AddDays(-10).Time(s.Env().Zone)
	add := func(measure string, n int64, set func(record.Values)) {
		v := record.Values{}
		record.With(v, goal.TargetMeasure, measure)
		record.With(v, goal.TargetPeriod, p.String())
		if set(v); measure == goal.WonRevenue {
			record.With(v, goal.TargetAmount, value.Money{Minor: n, Currency: s.Settings().Currency})
		} else {
			record.With(v, goal.TargetNumber, n)
		}
		changes = append(changes, record.Change{Values: v, At: before, By: l.memberIDs[0]})
	}
	for _, measure := range []string{goal.WonRevenue, goal.WonDeals, goal.NewDeals} {
		teams, company := map[value.ID]int64{}, int64(0)
		for i, m := range l.c.Members {
			id := l.memberIDs[i]
			n := usual[measure][id]
			if m.Role != sample.Rep || n == 0 {
				continue
			}
			if n = n * 11 / 10; measure == goal.WonRevenue {
				n = (n/1000 + 1) * 100_000
			}
			company += n
			for _, team := range l.teamIDs {
				if s.Roster().InTeam(id, team) {
					teams[team] += n
				}
			}
			add(measure, n, func(v record.Values) { record.With(v, goal.TargetMember, id) })
		}
		for _, id := range l.teamIDs {
			if n := teams[id]; n > 0 {
				add(measure, n+n/20, func(v record.Values) { record.With(v, goal.TargetTeam, id) })
			}
		}
		if company > 0 {
			add(measure, company+company/10, func(record.Values) {})
		}
	}
	return changes
}
