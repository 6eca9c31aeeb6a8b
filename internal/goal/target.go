package goal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Question asks for targets and how far they are.
type Question struct {
	Period  value.Period
	Measure string              // "" = all
	Narrow  map[string]value.ID // nil = only those that are not narrowed
	Member  value.ID            // 0 = everybody whom the actor may read
	Team    value.ID            // with all below it; 0 = all
	// Everybody asks a planning sheet also for people of whom there are no figures.
	Everybody bool
}

// mostTargets is how many one question answers.
const mostTargets = 5000

// Set are the targets set for exactly that period that the actor may read, with
// what they were before they were changed while it ran.
func (r *Room) Set(ctx context.Context, s *record.Session, q Question) ([]*Target, error) {
	return targetsOf(ctx, s, q, r.narrow, time.Time{})
}

// Narrowings are what targets of exactly that period are narrowed to, each once:
// what Question.Narrow can ask for, of objects that the actor may read.
func (r *Room) Narrowings(ctx context.Context, s *record.Session, p value.Period) (list []map[string]value.ID, err error) {
	var seen []string
	for _, name := range r.narrow {
		f, ok := s.Schema().MustObject(Targets.Name).Field(name)
		if !ok || !s.Actor().Sees(f) {
			continue
		}
		if _, err := s.Object(f.Target); err == nil {
			seen = append(seen, name)
		}
	}
	if len(seen) == 0 {
		return nil, nil
	}
	filter := fmt.Sprintf("first_day = date(%q) and last_day = date(%q) and (%s is not empty)", p.First().String(), p.Last().String(), strings.Join(seen, " is not empty or "))
	by := map[string]map[string]value.ID{}
	err = s.Each(ctx, record.Query{Object: Targets.Name, Filter: filter, Fields: seen}, func(rec *record.Record) error {
		narrow := narrowOf(rec, seen)
		by[keyOf(0, 0, "", Days{}, narrow)] = narrow
		return nil
	})
	for _, key := range slices.Sorted(maps.Keys(by)) {
		list = append(list, by[key])
	}
	return list, err
}

// targetsOf are the targets that are there, or those that were deleted after a moment.
func targetsOf(ctx context.Context, s *record.Session, q Question, narrow []string, gone time.Time) ([]*Target, error) {
	parts := []string{fmt.Sprintf("first_day = date(%q) and last_day = date(%q)", q.Period.First().String(), q.Period.Last().String())}
	if q.Measure != "" {
		parts = append(parts, fmt.Sprintf("measure = %q", q.Measure))
	}
	if q.Member != 0 {
		parts = append(parts, fmt.Sprintf("member = %q", q.Member))
	}
	for _, name := range narrow {
		if id := q.Narrow[name]; id != 0 {
			parts = append(parts, fmt.Sprintf("%s = %q", name, id))
		} else {
			parts = append(parts, name+" is empty")
		}
	}
	var list []*Target
	err := s.Each(ctx, record.Query{Object: Targets.Name, Filter: strings.Join(parts, " and "), Gone: gone}, func(rec *record.Record) error {
		t := targetOf(s, rec, narrow)
		if q.Team == 0 || t.Team != 0 && s.Roster().Below(q.Team, t.Team) || t.Member != 0 && s.Roster().InTeam(t.Member, q.Team) {
			list = append(list, t)
		}
		return nil
	})
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list[:min(len(list), mostTargets)], versions(ctx, s, list)
}

// Target is one that the actor may read.
func (r *Room) Target(ctx context.Context, s *record.Session, id value.ID) (*Target, error) {
	rec, err := s.Get(ctx, Targets.Name, id)
	if err != nil {
		return nil, err
	}
	return targetOf(s, rec, r.narrow), nil
}

// Read is the target that a record is.
func (r *Room) Read(s *record.Session, rec *record.Record) *Target { return targetOf(s, rec, r.narrow) }

// Span is the period of the target. It is refused in words where the fiscal
// calendar was changed since, so that no period has these days any more.
func (t *Target) Span(s *record.Session) (value.Period, error) {
	for _, kind := range value.PeriodKinds() {
		if p := value.PeriodOf(kind, t.First, periodStart(s)); p.First() == t.First && p.Last() == t.Last {
			return p, nil
		}
	}
	return value.Period{}, fault.New(fault.Conflict, "goal.other_calendar", fault.Args{"period": t.Period, "from": t.First, "to": t.Last})
}

// Expected is what may be expected of what is open and due on some days, of the
// people of a target, and how many amounts of it have no rate; false where nobody can
// tell.
func (r *Room) Expected(ctx context.Context, s *record.Session, m Measure, t *Target, d Days) (n, unrated int64, known bool, err error) {
	src := m.Expected
	if src.Object == "" {
		return 0, 0, false, nil
	}
	for field := range t.Narrow {
		if src.Paths[field] == "" {
			return 0, 0, false, nil
		}
	}
	c, err := count(ctx, s, src, t.Narrow, []Days{d})
	if err != nil {
		return 0, 0, false, err
	}
	return c.whose(s, t.Member, t.Team)[0], c.unrated.whose(s, t.Member, t.Team)[0], true, nil
}
