package commerce

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// settleAfter is the last phase of what hangs on contracts.
func settleAfter(link schema.Field[value.ID]) func(context.Context, *record.Session, []*record.Draft) error {
	return func(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
		return settle(ctx, s, linkedBy(drafts, link))
	}
}

// ledger is what a contract's receipts have left over and its planned payments
// have open.
type ledger struct {
	plan     []owed // first due first
	receipts []left // first received first
}

type owed struct {
	id           value.ID
	amount, paid int64
	progress     string
}

type left struct {
	id       value.ID
	meantFor value.ID
	currency string
	minor    int64
}

// payment is a part of a receipt that pays a planned payment.
type payment struct {
	receipt, plan value.ID
	amount        value.Money
}

// settle spreads what receipts have left over planned payments that are open,
// and brings up to date what follows from both.
func settle(ctx context.Context, s *record.Session, contracts []value.ID) error {
	if len(contracts) == 0 {
		return nil
	}
	sys := s.AsSystem("receipts pay what is due first")
	ledgers, err := readLedgers(ctx, sys, contracts)
	if err != nil {
		return err
	}
	b := record.Batch{Object: Allocations.Name}
	for _, id := range contracts {
		for _, p := range ledgers[id].spread() {
			v := record.With(record.With(record.Values{}, AllocationReceipt, p.receipt), AllocationPlanLine, p.plan)
			b.Changes = append(b.Changes, record.Change{Values: record.With(v, AllocationAmount, p.amount)})
		}
	}
	for len(b.Changes) > 0 {
		n := min(len(b.Changes), record.MaxBatch)
		if _, err := sys.Save(ctx, record.Batch{Object: b.Object, Changes: b.Changes[:n]}); err != nil {
			return err
		}
		b.Changes = b.Changes[n:]
	}
	return tally(ctx, sys, contracts, ledgers)
}

// spread gives each receipt's rest to the payment that it is meant for, then to
// those that are due first, and marks them paid.
func (l *ledger) spread() (list []payment) {
	if l == nil {
		return nil
	}
	give := func(r *left, p *owed) {
		if n := min(r.minor, p.amount-p.paid); n > 0 {
			list = append(list, payment{r.id, p.id, value.Money{Minor: n, Currency: r.currency}})
			r.minor -= n
			p.paid += n
		}
	}
	for i := range l.receipts {
		r := &l.receipts[i]
		for j := range l.plan {
			if l.plan[j].id == r.meantFor {
				give(r, &l.plan[j])
			}
		}
		for j := range l.plan {
			give(r, &l.plan[j])
		}
	}
	return list
}

// readLedgers reads planned payments and the receipts that are not yet spread.
func readLedgers(ctx context.Context, s *record.Session, contracts []value.ID) (map[value.ID]*ledger, error) {
	all := map[value.ID]*ledger{}
	for _, id := range contracts {
		all[id] = &ledger{}
	}
	err := eachID(ctx, s, contracts, `SELECT contract_id, id, amount, paid, progress FROM {payment_plan_line}
		WHERE contract_id IN (%s) AND deleted_at IS NULL ORDER BY due_on, id`, func(rows *store.Rows) error {
		var of value.ID
		var o owed
		var paid *int64
		var progress *string
		err := rows.Scan(&of, &o.id, &o.amount, &paid, &progress)
		o.paid, o.progress = or(paid), or(progress)
		all[of].plan = append(all[of].plan, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, eachID(ctx, s, contracts, `SELECT contract_id, id, plan_line_id, amount_c, rest FROM (SELECT r.contract_id, r.id, r.plan_line_id, r.amount_c, r.received_on,
		r.amount - coalesce((SELECT CAST(sum(a.amount) AS bigint) FROM {allocation} a WHERE a.receipt_id = r.id AND a.deleted_at IS NULL), 0) AS rest
		FROM {receipt} r WHERE r.contract_id IN (%s) AND r.deleted_at IS NULL AND r.reversed_on IS NULL AND r.spread IS DISTINCT FROM 'by_hand') x
		WHERE rest > 0 ORDER BY received_on, id`, func(rows *store.Rows) error {
		var of value.ID
		var r left
		var meant *value.ID
		err := rows.Scan(&of, &r.id, &meant, &r.currency, &r.minor)
		r.meantFor = or(meant)
		all[of].receipts = append(all[of].receipts, r)
		return err
	})
}

// tally brings up to date what follows from sums: how far each planned payment
// is, whether the plan comes to the total, whether too much was paid. The sums
// themselves are roll-ups.
func tally(ctx context.Context, s *record.Session, contracts []value.ID, ledgers map[value.ID]*ledger) error {
	plan := s.Schema().MustObject(PlanLines.Name)
	progress, _ := plan.Field(PlanProgress.Name())
	rows := map[value.ID][]any{}
	for _, l := range ledgers {
		for _, o := range l.plan {
			if now := o.now(); now != o.progress {
				rows[o.id] = []any{now}
			}
		}
	}
	if err := s.SetDerived(ctx, plan, []*schema.FieldDef{progress}, rows); err != nil {
		return err
	}
	o := s.Schema().MustObject(Contracts.Name)
	differs, _ := o.Field(ContractPlanDiffers.Name())
	over, _ := o.Field(ContractOverPaid.Name())
	flags := map[value.ID][]any{}
	if err := eachID(ctx, s, contracts, `SELECT id, total, planned, received, plan_differs, over_paid FROM {contract} WHERE id IN (%s)`, func(rows *store.Rows) error {
		var id value.ID
		var total, planned, received *int64
		if err := rows.Scan(&id, &total, &planned, &received); err != nil {
			return err
		}
		wasDiffers, _ := rows.Bool(4)
		wasOver, _ := rows.Bool(5)
		isDiffers, isOver := planned != nil && *planned != or(total), or(received) > or(total)
		if isDiffers != wasDiffers || isOver != wasOver {
			flags[id] = []any{isDiffers, isOver}
		}
		return nil
	}); err != nil {
		return err
	}
	return s.SetDerived(ctx, o, []*schema.FieldDef{differs, over}, flags)
}

func (o owed) now() string {
	switch {
	case o.paid >= o.amount:
		return PlanPaid
	case o.paid > 0:
		return PlanPartly
	}
	return PlanOpen
}

// checkAllocations keeps the parts of a receipt within it, and those of a
// planned payment within that.
func checkAllocations(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	receipts, err := rests(ctx, s, linkedBy(drafts, AllocationReceipt), "receipt")
	if err != nil {
		return err
	}
	plans, err := rests(ctx, s, linkedBy(drafts, AllocationPlanLine), "payment_plan_line")
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Doing == record.Deleting {
			continue
		}
		if d.Doing == record.Updating {
			for _, name := range []string{AllocationReceipt.Name(), AllocationPlanLine.Name(), AllocationAmount.Name()} {
				if d.Changed(name) {
					d.Refuse(name, "allocation.fixed", nil)
				}
			}
			continue
		}
		amount, _ := record.Will(d, AllocationAmount)
		from, _ := record.Will(d, AllocationReceipt)
		to, _ := record.Will(d, AllocationPlanLine)
		r, p := receipts[from], plans[to]
		switch {
		case r == nil || p == nil || r.contract != p.contract:
			d.Refuse(AllocationPlanLine.Name(), "receipt.plan_of_other", nil)
		case amount.Minor <= 0:
			d.Refuse(AllocationAmount.Name(), "receipt.not_positive", nil)
		case amount.Currency != r.currency:
			d.Refuse(AllocationAmount.Name(), "contract.other_currency", fault.Args{"want": r.currency, "got": amount.Currency})
		case r.reversed:
			d.Refuse(AllocationReceipt.Name(), "allocation.of_reversed", nil)
		case amount.Minor > r.minor:
			d.Refuse(AllocationAmount.Name(), "allocation.over_receipt", fault.Args{"rest": value.Money{Minor: r.minor, Currency: r.currency}})
		case amount.Minor > p.minor:
			d.Refuse(AllocationAmount.Name(), "allocation.over_plan", fault.Args{"rest": value.Money{Minor: p.minor, Currency: r.currency}})
		default:
			r.minor -= amount.Minor
			p.minor -= amount.Minor
		}
	}
	return nil
}

// rest is what of a receipt or a planned payment is not allocated.
type rest struct {
	contract value.ID
	currency string
	minor    int64
	reversed bool
}

// rests reads and locks receipts, or planned payments, with what is left of
// them.
func rests(ctx context.Context, s *record.Session, ids []value.ID, table string) (map[value.ID]*rest, error) {
	link, reversed := "receipt_id", "r.reversed_on IS NOT NULL"
	if table != "receipt" {
		link, reversed = "plan_line_id", "1 = 0"
	}
	found := map[value.ID]*rest{}
	return found, eachID(ctx, s, ids, `SELECT r.id, r.contract_id, r.amount_c, r.amount - coalesce((SELECT CAST(sum(a.amount) AS bigint) FROM {allocation} a
		WHERE a.`+link+` = r.id AND a.deleted_at IS NULL), 0), CASE WHEN `+reversed+` THEN 1 ELSE 0 END
		FROM {`+table+`} r WHERE r.id IN (%s) AND r.deleted_at IS NULL ORDER BY r.id`+s.Tx().Dialect().ForUpdate(), func(rows *store.Rows) error {
		var id value.ID
		var r rest
		var back int64
		err := rows.Scan(&id, &r.contract, &r.currency, &r.minor, &back)
		r.reversed = back == 1
		found[id] = &r
		return err
	})
}

// afterAllocations brings up to date what allocations made by hand pay, and
// lets nobody spread anew what somebody took off a planned payment.
func afterAllocations(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if s.Actor().System() { // settle goes on by itself
		return nil
	}
	b := record.Batch{Object: Receipts.Name}
	seen := map[value.ID]bool{}
	for _, d := range drafts {
		if id, ok := record.Was(d, AllocationReceipt); ok && d.Doing == record.Deleting && !seen[id] {
			seen[id] = true
			b.Changes = append(b.Changes, record.Change{ID: id, Values: record.With(record.Values{}, ReceiptSpread, SpreadByHand)})
		}
	}
	if _, err := s.AsSystem("spread by hand").Save(ctx, b); err != nil {
		return err
	}
	plans, err := contractsOfPlans(ctx, s, linkedBy(drafts, AllocationPlanLine))
	if err != nil {
		return err
	}
	contracts := map[value.ID]bool{}
	for _, id := range plans {
		contracts[id] = true
	}
	return settle(ctx, s, keys(contracts))
}
