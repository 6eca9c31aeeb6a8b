package sales

import (
	"context"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// priceLines computes each line's amount: quantity × price less discount,
// rounded half to even to the currency's digits. A line without a price has no
// amount, which is not zero.
func priceLines(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if err := listPrices(ctx, s, drafts); err != nil {
		return err
	}
	for _, d := range drafts {
		price, ok := record.Will(d, LinePrice)
		if !ok {
			d.Set(LineAmount.Name(), nil)
			continue
		}
		quantity, ok := record.Will(d, LineQuantity)
		if !ok {
			quantity = decimal.NewFromInt(1)
		}
		amount := price.Decimal().Mul(quantity)
		if discount, ok := record.Will(d, LineDiscount); ok {
			amount = amount.Mul(decimal.NewFromInt(100).Sub(discount)).Div(decimal.NewFromInt(100))
		}
		m, err := value.MoneyOf(amount.RoundBank(int32(value.Digits(price.Currency))), price.Currency)
		if err != nil {
			d.Refuse(LinePrice.Name(), "line.too_large", nil)
			continue
		}
		record.Put(d, LineAmount, m)
	}
	return nil
}

// listPrices copies the product's price into new lines made by hand that name
// none. The copy stays when the list changes (R31). An import's empty price
// stays empty.
func listPrices(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if imported(s) {
		return nil
	}
	var ids []value.ID
	for _, d := range drafts {
		if id, ok := record.Will(d, LineProduct); ok && d.Doing == record.Creating && !d.Given(LinePrice.Name()) {
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
		id, _ := record.Will(d, LineProduct)
		if p := products[id]; p != nil && d.Doing == record.Creating && !d.Given(LinePrice.Name()) {
			if price, ok := record.Get(p, ProductPrice); ok {
				record.Put(d, LinePrice, price)
			}
		}
	}
	return nil
}

// sumLines makes the amount of each deal the sum of its lines, from the first
// priced line on. Lines in several currencies cannot be summed and leave the
// amount as it was. A deal that comes back with its lines keeps the amount with
// which it went, also one that somebody had set by hand.
func sumLines(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	deals := map[value.ID]bool{}
	for _, d := range drafts {
		if id, ok := record.Will(d, LineDeal); ok {
			deals[id] = true
		}
		if id, ok := record.Was(d, LineDeal); ok {
			deals[id] = true
		}
	}
	if drafts[0].Doing == record.Restoring {
		if err := dropRestored(ctx, s, deals); err != nil {
			return err
		}
	}
	ids := make([]value.ID, 0, len(deals))
	for id := range deals {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	sums, err := lineSums(ctx, s, ids)
	if err != nil {
		return err
	}
	b := record.Batch{Object: Deals.Name, Accept: true}
	for _, id := range ids {
		if m, ok := sums[id]; ok {
			b.Changes = append(b.Changes, record.Change{ID: id, Values: record.With(record.Values{}, DealAmount, m)})
		}
	}
	if len(b.Changes) == 0 {
		return nil
	}
	_, err = s.AsSystem("a deal's amount is the sum of its lines").Save(ctx, b)
	return err
}

// dropRestored takes those deals out that this act has brought back.
func dropRestored(ctx context.Context, s *record.Session, deals map[value.ID]bool) error {
	rows, err := s.Tx().Query(ctx, `SELECT record FROM {history} WHERE act = $1 AND kind = $2`, s.Act(), string(record.Restoring))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		delete(deals, id)
	}
	return rows.Err()
}

// lineSums adds up the priced lines of some living deals; deals with lines in
// several currencies are left out.
func lineSums(ctx context.Context, s *record.Session, ids []value.ID) (map[value.ID]value.Money, error) {
	sums := map[value.ID]value.Money{}
	mixed := map[value.ID]bool{}
	for chunk := range slices.Chunk(ids, 500) {
		holders := make([]string, len(chunk))
		args := make([]any, len(chunk))
		for i, id := range chunk {
			holders[i], args[i] = s.Tx().Dialect().Param(i+1, store.Int), id
		}
		rows, err := s.Tx().Query(ctx, `SELECT l.deal_id, l.amount_c, CAST(sum(l.amount) AS bigint) FROM {deal_line} l
			JOIN {deal} d ON d.id = l.deal_id AND d.deleted_at IS NULL
			WHERE l.deal_id IN (`+strings.Join(holders, ", ")+`) AND l.deleted_at IS NULL AND l.amount IS NOT NULL
			GROUP BY l.deal_id, l.amount_c`, args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			id, _ := rows.ID(0)
			currency, _ := rows.Text(1)
			minor, _ := rows.Int(2)
			_, seen := sums[id]
			mixed[id] = mixed[id] || seen
			sums[id] = value.Money{Minor: minor, Currency: strings.Clone(currency)}
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return nil, err
		}
	}
	for id := range mixed {
		if mixed[id] {
			delete(sums, id)
		}
	}
	return sums, nil
}
