package sales_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

func day(t *testing.T, text string) value.Date {
	t.Helper()
	d, err := value.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func whole(n int64) value.Money { return euros(n * 100) }

// quarter is the one that the clock of tests stands in.
func quarter(t *testing.T) sales.ForecastQuery {
	return sales.ForecastQuery{From: day(t, "2026-01-01"), To: day(t, "2026-03-31")}
}

func TestADealFollowsItsStageInTheForecastUntilSomebodySaysOtherwise(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		say := func(v record.Values) error {
			return k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "deal", x.deal, 0, v)
				return err
			})
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		x.is("new", record.Values{"forecast": "pipeline", "own_forecast": nil})
		must(x.move(sales.Step{Stage: x.stages["Proposal"]}))
		x.is("moved", record.Values{"forecast": "best"})
		must(say(record.Values{"forecast": "commit"}))
		x.is("said", record.Values{"forecast": "commit", "own_forecast": true})
		must(x.move(sales.Step{Stage: x.stages["Qualified"]}))
		x.is("moved again", record.Values{"forecast": "commit", "own_forecast": true})
		must(say(record.Values{"forecast": nil}))
		x.is("unsaid", record.Values{"forecast": "pipeline", "own_forecast": false})
		if err := say(record.Values{"forecast": "closed"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("an open deal is closed in the forecast: %v", err)
		}
		must(say(record.Values{"forecast": "omitted"}))
		must(x.move(sales.Step{Kind: sales.Won}))
		x.is("won", record.Values{"forecast": "closed", "own_forecast": false})
		if err := say(record.Values{"forecast": "commit"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a won deal is only committed: %v", err)
		}
		must(x.move(sales.Step{Kind: sales.Open}))
		x.is("reopened", record.Values{"forecast": "pipeline"})
	})
}

// A forecast counts what closes in the period, by category; past dates, dates
// that are missing and what is omitted stand apart. Every figure has the list
// behind it.
func TestTheForecastOfAPeriod(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		book.deal(k.Rita, "Proposal", "2026-03-20", 100)
		book.deal(k.Rita, "Negotiation", "2026-03-31", 200)
		book.deal(k.Rita, "Won", "2026-02-01", 1000)
		book.deal(k.Rita, "Won", "2025-12-31", 5000) // another quarter's
		book.deal(k.Max, "Qualified", "2026-03-02", 10)
		book.deal(k.Max, "Qualified", "2026-03-01", 7) // past
		book.deal(k.Max, "Qualified", "2025-11-01", 8) // past for long
		book.deal(k.Olga, "Prospecting", "2026-04-01", 3000)
		book.deal(k.Olga, "Prospecting", "", 4)
		book.deal(k.Olga, "Lost", "2026-02-01", 50)
		book.say(book.deal(k.Olga, "Negotiation", "2026-03-15", 60), "omitted")

		want := map[string][2]int64{sales.Closed: {1, 1000}, sales.Commit: {1, 200}, sales.BestCase: {1, 100}, sales.InPipeline: {1, 10},
			sales.Omitted: {1, 60}, sales.Past: {2, 15}, sales.Undated: {1, 4}}
		k.Read(t, k.Ada, func(s *record.Session) error {
			f, err := sales.Foresee(t.Context(), s, quarter(t))
			if err != nil {
				return err
			}
			for class, w := range want {
				c := f.Total.Cell(class)
				if m, _ := c.Amount.Value.(value.Money); c.N != w[0] || m != whole(w[1]) {
					t.Errorf("%s: %d deals of %v, want %v", class, c.N, c.Amount.Value, w)
				}
			}
			if m := f.Total.Weighted().Value; m != (value.Money{Minor: 100*100000/100 + 15000 + 5000 + 250, Currency: "EUR"}) {
				t.Errorf("weighted: %v", m)
			}
			var rows []string
			for _, r := range append(f.Rows, f.Total) {
				rows = append(rows, r.Kind+" "+r.Label)
				countsAgree(t, s, f.Object, r)
			}
			if len(rows) != 2 || rows[0] != "team Sales" {
				t.Errorf("rows: %v", rows)
			}
			return nil
		})
		k.Read(t, k.Bob, func(s *record.Session) error {
			q := quarter(t)
			if q.Person, q.Team = sales.ForecastScope(s); q.Person != 0 || q.Team == 0 {
				t.Errorf("the manager begins with %v %v", q.Person, q.Team)
			}
			f, err := sales.Foresee(t.Context(), s, q)
			if err != nil {
				return err
			}
			if len(f.Rows) != 2 || f.Rows[0].Label != "North" || f.Rows[0].Deals() != 4 || f.Rows[1].Label != "South" || f.Rows[1].Deals() != 0 {
				t.Errorf("%+v", f.Rows)
			}
			for _, r := range f.Rows {
				countsAgree(t, s, f.Object, r)
			}
			q.By = sales.ByPipeline
			if f, err = sales.Foresee(t.Context(), s, q); err != nil || len(f.Rows) != 1 || f.Total.Deals() != 4 {
				t.Errorf("by pipeline: %+v, %v", f, err)
			}
			q.By = sales.ByProduct
			if f, err = sales.Foresee(t.Context(), s, q); err != nil {
				return err
			}
			if len(f.Rows) != 1 || f.Rows[0].Kind != sales.Unlined || f.Total.Deals() != 4 {
				t.Errorf("by product, without a line: %+v", f)
			}
			countsAgree(t, s, "deal", f.Rows[0])
			return nil
		})
		k.Read(t, k.Max, func(s *record.Session) error {
			q := quarter(t)
			if q.Person, q.Team = sales.ForecastScope(s); q.Person != k.Max || q.Team != 0 {
				t.Errorf("a rep begins with %v %v", q.Person, q.Team)
			}
			f, err := sales.Foresee(t.Context(), s, q)
			if err != nil || f.Total.Deals() != 1 || f.Total.Cell(sales.Past).N != 2 || len(f.Rows) != 1 {
				t.Errorf("%+v, %v", f, err)
			}
			q.From, q.To = day(t, "2026-03-31"), day(t, "2026-03-01")
			if _, err := sales.Foresee(t.Context(), s, q); !fault.Is(err, fault.Invalid) {
				t.Errorf("a period that ends before it begins: %v", err)
			}
			return nil
		})
	})
}

// countsAgree checks that the list behind each figure has as many records.
func countsAgree(t *testing.T, s *record.Session, object string, r sales.ForecastRow) {
	t.Helper()
	for class, c := range r.Cells {
		n, _, err := s.Count(t.Context(), record.Query{Object: object, Filter: c.Filter, Count: record.CountExact})
		if err != nil || n != c.N {
			t.Errorf("%s of %q: %d, and %d in the list %q (%v)", class, r.Label, c.N, n, c.Filter, err)
		}
	}
}

func TestWhatPeopleSayOfAForecast(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		q := quarter(t)
		say := func(by, of value.ID, n int64, note string) error {
			return k.Try(t.Context(), by, func(s *record.Session) error {
				_, err := sales.Adjust(t.Context(), s, sales.Adjustment{Person: of, From: q.From, To: q.To, Amount: whole(n), Note: note})
				return err
			})
		}
		for _, c := range []struct {
			by, of value.ID
			may    bool
		}{{k.Rita, k.Rita, true}, {k.Bob, k.Rita, true}, {k.Ada, k.Rita, true}, {k.Max, k.Rita, false}, {k.Rita, k.Bob, false}, {k.Olga, k.Rita, false}} {
			if err := say(c.by, c.of, 100, "first"); (err == nil) != c.may || !c.may && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Invalid) {
				t.Errorf("%v of %v: %v, want %v", c.by, c.of, err, c.may)
			}
		}
		if err := say(k.Rita, k.Rita, 90, "one deal slips"); err != nil {
			t.Fatal(err)
		}
		for member, want := range map[value.ID]int{k.Rita: 3, k.Bob: 3, k.Max: 0, k.Olga: 0} {
			k.Read(t, member, func(s *record.Session) error {
				list, err := sales.AdjustmentsOf(t.Context(), s, q.From, q.To)
				if err != nil || len(list) != want {
					t.Errorf("%v sees %+v, %v; want %d", member, list, err, want)
				}
				for _, a := range list {
					if a.By == k.Rita && (a.Amount != whole(90) || a.Note != "one deal slips") {
						t.Errorf("%+v", a)
					}
					if h, err := s.History(t.Context(), "forecast_adjustment", a.ID, 0, 10); a.By == k.Rita && (err != nil || len(h) != 2) {
						t.Errorf("history: %+v, %v", h, err)
					}
				}
				return nil
			})
		}
		factor := record.Values{"name": "Market", "starts_on": "2026-01-01", "ends_on": "2026-03-31", "change": "-5"}
		for member, may := range map[value.ID]bool{k.Bob: true, k.Rita: false} {
			err := k.Try(t.Context(), member, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "outside_factor", factor)
				return err
			})
			if fault.Is(err, fault.Forbidden) == may || (err == nil) != may {
				t.Errorf("a factor by %v: %v", member, err)
			}
		}
	})
}

// shelfOf is deals by the stage they are in.
type dealBook struct {
	*shelf
	account value.ID
	n       int
}

func newBook(t *testing.T, k *apptest.Kit) *dealBook {
	x := newShelf(t, k)
	k.Write(t, k.Ada, func(s *record.Session) error { return s.Delete(t.Context(), "deal", x.deal) })
	return &dealBook{shelf: x, account: k.Create(t, k.Ada, "account", record.Values{"name": "Boreas"})}
}

func (b *dealBook) deal(owner value.ID, stage, on string, amount int64) value.ID {
	b.t.Helper()
	b.n++
	v := record.Values{"name": "Deal", "account": b.account, "stage": b.stages[stage], "owner": owner, "amount": whole(amount)}
	if on != "" {
		v["close_date"] = on
	}
	if stage == "Lost" {
		v["lost_reason"] = "price"
	}
	return b.Create(b.t, b.Ada, "deal", v)
}

func (b *dealBook) say(deal value.ID, category string) {
	b.t.Helper()
	b.Write(b.t, b.Ada, func(s *record.Session) error {
		_, err := s.Update(b.t.Context(), "deal", deal, 0, record.Values{"forecast": category})
		return err
	})
}
