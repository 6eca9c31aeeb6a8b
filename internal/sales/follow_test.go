package sales_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Deals follow a stage that says another chance and category, those that somebody
// spoke for keep theirs, and history tells why.
func TestDealsFollowTheirStage(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		x.Pass(time.Minute)
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Beta"})
		make := func(v record.Values) value.ID {
			v["account"], v["stage"], v["amount"] = account, x.stages["Proposal"], "100"
			return k.Create(t, k.Rita, "deal", v)
		}
		plain, chance := make(record.Values{"name": "plain"}), make(record.Values{"name": "chance", "probability": "33"})
		word := make(record.Values{"name": "word"})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", word, 0, record.Values{"forecast": "commit"})
			return err
		})
		var many []value.ID // more than one portion
		for i := range 230 {
			many = append(many, make(record.Values{"name": fmt.Sprint("deal ", i)}))
		}
		elsewhere := k.Create(t, k.Rita, "deal", record.Values{"name": "elsewhere", "account": account})
		proposal := x.stages["Proposal"]
		k.Read(t, k.Ada, func(s *record.Session) error {
			f, err := sales.FollowersOf(t.Context(), s, proposal)
			if f.Deals != 233 || f.OwnChance != 1 || f.OwnForecast != 1 {
				t.Errorf("beforehand: %+v", f)
			}
			return err
		})
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "stage", proposal, 0, record.Values{"probability": "62.5", "forecast": "pipeline"})
			return err
		})
		k.Read(t, k.Ada, func(s *record.Session) error {
			rest, err := sales.FollowStage{Stage: proposal, After: many[9]}.Behind(t.Context(), s)
			if err == nil && (len(rest) != 220 || rest[0] != many[10]) {
				t.Errorf("%d deals are left", len(rest))
			}
			return err
		})
		for range 2 { // a second time it finds nothing to do
			if err := k.Workspace.FollowStage(t.Context(), sales.FollowStage{Stage: proposal}); err != nil {
				t.Fatal(err)
			}
		}
		said := decimal.RequireFromString("62.5")
		is := func(id value.ID, chance decimal.Decimal, forecast string, versions int64) {
			t.Helper()
			k.Read(t, k.Rita, func(s *record.Session) error {
				d, err := s.Get(t.Context(), "deal", id)
				if err != nil {
					return err
				}
				got, _ := record.Get(d, sales.DealChance)
				if word, _ := record.Get(d, sales.DealForecast); !got.Equal(chance) || word != forecast || d.Version != versions {
					t.Errorf("%s: %s %% %s, version %d", d.Title(), got, word, d.Version)
				}
				return nil
			})
		}
		is(plain, said, "pipeline", 2)
		is(many[0], said, "pipeline", 2)
		is(many[229], said, "pipeline", 2)
		is(chance, decimal.NewFromInt(33), "pipeline", 2)
		is(word, said, "commit", 3)
		is(elsewhere, decimal.NewFromInt(10), "pipeline", 1)
		k.Read(t, k.Rita, func(s *record.Session) error {
			h, err := s.History(t.Context(), "deal", plain, 0, 1)
			if err == nil && (len(h) != 1 || h[0].Cause != sales.FollowCause || h[0].Actor != 0 || len(h[0].Changes) != 3) {
				t.Errorf("history: %+v", h)
			}
			return err
		})
	})
}

// A deal that is closed has its stage's chance, and one that is back keeps none of
// the old one.
func TestClosedDealsFollowTheirStage(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		if err := x.move(sales.Step{Kind: sales.Won, Close: sales.Close{Reason: "service"}}); err != nil {
			t.Fatal(err)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "stage", x.stages["Won"], 0, record.Values{"forecast": "omitted"})
			return err
		})
		if err := k.Workspace.FollowStage(t.Context(), sales.FollowStage{Stage: x.stages["Won"]}); err != nil {
			t.Fatal(err)
		}
		x.is("omitted", record.Values{"forecast": "omitted", "status": "won"})
		if err := k.Workspace.FollowStage(t.Context(), sales.FollowStage{Stage: value.ID(1)}); err != nil {
			t.Errorf("a stage that is not there: %v", err)
		}
	})
}

// Deals that were lost before their stage was kept get it from history, some at
// once; where nobody knows it, it stays empty.
func TestLostStagesComeFromHistory(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		ended := func(steps ...sales.Step) value.ID {
			t.Helper()
			x.deal = k.Create(t, k.Rita, "deal", record.Values{"name": "deal", "account": k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})})
			for _, step := range steps {
				if err := x.move(step); err != nil {
					t.Fatal(err)
				}
			}
			return x.deal
		}
		lose, win := sales.Step{Kind: sales.Lost, Close: sales.Close{Reason: "price"}}, sales.Step{Kind: sales.Won, Close: sales.Close{Reason: "service"}}
		to := func(stage string) sales.Step { return stepTo(x, stage, nil) }
		want := map[value.ID]any{
			ended(to("Qualified"), lose):                                    x.stages["Qualified"],
			ended(to("Proposal"), lose, to("Negotiation"), lose):            x.stages["Negotiation"],
			ended(to("Proposal"), win, ending(to("Lost"), lose.Close)):      nil,
			ended(to("Proposal"), lose, to("Proposal")):                     nil,
			ended(to("Proposal"), to("Qualified"), to("Prospecting"), lose): x.stages["Prospecting"],
		}
		err := k.Workspace.Engine().DB().Write(t.Context(), func(tx *store.Tx) error { // as an older program left it
			_, err := tx.Exec(t.Context(), `UPDATE {deal} SET lost_stage_id = NULL`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := k.Workspace.FillLostStages(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			for id, stage := range want {
				d, err := s.Get(t.Context(), "deal", id)
				if err != nil {
					return err
				}
				if got := d.Field("lost_stage"); got != stage {
					t.Errorf("%v %s: lost in %v, want %v", id, d.Field("status"), got, stage)
				}
			}
			done, err := sales.LostStages.Done(t.Context(), s)
			if !done {
				t.Error("it would look again")
			}
			return err
		})
	})
}

func ending(step sales.Step, c sales.Close) sales.Step {
	step.Close = c
	return step
}
