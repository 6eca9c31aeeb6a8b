package sales

import (
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Places are a company's list of states that the records of an object stand in,
// each with a name, a kind and whether it is in use.
type Places struct {
	List, Of *schema.Object
	// By is the field that says where a record stands.
	By schema.Field[value.ID]
	// Within is a field of the list: records stay among the states that have the
	// same there; "" = among all. It links to what can be switched off as a whole.
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
	run, used, err := p.leave(ctx, s, id, to)
	if err != nil || used {
		return run, err
	}
	return nil, p.drop(ctx, s, id)
}

// Clear is Retire for a state that is kept, whether it was used or not.
func (p Places) Clear(ctx context.Context, s *record.Session, id, to value.ID) (*record.BulkRun, error) {
	run, used, err := p.leave(ctx, s, id, to)
	if err != nil || used {
		return run, err
	}
	return nil, p.putAway(ctx, s, id)
}

// leave takes what stands in a state elsewhere and the state out of use, unless
// nothing stands in it.
func (p Places) leave(ctx context.Context, s *record.Session, id, to value.ID) (run *record.BulkRun, used bool, err error) {
	if err := s.Hold(ctx, p.List.Name, []value.ID{id}); err != nil { // whoever comes in while it goes waits
		return nil, false, err
	}
	state, err := s.Get(ctx, p.List.Name, id)
	if fault.Is(err, fault.NotFound) {
		return nil, false, fault.New(fault.NotFound, "stage.unknown", nil)
	}
	if err != nil {
		return nil, false, err
	}
	page, err := s.Query(ctx, record.Query{Object: p.List.Name, Limit: 1000})
	if err != nil {
		return nil, false, err
	}
	named := fault.Args{"stage": state.Title()}
	alike := p.Alike(state, page.Records)
	if InUse(state) && len(alike) == 0 {
		return nil, false, fault.New(fault.Conflict, "stage.last_of_kind", named)
	}
	if used, err = stageUsed(ctx, s, p, id); err != nil || !used {
		return nil, false, err
	}
	if !slices.ContainsFunc(alike, func(x *record.Record) bool { return x.ID == to }) {
		return nil, true, fault.New(fault.Invalid, "stage.where_to", named).With(fault.Field{Path: "to", Key: "stage.where_to", Args: named})
	}
	if err := p.putAway(ctx, s, id); err != nil {
		return nil, true, err
	}
	run, err = s.ChangeMany(ctx, record.Bulk{Object: p.Of.Name, Do: record.Updating, Filter: p.By.Name() + ` = "` + id.String() + `"`, Values: record.With(record.Values{}, p.By, to)})
	return run, true, err
}

// clearedKey finds the states whose records a retirement takes along.
type clearedKey struct{}

func (p Places) putAway(ctx context.Context, s *record.Session, id value.ID) error {
	cleared, err := record.Memo(s, clearedKey{}, func() (map[value.ID]bool, error) { return map[value.ID]bool{}, nil })
	if err != nil {
		return err
	}
	cleared[id] = true
	_, err = s.Update(ctx, p.List.Name, id, 0, record.Values{placeActive: false})
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

// CheckLeft refuses to take a state out of use, or to delete it, while something
// stands in it, whatever the door: only Retire knows where that goes. It speaks
// before the engine refuses what is linked to, because it knows the way out.
func (p Places) CheckLeft(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	cleared, err := record.Memo(s, clearedKey{}, func() (map[value.ID]bool, error) { return map[value.ID]bool{}, nil })
	if err != nil {
		return err
	}
	for _, d := range drafts {
		leaves := d.Doing == record.Updating && d.Changed(placeActive) && d.Field(placeActive) == false
		if !leaves && d.Doing != record.Deleting || cleared[d.ID] {
			continue
		}
		used, err := stageUsed(ctx, s, p, d.ID)
		if err != nil {
			return err
		}
		named := fault.Args{"stage": d.Before(p.List.Title)}
		if leaves && !s.Undoing() && !s.Actor().System() {
			page, err := s.AsSystem("states of a kind").Query(ctx, record.Query{Object: p.List.Name, Limit: 1000})
			if err != nil {
				return err
			}
			if len(p.Alike(d.Past(), page.Records)) == 0 {
				d.Fail(fault.New(fault.Conflict, "stage.last_of_kind", named))
			}
		}
		if used {
			d.Fail(fault.New(fault.Conflict, "stage.where_to", named).With(fault.Field{Path: MoveTo, Key: "stage.where_to", Args: named}))
		}
	}
	return nil
}

// MoveTo is what a door calls the state that records go to when theirs goes.
const MoveTo = "move_to"

// Closed are the states out of use that drafts come into. Who takes a state out
// of use and who comes into it wait for each other, so that nothing is left
// behind in it.
func (p Places) Closed(ctx context.Context, s *record.Session, drafts []*record.Draft) (map[value.ID]bool, error) {
	closed := map[value.ID]bool{}
	var wanted []value.ID
	for _, d := range drafts {
		if id, ok := record.Will(d, p.By); ok && d.Doing != record.Deleting && d.Changed(p.By.Name()) {
			wanted, closed[id] = append(wanted, id), true
		}
	}
	slices.Sort(wanted)
	from := `{` + p.List.Table + `} x`
	if p.Within != "" { // what is switched off takes its states along
		from += ` JOIN {` + p.Within + `} w ON w.id = x.` + p.Within + `_id AND w.active IS NOT FALSE`
	}
	err := each(ctx, s, slices.Compact(wanted), func(in string) string {
		return `SELECT x.id FROM ` + from + ` WHERE x.id IN (` + in + `) AND x.deleted_at IS NULL AND x.active IS NOT FALSE ORDER BY x.id` + s.Tx().Dialect().ForShare()
	}, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		delete(closed, id)
		return nil
	})
	return closed, err
}

// CheckEntered refuses to put anything into a state that is out of use. What the
// program itself brings happened before.
func (p Places) CheckEntered(ctx context.Context, s *record.Session, drafts []*record.Draft, key string) error {
	if s.Undoing() || s.Actor().System() {
		return nil
	}
	closed, err := p.Closed(ctx, s, drafts)
	if err != nil || len(closed) == 0 {
		return err
	}
	for _, d := range drafts {
		id, _ := record.Will(d, p.By)
		if !closed[id] || !d.Changed(p.By.Name()) || d.Failed() {
			continue
		}
		found, err := s.AsSystem("a state out of use").GetMany(ctx, p.List.Name, []value.ID{id})
		if err != nil {
			return err
		}
		if r := found[id]; r != nil { // a dead link is told elsewhere
			d.Refuse(p.By.Name(), key, fault.Args{"stage": r.Title()})
		}
	}
	return nil
}

// stageUsed reports whether a record stands in the state.
func stageUsed(ctx context.Context, s *record.Session, p Places, state value.ID) (bool, error) {
	var id value.ID
	return s.Tx().Row(ctx, `SELECT id FROM {`+p.Of.Table+`} WHERE `+p.By.Name()+`_id = $1 AND deleted_at IS NULL LIMIT 1`, []any{state}, &id)
}
