package goal

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Version is what a target was from a day of its period on.
type Version struct {
	From value.Date
	At   time.Time // when it was set
	N    int64
	// Stated and Unrated are as those of a target.
	Stated  value.Money
	Unrated bool
	// By set it, with a reason or without one; see Tell. 0 = the program did, or
	// nobody knows any more.
	By          value.ID
	Who, Reason string

	act value.ID
}

// same reports whether both aim at the same.
func (v Version) same(x Version) bool { return v.N == x.N && v.Stated == x.Stated }

// versions tells, of targets that were changed after their period had begun, what
// they were on which days. Changes before it are planning and count for nothing.
func versions(ctx context.Context, s *record.Session, list []*Target) error {
	by := map[value.ID]*Target{}
	for _, t := range list {
		by[t.ID] = t
	}
	zone := s.Env().Zone
	err := eachSpan(ctx, s, list, s.Today(), func(id value.ID, x span) {
		v := Version{At: time.UnixMilli(x.from).UTC(), From: value.DateOf(time.UnixMilli(x.from), zone), N: x.n, Stated: x.stated, Unrated: x.unrated, act: x.act}
		by[id].add(v, value.DateOf(time.UnixMilli(min(x.to, 1<<52)), zone))
	})
	for _, t := range list {
		t.weigh()
	}
	return err
}

// span is what a target was from one moment until another.
type span struct {
	from, to int64
	act      value.ID
	n        int64
	stated   value.Money
	unrated  bool
}

// eachSpan reads what targets were, each from its beginning on, as they are worth
// on a day.
func eachSpan(ctx context.Context, s *record.Session, list []*Target, today value.Date, fn func(value.ID, span)) error {
	sees := func(name string) bool {
		f, ok := s.Schema().MustObject(Targets.Name).Field(name)
		return ok && s.Sees(f)
	}
	amounts, numbers := sees(TargetAmount.Name()), sees(TargetNumber.Name())
	for chunk := range slices.Chunk(list, 500) {
		holders, args, first := make([]string, len(chunk)), make([]any, len(chunk)), map[value.ID]value.Date{}
		for i, t := range chunk {
			holders[i], args[i], first[t.ID] = s.Tx().Dialect().Param(i+1, store.Int), t.ID, t.First
		}
		rows, err := s.Tx().Query(ctx, `SELECT record, from_ms, to_ms, amount, amount_c, number, act FROM {span_target} WHERE record IN (`+strings.Join(holders, ", ")+
			`) ORDER BY record, from_ms`, args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			id, _ := rows.ID(0)
			var x span
			x.from, _ = rows.Int(1)
			x.to, _ = rows.Int(2)
			if minor, ok := rows.Int(3); ok && amounts {
				code, _ := rows.Text(4)
				x.stated = value.Money{Minor: minor, Currency: strings.Clone(code)}
				x.n, ok = s.BaseFrom(x.stated, first[id], today)
				x.unrated = !ok
			} else if numbers {
				x.n, _ = rows.Int(5)
			}
			x.act, _ = rows.ID(6)
			fn(id, x)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}

// SetAsOf are the targets of a period as they were set at a moment, zero = now.
// One that was not set by then is not among them, one that was deleted since is.
func (r *Room) SetAsOf(ctx context.Context, s *record.Session, q Question, at time.Time) ([]*Target, error) {
	list, err := r.Set(ctx, s, q)
	if err != nil || at.IsZero() {
		return list, err
	}
	gone, err := targetsOf(ctx, s, q, r.narrow, at)
	if err != nil {
		return nil, err
	}
	list = append(list, gone...)
	then := map[value.ID]span{}
	if err := eachSpan(ctx, s, list, value.DateOf(at, s.Env().Zone), func(id value.ID, x span) {
		if x.from <= at.UnixMilli() && at.UnixMilli() < x.to {
			then[id] = x
		}
	}); err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(t *Target) bool { _, set := then[t.ID]; return !set })
	for _, t := range list {
		x := then[t.ID]
		t.N, t.Stated, t.Unrated, t.Versions, t.ByDays = x.n, x.stated, x.unrated, nil, x.n
	}
	return list, nil
}

// add takes up what the target was from a moment until a day; the last one of a
// day counts for it.
func (t *Target) add(v Version, until value.Date) {
	if until < t.First || v.From > t.Last {
		return
	}
	v.From = max(v.From, t.First)
	n := len(t.Versions)
	if n > 0 && t.Versions[n-1].same(v) {
		return
	}
	if n > 0 && t.Versions[n-1].From == v.From {
		if n--; n > 0 && t.Versions[n-1].same(v) { // changed and changed back on one day
			t.Versions = t.Versions[:n]
			return
		}
	}
	t.Versions = append(t.Versions[:n], v)
}

// weigh works out the mean by days. The first version counts from the beginning
// of the period, whenever it was set.
func (t *Target) weigh() {
	t.ByDays = t.N
	if len(t.Versions) < 2 {
		t.Versions = nil
		return
	}
	t.Versions[0].From = t.First
	sum, days := int64(0), int64(t.Last-t.First)+1
	for i, v := range t.Versions {
		end := t.Last + 1
		if i+1 < len(t.Versions) {
			end = t.Versions[i+1].From
		}
		sum += v.N / days * int64(end-v.From)
		sum += v.N % days * int64(end-v.From) / days
	}
	t.ByDays = sum
}

// ByDaysKnown reports whether there is a mean by days: the target has versions, and
// each of them a rate.
func (t *Target) ByDaysKnown() bool {
	return len(t.Versions) > 0 && !slices.ContainsFunc(t.Versions, func(v Version) bool { return v.Unrated })
}

// mostDeeds is how many changes of a target are looked through for who set it.
const mostDeeds = 1_000

// Tell adds to the versions of targets who set them and why, as history has it.
func Tell(ctx context.Context, s *record.Session, b *Board) error {
	for _, l := range b.Lines {
		if l.Target == nil || len(l.Target.Versions) == 0 {
			continue
		}
		if err := l.Target.tell(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// tell goes back through what was done to a target. A reason belongs to the change
// that it was given with.
func (t *Target) tell(ctx context.Context, s *record.Session) error {
	entries, err := s.History(ctx, Targets.Name, t.ID, 0, mostDeeds)
	if err != nil {
		return err
	}
	reason := t.Reason
	for _, e := range entries {
		said, before := e.Kind == string(record.Creating), reason
		for _, c := range e.Changes {
			if c.Field != TargetReason.Name() {
				continue
			}
			said, before = true, ""
			if len(c.Old) > 0 {
				if err := json.Unmarshal(c.Old, &before); err != nil {
					return err
				}
			}
		}
		for i := range t.Versions {
			if v := &t.Versions[i]; v.act == e.Act && v.act != 0 {
				if v.By = e.Actor; e.Actor != 0 {
					v.Who = s.Roster().Name(e.Actor)
				}
				if said {
					v.Reason = reason
				}
			}
		}
		reason = before
	}
	return nil
}
