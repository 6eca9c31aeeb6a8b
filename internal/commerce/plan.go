package commerce

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// preparePlan keeps the first due date when the due date moves.
func preparePlan(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		due, ok := record.Will(d, PlanDueOn)
		if _, has := record.Will(d, PlanFirstDueOn); ok && !has && writes(d) {
			record.Put(d, PlanFirstDueOn, due)
		}
		if d.Changed(PlanDueOn.Name()) && d.Doing == record.Updating { // due again, so to be told again
			d.Set(PlanRemindedOn.Name(), nil)
		}
	}
	return nil
}

func checkPlan(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	of, err := contractsOf(ctx, s, drafts, PlanContract)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		paid, _ := record.Was(d, PlanPaidAmount)
		if d.Doing == record.Deleting && paid.Minor > 0 {
			d.Fail(fault.New(fault.Conflict, "plan.has_receipts", nil))
		}
		if !writes(d) {
			continue
		}
		id, _ := record.Will(d, PlanContract)
		c := of[id]
		amount, _ := record.Will(d, PlanAmount)
		if d.Changed(PlanContract.Name()) && d.Doing == record.Updating {
			d.Refuse(PlanContract.Name(), "plan.stays", nil)
		}
		if d.Changed(PlanAmount.Name()) && amount.Minor <= 0 {
			d.Refuse(PlanAmount.Name(), "plan.not_positive", nil)
		}
		if paid.Minor > amount.Minor {
			d.Refuse(PlanAmount.Name(), "plan.below_paid", fault.Args{"paid": paid})
		}
		if c.state == Void && (d.Doing == record.Creating || d.Changed(PlanAmount.Name())) && !s.Who().Imports() {
			d.Fail(fault.New(fault.Conflict, "contract.is_void", nil))
		}
		otherCurrency(d, PlanAmount, c)
	}
	return nil
}

// ReplacePlan plans the payments of a contract anew: what nobody has paid yet
// of the plan goes, and parts come that share out what is then not planned. A
// plan line that has been paid in part shrinks to what was paid.
func ReplacePlan(ctx context.Context, s *record.Session, contract value.ID, split Split) ([]value.ID, error) {
	c, err := s.Get(ctx, Contracts.Name, contract)
	if err != nil {
		return nil, err
	}
	total, ok := record.Get(c, ContractTotal)
	if !ok {
		return nil, fault.New(fault.Conflict, "plan.nothing_to_plan", nil)
	}
	kept, err := clearPlan(ctx, s, contract)
	if err != nil {
		return nil, err
	}
	rest, err := total.Sub(kept)
	if err != nil {
		return nil, err
	}
	parts, err := split.Of(rest)
	if err != nil {
		return nil, err
	}
	b := record.Batch{Object: PlanLines.Name}
	for _, p := range parts {
		v := record.With(record.With(record.Values{}, PlanContract, contract), PlanDueOn, p.DueOn)
		if p.Name != "" {
			record.With(v, PlanName, p.Name)
		}
		b.Changes = append(b.Changes, record.Change{Values: record.With(v, PlanAmount, p.Amount)})
	}
	made, err := s.Save(ctx, b)
	if err != nil {
		return nil, err
	}
	ids := make([]value.ID, len(made))
	for i, o := range made {
		ids[i] = o.ID
	}
	return ids, nil
}

// clearPlan takes away what of a plan nobody has paid, and answers how much of
// it stays.
func clearPlan(ctx context.Context, s *record.Session, contract value.ID) (kept value.Money, err error) {
	old, err := planOf(ctx, s, contract)
	if err != nil {
		return kept, err
	}
	var gone []value.ID
	b := record.Batch{Object: PlanLines.Name}
	for _, line := range old {
		paid, _ := record.Get(line, PlanPaidAmount)
		amount, _ := record.Get(line, PlanAmount)
		if paid.Minor <= 0 {
			gone = append(gone, line.ID)
			continue
		}
		if paid != amount {
			b.Changes = append(b.Changes, record.Change{ID: line.ID, Values: record.With(record.Values{}, PlanAmount, paid)})
		}
		if kept, err = kept.Add(paid); err != nil {
			return kept, err
		}
	}
	if len(gone) > 0 {
		if err := s.Delete(ctx, PlanLines.Name, gone...); err != nil {
			return kept, err
		}
	}
	_, err = s.Save(ctx, b)
	return kept, err
}

// maxPlan is how many planned payments of a contract are read at once.
const maxPlan = 500

// planOf reads the planned payments of a contract, first due first.
func planOf(ctx context.Context, s *record.Session, contract value.ID) ([]*record.Record, error) {
	page, err := s.Query(ctx, record.Query{Object: PlanLines.Name, Filter: `contract = "` + contract.String() + `"`, Sort: "due_on,id", Limit: maxPlan})
	if err != nil {
		return nil, err
	}
	return page.Records, nil
}
