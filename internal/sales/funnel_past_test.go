package sales_test

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// then is what was true of a stage at a moment, from what was planted.
type then struct {
	entered, here, lost, advanced int64
	days                          float64
}

func stageThen(truth *apptest.Truth, stage int, at time.Time) (x then) {
	by := func(t time.Time) bool { return !t.IsZero() && !t.After(at) }
	for _, d := range truth.Deals {
		if len(d.Entered) <= stage || !by(d.Entered[stage]) {
			continue
		}
		x.entered++
		left := d.Ended
		further := stage+1 < len(d.Entered)
		if further {
			left = d.Entered[stage+1]
		}
		switch {
		case !by(left):
			x.here++
			left = at
		case further || d.Won:
			x.advanced++
		default:
			x.lost++
		}
		x.days += left.Sub(d.Entered[stage]).Hours() / 24
	}
	return x
}

// The funnel and the time in stage of a past day tell what was true then, list as
// many deals as they count, and refuse to be narrowed by what nobody kept.
func TestFunnelAndStaysOfAPastDay(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 21, Deals: 400})
		at := k.Now().AddDate(0, 0, -150)
		k.Read(t, k.Ada, func(s *record.Session) error {
			q := sales.FunnelQuery{Pipeline: truth.Pipeline, AsOf: at}
			list, err := sales.Funnel(t.Context(), s, q)
			if err != nil {
				return err
			}
			table, err := k.App.Reports().Run(t.Context(), s, "time-in-stage", report.Params{AsOf: at})
			if err != nil {
				return err
			}
			stood := map[value.ID]report.Row{}
			for _, r := range table.Rows {
				id, _ := r.Keys[0].(value.ID)
				stood[id] = r
			}
			for i, st := range truth.Stages {
				want, x := stageThen(truth, i, at), list[i]
				if got := (then{x.Entered, x.Here, x.Lost, x.Advanced, want.days}); got != want {
					t.Errorf("%s was %+v, want %+v", x.Name, got, want)
				}
				for figure, n := range map[string]int64{"entered": x.Entered, "here": x.Here} {
					if ids, err := funnelDeals(t, s, q, x.Stage, figure, 1000); err != nil || int64(len(ids)) != n {
						t.Errorf("%s %s lists %d and counts %d; %v", x.Name, figure, len(ids), n, err)
					}
				}
				r := stood[st.ID]
				if len(r.Values) == 0 || r.Values[0].Value != want.entered || math.Abs(r.Values[1].Value.(decimal.Decimal).InexactFloat64()-want.days/float64(want.entered)) > 0.02 {
					t.Errorf("time in %s was %+v, want %d deals of %.2f days", st.Name, r.Values, want.entered, want.days/float64(want.entered))
				}
			}
			if len(stood) != len(truth.Stages) {
				t.Errorf("time is told in %d stages, %d are open", len(stood), len(truth.Stages))
			}
			for name, filter := range map[string]string{"funnel": `next_activity_at is empty`, "time-in-stage": `next_activity_at is empty`} {
				if _, err := k.App.Reports().Run(t.Context(), s, name, report.Params{AsOf: at, Filter: filter}); err == nil {
					t.Errorf("%s is narrowed by what nobody kept", name)
				}
			}
			for _, at := range []time.Time{{}, at} {
				matrixIs(t, k, s, truth, at)
			}
			return nil
		})
	})
}

// lossesThen is who had been lost in which stage at a moment, and who of those that
// were closed had been in it.
func lossesThen(truth *apptest.Truth, at time.Time) map[[2]value.ID][2]int64 {
	list := map[[2]value.ID][2]int64{}
	for _, d := range truth.Deals {
		if d.Ended.IsZero() || d.Ended.After(at) {
			continue
		}
		for stage := range d.Entered {
			key := [2]value.ID{d.Owner, truth.Stages[stage].ID}
			x := list[key]
			if x[0]++; stage == len(d.Entered)-1 && !d.Won {
				x[1]++
			}
			list[key] = x
		}
	}
	return list
}

// matrixIs holds the matrix of losses of a moment, zero = now, against what was
// planted, and each of its figures against the list behind it.
func matrixIs(t *testing.T, k *apptest.Kit, s *record.Session, truth *apptest.Truth, at time.Time) {
	t.Helper()
	matrix, err := k.App.Reports().Run(t.Context(), s, "losses-by-person-and-stage", report.Params{AsOf: at})
	if err != nil {
		t.Fatal(err)
	}
	moment := at
	if at.IsZero() {
		moment = s.Now()
	}
	want := lossesThen(truth, moment)
	for _, r := range matrix.Rows {
		owner, _ := r.Keys[0].(value.ID)
		stage, _ := r.Keys[1].(value.ID)
		key := [2]value.ID{owner, stage}
		if got := [2]int64{r.Values[0].Value.(int64), r.Values[1].Value.(int64)}; got != want[key] {
			t.Errorf("%v at %v: %v were in the stage and were lost there, want %v", r.Labels, at, got, want[key])
		}
		delete(want, key)
		for col := range 2 {
			b, _ := matrix.BehindOf(r, col)
			var listed, told int64
			if b.Path != "" {
				listed, told = atOnce(t, k, s, "losses-by-person-and-stage", b.Path)
			} else if b.Filter != "" {
				listed, _, err = s.Count(t.Context(), record.Query{Object: "deal", Filter: b.Filter, AsOf: at})
				told = listed
			}
			if n := r.Values[col].Value; err != nil || told != n || listed != n {
				t.Errorf("%v at %v: %d are counted, %d of %d listed; %v", r.Labels, at, n, listed, told, err)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("at %v %d lines are missing", at, len(want))
	}
}

// atOnce lists the records behind a figure on one page, and tells how many there are.
func atOnce(t *testing.T, k *apptest.Kit, s *record.Session, name, path string) (listed, told int64) {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	trail, err := report.ReadTrail(s, u.Query())
	if err != nil {
		t.Fatal(err)
	}
	found, _, err := k.App.Reports().Behind(t.Context(), s, name, trail)
	if err != nil {
		t.Fatal(err)
	}
	return int64(len(found.IDs)), found.Count
}

// funnelDeals are the deals behind a figure of a funnel.
func funnelDeals(t testing.TB, s *record.Session, q sales.FunnelQuery, stage value.ID, figure string, limit int) ([]value.ID, error) {
	t.Helper()
	u, err := url.Parse(q.Behind(stage, figure).Path)
	if err != nil {
		return nil, err
	}
	trail, err := report.ReadTrail(s, u.Query())
	if err != nil {
		return nil, err
	}
	trail.Limit = limit
	i := slices.IndexFunc(sales.Reports(), func(x report.Spec) bool { return strings.HasPrefix(u.Path, "/reports/"+x.Name+"/") })
	found, err := sales.Reports()[i].Behind(t.Context(), s, trail)
	return found.IDs, err
}
