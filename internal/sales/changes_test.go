package sales_test

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// held is what a deal was at a moment.
type held struct {
	open, won bool
	owner     value.ID
	close     value.Date
	amount    value.Money
	has       bool
}

// walk lets deals change at random and remembers what they were.
type walk struct {
	*apptest.Kit
	t       testing.TB
	random  *rand.Rand
	ids     []value.ID
	stages  []value.ID
	ways    map[value.ID]sales.StageWay // to stages of closed deals
	moments []time.Time
	held    []map[value.ID]held
}

func (w *walk) step() {
	w.Pass(time.Duration(1+w.random.IntN(40)) * time.Hour)
	v := record.Values{}
	switch w.random.IntN(6) {
	case 0, 1:
		v["amount"] = value.Money{Minor: int64(w.random.IntN(50)) * 1000, Currency: []string{"EUR", "EUR", "USD"}[w.random.IntN(3)]}
	case 2:
		v["close_date"] = value.DateOf(w.Now(), time.UTC).AddDays(w.random.IntN(80) - 20)
	case 3:
		v["owner"] = []value.ID{w.Rita, w.Max}[w.random.IntN(2)]
	default:
		v["stage"] = w.stages[w.random.IntN(len(w.stages))]
		v["lost_reason"] = "price"
	}
	err := w.Workspace.Write(w.t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		if len(w.ids) < 4 || w.random.IntN(4) == 0 {
			v["name"], v["account"] = "D", w.account(s)
			if v["owner"] == nil {
				v["owner"] = w.Rita
			}
			out, err := s.Create(w.t.Context(), "deal", v)
			w.ids = append(w.ids, out.ID)
			return err
		}
		_, err := s.Update(w.t.Context(), "deal", w.ids[w.random.IntN(len(w.ids))], 0, v)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.keep()
}

func (w *walk) account(s *record.Session) value.ID {
	out, err := s.Create(w.t.Context(), "account", record.Values{"name": "A"})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.ID
}

func (w *walk) keep() {
	now := map[value.ID]held{}
	w.Read(w.t, w.Ada, func(s *record.Session) error {
		page, err := s.Query(w.t.Context(), record.Query{Object: "deal", Limit: 500})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			h := held{open: r.Field("status") == "open", won: r.Field("status") == "won", owner: r.Owner()}
			h.close, _ = r.Field("close_date").(value.Date)
			h.amount, h.has = r.Field("amount").(value.Money)
			now[r.ID] = h
		}
		return nil
	})
	w.moments, w.held = append(w.moments, w.Now()), append(w.held, now)
}

// pipeline adds up what was remembered.
func (w *walk) pipeline(i int, in func(held) bool) (n int64, sums map[string]int64) {
	sums = map[string]int64{}
	for _, h := range w.held[i] {
		if h.open && in(h) {
			n++
			if sums[h.amount.Currency] += h.amount.Minor; !h.has || sums[h.amount.Currency] == 0 {
				delete(sums, h.amount.Currency)
			}
		}
	}
	return n, sums
}

// The parts add up, whatever happened, to what is remembered; and each part
// lists as many deals as it counts.
func TestChangesAddUp(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		w := &walk{Kit: k, t: t, random: rand.New(rand.NewPCG(5, 5)), ways: map[value.ID]sales.StageWay{}}
		k.Write(t, k.Ada, func(s *record.Session) error {
			if _, err := s.Create(t.Context(), "currency_rate", record.Values{"currency": "USD", "day": "2026-01-01", "rate": "0.5"}); err != nil {
				return err
			}
			page, err := s.Query(t.Context(), record.Query{Object: "stage", Sort: "position", Limit: 20})
			for _, r := range page.Records {
				w.stages = append(w.stages, r.ID)
				switch r.Field("kind") {
				case "won":
					w.ways[r.ID] = sales.WayWon
				case "lost":
					w.ways[r.ID] = sales.WayLost
				}
			}
			return err
		})
		for range 60 {
			w.step()
		}
		for range 25 {
			a, b := w.random.IntN(len(w.moments)), w.random.IntN(len(w.moments))
			w.compare(min(a, b), max(a, b))
		}
	})
}

func (w *walk) compare(a, b int) {
	first := value.DateOf(w.moments[a], time.UTC).AddDays(w.random.IntN(30) - 10)
	q := sales.ChangesQuery{From: w.moments[a], To: w.moments[b]}
	in := func(held) bool { return true }
	switch w.random.IntN(3) {
	case 0:
		q.Filter = `owner = "` + w.Rita.String() + `"`
		in = func(h held) bool { return h.owner == w.Rita }
	case 1:
		q.CloseFrom, q.CloseTo = first, first.AddDays(30)
		in = func(h held) bool { return h.close >= first && h.close <= first.AddDays(30) && h.close != 0 }
	}
	w.Read(w.t, w.Ada, func(s *record.Session) error {
		c, err := sales.ChangesSince(w.t.Context(), s, q)
		if err != nil {
			return err
		}
		for i, got := range map[int]sales.Changed{a: c.Opening, b: c.Closing} {
			n, sums := w.pipeline(i, in)
			if got.Deals != n || !maps.Equal(got.Sums, sums) {
				w.t.Fatalf("%+v: at %d %d deals of %v, want %d of %v", q, i, got.Deals, got.Sums, n, sums)
			}
			then, err := s.Aggregate(w.t.Context(), record.Aggregate{Object: "deal", Filter: q.Open(), Measures: []string{"sum:amount"}, AsOf: w.moments[i]})
			if err != nil {
				return err
			}
			worth, _ := then.Total.Values[0].Value.(value.Money)
			if worth.Minor != got.Base || then.Total.Values[0].Missing != got.Missing {
				w.t.Fatalf("%+v: at %d worth %d and %d without a rate, history says %d and %d", q, i, got.Base, got.Missing, worth.Minor, then.Total.Values[0].Missing)
			}
		}
		sum := c.Opening
		sum.Sums = maps.Clone(sum.Sums)
		for part, x := range c.Parts {
			sum.Deals += part.Count(x)
			sum.Add(x.Worth, 1)
			w.lists(s, q, sales.ChangeOf{Part: part}, x.Deals)
		}
		for _, m := range c.Moves {
			w.lists(s, q, sales.ChangeOf{From: m.From, To: m.To}, m.Deals)
			if want := w.ways[m.To]; want != "" && m.Way != want {
				w.t.Fatalf("a move from %s to %s is called %s", m.Names[0], m.Names[1], m.Way)
			}
		}
		if sum.Deals != c.Closing.Deals || sum.Base != c.Closing.Base || !maps.Equal(sum.Sums, c.Closing.Sums) {
			w.t.Fatalf("%+v\nparts %+v\nmake %+v, the closing is %+v", q, c.Parts, sum, c.Closing)
		}
		return nil
	})
}

// lists holds a list against its figure.
func (w *walk) lists(s *record.Session, q sales.ChangesQuery, of sales.ChangeOf, want int64) {
	list, n, err := sales.ChangedDeals(w.t.Context(), s, q, of, 1000)
	if err != nil || int64(len(list)) != want || n != want {
		w.t.Fatalf("%+v lists %d deals, tells of %d, and counts %d; %v", of, len(list), n, want, err)
	}
	whole := list
	for i := range min(3, len(whole)) { // page by page
		page := of
		if i > 0 {
			page.Before = whole[i-1].ID
		}
		if list, n, err = sales.ChangedDeals(w.t.Context(), s, q, page, 1); err != nil || len(list) != 1 || list[0].ID != whole[i].ID || n != want {
			w.t.Fatalf("page %d of %+v: %+v, tells of %d; %v", i, of, list, n, err)
		}
	}
	if list, n, err = sales.ChangedDeals(w.t.Context(), s, q, of, 1); err != nil || len(list) != 1 || n != want {
		w.t.Fatalf("%+v lists %d deals of at most one, tells of %d, and counts %d; %v", of, len(list), n, want, err)
	}
}

// The report tells the same to the API; a rep sees his own deals alone where
// deals are private.
func TestFunnelOfPlantedHistory(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 3, Deals: 400})
		k.Read(t, k.Ada, func(s *record.Session) error {
			q := sales.FunnelQuery{Pipeline: truth.Pipeline}
			for _, q.Cohort = range []bool{false, true} {
				list, err := sales.Funnel(t.Context(), s, q)
				if err != nil || len(list) != len(truth.Stages)+1 {
					t.Fatalf("%d stages: %v", len(list), err)
				}
				for i, x := range list[:len(truth.Stages)] {
					want := truth.Stages[i]
					if x.Stage != want.ID || x.Entered != int64(want.Entered) || x.Advanced != int64(want.On) || x.Lost != int64(want.Lost) || x.Here != int64(want.Here) || x.Back != 0 {
						t.Errorf("cohort %v: %+v, want %+v", q.Cohort, x, want)
					}
					for figure, n := range map[string]int64{"entered": x.Entered, "advanced": x.Advanced, "lost": x.Lost, "here": x.Here, "back": x.Back} {
						ids, err := funnelDeals(t, s, q, x.Stage, figure, 1000)
						if err != nil || int64(len(ids)) != n {
							t.Errorf("%s %s lists %d and counts %d; %v", x.Name, figure, len(ids), n, err)
						}
					}
				}
			}
			// A period: a cohort by when deals were made, a snapshot by when stages were entered.
			q.From = value.DateOf(k.Now(), time.UTC).AddDays(-200)
			q.To = q.From.AddDays(60)
			from, to := q.From.Time(time.UTC), q.To.AddDays(1).Time(time.UTC)
			within := func(at time.Time) bool { return !at.Before(from) && at.Before(to) }
			for _, q.Cohort = range []bool{false, true} {
				want := make([]int64, len(truth.Stages))
				for _, d := range truth.Deals {
					for i, at := range d.Entered {
						if q.Cohort && within(d.Began) || !q.Cohort && within(at) {
							want[i]++
						}
					}
				}
				list, err := sales.Funnel(t.Context(), s, q)
				if err != nil {
					return err
				}
				for i, x := range list[:len(truth.Stages)] {
					if x.Entered != want[i] {
						t.Errorf("cohort %v: %d entered %s, want %d", q.Cohort, x.Entered, x.Name, want[i])
					}
				}
			}
			table, err := k.App.Reports().Run(t.Context(), s, "funnel", report.Params{})
			if err != nil || len(table.Rows) < len(truth.Stages) {
				t.Errorf("the report has %d rows: %v", len(table.Rows), err)
			}
			_, err = k.App.Reports().Run(t.Context(), s, "leads-reached", report.Params{})
			if err == nil {
				_, err = k.App.Reports().Run(t.Context(), s, "changes", report.Params{})
			}
			return err
		})
	})
}
