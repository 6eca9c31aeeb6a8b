package app

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/sample"
	"wellmet/internal/hours"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// Who skipped which step and which stage took too long is known of the sample
// by construction; the report on adherence and the time in stage find the same.
func TestAdherenceIsThatOfTheSample(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 18, 21, 30, 0, 0, time.UTC)
	run := func(c Config) func(t *testing.T) {
		return func(t *testing.T) {
			c.Clock = func() time.Time { return now }
			c.Cost = access.Cost{Memory: 64, Rounds: 1, Threads: 1}
			c.Log, c.Quiet, c.Patience = slog.New(slog.DiscardHandler), true, storetest.Patience
			a, err := Open(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { a.Close() })
			w, err := a.Default(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			compareAdherence(t, w, now)
		}
	}
	t.Run("sqlite", run(Config{Dir: t.TempDir(), Sync: store.SyncOff}))
	t.Run("postgres", func(t *testing.T) {
		c := storetest.PostgresConfig(t)
		run(Config{Dir: c.Dir, Database: c.URL, Direct: c.DirectURL, Prefix: c.SchemaPrefix})(t)
	})
}

func compareAdherence(t *testing.T, w *Workspace, now time.Time) {
	t.Helper()
	ctx := t.Context()
	l := &loader{w: w, c: sample.Generate(sample.Options{Seed: demoSeed, Now: now, Currency: "EUR"})}
	for _, step := range []func(context.Context) error{l.teams, l.members, l.pipelines, l.products, l.accounts, l.contacts, l.process, l.publish, l.deals, l.passages} {
		if err := step(ctx); err != nil {
			t.Fatal(err)
		}
	}
	compareSlips(t, l)
	if err := l.lines(ctx); err != nil {
		t.Fatal(err)
	}
	compareMargins(t, l)
	l.compare(t, "Selling", 1, now)
	l.compare(t, "Renewals", guided, now)
}

// compare holds a report on adherence against what the sample knows of the deals
// of a pipeline.
func (l *loader) compare(t *testing.T, name string, pipeline int, now time.Time) {
	t.Helper()
	var got *process.Adherence
	days := map[string]float64{}
	if err := l.w.Read(t.Context(), record.AsSystem("test"), func(s *record.Session) (err error) {
		list, err := process.Governing(t.Context(), s)
		if err != nil {
			return err
		}
		var blueprint value.ID
		for _, x := range list {
			if x.Name == name {
				blueprint, _ = value.ParseID(x.Key)
			}
		}
		span := process.Span{From: l.c.Began.AddDate(-1, 0, 0), To: now.AddDate(0, 0, 1), Zone: time.UTC}
		if got, err = process.Adhere(t.Context(), s, blueprint, span); err != nil {
			return err
		}
		stays, err := s.Stays(t.Context(), record.StayQuery{Object: "deal", Field: "stage", Filter: `pipeline = "` + l.pipelineIDs[pipeline-1].String() + `"`})
		for _, x := range stays {
			days[x.Label] = asFloat(x.AverageDays())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, r := range got.Rows {
		for kind, n := range map[string]int{"skipped": r.Skipped, "late": r.Late, "missing": r.Missing} {
			if n > 0 {
				found[fmt.Sprint(r.Owner, " ", r.State, " ", kind)] += n
			}
		}
	}
	want, stayed := l.truth(pipeline, now)
	kinds := map[string]bool{}
	for key := range want {
		kinds[key[strings.LastIndex(key, " ")+1:]] = true
	}
	if len(want) < 20 || !kinds["skipped"] || !kinds["late"] || !maps.Equal(found, want) {
		t.Errorf("%s: adherence finds %d kinds of lapses, the sample has %d of %v", name, len(found), len(want), kinds)
		for key, n := range want {
			if found[key] != n {
				t.Logf("%s: %d, want %d", key, found[key], n)
			}
		}
	}
	for stage, mean := range stayed {
		if mean-days[stage] > 0.02 || days[stage]-mean > 0.02 {
			t.Errorf("%s: %.2f days, want %.2f", stage, days[stage], mean)
		}
	}
}

// truth is what the story says of the deals of a pipeline: lapses by owner,
// stage and kind, and the mean days in each stage.
func (l *loader) truth(pipeline int, now time.Time) (lapses map[string]int, stayed map[string]float64) {
	lapses, stayed = map[string]int{}, map[string]float64{}
	entered := map[string]int{}
	p := &l.c.Pipelines[pipeline-1]
	for _, d := range l.c.Deals {
		if int(d.Pipeline) != pipeline {
			continue
		}
		owner, _ := at(l.memberIDs, d.Owner)
		for _, x := range d.Lapses(p, now) {
			lapses[fmt.Sprint(owner, " ", l.stageIDs[pipeline-1][x.Stage], " ", x.Kind)]++
		}
		seen := map[int]bool{}
		for i, x := range d.Passages {
			left := now
			if i+1 < len(d.Passages) {
				left = d.Passages[i+1].At
			}
			name := p.Stages[x.Stage].Name
			stayed[name] += left.Sub(x.At).Hours() / 24
			if !seen[x.Stage] {
				entered[name]++
			}
			seen[x.Stage] = true
		}
	}
	for name, n := range entered {
		stayed[name] /= float64(n)
	}
	return lapses, stayed
}

func asFloat(v any) (f float64) {
	_, _ = fmt.Sscan(fmt.Sprint(v), &f)
	return f
}

// publish makes the process of the first pipeline: its stages in their order,
// each with its usual days as its limit, from one to the next or to lost.
func (l *loader) publish(ctx context.Context) error {
	var d process.Definition
	stages := l.c.Pipelines[0].Stages
	key := func(i int) string { return l.stageIDs[0][i].String() }
	for i, st := range stages {
		x := process.State{State: key(i), End: st.Kind != sample.Open}
		if !x.End {
			x.Limit = &process.Limit{Duration: hours.Duration{N: st.Days, Unit: hours.Days}}
		}
		d.States = append(d.States, x)
		if i > 0 && st.Kind != sample.Lost {
			d.Moves = append(d.Moves, process.Move{Key: fmt.Sprint("m", i), Name: st.Name, From: []string{key(i - 1)}, To: key(i)})
		} else if st.Kind == sample.Lost {
			d.Moves = append(d.Moves, process.Move{Key: "lose", Name: st.Name, To: key(i)})
		}
	}
	return l.w.Write(ctx, asDemo, func(s *record.Session) error {
		out, err := s.Create(ctx, process.Blueprints.Name, record.Values{"name": "Selling", "object": "deal", "field": "stage",
			"condition": `pipeline = "` + l.pipelineIDs[0].String() + `"`, "definition": d.String()})
		if err != nil {
			return err
		}
		_, err = process.Publish(ctx, s, out.ID, process.Publication{Accept: true})
		return err
	})
}

// compareSlips holds what deals and the report say of moved close dates against
// the sample.
func compareSlips(t *testing.T, l *loader) {
	t.Helper()
	type slip struct{ moved, moves, days int64 }
	want, got := map[value.ID]slip{}, map[value.ID]slip{}
	for _, d := range l.c.Deals {
		if moves, days := d.Slips(); moves > 0 {
			owner, _ := at(l.memberIDs, d.Owner)
			x := want[owner]
			want[owner] = slip{x.moved + 1, x.moves + int64(moves), x.days + int64(days)}
		}
	}
	err := l.w.Read(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "deal", Filter: "close_date_moves > 0", Limit: 5000})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			moves, _ := r.Field("close_date_moves").(int64)
			days, _ := r.Field("close_date_slip").(int64)
			x := got[r.Owner()]
			got[r.Owner()] = slip{x.moved + 1, x.moves + moves, x.days + days}
		}
		table, err := report.New(sales.Reports()).Run(t.Context(), s, "slippage", report.Params{})
		if err != nil {
			return err
		}
		total := slip{}
		for _, x := range want {
			total = slip{total.moved + x.moved, total.moves + x.moves, total.days + x.days}
		}
		for i, n := range map[int]int64{1: total.moved, 2: total.moves, 4: total.days} {
			if fmt.Sprint(table.Total.Values[i].Value) != fmt.Sprint(n) {
				t.Errorf("%s: %v, want %d", table.Columns[i].Title, table.Total.Values[i].Value, n)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(want) < 10 || !maps.Equal(want, got) {
		t.Errorf("moved close dates: %v, the sample has %v", got, want)
	}
}

// compareMargins holds what the report says of won deals against the lines of
// the sample: cost and margin of those whose every line has a cost.
func compareMargins(t *testing.T, l *loader) {
	t.Helper()
	var won, unknown, revenue, cost int64
	for _, d := range l.c.Deals {
		if l.c.Pipelines[d.Pipeline-1].Stages[d.Stage()].Kind != sample.Won {
			continue
		}
		won++
		sum, known := l.c.Cost(d)
		if !known {
			unknown++
			continue
		}
		revenue, cost = revenue+d.Amount.Minor, cost+sum.Minor
	}
	err := l.w.Read(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		table, err := report.New(sales.Reports()).Run(t.Context(), s, "profit-by-person", report.Params{})
		if err != nil {
			return err
		}
		want := map[string]any{"won": won, "uncosted": unknown, "cost": value.Money{Minor: cost, Currency: "EUR"},
			"margin": value.Money{Minor: revenue - cost, Currency: "EUR"}, "costed_revenue": value.Money{Minor: revenue, Currency: "EUR"}}
		for name, w := range want {
			if got, _ := table.Value(*table.Total, name); fmt.Sprint(got.Value) != fmt.Sprint(w) {
				t.Errorf("%s: %v, the sample has %v", name, got.Value, w)
			}
		}
		return nil
	})
	if err != nil || unknown == 0 || revenue == 0 {
		t.Fatal(err, unknown, revenue)
	}
}
