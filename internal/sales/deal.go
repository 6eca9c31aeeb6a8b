package sales

import (
	"context"
	"maps"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Close is what is said when a deal is won or lost.
type Close struct {
	Reason     string     // an option of won_reason or lost_reason
	Competitor string     // lost to whom
	On         value.Date // 0 = today
	Note       string     // kept as a note about the deal
}

// Step is a deal on its way into another stage.
type Step struct {
	Deal    value.ID
	Version int64
	// Stage is where it goes. 0 leaves that to Kind: the first won or lost stage
	// of its pipeline; for an open one, the stage that it was closed from.
	Stage value.ID
	Kind  string
	Close
	// Values are what else the dialogue asked for.
	Values record.Values
}

// Move puts a deal into another stage: forwards or back, and so wins, loses or
// reopens it, as the stages are. What follows from a stage the rules know; what
// is said of the end goes where the stage's kind wants it.
func Move(ctx context.Context, s *record.Session, step Step) (record.Outcome, error) {
	book, err := bookOf(ctx, s)
	if err != nil {
		return record.Outcome{}, err
	}
	if step.Stage == 0 {
		if step.Stage, err = stageFor(ctx, s, book, step); err != nil {
			return record.Outcome{}, err
		}
	}
	v := record.With(record.Values{}, DealStage, step.Stage)
	maps.Copy(v, step.Values)
	kind := book.byID[step.Stage].kind
	step.into(v, kind)
	if _, told := v[record.SaidKey]; !told && kind == Open && step.Reason != "" {
		v[record.SaidKey] = record.Said{Reason: step.Reason}
	}
	out, err := s.Update(ctx, Deals.Name, step.Deal, step.Version, v)
	if err != nil {
		return out, err
	}
	return out, noteAbout(ctx, s, schema.Ref{Object: Deals.Name, ID: step.Deal}, step.Note)
}

// into puts what is said of a deal's end where a stage of the kind has it.
func (c Close) into(v record.Values, kind string) {
	if kind != Won && kind != Lost {
		return
	}
	if c.On != 0 {
		record.With(v, DealCloseDate, c.On)
	}
	if c.Reason != "" && kind == Won {
		record.With(v, DealWonReason, c.Reason)
	}
	if c.Reason != "" && kind == Lost {
		record.With(v, DealLostReason, c.Reason)
	}
	if c.Competitor != "" {
		record.With(v, DealCompetitor, c.Competitor)
	}
}

// Win closes a deal as won, in the first won stage of its pipeline.
func Win(ctx context.Context, s *record.Session, deal value.ID, version int64, c Close) (record.Outcome, error) {
	return Move(ctx, s, Step{Deal: deal, Version: version, Kind: Won, Close: c})
}

// Lose closes a deal as lost. A reason is required (R38).
func Lose(ctx context.Context, s *record.Session, deal value.ID, version int64, c Close) (record.Outcome, error) {
	return Move(ctx, s, Step{Deal: deal, Version: version, Kind: Lost, Close: c})
}

// Reopen takes a closed deal back into work: into the open stage it was closed
// from, or the first of its pipeline when nobody knows. Its end no longer
// counts.
func Reopen(ctx context.Context, s *record.Session, deal value.ID, version int64) (record.Outcome, error) {
	return Move(ctx, s, Step{Deal: deal, Version: version, Kind: Open})
}

// stageFor is the stage of the step's kind that its deal goes to.
func stageFor(ctx context.Context, s *record.Session, book *stageBook, step Step) (value.ID, error) {
	d, err := s.Get(ctx, Deals.Name, step.Deal)
	if err != nil {
		return 0, err
	}
	if step.Kind == Open {
		if status, _ := record.Get(d, DealStatus); status != Won && status != Lost {
			return 0, fault.New(fault.Conflict, "deal.not_closed", nil)
		}
		if stage, known, err := stageBefore(ctx, s, d.ID); known || err != nil {
			return stage, err
		}
	}
	pipeline, _ := record.Get(d, DealPipeline)
	if st, ok := book.first(pipeline, step.Kind); ok {
		return st.id, nil
	}
	return 0, fault.New(fault.Invalid, "deal.no_stage", fault.Args{"kind": step.Kind})
}

// stageBefore is the last open stage that the deal's spans know.
func stageBefore(ctx context.Context, s *record.Session, deal value.ID) (stage value.ID, known bool, err error) {
	known, err = s.Tx().Row(ctx, `SELECT sp.stage_id FROM {span_deal} sp JOIN {stage} st ON st.id = sp.stage_id
		WHERE sp.record = $1 AND st.kind = $2 AND st.deleted_at IS NULL ORDER BY sp.from_ms DESC LIMIT 1`, []any{deal, Open}, &stage)
	return stage, known, err
}
