package sales

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Silence is why nothing is foretold of a deal: "not_yet", "few_deals", "one_sided"
// (hardly any won, or lost), "new_pipeline" or "closed"; "" where something is.
type Silence struct {
	Silent     string `json:"silent,omitempty"`
	SilentText string `json:"silent_text,omitempty"` // once it is said

	whole *Learnt // of all pipelines, where these are one-sided
}

// silence is why nothing is foretold of deals of a pipeline that has nothing to be
// judged by.
func (p *Predictions) silence(ctx context.Context, s *record.Session) (x Silence, err error) {
	switch {
	case p == nil:
		x.Silent, err = unlearnt(ctx, s)
	case p.Of[0] == nil || p.Of[0].Closed < FewEnded:
		x.Silent = "few_deals"
	case p.Of[0].Model == nil:
		x.Silent, x.whole = "one_sided", p.Of[0]
	default:
		x.Silent = "new_pipeline"
	}
	return x, err
}

// unlearnt tells why nothing was learnt yet: too few deals have ended, or the
// night that learns from them is still to come. It counts no further than it
// takes, and by stage, which has an index.
func unlearnt(ctx context.Context, s *record.Session) (string, error) {
	var n int64
	if _, err := s.Tx().Row(ctx, `SELECT count(*) FROM (SELECT 1 FROM {deal} WHERE deleted_at IS NULL
		AND stage_id IN (SELECT id FROM {stage} WHERE kind IN ('won', 'lost')) LIMIT $1) ended`, []any{FewEnded}, &n); err != nil {
		return "", err
	}
	if n < FewEnded {
		return "few_deals", nil
	}
	return "not_yet", nil
}

// Silences tells of many deals why nothing is foretold of them.
type Silences struct {
	p    *Predictions
	here Silence // of pipelines without a model
}

// SilencesOf reads once what is told of however many deals; nil where the actor may
// not see which are open, or what is foretold of them.
func SilencesOf(ctx context.Context, s *record.Session) (*Silences, error) {
	if SeesPrediction(s) != nil || !s.Sees(mustField(s, DealPipeline.Name())) {
		return nil, nil
	}
	p, err := PredictionsOf(ctx, s)
	if err != nil {
		return nil, err
	}
	x := &Silences{p: p}
	x.here, err = p.silence(ctx, s)
	return x, err
}

// SilenceFields are what a deal is read with to be told of.
func SilenceFields() []string { return []string{DealStatus.Name(), DealPipeline.Name()} }

// Of is why nothing is foretold of an open deal that has no chance, in words; nothing
// where one is still to be worked out.
func (x *Silences) Of(deal *record.Record, language string) Silence {
	pipeline, known := record.Get(deal, DealPipeline)
	if status, _ := record.Get(deal, DealStatus); x == nil || !known || status != Open || deal.Field(DealPrediction.Name()) != nil {
		return Silence{}
	}
	return x.ofPipeline(pipeline, language)
}

func (x *Silences) ofPipeline(pipeline value.ID, language string) Silence {
	if _, told := x.p.For(pipeline); told {
		return Silence{}
	}
	return x.here.Say(language)
}

// PipelineOutlook is whether anything is foretold of deals of a pipeline, and why not.
type PipelineOutlook struct {
	Pipeline value.ID `json:"pipeline"`
	Name     string   `json:"name"`
	Foretold bool     `json:"foretold"`
	Silence
}

// PipelineOutlooks tells it of the pipelines that the actor may read, in their order.
func PipelineOutlooks(ctx context.Context, s *record.Session, language string) ([]PipelineOutlook, error) {
	if err := SeesPrediction(s); err != nil {
		return nil, err
	}
	list := []PipelineOutlook{}
	x, err := SilencesOf(ctx, s)
	if err != nil || x == nil {
		return list, err
	}
	page, err := s.Query(ctx, record.Query{Object: Pipelines.Name, Sort: "position,id", Limit: 500})
	if err != nil {
		return nil, err
	}
	for _, r := range page.Records {
		silence := x.ofPipeline(r.ID, language)
		list = append(list, PipelineOutlook{Pipeline: r.ID, Name: r.Title(), Foretold: silence.Silent == "", Silence: silence})
	}
	return list, nil
}
