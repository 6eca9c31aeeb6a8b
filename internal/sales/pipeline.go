package sales

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Rate is how the deals ended that were in a stage.
type Rate struct{ Won, Closed int64 }

// Percent is the share of won ones; false while none is closed.
func (r Rate) Percent() (decimal.Decimal, bool) {
	if r.Closed == 0 {
		return decimal.Zero, false
	}
	return decimal.NewFromInt(r.Won*100).DivRound(decimal.NewFromInt(r.Closed), 1), true
}

// measuredDays is how far back ended deals count for the measured rates.
const measuredDays = "365"

// StageRates measures, for each stage, how many of the deals that were in it
// and closed in the last year were won (R34). Where a deal was before it was
// imported nobody knows, so that does not count.
func StageRates(ctx context.Context, s *record.Session) (map[value.ID]Rate, error) {
	rates := map[value.ID]Rate{}
	for _, status := range []string{Won, Lost} {
		stays, err := s.Stays(ctx, record.StayQuery{Object: Deals.Name, Field: DealStage.Name(),
			Filter: `status = "` + status + `" and close_date >= addDays(today(), -` + measuredDays + `)`})
		if err != nil {
			return nil, err
		}
		for _, x := range stays {
			r := rates[x.Key]
			r.Closed += x.Records
			if status == Won {
				r.Won += x.Records
			}
			rates[x.Key] = r
		}
	}
	return rates, nil
}

// RemoveStage takes a stage out of use. Deals that stand in it go to another
// stage of its kind, many of them by a job, in the same act. A stage that deals
// were in stays as a retired one, so that their history keeps its name; one
// that nobody used is deleted.
func RemoveStage(ctx context.Context, s *record.Session, id, to value.ID) (*record.BulkRun, error) {
	book, err := bookOf(ctx, s)
	if err != nil {
		return nil, err
	}
	st, ok := book.byID[id]
	if !ok {
		return nil, fault.New(fault.NotFound, "stage.unknown", nil)
	}
	if st.active && !slices.ContainsFunc(book.ordered, func(x stage) bool {
		return x.id != id && x.pipeline == st.pipeline && x.kind == st.kind && x.active
	}) {
		return nil, fault.New(fault.Conflict, "stage.last_of_kind", fault.Args{"stage": st.name})
	}
	used, err := stageUsed(ctx, s, Deals.Table, id)
	if err != nil {
		return nil, err
	}
	if !used {
		return nil, dropStage(ctx, s, id)
	}
	if goal, ok := book.byID[to]; !ok || to == id || !goal.active || goal.kind != st.kind {
		return nil, fault.New(fault.Invalid, "stage.where_to", fault.Args{"stage": st.name}).With(fault.Field{Path: "to", Key: "stage.where_to", Args: fault.Args{"stage": st.name}})
	}
	if _, err := s.Update(ctx, Stages.Name, id, 0, record.With(record.Values{}, StageActive, false)); err != nil {
		return nil, err
	}
	return s.ChangeMany(ctx, record.Bulk{Object: Deals.Name, Do: record.Updating, Filter: `stage = "` + id.String() + `"`, Values: record.With(record.Values{}, DealStage, to)})
}

// dropStage deletes a stage that no deal ever was in, and retires another.
func dropStage(ctx context.Context, s *record.Session, id value.ID) error {
	var deal value.ID
	known, err := s.Tx().Row(ctx, `SELECT record FROM {span_deal} WHERE stage_id = $1 LIMIT 1`, []any{id}, &deal)
	if err != nil {
		return err
	}
	if !known { // trashed deals keep their stage too
		known, err = s.Tx().Row(ctx, `SELECT id FROM {deal} WHERE stage_id = $1 LIMIT 1`, []any{id}, &deal)
	}
	switch {
	case err != nil:
		return err
	case known:
		_, err = s.Update(ctx, Stages.Name, id, 0, record.With(record.Values{}, StageActive, false))
		return err
	}
	return s.Delete(ctx, Stages.Name, id)
}

// ArrangeStages puts the stages of a pipeline into an order. Those that are not
// named keep theirs, after them.
func ArrangeStages(ctx context.Context, s *record.Session, pipeline value.ID, order []value.ID) error {
	book, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	var all []stage
	for _, st := range book.ordered {
		if st.pipeline == pipeline {
			all = append(all, st)
		}
	}
	rank := func(st stage) int {
		if i := slices.Index(order, st.id); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(all, func(a, b stage) int { return rank(a) - rank(b) })
	ids := make([]value.ID, len(all))
	for i, st := range all {
		ids[i] = st.id
	}
	return s.Arrange(ctx, Stages.Name, StagePosition.Name(), ids)
}

// AddStage makes a stage of a pipeline: the last of the open ones, or behind
// those of its kind.
func AddStage(ctx context.Context, s *record.Session, pipeline value.ID, v record.Values) error {
	book, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	record.With(v, StagePipeline, pipeline)
	out, err := s.Create(ctx, Stages.Name, v)
	if err != nil {
		return err
	}
	made, err := s.Get(ctx, Stages.Name, out.ID)
	if err != nil {
		return err
	}
	kind, _ := record.Get(made, StageKind)
	kinds := []string{Open, Won, Lost}
	var order []value.ID
	put := false
	for _, st := range book.ordered {
		if st.pipeline != pipeline {
			continue
		}
		if !put && slices.Index(kinds, st.kind) > slices.Index(kinds, kind) {
			order, put = append(order, out.ID), true
		}
		order = append(order, st.id)
	}
	return ArrangeStages(ctx, s, pipeline, append(order, out.ID))
}
