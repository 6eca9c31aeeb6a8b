package commerce

import (
	"context"
	"math"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Booking is a receipt that came in for a contract.
type Booking struct {
	Contract  value.ID
	On        value.Date // 0 = today
	Amount    value.Money
	Method    string
	Reference string
	Text      string
	External  string
	// PlanLine is the planned payment that it is meant for; Shares spread it
	// over several. Otherwise it pays those that are due first.
	PlanLine value.ID
	Shares   []Share
	// AcceptOver takes more than is open.
	AcceptOver bool
}

// Share is the part of a receipt that pays one planned payment.
type Share struct {
	PlanLine value.ID
	Amount   value.Money
}

// Book writes down a receipt. More than the contract has open is refused at
// over_accepted with receipt.over_payment, unless the booking accepts it.
func Book(ctx context.Context, s *record.Session, b Booking) (record.Outcome, error) {
	v := record.With(record.With(record.Values{}, ReceiptContract, b.Contract), ReceiptAmount, b.Amount)
	if b.On != 0 {
		record.With(v, ReceiptReceivedOn, b.On)
	}
	for f, text := range map[schema.Field[string]]string{ReceiptMethod: b.Method, ReceiptReference: b.Reference, ReceiptText: b.Text, ReceiptExternal: b.External} {
		if text != "" {
			record.With(v, f, text)
		}
	}
	if b.PlanLine != 0 {
		record.With(v, ReceiptPlanLine, b.PlanLine)
	}
	if b.AcceptOver {
		record.With(v, ReceiptOverAccepted, true)
	}
	if len(b.Shares) > 0 {
		record.With(v, ReceiptSpread, SpreadByHand)
	}
	out, err := s.Create(ctx, Receipts.Name, v)
	if err != nil || len(b.Shares) == 0 {
		return out, err
	}
	spread := record.Batch{Object: Allocations.Name}
	for _, share := range b.Shares {
		v := record.With(record.With(record.Values{}, AllocationReceipt, out.ID), AllocationPlanLine, share.PlanLine)
		spread.Changes = append(spread.Changes, record.Change{Values: record.With(v, AllocationAmount, share.Amount)})
	}
	_, err = s.Save(ctx, spread)
	return out, err
}

// Reverse takes a receipt back, for a reason. The receipt stays, and counts no
// longer.
func Reverse(ctx context.Context, s *record.Session, receipt value.ID, version int64, reason string) (record.Outcome, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return record.Outcome{}, fault.New(fault.Invalid, "receipt.reason_required", nil).
			With(fault.Field{Path: ReceiptReversalReason.Name(), Key: "receipt.reason_required"})
	}
	return s.Update(ctx, Receipts.Name, receipt, version, record.With(record.Values{}, ReceiptReversalReason, reason))
}

// prepareReceipts dates reversals, and asks about what is more than is open.
func prepareReceipts(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	of, err := contractsOf(ctx, s, drafts, ReceiptContract)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if !writes(d) {
			continue
		}
		_, reversed := record.Will(d, ReceiptReversalReason)
		_, dated := record.Will(d, ReceiptReversedOn)
		switch {
		case reversed && !dated:
			record.Put(d, ReceiptReversedOn, value.DateOf(d.At(), s.Env().Zone))
		case !reversed && dated:
			d.Set(ReceiptReversedOn.Name(), nil)
		}
		askOver(s, d, of)
	}
	return nil
}

// askOver adds what a draft changes to what its contract received, and refuses
// more than the total unless that is accepted.
func askOver(s *record.Session, d *record.Draft, of map[value.ID]contract) {
	id, _ := record.Will(d, ReceiptContract)
	c, ok := of[id]
	before, after := counted(d, record.Was[value.Money], record.Was[string]), counted(d, record.Will[value.Money], record.Will[string])
	if !ok || after <= before {
		return
	}
	money := func(minor int64) value.Money { return value.Money{Minor: minor, Currency: c.currency} }
	if most := math.MaxInt64 - max(0, c.received); after-before > most {
		d.Refuse(ReceiptAmount.Name(), "field.too_large", fault.Args{"max": money(most)})
		return
	}
	c.received += after - before
	of[id] = c
	over := c.received - c.total
	accepted, _ := record.Will(d, ReceiptOverAccepted)
	switch {
	case over <= 0 && accepted:
		d.Set(ReceiptOverAccepted.Name(), nil)
	case over > 0 && !accepted && !s.Who().Imports():
		d.Refuse(ReceiptOverAccepted.Name(), "receipt.over_payment", fault.Args{"open": money(max(0, c.total-c.received+after-before)), "over": money(min(over, after-before))})
		c.received -= after - before
		of[id] = c
	}
}

// counted is what a receipt counts for, in minor units.
func counted(d *record.Draft, amount func(*record.Draft, schema.Field[value.Money]) (value.Money, bool), reason func(*record.Draft, schema.Field[string]) (string, bool)) int64 {
	m, _ := amount(d, ReceiptAmount)
	if _, reversed := reason(d, ReceiptReversalReason); reversed {
		return 0
	}
	return m.Minor
}

func checkReceipts(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	of, err := contractsOf(ctx, s, drafts, ReceiptContract)
	if err != nil {
		return err
	}
	plans, err := contractsOfPlans(ctx, s, linkedBy(drafts, ReceiptPlanLine))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Doing == record.Deleting {
			d.Fail(fault.New(fault.Conflict, "receipt.reverse_instead", nil))
		}
		if !writes(d) {
			continue
		}
		id, _ := record.Will(d, ReceiptContract)
		checkReceipt(s, d, of[id])
		if plan, ok := record.Will(d, ReceiptPlanLine); ok && d.Changed(ReceiptPlanLine.Name()) && plans[plan] != id {
			d.Refuse(ReceiptPlanLine.Name(), "receipt.plan_of_other", nil)
		}
	}
	return nil
}

func checkReceipt(s *record.Session, d *record.Draft, c contract) {
	amount, _ := record.Will(d, ReceiptAmount)
	if d.Doing == record.Updating {
		for _, name := range []string{ReceiptContract.Name(), ReceiptAmount.Name()} {
			if d.Changed(name) {
				d.Refuse(name, "receipt.fixed", nil)
			}
		}
	} else if !s.Who().Imports() && c.state == Draft {
		d.Refuse(ReceiptContract.Name(), "receipt.of_draft", nil)
	} else if !s.Who().Imports() && c.state == Void {
		d.Refuse(ReceiptContract.Name(), "contract.is_void", nil)
	}
	if d.Changed(ReceiptAmount.Name()) && amount.Minor <= 0 {
		d.Refuse(ReceiptAmount.Name(), "receipt.not_positive", nil)
	}
	otherCurrency(d, ReceiptAmount, c)
	if on, ok := record.Will(d, ReceiptReceivedOn); ok && d.Changed(ReceiptReceivedOn.Name()) && on > s.Today() {
		d.Refuse(ReceiptReceivedOn.Name(), "receipt.in_future", nil)
	}
}

// contractsOfPlans finds which contracts some planned payments belong to.
func contractsOfPlans(ctx context.Context, s *record.Session, ids []value.ID) (map[value.ID]value.ID, error) {
	found := map[value.ID]value.ID{}
	err := eachID(ctx, s, ids, `SELECT id, contract_id FROM {payment_plan_line} WHERE id IN (%s) AND deleted_at IS NULL`, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		found[id], _ = rows.ID(1)
		return nil
	})
	return found, err
}

// afterReceipts takes what reversed receipts paid off the plan, and spreads what
// is new.
func afterReceipts(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var reversed, gone []value.ID
	for _, d := range drafts {
		if _, is := record.Will(d, ReceiptReversedOn); is && d.Doing == record.Updating && d.Changed(ReceiptReversedOn.Name()) {
			reversed = append(reversed, d.ID)
		}
	}
	if err := eachID(ctx, s, reversed, `SELECT id FROM {allocation} WHERE receipt_id IN (%s) AND deleted_at IS NULL`, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		gone = append(gone, id)
		return nil
	}); err != nil {
		return err
	}
	for part := range slices.Chunk(gone, record.MaxBatch) {
		if err := s.AsSystem("a reversed receipt pays nothing").Delete(ctx, Allocations.Name, part...); err != nil {
			return err
		}
	}
	return settle(ctx, s, linkedBy(drafts, ReceiptContract))
}
