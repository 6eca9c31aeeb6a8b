package sales

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Terms are the fields that say what a line of a deal sells, or of what is made
// of one, and at which price. Price, tax and billing come from the product when
// it is chosen and stay as they are then. What follows from them, rounded half
// to even to the currency's digits:
//
//	period_amount = quantity × unit_price × (100 − discount) / 100
//	amount        = period_amount × periods          (1 when billed once)
//	tax           = period_amount × tax_rate / 100, rounded, × periods
//	gross         = amount + tax
//	yearly_amount = period_amount × 12, 4 or 1       (empty when billed once)
//
// Tax is rounded for each billing, as invoices will have it. A line without a
// tax rate has no tax, and its gross is its amount.
type Terms struct {
	Product  schema.Field[value.ID]
	Text     schema.Field[string]
	Quantity schema.Field[decimal.Decimal]
	Price    schema.Field[value.Money]
	Discount schema.Field[decimal.Decimal]
	TaxRate  schema.Field[decimal.Decimal]
	Billing  schema.Field[string]
	// Periods is the term: how many months, quarters or years are agreed. A
	// year, unless somebody says otherwise; empty when billed once.
	Periods schema.Field[int64]
	// StartsOn is the first day of a recurring line, or the day of delivery.
	StartsOn                           schema.Field[value.Date]
	Period, Amount, Tax, Gross, Yearly schema.Field[value.Money]
	Position                           schema.Field[int64]
}

// DeclareTerms gives an object the fields of a line; inverse is how products
// call its records.
func DeclareTerms(o *schema.Object, inverse string) Terms {
	return Terms{
		Product:  schema.Link(o, "product", Products.Name).Inverse(inverse),
		Text:     schema.Text(o, "description"),
		Quantity: schema.Decimal(o, "quantity", 3).Default("1"),
		Price:    schema.Money(o, "unit_price"),
		Discount: schema.Percent(o, "discount", 2).Between(0, 100),
		TaxRate:  schema.Percent(o, "tax_rate", 2).Between(0, 100),
		Billing:  schema.Choice(o, "billing", Once, Monthly, Quarterly, Yearly).Default(Once),
		Periods:  schema.Int(o, "periods").Between(1, maxPeriods),
		StartsOn: schema.Date(o, "starts_on"),
		Period:   derived(schema.Money(o, "period_amount")),
		Amount:   schema.Money(o, "amount").ReadOnly(),
		Tax:      derived(schema.Money(o, "tax")),
		Gross:    derived(schema.Money(o, "gross")),
		Yearly:   derived(schema.Money(o, "yearly_amount")),
		Position: schema.Int(o, "position").Default("0"),
	}
}

// Compute fills in what each line comes to, for the rule of its object. A line
// without a price comes to nothing, which is not zero.
func (t Terms) Compute(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if err := t.copy(ctx, s, drafts); err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Doing != record.Creating && d.Doing != record.Updating {
			continue
		}
		t.setPeriods(d)
		f, err := t.figuresOf(d)
		if err != nil {
			d.Refuse(t.Price.Name(), "line.too_large", nil)
			continue
		}
		for field, m := range map[schema.Field[value.Money]]value.Money{t.Period: f.period, t.Amount: f.amount,
			t.Tax: f.tax, t.Gross: f.gross, t.Yearly: f.yearly} {
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

func (t Terms) figuresOf(d *record.Draft) (f figures, err error) {
	price, ok := record.Will(d, t.Price)
	if !ok {
		return f, nil
	}
	factor, ok := record.Will(d, t.Quantity)
	if !ok {
		factor = decimal.NewFromInt(1)
	}
	if discount, ok := record.Will(d, t.Discount); ok {
		factor = factor.Mul(hundred.Sub(discount)).Shift(-2)
	}
	if f.period, err = price.Times(factor); err != nil {
		return f, err
	}
	periods, ok := record.Will(d, t.Periods)
	if !ok {
		periods = 1
	}
	if f.amount, err = f.period.Times(decimal.NewFromInt(periods)); err != nil {
		return f, err
	}
	if rate, ok := record.Will(d, t.TaxRate); ok {
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
	billing, _ := record.Will(d, t.Billing)
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
func (t Terms) setPeriods(d *record.Draft) {
	billing, _ := record.Will(d, t.Billing)
	periods, has := record.Will(d, t.Periods)
	typed := d.Given(t.Periods.Name()) && has
	year, recurs := periodsOfYear[billing]
	switch {
	case !recurs && typed && periods > 1:
		d.Refuse(t.Periods.Name(), "line.periods_of_once", nil)
	case !recurs:
		d.Set(t.Periods.Name(), nil)
	case !has, d.Doing == record.Updating && d.Changed(t.Billing.Name()) && !typed && !d.Changed(t.Periods.Name()):
		record.Put(d, t.Periods, year)
	}
}

// copy gives a line what its product says of price, tax and billing when
// the product is chosen by hand, as far as the caller does not say it himself.
// The copy stays when the product changes (R31). What an import leaves empty
// stays empty.
func (t Terms) copy(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if s.Who().Imports() {
		return nil
	}
	var ids []value.ID
	for _, d := range drafts {
		if id, ok := t.chosen(d); ok {
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
		id, ok := t.chosen(d)
		p := products[id]
		if !ok || p == nil {
			continue
		}
		if price, ok := record.Get(p, ProductPrice); ok && !d.Given(t.Price.Name()) {
			record.Put(d, t.Price, price)
		}
		if !d.Given(t.TaxRate.Name()) {
			d.Set(t.TaxRate.Name(), p.Field(ProductTax.Name()))
		}
		t.copyBilling(d, p)
	}
	return nil
}

// copyBilling takes over how often and how long; one without the other would
// make twelve years of twelve months.
func (t Terms) copyBilling(d *record.Draft, p *record.Record) {
	if d.Given(t.Billing.Name()) {
		return
	}
	billing, ok := record.Get(p, ProductBilling)
	if !ok {
		billing = Once
	}
	record.Put(d, t.Billing, billing)
	if !d.Given(t.Periods.Name()) {
		d.Set(t.Periods.Name(), p.Field(ProductPeriods.Name()))
	}
}

// chosen is the product that a draft chooses.
func (t Terms) chosen(d *record.Draft) (value.ID, bool) {
	id, ok := record.Will(d, t.Product)
	return id, ok && d.Changed(t.Product.Name()) && (d.Doing == record.Creating || d.Doing == record.Updating)
}
