package sales

import (
	"context"

	"github.com/shopspring/decimal"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// stageBook is every stage and pipeline, as rules need them. They are few, and
// kept until somebody changes one. It is shared, so nobody may change it.
type stageBook struct {
	ordered   []stage
	byID      map[value.ID]stage
	pipelines []value.ID // by position
	rules     map[value.ID]pipelineRules
}

type stage struct {
	id, pipeline value.ID
	name, kind   string
	position     int64
	forecast     string
	chance       decimal.Decimal
	hasChance    bool
	active       bool
	usual        int64 // days that a deal normally stays; 0 = nobody said
	entry, why   string
}

type stagesKey struct{}

func bookOf(ctx context.Context, s *record.Session) (*stageBook, error) {
	return record.Keep(s, stagesKey{}, func() (*stageBook, error) { return readStages(ctx, s) })
}

// stagesChanged has everybody read stages and pipelines anew.
func stagesChanged(ctx context.Context, s *record.Session, _ []*record.Draft) error {
	return s.Touch(ctx)
}

func readStages(ctx context.Context, s *record.Session) (*stageBook, error) {
	b := &stageBook{byID: map[value.ID]stage{}, rules: map[value.ID]pipelineRules{}}
	rows, err := s.Tx().Query(ctx, `SELECT st.id, st.pipeline_id, st.name, st.kind, st.forecast, st.probability, st.active, p.active, st.position, st.usual_days,
			st.entry, st.entry_message, p.currency, p.win_without_amount, p.close_date_past, p.other_currency, p.negative_amount, p.jumps, p.amount_beside_lines
		FROM {stage} st JOIN {pipeline} p ON p.id = st.pipeline_id AND p.deleted_at IS NULL
		WHERE st.deleted_at IS NULL ORDER BY p.position, p.id, st.position, st.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var st stage
		var forecast *string
		var chance *int64
		var active, pipelineActive *bool
		var position, usual *int64
		var texts [9]*string
		if err := rows.Scan(&st.id, &st.pipeline, &st.name, &st.kind, &forecast, &chance, &active, &pipelineActive, &position, &usual,
			&texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &texts[5], &texts[6], &texts[7], &texts[8]); err != nil {
			return nil, err
		}
		st.entry, st.why = said(texts[0], ""), said(texts[1], "")
		b.rules[st.pipeline] = pipelineRules{currency: said(texts[2], s.Settings().Currency), noAmount: said(texts[3], Warn), past: said(texts[4], Warn),
			foreign: said(texts[5], Warn), negative: said(texts[6], Refuse), jumps: said(texts[7], jumpFree), beside: said(texts[8], Warn)}
		if forecast != nil {
			st.forecast = *forecast
		}
		if position != nil {
			st.position = *position
		}
		if usual != nil {
			st.usual = *usual
		}
		if chance != nil {
			st.chance, st.hasChance = value.Unscaled(*chance, 2), true
		}
		st.active = (active == nil || *active) && (pipelineActive == nil || *pipelineActive)
		if len(b.pipelines) == 0 || b.pipelines[len(b.pipelines)-1] != st.pipeline {
			b.pipelines = append(b.pipelines, st.pipeline)
		}
		b.ordered = append(b.ordered, st)
		b.byID[st.id] = st
	}
	return b, rows.Err()
}

// first is the first active stage of a kind in a pipeline.
func (b *stageBook) first(pipeline value.ID, kind string) (stage, bool) {
	for _, st := range b.ordered {
		if st.pipeline == pipeline && st.kind == kind && st.active {
			return st, true
		}
	}
	return stage{}, false
}

// Seed gives an empty workspace the pipeline that most companies begin with.
// It does nothing where there is a pipeline already.
func Seed(ctx context.Context, s *record.Session) error {
	book, err := bookOf(ctx, s)
	if err != nil || len(book.ordered) > 0 {
		return err
	}
	_, err = makePipeline(ctx, s, i18n.Text(i18n.FormatFor(s.Settings().Locale).Language(), "sales.seed.pipeline", nil), 1, 0)
	return err
}
