package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// extras are what pages show beside the plan, made once in a workspace: an
// eighth stage with deals of its own, and deals with a known number of
// activities, all the rep's.
type extras struct {
	Pipeline, Eighth string
	Fifty            []string // deals with 50 activities each
	Ten, Many        string   // deals with ten, and with very many

	tag string // tells the deals of an interrupted run from these
}

const (
	eighth     = "eighth"
	inEighth   = 400 // deals, of all owners
	withFifty  = 8   // deals
	manyWanted = 10_000
)

// furnish makes the extras of a workspace where that is not done; file keeps
// what they are.
func furnish(ctx context.Context, f *filler, s *site, file string) (x extras, err error) {
	text, err := os.ReadFile(file)
	if err == nil {
		return x, json.Unmarshal(text, &x)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return x, err
	}
	x.tag = strconv.FormatUint(rand.Uint64(), 36)
	if err := x.addStage(ctx, f, s); err != nil {
		return x, err
	}
	counts := []int{10, min(manyWanted, max(100, f.plan.Deals))}
	for range withFifty {
		counts = append(counts, 50)
	}
	ids, err := x.busyDeals(ctx, f, s, counts)
	if err != nil {
		return x, err
	}
	x.Ten, x.Many, x.Fifty = ids[0], ids[1], ids[2:]
	if err := f.fold(ctx); err != nil {
		return x, err
	}
	if text, err = json.Marshal(x); err != nil {
		return x, err
	}
	return x, os.WriteFile(file, text, 0o600)
}

// addStage puts an eighth stage behind the plan's, with deals of all owners.
func (x *extras) addStage(ctx context.Context, f *filler, s *site) error {
	var stage value.ID
	var members []value.ID
	err := f.w.Write(ctx, asBench, func(se *record.Session) (err error) {
		if members, err = s.memberIDs(ctx, se); err == nil {
			stage, err = x.stage(ctx, se, s.stages[0])
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("the eighth stage: %w", err)
	}
	accounts := s.actors[len(s.actors)-1].accounts
	_, err = f.save(ctx, sales.Deals.Name, inEighth, func(i int) record.Values {
		d := f.plan.Deal(i)
		v := d.values()
		v["stage"], v["owner"], v["account"], v["external_id"] = stage, members[d.Owner], accounts[i%len(accounts)], x.tag+"-E"+strconv.Itoa(i)
		return v
	})
	return err
}

// stage makes the eighth stage in the pipeline of the first, or finds the one
// that an interrupted run left.
func (x *extras) stage(ctx context.Context, se *record.Session, first string) (id value.ID, err error) {
	if id, err = value.ParseID(first); err != nil {
		return 0, err
	}
	r, err := se.Get(ctx, sales.Stages.Name, id)
	if err != nil {
		return 0, err
	}
	pipeline, _ := record.Get(r, sales.StagePipeline)
	x.Pipeline = pipeline.String()
	found, err := se.Tx().Row(ctx, `SELECT id FROM {stage} WHERE name = $1 AND deleted_at IS NULL`, []any{stageName(eighth)}, &id)
	if err == nil && !found {
		var made record.Outcome
		made, err = se.Create(ctx, sales.Stages.Name, record.Values{"name": stageName(eighth), "pipeline": pipeline, "position": int64(len(Stages) + 1)})
		id = made.ID
	}
	x.Eighth = id.String()
	return id, err
}

// busyDeals makes deals of the first actor with so many activities each.
func (x *extras) busyDeals(ctx context.Context, f *filler, s *site, counts []int) ([]string, error) {
	rep := &s.actors[0]
	ids, err := f.save(ctx, sales.Deals.Name, len(counts), func(i int) record.Values {
		v := f.plan.Deal(i).values()
		v["stage"], v["owner"], v["external_id"] = s.stages[1], rep.member, x.tag+"-B"+strconv.Itoa(i)
		v["account"] = rep.accounts[i%len(rep.accounts)]
		return v
	})
	if err != nil {
		return nil, err
	}
	var texts []string
	for i, id := range ids {
		about := []schema.Ref{{Object: sales.Deals.Name, ID: id}}
		if _, err := f.save(ctx, activity.Activities.Name, counts[i], func(n int) record.Values {
			v := happened(n)
			v["about"], v["owner"] = about, rep.member
			return v
		}); err != nil {
			return nil, err
		}
		texts = append(texts, id.String())
	}
	return texts, nil
}

// happened is what was done n times three hours before a fixed day.
func happened(n int) record.Values {
	kinds := []string{activity.Note, activity.Call, activity.Meeting, activity.Task}
	at := time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC).Add(-time.Duration(n) * 3 * time.Hour)
	return record.Values{"kind": kinds[n%len(kinds)], "subject": fmt.Sprintf("%s %s %d", words[n%len(words)], words[n*7%len(words)], n),
		"body": "what a salesperson would write down about one talk in two or three lines, with what was agreed and who does what next",
		"done": true, "done_at": at}
}
