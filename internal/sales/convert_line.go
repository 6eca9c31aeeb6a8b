package sales

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// addLine gives the deal a line of the product that the lead asks for, priced as
// one that somebody adds by hand. An amount that the caller says stays the deal's,
// and the line without a price. Where there can be no line, the conversion says why.
func (x *conversion) addLine(ctx context.Context) error {
	id, asks := x.reads(LeadProduct.Name()).(value.ID)
	if !asks || x.done.Deal == 0 {
		return nil
	}
	product, err := x.s.Get(ctx, Products.Name, id)
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Forbidden):
		x.withoutLine("convert.product_unseen", nil)
		return nil
	case err != nil:
		return err
	}
	named := fault.Args{"product": product.Title()}
	if active, said := record.Get(product, ProductActive); said && !active {
		x.withoutLine("convert.product_retired", named)
		return nil
	}
	v := record.With(record.With(record.Values{}, LineDeal, x.done.Deal), LineProduct, id)
	if amount := x.o.Deal[DealAmount.Name()]; amount != nil && amount != "" {
		v[LinePrice.Name()] = nil
	}
	err = x.s.Try(ctx, func() error {
		_, err := x.s.Create(ctx, DealLines.Name, v)
		return err
	})
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		x.withoutLine("convert.product_no_line", named)
		return nil
	}
	return err
}

// withoutLine says why the deal has no line of what the lead asks for.
func (x *conversion) withoutLine(key string, args fault.Args) {
	x.s.Caution(Leads.Name, x.lead.ID, LeadProduct.Name(), key, args)
}
