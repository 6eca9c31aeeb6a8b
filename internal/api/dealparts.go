package api

import (
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
