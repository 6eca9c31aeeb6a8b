package process

import (
	"cmp"
	"context"
	"slices"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Adherence is how well people keep to a process over a time: how often each
// state was entered, by the owners of the records, and what was skipped, late or
// is missing.
type Adherence struct {
	Blueprint value.ID  `json:"blueprint"`
	Name      string    `json:"name"`
	Object    string    `json:"object"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Records   int       `json:"records"`
	States    []Named   `json:"states"` // in their order
	Owners    []Named   `json:"owners"`
	Filter    string    `json:"filter,omitempty"` // of the records
	Rows      []Kept    `json:"rows"`
	Months    []Month   `json:"months"`
	Trends    []Trend   `json:"trends"` // the months of each owner
	// Lapses are what is counted, the latest first.
	Lapses []Lapse `json:"lapses"`
}

// Named is something with its name.
type Named struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

// Tally counts the steps that were taken, and what was not done as it should.
type Tally struct {
	Entered int `json:"entered"`
	Skipped int `json:"skipped"`
	Late    int `json:"late"`
	Missing int `json:"missing"`
}

func (t *Tally) lapse(kind string) {
	switch kind {
	case LapseSkipped:
		t.Skipped++
	case LapseLate:
		t.Late++
	case LapseMissing:
		t.Missing++
	}
}

// Kept counts for one owner and one state.
type Kept struct {
	Owner value.ID `json:"owner,omitempty"`
	State string   `json:"state"`
	Tally
}

// Month counts for one month, which begins then.
type Month struct {
	From time.Time `json:"from"`
	Tally
}

// Trend is month beside month of one owner.
type Trend struct {
	Owner  value.ID `json:"owner,omitempty"`
	Months []Month  `json:"months"`
}

// Span narrows a report on adherence.
type Span struct {
	From, To time.Time
	Zone     *time.Location
	Filter   string // of the records as they are; "" = all
}

// Adhere reports how a process was kept to, over the records that the actor may
// read. Steps that are optional are not counted.
func Adhere(ctx context.Context, s *record.Session, id value.ID, span Span) (*Adherence, error) {
	b, err := bookOf(ctx, s)
	if err != nil {
		return nil, err
	}
	of := b.find(id)
	if of == nil || !s.Actor().Sees(of.field) || !s.Actor().Can(of.object, access.Read) {
		return nil, fault.New(fault.NotFound, "process.not_published", nil)
	}
	labels, err := labelsOf(ctx, s, of.field)
	if err != nil {
		return nil, err
	}
	a := &Adherence{Blueprint: id, Name: of.name, Object: of.object.Name, From: span.From, To: span.To, Filter: span.Filter,
		Rows: []Kept{}, Months: []Month{}, Trends: []Trend{}, Owners: []Named{}, Lapses: []Lapse{}}
	for _, st := range of.States {
		a.States = append(a.States, Named{st.State, label(labels, st.State)})
	}
	c := &counter{a: a, span: span, rows: map[Kept]*Kept{}, trends: map[value.ID]*Trend{}}
	if _, err := c.asked(ctx, s, of.object, []value.ID{id}); err != nil { // in words, also where nothing moved
		return nil, err
	}
	if err := c.walk(ctx, s, of, labels); err != nil {
		return nil, err
	}
	c.finish(s)
	return a, nil
}

// Governing lists the published processes over objects that the actor may read.
func Governing(ctx context.Context, s *record.Session) ([]Named, error) {
	b, err := bookOf(ctx, s)
	if err != nil {
		return nil, err
	}
	list := []Named{}
	for _, o := range s.Schema().Objects() {
		for _, x := range b.blueprints[o.Name] {
			if s.Actor().Can(o, access.Read) && s.Actor().Sees(x.field) {
				list = append(list, Named{x.id.String(), x.name})
			}
		}
	}
	return list, nil
}

// Governs reports whether records of an object may have a trace.
func Governs(ctx context.Context, s *record.Session, object string) (bool, error) {
	b, err := bookOf(ctx, s)
	return err == nil && len(b.blueprints[object]) > 0, err
}

func (b *book) find(id value.ID) *blueprint {
	for _, list := range b.blueprints {
		for _, x := range list {
			if x.id == id {
				return x
			}
		}
	}
	return nil
}

// counter sums up what reviews of many records find.
type counter struct {
	a      *Adherence
	span   Span
	rows   map[Kept]*Kept
	trends map[value.ID]*Trend
}

// walk reviews every record that took a step in the span, or whose time was over
// in it, a part of them at a time.
func (c *counter) walk(ctx context.Context, s *record.Session, b *blueprint, labels map[string]string) error {
	ids, err := c.moved(ctx, s, b.id)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(ids, 500) {
		part, err := c.asked(ctx, s, b.object, part)
		if err != nil {
			return err
		}
		if len(part) == 0 {
			continue
		}
		records, err := s.GetMany(ctx, b.object.Name, part)
		if err != nil {
			return err
		}
		runs, err := runsOf(ctx, s, part)
		if err != nil {
			return err
		}
		// Ids between the first and the last of a part, in the order of the index,
		// may be of other records: those fall away here.
		steps := map[value.ID][]Passage{}
		err = eachPassage(ctx, s, `blueprint = $1 AND record >= $2 AND record <= $3 ORDER BY record, id`, []any{b.id, part[0], part[len(part)-1]}, func(id value.ID, p Passage) {
			if records[id] != nil {
				steps[id] = append(steps[id], p)
			}
		})
		if err != nil {
			return err
		}
		for _, id := range part {
			if records[id] == nil {
				continue
			}
			v := newReviewer(ctx, s, records[id])
			v.passages, v.labels = steps[id], labels
			if err := v.walk(); err != nil {
				return err
			}
			v.overdue(runs[runKey{b.id, id}])
			v.missing()
			c.count(v)
		}
	}
	return nil
}

// asked are those of some records that the report is asked for, in their order.
// They are asked as in a list, so that a filter tells of nothing behind them that
// the actor may not read.
func (c *counter) asked(ctx context.Context, s *record.Session, o *schema.Object, ids []value.ID) ([]value.ID, error) {
	if c.span.Filter == "" {
		return ids, nil
	}
	id, _ := o.Field("id")
	any, err := expr.In(id.ExprField(), ids...)
	if err != nil {
		return nil, err
	}
	page, err := s.Query(ctx, record.Query{Object: o.Name, Filter: c.span.Filter, Where: any, Fields: []string{"id"}, Sort: "id", Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	asked := make([]value.ID, len(page.Records))
	for i, r := range page.Records {
		asked[i] = r.ID
	}
	return asked, nil
}

// moved are the records that took a step before the end of the span and after
// its beginning, and those that stand still past their time.
func (c *counter) moved(ctx context.Context, s *record.Session, blueprint value.ID) ([]value.ID, error) {
	rows, err := s.Tx().Query(ctx, `SELECT record FROM {process_step} WHERE blueprint = $1 AND at >= $2 AND at < $3
		UNION SELECT record FROM {process_run} WHERE blueprint = $1 AND due_at >= $2 AND due_at < $3 ORDER BY 1`, blueprint, c.span.From, c.span.To)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []value.ID
	for rows.Next() {
		id, _ := rows.ID(0)
		ids = append(ids, id)
	}
	return ids, rows.Close()
}

func (c *counter) inside(at time.Time) bool { return !at.Before(c.span.From) && at.Before(c.span.To) }

func (c *counter) count(v *reviewer) {
	owner, touched := v.r.Owner(), false
	for _, p := range v.passages {
		if c.inside(p.At) && p.Kind != kindLeave && p.Kind != kindUndo {
			touched = true
			for _, t := range c.tallies(owner, p.State, p.At) {
				t.Entered++
			}
		}
	}
	for _, x := range v.lapses {
		if !c.inside(x.At) {
			continue
		}
		touched = true
		for _, t := range c.tallies(owner, x.State, x.At) {
			t.lapse(x.Kind)
		}
		x.Record, x.Owner, x.Title = v.r.ID, owner, v.r.Title()
		c.a.Lapses = append(c.a.Lapses, x)
	}
	if touched {
		c.a.Records++
	}
}

// tallies are all that count what happened to a record of an owner: his for the
// state, everybody's for the month, and his for it.
func (c *counter) tallies(owner value.ID, state string, at time.Time) []*Tally {
	key := Kept{Owner: owner, State: state}
	if c.rows[key] == nil {
		x := key
		c.rows[key] = &x
	}
	if c.trends[owner] == nil {
		c.trends[owner] = &Trend{Owner: owner}
	}
	return []*Tally{&c.rows[key].Tally, c.month(&c.a.Months, at), c.month(&c.trends[owner].Months, at)}
}

// month is the month of a moment, by the calendar of the span's zone.
func (c *counter) month(list *[]Month, at time.Time) *Tally {
	local := at.In(c.span.Zone)
	from := time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, c.span.Zone)
	i := slices.IndexFunc(*list, func(m Month) bool { return m.From.Equal(from) })
	if i < 0 {
		i = len(*list)
		*list = append(*list, Month{From: from})
	}
	return &(*list)[i].Tally
}

// finish puts everything in its order and names the owners.
func (c *counter) finish(s *record.Session) {
	a := c.a
	place := map[string]int{}
	for i, st := range a.States {
		place[st.Key] = i
	}
	for _, x := range c.rows {
		a.Rows = append(a.Rows, *x)
	}
	byMonth := func(x, y Month) int { return x.From.Compare(y.From) }
	for owner, x := range c.trends {
		slices.SortFunc(x.Months, byMonth)
		a.Trends = append(a.Trends, *x)
		if owner != 0 {
			a.Owners = append(a.Owners, Named{owner.String(), s.Roster().Name(owner)})
		}
	}
	slices.SortFunc(a.Trends, func(x, y Trend) int { return cmp.Compare(x.Owner, y.Owner) })
	slices.SortFunc(a.Owners, func(x, y Named) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Key, y.Key)) })
	slices.SortFunc(a.Rows, func(x, y Kept) int {
		return cmp.Or(cmp.Compare(x.Owner, y.Owner), cmp.Compare(place[x.State], place[y.State]), cmp.Compare(x.State, y.State))
	})
	slices.SortFunc(a.Months, byMonth)
	slices.SortStableFunc(a.Lapses, func(x, y Lapse) int {
		return cmp.Or(y.At.Compare(x.At), cmp.Compare(y.Record, x.Record))
	})
}
