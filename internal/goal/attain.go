package goal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Board is how far the targets of one measure are in a period: the company's, the
// teams' in their tree, and everybody's.
type Board struct {
	Measure Measure
	Period  value.Period
	Narrow  map[string]value.ID
	// Currency of all figures; "" = they are counts.
	Currency string
	Pace     Pace
	Lines    []*Line
	// PaceBefore and PaceYearAgo are of the period before and of a year ago.
	PaceBefore, PaceYearAgo Pace
	// Missing is how many amounts of the period have no rate and are in no figure.
	Missing int64

	crowd *crowd
}

// Line is one target, or somebody without one, and what was reached.
type Line struct {
	Member, Team value.ID // both 0 = the company
	Name         string
	Depth        int
	Target       *Target // nil = none is set
	// What was reached in the period, the one before and the same of a year ago.
	Actual, Before, YearAgo int64
	// What was aimed at then, nil where nothing was.
	BeforeTarget, YearAgoTarget *Target
	// Sum is what the people of a team, or of the company, have as their own
	// targets; Persons is how many do.
	Sum     int64
	Persons int
	// Unrated is how many others have one whose currency has no rate.
	Unrated int
	// Missing is how many amounts of its people have no rate and are not in Actual.
	Missing int64
	// Filter lists the records behind what was reached, the others those behind
	// what was in the period before and a year ago.
	Filter, BeforeFilter, YearAgoFilter string
	// Place is the rank among people; who is level shares one.
	Place int

	pace Pace
}

// Why a line has no percentage or no pace.
const (
	NoTarget = "no_target"
	Zero     = "zero"    // the target is zero: there is nothing to reach
	NoDays   = "no_days" // the period has no working days
	NoRate   = "no_rate" // the target's currency has no rate
	// Unrated is said of figures that lack amounts without a rate.
	Unrated = "unrated"
)

// Problem is why there is no attainment; "" = there is one.
func (l *Line) Problem() string {
	switch {
	case l.Target == nil:
		return NoTarget
	case l.Target.Unrated:
		return NoRate
	case l.Target.N == 0:
		return Zero
	}
	return ""
}

// Attained is what was reached in percent of the target as it is now.
func (l *Line) Attained() (decimal.Decimal, bool) {
	if l.Problem() != "" {
		return decimal.Decimal{}, false
	}
	return percent(l.Actual, l.Target.N)
}

// AttainedByDays is the same of a target that was changed while its period ran,
// each version counted for its days; false where one of them has no rate.
func (l *Line) AttainedByDays() (decimal.Decimal, bool) {
	if l.Problem() != "" || !l.Target.ByDaysKnown() {
		return decimal.Decimal{}, false
	}
	return percent(l.Actual, l.Target.ByDays)
}

// Due is what should have been reached by now, working day for working day.
func (l *Line) Due() (int64, bool) {
	if l.Problem() != "" {
		return 0, false
	}
	return l.pace.due(l.Target.N)
}

// Left is what is still to be reached; never less than nothing.
func (l *Line) Left() int64 {
	if l.Problem() != "" {
		return 0
	}
	return max(0, l.Target.N-l.Actual)
}

// PerDay is what is to be reached on each working day that is left; false when
// there is none.
func (l *Line) PerDay() (int64, bool) {
	if l.Problem() != "" || l.pace.Left == 0 {
		return 0, false
	}
	left := l.Left()
	return (left + int64(l.pace.Left) - 1) / int64(l.pace.Left), true
}

// Mismatch is what the people's own targets are above the one of their team, or,
// negative, below; false where there is nothing to compare, or not all of it is known.
func (l *Line) Mismatch() (int64, bool) {
	if l.Unrated > 0 || l.Member != 0 || l.Target == nil || l.Target.Unrated || l.Persons == 0 || l.Sum == l.Target.N {
		return 0, false
	}
	return l.Sum - l.Target.N, true
}

// Attainment tells how far the targets of a period are, of one measure or of all
// that some target is set for.
func (r *Room) Attainment(ctx context.Context, s *record.Session, q Question) ([]*Board, error) {
	if _, ok := r.Measure(q.Measure); q.Measure != "" && !ok {
		return nil, fault.New(fault.Invalid, "goal.unknown_measure", fault.Args{"measure": value.Printable(q.Measure)})
	}
	set, err := r.Set(ctx, s, q)
	if err != nil {
		return nil, err
	}
	of := map[string][]*Target{}
	for _, t := range set {
		of[t.Measure] = append(of[t.Measure], t)
	}
	if q.Measure != "" {
		of[q.Measure] = of[q.Measure][:len(of[q.Measure]):len(of[q.Measure])]
	}
	var boards []*Board
	for _, m := range r.Measures(s) {
		list, asked := of[m.Name]
		if !asked {
			continue
		}
		b, err := r.board(ctx, s, q, m, list)
		if err != nil {
			return nil, err
		}
		boards = append(boards, b)
	}
	return boards, nil
}

func (r *Room) board(ctx context.Context, s *record.Session, q Question, m Measure, set []*Target) (*Board, error) {
	src, err := m.source(q.Narrow)
	if err != nil {
		return nil, err
	}
	p := q.Period
	c, err := count(ctx, s, src, q.Narrow, []Days{DaysOf(p), DaysOf(p.Prev()), DaysOf(p.YearBefore())})
	if err != nil {
		return nil, err
	}
	cal, err := hours.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	pace := func(p value.Period) Pace { return paceOf(cal, DaysOf(p), s.Today()) }
	b := &Board{Measure: m, Period: p, Narrow: q.Narrow, Pace: pace(p), PaceBefore: pace(p.Prev()), PaceYearAgo: pace(p.YearBefore()), Missing: c.unrated.sum[0]}
	if m.Money {
		b.Currency = s.Settings().Currency
	}
	crowd, err := crowdOf(ctx, s, q, func(id value.ID) bool { return slices.ContainsFunc(c.of(id), func(n int64) bool { return n != 0 }) }, set)
	if err != nil {
		return nil, err
	}
	ask := q
	ask.Measure = m.Name
	earlier, err := r.before(ctx, s, []value.Period{p.Prev(), p.YearBefore()}, ask)
	if err != nil {
		return nil, err
	}
	for _, l := range crowd.lines(set) {
		aims := earlier.of(l.Member, l.Team)
		l.BeforeTarget, l.YearAgoTarget = aims[0], aims[1]
		figures := c.whose(s, l.Member, l.Team)
		l.Actual, l.Before, l.YearAgo, l.pace = figures[0], figures[1], figures[2], b.Pace
		l.Missing = c.unrated.whose(s, l.Member, l.Team)[0]
		for at, days := range map[*string]Days{&l.Filter: DaysOf(p), &l.BeforeFilter: DaysOf(p.Prev()), &l.YearAgoFilter: DaysOf(p.YearBefore())} {
			*at = src.whose(src.Condition(q.Narrow, days), l, crowd)
		}
		b.Lines = append(b.Lines, l)
	}
	sumUp(s, b.Lines)
	rank(b.Lines)
	b.crowd = crowd
	return b, nil
}

// Change is how much more, in percent, was reached than in another period of that
// pace. While the period runs each is taken for a working day, for what is not over
// cannot be held against a whole one; false where there is nothing to compare.
func (b *Board) Change(now, then int64, of Pace) (decimal.Decimal, bool) {
	a, z := decimal.NewFromInt(now), decimal.NewFromInt(then)
	if b.Running() {
		if of.Gone == 0 {
			return a, false
		}
		a, z = a.Mul(decimal.NewFromInt(int64(of.Gone))), z.Mul(decimal.NewFromInt(int64(b.Pace.Gone)))
	}
	if z.IsZero() {
		return z, false
	}
	return a.Sub(z).Mul(decimal.NewFromInt(100)).DivRound(z.Abs(), 0), true
}

// Running reports whether a part of the period's working days is gone.
func (b *Board) Running() bool { return b.Pace.Gone > 0 && b.Pace.Left > 0 }

// Figure is something else that is counted for the lines of a board.
type Figure struct {
	b   *Board
	src Source
	d   Days
	c   *counted
}

// Count counts a source of some days for the lines of a board, narrowed as its
// targets are; false where the source does not know by what they are.
func (b *Board) Count(ctx context.Context, s *record.Session, src Source, d Days) (*Figure, bool, error) {
	for field := range b.Narrow {
		if src.Paths[field] == "" {
			return nil, false, nil
		}
	}
	c, err := count(ctx, s, src, b.Narrow, []Days{d})
	return &Figure{b: b, src: src, d: d, c: c}, err == nil, err
}

// Of is the figure of a line and the condition of the records behind it.
func (f *Figure) Of(l *Line) (n int64, filter string) {
	return f.c.whose(f.b.crowd.s, l.Member, l.Team)[0], f.b.Behind(f.src, f.d, l)
}

// Behind is the condition of a line's records of a source on some days.
func (b *Board) Behind(src Source, d Days, l *Line) string {
	return src.whose(src.Condition(b.Narrow, d), l, b.crowd)
}

// whose narrows a condition to a line's people.
func (src Source) whose(cond string, l *Line, c *crowd) string {
	var is func(who string) string
	switch {
	case l.Member != 0:
		is = func(who string) string { return fmt.Sprintf("%s = %q", who, l.Member) }
	case l.Team != 0:
		var ids []string
		for _, id := range c.s.Roster().Under(l.Team) {
			ids = append(ids, fmt.Sprintf("%q", id))
		}
		is = func(who string) string { return fmt.Sprintf("%s.team in (%s)", who, strings.Join(ids, ", ")) }
	default:
		return cond
	}
	if x := src.shared(c.s); x != nil {
		return cond + " and (" + is(src.Owner) + " or " + fmt.Sprintf(x.Has, is(x.Member)) + ")"
	}
	return cond + " and " + is(src.Owner)
}

// sumUp adds the people's targets up for their teams and the company.
func sumUp(s *record.Session, lines []*Line) {
	for _, l := range lines {
		if l.Member != 0 {
			continue
		}
		for _, p := range lines {
			if p.Member != 0 && (l.Team == 0 || s.Roster().InTeam(p.Member, l.Team)) {
				l.add(p.Target)
			}
		}
	}
}

// add takes the target of one of its people into the sum.
func (l *Line) add(t *Target) {
	switch {
	case t == nil:
	case t.Unrated:
		l.Unrated++
	default:
		l.Sum += t.N
		l.Persons++
	}
}

// rank gives people their places by attainment, where they have a target, and by
// what they reached otherwise. Who is level shares a place, and the next one
// after two firsts is third.
func rank(lines []*Line) {
	var people []*Line
	for _, l := range lines {
		if l.Member != 0 {
			people = append(people, l)
		}
	}
	slices.SortStableFunc(people, level)
	for i, l := range people {
		if l.Place = i + 1; i > 0 && level(people[i-1], l) == 0 {
			l.Place = people[i-1].Place
		}
	}
}

func level(a, b *Line) int {
	x, hasX := a.Attained()
	y, hasY := b.Attained()
	switch {
	case hasX && hasY:
		return y.Cmp(x)
	case hasX != hasY:
		if hasX {
			return -1
		}
		return 1
	}
	return cmp.Compare(b.Actual, a.Actual)
}
