package goal

import (
	"context"
	"encoding/json"
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
	spans []Days
	paces []Pace
	days  int // working days of the period itself
}

func pastOf(cal *hours.Calendar, p value.Period, today value.Date) past {
	x := past{days: paceOf(cal, DaysOf(p), today).Days}
	for i := 1; i <= lookBack; i++ {
		x.spans = append(x.spans, DaysOf(p.Add(-i)))
	}
	if year := DaysOf(p.YearBefore()); !slices.Contains(x.spans, year) {
		x.spans = append(x.spans, year)
	}
	for _, d := range x.spans {
		x.paces = append(x.paces, paceOf(cal, d, today))
	}
	return x
}

// capacity is the most that was reached in one of those periods for each working
// day, for as many days as this one has; false when nothing was.
func (x past) capacity(figures []int64) (best int64, known bool) {
	for i, n := range figures {
		p := x.paces[i]
		if n <= 0 || p.Gone == 0 || p.Left > 0 && p.Gone < fewDays || x.days == 0 {
			continue
		}
		if carried := times(n, x.days, p.Gone); !known || carried > best {
			best, known = carried, true
		}
	}
	return best, known
}

// limitOf is the most that may be asked without a reason.
func limitOf(capacity int64, percent int) int64 {
	return decimal.NewFromInt(capacity).Mul(decimal.NewFromInt(int64(100+percent))).DivRound(decimal.NewFromInt(100), 0).IntPart()
}

// checkRaise asks for a reason where somebody is to reach much more than he, or
// his team, ever carried (R107). What is over already is not asked for, and a
// target that goes down neither.
func (r *Room) checkRaise(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if s.Actor().System() || s.Undoing() {
		return nil
	}
	limit, err := RaiseLimit(ctx, s)
	if err != nil {
		return err
	}
	for _, d := range living(drafts) {
		n, was, ok := valueOf(s, d)
		if reason, said := record.Will(d, TargetReason); !ok || n <= was || said && reason != "" {
			continue
		}
		capacity, known, err := r.carried(ctx, s, d)
		if err != nil {
			return err
		}
		if known && n > limitOf(capacity, limit) {
			args := fault.Args{"percent": limit, "carried": r.told(s, d, capacity)}
			d.Refuse(TargetReason.Name(), "goal.raise", args)
		}
	}
	return nil
}

// told is a figure as a message says it.
func (r *Room) told(s *record.Session, d *record.Draft, n int64) any {
	name, _ := record.Will(d, TargetMeasure)
	if m, _ := r.Measure(name); m.Money {
		return value.Money{Minor: n, Currency: s.Settings().Currency}
	}
	return n
}

// valueOf is what the draft aims at, and what it did before it was changed.
func valueOf(s *record.Session, d *record.Draft) (n, was int64, ok bool) {
	last, known := record.Will(d, TargetLast)
	if !known || last < s.Today() {
		return 0, 0, false
	}
	read := func(m value.Money, hasMoney bool, count int64, hasCount bool) (int64, bool) {
		if hasMoney {
			return s.Base(m)
		}
		return count, hasCount
	}
	m, hasMoney := record.Will(d, TargetAmount)
	c, hasCount := record.Will(d, TargetNumber)
	n, ok = read(m, hasMoney, c, hasCount)
	if d.Doing == record.Updating && !d.Changed(TargetPeriod.Name()) && !d.Changed(TargetMember.Name()) && !d.Changed(TargetTeam.Name()) {
		m, hasMoney = record.Was(d, TargetAmount)
		c, hasCount = record.Was(d, TargetNumber)
		was, _ = read(m, hasMoney, c, hasCount)
	}
	return n, was, ok
}

// carried is the most that the target's people reached before, for the working
// days of its period.
func (r *Room) carried(ctx context.Context, s *record.Session, d *record.Draft) (int64, bool, error) {
	name, _ := record.Will(d, TargetMeasure)
	m, ok := r.Measure(name)
	if _, err := s.Object(m.Object); !ok || err != nil {
		return 0, false, nil
	}
	text, _ := record.Will(d, TargetPeriod)
	p, err := value.ParsePeriod(text, periodStart(s))
	if err != nil {
		return 0, false, nil // the rule before has said so
	}
	narrow := r.narrowed(d)
	src, err := m.source(narrow)
	if err != nil {
		return 0, false, nil // likewise
	}
	cal, err := hours.Of(ctx, s)
	if err != nil {
		return 0, false, err
	}
	x := pastOf(cal, p, s.Today())
	c, err := count(ctx, s, src, narrow, x.spans)
	if err != nil {
		return 0, false, err
	}
	member, _ := record.Will(d, TargetMember)
	team, _ := record.Will(d, TargetTeam)
	n, known := x.capacity(c.whose(s, member, team))
	return n, known, nil
}
