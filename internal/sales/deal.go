package sales

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Close is what is said when a deal is won or lost.
type Close struct {
	Reason     string     // an option of won_reason or lost_reason
	Competitor string     // lost to whom
	On         value.Date // 0 = today
}

// Move puts a deal into a stage of its pipeline, forwards or back. Moving into
// a won or lost stage is Win or Lose.
func Move(ctx context.Context, s *record.Session, deal, stage value.ID, version int64) (record.Outcome, error) {
	return s.Update(ctx, Deals.Name, deal, version, record.With(record.Values{}, DealStage, stage))
}

// Win closes a deal as won, in the first won stage of its pipeline.
func Win(ctx context.Context, s *record.Session, deal value.ID, version int64, c Close) (record.Outcome, error) {
	return closeAs(ctx, s, deal, version, Won, c)
}

// Lose closes a deal as lost. A reason is required (R38).
func Lose(ctx context.Context, s *record.Session, deal value.ID, version int64, c Close) (record.Outcome, error) {
	if c.Reason == "" {
		return record.Outcome{}, fault.New(fault.Invalid, "deal.reason_required", nil).
			With(fault.Field{Path: DealLostReason.Name(), Key: "field.required", Args: fault.Args{"field": DealLostReason.Name()}})
	}
	return closeAs(ctx, s, deal, version, Lost, c)
}

func closeAs(ctx context.Context, s *record.Session, deal value.ID, version int64, kind string, c Close) (record.Outcome, error) {
	stage, err := stageOfKind(ctx, s, deal, kind)
	if err != nil {
		return record.Outcome{}, err
	}
	v := record.With(record.Values{}, DealStage, stage)
	if c.On == 0 {
		c.On = s.Today()
	}
	record.With(v, DealCloseDate, c.On)
	if c.Reason != "" {
		field := DealWonReason
		if kind == Lost {
			field = DealLostReason
		}
		record.With(v, field, c.Reason)
	}
	if c.Competitor != "" {
		record.With(v, DealCompetitor, c.Competitor)
	}
	return s.Update(ctx, Deals.Name, deal, version, v)
}

// Reopen takes a closed deal back into work: into the open stage it was closed
// from, or the first of its pipeline when nobody knows. Its loss no longer
// counts.
func Reopen(ctx context.Context, s *record.Session, deal value.ID, version int64) (record.Outcome, error) {
	d, err := s.Get(ctx, Deals.Name, deal)
	if err != nil {
		return record.Outcome{}, err
	}
	if status, _ := record.Get(d, DealStatus); status != Won && status != Lost {
		return record.Outcome{}, fault.New(fault.Conflict, "deal.not_closed", nil)
	}
	stage, err := stageBefore(ctx, s, d)
	if err != nil {
		return record.Outcome{}, err
	}
	v := record.With(record.Values{}, DealStage, stage)
	v[DealLostReason.Name()], v[DealWonReason.Name()], v[DealCompetitor.Name()] = nil, nil, nil
	return s.Update(ctx, Deals.Name, deal, version, v)
}

// stageBefore is the last open stage the deal's spans know.
func stageBefore(ctx context.Context, s *record.Session, d *record.Record) (value.ID, error) {
	var stage value.ID
	ok, err := s.Tx().Row(ctx, `SELECT sp.stage_id FROM {span_deal} sp JOIN {stage} st ON st.id = sp.stage_id
		WHERE sp.record = $1 AND st.kind = $2 AND st.deleted_at IS NULL ORDER BY sp.from_ms DESC LIMIT 1`, []any{d.ID, Open}, &stage)
	if err != nil || ok {
		return stage, err
	}
	pipeline, _ := record.Get(d, DealPipeline)
	return firstStage(ctx, s, pipeline, Open)
}

func stageOfKind(ctx context.Context, s *record.Session, deal value.ID, kind string) (value.ID, error) {
	d, err := s.Get(ctx, Deals.Name, deal)
	if err != nil {
		return 0, err
	}
	pipeline, _ := record.Get(d, DealPipeline)
	return firstStage(ctx, s, pipeline, kind)
}

// firstStage is the first stage of a kind in a pipeline.
func firstStage(ctx context.Context, s *record.Session, pipeline value.ID, kind string) (value.ID, error) {
	book, err := bookOf(ctx, s)
	if err != nil {
		return 0, err
	}
	for _, st := range book.ordered {
		if st.pipeline == pipeline && st.kind == kind && st.active {
			return st.id, nil
		}
	}
	return 0, fault.New(fault.Invalid, "deal.no_stage", fault.Args{"kind": kind})
}
