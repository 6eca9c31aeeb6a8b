package sales

import (
	"context"
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// ChangesQuery asks what became of the open pipeline between two moments.
type ChangesQuery struct {
	From, To time.Time
	// Filter says whose deals and of which pipeline, over tracked fields alone.
	Filter string
	// CloseFrom and CloseTo bound the close dates; 0 = open.
	CloseFrom, CloseTo value.Date
}

// ChangePart is one reason why the pipeline is another one.
type ChangePart string

// The parts, in the order in which they are told.
const (
	ChangeAdded    ChangePart = "added"
	ChangeReopened ChangePart = "reopened"
	ChangeMovedIn  ChangePart = "moved_in" // its close date came into the period
	ChangeEntered  ChangePart = "entered"  // from another owner or pipeline
	ChangeRaised   ChangePart = "raised"
	ChangeLowered  ChangePart = "lowered"
	ChangeRated    ChangePart = "rated" // other rates
	ChangeSlipped  ChangePart = "slipped"
	ChangeWon      ChangePart = "won"
	ChangeLost     ChangePart = "lost"
	ChangeLeft     ChangePart = "left" // to another owner or pipeline
)

// ChangeParts are all of them.
func ChangeParts() []ChangePart {
	return []ChangePart{ChangeAdded, ChangeReopened, ChangeMovedIn, ChangeEntered, ChangeRaised, ChangeLowered, ChangeRated, ChangeSlipped, ChangeWon, ChangeLost, ChangeLeft}
}

// Changed is a number of deals and what they add to the pipeline, which may be
// less than nothing. Deals that are worth another amount are in it all along:
// they are told but do not count.
type Changed struct {
	Deals int64
	record.Worth
}

// StageMove is how many deals of the pipeline went from a stage to another.
type StageMove struct {
	From, To value.ID
	Names    [2]string
	Way      StageWay
	Changed
}

// Of narrows the question to a person, a team and a pipeline; 0 = to none.
func (q ChangesQuery) Of(s *record.Session, person, team, pipeline value.ID) ChangesQuery {
	q.Filter = report.Scope{Person: person, Team: team}.Condition(s, "owner")
	if pipeline != 0 {
		q.Filter = report.Both(q.Filter, DealPipeline.Name()+` = "`+pipeline.String()+`"`)
	}
	return q
}

// StageWay is where a move between stages led.
type StageWay string

// The ways of a move: on or back in the pipeline, out of it by its end, or to
// another one.
const (
	WayForward StageWay = "forward"
	WayBack    StageWay = "back"
	WayWon     StageWay = "won"
	WayLost    StageWay = "lost"
	WayOther   StageWay = "other_pipeline"
)

// ChangeOf names a figure of the changes: a part, or the moves between two stages.
type ChangeOf struct {
	Part     ChangePart
	From, To value.ID
	// Before begins lists behind a deal, the last of the page before; 0 = with the
	// newest.
	Before value.ID
}

// has reports whether deals of which the same became are in the figure.
func (of ChangeOf) has(g record.Compared) bool {
	if of.Part != "" {
		_, ok := changeParts(g)[of.Part]
		return ok
	}
	from, to, ok := movedStage(g)
	return ok && from == of.From && to == of.To
}

// ChangesBetween asks about the time from the end of one day to the end of another,
// or until now.
func ChangesBetween(s *record.Session, from, to value.Date) ChangesQuery {
	zone := s.Env().Zone
	q := ChangesQuery{From: from.AddDays(1).Time(zone), To: to.AddDays(1).Time(zone)}
	if q.To.After(s.Now()) {
		q.To = s.Now()
	}
	if q.From.After(q.To) {
		q.From = q.To
	}
	return q
}

// Changes are an opening, what was added and taken away, and the closing that
// makes: in the workspace's currency, in each currency and in number exactly.
type Changes struct {
	Opening, Closing Changed
	Parts            map[ChangePart]Changed
	Moves            []StageMove
}

// counts reports whether a part changes how many deals there are, and how.
func (p ChangePart) counts() int64 {
	switch p {
	case ChangeAdded, ChangeReopened, ChangeMovedIn, ChangeEntered:
		return 1
	case ChangeSlipped, ChangeWon, ChangeLost, ChangeLeft:
		return -1
	}
	return 0
}

// Count is by how many the part changes the number of deals.
func (p ChangePart) Count(c Changed) int64 { return p.counts() * c.Deals }

const (
	keyOpen = iota
	keyWon
	keyScope
	keyPeriod
	keyStage
)

// period is the condition on the close date.
func (q ChangesQuery) period() string {
	var parts []string
	if q.CloseFrom != 0 {
		parts = append(parts, `close_date >= date("`+q.CloseFrom.String()+`")`)
	}
	if q.CloseTo != 0 {
		parts = append(parts, `close_date <= date("`+q.CloseTo.String()+`")`)
	}
	return strings.Join(parts, " and ")
}

func (q ChangesQuery) comparison() record.Comparison {
	or := func(text string) string {
		if strings.TrimSpace(text) == "" {
			return "true"
		}
		return text
	}
	return record.Comparison{Object: Deals.Name, From: q.From, To: q.To, Amount: DealAmount.Name(),
		Keys: []string{isOpen, isWon, or(q.Filter), or(q.period()), DealStage.Name()}}
}

// Open is the condition of the deals that make the pipeline.
func (q ChangesQuery) Open() string {
	parts := []string{isOpen}
	for _, text := range []string{q.Filter, q.period()} {
		if strings.TrimSpace(text) != "" {
			parts = append(parts, "("+text+")")
		}
	}
	return strings.Join(parts, " and ")
}

// ChangesSince tells what became of the pipeline.
func ChangesSince(ctx context.Context, s *record.Session, q ChangesQuery) (*Changes, error) {
	groups, err := s.Compare(ctx, q.comparison())
	if err != nil {
		return nil, err
	}
	c := &Changes{Parts: map[ChangePart]Changed{}}
	moves := map[[2]value.ID]*StageMove{}
	for _, g := range groups {
		for part, w := range changeParts(g) {
			sum := c.Parts[part]
			sum.Deals += g.Records
			sum.Add(w, 1)
			c.Parts[part] = sum
		}
		if from, to, ok := movedStage(g); ok {
			m := moves[[2]value.ID{from, to}]
			if m == nil {
				m = &StageMove{From: from, To: to}
				moves[[2]value.ID{from, to}] = m
			}
			m.Deals += g.Records
			m.Add(g.Is, 1)
		}
	}
	if c.Closing, err = q.closing(ctx, s); err != nil {
		return nil, err
	}
	c.Opening = c.Closing.before(groups)
	return c, c.order(ctx, s, moves)
}

// closing is the pipeline at the end: what it is now, less what came since.
func (q ChangesQuery) closing(ctx context.Context, s *record.Session) (Changed, error) {
	if !q.To.Before(s.Now()) {
		return q.pipeline(ctx, s, s.Now())
	}
	few, err := s.FewSince(ctx, Deals.Name, q.To)
	if err != nil {
		return Changed{}, err
	}
	if !few {
		return q.pipeline(ctx, s, q.To)
	}
	since := q
	since.From, since.To = q.To, s.Now()
	groups, err := s.Compare(ctx, since.comparison())
	if err != nil {
		return Changed{}, err
	}
	now, err := q.pipeline(ctx, s, s.Now())
	return now.before(groups), err
}

// before takes back what became of deals.
func (c Changed) before(groups []record.Compared) Changed {
	was := Changed{Deals: c.Deals}
	was.Add(c.Worth, 1)
	put := func(side []any, n int64, w record.Worth, times int64) {
		if inPipeline(side) {
			was.Deals += times * n
			missing := was.Missing
			was.Add(w, times)
			was.Missing = missing + times*w.Missing
		}
	}
	for _, g := range groups {
		put(g.Before, g.Records, g.Was, 1)
		put(g.After, g.Records, g.Is, -1)
	}
	return was
}

// inPipeline reports whether deals were what is asked about, at one of the moments.
func inPipeline(side []any) bool {
	return side != nil && side[keyOpen] == true && side[keyScope] == true && side[keyPeriod] == true
}

func (q ChangesQuery) pipeline(ctx context.Context, s *record.Session, at time.Time) (Changed, error) {
	if !at.Before(s.Now()) { // what is costs less to read than what was
		at = time.Time{}
	}
	r, err := s.Aggregate(ctx, record.Aggregate{Object: Deals.Name, Filter: q.Open(), Measures: []string{"count", "sum:" + DealAmount.Name()}, AsOf: at})
	if err != nil {
		return Changed{}, err
	}
	var c Changed
	c.Deals, _ = r.Total.Values[0].Value.(int64)
	m := r.Total.Values[1]
	if base, ok := m.Value.(value.Money); ok {
		c.Base = base.Minor
	}
	c.Missing = m.Missing
	for _, sum := range m.Sums {
		if sum.Minor != 0 {
			c.Add(record.Worth{Sums: map[string]int64{sum.Currency: sum.Minor}}, 1)
		}
	}
	return c, nil
}

// ChangedDeal is a deal of a figure: what it was worth and what it is.
type ChangedDeal struct {
	ID      value.ID
	Was, Is record.Worth
	There   [2]bool // whether it was there at all
}

// ChangedDeals lists the deals of a figure, the newest first, up to a limit, and
// counts all of them, those of other pages too.
func ChangedDeals(ctx context.Context, s *record.Session, q ChangesQuery, of ChangeOf, limit int) (list []ChangedDeal, n int64, err error) {
	err = s.CompareEach(ctx, q.comparison(), func(g record.Compared) bool {
		if of.has(g) {
			if n++; len(list) < limit && (of.Before == 0 || g.Record < of.Before) {
				list = append(list, ChangedDeal{ID: g.Record, Was: g.Was, Is: g.Is, There: [2]bool{g.Before != nil, g.After != nil}})
			}
		}
		return true
	})
	return list, n, err
}

// changesReport tells of a period: from the end of the day before it to its own
// end.
func changesReport(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	q := ChangesQuery{Filter: p.Filter, To: s.Now(), From: s.Today().AddDays(-7).Time(s.Env().Zone)}
	if p.From != 0 {
		q.From = p.From.Time(s.Env().Zone)
	}
	if p.To != 0 && p.To < s.Today() {
		q.To = p.To.AddDays(1).Time(s.Env().Zone)
	}
	c, err := ChangesSince(ctx, s, q)
	if err != nil {
		return nil, err
	}
	t := &report.Table{Object: Deals.Name, Groups: []string{"part"}, Rows: []report.Row{}, Columns: []report.Column{{Name: "deals", Title: "Deals"}, {Name: "amount", Title: "Amount"}}}
	add := func(name string, n int64, w record.Worth) {
		t.Rows = append(t.Rows, report.Row{Keys: []any{name}, Labels: []string{name}, Values: []record.Measure{{Value: n}, w.Measure(s.Settings().Currency)}})
	}
	add("opening", c.Opening.Deals, c.Opening.Worth)
	for _, part := range ChangeParts() {
		add(string(part), c.Parts[part].Deals, c.Parts[part].Worth)
	}
	add("closing", c.Closing.Deals, c.Closing.Worth)
	return t, nil
}
