package goal

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Sheet is what the targets of a period are planned by.
type Sheet struct {
	Measure  Measure
	Period   value.Period
	Narrow   map[string]value.ID
	Currency string // "" = counts
	Days     int    // working days of the period
	Current  value.Period
	Pace     Pace // of the current period
	Limit    int  // percent above what was carried that ask for a reason
	Rows     []*Row
	// Missing is how many amounts, of the periods looked back to and of what is open,
	// have no rate and are in no figure.
	Missing int64
}

// Row is what speaks for a target of somebody, of a team, or of the company.
type Row struct {
	Line // the target that there is for the planned period, if any
	// LastYear is what was reached in the same period a year ago, Now in the one
	// before the planned one, so far; Projected is what that comes to if it goes on
	// like that, 0 where it is too early to tell.
	LastYear, Now, Projected int64
	// What was aimed at then, nil where nothing was.
	LastYearTarget, NowTarget *Target
	// Open is what is open and due in the planned period, Expected what may be
	// expected of that.
	Open, Expected int64
	HasOpen        bool
	// The conditions of the records behind Now, LastYear and Open.
	NowFilter, LastYearFilter, OpenFilter string
	// Ceiling is the most that may be asked without a reason.
	Ceiling Ceiling
	// Proposal is the target that follows, with what it follows from; of teams and
	// the company it is the sum of their people's.
	Proposal int64
	Basis    Basis
	// MaySet says that the actor may set it.
	MaySet bool
}

// Basis is what a proposal follows from.
type Basis struct {
	LastYear, Projected, Expected bool // which of them there were
	Growth                        int  // percent on top
	Capped                        bool // by the most that needs no reason
}

// None reports that there is nothing to go by.
func (b Basis) None() bool { return !b.LastYear && !b.Projected && !b.Expected }

// Plan is the sheet for a period and a measure; growth is in percent.
func (r *Room) Plan(ctx context.Context, s *record.Session, q Question, growth int) (*Sheet, error) {
	m, ok := r.Measure(q.Measure)
	if !ok {
		return nil, fault.New(fault.Invalid, "goal.unknown_measure", fault.Args{"measure": value.Printable(q.Measure)})
	}
	if growth < -100 || growth > 1000 {
		return nil, fault.New(fault.Invalid, "goal.growth", nil)
	}
	cal, err := hours.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	p := q.Period
	x := &Sheet{Measure: m, Period: p, Narrow: q.Narrow, Days: paceOf(cal, DaysOf(p), s.Today()).Days, Current: p.Prev()}
	x.Pace = paceOf(cal, DaysOf(x.Current), s.Today())
	if m.Money {
		x.Currency = s.Settings().Currency
	}
	if x.Limit, err = RaiseLimit(ctx, s); err != nil {
		return nil, err
	}
	return x, r.fill(ctx, s, x, q, pastOf(cal, p, s.Today()), growth)
}

// fill puts the rows into the sheet.
func (r *Room) fill(ctx context.Context, s *record.Session, x *Sheet, q Question, before past, growth int) error {
	ask := q
	ask.Measure = x.Measure.Name
	set, err := r.Set(ctx, s, ask)
	if err != nil {
		return err
	}
	earlier, err := r.before(ctx, s, before.periods, ask)
	if err != nil {
		return err
	}
	src, err := x.Measure.source(x.Narrow)
	if err != nil {
		return err
	}
	done, err := count(ctx, s, src, x.Narrow, before.spans)
	if err != nil {
		return err
	}
	open, expected, err := r.due(ctx, s, x)
	if err != nil {
		return err
	}
	for _, n := range done.unrated.sum {
		x.Missing += n
	}
	if open != nil {
		x.Missing += open.unrated.sum[0]
	}
	active := func(id value.ID) bool {
		figures := slices.ContainsFunc(done.of(id), func(n int64) bool { return n != 0 }) || open != nil && open.of(id)[0] != 0
		aimed := func(t *Target) bool { return t.Member == id }
		return s.Roster().Active(id) && (q.Everybody && s.Roster().Person(id) || figures || slices.ContainsFunc(slices.Concat(earlier...), aimed))
	}
	c, err := crowdOf(ctx, s, q, active, set)
	if err != nil {
		return err
	}
	for _, l := range c.lines(set) {
		figures, aims := done.whose(s, l.Member, l.Team), earlier.of(l.Member, l.Team)
		row := &Row{Line: *l, MaySet: MaySet(s, l.Member, l.Team), Now: figures[0], NowTarget: aims[0],
			LastYear: figures[before.year], LastYearTarget: aims[before.year], Ceiling: before.ceiling(figures, aims, x.Limit)}
		if x.Pace.Gone > 0 && (x.Pace.Left == 0 || x.Pace.Gone >= fewDays) {
			row.Projected = times(row.Now, x.Days, x.Pace.Gone)
		}
		if open != nil {
			row.Open, row.Expected, row.HasOpen = open.whose(s, l.Member, l.Team)[0], expected.whose(s, l.Member, l.Team)[0], true
		}
		row.propose(growth)
		row.NowFilter = src.whose(src.Condition(x.Narrow, before.spans[0]), l, c)
		row.LastYearFilter = src.whose(src.Condition(x.Narrow, before.spans[before.year]), l, c)
		if open != nil {
			row.OpenFilter = x.Measure.Open.whose(x.Measure.Open.Condition(x.Narrow, DaysOf(x.Period)), l, c)
		}
		x.Rows = append(x.Rows, row)
	}
	x.sumUp(s)
	return nil
}

// due is what is open and due in the planned period; nil when nobody can tell.
func (r *Room) due(ctx context.Context, s *record.Session, x *Sheet) (open, expected *counted, err error) {
	if x.Measure.Open.Object == "" || len(x.Narrow) > 0 && x.Measure.Open.Paths == nil {
		return nil, nil, nil
	}
	for field := range x.Narrow {
		if x.Measure.Open.Paths[field] == "" {
			return nil, nil, nil
		}
	}
	days := []Days{DaysOf(x.Period)}
	if open, err = count(ctx, s, x.Measure.Open, x.Narrow, days); err != nil {
		return nil, nil, err
	}
	if x.Measure.Expected.Object == "" {
		return open, &counted{sum: []int64{0}}, nil
	}
	expected, err = count(ctx, s, x.Measure.Expected, x.Narrow, days)
	return open, expected, err
}

// propose works a target out: the mean of what was reached a year ago and of what
// the period before comes to, at least what may be expected of what is open, with
// the growth that is wanted, and at most what needs no reason. It is rounded to
// two digits.
func (row *Row) propose(growth int) {
	sum, parts := int64(0), int64(0)
	if row.LastYear > 0 {
		sum, parts, row.Basis.LastYear = sum+row.LastYear, parts+1, true
	}
	if row.Projected > 0 {
		sum, parts, row.Basis.Projected = sum+row.Projected, parts+1, true
	}
	if parts > 0 {
		row.Proposal = sum / parts
	}
	if row.Expected > row.Proposal {
		row.Proposal, row.Basis.Expected = row.Expected, true
	}
	if row.Basis.None() {
		return
	}
	row.Basis.Growth = growth
	row.Proposal = limitOf(row.Proposal, growth)
	if most := row.Ceiling.Most; row.Ceiling.Known && row.Proposal > most {
		row.Proposal, row.Basis.Capped = most, true
	}
	row.Proposal = twoDigits(row.Proposal, row.Basis.Capped)
}

// twoDigits rounds a figure to its first two digits, down where it must not rise.
func twoDigits(n int64, down bool) int64 {
	if n < 100 {
		return n
	}
	step := int64(1)
	for n/step >= 100 {
		step *= 10
	}
	if down {
		return n / step * step
	}
	return (n + step/2) / step * step
}

// sumUp adds proposals and targets of people up for teams and the company.
func (x *Sheet) sumUp(s *record.Session) {
	for _, row := range x.Rows {
		if row.Member != 0 {
			continue
		}
		own := row.Proposal
		row.Proposal = 0
		people := 0
		for _, p := range x.Rows {
			if p.Member == 0 || row.Team != 0 && !s.Roster().InTeam(p.Member, row.Team) {
				continue
			}
			people++
			row.Proposal += p.Proposal
			row.add(p.Target)
		}
		if people == 0 {
			row.Proposal = own
		}
	}
}

// Shares are what each row gets of a total for all of its people whose targets
// the actor may set: they by what is proposed for them, teams and the company what
// their people have together. Rows of which nobody shares in it have no entry. It
// is shared in units of so much.
func (x *Sheet) Shares(s *record.Session, total, unit int64) map[int]int64 {
	var people []int
	var proposals []int64
	for i, row := range x.Rows {
		if row.Member != 0 && row.MaySet {
			people, proposals = append(people, i), append(proposals, row.Proposal)
		}
	}
	out := map[int]int64{}
	for n, share := range Share(total/unit, proposals) {
		at := people[n]
		out[at] = share * unit
		for i, row := range x.Rows {
			if row.Member == 0 && (row.Team == 0 || s.Roster().InTeam(x.Rows[at].Member, row.Team)) {
				out[i] += share * unit
			}
		}
	}
	return out
}

// Share divides what a team, or the company, is to reach among its people, in
// proportion to what is proposed for them; evenly where nothing is.
func Share(total int64, proposals []int64) []int64 {
	out := make([]int64, len(proposals))
	sum := int64(0)
	for _, n := range proposals {
		sum += max(0, n)
	}
	left := total
	for i, n := range proposals {
		if sum == 0 {
			out[i] = total / int64(len(proposals))
		} else {
			out[i] = decimal.NewFromInt(total).Mul(decimal.NewFromInt(max(0, n))).DivRound(decimal.NewFromInt(sum), 0).IntPart()
		}
		out[i] = min(out[i], left)
		left -= out[i]
	}
	if len(out) > 0 {
		out[len(out)-1] += left
	}
	return out
}
