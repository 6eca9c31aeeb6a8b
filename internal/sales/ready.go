package sales

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// readyStage is a stage of a process that a company can begin with; key finds
// its name.
type readyStage struct {
	key, kind, forecast, color string
	chance, days               int64
}

// ready are the processes offered for a new pipeline (R56), in their order. All
// end won or lost.
var ready = []struct {
	name   string
	stages []readyStage
}{
	{"b2b", []readyStage{
		{"prospecting", Open, "pipeline", "gray", 10, 14}, {"qualified", Open, "pipeline", "blue", 25, 14},
		{"proposal", Open, "best", "violet", 50, 21}, {"negotiation", Open, "commit", "amber", 75, 21}}},
	{"b2c", []readyStage{
		{"inquiry", Open, "pipeline", "gray", 20, 2}, {"contacted", Open, "pipeline", "blue", 40, 5}, {"offer", Open, "best", "violet", 65, 7}}},
	{"service", []readyStage{
		{"request", Open, "pipeline", "gray", 20, 5}, {"assessment", Open, "pipeline", "blue", 40, 14},
		{"quote", Open, "best", "violet", 60, 14}, {"agreement", Open, "commit", "amber", 80, 14}}},
	{"distribution", []readyStage{
		{"partner", Open, "pipeline", "gray", 10, 21}, {"terms", Open, "best", "blue", 40, 30}, {"trial", Open, "commit", "amber", 70, 30}}},
	{"empty", []readyStage{{"inquiry", Open, "pipeline", "gray", 20, 0}}},
}

// withEnds are the stages of a ready process, with those of its end. What people
// do has words of its own, so that a file that names a stage means one of those
// that a company begins with.
func withEnds(process int) []readyStage {
	won, lost := "won", "lost"
	if ready[process].name == processB2C {
		won, lost = "bought", "not_bought"
	}
	return append(slices.Clone(ready[process].stages), readyStage{won, Won, Closed, "green", 100, 0}, readyStage{lost, Lost, Omitted, "red", 0, 0})
}

// ReadyProcesses are the names of the processes that a pipeline can begin with.
func ReadyProcesses() (names []string) {
	for _, p := range ready {
		names = append(names, p.name)
	}
	return names
}

// NewPipeline makes a pipeline, last of all, with the stages of a ready
// process, called in the workspace's language.
func NewPipeline(ctx context.Context, s *record.Session, name, process string) (value.ID, error) {
	i := slices.Index(ReadyProcesses(), process)
	if i < 0 {
		return 0, fault.New(fault.Invalid, "pipeline.no_process", nil).With(fault.Field{Path: "process", Key: "pipeline.no_process"})
	}
	last, err := s.Query(ctx, record.Query{Object: Pipelines.Name, Sort: "-position", Limit: 1})
	if err != nil {
		return 0, err
	}
	position := int64(1)
	for _, p := range last.Records {
		at, _ := record.Get(p, PipelinePosition)
		position += at
	}
	id, err := makePipeline(ctx, s, name, position, i)
	if err != nil {
		return 0, err
	}
	return id, connect(ctx, s, process, id)
}

func makePipeline(ctx context.Context, s *record.Session, name string, position int64, process int) (value.ID, error) {
	p, err := s.Create(ctx, Pipelines.Name, record.With(record.With(record.Values{}, PipelineName, name), PipelinePosition, position))
	if err != nil {
		return 0, err
	}
	return p.ID, makeStages(ctx, s, p.ID, process)
}

// makeStages gives a pipeline the stages of a ready process.
func makeStages(ctx context.Context, s *record.Session, pipeline value.ID, process int) error {
	b := record.Batch{Object: Stages.Name}
	for i, st := range withEnds(process) {
		v := record.Values{"name": st.name(s), "pipeline": pipeline, "position": int64(i + 1), "kind": st.kind,
			"forecast": st.forecast, "color": st.color, "probability": decimal.NewFromInt(st.chance)}
		if st.days > 0 {
			v["usual_days"] = st.days
		}
		b.Changes = append(b.Changes, record.Change{Values: v})
	}
	_, err := s.Save(ctx, b)
	return err
}

// name is what the stage is called in the workspace's language.
func (st readyStage) name(s *record.Session) string {
	return i18n.Text(i18n.FormatFor(s.Settings().Locale).Language(), "sales.seed.deal_stage."+st.key, nil)
}

// ReadyStage is a stage of a ready process as it will be called.
type ReadyStage struct {
	Name  string `json:"name"`
	Color string `json:"color"`
}

// ReadyName is what a ready process is called in a language.
func ReadyName(lang, process string) string { return i18n.Text(lang, "sales.ready."+process, nil) }

// ReadyStages are the stages of a ready process, those of its end too.
func ReadyStages(s *record.Session, process string) (list []ReadyStage) {
	i := slices.Index(ReadyProcesses(), process)
	if i < 0 {
		return nil
	}
	for _, st := range withEnds(i) {
		list = append(list, ReadyStage{st.name(s), st.color})
	}
	return list
}

// Begin lets a company sell by a ready process: the pipeline that it begins with
// gets its stages and becomes the first while there was never a deal, else a new
// pipeline is made.
func Begin(ctx context.Context, s *record.Session, name, process string) (value.ID, error) {
	i := slices.Index(ReadyProcesses(), process)
	var deal value.ID
	began, err := s.Tx().Row(ctx, `SELECT id FROM {deal} LIMIT 1`, nil, &deal)
	if err != nil {
		return 0, err
	}
	pipeline, shipped, err := startsWith(ctx, s, process)
	if err != nil {
		return 0, err
	}
	if i < 0 || began || !shipped {
		return NewPipeline(ctx, s, name, process)
	}
	if err := s.Hold(ctx, Pipelines.Name, []value.ID{pipeline}); err != nil { // of two who choose, the last one has chosen
		return 0, err
	}
	was, err := s.Query(ctx, record.Query{Object: Stages.Name, Filter: `pipeline = "` + pipeline.String() + `"`, Limit: 1000})
	if err != nil {
		return 0, err
	}
	var ids []value.ID
	for _, r := range was.Records {
		ids = append(ids, r.ID)
	}
	if err := s.Delete(ctx, Stages.Name, ids...); err != nil {
		return 0, err
	}
	if err := makeStages(ctx, s, pipeline, i); err != nil {
		return 0, err
	}
	return pipeline, putFirst(ctx, s, pipeline)
}
