package app

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Holding is how much of an object a member owns: what is still to be worked on
// where the object tells that apart, everything otherwise.
type Holding struct {
	Object *schema.Object
	Count  int64
	Capped bool
	// Filter lists the records.
	Filter string
}

// Holdings are what a member would leave behind.
func Holdings(ctx context.Context, s *record.Session, member value.ID) ([]Holding, error) {
	var all []Holding
	for _, o := range s.Schema().Objects() {
		if o.Access != schema.Owned || o.Personal != "" || !s.Actor().Can(o, access.Read) {
			continue
		}
		h := Holding{Object: o, Filter: heldBy(o, member)}
		var err error
		if h.Count, h.Capped, err = s.Count(ctx, record.Query{Object: o.Name, Filter: h.Filter, Count: record.CountCapped}); err != nil {
			return nil, err
		}
		if h.Count > 0 {
			all = append(all, h)
		}
	}
	return all, nil
}

func heldBy(o *schema.Object, member value.ID) string {
	filter := `owner = "` + member.String() + `"`
	switch {
	case o == activity.Activities || o.Name == activity.Activities.Name:
		return filter + ` and kind = "task" and not done = true`
	case o.Open != "":
		return filter + ` and ` + o.Open
	}
	return filter
}

// HandOver gives what a member holds of some objects to a colleague, and
// answers how many records that were.
func HandOver(ctx context.Context, s *record.Session, from, to value.ID, objects []string) (moved int, err error) {
	if from == to || !s.Roster().Active(to) {
		return 0, fault.New(fault.Invalid, "app.no_heir", nil).With(fault.Field{Path: "to", Key: "app.no_heir"})
	}
	for _, name := range objects {
		o, err := s.Object(name)
		if err != nil {
			return moved, err
		}
		n, err := handOver(ctx, s, o, from, to)
		moved += n
		if err != nil {
			return moved, err
		}
	}
	return moved, nil
}

func handOver(ctx context.Context, s *record.Session, o *schema.Object, from, to value.ID) (moved int, err error) {
	q := record.Query{Object: o.Name, Filter: heldBy(o, from), Fields: []string{"id"}, Limit: 500}
	for {
		page, err := s.Query(ctx, q)
		if err != nil || len(page.Records) == 0 {
			return moved, err
		}
		b := record.Batch{Object: o.Name, Accept: true}
		for _, r := range page.Records {
			b.Changes = append(b.Changes, record.Change{ID: r.ID, Values: record.Values{"owner": to}})
		}
		if _, err := s.Save(ctx, b); err != nil {
			return moved, err
		}
		moved += len(b.Changes)
		if page.Next == "" {
			return moved, nil
		}
	}
}
