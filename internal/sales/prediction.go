package sales

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales/predict"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// The chance to win an open deal, in percent, as it follows from what became of
// earlier ones; empty where there is nothing to learn from.
var DealPrediction = derived(schema.Percent(Deals, "win_prediction", 0).Between(0, 100))

// How many deals it takes. FewEnded have to have ended before anything is
// foretold, FewEach of them won, and lost; a pipeline in which fewer than
// FewHere have is new.
const (
	FewEnded = 50
	FewEach  = 10
	FewHere  = 10
)

// Predictions is what the workspace has learnt, by pipeline.
type Predictions struct {
	Trained time.Time `json:"trained"`
	// Closed is how many deals had ended then; Latest the last of their ends.
	Closed int       `json:"closed"`
	Latest time.Time `json:"latest"`
	// Of holds a model by pipeline; 0 is that of all pipelines.
	Of map[value.ID]*Learnt `json:"of"`
	// Left are fields that were left out because they tell the end too well.
	Left []string `json:"left,omitempty"`
	// Seen are the marks of the fields that were looked at.
	Seen []string `json:"seen,omitempty"`
}

// Learnt is what was learnt of one pipeline; 0 stands for all. Model is nil
// where too few deals have ended.
type Learnt struct {
	Pipeline value.ID          `json:"pipeline"`
	Closed   int               `json:"closed"`
	Won      int               `json:"won"`
	Model    *predict.Model    `json:"model,omitempty"`
	Back     *predict.Backtest `json:"backtest,omitempty"`
	Stages   []StageRate       `json:"stages"`
}

// StageRate is what became of the deals that came into a stage and have ended.
type StageRate struct {
	Stage value.ID `json:"stage"`
	Deals int      `json:"deals"`
	Won   int      `json:"won"`
}

// Rate is the share that was won, in percent; false where none have ended.
func (x StageRate) Rate() (decimal.Decimal, bool) {
	if x.Deals == 0 {
		return decimal.Zero, false
	}
	return decimal.NewFromInt(int64(x.Won * 100)).Div(decimal.NewFromInt(int64(x.Deals))).RoundBank(1), true
}

// Enough reports whether there is something to learn from.
func (x *Learnt) Enough() bool {
	return x.Closed >= FewEnded && x.Won >= FewEach && x.Closed-x.Won >= FewEach
}

// Stage is what became of the deals that came into a stage.
func (x *Learnt) Stage(id value.ID) StageRate {
	if i := slices.IndexFunc(x.Stages, func(y StageRate) bool { return y.Stage == id }); i >= 0 {
		return x.Stages[i]
	}
	return StageRate{Stage: id}
}

var predictionSetting = store.Setting[*Predictions]{Key: "predictions"}

type predictionKey struct{}

// PredictionsOf is what the workspace has learnt, nil before it has for the
// first time.
func PredictionsOf(ctx context.Context, s *record.Session) (*Predictions, error) {
	return record.Keep(s, predictionKey{}, func() (*Predictions, error) { return predictionSetting.Get(ctx, s.Tx()) })
}

// KeepPredictions is what everybody is told from now on.
func KeepPredictions(ctx context.Context, s *record.Session, p *Predictions) error {
	if err := predictionSetting.Set(ctx, s.Tx(), p); err != nil {
		return err
	}
	return s.Touch(ctx)
}

// For is what deals of a pipeline are judged by: its own model, or that of all
// pipelines where some of its deals have ended; false where nothing is said.
func (p *Predictions) For(pipeline value.ID) (*Learnt, bool) {
	if p == nil {
		return nil, false
	}
	own, all := p.Of[pipeline], p.Of[0]
	if own != nil && own.Model != nil {
		return own, true
	}
	if own != nil && own.Closed >= FewHere && all != nil && all.Model != nil {
		return all, true
	}
	return nil, false
}

// How sure a prediction is.
const (
	Unsure  = "low"
	Fair    = "medium"
	Sure    = "high"
	manyFor = 200 // deals for a fair confidence
	mostFor = 1000
)

// Confidence tells how far to trust what was learnt, and why not further: there
// were few deals, it foretells no better than the stage alone, or its chances
// were off.
func (x *Learnt) Confidence() (level, why string) {
	switch {
	case x.Back == nil || x.Closed < manyFor:
		return Unsure, "few"
	case !x.Better():
		return Unsure, "no_better"
	case x.Back.Model.Off > 0.1:
		return Unsure, "off"
	case x.Closed < mostFor:
		return Fair, "few"
	case x.Back.Model.Off > 0.05:
		return Fair, "off"
	}
	return Sure, "proven"
}

// worthwhile is how much smaller the surprise must be than that of the stage alone.
const worthwhile = 0.99

// Better reports whether later deals were foretold better than by their stage
// alone, by more than a hair.
func (x *Learnt) Better() bool {
	return x.Back != nil && x.Back.Model.LogLoss < worthwhile*x.Back.Stage.LogLoss
}

// DealOutlook is what is foretold of one deal.
type DealOutlook struct {
	// Chance is in percent; nil where nothing is said, and Silence tells why.
	Chance *int64 `json:"chance"`
	Silence
	// Closed is how many deals it was learnt from; Whole says that these are of
	// all pipelines.
	Closed      int          `json:"learnt_from"`
	Whole       bool         `json:"of_all_pipelines"`
	Confidence  string       `json:"confidence,omitempty"`
	Because     string       `json:"confidence_because,omitempty"`
	BecauseText string       `json:"confidence_because_text,omitempty"`
	Reasons     []DealReason `json:"reasons"`
	// StageDeals of the deals that came into its stage have ended, StageRate
	// percent of them won; SetRate is the chance that was set for the stage.
	StageRate  *decimal.Decimal `json:"stage_rate"`
	StageDeals int              `json:"stage_deals"`
	SetRate    *decimal.Decimal `json:"set_rate"`
	Trained    *time.Time       `json:"trained_at"`
}

// DealReason is one reason for a chance, in the words of the reader's language
// once it is said. Up reasons speak for winning.
type DealReason struct {
	Key    string `json:"key"`
	Up     bool   `json:"up"`
	Object string `json:"object,omitempty"` // whose field it is about
	Field  string `json:"field,omitempty"`
	Word   string `json:"value,omitempty"`
	Count  int64  `json:"count,omitempty"`
	Text   string `json:"text,omitempty"`
}

// PredictDeal tells what is foretold of an open deal that the actor may read, as of
// now, with the reasons that he may know of; nil where he may not see predictions, or the
// deal is not open.
func PredictDeal(ctx context.Context, s *record.Session, deal *record.Record) (*DealOutlook, error) {
	f, _ := s.Schema().MustObject(Deals.Name).Field(DealPrediction.Name())
	if status, _ := record.Get(deal, DealStatus); status != Open || !s.Sees(f) {
		return nil, nil
	}
	p, err := PredictionsOf(ctx, s)
	if err != nil {
		return nil, err
	}
	x := &DealOutlook{Reasons: []DealReason{}}
	pipeline, _ := record.Get(deal, DealPipeline)
	learnt, told := p.For(pipeline)
	if told {
		err = x.tell(ctx, s, deal, learnt, pipeline)
	} else {
		x.Silence, err = p.silence(ctx, s)
	}
	if p != nil {
		x.Trained = &p.Trained
		if own := p.Of[pipeline]; !told && own != nil {
			x.Closed = own.Closed
		}
	}
	if err != nil {
		return nil, err
	}
	return x, x.compare(ctx, s, deal, p.own(pipeline))
}

func (p *Predictions) own(pipeline value.ID) *Learnt {
	if p == nil {
		return nil
	}
	return p.Of[pipeline]
}

func (x *DealOutlook) tell(ctx context.Context, s *record.Session, deal *record.Record, learnt *Learnt, pipeline value.ID) error {
	x.Closed, x.Whole = learnt.Closed, learnt.Pipeline != pipeline
	if x.Confidence, x.Because = learnt.Confidence(); x.Whole {
		x.Confidence, x.Because = Unsure, "other_pipelines"
	}
	past, err := newPastReader(ctx, s)
	if err != nil {
		return err
	}
	list, err := past.ask(ctx, learnt, []value.ID{deal.ID})
	if err != nil || len(list) == 0 {
		return err
	}
	row, _ := past.row(list[0], s.Now().UnixMilli())
	row = learnt.Model.Arrange(past.look.columns, row)
	n := percentOf(learnt.Model.Chance(row))
	x.Chance = &n
	x.Reasons, err = reasonsFor(ctx, s, deal, learnt.Model.Parts(row))
	return err
}

// compare puts the measured rate of the stage and the chance that was set for
// it beside the prediction.
func (x *DealOutlook) compare(ctx context.Context, s *record.Session, deal *record.Record, own *Learnt) error {
	f := mustField(s, DealStage.Name())
	stage, ok := record.Get(deal, DealStage)
	if !ok || !s.Sees(f) {
		return nil
	}
	book, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	if st := book.byID[stage]; st.hasChance {
		x.SetRate = &st.chance
	}
	if own == nil {
		return nil
	}
	measured := own.Stage(stage)
	if rate, ok := measured.Rate(); ok {
		x.StageRate, x.StageDeals = &rate, measured.Deals
	}
	return nil
}

func mustField(s *record.Session, name string) *schema.FieldDef {
	f, _ := s.Schema().MustObject(Deals.Name).Field(name)
	return f
}

// Backtest is what is told of one pipeline; 0 stands for all.
type Backtest struct {
	Pipeline value.ID          `json:"pipeline"`
	Closed   int               `json:"closed"`
	Won      int               `json:"won"`
	Result   *predict.Backtest `json:"backtest"`
	Stages   []StageRate       `json:"stages"`
}

// Backtests tells how well deals were foretold, by pipeline. The figures are over
// all deals, and so for those who may read them all.
func Backtests(ctx context.Context, s *record.Session) ([]Backtest, error) {
	if err := ReadsAllDeals(s); err != nil {
		return nil, err
	}
	p, err := PredictionsOf(ctx, s)
	list := []Backtest{}
	if err != nil || p == nil {
		return list, err
	}
	for _, id := range slices.Sorted(maps.Keys(p.Of)) {
		x := p.Of[id]
		list = append(list, Backtest{Pipeline: id, Closed: x.Closed, Won: x.Won, Result: x.Back, Stages: x.Stages})
	}
	return list, nil
}

// ReadsAllDeals refuses whoever may not see figures over all deals.
func ReadsAllDeals(s *record.Session) error {
	o, err := s.Object(Deals.Name)
	if err != nil {
		return err
	}
	if err := seesFields(s, o, DealPrediction.Name(), DealStage.Name(), DealStatus.Name()); err != nil {
		return err
	}
	if !seesAll(s, o) {
		return fault.New(fault.Forbidden, "sales.prediction.all_only", nil)
	}
	return nil
}

// SeesPrediction refuses whoever may not see what is foretold of deals, or which
// are open, as if there were no such field.
func SeesPrediction(s *record.Session) error {
	o, err := s.Object(Deals.Name)
	if err != nil {
		return err
	}
	return seesFields(s, o, DealPrediction.Name(), DealStatus.Name())
}

func seesFields(s *record.Session, o *schema.Object, names ...string) error {
	for _, name := range names {
		if f, ok := o.Field(name); !ok || !s.Sees(f) {
			return schema.UnknownField(o, name, s.Sees)
		}
	}
	return nil
}
