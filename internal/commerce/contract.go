package commerce

import (
	"context"
	"slices"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Sign moves a contract out of draft, which gives it its number. On is the day;
// 0 = today.
func Sign(ctx context.Context, s *record.Session, id value.ID, version int64, on value.Date) (record.Outcome, error) {
	v := record.With(record.Values{}, ContractState, Signed)
	if on != 0 {
		record.With(v, ContractSignedOn, on)
	}
	return s.Update(ctx, Contracts.Name, id, version, v)
}

// Cancel makes a contract void, for a reason. Its won deal is opened again, or
// stays won where then is KeepDeal; "" leaves that as the contract says.
func Cancel(ctx context.Context, s *record.Session, id value.ID, version int64, reason, then string) (record.Outcome, error) {
	v := record.With(record.Values{}, ContractState, Void)
	record.With(v, ContractVoidReason, reason)
	if then != "" {
		record.With(v, ContractDealThen, then)
	}
	return s.Update(ctx, Contracts.Name, id, version, v)
}

// prepareContracts fills in what follows from the rest: party, currency, dates
// of signing and voiding, and which deal the contract is the present one of.
func prepareContracts(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	taken, err := presentOf(ctx, s, drafts)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if !writes(d) {
			continue
		}
		state, _ := record.Will(d, ContractState)
		prepareCurrency(s, d)
		if d.Changed(ContractState.Name()) {
			enterState(s, d, state)
		}
		deal, ok := record.Will(d, ContractDeal)
		if !ok || state == Void {
			d.Set(ContractCurrentOf.Name(), nil)
			continue
		}
		if other := taken[deal]; other != 0 && other != d.ID {
			d.Refuse(ContractDeal.Name(), "contract.deal_has_one", nil)
			continue
		}
		taken[deal] = d.ID
		record.Put(d, ContractCurrentOf, deal)
	}
	return nil
}

// presentOf finds the contracts that deals of the drafts have now.
func presentOf(ctx context.Context, s *record.Session, drafts []*record.Draft) (map[value.ID]value.ID, error) {
	taken := map[value.ID]value.ID{}
	err := eachID(ctx, s, linkedBy(drafts, ContractDeal), `SELECT current_of_id, id FROM {contract} WHERE current_of_id IN (%s) AND deleted_at IS NULL`,
		func(rows *store.Rows) error {
			deal, _ := rows.ID(0)
			taken[deal], _ = rows.ID(1)
			return nil
		})
	return taken, err
}

func prepareCurrency(s *record.Session, d *record.Draft) {
	text, ok := record.Will(d, ContractCurrency)
	if !ok {
		record.Put(d, ContractCurrency, s.Settings().Currency)
		return
	}
	code, err := value.ParseCurrency(text)
	if err != nil {
		d.Refuse(ContractCurrency.Name(), "record.unknown_currency", nil)
		return
	}
	record.Put(d, ContractCurrency, code)
}

// enterState sets the days that come with a state.
func enterState(s *record.Session, d *record.Draft, state string) {
	day := s.Today()
	if s.Actor().System() {
		day = value.DateOf(d.At(), s.Env().Zone)
	}
	if state == Void {
		if _, has := record.Will(d, ContractVoidedOn); !has {
			record.Put(d, ContractVoidedOn, day)
		}
		return
	}
	if was, _ := record.Was(d, ContractState); was == Void {
		d.Set(ContractVoidedOn.Name(), nil)
		d.Set(ContractVoidReason.Name(), nil)
	}
	if _, has := record.Will(d, ContractSignedOn); !has && state != Draft {
		record.Put(d, ContractSignedOn, day)
	}
}

// checkContracts refuses what cannot be.
func checkContracts(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	used, err := inUse(ctx, s, drafts)
	if err != nil {
		return err
	}
	if err := keepWon(ctx, s, drafts); err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Doing == record.Deleting {
			if number, numbered := record.Was(d, ContractNumber); numbered {
				d.Fail(fault.New(fault.Conflict, "contract.numbered", fault.Args{"number": number}))
			}
			continue
		}
		if !writes(d) {
			continue
		}
		checkSound(s, d)
		checkState(s, d, used[d.ID])
		if d.Doing == record.Updating && d.Changed(ContractCurrency.Name()) && used[d.ID] != nothingYet {
			d.Refuse(ContractCurrency.Name(), "contract.currency_in_use", nil)
		}
	}
	return nil
}

// keepWon lets no contract go from its won deal to one that is not: as where the
// won one of two deals went into the other, and what was won would be gone.
func keepWon(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	moved := slices.DeleteFunc(slices.Clone(drafts), func(d *record.Draft) bool {
		_, from := record.Was(d, ContractDeal)
		_, to := record.Will(d, ContractDeal)
		state, _ := record.Will(d, ContractState)
		return d.Doing != record.Updating || s.Undoing() || !from || !to || !d.Changed(ContractDeal.Name()) || state == Void
	})
	if len(moved) == 0 {
		return nil
	}
	deals, err := s.AsSystem("deals of a contract").GetMany(ctx, sales.Deals.Name, linkedBy(moved, ContractDeal))
	if err != nil {
		return err
	}
	won := func(id value.ID) bool {
		if deals[id] == nil {
			return false
		}
		status, _ := record.Get(deals[id], sales.DealStatus)
		return status == sales.Won
	}
	for _, d := range moved {
		from, _ := record.Was(d, ContractDeal)
		to, _ := record.Will(d, ContractDeal)
		if won(from) && !won(to) {
			name, _ := record.Will(d, ContractName)
			d.Fail(fault.New(fault.Conflict, "contract.deal_not_won", fault.Args{"contract": name}))
		}
	}
	return nil
}

func checkSound(s *record.Session, d *record.Draft) {
	_, account := record.Will(d, ContractAccount)
	_, signer := record.Will(d, ContractSigner)
	if !account && !signer && !d.AcceptsIncomplete() && (d.Doing == record.Creating || d.Changed(ContractAccount.Name()) || d.Changed(ContractSigner.Name())) &&
		!s.Actor().System() { // a deal that came without a party has a contract without one
		d.Refuse(ContractAccount.Name(), "contract.needs_party", nil)
	}
	from, ok := record.Will(d, ContractStartsOn)
	to, ok2 := record.Will(d, ContractEndsOn)
	if ok && ok2 && to < from && (d.Changed(ContractStartsOn.Name()) || d.Changed(ContractEndsOn.Name())) {
		d.Refuse(ContractEndsOn.Name(), "contract.ends_before_start", nil)
	}
	if on, ok := record.Will(d, ContractSignedOn); ok && on > s.Today() && d.Changed(ContractSignedOn.Name()) {
		d.Refuse(ContractSignedOn.Name(), "contract.signed_in_future", nil)
	}
}

// checkState refuses states that a contract cannot enter as it is.
func checkState(s *record.Session, d *record.Draft, use use) {
	if !d.Changed(ContractState.Name()) {
		if state, _ := record.Will(d, ContractState); state == Void && d.Changed(ContractVoidReason.Name()) && d.Field(ContractVoidReason.Name()) == nil {
			d.Refuse(ContractVoidReason.Name(), "contract.reason_required", nil)
		}
		return
	}
	state, _ := record.Will(d, ContractState)
	switch {
	case s.Who().Imports():
	case state == Void && d.Field(ContractVoidReason.Name()) == nil:
		d.Refuse(ContractVoidReason.Name(), "contract.reason_required", nil)
	case state == Draft && use == hasReceipts:
		d.Refuse(ContractState.Name(), "contract.has_receipts", nil)
	case state != Draft && state != Void && d.Field(ContractTotal.Name()) == nil:
		d.Refuse(ContractState.Name(), "contract.nothing_to_sign", nil)
	}
}

// use is what hangs on a contract.
type use uint8

const (
	nothingYet use = iota
	hasAmounts
	hasReceipts
)

func inUse(ctx context.Context, s *record.Session, drafts []*record.Draft) (map[value.ID]use, error) {
	used := map[value.ID]use{}
	var ids []value.ID
	for _, d := range drafts {
		if d.Doing == record.Updating && (d.Changed(ContractState.Name()) || d.Changed(ContractCurrency.Name())) {
			ids = append(ids, d.ID)
		}
	}
	for _, x := range []struct {
		sql string
		use use
	}{{`SELECT DISTINCT contract_id FROM {contract_line} WHERE contract_id IN (%s) AND amount IS NOT NULL AND deleted_at IS NULL`, hasAmounts},
		{`SELECT DISTINCT contract_id FROM {payment_plan_line} WHERE contract_id IN (%s) AND deleted_at IS NULL`, hasAmounts},
		{`SELECT DISTINCT contract_id FROM {receipt} WHERE contract_id IN (%s) AND deleted_at IS NULL`, hasReceipts}} {
		if err := eachID(ctx, s, ids, x.sql, func(rows *store.Rows) error {
			id, _ := rows.ID(0)
			used[id] = x.use
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return used, nil
}

// afterVoid opens the won deals of void contracts again, unless the contract
// says otherwise, and writes down on both why.
func afterVoid(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		deal, ok := record.Will(d, ContractDeal)
		state, _ := record.Will(d, ContractState)
		then, _ := record.Will(d, ContractDealThen)
		if d.Doing != record.Updating || !d.Changed(ContractState.Name()) || state != Void {
			continue
		}
		about := []schema.Ref{{Object: Contracts.Name, ID: d.ID}}
		if ok {
			about = append(about, schema.Ref{Object: sales.Deals.Name, ID: deal})
		}
		sys := s.AsSystem("a void contract opens its deal again")
		if ok && then != KeepDeal {
			if _, err := sales.Reopen(ctx, sys, deal, 0); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		if err := noteVoid(ctx, s, sys, d, about); err != nil {
			return err
		}
	}
	return nil
}

// noteVoid is the trace on the timelines of the contract and its deal.
func noteVoid(ctx context.Context, s, sys *record.Session, d *record.Draft, about []schema.Ref) error {
	name, _ := record.Will(d, ContractName)
	if number, ok := record.Will(d, ContractNumber); ok {
		name = number + " " + name
	}
	reason, _ := record.Will(d, ContractVoidReason)
	v := record.Values{activity.Kind.Name(): activity.Note, activity.Targets.Name(): about,
		activity.Body.Name(): i18n.Text(s.Settings().Locale, "contract.note_void", fault.Args{"contract": name, "reason": reason})}
	if m := s.Actor().Member(); m != 0 {
		v["owner"] = m
	}
	c := record.Change{Values: v}
	if c.At, c.By = d.Deed(); c.By != 0 {
		v["owner"] = c.By
	}
	_, err := sys.Save(ctx, record.Batch{Object: activity.Activities.Name, Changes: []record.Change{c}})
	return err
}
