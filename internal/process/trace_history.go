package process

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// KindHistory is a step that no blueprint governed: history tells of it.
const KindHistory = "history"

// withHistory adds what history tells of a record's stages to its steps, where no
// blueprint wrote the step down.
func withHistory(ctx context.Context, s *record.Session, o *schema.Object, id value.ID, list []Passage) ([]Passage, error) {
	f := StageField(s, o)
	if f == nil || !s.Actor().CanFilter(f) {
		return list, nil
	}
	type step struct {
		act   value.ID
		state string
	}
	written := map[step]bool{}
	for _, p := range list {
		written[step{p.Act, p.State}] = true
	}
	labels, err := labelsOf(ctx, s, f)
	if err != nil {
		return nil, err
	}
	was := ""
	err = s.EachComing(ctx, o.Name, f.Name, []value.ID{id}, time.Time{}, func(_ value.ID, x record.Coming) {
		stage, _ := x.State.(value.ID)
		p := Passage{Was: was, WasLabel: label(labels, was), State: stage.String(), Label: label(labels, stage.String()), Kind: KindHistory, Act: x.Act, Member: x.Actor, At: x.At}
		was = p.State
		if !written[step{p.Act, p.State}] {
			list = append(list, p)
		}
	})
	slices.SortStableFunc(list, func(a, b Passage) int { return a.At.Compare(b.At) })
	return list, err
}

// StageField is the tracked link of an object to a list of states, nil for none.
func StageField(s *record.Session, o *schema.Object) *schema.FieldDef {
	for _, f := range o.Fields {
		if target := s.Schema().Target(f); f.Kind == schema.KindLink && f.Tracked && target != nil && target.StateList {
			return f
		}
	}
	return nil
}
