package goal

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// raising is by how many percent a target may be above what was carried before it
// asks for a reason.
type raising struct {
	Percent int `json:"percent"`
}

var raiseLimit = store.Setting[raising]{Key: "goal.raise", Default: raising{20}}

// RaiseLimit is by how many percent a target may exceed what was carried before
// it asks for a reason.
func RaiseLimit(ctx context.Context, s *record.Session) (int, error) {
	x, err := raiseLimit.Get(ctx, s.Tx())
	return x.Percent, err
}

// RaiseSubject is what the history of configuration calls the limit.
const RaiseSubject = "@raise"

// SetRaiseLimit changes it; it is for administrators.
func SetRaiseLimit(ctx context.Context, s *record.Session, percent int) error {
	if !s.Actor().Admin() {
		return fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	if percent < 0 || percent > 1000 {
		return fault.New(fault.Invalid, "goal.raise_limit", nil)
	}
	was, err := raiseLimit.Get(ctx, s.Tx())
	if err != nil {
		return err
	}
	if err := raiseLimit.Set(ctx, s.Tx(), raising{percent}); err != nil {
		return err
	}
	return s.NoteSetting(ctx, RaiseSubject, was, raising{percent})
}

// RestoreRaise puts the limit back; see record.Restore.
func RestoreRaise(ctx context.Context, s *record.Session, back map[string]json.RawMessage) error {
	n, err := RaiseLimit(ctx, s)
	if err == nil && back["percent"] != nil {
		err = json.Unmarshal(back["percent"], &n)
	}
	if err != nil {
		return err
	}
	return SetRaiseLimit(ctx, s, n)
}

// lookBack is how many periods before one tell what can be carried in it.
const lookBack = 4

// fewDays is how many working days of a running period must be gone until its
// results tell anything.
const fewDays = 10

// past is what was reached before a period: in the four before it and a year ago.
type past struct {
	periods []value.Period
	spans   []Days
	paces   []Pace
	days    int // working days of the period itself
	year    int // which of them is the one a year ago
}

func pastOf(cal *hours.Calendar, p value.Period, today value.Date) past {
	x := past{days: paceOf(cal, DaysOf(p), today).Days}
	for i := 1; i <= lookBack; i++ {
		x.periods = append(x.periods, p.Add(-i))
	}
	if x.year = slices.Index(x.periods, p.YearBefore()); x.year < 0 {
		x.year, x.periods = len(x.periods), append(x.periods, p.YearBefore())
	}
	for _, p := range x.periods {
		x.spans = append(x.spans, DaysOf(p))
		x.paces = append(x.paces, paceOf(cal, DaysOf(p), today))
	}
	return x
}

// carried is what was reached in one of those periods for each working day, for
// as many days as this one has; false where it is too early to tell.
func (x past) carried(i int, figures []int64) (int64, bool) {
	p := x.paces[i]
	if p.Gone == 0 || p.Left > 0 && p.Gone < fewDays || x.days == 0 {
		return 0, false
	}
	return times(figures[i], x.days, p.Gone), true
}

// capacity is the most that was carried in one of those periods; false when
// nothing was.
func (x past) capacity(figures []int64) (best int64, known bool) {
	for i := range figures {
		if n, told := x.carried(i, figures); told && n > 0 && (!known || n > best) {
			best, known = n, true
		}
	}
	return best, known
}

// Missed is a target before that was not reached: who raises it raises faster
// than is attained.
type Missed struct {
	Period value.Period
	Target int64
	// Percent is how much of it was reached or, while its period runs, is going
	// to be at this pace.
	Percent decimal.Decimal
}

// missed is the last target whose attainment can be told, if it was not attained,
// and what it comes to for the working days of this period.
func (x past) missed(figures []int64, targets []*Target) (m Missed, base int64, ok bool) {
	for i, t := range targets[:lookBack] {
		p := x.paces[i]
		if _, told := x.carried(i, figures); !told || t == nil || t.Unrated || t.N <= 0 {
			continue
		}
		reached := times(figures[i], p.Days, p.Gone)
		if reached >= t.N {
			return m, 0, false
		}
		m = Missed{Period: x.periods[i], Target: t.N}
		m.Percent, _ = percent(reached, t.N)
		return m, times(t.N, x.days, p.Days), true
	}
	return m, 0, false
}

// Ceiling is the most that somebody may be asked for without a reason.
type Ceiling struct {
	Most     int64
	Known    bool // there is one: something was carried, or a target was missed
	Capacity int64
	Carried  bool    // there is a capacity
	Missed   *Missed // a target before that was missed holds it down; nil = the capacity does
}

// ceiling is so many percent above what was carried before. Where the last target
// was missed it is so much above that one, or above what the same season brought
// a year ago, whatever was carried at better times.
func (x past) ceiling(figures []int64, targets []*Target, percent int) (c Ceiling) {
	c.Capacity, c.Carried = x.capacity(figures)
	if c.Known = c.Carried; c.Known {
		c.Most = limitOf(c.Capacity, percent)
	}
	m, base, ok := x.missed(figures, targets)
	if !ok {
		return c
	}
	if season, told := x.carried(x.year, figures); told {
		base = max(base, season)
	}
	if most := limitOf(base, percent); !c.Known || most < c.Most {
		c.Most, c.Known, c.Missed = most, true, &m
	}
	return c
}

// limitOf is the most that may be asked without a reason.
func limitOf(capacity int64, percent int) int64 {
	return decimal.NewFromInt(capacity).Mul(decimal.NewFromInt(int64(100+percent))).DivRound(decimal.NewFromInt(100), 0).IntPart()
}

// checkRaise asks for a reason where somebody is to reach much more than he, or
// his team, ever carried, or much more than a target that was missed (R107). What
// is over already is not asked for, and a target that goes down neither. A reason
// that was given for an earlier raise does not answer another one, and what has no
// rate cannot be judged, so that it asks for one too.
func (r *Room) checkRaise(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if s.Actor().System() || s.Undoing() {
		return nil
	}
	limit, err := RaiseLimit(ctx, s)
	if err != nil {
		return err
	}
	for _, d := range living(drafts) {
		x, up := raised(s, d)
		if !up || reasoned(d) {
			continue
		}
		c, err := r.ceiling(ctx, s, d, limit)
		if err != nil {
			return err
		}
		if c.Known && (x.unrated || x.n > c.Most) {
			r.askWhy(s, d, x, c, limit)
		}
	}
	return nil
}

// reasoned reports whether the draft says why. A change has to say it itself; who
// brings a target back says nothing new.
func reasoned(d *record.Draft) bool {
	reason, said := record.Will(d, TargetReason)
	return said && reason != "" && (d.Doing != record.Updating || d.Changed(TargetReason.Name()))
}

// askWhy refuses a raise for want of a reason.
func (r *Room) askWhy(s *record.Session, d *record.Draft, x aim, c Ceiling, limit int) {
	switch {
	case x.unrated:
		d.Refuse(TargetReason.Name(), "goal.raise_unrated", fault.Args{"value": x.stated, "carried": r.told(s, d, c.Capacity)})
	case c.Missed != nil:
		d.Refuse(TargetReason.Name(), "goal.raise_missed", fault.Args{"percent": limit, "period": c.Missed.Period,
			"target": r.told(s, d, c.Missed.Target), "attained": c.Missed.Percent.Round(0).IntPart()})
	default:
		d.Refuse(TargetReason.Name(), "goal.raise", fault.Args{"percent": limit, "carried": r.told(s, d, c.Capacity)})
	}
	if reason, _ := record.Will(d, TargetReason); reason != "" {
		d.Refuse(TargetReason.Name(), "goal.raise_again", nil)
	}
}

// told is a figure as a message says it.
func (r *Room) told(s *record.Session, d *record.Draft, n int64) any {
	name, _ := record.Will(d, TargetMeasure)
	if m, _ := r.Measure(name); m.Money {
		return value.Money{Minor: n, Currency: s.Settings().Currency}
	}
	return n
}

// aim is what a draft aims at; unrated says that its currency has no rate.
type aim struct {
	n       int64
	stated  value.Money
	unrated bool
}

// raised is what the draft aims at, and whether that is more than it did before it
// was changed. Without a rate only amounts of one currency can be compared.
func raised(s *record.Session, d *record.Draft) (aim, bool) {
	first, _ := record.Will(d, TargetFirst)
	last, known := record.Will(d, TargetLast)
	if !known || last < s.Today() {
		return aim{}, false
	}
	read := func(m value.Money, hasMoney bool, count int64) aim {
		if !hasMoney {
			return aim{n: count}
		}
		n, rated := s.BaseFrom(m, first, s.Today())
		return aim{n: n, stated: m, unrated: !rated}
	}
	m, hasMoney := record.Will(d, TargetAmount)
	count, _ := record.Will(d, TargetNumber)
	x, was := read(m, hasMoney, count), aim{}
	if d.Doing == record.Updating && !another(d) {
		m, hasMoney = record.Was(d, TargetAmount)
		count, _ = record.Was(d, TargetNumber)
		was = read(m, hasMoney, count)
	}
	if x.unrated {
		return x, x.stated.Minor > 0 && (was.stated.Currency != x.stated.Currency || x.stated.Minor > was.stated.Minor)
	}
	return x, x.n > was.n
}

// another reports whether the draft makes a target one of somebody or something
// else, so that what it was before says nothing.
func another(d *record.Draft) bool {
	for _, name := range []string{TargetPeriod.Name(), TargetMember.Name(), TargetTeam.Name(), TargetMeasure.Name()} {
		if d.Changed(name) {
			return true
		}
	}
	return false
}

// ceiling is the most that the target may ask for without a reason, by what its
// people reached and were asked for before.
func (r *Room) ceiling(ctx context.Context, s *record.Session, d *record.Draft, limit int) (Ceiling, error) {
	name, _ := record.Will(d, TargetMeasure)
	m, ok := r.Measure(name)
	if _, err := s.Object(m.Object); !ok || err != nil {
		return Ceiling{}, nil
	}
	text, _ := record.Will(d, TargetPeriod)
	p, err := value.ParsePeriod(text, periodStart(s))
	if err != nil {
		return Ceiling{}, nil // the rule before has said so
	}
	narrow := r.narrowed(d)
	src, err := m.source(narrow)
	if err != nil {
		return Ceiling{}, nil // likewise
	}
	cal, err := hours.Of(ctx, s)
	if err != nil {
		return Ceiling{}, err
	}
	x := pastOf(cal, p, s.Today())
	c, err := count(ctx, s, src, narrow, x.spans)
	if err != nil {
		return Ceiling{}, err
	}
	set, err := r.before(ctx, s, x.periods, Question{Measure: m.Name, Narrow: narrow})
	if err != nil {
		return Ceiling{}, err
	}
	member, _ := record.Will(d, TargetMember)
	team, _ := record.Will(d, TargetTeam)
	return x.ceiling(c.whose(s, member, team), set.of(member, team), limit), nil
}

// setBefore are the targets that were set for some periods, each in its place.
type setBefore [][]*Target

// before are the targets of periods that are looked back to.
func (r *Room) before(ctx context.Context, s *record.Session, periods []value.Period, q Question) (setBefore, error) {
	out := make(setBefore, len(periods))
	for i, p := range periods {
		ask := q
		ask.Period = p
		list, err := record.Memo(s, targetsKey{fmt.Sprint(ask), s.Actor().Name() + s.Actor().Member().String()}, func() ([]*Target, error) { return r.Set(ctx, s, ask) })
		if err != nil {
			return nil, err
		}
		out[i] = list
	}
	return out, nil
}

// targetsKey finds what was asked for once in a transaction.
type targetsKey struct{ question, who string }

// of are somebody's targets of those periods, nil where none was set.
func (list setBefore) of(member, team value.ID) []*Target {
	out := make([]*Target, len(list))
	for i := range list {
		out[i] = targetIn(list[i], member, team)
	}
	return out
}

// targetIn is somebody's among targets, nil where he has none.
func targetIn(set []*Target, member, team value.ID) *Target {
	if i := slices.IndexFunc(set, func(t *Target) bool { return t.Member == member && t.Team == team }); i >= 0 {
		return set[i]
	}
	return nil
}
