package sales_test

import (
	"context"
	"sync"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// whyNot is the key of what a write was refused for, "" when it was not.
func whyNot(err error) string {
	f, ok := fault.As(err)
	switch {
	case err == nil:
		return ""
	case !ok:
		return err.Error()
	case f.Key == "record.invalid" && len(f.Fields) > 0:
		return f.Fields[0].Key
	}
	return f.Key
}

// leadStages are the stages of leads by kind.
func leadStages(t *testing.T, k *apptest.Kit) map[string]value.ID {
	t.Helper()
	found := map[string]value.ID{}
	k.Read(t, k.Ada, func(s *record.Session) error {
		return s.Each(t.Context(), record.Query{Object: "lead_stage"}, func(r *record.Record) error {
			kind, _ := record.Get(r, sales.LeadStageKind)
			found[kind] = r.ID
			return nil
		})
	})
	return found
}

// No door takes a stage out of use, or deletes it, under what stands in it.
func TestAStageInUseSaysWhereItsRecordsGo(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		full, empty := x.stages["Prospecting"], x.stages["Proposal"]
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann"})
		leads := leadStages(t, k)
		second := k.Create(t, k.Ada, "lead_stage", record.Values{"name": "Fresh too", "kind": "new", "position": 9})
		for _, c := range []struct {
			what   string
			object string
			id     value.ID
			do     func(ctx context.Context, s *record.Session, object string, id value.ID) error
			why    string
		}{
			{"put away", "stage", full, putAway, "stage.where_to"},
			{"deleted", "stage", full, without, "stage.where_to"},
			{"lead put away", "lead_stage", leads["new"], putAway, "stage.where_to"},
			{"lead deleted", "lead_stage", leads["new"], without, "stage.where_to"},
			{"many", "stage", full, many, "stage.where_to"},
			{"the last won", "stage", x.stages["Won"], putAway, "stage.last_of_kind"},
			{"an empty one", "stage", empty, putAway, ""},
			{"another's, empty", "lead_stage", second, without, ""},
		} {
			if got := whyNot(k.Try(t.Context(), k.Ada, func(s *record.Session) error { return c.do(t.Context(), s, c.object, c.id) })); got != c.why {
				t.Errorf("%s: %q, want %q", c.what, got, c.why)
			}
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := sales.DealPlaces.Clear(t.Context(), s, full, x.stages["Qualified"])
			return err
		})
		x.is("cleared", record.Values{"stage": x.stages["Qualified"]})
		if got := whyNot(k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "lead", lead, 0, record.Values{"stage": leads["working"]})
			return err
		})); got != "" {
			t.Errorf("a stage in use: %q", got)
		}
		k.Write(t, k.Ada, func(s *record.Session) error { // nothing stands in it any more
			_, err := s.Update(t.Context(), "lead_stage", leads["new"], 0, record.Values{"active": true, "name": "First"})
			return err
		})
	})
}

func putAway(ctx context.Context, s *record.Session, object string, id value.ID) error {
	_, err := s.Update(ctx, object, id, 0, record.Values{"active": false})
	return err
}

func without(ctx context.Context, s *record.Session, object string, id value.ID) error {
	return s.Delete(ctx, object, id)
}

func many(ctx context.Context, s *record.Session, object string, id value.ID) error {
	run, err := s.ChangeMany(ctx, record.Bulk{Object: object, Do: record.Updating, IDs: []value.ID{id}, Values: record.Values{"active": false}})
	if err == nil && run.Failed > 0 {
		return fault.New(fault.Conflict, run.Reasons[0].Key, nil)
	}
	return err
}

// Nothing is left in a stage that somebody takes out of use while somebody else
// moves there: one of the two is refused, or comes first.
func TestAStageGoesWhileADealComes(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Other"})
		for range 8 {
			gone := k.Create(t, k.Ada, "stage", record.Values{"name": "Trial", "pipeline": x.pipeline(), "kind": "open", "position": 3})
			left := k.Create(t, k.Ada, "lead_stage", record.Values{"name": "Waiting " + gone.String(), "kind": "working", "position": 3})
			deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Valves", "account": account})
			lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann"})
			var wg sync.WaitGroup
			try := func(who value.ID, do func(s *record.Session) error) {
				wg.Go(func() {
					err := k.Try(t.Context(), who, do)
					if why := whyNot(err); why != "" && why != "stage.where_to" && why != "deal.stage_retired" && why != "lead.stage_retired" {
						t.Error(err)
					}
				})
			}
			try(k.Ada, func(s *record.Session) error { return putAway(t.Context(), s, "stage", gone) })
			try(k.Rita, func(s *record.Session) error {
				_, err := sales.Move(t.Context(), s, sales.Step{Deal: deal, Stage: gone})
				return err
			})
			try(k.Ada, func(s *record.Session) error { return putAway(t.Context(), s, "lead_stage", left) })
			try(k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "lead", lead, 0, record.Values{"stage": left})
				return err
			})
			wg.Wait()
			k.Read(t, k.Ada, func(s *record.Session) error {
				for object, id := range map[string]value.ID{"deal": deal, "lead": lead} {
					page, err := s.Query(t.Context(), record.Query{Object: object, Filter: `id = "` + id.String() + `" and stage.active = false`, Limit: 1})
					if err != nil {
						return err
					}
					if len(page.Records) > 0 {
						t.Errorf("a %s stands in a stage out of use", object)
					}
				}
				return nil
			})
		}
	})
}
