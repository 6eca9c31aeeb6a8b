package sample

import "wellmet/internal/value"

// cost says what most products cost the company: between half and three
// quarters of their price. Of every sixth nobody has said it yet.
func (b *builder) cost() {
	s := newSource(b.seed, "costs")
	for i := range b.c.Products {
		p := &b.c.Products[i]
		share := int64(s.between(48, 76))
		if i%6 != 5 {
			p.Cost = value.Money{Minor: p.Price.Minor * share / 100, Currency: p.Price.Currency}
		}
	}
}

// Cost is what a deal's lines cost, known where it is of every product.
func (c *Company) Cost(d Deal) (sum value.Money, known bool) {
	for _, line := range d.Lines {
		p := c.Products[line.Product-1]
		if p.Cost.Currency == "" {
			return value.Money{}, false
		}
		sum.Currency = p.Cost.Currency
		sum.Minor += p.Cost.Minor * int64(line.Quantity) * int64(max(line.Years, 1))
	}
	return sum, len(d.Lines) > 0
}
