package sales

import (
	"cmp"
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Events are what behaviour is scored by.
var Events = []string{eventCall, eventMeeting, eventMailIn, eventMailOut, eventTouch, eventForm}

// Swing is a record whose score a change of the rules moves.
type Swing struct {
	ID            value.ID
	Title         string
	Before, After int64
}

// Effect is what a change of the scoring rules would do to open records: the
// latest ones, of which More says that there are others.
type Effect struct {
	Judged, Up, Down int
	More             bool
	// Most are those that it moves most.
	Most []Swing
	// Problem is why a rule could not be judged, nil where all could.
	Problem error
}

// mostTried is how many records an effect is counted on, mostSwings how many of
// them it names.
const (
	mostTried  = 1000
	mostSwings = 8
)

// openOf is the condition of records that are scored, by object.
func openOf(object string) (string, error) {
	switch object {
	case Leads.Name:
		return OpenLeads, nil
	case Deals.Name:
		return Deals.Open, nil
	}
	return "", fault.New(fault.Invalid, "score.no_object", fault.Args{"object": value.Printable(object)})
}

// TryScoring makes a change of the rules, counts what it does to scores, and
// takes it back. Nothing is saved.
func TryScoring(ctx context.Context, s *record.Session, object string, change func() error) (*Effect, error) {
	open, err := openOf(object)
	if err != nil {
		return nil, err
	}
	var ids []value.ID
	q := record.Query{Object: object, Filter: open, Sort: "-id", Fields: []string{"id"}, Limit: 200}
	for len(ids) < mostTried {
		page, err := s.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			ids = append(ids, r.ID)
		}
		if q.Cursor = page.Next; page.Next == "" {
			break
		}
	}
	x := &Effect{Judged: len(ids), More: q.Cursor != ""}
	before, _, err := scoredNow(ctx, s, object, ids)
	if err != nil {
		return nil, err
	}
	return x, s.Rehearse(ctx, func() error {
		if err := change(); err != nil {
			return err
		}
		after, problem, err := scoredNow(ctx, s, object, ids)
		x.Problem = problem
		x.compare(before, after)
		return err
	})
}

// scoredNow weighs records by the rules as they are, and tells what is wrong
// with one of these.
func scoredNow(ctx context.Context, s *record.Session, object string, ids []value.ID) (map[value.ID]Scored, error, error) {
	rules, err := scoreRulesOf(ctx, s, object)
	if err != nil {
		return nil, nil, err
	}
	all := map[value.ID]Scored{}
	var problem error
	for chunk := range slices.Chunk(ids, 500) {
		scored, problems, err := scoresOf(ctx, s, object, rules, chunk)
		if err != nil {
			return nil, nil, err
		}
		for id, x := range scored {
			all[id] = x
		}
		for _, p := range problems {
			problem = p.why
		}
	}
	return all, problem, nil
}

func (x *Effect) compare(before, after map[value.ID]Scored) {
	var moved []Swing
	for id, now := range after {
		was := before[id]
		switch {
		case now.Sum > was.Sum:
			x.Up++
		case now.Sum < was.Sum:
			x.Down++
		default:
			continue
		}
		moved = append(moved, Swing{id, now.Title, was.Sum, now.Sum})
	}
	slices.SortFunc(moved, func(a, b Swing) int {
		return cmp.Or(cmp.Compare(b.far(), a.far()), cmp.Compare(b.ID, a.ID))
	})
	x.Most = moved[:min(len(moved), mostSwings)]
}

func (w Swing) far() int64 { return max(w.After-w.Before, w.Before-w.After) }

// Explain works out the score of one record by the rules as they are; false
// where a rule cannot be judged.
func Explain(ctx context.Context, s *record.Session, object string, id value.ID) (Scored, bool, error) {
	if _, err := openOf(object); err != nil {
		return Scored{}, false, err
	}
	if _, err := s.Get(ctx, object, id); err != nil {
		return Scored{}, false, err
	}
	all, problem, err := scoredNow(ctx, s, object, []value.ID{id})
	return all[id], problem == nil, err
}
