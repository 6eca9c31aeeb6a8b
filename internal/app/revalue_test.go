package app_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/schema"
)

func TestChangedRateRevaluesOpenDeals(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		open := k.Create(t, k.Rita, "deal", record.Values{"name": "Open", "account": account, "amount": map[string]any{"amount": "100", "currency": "USD"}})
		total := func() string {
			var text string
			k.Read(t, k.Ada, func(s *record.Session) error {
				r, err := s.Aggregate(t.Context(), record.Aggregate{Object: "deal", Group: []string{"stage"}, Measures: []string{"sum:amount"}})
				if err == nil {
					text = schema.Neutral(r.Total.Values[0].Value)
				}
				return err
			})
			return text
		}
		if got := total(); got != "" && got != "0.00 EUR" {
			t.Errorf("without a rate the base sum is %q", got)
		}
		rate := k.Create(t, k.Ada, "currency_rate", record.Values{"currency": "usd", "day": "2026-01-01", "rate": "0.9"})
		k.Drain(t)
		if got := total(); got != "90.00 EUR" {
			t.Errorf("at 0.9 the base sum is %q", got)
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", open, 0, record.Values{"name": "Still open"})
			return err
		})
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "currency_rate", rate, 0, record.Values{"rate": "0.8"})
			return err
		})
		k.Drain(t)
		if got := total(); got != "80.00 EUR" {
			t.Errorf("at 0.8 the base sum is %q", got)
		}
	})
}
