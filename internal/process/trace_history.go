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
	column := "sp." + s.Tx().Dialect().Quote(f.Column)
	rows, err := s.Tx().Query(ctx, `SELECT `+column+`, sp.from_ms, sp.act, a.actor FROM {`+o.SpanTable()+`} sp LEFT JOIN {act} a ON a.id = sp.act
		WHERE sp.record = $1 AND `+column+` IS NOT NULL ORDER BY sp.from_ms`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	was := ""
	for rows.Next() {
		stage, _ := rows.ID(0)
		state := stage.String()
		if state == was {
			continue
		}
		from, _ := rows.Int(1)
		p := Passage{Was: was, WasLabel: label(labels, was), State: state, Label: label(labels, state), Kind: KindHistory, At: time.UnixMilli(from).UTC()}
		p.Act, _ = rows.ID(2)
		p.Member, _ = rows.ID(3)
		was = state
		if !written[step{p.Act, p.State}] {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b Passage) int { return a.At.Compare(b.At) })
	return list, rows.Err()
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
