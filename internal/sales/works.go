package sales

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// Works compares won deals with lost ones (R118): what more of the ones than of
// the others have. It is correlation; nobody tried it out.
type Works struct {
	Pipeline value.ID `json:"pipeline,omitempty"`
	Won      int      `json:"won"`
	Lost     int      `json:"lost"`
	// Since is the day from which on all deals are compared that ended, where there
	// are too many to compare them all; nil = all.
	Since     *value.Date `json:"since,omitempty"`
	Facts     []WorkFact  `json:"facts"`
	Paths     []WorkPath  `json:"paths"`
	Pipelines []value.ID  `json:"-"` // that have deals which ended
}

// What deals are compared by.
const (
	FactEarly = "early" // an activity of the kind in the first days
	FactQuick = "quick" // left the first stage sooner than half of them
	FactBack  = "back"  // went back
	FactMoved = "moved" // the close date was moved
	FactSkip  = "skip"  // went past a stage without being in it
	// EarlyDays are the first days; deals that ended within them count nowhere.
	EarlyDays = 14
)

// WorkFact is one thing that some deals have and others have not.
type WorkFact struct {
	Key  string `json:"key"`
	Of   string `json:"of,omitempty"` // kind of activity, or id of the stage
	Name string `json:"name,omitempty"`
	// With and Without are the deals that have it and those that have not.
	With    Outcomes `json:"with"`
	Without Outcomes `json:"without"`
	// Sure is how far chance can be ruled out: "clear", "likely" or "unclear".
	Sure string `json:"confidence"`

	with, without []value.ID
}

// Behind are the deals on a side of the comparison.
func (f *WorkFact) Behind(with bool) []value.ID {
	if with {
		return f.with
	}
	return f.without
}

// Outcomes are deals that ended.
type Outcomes struct {
	Deals int `json:"deals"`
	Won   int `json:"won"`
}

// Rate is the share that was won, in percent.
func (x Outcomes) Rate() int { return percent(x.Won, x.Deals) }

// WorkPath is a way through the open stages, with what became of the deals.
type WorkPath struct {
	Stages []value.ID `json:"stages"`
	Names  []string   `json:"names"`
	Outcomes
	ids []value.ID
}

// Behind are the deals that went this way.
func (p *WorkPath) Behind() []value.ID { return p.ids }

// fewCompared is how many deals each side has at least, mostPaths how many ways
// are told.
const (
	fewCompared = 10
	mostPaths   = 8
)

// Compare compares the latest won deals of a pipeline with the latest lost ones,
// as far as the actor may read them. 0 = the pipeline with most of them.
func Compare(ctx context.Context, s *record.Session, pipeline value.ID) (*Works, error) {
	return compareSome(ctx, s, pipeline, "", mostLearned)
}

// compareSome is Compare among the deals that fit a filter, so many of each kind at
// most.
func compareSome(ctx context.Context, s *record.Session, pipeline value.ID, filter string, most int) (*Works, error) {
	x := &Works{Pipeline: pipeline, Facts: []WorkFact{}, Paths: []WorkPath{}}
	status := map[value.ID]string{}
	moved := map[value.ID]bool{}
	if err := x.choose(ctx, s, filter, most, status, moved); err != nil || len(status) == 0 {
		return x, err
	}
	ids := make([]value.ID, 0, len(status))
	for id := range status {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	ways, err := waysOf(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	stages, err := learnedStages(ctx, s, x.Pipeline, ways)
	if err != nil {
		return nil, err
	}
	deeds, err := activity.Deeds(ctx, s, Deals.Name, ids)
	if err != nil {
		return nil, err
	}
	c := &comparison{x: x, ids: ids, status: status, ways: ways, stages: stages, moved: moved, deeds: map[value.ID][]activity.Deed{}}
	for _, d := range deeds {
		c.deeds[d.About] = append(c.deeds[d.About], d)
	}
	c.compare(len(deeds) > 0)
	c.paths()
	return x, nil
}

// choose finds the deals to compare.
func (x *Works) choose(ctx context.Context, s *record.Session, filter string, most int, status map[value.ID]string, moved map[value.ID]bool) error {
	o, err := s.Object(Deals.Name)
	if err != nil {
		return err
	}
	if err := seesFields(s, o, DealStage.Name(), DealStatus.Name(), DealPipeline.Name()); err != nil {
		return err
	}
	r, err := s.Aggregate(ctx, record.Aggregate{Object: Deals.Name, Filter: report.Both(isClosed, filter), Group: []string{DealPipeline.Name()}, Measures: []string{"count"}, Unlabeled: true})
	if err != nil {
		return err
	}
	greatest := int64(0)
	for _, g := range r.Groups {
		id, _ := g.Keys[0].(value.ID)
		n, _ := g.Values[0].Value.(int64)
		if id == 0 {
			continue
		}
		if x.Pipelines = append(x.Pipelines, id); n > greatest && (x.Pipeline == 0 || greatest > 0) {
			x.Pipeline, greatest = id, n
		}
	}
	if x.Pipeline == 0 {
		return nil
	}
	ended := map[string][]*record.Record{}
	from := time.Time{}
	for _, kind := range []string{Won, Lost} {
		page, err := s.Query(ctx, record.Query{Object: Deals.Name, Filter: report.Both(`status = "`+kind+`" and pipeline = "`+x.Pipeline.String()+`"`, filter), Sort: "-closed_at", Limit: most})
		if err != nil {
			return err
		}
		if ended[kind] = page.Records; page.Next != "" {
			if at, _ := record.Get(page.Records[len(page.Records)-1], DealClosedAt); at.After(from) {
				from = at
			}
		}
	}
	if !from.IsZero() {
		day := value.DateOf(from, s.Env().Zone)
		x.Since = &day
	}
	for kind, list := range ended {
		for _, d := range list {
			// Where one side is cut off, the other ends at the same moment: else what was
			// won of both would follow from how many are looked at.
			if at, known := record.Get(d, DealClosedAt); !from.IsZero() && (!known || at.Before(from)) {
				continue
			}
			status[d.ID] = kind
			n, _ := d.Field(DealMoves.Name()).(int64)
			moved[d.ID] = n > 0
			if kind == Won {
				x.Won++
			} else {
				x.Lost++
			}
		}
	}
	return nil
}

// Said says which deals are compared.
func (x *Works) Said(f *i18n.Format, language string) string {
	args := fault.Args{"won": f.Int(int64(x.Won)), "lost": f.Int(int64(x.Lost))}
	if x.Since == nil {
		return i18n.Text(language, "web.predict.compared", args)
	}
	args["day"] = f.Date(*x.Since)
	return i18n.Text(language, "web.predict.compared_since", args)
}

// comparison holds what deals are compared by.
type comparison struct {
	x      *Works
	ids    []value.ID
	status map[value.ID]string
	ways   map[value.ID][]stay
	stages []*record.Record
	moved  map[value.ID]bool
	deeds  map[value.ID][]activity.Deed
}

func (c *comparison) compare(done bool) {
	if done {
		for _, kind := range append(countedKinds[:len(countedKinds):len(countedKinds)], "") {
			c.fact(FactEarly, kind, "", func(id value.ID) (bool, bool) { return c.early(id, kind) })
		}
	}
	quick := c.half()
	c.fact(FactQuick, "", "", func(id value.ID) (bool, bool) {
		way := c.ways[id]
		return len(way) > 1 && way[0].known && way[0].to.Sub(way[0].from) < quick, len(way) > 1 && way[0].known && c.place(way[1].stage) > 0
	})
	c.fact(FactBack, "", "", func(id value.ID) (bool, bool) { return c.back(id), len(c.ways[id]) > 1 })
	c.fact(FactMoved, "", "", func(id value.ID) (bool, bool) { return c.moved[id], true })
	for _, st := range c.stages {
		if kind, _ := record.Get(st, StageKind); kind == Open {
			c.fact(FactSkip, st.ID.String(), st.Title(), func(id value.ID) (bool, bool) { return c.skipped(id, st.ID) })
		}
	}
	slices.SortStableFunc(c.x.Facts, func(a, b WorkFact) int { return cmp.Compare(math.Abs(b.z()), math.Abs(a.z())) })
}

// fact counts those that have something, and those that could and have not; it
// is told where both are enough.
func (c *comparison) fact(key, of, name string, has func(id value.ID) (has, counts bool)) {
	f := WorkFact{Key: key, Of: of, Name: name}
	for _, id := range c.ids {
		yes, counts := has(id)
		if !counts {
			continue
		}
		side, list := &f.Without, &f.without
		if yes {
			side, list = &f.With, &f.with
		}
		side.Deals++
		*list = append(*list, id)
		if c.status[id] == Won {
			side.Won++
		}
	}
	if min(f.With.Deals, f.Without.Deals) < fewCompared {
		return
	}
	switch z := math.Abs(f.z()); {
	case z >= 2.58:
		f.Sure = "clear"
	case z >= 1.96:
		f.Sure = "likely"
	default:
		f.Sure = "unclear"
	}
	c.x.Facts = append(c.x.Facts, f)
}

// z is how many standard errors lie between the two shares.
func (f *WorkFact) z() float64 {
	a, b := float64(f.With.Deals), float64(f.Without.Deals)
	p := float64(f.With.Won+f.Without.Won) / (a + b)
	spread := math.Sqrt(p * (1 - p) * (1/a + 1/b))
	if spread == 0 {
		return 0
	}
	return (float64(f.With.Won)/a - float64(f.Without.Won)/b) / spread
}

// early reports whether something was done in the first days of a deal that lived
// longer than these.
func (c *comparison) early(id value.ID, kind string) (bool, bool) {
	way := c.ways[id]
	if len(way) == 0 || !way[0].known || way[len(way)-1].from.Sub(way[0].from) < EarlyDays*day {
		return false, false
	}
	return slices.ContainsFunc(c.deeds[id], func(d activity.Deed) bool {
		return (kind == "" || d.Kind == kind) && !d.At.Before(way[0].from) && d.At.Before(way[0].from.Add(EarlyDays*day))
	}), true
}

// half is the time after which half of the deals had left their first stage.
func (c *comparison) half() time.Duration {
	var list []time.Duration
	for _, way := range c.ways {
		if len(way) > 1 && way[0].known {
			list = append(list, way[0].to.Sub(way[0].from))
		}
	}
	return quantile(list, 50)
}

// place is where an open stage stands, from 1; 0 for others.
func (c *comparison) place(stage value.ID) int {
	n := 0
	for _, st := range c.stages {
		if kind, _ := record.Get(st, StageKind); kind == Open {
			if n++; st.ID == stage {
				return n
			}
		}
	}
	return 0
}

func (c *comparison) back(id value.ID) bool {
	far := 0
	for _, x := range c.ways[id] {
		at := c.place(x.stage)
		if at > 0 && at < far {
			return true
		}
		far = max(far, at)
	}
	return false
}

// skipped reports whether a deal went past a stage without being in it; only
// deals that came further count.
func (c *comparison) skipped(id, stage value.ID) (bool, bool) {
	here, beyond, was := c.place(stage), c.status[id] == Won, false
	for _, x := range c.ways[id] {
		was = was || x.stage == stage
		beyond = beyond || c.place(x.stage) > here
	}
	return !was, beyond && len(c.ways[id]) > 1
}

// paths are the ways that most deals went.
func (c *comparison) paths() {
	by := map[string]*WorkPath{}
	names := map[value.ID]string{}
	for _, st := range c.stages {
		names[st.ID] = st.Title()
	}
	for _, id := range c.ids {
		p := &WorkPath{}
		var key strings.Builder
		for _, x := range c.ways[id] {
			if c.place(x.stage) > 0 {
				p.Stages, p.Names = append(p.Stages, x.stage), append(p.Names, names[x.stage])
				key.WriteString(x.stage.String() + " ")
			}
		}
		if len(p.Stages) == 0 {
			continue
		}
		if by[key.String()] == nil {
			by[key.String()] = p
		}
		p = by[key.String()]
		p.ids = append(p.ids, id)
		if p.Deals++; c.status[id] == Won {
			p.Won++
		}
	}
	for _, p := range by {
		if p.Deals >= 3 {
			c.x.Paths = append(c.x.Paths, *p)
		}
	}
	slices.SortFunc(c.x.Paths, func(a, b WorkPath) int {
		return cmp.Or(cmp.Compare(b.Deals, a.Deals), slices.Compare(a.Stages, b.Stages))
	})
	c.x.Paths = c.x.Paths[:min(len(c.x.Paths), mostPaths)]
}
