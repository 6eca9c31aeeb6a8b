package sales

import (
	"context"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// stageBook is every stage and pipeline, as rules need them. They are few and
// are read once a batch.
type stageBook struct {
	ordered   []stage
	byID      map[value.ID]stage
	pipelines []value.ID // by position
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
}

func bookOf(ctx context.Context, s *record.Session) (*stageBook, error) {
	b := &stageBook{byID: map[value.ID]stage{}}
	rows, err := s.Tx().Query(ctx, `SELECT st.id, st.pipeline_id, st.name, st.kind, st.forecast, st.probability, st.active, p.active, st.position, st.usual_days
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
		if err := rows.Scan(&st.id, &st.pipeline, &st.name, &st.kind, &forecast, &chance, &active, &pipelineActive, &position, &usual); err != nil {
			return nil, err
		}
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
	p, err := s.Create(ctx, Pipelines.Name, record.Values{"name": "Sales", "position": int64(1)})
	if err != nil {
		return err
	}
	b := record.Batch{Object: Stages.Name}
	for i, st := range []struct {
		name, kind, forecast, color string
		chance, days                int64
	}{
		{"Prospecting", Open, "pipeline", "slate", 10, 14},
		{"Qualified", Open, "pipeline", "blue", 25, 14},
		{"Proposal", Open, "best", "violet", 50, 21},
		{"Negotiation", Open, "commit", "amber", 75, 21},
		{"Won", Won, "closed", "green", 100, 0},
		{"Lost", Lost, "omitted", "red", 0, 0},
	} {
		v := record.Values{"name": st.name, "pipeline": p.ID, "position": int64(i + 1), "kind": st.kind,
			"forecast": st.forecast, "color": st.color, "probability": decimal.NewFromInt(st.chance)}
		if st.days > 0 {
			v["usual_days"] = st.days
		}
		b.Changes = append(b.Changes, record.Change{Values: v})
	}
	_, err = s.Save(ctx, b)
	return err
}
