package sales

import (
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Selection says which deals are learned from; those that are not won are left
// out.
type Selection struct {
	Filter   string     // a condition of deals; "" = all
	IDs      []value.ID // or just these
	Pipeline value.ID   // 0 = the one that most of them went through
}

// FewDeals is how many won deals it takes for a sample that is not small.
const FewDeals = 10

// mostLearned is how many deals are looked at, the latest won first.
const mostLearned = 1000

// Lesson is what won deals of a pipeline have in common.
type Lesson struct {
	Pipeline value.ID `json:"pipeline,omitempty"`
	Name     string   `json:"name,omitempty"` // of the pipeline
	Deals    int      `json:"deals"`          // that were learned from
	// Left were chosen too and teach nothing: they are not won, went through
	// another pipeline, or came in as won.
	Left int `json:"left"`
	// Few says that the sample is small.
	Few bool `json:"few"`
	// Days is the usual time from the first stage until they were won.
	Days  int          `json:"days"`
	Steps []LessonStep `json:"steps"`
	// Exact is how many of the deals went just through the common steps.
	Exact int `json:"exact"`
}

// LessonStep is an open stage on the way of won deals.
type LessonStep struct {
	Stage value.ID `json:"stage"`
	Name  string   `json:"name"`
	Deals int      `json:"deals"` // that were in it
	Share int      `json:"share"` // of all of them, in percent
	// Common steps are taken by at least half of the deals.
	Common bool `json:"common"`
	// Days is how long half of the deals were in it, and Slow how long three of
	// four at most.
	Days  int          `json:"days"`
	Slow  int          `json:"slow"`
	Deeds []LessonDeed `json:"activities"`
}

// LessonDeed is what was done in a stage, in the order in which it is usually done.
type LessonDeed struct {
	Kind    string `json:"kind"`
	Subject string `json:"subject,omitempty"` // that most of them have
	Share   int    `json:"share"`             // of the deals that were in the stage, in percent
	Day     int    `json:"day"`               // after coming into the stage
	Times   int    `json:"times"`             // in one deal, where it was done
}

// Learn finds the common path and the common activities of won deals, as far as
// the actor may read them.
func Learn(ctx context.Context, s *record.Session, sel Selection) (*Lesson, error) {
	ids, chosen, err := wonDeals(ctx, s, sel)
	if err != nil {
		return nil, err
	}
	ways, err := waysOf(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	stages, err := learnedStages(ctx, s, sel.Pipeline, ways)
	if err != nil {
		return nil, err
	}
	l := &Lesson{Steps: []LessonStep{}, Left: chosen}
	if len(stages) == 0 {
		l.Few = true
		return l, nil
	}
	l.Pipeline, _ = record.Get(stages[0], StagePipeline)
	p, err := s.Get(ctx, Pipelines.Name, l.Pipeline)
	if err != nil {
		return nil, err
	}
	l.Name = p.Title()
	x := &pupil{stages: stages, ways: ways}
	x.keep()
	l.Deals, l.Left = len(x.ways), chosen-len(x.ways)
	l.Few = l.Deals < FewDeals
	deeds, err := activity.Deeds(ctx, s, Deals.Name, x.deals())
	if err != nil {
		return nil, err
	}
	x.sum(l, deeds)
	return l, nil
}

// wonDeals are the won ones among the chosen deals, the latest first, and how
// many were chosen.
func wonDeals(ctx context.Context, s *record.Session, sel Selection) (ids []value.ID, chosen int, err error) {
	o, err := s.Object(Deals.Name)
	if err != nil {
		return nil, 0, err
	}
	for _, name := range []string{DealStage.Name(), DealStatus.Name()} {
		if f, ok := o.Field(name); !ok || !s.Actor().CanFilter(f) {
			return nil, 0, schema.UnknownField(o, name, s.Sees)
		}
	}
	parts := []string{`status = "won"`}
	if sel.Filter != "" {
		parts = append(parts, "("+sel.Filter+")")
	}
	if len(sel.IDs) > 0 {
		sel.IDs = sel.IDs[:min(mostLearned, len(sel.IDs))]
		parts = append(parts, record.Among("id", sel.IDs))
	}
	page, err := s.Query(ctx, record.Query{Object: Deals.Name, Filter: strings.Join(parts, " and "), Sort: "-closed_at", Fields: []string{"name"}, Limit: mostLearned})
	if err != nil {
		return nil, 0, err
	}
	for _, r := range page.Records {
		ids = append(ids, r.ID)
	}
	return ids, max(len(ids), len(sel.IDs)), nil
}

// stay is one visit of a deal to a stage. Since when a deal was in the stage
// that it was imported in nobody knows.
type stay struct {
	stage    value.ID
	from, to time.Time
	known    bool
}

// waysOf are the ways of some deals, first stage first.
func waysOf(ctx context.Context, s *record.Session, deals []value.ID) (map[value.ID][]stay, error) {
	ways := map[value.ID][]stay{}
	err := each(ctx, s, deals, func(in string) string {
		return `SELECT sp.record, sp.stage_id, sp.from_ms, sp.to_ms, a.door FROM {span_deal} sp JOIN {act} a ON a.id = sp.act
			WHERE sp.record IN (` + in + `) AND sp.stage_id IS NOT NULL ORDER BY sp.record, sp.from_ms`
	}, func(rows *store.Rows) error {
		deal, _ := rows.ID(0)
		stage, _ := rows.ID(1)
		from, _ := rows.Int(2)
		to, _ := rows.Int(3)
		door, _ := rows.Text(4)
		x := stay{stage, time.UnixMilli(from), time.UnixMilli(to), door != "import"}
		if way := ways[deal]; len(way) > 0 && way[len(way)-1].stage == stage {
			way[len(way)-1].to = x.to
			return nil
		}
		ways[deal] = append(ways[deal], x)
		return nil
	})
	return ways, err
}

// learnedStages are the stages of a pipeline in their order; without one, of
// the pipeline that most ways go through.
func learnedStages(ctx context.Context, s *record.Session, pipeline value.ID, ways map[value.ID][]stay) ([]*record.Record, error) {
	page, err := s.Query(ctx, record.Query{Object: Stages.Name, Sort: "position,id", Limit: 1000})
	if err != nil {
		return nil, err
	}
	of := map[value.ID]value.ID{}
	for _, r := range page.Records {
		of[r.ID], _ = record.Get(r, StagePipeline)
	}
	if pipeline == 0 {
		often := map[value.ID]int{}
		for _, way := range ways {
			often[of[way[len(way)-1].stage]]++
		}
		for p, n := range often {
			if p != 0 && (n > often[pipeline] || n == often[pipeline] && p < pipeline) {
				pipeline = p
			}
		}
	}
	return slices.DeleteFunc(page.Records, func(r *record.Record) bool { return of[r.ID] != pipeline }), nil
}
