package sales

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// PathStage is a stage on the way of a deal or lead, and what it is to it.
type PathStage struct {
	Stage value.ID      `json:"stage"`
	Name  string        `json:"name"`
	State record.OnPath `json:"state"`
	// Retired says that the stage is out of use: it is told of because the record
	// went through it.
	Retired bool `json:"retired,omitempty"`
}

// pathBook is all stages that there ever were, in their order; records remember
// those that are no more.
type pathBook struct {
	ordered []pathPlace
	byID    map[value.ID]pathPlace
}

type pathPlace struct {
	id, pipeline value.ID // of leads, no pipeline
	name, kind   string
	living       bool
}

type pathBookKey struct{ object string }

func pathsOf(ctx context.Context, s *record.Session, o *schema.Object) (*pathBook, error) {
	return record.Keep(s, pathBookKey{o.Name}, func() (*pathBook, error) { return readPaths(ctx, s, o) })
}

func readPaths(ctx context.Context, s *record.Session, o *schema.Object) (*pathBook, error) {
	sql := `SELECT id, pipeline_id, name, kind, active, deleted_at IS NULL FROM {stage} ORDER BY position, id`
	if o.Name == Leads.Name {
		sql = `SELECT id, CAST(0 AS bigint), name, kind, active, deleted_at IS NULL FROM {lead_stage} ORDER BY position, id`
	}
	rows, err := s.Tx().Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	b := &pathBook{byID: map[value.ID]pathPlace{}}
	for rows.Next() {
		var p pathPlace
		var active *bool
		var there bool
		if err := rows.Scan(&p.id, &p.pipeline, &p.name, &p.kind, &active, &there); err != nil {
			return nil, err
		}
		p.living = there && (active == nil || *active)
		b.ordered, b.byID[p.id] = append(b.ordered, p), p
	}
	return b, rows.Err()
}

// Paths tells how deals or leads came through the open stages of their list, up to
// a moment; zero = up to now. Who may not see stages, or those of a record, is
// told nothing of it.
func Paths(ctx context.Context, s *record.Session, o *schema.Object, list []*record.Record, asOf time.Time) (map[value.ID][]PathStage, error) {
	by, stages := placesOf(o)
	if by == "" || len(list) == 0 {
		return nil, nil
	}
	if _, err := s.Object(stages); err != nil {
		return nil, nil //nolint:nilerr // who may not know of stages sees no path
	}
	ids := make([]value.ID, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	been, err := s.BeenIn(ctx, o.Name, by, ids, asOf)
	if err != nil {
		return nil, err
	}
	book, err := pathsOf(ctx, s, o)
	if err != nil {
		return nil, err
	}
	paths := map[value.ID][]PathStage{}
	for _, r := range list {
		if at, ok := r.Field(by).(value.ID); ok {
			paths[r.ID] = book.path(at, been[r.ID])
		}
	}
	return paths, nil
}

// placesOf names the field that says in which stage a record is, and the object of
// stages; "" for records without.
func placesOf(o *schema.Object) (field, stages string) {
	switch o.Name {
	case Deals.Name:
		return DealStage.Name(), Stages.Name
	case Leads.Name:
		return LeadStage.Name(), LeadStages.Name
	}
	return "", ""
}

// path is the row of open stages in use, and of others that the record was in.
func (b *pathBook) path(at value.ID, been []record.Been) []PathStage {
	here := b.byID[at]
	var row []PathStage
	var states []any
	for _, p := range b.ordered {
		was := p.id == at || slices.ContainsFunc(been, func(x record.Been) bool { return x.State == p.id })
		if p.pipeline != here.pipeline || ends(p.kind) || !p.living && !was {
			continue
		}
		row, states = append(row, PathStage{Stage: p.id, Name: p.name, Retired: !p.living}), append(states, any(p.id))
	}
	for i, state := range record.Along(states, been, at, here.kind == Won || here.kind == Converted) {
		row[i].State = state
	}
	return row
}

// ends reports whether a stage of that kind is the end of a deal or lead.
func ends(kind string) bool {
	return kind == Won || kind == Lost || kind == Disqualified || kind == Converted
}
