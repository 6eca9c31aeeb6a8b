package app

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/sample"
	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// agreed is a contract of the sample with its record, which winning has made.
type agreed struct {
	*sample.Contract
	id    value.ID
	parts []commerce.Part
	plan  []value.ID
}

// contracts signs what the won deals became, plans the payments and books what
// came in, each at its moment.
func (l *loader) contracts(ctx context.Context) error {
	list, err := l.agreed(ctx)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, []agreed) error{l.sign, l.plan, l.receipts, l.reversals, l.outcomes} {
		if err := step(ctx, list); err != nil {
			return err
		}
	}
	return nil
}

// agreed finds the contracts of the sample, those signed first in front, as
// their numbers follow.
func (l *loader) agreed(ctx context.Context) ([]agreed, error) {
	of := map[value.ID]*record.Record{}
	err := l.w.Read(ctx, asDemo, func(s *record.Session) error {
		q := record.Query{Object: commerce.Contracts.Name, Fields: []string{"deal", "total"}, Sort: "id", Limit: 500}
		for {
			page, err := s.Query(ctx, q)
			if err != nil {
				return err
			}
			for _, r := range page.Records {
				deal, _ := record.Get(r, commerce.ContractDeal)
				of[deal] = r
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return nil
			}
		}
	})
	if err != nil {
		return nil, err
	}
	var list []agreed
	for i := range l.c.Contracts {
		c := &l.c.Contracts[i]
		deal, _ := at(l.dealIDs, c.Deal)
		r := of[deal]
		if r == nil {
			continue
		}
		a := agreed{Contract: c, id: r.ID}
		total, _ := record.Get(r, commerce.ContractTotal)
		split := commerce.Split{First: l.day(c.Signed)}
		for _, share := range c.Shares {
			split.Parts = append(split.Parts, decimal.NewFromInt(int64(share)))
		}
		if a.parts, err = split.Of(total); err != nil {
			continue // given away
		}
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(a, b agreed) int { return a.Signed.Compare(b.Signed) })
	return list, nil
}

func (l *loader) sign(ctx context.Context, list []agreed) error {
	var changes []record.Change
	for _, a := range list {
		v := record.With(record.Values{}, commerce.ContractState, commerce.Signed)
		record.With(v, commerce.ContractSignedOn, l.day(a.Signed))
		c := l.then(record.With(v, commerce.ContractStartsOn, l.day(a.Signed)), a.Signed, a.By)
		c.ID = a.id
		changes = append(changes, c)
	}
	_, err := l.save(ctx, commerce.Contracts.Name, changes)
	return err
}

func (l *loader) plan(ctx context.Context, list []agreed) error {
	var changes []record.Change
	for _, a := range list {
		for i, part := range a.parts {
			v := record.With(record.With(record.Values{}, commerce.PlanContract, a.id), commerce.PlanDueOn, a.Date(i))
			record.With(v, commerce.PlanAmount, part.Amount)
			if len(a.parts) > 1 {
				record.With(v, commerce.PlanName, part.Name)
			}
			changes = append(changes, l.then(v, a.Signed, a.By))
		}
	}
	ids, err := l.save(ctx, commerce.PlanLines.Name, changes)
	if err != nil {
		return err
	}
	for i := range list {
		n := len(list[i].parts)
		list[i].plan, ids = ids[:n], ids[n:]
	}
	return nil
}

func (l *loader) receipts(ctx context.Context, list []agreed) error {
	var changes []record.Change
	for _, a := range list {
		for _, r := range a.Receipts {
			amount, err := a.parts[r.Part].Amount.Times(decimal.New(int64(r.Percent), -2))
			if err != nil {
				return err
			}
			v := record.With(record.With(record.Values{}, commerce.ReceiptContract, a.id), commerce.ReceiptAmount, amount)
			record.With(v, commerce.ReceiptReceivedOn, l.day(r.At))
			record.With(v, commerce.ReceiptMethod, r.Method)
			record.With(v, commerce.ReceiptPlanLine, a.plan[r.Part])
			if r.Over {
				record.With(v, commerce.ReceiptOverAccepted, true)
			}
			changes = append(changes, l.then(v, r.At, a.By))
		}
	}
	slices.SortStableFunc(changes, func(a, b record.Change) int { return a.At.Compare(b.At) })
	_, err := l.save(ctx, commerce.Receipts.Name, changes)
	return err
}

// reversals take back the receipts that did not stand.
func (l *loader) reversals(ctx context.Context, list []agreed) error {
	for _, a := range list {
		for _, r := range a.Receipts {
			if r.Reversed == "" {
				continue
			}
			if err := l.w.Write(ctx, asDemo, func(s *record.Session) error {
				page, err := s.Query(ctx, record.Query{Object: commerce.Receipts.Name, Filter: `plan_line = "` + a.plan[r.Part].String() + `"`, Limit: 1})
				if err != nil || len(page.Records) == 0 {
					return err
				}
				c := l.then(record.With(record.Values{}, commerce.ReceiptReversalReason, r.Reversed), r.At.AddDate(0, 0, 2), a.By)
				c.ID = page.Records[0].ID
				_, err = s.Save(ctx, record.Batch{Object: commerce.Receipts.Name, Changes: []record.Change{c}})
				return err
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// outcomes are what the contracts have come to by now.
func (l *loader) outcomes(ctx context.Context, list []agreed) error {
	var changes []record.Change
	for _, a := range list {
		v := record.With(record.Values{}, commerce.ContractState, a.State)
		when := a.Signed.AddDate(0, 0, 10)
		switch a.State {
		case commerce.Signed:
			continue
		case commerce.Void:
			when = a.Voided
			record.With(record.With(v, commerce.ContractVoidReason, a.Reason), commerce.ContractDealThen, commerce.KeepDeal)
		case commerce.Completed:
			when = a.Receipts[len(a.Receipts)-1].At
		}
		c := l.then(v, when, a.By)
		c.ID = a.id
		changes = append(changes, c)
	}
	_, err := l.save(ctx, commerce.Contracts.Name, changes)
	return err
}
