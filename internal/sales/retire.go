package sales

import (
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Places are a company's list of states that the records of an object stand in,
// each with a name, a kind and whether it is in use.
type Places struct {
	List, Of *schema.Object
	// By is the field that says where a record stands.
	By schema.Field[value.ID]
	// Within is a field of the list: records stay among the states that have the
	// same there; "" = among all.
	Within string
}

// Where deals and leads stand.
var (
	DealPlaces = Places{List: Stages, Of: Deals, By: DealStage, Within: StagePipeline.Name()}
	LeadPlaces = Places{List: LeadStages, Of: Leads, By: LeadStage}
)

// The fields that every such list has.
const (
	placeKind   = "kind"
	placeActive = "active"
)

// InUse reports whether something may still go into a state.
func InUse(state *record.Record) bool { return state.Field(placeActive) != false }

// Alike are the other states in use that what stands in one may go to.
func (p Places) Alike(state *record.Record, all []*record.Record) (list []*record.Record) {
	for _, x := range all {
		if x.ID != state.ID && InUse(x) && x.Field(placeKind) == state.Field(placeKind) && (p.Within == "" || x.Field(p.Within) == state.Field(p.Within)) {
			list = append(list, x)
		}
	}
	return list
}

// Retire takes a state out of use. Records that stand in it go to another of
// its kind, many of them by a job, in the same act. A state that records were in
// stays as a retired one, so that their history keeps its name; one that nobody
// used is deleted.
func (p Places) Retire(ctx context.Context, s *record.Session, id, to value.ID) (*record.BulkRun, error) {
	state, err := s.Get(ctx, p.List.Name, id)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.NotFound, "stage.unknown", nil)
	}
	if err != nil {
		return nil, err
	}
	page, err := s.Query(ctx, record.Query{Object: p.List.Name, Limit: 1000})
	if err != nil {
		return nil, err
	}
	named := fault.Args{"stage": state.Title()}
	alike := p.Alike(state, page.Records)
	if InUse(state) && len(alike) == 0 {
		return nil, fault.New(fault.Conflict, "stage.last_of_kind", named)
	}
	used, err := stageUsed(ctx, s, p, id)
	if err != nil {
		return nil, err
	}
	if !used {
		return nil, p.drop(ctx, s, id)
	}
	if !slices.ContainsFunc(alike, func(x *record.Record) bool { return x.ID == to }) {
		return nil, fault.New(fault.Invalid, "stage.where_to", named).With(fault.Field{Path: "to", Key: "stage.where_to", Args: named})
	}
	if err := p.putAway(ctx, s, id); err != nil {
		return nil, err
	}
	return s.ChangeMany(ctx, record.Bulk{Object: p.Of.Name, Do: record.Updating, Filter: p.By.Name() + ` = "` + id.String() + `"`, Values: record.With(record.Values{}, p.By, to)})
}

func (p Places) putAway(ctx context.Context, s *record.Session, id value.ID) error {
	_, err := s.Update(ctx, p.List.Name, id, 0, record.Values{placeActive: false})
	return err
}

// drop deletes a state that nothing ever was in, and retires another.
func (p Places) drop(ctx context.Context, s *record.Session, id value.ID) error {
	var found value.ID
	column := p.By.Name() + "_id"
	known, err := s.Tx().Row(ctx, `SELECT record FROM {span_`+p.Of.Table+`} WHERE `+column+` = $1 LIMIT 1`, []any{id}, &found)
	if err != nil {
		return err
	}
	if !known { // what is in the trash keeps its state too
		known, err = s.Tx().Row(ctx, `SELECT id FROM {`+p.Of.Table+`} WHERE `+column+` = $1 LIMIT 1`, []any{id}, &found)
	}
	switch {
	case err != nil:
		return err
	case known:
		return p.putAway(ctx, s, id)
	}
	return s.Delete(ctx, p.List.Name, id)
}

// stageUsed reports whether a record stands in the state.
func stageUsed(ctx context.Context, s *record.Session, p Places, state value.ID) (bool, error) {
	var id value.ID
	return s.Tx().Row(ctx, `SELECT id FROM {`+p.Of.Table+`} WHERE `+p.By.Name()+`_id = $1 AND deleted_at IS NULL LIMIT 1`, []any{state}, &id)
}
