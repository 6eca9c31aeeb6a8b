package api

import (
	"context"

	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// signContract moves a contract out of draft, which numbers it.
func (c *call) signContract() error {
	return c.onRecord(func(ctx context.Context, s *record.Session, id value.ID, version int64) (record.Outcome, error) {
		return commerce.Sign(ctx, s, id, version, c.dateOf("on"))
	})
}

// voidContract makes a contract void.
func (c *call) voidContract() error {
	return c.onRecord(func(ctx context.Context, s *record.Session, id value.ID, version int64) (record.Outcome, error) {
		return commerce.Cancel(ctx, s, id, version, c.textOf("reason"), c.textOf("deal"))
	})
}

// planContract plans the payments of a contract anew.
func (c *call) planContract() error {
	parts, count, err := commerce.ParseShares(c.textOf("shares"))
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		_, id, err := c.target(s)
		if err != nil {
			return err
		}
		ids, err := commerce.ReplacePlan(c.ctx, s, id, commerce.Split{Parts: parts, Count: count, First: c.dateOf("first"), Every: c.textOf("every")})
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"ids": ids})
	})
}

// bookReceipt books what came in for a contract.
func (c *call) bookReceipt() error {
	return c.write(func(s *record.Session) error {
		_, id, err := c.target(s)
		if err != nil {
			return err
		}
		b, err := c.booking(s, id)
		if err != nil {
			return err
		}
		out, err := commerce.Book(c.ctx, s, b)
		if err != nil {
			return err
		}
		o, err := s.Object(commerce.Receipts.Name)
		if err != nil {
			return err
		}
		return c.show(s, o, out)
	})
}

// booking reads a receipt; a bare amount is in the contract's currency.
func (c *call) booking(s *record.Session, contract value.ID) (b commerce.Booking, err error) {
	r, err := s.Get(c.ctx, commerce.Contracts.Name, contract)
	if err != nil {
		return b, err
	}
	env := *s.StoreEnv()
	env.Currency, _ = record.Get(r, commerce.ContractCurrency)
	b = commerce.Booking{Contract: contract, On: c.dateOf("received_on"), Method: c.textOf("method"), Reference: c.textOf("reference"),
		Text: c.textOf("description"), External: c.textOf("external_id"), PlanLine: c.idOf("plan_line"), AcceptOver: c.yes("over_accepted")}
	if b.Amount, err = amountOf(s, &env, c.fields["amount"], "amount"); err != nil {
		return b, err
	}
	list, _ := c.fields["allocations"].([]any)
	for _, item := range list {
		fields, ok := item.(map[string]any)
		if !ok {
			return b, fault.New(fault.Invalid, "api.wants_object", nil)
		}
		if err := checkMembers(allocationMembers, fields, "allocations."); err != nil {
			return b, err
		}
		share := commerce.Share{}
		text, _ := fields["plan_line"].(string)
		share.PlanLine, _ = value.ParseID(text)
		if share.Amount, err = amountOf(s, &env, fields["amount"], "allocations.amount"); err != nil {
			return b, err
		}
		b.Shares = append(b.Shares, share)
	}
	return b, nil
}

var allocationMembers = []member{want("plan_line", kindID, ""), want("amount", kindAny, "")}

// amountOf reads an amount as the fields of a record are read.
func amountOf(s *record.Session, env *schema.Env, raw any, path string) (value.Money, error) {
	f, _ := s.Schema().MustObject(commerce.Receipts.Name).Field(commerce.ReceiptAmount.Name())
	v, err := f.Check(raw, env)
	if e, ok := fault.As(err); ok {
		why := fault.Field{Key: e.Key, Args: e.Args}
		if len(e.Fields) > 0 { // says what exactly
			why = e.Fields[0]
		}
		why.Path = path
		return value.Money{}, fault.New(fault.Invalid, "api.bad_body", nil).With(why)
	}
	m, _ := v.(value.Money)
	return m, err
}

// reverseReceipt takes a receipt back.
func (c *call) reverseReceipt() error {
	return c.onRecord(func(ctx context.Context, s *record.Session, id value.ID, version int64) (record.Outcome, error) {
		return commerce.Reverse(ctx, s, id, version, c.textOf("reason"))
	})
}

// contractsOfDeals makes the contracts of won deals that have none.
func (c *call) contractsOfDeals() error {
	return c.write(func(s *record.Session) error {
		limit := int(c.whole("limit"))
		if limit <= 0 || limit > mostContracts {
			limit = mostContracts
		}
		ids, err := commerce.FromDeals(c.ctx, s, c.textOf("filter"), limit)
		if err != nil {
			return err
		}
		if ids == nil {
			ids = []value.ID{}
		}
		return c.marshal(map[string]any{"ids": ids, "more": len(ids) == limit})
	})
}

// mostContracts is how many are made in one request.
const mostContracts = 500

// contractPDF answers a contract as a file.
func (c *call) contractPDF() error {
	var file []byte
	var name string
	if err := c.look(func(s *record.Session) error {
		_, id, err := c.target(s)
		if err != nil {
			return err
		}
		d, err := commerce.Paper(c.ctx, s, id, c.query["lang"])
		if err != nil {
			return err
		}
		name = safeName(d.Title) + ".pdf"
		file, err = commerce.PDF(s, d)
		return err
	}); err != nil {
		return err
	}
	d := &download{c: c, contentType: "application/pdf", name: name}
	_, err := d.Write(file)
	return err
}
