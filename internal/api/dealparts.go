package api

import (
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// cloneDeal makes a new deal of the one that the path names.
func (c *call) cloneDeal() error {
	return c.another(func(s *record.Session, deal value.ID) (record.Outcome, error) {
		return sales.Clone(c.ctx, s, deal, c.textOf("name"))
	})
}

// splitDeal divides the deal that the path names.
func (c *call) splitDeal() error {
	part := sales.Part{Name: c.textOf("name")}
	for _, text := range c.textsOf("lines") {
		id, err := value.ParseID(text)
		if err != nil {
			return badMember("lines", "api.wants.id")
		}
		part.Lines = append(part.Lines, id)
	}
	return c.another(func(s *record.Session, deal value.ID) (record.Outcome, error) {
		if err := c.quantities(s, &part); err != nil {
			return record.Outcome{}, err
		}
		if raw := c.fields["amount"]; raw != nil {
			f, _ := s.Schema().MustObject(sales.Deals.Name).Field(sales.DealAmount.Name())
			v, err := f.Check(raw, s.StoreEnv())
			if err != nil {
				return record.Outcome{}, err
			}
			part.Amount, _ = v.(value.Money)
		}
		return sales.Split(c.ctx, s, deal, part)
	})
}

// quantities are how many of each line go over.
func (c *call) quantities(s *record.Session, part *sales.Part) error {
	raw := c.fields["quantities"]
	list, ok := raw.(map[string]any)
	if raw != nil && !ok {
		return badMember("quantities", "api.wants.object")
	}
	f, _ := s.Schema().MustObject(sales.DealLines.Name).Field(sales.LineQuantity.Name())
	part.Quantities = map[value.ID]decimal.Decimal{}
	for text, n := range list {
		id, err := value.ParseID(text)
		if err != nil {
			return badMember("quantities", "api.wants.id")
		}
		v, err := f.Check(n, s.StoreEnv())
		if err != nil {
			return err
		}
		if part.Quantities[id], _ = v.(decimal.Decimal); !slices.Contains(part.Lines, id) {
			part.Lines = append(part.Lines, id)
		}
	}
	return nil
}

// another answers a record that is made of the one that the path names.
func (c *call) another(do func(*record.Session, value.ID) (record.Outcome, error)) error {
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		out, err := do(s, id)
		if err != nil {
			return err
		}
		return c.show(s, o, out)
	})
}
