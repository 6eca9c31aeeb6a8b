package record

import (
	"context"
	"sort"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Currency rates are records: how many units of the workspace currency one
// unit of another was worth from a day on.
var (
	CurrencyRates = schema.NewObject("currency_rate", "currency_rates", schema.Unowned, "Currency rate", "Currency rates").Titled("currency")

	rateCurrency = schema.Text(CurrencyRates, "currency").Required().On(func(f *schema.FieldDef) { f.Max = 3 })
	rateDay      = schema.Date(CurrencyRates, "day").Required()
	rateFactor   = schema.Decimal(CurrencyRates, "rate", 9).Required()
)

// Objects are the built-in objects of this room.
func Objects() []*schema.Object { return []*schema.Object{CurrencyRates, Views} }

// rates are all dated rates, by currency, oldest first.
type rates struct{ by map[string][]rate }

type rate struct {
	day    value.Date
	factor decimal.Decimal
}

func loadRates(ctx context.Context, tx *store.Tx, s *schema.Schema) (*rates, error) {
	r := &rates{by: map[string][]rate{}}
	if _, ok := s.Object(CurrencyRates.Name); !ok {
		return r, nil
	}
	rows, err := tx.Query(ctx, `SELECT currency, day, rate FROM {currency_rate} WHERE deleted_at IS NULL ORDER BY day`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var currency string
		var day value.Date
		var scaled int64
		if err := rows.Scan(&currency, &day, &scaled); err != nil {
			return nil, err
		}
		r.by[currency] = append(r.by[currency], rate{day, value.Unscaled(scaled, 9)})
	}
	return r, rows.Err()
}

// at is the rate of a currency on a day: the last one dated on or before it.
func (r *rates) at(currency string, day value.Date) (decimal.Decimal, bool) {
	list := r.by[currency]
	i := sort.Search(len(list), func(i int) bool { return list[i].day > day })
	if i == 0 {
		return decimal.Decimal{}, false
	}
	return list[i-1].factor, true
}

// Base converts to minor units of the workspace currency at today's rate;
// false without a rate.
func (s *Session) Base(m value.Money) (int64, bool) { return s.BaseOn(m, s.Today()) }

// BaseOn is Base at the rate of a day.
func (s *Session) BaseOn(m value.Money, day value.Date) (int64, bool) {
	if m.Currency == s.state.settings.Currency {
		return m.Minor, true
	}
	factor, ok := s.state.rates.at(m.Currency, day)
	if !ok {
		return 0, false
	}
	scaled, err := value.MoneyOf(m.Decimal().Mul(factor).RoundBank(int32(value.Digits(s.state.settings.Currency))), s.state.settings.Currency)
	return scaled.Minor, err == nil
}

// BaseFrom is Base of what is for days that begin with one: at its rate, or, while
// they are still to come, at that of the day on which one looks.
func (s *Session) BaseFrom(m value.Money, first, today value.Date) (int64, bool) {
	return s.BaseOn(m, min(first, today))
}

// Rules are what this room demands of its own objects: a new rate is seen by
// the next session, and open records are valued by it.
func Rules() []Rule {
	return []Rule{viewRule, {Name: "currency rates", Objects: []string{CurrencyRates.Name}, Prepare: upperCurrency, Check: oneRateADay,
		Applied: func(ctx context.Context, s *Session, drafts []*Draft) error {
			done := map[string]bool{}
			for _, d := range drafts {
				for _, v := range []any{d.Before(rateCurrency.Name()), d.Field(rateCurrency.Name())} {
					if c, ok := v.(string); ok && !done[c] {
						done[c] = true
						if err := s.Later(Revalue{Currency: c}); err != nil {
							return err
						}
					}
				}
			}
			return touchState(ctx, s.tx)
		}}}
}

// upperCurrency refuses codes that no currency has.
func upperCurrency(_ context.Context, _ *Session, drafts []*Draft) error {
	for _, d := range drafts {
		text, ok := Will(d, rateCurrency)
		if !ok || d.Doing == Deleting {
			continue
		}
		code, err := value.ParseCurrency(text)
		if err != nil {
			d.Refuse(rateCurrency.Name(), "record.unknown_currency", nil)
			continue
		}
		Put(d, rateCurrency, code)
		if factor, ok := Will(d, rateFactor); ok && !factor.IsPositive() {
			d.Refuse(rateFactor.Name(), "record.rate_not_positive", nil)
		}
	}
	return nil
}

// farRate is how many days ahead a rate may be known.
const farRate = 366

// firstRate is the first day of which a rate makes sense: before it there was
// no clock to keep amounts by.
var firstRate = value.Date(0)

// oneRateADay refuses a second rate of a currency for a day, and days that are
// surely typed wrong.
func oneRateADay(ctx context.Context, s *Session, drafts []*Draft) error {
	type spot struct {
		currency string
		day      value.Date
	}
	mine := map[spot]*Draft{}
	var from, to value.Date
	for _, d := range drafts {
		day, ok := Will(d, rateDay)
		code, known := Will(d, rateCurrency)
		if !ok || !known || d.Doing == Deleting {
			continue
		}
		if day < firstRate || day > s.Today()+farRate {
			d.Refuse(rateDay.Name(), "record.rate_day", nil)
			continue
		}
		at := spot{code, day}
		if mine[at] != nil {
			d.Refuse(rateDay.Name(), "record.rate_twice", fault.Args{"currency": code})
			continue
		}
		if len(mine) == 0 {
			from, to = day, day
		}
		mine[at], from, to = d, min(from, day), max(to, day)
	}
	if len(mine) == 0 {
		return nil
	}
	rows, err := s.tx.Query(ctx, `SELECT id, currency, day FROM {currency_rate} WHERE deleted_at IS NULL AND day >= $1 AND day <= $2`, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		code, _ := rows.Text(1)
		day, _ := rows.Date(2)
		if d := mine[spot{code, day}]; d != nil && d.ID != id {
			d.Refuse(rateDay.Name(), "record.rate_twice", fault.Args{"currency": strings.Clone(code)})
		}
	}
	return rows.Err()
}
