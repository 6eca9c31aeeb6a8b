package sales

import (
	"context"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// sumLines makes the amount of each deal the sum of its lines' amounts, those
// that recur over their whole term, from the first priced line on. Lines in
// several currencies cannot be summed and leave the amount as it was; the deal
// is marked. A deal that comes back with its lines keeps the amount with which it
// went, also one that somebody had set by hand.
func sumLines(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	deals := map[value.ID]bool{}
	for _, d := range drafts {
		_, priced := record.Will(d, LineAmount)
		_, was := record.Was(d, LineAmount)
		if !priced && !was { // such as an import's lines without a price
			continue
		}
		if id, ok := record.Will(d, LineDeal); ok {
			deals[id] = true
		}
		if id, ok := record.Was(d, LineDeal); ok {
			deals[id] = true
		}
	}
	back := map[value.ID]bool{}
	restoring := drafts[0].Doing == record.Restoring
	if restoring {
		if err := restored(ctx, s, back); err != nil {
			return err
		}
	}
	ids := make([]value.ID, 0, len(deals))
	for id := range deals {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	amounts, err := amountsNow(ctx, s, ids)
	if err != nil {
		return err
	}
	sums, err := lineSums(ctx, s, ids)
	if err != nil {
		return err
	}
	if err := keepAmounts(ctx, s, drafts, sums, amounts, back); err != nil {
		return err
	}
	sys := s.AsSystem("a deal's amount is the sum of its lines")
	marked := func(id value.ID) bool { return back[id] && amounts[id].amount != sums[id].amount }
	if err := keepTotals(ctx, sys, ids, sums, marked); err != nil {
		return err
	}
	b := record.Batch{Object: Deals.Name, Accept: true}
	for _, id := range ids {
		v := record.Values{}
		if t := sums[id]; t != nil && !t.mixed && !back[id] {
			record.With(v, DealAmount, t.amount)
			if was := amounts[id]; was.typed && was.amount != t.amount && !s.Undoing() {
				s.Caution(Deals.Name, id, DealAmount.Name(), "deal.amount_follows_lines", nil)
			}
		}
		if !restoring {
			v[DealCost.Name()] = sums[id].costs()
		}
		if len(v) > 0 {
			b.Changes = append(b.Changes, record.Change{ID: id, Values: v})
		}
	}
	if len(b.Changes) == 0 {
		return nil
	}
	_, err = sys.Save(ctx, b)
	return err
}

type heldKey struct{}

// held are the deals whose amount is said in this act, whatever their lines
// come to.
func held(s *record.Session) map[value.ID]bool {
	deals, _ := record.Memo(s, heldKey{}, func() (map[value.ID]bool, error) { return map[value.ID]bool{}, nil })
	return deals
}

// keepAmounts finds the deals whose amounts do not follow their lines now: those
// that are held, and, while an act is taken back, those that did not come to
// what their lines did, or whose amounts that act changed. These are taken back by
// themselves.
func keepAmounts(ctx context.Context, s *record.Session, drafts []*record.Draft, sums map[value.ID]*totals, amounts map[value.ID]saidAmount, back map[value.ID]bool) error {
	before := map[value.ID]int64{}
	for id, t := range sums {
		if held(s)[id] {
			back[id] = true
		}
		before[id] = t.amount.Minor
	}
	if !s.Undoing() {
		return nil
	}
	for _, d := range drafts {
		if id, ok := record.Will(d, LineDeal); ok && d.Doing != record.Deleting {
			m, _ := record.Will(d, LineAmount)
			before[id] -= m.Minor
		}
		if id, ok := record.Was(d, LineDeal); ok && d.Doing != record.Restoring {
			m, _ := record.Was(d, LineAmount)
			before[id] += m.Minor
		}
	}
	f, _ := s.Schema().MustObject(Deals.Name).Field(DealAmount.Name())
	undone, err := s.Undoes(ctx, f, slices.Collect(maps.Keys(amounts)))
	for id, x := range amounts {
		var now any
		if x.amount != (value.Money{}) {
			now = x.amount
		}
		pair, own := undone[id]
		if m := x.amount; own && (now == pair[0] || now == pair[1]) || now != nil && sums[id] != nil && m.Minor != before[id] {
			back[id] = true
		}
	}
	return err
}

// keepTotals writes what else the lines come to, before the amounts: these are
// held against it. It follows from the lines, so it makes no history and no
// version of the deal. marked tells which amounts will be others than the lines'.
func keepTotals(ctx context.Context, s *record.Session, ids []value.ID, sums map[value.ID]*totals, marked func(value.ID) bool) error {
	o := s.Schema().MustObject(Deals.Name)
	var fields []*schema.FieldDef
	for _, f := range []schema.Field[value.Money]{DealOnce, DealRecurring, DealTax, DealGross} {
		def, _ := o.Field(f.Name())
		fields = append(fields, def)
	}
	differs, _ := o.Field(DealDiffers.Name())
	mixed, _ := o.Field(DealMixed.Name())
	fields = append(fields, differs, mixed)
	rows := make(map[value.ID][]any, len(ids))
	for _, id := range ids {
		row := make([]any, len(fields))
		t := sums[id]
		if t != nil && !t.mixed {
			for i, m := range []value.Money{t.once, t.yearly, t.tax, t.gross} {
				if m != (value.Money{}) {
					row[i] = m
				}
			}
		}
		row[len(row)-2] = t != nil && !t.mixed && marked(id)
		row[len(row)-1] = t != nil && t.mixed
		rows[id] = row
	}
	return s.SetDerived(ctx, o, fields, rows)
}

// restored finds the records that this act has brought back.
func restored(ctx context.Context, s *record.Session, back map[value.ID]bool) error {
	rows, err := s.Tx().Query(ctx, `SELECT record FROM {history} WHERE act = $1 AND kind = $2`, s.Act(), string(record.Restoring))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		back[id] = true
	}
	return rows.Err()
}

// totals are the sums over a deal's priced lines.
type totals struct {
	amount, once, yearly, tax, gross, cost value.Money
	mixed                                  bool // in several currencies
	uncosted                               bool // a line's cost is not known
}

// costs is what the lines cost, nil where that is not known of all.
func (t *totals) costs() any {
	if t == nil || t.mixed || t.uncosted {
		return nil
	}
	return t.cost
}

// lineSums adds up the priced lines of some living deals.
func lineSums(ctx context.Context, s *record.Session, ids []value.ID) (map[value.ID]*totals, error) {
	sums := map[value.ID]*totals{}
	currency := "" // mostly the same for all
	err := each(ctx, s, ids, func(in string) string {
		return `SELECT l.deal_id, l.amount_c, l.amount, l.yearly_amount, l.tax, l.gross, l.cost, l.cost_c FROM {deal_line} l
			JOIN {deal} d ON d.id = l.deal_id AND d.deleted_at IS NULL
			WHERE l.deal_id IN (` + in + `) AND l.deleted_at IS NULL AND l.amount IS NOT NULL`
	}, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		t := sums[id]
		if t == nil {
			t = &totals{}
			sums[id] = t
		}
		if c, _ := rows.Text(1); c != currency {
			currency = strings.Clone(c)
		}
		if t.amount.Currency != "" && t.amount.Currency != currency {
			t.mixed = true
		}
		if t.mixed {
			return nil
		}
		if c, _ := rows.Text(7); c != currency {
			t.uncosted = true
		}
		return t.add(rows, currency)
	})
	return sums, err
}

// add counts one line. Lines from before there were terms have an amount only.
func (t *totals) add(rows *store.Rows, currency string) error {
	of := func(column int) value.Money {
		minor, ok := rows.Int(column)
		if !ok {
			return value.Money{}
		}
		return value.Money{Minor: minor, Currency: currency}
	}
	amount, yearly, tax, gross := of(2), of(3), of(4), of(5)
	once := value.Money{}
	if yearly == once {
		once = amount
	}
	if gross == (value.Money{}) {
		gross = amount
	}
	for _, x := range []struct {
		to *value.Money
		m  value.Money
	}{{&t.amount, amount}, {&t.once, once}, {&t.yearly, yearly}, {&t.tax, tax}, {&t.gross, gross}, {&t.cost, of(6)}} {
		sum, err := x.to.Add(x.m)
		if err != nil {
			return err
		}
		*x.to = sum
	}
	return nil
}
