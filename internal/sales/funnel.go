package sales

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// FunnelQuery asks how deals come through the stages of a pipeline.
type FunnelQuery struct {
	Pipeline value.ID
	// From and To bound when a stage was first entered, or of a Cohort when the
	// deal was made; 0 = open.
	From, To value.Date
	Cohort   bool
	// Skips counts a deal in stages that it went past without being in them, too:
	// as one that came further, when it first came past.
	Skips  bool
	Filter string // over deals as they are, or were AsOf
	// AsOf is the moment looked back to; zero = now.
	AsOf time.Time
}

// FunnelStage is a stage with what became of the deals that entered it, whichever
// stage they began in: those that are there, were lost from there, came further,
// or went back. Each is in one of these.
type FunnelStage struct {
	Stage                               value.ID
	Name                                string
	Entered, Here, Lost, Advanced, Back int64
	spent                               time.Duration
	timed                               int64
	last                                bool // won: nothing comes behind
}

// Conversion is the share of those that entered which came further, nil of none.
func (x FunnelStage) Conversion() any {
	if x.Entered == 0 || x.last {
		return nil
	}
	return share(x.Advanced, x.Entered)
}

// Days is how long those that left were there on average, nil of none.
func (x FunnelStage) Days() any {
	if x.timed == 0 {
		return nil
	}
	const day = int64(24 * time.Hour / time.Millisecond)
	return decimal.NewFromInt(x.spent.Milliseconds()).Div(decimal.NewFromInt(x.timed * day)).RoundBank(2)
}

func (x *FunnelStage) add(p record.Passed) {
	x.Entered += p.Records
	x.spent += p.Spent
	x.timed += p.Timed
	switch p.To {
	case record.Here:
		x.Here += p.Records
	case record.EndedHere:
		x.Lost += p.Records
	case record.Further:
		x.Advanced += p.Records
	case record.WentBack:
		x.Back += p.Records
	}
}

func (q FunnelQuery) passage(s *record.Session, b *stageBook) record.Passage {
	p := record.Passage{Object: Deals.Name, Field: DealStage.Name(), Filter: q.Filter, Cohort: q.Cohort, Over: q.Skips, AsOf: q.AsOf, Order: map[value.ID]int{}}
	p.From, p.To = bounds(s, q.From, q.To)
	for i, st := range b.ordered {
		if st.pipeline != q.Pipeline {
			continue
		}
		p.Order[st.id] = map[string]int{Won: record.Done, Lost: record.Ended, Open: i}[st.kind]
	}
	return p
}

func bounds(s *record.Session, from, to value.Date) (a, b time.Time) {
	if from != 0 {
		a = from.Time(s.Env().Zone)
	}
	if to != 0 {
		b = to.AddDays(1).Time(s.Env().Zone)
	}
	return a, b
}

// Funnel tells of the stages of a pipeline that deals go through, in their order,
// and of winning. A stage keeps its line when it is renamed.
func Funnel(ctx context.Context, s *record.Session, q FunnelQuery) ([]FunnelStage, error) {
	b, err := bookOf(ctx, s)
	if err != nil {
		return nil, err
	}
	return b.funnel(ctx, s, q)
}

func (b *stageBook) funnel(ctx context.Context, s *record.Session, q FunnelQuery) ([]FunnelStage, error) {
	var list []FunnelStage
	for _, st := range b.ordered {
		if st.pipeline == q.Pipeline && st.kind != Lost {
			list = append(list, FunnelStage{Stage: st.id, Name: st.name, last: st.kind == Won})
		}
	}
	passed, err := s.Pass(ctx, q.passage(s, b))
	for _, p := range passed {
		if i := slices.IndexFunc(list, func(x FunnelStage) bool { return x.Stage == p.State }); i >= 0 {
			list[i].add(p)
		}
	}
	return list, err
}

// report is the name of the report of such a funnel.
func (q FunnelQuery) report() string {
	name := "funnel"
	if q.Cohort {
		name += "-by-cohort"
	}
	if q.Skips {
		name += "-passed"
	}
	return name
}

// Behind is where the deals behind a figure of a stage are listed.
func (q FunnelQuery) Behind(stage value.ID, figure string) report.Behind {
	return report.Params{From: q.From, To: q.To, Filter: q.Filter, AsOf: q.AsOf}.Trail(q.report(), figure+":"+stage.String()+":")
}

// funnelSpec tells of the stages of every pipeline.
func funnelSpec(title, help string, cohort, skips bool) report.Spec {
	name := FunnelQuery{Cohort: cohort, Skips: skips}.report()
	of := func(t report.Params) FunnelQuery {
		return FunnelQuery{From: t.From, To: t.To, Cohort: cohort, Skips: skips, Filter: t.Filter, AsOf: t.AsOf}
	}
	return report.Spec{Name: name, Title: title, Help: help, Object: Deals.Name, Period: "created_at", Always: true, Past: true,
		Run: func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
			return funnelReport(ctx, s, name, of(p), p)
		},
		Behind: func(ctx context.Context, s *record.Session, t report.Trail) (report.Found, error) {
			return funnelBehind(ctx, s, of(t.Params), t)
		}}
}

// The figures of a funnel whose deals can be listed.
var funnelFigures = map[string][]record.PassedTo{"entered": nil, "here": {record.Here}, "lost": {record.EndedHere}, "advanced": {record.Further}, "back": {record.WentBack}}

// funnelReport tells of every pipeline.
func funnelReport(ctx context.Context, s *record.Session, name string, q FunnelQuery, p report.Params) (*report.Table, error) {
	t := &report.Table{Object: Deals.Name, Groups: []string{"pipeline.name", "stage.name"}, Rows: []report.Row{}, Columns: []report.Column{
		{Name: "entered", Title: "Entered", Adds: true}, {Name: "advanced", Title: "Advanced", Adds: true}, {Name: "lost", Title: "Lost", Adds: true}, {Name: "here", Title: "There now", Adds: true},
		{Name: "back", Title: "Went back", Adds: true}, {Name: "conversion", Title: "Conversion", Rate: true}, {Name: "avg_days", Title: "Average days"}}}
	countsSkips(s, t, q.Skips)
	b, err := bookOf(ctx, s)
	if err != nil {
		return nil, err
	}
	names, err := s.GetMany(ctx, Pipelines.Name, b.pipelines)
	if err != nil {
		return nil, err
	}
	for _, q.Pipeline = range b.pipelines {
		list, err := b.funnel(ctx, s, q)
		if err != nil {
			return nil, err
		}
		title := ""
		if r := names[q.Pipeline]; r != nil {
			title = r.Title()
		}
		for _, x := range list {
			row := report.Row{Keys: []any{q.Pipeline, x.Stage}, Labels: []string{title, x.Name}, Values: []record.Measure{
				{Value: x.Entered}, {Value: x.Advanced}, {Value: x.Lost}, {Value: x.Here}, {Value: x.Back}, {Value: x.Conversion()}, {Value: x.Days()}}}
			row.Behind = trails(name, p, x.Stage, "", t.Columns, row.Values, map[string]string{"conversion": "advanced", "avg_days": "entered"})
			t.Rows = append(t.Rows, row)
		}
	}
	return t, nil
}

// countsSkips says of a funnel whether stages that were passed over count.
func countsSkips(s *record.Session, t *report.Table, skips bool) {
	key := "sales.funnel_leaves_skips"
	if skips {
		key = "sales.funnel_counts_skips"
	}
	t.CountsSkips = &skips
	t.Notes = append(t.Notes, report.Note{Text: i18n.Text(i18n.FormatFor(s.Who().Locale).Language(), key, nil)})
}
