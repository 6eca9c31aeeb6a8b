package goal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Source is where a figure comes from: an aggregate over the records of an
// object, each counted for its owner and on a day.
type Source struct {
	Object string
	Filter string // condition of what counts
	Figure string // as in record.Aggregate: "count", "sum:amount"
	When   string // the day or moment on which it counts
	Owner  string // the path to who it counts for
	// Paths say how targets may be narrowed: the field of the target, and the path
	// from the record to the same.
	Paths map[string]string
	// Shared is what of it counts for others than the owner, where the company
	// counts by share; nil = nothing.
	Shared *Shared
}

// Shared is where the shares are that colleagues have in records of a source.
type Shared struct {
	Object, Filter, Figure, When string // as those of a source
	// Owner leads to who the share is taken from, Member to who it is given to, so
	// that all together have what the source counts.
	Owner, Member string
	Paths         map[string]string
	// Amount and Share lead to an amount and the percentage of it that is the
	// share, where no Figure is: a product of two fields is none that can be summed.
	Amount, Share string
	// Has is the condition of records of the source that somebody has a share in,
	// given the one of him; %s stands for it.
	Has string
}

// shared is what of a source counts for others than its owner, nil for nothing:
// there are no shares, the company counts owners alone, or they are out of sight.
func (src Source) shared(s *record.Session) *Shared {
	if src.Shared == nil || s.Settings().Credit != record.CreditByShare {
		return nil
	}
	if _, err := s.Object(src.Shared.Object); err != nil {
		return nil
	}
	return src.Shared
}

// Measure is something that targets can be set for.
type Measure struct {
	Name  string // an option of a target's measure
	Money bool
	Source
	// Of are the sources for targets that are narrowed by a field which the source
	// itself does not know: revenue of a product is counted by lines.
	Of map[string]Source
	// Open is what is open and due in a period, plain and as it may be expected; no
	// Object = nobody can tell.
	Open, Expected Source
}

// source is where the figure comes from for targets that are narrowed so.
func (m Measure) source(narrow map[string]value.ID) (Source, error) {
	src := m.Source
	for _, field := range slices.Sorted(maps.Keys(narrow)) {
		if other, ok := m.Of[field]; ok {
			src = other
		}
	}
	for field := range narrow {
		if src.Paths[field] == "" {
			return src, fault.New(fault.Invalid, "goal.cannot_narrow", fault.Args{"field": field}).
				With(fault.Field{Path: field, Key: "goal.cannot_narrow", Args: fault.Args{"field": field}})
		}
	}
	return src, nil
}

// Needs is what the room is made of.
type Needs struct {
	Measures []Measure
	// Narrow names the fields by which rooms above let targets be narrowed.
	Narrow []string
}

// Room answers how far targets are.
type Room struct {
	measures []Measure
	narrow   []string
}

// New makes the room.
func New(n Needs) *Room { return &Room{measures: n.Measures, narrow: n.Narrow} }

// Measures are what targets can be set for, of objects that the actor may read.
func (r *Room) Measures(s *record.Session) (list []Measure) {
	for _, m := range r.measures {
		if _, err := s.Object(m.Object); err == nil {
			list = append(list, m)
		}
	}
	return list
}

// Measure is the one of that name.
func (r *Room) Measure(name string) (Measure, bool) {
	i := slices.IndexFunc(r.measures, func(m Measure) bool { return m.Name == name })
	if i < 0 {
		return Measure{}, false
	}
	return r.measures[i], true
}

// Days are the days of a period as a figure counts them.
type Days struct{ First, Last value.Date }

// DaysOf are a period's.
func DaysOf(p value.Period) Days { return Days{p.First(), p.Last()} }

// Condition lists the records that a figure counts, everybody's.
func (src Source) Condition(narrow map[string]value.ID, d Days) string {
	parts := []string{}
	if src.Filter != "" {
		parts = append(parts, "("+src.Filter+")")
	}
	for _, field := range slices.Sorted(maps.Keys(narrow)) {
		parts = append(parts, fmt.Sprintf("%s = %q", src.Paths[field], narrow[field]))
	}
	return strings.Join(append(parts, src.on(d)), " and ")
}

func (src Source) on(d Days) string {
	return fmt.Sprintf("%s >= date(%q) and %s < date(%q)", src.When, d.First.String(), src.When, d.Last.AddDays(1).String())
}

// counted are figures by owner, one for each span of days.
type counted struct {
	by      map[value.ID][]int64
	sum     []int64
	unrated *counted // how many amounts without a rate are in none of these
}

// countKey finds what was counted once in a transaction.
type countKey struct{ source, narrow, days string }

// count adds up a source for several spans of days in one question.
func count(ctx context.Context, s *record.Session, src Source, narrow map[string]value.ID, spans []Days) (*counted, error) {
	key := countKey{src.Object + src.Filter + src.Figure + src.When, fmt.Sprint(narrow), fmt.Sprint(spans) + s.Actor().Name() + s.Actor().Member().String()}
	return record.Memo(s, key, func() (*counted, error) { return add(ctx, s, src, narrow, spans) })
}

func add(ctx context.Context, s *record.Session, src Source, narrow map[string]value.ID, spans []Days) (*counted, error) {
	c := newCounted(len(spans))
	c.unrated = newCounted(len(spans))
	if len(spans) == 0 {
		return c, nil
	}
	if err := c.add(ctx, s, src, narrow, spans, 1); err != nil {
		return nil, err
	}
	if x := src.shared(s); x != nil {
		part := Source{Object: x.Object, Filter: x.Filter, Figure: x.Figure, When: x.When, Owner: x.Owner, Paths: x.Paths}
		if x.Figure == "" {
			return c, c.share(ctx, s, part, x, narrow, spans)
		}
		if err := c.add(ctx, s, part, narrow, spans, -1); err != nil {
			return nil, err
		}
		part.Owner = x.Member
		return c, c.add(ctx, s, part, narrow, spans, 1)
	}
	return c, nil
}

// add counts a source, or takes it away.
func (c *counted) add(ctx context.Context, s *record.Session, src Source, narrow map[string]value.ID, spans []Days, sign int64) error {
	a := record.Aggregate{Object: src.Object, Group: []string{src.Owner}, Unlabeled: true, Limit: 10_000}
	for _, d := range spans {
		a.Measures = append(a.Measures, src.Figure+"{"+src.on(d)+"}")
	}
	a.Filter = src.during(narrow, spans)
	res, err := s.Aggregate(ctx, a)
	if err != nil {
		return err
	}
	for _, g := range res.Groups {
		id, _ := g.Keys[0].(value.ID)
		for i, m := range g.Values {
			c.put(id, i, sign*whole(m))
			if sign > 0 {
				c.unrated.put(id, i, m.Missing)
			}
		}
	}
	return nil
}

// during is the condition of what a source counts on any of some days.
func (src Source) during(narrow map[string]value.ID, spans []Days) string {
	var when []string
	for _, d := range spans {
		when = append(when, "("+src.on(d)+")")
	}
	parts := []string{"(" + strings.Join(when, " or ") + ")"}
	if src.Filter != "" {
		parts = append(parts, "("+src.Filter+")")
	}
	for _, field := range slices.Sorted(maps.Keys(narrow)) {
		parts = append(parts, fmt.Sprintf("%s = %q", src.Paths[field], narrow[field]))
	}
	return strings.Join(parts, " and ")
}

// share moves shares of amounts from owners to colleagues, one by one.
func (c *counted) share(ctx context.Context, s *record.Session, src Source, x *Shared, narrow map[string]value.ID, spans []Days) error {
	q := record.Query{Object: src.Object, Filter: src.during(narrow, spans), Fields: []string{x.Owner, x.Member, x.When, x.Amount, x.Share}}
	return s.Each(ctx, q, func(r *record.Record) error {
		amount, ok := r.Path(x.Amount).(value.Money)
		share, has := r.Path(x.Share).(decimal.Decimal)
		on, dated := r.Path(x.When).(value.Date)
		if !ok || !has || !dated {
			return nil
		}
		part, err := amount.Times(share.Shift(-2))
		if err != nil {
			return err
		}
		n, rated := s.BaseFrom(part, on, s.Today())
		if !rated {
			return nil
		}
		from, _ := r.Path(x.Owner).(value.ID)
		to, _ := r.Path(x.Member).(value.ID)
		for i, d := range spans {
			if on >= d.First && on <= d.Last {
				c.move(from, i, -n)
				c.move(to, i, n)
			}
		}
		return nil
	})
}

func newCounted(spans int) *counted {
	return &counted{by: map[value.ID][]int64{}, sum: make([]int64, spans)}
}

// put adds to the figure of a person and to the sum.
func (c *counted) put(who value.ID, span int, n int64) {
	c.move(who, span, n)
	c.sum[span] += n
}

// move adds to the figure of a person; what is taken from another stays in the sum.
func (c *counted) move(who value.ID, span int, n int64) {
	if c.by[who] == nil {
		c.by[who] = make([]int64, len(c.sum))
	}
	c.by[who][span] += n
}

// whole is a figure as a whole number: minor units, or how many.
func whole(m record.Measure) int64 {
	switch x := m.Value.(type) {
	case int64:
		return x
	case value.Money:
		return x.Minor
	}
	return 0
}

// of are the figures of a person.
func (c *counted) of(member value.ID) []int64 {
	if list, ok := c.by[member]; ok {
		return list
	}
	return make([]int64, len(c.sum))
}

// together are the figures of several people.
func (c *counted) together(members []value.ID) []int64 {
	sum := make([]int64, len(c.sum))
	for _, id := range members {
		for i, n := range c.by[id] {
			sum[i] += n
		}
	}
	return sum
}

// whose are the figures of a person, a team with all below it, or the company.
func (c *counted) whose(s *record.Session, member, team value.ID) []int64 {
	switch {
	case member != 0:
		return c.of(member)
	case team != 0:
		return c.together(s.Roster().TeamMembers(team))
	}
	return c.sum
}

// Narrows names the fields by which targets may be narrowed.
func (r *Room) Narrows() []string { return r.narrow }

// Counts is the object whose records a measure counts for targets narrowed so.
func (m Measure) Counts(narrow map[string]value.ID) string {
	src, err := m.source(narrow)
	if err != nil {
		return m.Object
	}
	return src.Object
}
