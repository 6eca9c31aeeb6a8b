package sales

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// priceLines computes what each line comes to, by the formulas at its fields. A
// line without a price comes to nothing, which is not zero.
func priceLines(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if err := copyTerms(ctx, s, drafts); err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Doing != record.Creating && d.Doing != record.Updating {
			continue
		}
		setPeriods(d)
		f, err := figuresOf(d)
		if err != nil {
			d.Refuse(LinePrice.Name(), "line.too_large", nil)
			continue
		}
		for field, m := range map[schema.Field[value.Money]]value.Money{LinePeriod: f.period, LineAmount: f.amount,
			LineTax: f.tax, LineGross: f.gross, LineYearly: f.yearly} {
			if m == (value.Money{}) {
				d.Set(field.Name(), nil)
				continue
			}
			record.Put(d, field, m)
		}
	}
	return nil
}

// figures are what a line comes to; the empty Money where there is nothing.
type figures struct{ period, amount, tax, gross, yearly value.Money }

func figuresOf(d *record.Draft) (f figures, err error) {
	price, ok := record.Will(d, LinePrice)
	if !ok {
		return f, nil
	}
	factor, ok := record.Will(d, LineQuantity)
	if !ok {
		factor = decimal.NewFromInt(1)
	}
	if discount, ok := record.Will(d, LineDiscount); ok {
		factor = factor.Mul(hundred.Sub(discount)).Shift(-2)
	}
	if f.period, err = price.Times(factor); err != nil {
		return f, err
	}
	periods, ok := record.Will(d, LinePeriods)
	if !ok {
		periods = 1
	}
	if f.amount, err = f.period.Times(decimal.NewFromInt(periods)); err != nil {
		return f, err
	}
	if rate, ok := record.Will(d, LineTaxRate); ok {
		if f.tax, err = f.period.Times(rate.Shift(-2)); err != nil {
			return f, err
		}
		if f.tax, err = f.tax.Times(decimal.NewFromInt(periods)); err != nil {
			return f, err
		}
	}
	if f.gross, err = f.amount.Add(f.tax); err != nil {
		return f, err
	}
	billing, _ := record.Will(d, LineBilling)
	if year := periodsOfYear[billing]; year > 0 {
		f.yearly, err = f.period.Times(decimal.NewFromInt(year))
	}
	return f, err
}

var hundred = decimal.NewFromInt(100)

// periodsOfYear is how often a recurring price is billed in a year.
var periodsOfYear = map[string]int64{Monthly: 12, Quarterly: 4, Yearly: 1}

// setPeriods gives a recurring line that names no term one of a year, and takes
// the term from a line that is billed once. A term that is typed for such a
// line is refused.
func setPeriods(d *record.Draft) {
	billing, _ := record.Will(d, LineBilling)
	periods, has := record.Will(d, LinePeriods)
	typed := d.Given(LinePeriods.Name()) && has
	year, recurs := periodsOfYear[billing]
	switch {
	case !recurs && typed && periods > 1:
		d.Refuse(LinePeriods.Name(), "line.periods_of_once", nil)
	case !recurs:
		d.Set(LinePeriods.Name(), nil)
	case !has, d.Doing == record.Updating && d.Changed(LineBilling.Name()) && !typed && !d.Changed(LinePeriods.Name()):
		record.Put(d, LinePeriods, year)
	}
}

// copyTerms gives a line what its product says of price, tax and billing when
// the product is chosen by hand, as far as the caller does not say it himself.
// The copy stays when the product changes (R31). What an import leaves empty
// stays empty.
func copyTerms(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if imported(s) {
		return nil
	}
	var ids []value.ID
	for _, d := range drafts {
		if id, ok := chosen(d); ok {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	products, err := s.GetMany(ctx, Products.Name, slices.Compact(ids))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		id, ok := chosen(d)
		p := products[id]
		if !ok || p == nil {
			continue
		}
		if price, ok := record.Get(p, ProductPrice); ok && !d.Given(LinePrice.Name()) {
			record.Put(d, LinePrice, price)
		}
		if !d.Given(LineTaxRate.Name()) {
			d.Set(LineTaxRate.Name(), p.Field(ProductTax.Name()))
		}
		copyBilling(d, p)
	}
	return nil
}

// copyBilling takes over how often and how long; one without the other would
// make twelve years of twelve months.
func copyBilling(d *record.Draft, p *record.Record) {
	if d.Given(LineBilling.Name()) {
		return
	}
	billing, ok := record.Get(p, ProductBilling)
	if !ok {
		billing = Once
	}
	record.Put(d, LineBilling, billing)
	if !d.Given(LinePeriods.Name()) {
		d.Set(LinePeriods.Name(), p.Field(ProductPeriods.Name()))
	}
}

// chosen is the product that a draft chooses.
func chosen(d *record.Draft) (value.ID, bool) {
	id, ok := record.Will(d, LineProduct)
	return id, ok && d.Changed(LineProduct.Name()) && (d.Doing == record.Creating || d.Doing == record.Updating)
}
