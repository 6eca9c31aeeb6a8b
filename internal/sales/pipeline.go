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

// SetAndMeasured is what was set of a stage beside what was measured.
type SetAndMeasured struct {
	Stage    value.ID         `json:"stage"`
	Name     string           `json:"name"`
	Set      *decimal.Decimal `json:"set"`      // in percent; nil = nothing was set
	Measured *decimal.Decimal `json:"measured"` // nil while no deal that was there is closed
	Won      int64            `json:"won"`
	Closed   int64            `json:"closed"` // how many deals were measured
}

// RatesOf are the rates of the stages of a pipeline, of the deals that the actor
// may see.
func RatesOf(ctx context.Context, s *record.Session, pipeline value.ID) ([]SetAndMeasured, error) {
	if _, err := s.Get(ctx, Pipelines.Name, pipeline); err != nil {
		return nil, err
	}
	measured, err := StageRates(ctx, s)
	if err != nil {
		return nil, err
	}
	page, err := s.Query(ctx, record.Query{Object: Stages.Name, Filter: `pipeline = "` + pipeline.String() + `"`, Sort: StagePosition.Name(), Limit: 500})
	if err != nil {
		return nil, err
	}
	list := make([]SetAndMeasured, len(page.Records))
	for i, r := range page.Records {
		rate := measured[r.ID]
		list[i] = SetAndMeasured{Stage: r.ID, Name: r.Title(), Won: rate.Won, Closed: rate.Closed}
		if set, ok := record.Get(r, StageProbability); ok {
			list[i].Set = &set
		}
		if percent, ok := rate.Percent(); ok {
			list[i].Measured = &percent
		}
	}
	return list, nil
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

// checkOff refuses to switch a pipeline off while open deals are in it, whatever
// the door: nothing would show them any more. Who brings one in meanwhile waits.
func checkOff(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if active, said := record.Will(d, PipelineActive); d.Doing != record.Updating || !d.Changed(PipelineActive.Name()) || !said || active {
			continue
		}
		if err := s.Hold(ctx, Pipelines.Name, []value.ID{d.ID}); err != nil {
			return err
		}
		var deal value.ID
		open, err := s.Tx().Row(ctx, `SELECT id FROM {deal} WHERE pipeline_id = $1 AND status = 'open' AND deleted_at IS NULL LIMIT 1`, []any{d.ID}, &deal)
		if err != nil {
			return err
		}
		if open {
			d.Refuse(PipelineActive.Name(), "pipeline.has_open", fault.Args{"pipeline": d.Before(PipelineName.Name())})
		}
	}
	return nil
}
