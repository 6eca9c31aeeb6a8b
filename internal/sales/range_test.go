package sales_test

import (
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// What came lies in the range of 10 to 90 of 100 about that often: planted
// histories are told anew quarter by quarter, each as known on its eve.
func TestTheRangeHoldsWhatComes(t *testing.T) {
	t.Parallel()
	hits, all := 0, 0
	for seed := range uint64(4) {
		k := apptest.Open(t, app.Config{Quiet: true, Sync: store.SyncOff})
		k.Plant(t, apptest.Planting{Seed: seed, Deals: 900, Months: 40})
		k.Read(t, k.Ada, func(s *record.Session) error {
			f, err := sales.Foresee(t.Context(), s, sales.ForecastQuery{From: day(t, "2026-03-01"), To: day(t, "2026-05-31")})
			if err != nil {
				return err
			}
			o, err := sales.LookOut(t.Context(), s, f)
			if err != nil {
				return err
			}
			backs, err := sales.Backs(t.Context(), s)
			if err != nil {
				return err
			}
			for _, b := range backs {
				all++
				if b.Hit() {
					hits++
				}
			}
			again, err := sales.LookOut(t.Context(), s, f)
			if err != nil || again.Band != o.Band {
				t.Errorf("asked again it is %+v, not %+v (%v)", again.Band, o.Band, err)
			}
			return nil
		})
	}
	if share := float64(hits) / float64(all); share < 0.7 || share > 0.95 {
		t.Errorf("%d of %d quarters came as the range said", hits, all)
	}
}

// A company without history is told the set probabilities, in a wide range that
// says so.
func TestARangeWithoutHistory(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		look := func() (o *sales.Outlook) {
			k.Read(t, k.Ada, func(s *record.Session) error {
				f, err := sales.Foresee(t.Context(), s, quarter(t))
				if err != nil {
					return err
				}
				o, err = sales.LookOut(t.Context(), s, f)
				return err
			})
			return o
		}
		if o := look(); o.Band != (sales.Band{}) || !o.Few {
			t.Errorf("of no deals: %+v", o)
		}
		for range 10 {
			book.deal(k.Rita, "Negotiation", "2026-03-20", 100)
		}
		book.deal(k.Rita, "Won", "2026-02-01", 1000)
		o := look()
		if !o.Few || !o.Known || o.Closed != whole(1000) || o.Band.P10 < 100000 || o.Band.P10 >= o.Band.P50 || o.Band.P90 <= o.Band.P50 || o.Band.P90 > 250000 {
			t.Errorf("%+v", o)
		}
		k.Read(t, k.Max, func(s *record.Session) error {
			f, err := sales.Foresee(t.Context(), s, sales.ForecastQuery{From: day(t, "2025-10-01"), To: day(t, "2025-12-31")})
			if err != nil {
				return err
			}
			o, err := sales.LookOut(t.Context(), s, f)
			if err != nil || !o.Over || o.Band.P90 != 0 {
				t.Errorf("a period that is over: %+v, %v", o, err)
			}
			return nil
		})
	})
}

// A pipeline has the range of its own deals, open and new ones, its season and
// its leads.
func TestTheRangeOfAPipeline(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		other := k.Create(t, k.Ada, "pipeline", record.Values{"name": "Renewals"})
		stage := k.Create(t, k.Ada, "stage", record.Values{"name": "Talks", "pipeline": other, "probability": "50", "kind": "open"})
		for range 6 {
			book.deal(k.Rita, "Negotiation", "2026-03-20", 1000)
		}
		k.Create(t, k.Ada, "deal", record.Values{"name": "Renewal", "account": book.account, "pipeline": other, "stage": stage, "owner": k.Rita, "amount": whole(7), "close_date": "2026-03-20"})
		ask := func(pipeline value.ID) (x *sales.Expectation) {
			q := quarter(t)
			q.Pipeline = pipeline
			k.Read(t, k.Ada, func(s *record.Session) (err error) {
				x, err = sales.Expect(t.Context(), s, q)
				return err
			})
			return x
		}
		if all, one := ask(0), ask(other); all.Band.P90 < 100000 || one.Band.P90 <= 0 || one.Band.P90 > 1400 {
			t.Errorf("all %+v, one pipeline %+v", all.Band, one.Band)
		}
	})
}

// An amount without a rate is in no range, and that is said.
func TestARangeWithoutARate(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		for _, stage := range []string{"Negotiation", "Negotiation", "Won"} {
			id := book.deal(k.Rita, stage, "2026-02-28", 1000)
			update(t, k, k.Ada, "deal", id, record.Values{"amount": value.Money{Minor: 100, Currency: "XAF"}})
		}
		book.deal(k.Rita, "Negotiation", "2026-03-20", 1000)
		k.Read(t, k.Ada, func(s *record.Session) error {
			x, err := sales.Expect(t.Context(), s, quarter(t))
			if err == nil && x.Missing != 3 {
				t.Errorf("%d amounts without a rate", x.Missing)
			}
			return err
		})
	})
}
