package app

import (
	"context"
	"time"

	"wellmet/internal/app/sample"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// Foresee is the work of foretelling in one go what a company would have learnt
// night by night: forecasts of days past, the range, predictions, weak spots.
type Foresee struct{}

// Kind implements jobs.Job.
func (Foresee) Kind() string { return "demo.foresee" }

// ForeseeLater leaves that to the background, so that the first page of a fresh
// sample company need not wait.
func (w *Workspace) ForeseeLater(ctx context.Context) error {
	return w.Write(ctx, asDemo, func(s *record.Session) error { return s.Later(Foresee{}) })
}

// handleDemo lets a sample company begin with what it would know by now.
func (a *App) handleDemo() {
	handle(a, func(w *Workspace, ctx context.Context, _ Foresee) error { return w.Foresee(ctx) })
}

// Foresee does at once what the nights do.
func (w *Workspace) Foresee(ctx context.Context) error {
	for _, night := range []func(context.Context) error{
		func(ctx context.Context) error { return w.Relearn(ctx, false) }, w.KeepForecast, w.WatchStages,
	} {
		if err := night(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sayings are what people say that the running quarter will bring: reps of
// themselves, and who leads them of some.
func (l *loader) sayings(ctx context.Context) error {
	var changes []record.Change
	err := l.w.Read(ctx, asDemo, func(s *record.Session) error {
		usual, err := l.usual(ctx, s)
		if err != nil {
			return err
		}
		p := value.PeriodOf(value.Quarter, s.Today(), time.Month(s.Settings().FiscalStart))
		said := p.First().AddDays(2).Time(s.Env().Zone).Add(10 * time.Hour)
		if said.After(s.Now()) {
			said = s.Now()
		}
		for i, m := range l.c.Members {
			n := usual[goal.WonRevenue][l.memberIDs[i]]
			if m.Role != sample.Rep || n == 0 || i%3 == 0 { // some say nothing
				continue
			}
			say := func(by sample.Ref, percent int64, note string) {
				who, ok := at(l.memberIDs, by)
				if !ok {
					return
				}
				v := record.With(record.With(record.Values{}, sales.AdjustmentFrom, p.First()), sales.AdjustmentTo, p.Last())
				record.With(v, sales.AdjustmentAmount, value.Money{Minor: (n*percent/100_000 + 1) * 100_000, Currency: s.Settings().Currency})
				record.With(v, sales.AdjustmentBy, who)
				text(v, sales.AdjustmentNote.Name(), note)
				v["owner"] = l.memberIDs[i]
				changes = append(changes, l.then(v, said, by))
			}
			say(sample.Ref(i+1), 105, "")
			if i%2 == 0 {
				say(m.Manager, 95, "Two of the large ones depend on budgets of next year.")
			}
		}
		return nil
	})
	if err != nil || len(changes) == 0 {
		return err
	}
	_, err = l.save(ctx, sales.Adjustments.Name, changes)
	return err
}

// monday has the managers' dashboard sent to the first manager each Monday.
func (l *loader) monday(ctx context.Context) error {
	for i, m := range l.c.Members {
		if m.Role != sample.Manager {
			continue
		}
		v := record.With(record.Values{}, report.ScheduleName, "Monday")
		record.With(v, report.ScheduleOf, "dashboard:"+report.ManagerDashboard)
		record.With(v, report.ScheduleEvery, report.Weekly)
		record.With(v, report.ScheduleReceivers, []value.ID{l.memberIDs[i]})
		v["owner"] = l.memberIDs[i]
		return l.w.Write(ctx, asDemo, func(s *record.Session) error {
			_, err := s.Create(ctx, report.Schedules.Name, v)
			return err
		})
	}
	return nil
}
