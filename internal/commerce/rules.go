package commerce

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Needs are what this room is given by the app.
type Needs struct {
	// Serve keeps what is to be done for customers after signing.
	Serve func(context.Context, *record.Session, []Service) error
}

// Rules are what this room demands of its records and of won deals, in their
// order.
func Rules(n Needs) []record.Rule {
	return []record.Rule{
		{Name: "contract", Objects: []string{Contracts.Name}, Prepare: prepareContracts, Check: checkContracts, Applied: afterVoid},
		{Name: "after signing", Objects: []string{Contracts.Name}, Applied: n.begin},
		{Name: "contract of a won deal", Objects: []string{sales.Deals.Name}, Check: keepSigned, Applied: followDeals},
		{Name: "contract line", Objects: []string{Lines.Name}, Prepare: LineTerms.Compute, Check: checkLines, Applied: settleAfter(LineContract)},
		{Name: "planned payment", Objects: []string{PlanLines.Name}, Prepare: preparePlan, Check: checkPlan, Applied: settleAfter(PlanContract)},
		{Name: "receipt", Objects: []string{Receipts.Name}, Prepare: prepareReceipts, Check: checkReceipts, Applied: afterReceipts},
		{Name: "allocation", Objects: []string{Allocations.Name}, Check: checkAllocations, Applied: afterAllocations},
	}
}

// writes reports whether a draft says something of its record: deletion and
// restoration do not.
func writes(d *record.Draft) bool { return d.Doing == record.Creating || d.Doing == record.Updating }

// contract is what the rules of the records below it ask of a contract.
type contract struct {
	id              value.ID
	state, currency string
	number          string
	total, received int64 // minor units; 0 for none
}

// contractsOf reads the contracts that drafts belong to, as they are, and locks
// them: two receipts at once must not both fit what is open.
func contractsOf(ctx context.Context, s *record.Session, drafts []*record.Draft, link schema.Field[value.ID]) (map[value.ID]contract, error) {
	found := map[value.ID]contract{}
	err := eachID(ctx, s, linkedBy(drafts, link),
		`SELECT id, state, currency, total, received, number FROM {contract} WHERE id IN (%s) AND deleted_at IS NULL ORDER BY id`+s.Tx().Dialect().ForUpdate(),
		func(rows *store.Rows) error {
			var c contract
			var currency, number *string
			var total, received *int64
			if err := rows.Scan(&c.id, &c.state, &currency, &total, &received, &number); err != nil {
				return err
			}
			c.currency, c.number, c.total, c.received = or(currency), or(number), or(total), or(received)
			found[c.id] = c
			return nil
		})
	return found, err
}

func or[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// linkedBy lists what drafts link to, before and after, sorted.
func linkedBy(drafts []*record.Draft, link schema.Field[value.ID]) []value.ID {
	var ids []value.ID
	for _, d := range drafts {
		if id, ok := record.Will(d, link); ok {
			ids = append(ids, id)
		}
		if id, ok := record.Was(d, link); ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// eachID runs a statement over ids, which stand at %s, some hundred at a time.
func eachID(ctx context.Context, s *record.Session, ids []value.ID, sql string, each func(*store.Rows) error) error {
	for chunk := range slices.Chunk(ids, 500) {
		text, args := withIDs(s, sql, chunk)
		rows, err := s.Tx().Query(ctx, text, args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			if err := each(rows); err != nil {
				rows.Close()
				return err
			}
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// otherCurrency refuses an amount that is not in its contract's currency.
func otherCurrency(d *record.Draft, f schema.Field[value.Money], c contract) {
	if m, ok := record.Will(d, f); ok && m.Currency != c.currency && d.Changed(f.Name()) {
		d.Refuse(f.Name(), "contract.other_currency", fault.Args{"want": c.currency, "got": m.Currency})
	}
}

// withIDs writes a list of ids into a statement.
func withIDs(s *record.Session, sql string, ids []value.ID) (string, []any) {
	holders, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		holders[i], args[i] = s.Tx().Dialect().Param(i+1, store.Int), id
	}
	return strings.Replace(sql, "%s", strings.Join(holders, ", "), 1), args
}
