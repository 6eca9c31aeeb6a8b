package sales_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// The forecast of a past day comes from its snapshot where there is one, from
// history where there is none, and says which; both agree with the list of that
// day.
func TestTheForecastOfAPastDay(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		north := book.deal(k.Rita, "Negotiation", "2026-03-25", 100)
		book.deal(k.Olga, "Prospecting", "2026-03-20", 40)
		first := k.Now()
		k.Pass(24 * time.Hour)
		if err := k.Workspace.KeepForecast(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.Pass(24 * time.Hour)
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", north, 0, record.Values{"amount": whole(300)})
			return err
		})
		second := k.Now()
		k.Pass(24 * time.Hour)
		k.Write(t, k.Ada, func(s *record.Session) error { return s.Delete(t.Context(), "deal", north) })
		k.Pass(24 * time.Hour)

		ask := func(who value.ID, at time.Time, by string) (f *sales.Forecast) {
			t.Helper()
			k.Read(t, who, func(s *record.Session) (err error) {
				q := quarter(t)
				q.By = by
				if q.AsOf, err = s.ParseAsOf(value.DateOf(at, s.Env().Zone).String()); err != nil {
					return err
				}
				if f, err = sales.Foresee(t.Context(), s, q); err != nil {
					return err
				}
				for _, r := range append(f.Rows, f.Total) {
					for class, c := range r.Cells {
						n, _, err := s.Count(t.Context(), record.Query{Object: "deal", Filter: c.Filter, AsOf: q.AsOf})
						if err != nil || f.Source == sales.FromHistory && n != c.N {
							t.Errorf("%s of %s: %d, the list of then has %d (%v)", class, r.Label, c.N, n, err)
						}
					}
				}
				return nil
			})
			return f
		}
		for _, x := range []struct {
			who    value.ID
			at     time.Time
			by     string
			source string
			commit int64
		}{
			{k.Ada, first, sales.ByTeam, sales.FromSnapshot, 10000}, // also what is in the trash today
			{k.Ada, first, sales.ByPipeline, sales.FromHistory, 0},
			{k.Ada, second, sales.ByTeam, sales.FromHistory, 0},
		} {
			f := ask(x.who, x.at, x.by)
			commit, _ := f.Total.Cell(sales.Commit).Amount.Value.(value.Money)
			open, _ := f.Total.Cell(sales.InPipeline).Amount.Value.(value.Money)
			if f.Source != x.source || commit.Minor != x.commit || open.Minor != 4000 {
				t.Errorf("%+v: from %s, %v committed, %v in the pipeline", x, f.Source, commit, open)
			}
		}
		if err := k.Workspace.KeepForecast(t.Context()); err != nil {
			t.Fatal(err)
		}
		if f := ask(k.Ada, second, sales.ByTeam); f.Source != sales.FromMadeUp {
			t.Errorf("a day that was made up is from %s", f.Source)
		}
	})
}
