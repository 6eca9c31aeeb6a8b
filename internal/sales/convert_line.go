package sales

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// addLine gives the deal a line of the product that the lead asks for, priced as
// one that somebody adds by hand; a deal that the lead joins gets it where the
// caller wants it and it has none yet. An amount that the caller says stays the deal's,
// and the line without a price. Where there can be no line, the conversion says why.
func (x *conversion) addLine(ctx context.Context) error {
	id, asks := x.reads(LeadProduct.Name()).(value.ID)
	if !asks || x.done.Deal == 0 || x.deal != nil && !x.o.Line {
		return nil
	}
	if there, err := x.hasLine(ctx, id); err != nil || there {
		return err
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
	said, err := x.saidAmount(ctx)
	if err != nil {
		return err
	}
	if said {
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

// hasLine reports whether the deal that the lead joins has what it asks for.
func (x *conversion) hasLine(ctx context.Context, product value.ID) (bool, error) {
	if x.deal == nil {
		return false, nil
	}
	return x.s.Tx().Row(ctx, `SELECT id FROM {deal_line} WHERE deal_id = $1 AND product_id = $2 AND deleted_at IS NULL LIMIT 1`, []any{x.deal.ID, product}, nil)
}

// saidAmount reports whether somebody says what the deal is worth, which the
// price of a line would overrule.
func (x *conversion) saidAmount(ctx context.Context) (bool, error) {
	if x.deal == nil {
		amount := x.o.Deal[DealAmount.Name()]
		return amount != nil && amount != "", nil
	}
	if _, has := record.Get(x.deal, DealAmount); !has {
		return false, nil
	}
	priced, err := x.s.Tx().Row(ctx, `SELECT id FROM {deal_line} WHERE deal_id = $1 AND amount IS NOT NULL AND deleted_at IS NULL LIMIT 1`, []any{x.deal.ID}, nil)
	return !priced, err
}

// withoutLine says why the deal has no line of what the lead asks for.
func (x *conversion) withoutLine(key string, args fault.Args) {
	x.s.Caution(Leads.Name, x.lead.ID, LeadProduct.Name(), key, args)
}
