package sales

import (
	"context"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// FollowStage is the work of letting the deals in a stage follow its chance and
// its category of the forecast, when these are set otherwise. What somebody said
// of an open deal stays.
type FollowStage struct {
	Stage value.ID `json:"stage"`
	After value.ID `json:"after,omitempty"` // the last deal that was looked at
}

// Kind implements jobs.Job.
func (FollowStage) Kind() string { return "sales.follow_stage" }

// FollowCause is why deals change with their stage, as their history tells it.
const FollowCause = "stages.follow"

// following reports whether deals are being brought to what their stages say.
func following(s *record.Session) bool {
	return s.Who().Cause == FollowCause && s.Actor().System()
}

// follow brings the chance of a deal to that of its stage; its category follows
// by categorise.
func follow(d *record.Draft, st stage) {
	if own, _ := record.Will(d, DealOwnChance); st.hasChance && (!own || st.kind != Open) {
		record.Put(d, DealChance, st.chance)
	}
}

// followChanged has deals follow stages that got another chance or category.
func followChanged(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Updating || !d.Changed(StageProbability.Name()) && !d.Changed(StageForecast.Name()) {
			continue
		}
		if err := s.Later(FollowStage{Stage: d.ID}); err != nil {
			return err
		}
	}
	return nil
}

// Behind lists the deals in the stage, after the last one looked at, that do not
// say what it says: ids only, so that a million of them is little to keep, and the
// portions need not be looked for one by one.
func (j FollowStage) Behind(ctx context.Context, s *record.Session) ([]value.ID, error) {
	book, err := bookOf(ctx, s)
	if err != nil {
		return nil, err
	}
	st, ok := book.byID[j.Stage]
	if !ok {
		return nil, nil
	}
	differs := []string{"d.forecast IS DISTINCT FROM $3"}
	args := []any{st.id, j.After, st.category()}
	own := []string{"d.own_forecast IS NOT TRUE"}
	if st.hasChance {
		differs, own = append(differs, "d.probability IS DISTINCT FROM $4"), append(own, "d.own_probability IS NOT TRUE")
		args = append(args, st.chance.Shift(2).IntPart())
	}
	for i := range differs {
		if st.kind == Open {
			differs[i] += " AND " + own[i]
		}
		differs[i] = "(" + differs[i] + ")"
	}
	return s.Tx().IDs(ctx, `SELECT d.id FROM {deal} d WHERE d.stage_id = $1 AND d.id > $2 AND d.deleted_at IS NULL AND (`+strings.Join(differs, " OR ")+`) ORDER BY d.id`, args...)
}

// Follow brings a portion of deals to what their stages say now, like any other
// change: with the rules of the workspace, history and figures. One that a rule
// refuses stays as it is.
func Follow(ctx context.Context, s *record.Session, ids []value.ID) error {
	b := record.Batch{Object: Deals.Name, PerRow: true, Accept: true, Changes: make([]record.Change, len(ids))}
	for i, id := range ids {
		b.Changes[i].ID = id
	}
	_, err := s.Save(ctx, b)
	return err
}

// StageFollowers tells what a change of a stage's chance or category reaches.
type StageFollowers struct {
	Deals int64
	// OwnChance and OwnForecast are the open ones that keep their own.
	OwnChance, OwnForecast int64
}

// FollowersOf counts the deals in a stage that the actor may read.
func FollowersOf(ctx context.Context, s *record.Session, stage value.ID) (x StageFollowers, err error) {
	res, err := s.Aggregate(ctx, record.Aggregate{Object: Deals.Name, Filter: DealStage.Name() + ` = "` + stage.String() + `"`,
		Measures: []string{"count", "count{" + isOpen + " and " + DealOwnChance.Name() + " = true}", "count{" + isOpen + " and " + DealOwnForecast.Name() + " = true}"}})
	if err != nil {
		return x, err
	}
	for i, to := range []*int64{&x.Deals, &x.OwnChance, &x.OwnForecast} {
		*to, _ = res.Total.Values[i].Value.(int64)
	}
	return x, nil
}
