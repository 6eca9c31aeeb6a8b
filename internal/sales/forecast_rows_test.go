package sales_test

import (
	"fmt"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

func forecastRows(f *sales.Forecast) (list []string) {
	for _, r := range append(f.Rows, f.Total) {
		list = append(list, fmt.Sprint(r.Kind, " ", r.Label, " ", r.Deals(), " ", r.Committed().Value, " ", r.Weighted().Value))
	}
	return list
}

// By product a line has the chance of its deal, and what has no lines is a row:
// the rows come to all.
func TestAForecastByProduct(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		lined := book.deal(k.Rita, "Qualified", "2026-03-20", 0)
		book.deal(k.Rita, "Won", "2026-02-01", 1000)
		desk := k.Create(t, k.Ada, "product", record.Values{"name": "Desk"})
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", lined, 0, record.Values{"probability": "25"})
			return err
		})
		for _, price := range []int64{100, 300} {
			k.Create(t, k.Ada, "deal_line", record.Values{"deal": lined, "product": desk, "unit_price": whole(price)})
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			q := quarter(t)
			q.By = sales.ByProduct
			f, err := sales.Foresee(t.Context(), s, q)
			if err != nil {
				return err
			}
			want := []string{"product Desk 2 <nil> 100.00 EUR", "unlined  1 1000.00 EUR 1000.00 EUR", "  3 1000.00 EUR 1100.00 EUR"}
			if got := forecastRows(f); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%q, want %q", got, want)
			}
			for i, object := range []string{f.Object, "deal"} {
				countsAgree(t, s, object, f.Rows[i])
			}
			if c := f.Total.Cell(sales.Closed); c.Filter != "" {
				t.Errorf("lines and deals are in no list: %s", c.Filter)
			}
			return nil
		})
	})
}

// Amounts of each currency stand in a row of their own, those of none too.
func TestAForecastByCurrency(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		k.Create(t, k.Ada, "currency_rate", record.Values{"currency": "USD", "day": "2026-01-01", "rate": "0.5"})
		book.deal(k.Rita, "Won", "2026-02-01", 1000)
		for _, amount := range []any{value.Money{Minor: 30000, Currency: "USD"}, nil} {
			k.Create(t, k.Ada, "deal", record.Values{"name": "Deal", "account": book.account, "stage": book.stages["Won"], "owner": k.Max, "close_date": "2026-02-02", "amount": amount})
		}
		for _, foresee := range []func(*record.Session, sales.ForecastQuery) (*sales.Forecast, error){
			func(s *record.Session, q sales.ForecastQuery) (*sales.Forecast, error) {
				return sales.ForeseeCounted(t.Context(), s, q)
			},
			func(s *record.Session, q sales.ForecastQuery) (*sales.Forecast, error) {
				f, _, err := sales.ForeseeKept(t.Context(), s, q)
				return f, err
			},
		} {
			k.Read(t, k.Ada, func(s *record.Session) error {
				q := quarter(t)
				q.By = sales.ByCurrency
				f, err := foresee(s, q)
				if err != nil {
					return err
				}
				want := []string{"currency  1 <nil> <nil>", "currency EUR 1 1000.00 EUR 1000.00 EUR", "currency USD 1 150.00 EUR 150.00 EUR", "  3 1150.00 EUR 1150.00 EUR"}
				if got := forecastRows(f); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%q, want %q", got, want)
				}
				for _, r := range append(f.Rows, f.Total) {
					countsAgree(t, s, f.Object, r)
				}
				return nil
			})
		}
	})
}

// What people say of themselves adds up to their team's word and the company's,
// with what the deals of the others come to; so does what their manager makes of
// it.
func TestWordsAddUp(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		book.deal(k.Rita, "Won", "2026-02-01", 1000)
		book.deal(k.Max, "Won", "2026-02-01", 500)
		book.deal(k.Olga, "Won", "2026-02-01", 70)
		q := quarter(t)
		say := func(who, of, amount value.ID) {
			k.Write(t, who, func(s *record.Session) error {
				_, err := sales.Adjust(t.Context(), s, sales.Adjustment{Person: of, From: q.From, To: q.To, Amount: whole(int64(amount))})
				return err
			})
		}
		tell := func(who value.ID, q sales.ForecastQuery) (words []string) {
			k.Read(t, who, func(s *record.Session) error {
				f, err := sales.Foresee(t.Context(), s, q)
				if err != nil {
					return err
				}
				said, err := sales.AdjustmentsOf(t.Context(), s, q.From, q.To)
				if err != nil {
					return err
				}
				for i, w := range f.Words(s, said) {
					label := f.Total.Label
					if i < len(f.Rows) {
						label = f.Rows[i].Label
					}
					words = append(words, fmt.Sprint(label, " ", w.Own, " ", w.Led, " ", w.People))
				}
				return nil
			})
			return words
		}
		same := func(what string, got []string, want ...string) {
			t.Helper()
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		k.Read(t, k.Bob, func(s *record.Session) error {
			q.Team = s.Actor().Team()
			return nil
		})
		same("nobody said", tell(k.Ada, q), "North <nil> <nil> 0", "South <nil> <nil> 0", " <nil> <nil> 0")
		say(k.Rita, k.Rita, 1200)
		same("Rita said", tell(k.Ada, q), "North 1700.00 EUR <nil> 1", "South <nil> <nil> 0", " 1770.00 EUR <nil> 1")
		say(k.Bob, k.Rita, 1100)
		say(k.Bob, k.Max, 400)
		same("Bob said", tell(k.Ada, q), "North 1700.00 EUR 1500.00 EUR 2", "South <nil> <nil> 0", " 1770.00 EUR 1570.00 EUR 2")
		q.Person, q.Team = k.Rita, 0
		same("of Rita", tell(k.Rita, q), "Rita 1200.00 EUR 1100.00 EUR 1", " 1200.00 EUR 1100.00 EUR 1")
	})
}

// A factor of a team moves its business: all of the team's forecast, its part of
// the company's, nothing of others'. Who leads a team may say no more than that.
func TestAFactorOfATeam(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		for range 6 {
			book.deal(k.Rita, "Negotiation", "2026-03-20", 300)
			book.deal(k.Olga, "Negotiation", "2026-03-20", 100)
		}
		id := k.Create(t, k.Bob, "outside_factor", record.Values{"name": "Market", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "change": "-10"})
		var team value.ID
		k.Write(t, k.Bob, func(s *record.Session) error {
			r, err := s.Get(t.Context(), "outside_factor", id)
			if err != nil {
				return err
			}
			if of, _ := record.Get(r, sales.FactorTeam); of != s.Actor().Team() {
				t.Errorf("of %v, not of his team", of)
			}
			team = s.Roster().TeamOf(k.Rita)
			_, err = s.Update(t.Context(), "outside_factor", id, 0, record.Values{"team": team})
			return err
		})
		share := func(person, of value.ID) (part int64) {
			k.Read(t, k.Ada, func(s *record.Session) error {
				q := quarter(t)
				q.Person, q.Team = person, of
				x, err := sales.Expect(t.Context(), s, q)
				if err == nil && len(x.Lines) > 0 {
					part = -x.Lines[0].Share.Minor * 1000 / (x.Band.Mean - x.Lines[0].Share.Minor)
				}
				return err
			})
			return part
		}
		for _, c := range []struct {
			name        string
			person, of  value.ID
			least, most int64
		}{{"the team", 0, team, 99, 101}, {"one of it", k.Rita, 0, 99, 101}, {"the company", 0, 0, 74, 76}, {"somebody else", k.Olga, 0, 0, 0}} {
			if got := share(c.person, c.of); got < c.least || got > c.most {
				t.Errorf("%s: %d per mille", c.name, got)
			}
		}
		whole := k.Create(t, k.Ada, "outside_factor", record.Values{"name": "War", "starts_on": "2027-01-01", "ends_on": "2027-12-31", "change": "-10"})
		for what, err := range map[string]error{
			"of all": k.Try(t.Context(), k.Bob, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "outside_factor", id, 0, record.Values{"team": nil})
				return err
			}),
			"the company's": k.Try(t.Context(), k.Bob, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "outside_factor", whole, 0, record.Values{"active": false})
				return err
			}),
			"a rep's": k.Try(t.Context(), k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "outside_factor", id) }),
		} {
			if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}
