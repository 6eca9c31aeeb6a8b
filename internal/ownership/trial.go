package ownership

import (
	"cmp"
	"context"
	"slices"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Share is how many records a rule, a member or a pool would have got.
type Share struct {
	ID    value.ID
	Name  string
	Count int
}

// Trial is whom the rules would have given the records of some time, in
// numbers.
type Trial struct {
	Judged, Fallback, Nobody int
	// More says that there were more records; the latest are counted.
	More            bool
	Rules, Members  []Share
	byRule, byOwner map[value.ID]*Share
}

// mostTried is how many records a trial counts.
const mostTried = 1000

// TryOut judges the records made since a moment, each as if it came in when it
// did. A change of the rules is made before and taken back after it; nil
// changes nothing.
func (x *Room) TryOut(ctx context.Context, s *record.Session, object string, since time.Time, change func() error) (*Trial, error) {
	if !slices.Contains(Assigned, object) {
		return nil, fault.New(fault.Invalid, "ownership.not_assigned", fault.Args{"object": value.Printable(object)})
	}
	t := &Trial{byRule: map[value.ID]*Share{}, byOwner: map[value.ID]*Share{}}
	if change == nil {
		return t, x.tryOut(ctx, s, object, since, t)
	}
	return t, s.Rehearse(ctx, func() error {
		if err := change(); err != nil {
			return err
		}
		return x.tryOut(ctx, s, object, since, t)
	})
}

func (x *Room) tryOut(ctx context.Context, s *record.Session, object string, since time.Time, t *Trial) error {
	rules, err := rulesOf(ctx, s)
	if err != nil {
		return err
	}
	now := &round{room: x, s: s, rules: rules, turns: map[value.ID]int{}}
	q := record.Query{Object: object, Filter: `created_at >= "` + since.UTC().Format(time.RFC3339) + `"`, Sort: "-created_at,-id", Limit: 200}
	for t.Judged < mostTried {
		page, err := s.Query(ctx, q)
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			now.at, _ = r.Field("created_at").(time.Time)
			v, err := now.judge(ctx, object, r)
			if err != nil {
				return err
			}
			t.count(s, v)
		}
		q.Cursor = page.Next
		if t.More = page.Next != ""; !t.More {
			break
		}
	}
	t.Rules, t.Members = ranked(t.byRule), ranked(t.byOwner)
	return nil
}

func (t *Trial) count(s *record.Session, v Verdict) {
	t.Judged++
	switch {
	case v.Owner == 0 && v.Pool == 0:
		t.Nobody++
	case v.Fallback:
		t.Fallback++
	}
	if v.Rule != 0 {
		add(t.byRule, v.Rule, v.Name)
	}
	if v.Owner != 0 {
		add(t.byOwner, v.Owner, s.Roster().Name(v.Owner))
	}
	if v.Pool != 0 {
		add(t.byOwner, v.Pool, v.pool.name)
	}
}

func add(to map[value.ID]*Share, id value.ID, name string) {
	if to[id] == nil {
		to[id] = &Share{ID: id, Name: name}
	}
	to[id].Count++
}

// ranked are shares, the largest first.
func ranked(of map[value.ID]*Share) []Share {
	list := make([]Share, 0, len(of))
	for _, x := range of {
		list = append(list, *x)
	}
	slices.SortFunc(list, func(a, b Share) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID)) })
	return list
}
