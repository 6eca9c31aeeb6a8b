package sales

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
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

// The figures of a funnel whose deals can be listed.
var funnelFigures = map[string][]record.PassedTo{"entered": nil, "here": {record.Here}, "lost": {record.EndedHere}, "advanced": {record.Further}, "back": {record.WentBack}}

// FunnelDeals lists the deals behind a figure of a stage, the newest first.
func FunnelDeals(ctx context.Context, s *record.Session, q FunnelQuery, stage value.ID, figure string, limit int) ([]value.ID, error) {
	to, ok := funnelFigures[figure]
	if !ok {
		return nil, fault.New(fault.NotFound, "report.absent", fault.Args{"name": value.Printable(figure)})
	}
	b, err := bookOf(ctx, s)
	if err != nil {
		return nil, err
	}
	return s.PassedThrough(ctx, q.passage(s, b), stage, to, limit)
}

// funnelReport tells of every pipeline.
func funnelReport(cohort, skips bool) func(context.Context, *record.Session, report.Params) (*report.Table, error) {
	return func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		t := &report.Table{Object: Deals.Name, Groups: []string{"pipeline.name", "stage.name"}, Rows: []report.Row{}, Columns: []report.Column{
			{Name: "entered", Title: "Entered", Adds: true}, {Name: "advanced", Title: "Advanced", Adds: true}, {Name: "lost", Title: "Lost", Adds: true}, {Name: "here", Title: "There now", Adds: true},
			{Name: "back", Title: "Went back", Adds: true}, {Name: "conversion", Title: "Conversion", Rate: true}, {Name: "avg_days", Title: "Average days"}}}
		countsSkips(s, t, skips)
		b, err := bookOf(ctx, s)
		if err != nil {
			return nil, err
		}
		names, err := s.GetMany(ctx, Pipelines.Name, b.pipelines)
		if err != nil {
			return nil, err
		}
		for _, pipeline := range b.pipelines {
			list, err := b.funnel(ctx, s, FunnelQuery{Pipeline: pipeline, From: p.From, To: p.To, Cohort: cohort, Skips: skips, Filter: p.Filter, AsOf: p.AsOf})
			if err != nil {
				return nil, err
			}
			title := ""
			if r := names[pipeline]; r != nil {
				title = r.Title()
			}
			for _, x := range list {
				t.Rows = append(t.Rows, report.Row{Keys: []any{pipeline, x.Stage}, Labels: []string{title, x.Name}, Values: []record.Measure{
					{Value: x.Entered}, {Value: x.Advanced}, {Value: x.Lost}, {Value: x.Here}, {Value: x.Back}, {Value: x.Conversion()}, {Value: x.Days()}}})
			}
		}
		return t, nil
	}
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

// leadsReached counts leads by source that first came to each stage in the
// period, wherever they began (R109); of a bounded period how many a month.
func leadsReached(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	stages, err := s.Query(ctx, record.Query{Object: LeadStages.Name, Sort: "position", Limit: 200})
	if err != nil {
		return nil, err
	}
	q := record.Passage{Object: Leads.Name, Field: LeadStage.Name(), Filter: p.Filter, By: LeadSource.Name(), Order: map[value.ID]int{}}
	q.From, q.To = bounds(s, p.From, p.To)
	for i, st := range stages.Records {
		q.Order[st.ID] = i
	}
	passed, err := s.Pass(ctx, q)
	if err != nil {
		return nil, err
	}
	reached, sources := map[string]map[value.ID]int64{}, []string{}
	for _, x := range passed {
		source, _ := x.By.(string)
		if reached[source] == nil {
			reached[source], sources = map[value.ID]int64{}, append(sources, source)
		}
		reached[source][x.State] += x.Records
	}
	slices.Sort(sources)
	f, _ := s.Schema().MustObject(Leads.Name).Field(LeadSource.Name())
	t := &report.Table{Object: Leads.Name, Groups: []string{"source", "stage.name"}, Rows: []report.Row{}, Columns: []report.Column{{Name: "leads", Title: "Leads", Adds: true}, {Name: "per_month", Title: "A month"}}}
	for _, source := range sources {
		for _, st := range stages.Records {
			if n := reached[source][st.ID]; n > 0 {
				t.Rows = append(t.Rows, reachedRow(f, source, st, n, p))
			}
		}
	}
	return t, nil
}

func reachedRow(f *schema.FieldDef, source string, st *record.Record, n int64, p report.Params) report.Row {
	row := report.Row{Keys: []any{nil, st.ID}, Labels: []string{"", st.Title()}, Values: []record.Measure{{Value: n}, {}}}
	if source != "" {
		row.Keys[0], row.Labels[0] = source, f.OptionLabel(source, "en")
	}
	if p.From != 0 && p.To != 0 {
		days := decimal.NewFromInt(int64(p.To-p.From) + 1)
		row.Values[1].Value = value.Round(decimal.NewFromInt(n).Mul(decimal.RequireFromString("30.436875")).DivRound(days, 18), 2)
	}
	return row
}
