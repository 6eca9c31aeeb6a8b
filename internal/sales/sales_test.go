package sales_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

func TestDealFromFirstStageToWon(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account, "amount": "1200.50", "close_date": "2026-06-30"})
		k.Read(t, k.Olga, func(s *record.Session) error { // open: every colleague sees any deal's state
			d, err := s.Get(t.Context(), "deal", deal)
			if err != nil {
				return err
			}
			want := map[string]string{"status": "open", "amount": "1200.50 EUR", "probability": "10", "weighted": "120.05 EUR", "owner": k.Rita.String()}
			for name, text := range want {
				if got := schema.Neutral(d.Field(name)); got != text {
					t.Errorf("%s = %q, want %q", name, got, text)
				}
			}
			return nil
		})
		k.Write(t, k.Max, func(s *record.Session) error { // same team
			_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{Reason: "service"})
			return err
		})
		k.Read(t, k.Bob, func(s *record.Session) error {
			d, err := s.Get(t.Context(), "deal", deal)
			if err != nil {
				return err
			}
			if status, _ := record.Get(d, sales.DealStatus); status != sales.Won {
				t.Errorf("status %q after winning", status)
			}
			if day, _ := record.Get(d, sales.DealCloseDate); day.String() != "2026-03-02" {
				t.Errorf("close date %v after winning", day)
			}
			return nil
		})
		err := k.Try(t.Context(), k.Olga, func(s *record.Session) error { // other team: may see, may not change
			_, err := sales.Reopen(t.Context(), s, deal, 0)
			return err
		})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep of another team reopened the deal: %v", err)
		}
	})
}

func TestDealsThatCannotBe(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		for name, v := range map[string]record.Values{
			"account":     {"name": "no party"},
			"amount":      {"name": "negative", "account": account, "amount": "-5"},
			"probability": {"name": "140 percent", "account": account, "probability": "140"},
			"name":        {"account": account},
		} {
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "deal", v)
				return err
			})
			e, ok := fault.As(err)
			if !ok || e.Kind != fault.Invalid || len(e.Fields) == 0 || e.Fields[0].Path != name {
				t.Errorf("deal %v: %v, want a fault at %s", v, err, name)
			}
		}
	})
}

// An old deal that is brought in without its first day counts as begun today.
func TestDaysToCloseAreNeverNegative(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		for start, want := range map[string]any{"": nil, "2025-03-01": int64(30), "2025-04-01": nil} {
			v := record.Values{"name": "Old", "account": account, "close_date": "2025-03-31"}
			if start != "" {
				v["started_on"] = start
			}
			deal := k.Create(t, k.Rita, "deal", v)
			k.Write(t, k.Rita, func(s *record.Session) error {
				on, err := value.ParseDate("2025-03-31")
				if err == nil {
					_, err = sales.Win(t.Context(), s, deal, 0, sales.Close{On: on})
				}
				return err
			})
			k.Read(t, k.Rita, func(s *record.Session) error {
				d, err := s.Get(t.Context(), "deal", deal)
				if err == nil && d.Field("cycle_days") != want {
					t.Errorf("begun on %q: %v days, want %v", start, d.Field("cycle_days"), want)
				}
				return err
			})
		}
	})
}

func TestLinesMakeTheAmount(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		product := k.Create(t, k.Ada, "product", record.Values{"name": "Pump", "price": "99.99"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account, "amount": "7"})
		line := k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "product": product, "quantity": "3", "discount": "10"})
		amount := func() (m value.Money) {
			k.Read(t, k.Rita, func(s *record.Session) error {
				d, err := s.Get(t.Context(), "deal", deal)
				if err == nil {
					m, _ = record.Get(d, sales.DealAmount)
				}
				return err
			})
			return m
		}
		if got := amount(); got.String() != "269.97 EUR" {
			t.Errorf("amount %v, want 3 × 99.99 less 10 %%", got)
		}
		k.Write(t, k.Ada, func(s *record.Session) error { // a price list changes no deal
			_, err := s.Update(t.Context(), "product", product, 0, record.Values{"price": "1"})
			return err
		})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal_line", line, 0, record.Values{"quantity": "1"})
			return err
		})
		if got := amount(); got.String() != "89.99 EUR" {
			t.Errorf("amount %v, want 99.99 less 10 %%", got)
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"amount": "80"})
			return err
		})
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal", deal) })
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Restore(t.Context(), "deal", deal) })
		if got := amount(); got.String() != "80.00 EUR" {
			t.Errorf("back from the trash with its line: amount %v, want 80 as it went", got)
		}
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal_line", line) })
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Restore(t.Context(), "deal_line", line) })
		if got := amount(); got.String() != "89.99 EUR" {
			t.Errorf("a line alone is back: amount %v, want its sum", got)
		}
	})
}

func TestLeadNeedsSomethingToReachItBy(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "lead", record.Values{"description": "met at the fair"})
			return err
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a lead with nothing: %v", err)
		}
		lead := k.Create(t, k.Rita, "lead", record.Values{"email": "anna@acme.example"})
		k.Read(t, k.Rita, func(s *record.Session) error {
			l, err := s.Get(t.Context(), "lead", lead)
			if err == nil && l.Title() != "anna@acme.example" {
				t.Errorf("lead is called %q", l.Title())
			}
			return err
		})
	})
}
