package sales_test

import (
	"context"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// outlook is what somebody is told of a deal.
func outlook(t *testing.T, k *apptest.Kit, who, deal value.ID) (x *sales.DealOutlook) {
	t.Helper()
	k.Read(t, who, func(s *record.Session) error {
		r, err := s.Get(t.Context(), "deal", deal)
		if err == nil {
			x, err = sales.PredictDeal(t.Context(), s, r)
		}
		return err
	})
	return x
}

func predictions(t *testing.T, k *apptest.Kit) (p *sales.Predictions) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) (err error) {
		p, err = sales.PredictionsOf(t.Context(), s)
		return err
	})
	return p
}

// What was planted is found: the back-test beats the rate of the stage, chances
// come near the true ones, and each stage's measured rate is the true one.
func TestPredictionFindsWhatWasPlanted(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 11, Deals: 1500, Meetings: true})
		for _, d := range truth.Deals {
			if d.Open() {
				if x := outlook(t, k, k.Ada, d.ID); x.Silent != "not_yet" || x.SetRate == nil {
					t.Errorf("before the first night: %+v", x)
				}
				break
			}
		}
		if err := k.Workspace.Relearn(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		p := predictions(t, k)
		own := p.Of[truth.Pipeline]
		if own == nil || own.Model == nil || own.Back == nil {
			t.Fatalf("nothing was learnt: %+v", p)
		}
		b := own.Back
		t.Logf("learnt from %d, asked about %d: model AUC %.3f Brier %.4f log loss %.4f off %.3f; stage AUC %.3f Brier %.4f log loss %.4f; set Brier %.4f log loss %.4f",
			b.Learnt, b.Asked, b.Model.AUC, b.Model.Brier, b.Model.LogLoss, b.Model.Off, b.Stage.AUC, b.Stage.Brier, b.Stage.LogLoss, b.Set.Brier, b.Set.LogLoss)
		if b.Model.AUC < b.Stage.AUC+0.02 || b.Model.LogLoss >= b.Stage.LogLoss || b.Model.Off > 0.1 || b.Set.LogLoss <= b.Stage.LogLoss {
			t.Errorf("the back-test is %+v", b)
		}
		measured(t, truth, own)
		nearTruth(t, k, truth)
	})
}

func measured(t *testing.T, truth *apptest.Truth, own *sales.Learnt) {
	t.Helper()
	for i, st := range truth.Stages {
		deals, won := 0, 0
		for _, d := range truth.Deals {
			if len(d.Entered) > i && !d.Open() {
				deals++
				if d.Won {
					won++
				}
			}
		}
		if got := own.Stage(st.ID); got.Deals != deals || got.Won != won {
			t.Errorf("%s: %d of %d won, want %d of %d", st.Name, got.Won, got.Deals, won, deals)
		}
	}
}

// nearTruth compares the chances of open deals with the true ones, which know
// nothing of meetings.
func nearTruth(t *testing.T, k *apptest.Kit, truth *apptest.Truth) {
	t.Helper()
	said, is, n := 0.0, 0.0, 0.0
	k.Read(t, k.Ada, func(s *record.Session) error {
		for _, d := range truth.Deals {
			r, err := s.Get(t.Context(), "deal", d.ID)
			if err != nil {
				return err
			}
			chance, has := r.Field("win_prediction").(decimal.Decimal)
			if has != d.Open() {
				t.Errorf("%s, open %v, has a chance %v", r.Title(), d.Open(), has)
			}
			if has {
				n, said, is = n+1, said+chance.InexactFloat64()/100, is+truth.ChanceFrom(&d, len(d.Entered)-1)
			}
		}
		return nil
	})
	if n < 40 || math.Abs(said-is)/n > 0.1 {
		t.Errorf("of %.0f open deals %.1f were foretold, %.1f are likely", n, said, is)
	}
}

// Whoever changes what happens later changes nothing of what was known before.
func TestFeaturesKnowNothingOfTheFuture(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 12, Deals: 60, Meetings: true})
		moment := k.Now()
		k.Pass(24 * time.Hour)
		var ids []value.ID
		for _, d := range truth.Deals {
			if d.Open() {
				ids = append(ids, d.ID)
			}
		}
		look := func() (rows map[value.ID]string) {
			k.Read(t, k.Ada, func(s *record.Session) (err error) {
				rows, err = sales.KnownOf(t.Context(), s, ids, moment)
				return err
			})
			return rows
		}
		before := look()
		k.Pass(24 * time.Hour)
		product := k.Create(t, k.Ada, "product", record.Values{"name": "Late"})
		for i, id := range ids {
			d := "deal"
			k.Write(t, k.Ada, func(s *record.Session) error {
				v := record.Values{"kind": "renewal", "source": "partner", "region": "North", "amount": value.Money{Minor: 77, Currency: "EUR"},
					"close_date": value.DateOf(k.Now(), time.UTC), "started_on": value.DateOf(k.Now(), time.UTC).AddDays(-900),
					"account": truth.Accounts[i%7], "owner": k.Bob, "stage": []value.ID{truth.Won, truth.Stages[0].ID, truth.Lost}[i%3]}
				if i%3 == 2 {
					v["lost_reason"] = "price"
				}
				_, err := s.Update(t.Context(), d, id, 0, v)
				return err
			})
			at := k.Now()
			k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "done": true, "starts_at": at.AddDate(0, 0, -30), "done_at": at.AddDate(0, 0, -30),
				"about": []any{map[string]any{"object": "deal", "id": id.String()}}})
			if i%3 == 1 {
				k.Create(t, k.Ada, "deal_line", record.Values{"deal": id, "product": product})
			}
		}
		for _, id := range truth.Accounts {
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "account", id, 0, record.Values{"industry": "Later", "employees": int64(7)})
				return err
			})
		}
		after := look()
		if len(before) < 2 || len(after) != len(before) {
			t.Fatalf("%d and %d deals", len(before), len(after))
		}
		for id, row := range before {
			if after[id] != row {
				t.Errorf("deal %v was\n%s\nand is now\n%s", id, row, after[id])
			}
		}
	})
}

// With too few deals nothing is foretold, in words; nor in a new pipeline, where
// the chance that was set stands alone.
func TestPredictionsAreSilentWhereLittleIsKnown(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		first := k.Create(t, k.Rita, "deal", record.Values{"name": "First", "account": account})
		if x := outlook(t, k, k.Rita, first); x == nil || x.Silent != "few_deals" || x.Chance != nil || x.SetRate == nil {
			t.Errorf("before any deal has ended: %+v", x)
		}
		small := k.Plant(t, apptest.Planting{Seed: 13, Deals: 30})
		relearn(t, k)
		if x := outlook(t, k, k.Rita, first); x.Silent != "few_deals" {
			t.Errorf("of thirty deals: %+v", x)
		}
		for _, d := range small.Deals {
			if x := outlook(t, k, k.Ada, d.ID); d.Open() && (x.Silent != "few_deals" || x.StageRate == nil || x.StageDeals == 0 || x.SetRate == nil) {
				t.Errorf("no rate of its stage beside the silence: %+v", x)
			}
		}
		k.Plant(t, apptest.Planting{Seed: 14, Deals: 300, In: small})
		relearn(t, k)
		if x := outlook(t, k, k.Rita, first); x.Silent != "new_pipeline" || x.StageRate != nil {
			t.Errorf("in a new pipeline: %+v", x)
		}
	})
}

func relearn(t *testing.T, k *apptest.Kit) {
	t.Helper()
	if err := k.Workspace.Relearn(t.Context(), false); err != nil {
		t.Fatal(err)
	}
}

// Reasons say what speaks for a deal; whoever may not see a field is told none
// that hints at it.
func TestReasonsKeepMaskedFieldsToThemselves(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 15, Deals: 1500})
		relearn(t, k)
		var deal value.ID
		for _, d := range truth.Deals {
			if d.Open() && d.Kind == truth.Predictor && d.Owner == k.Rita {
				deal = d.ID
			}
		}
		told := func() (keys []string) {
			for _, r := range outlook(t, k, k.Rita, deal).Reasons {
				keys = append(keys, r.Field+" "+r.Key+" "+r.Word)
			}
			return keys
		}
		if all := strings.Join(told(), ", "); !strings.Contains(all, "kind is upsell") {
			t.Errorf("reasons are %s", all)
		}
		k.Mask(t, "deal.kind")
		if all := strings.Join(told(), ", "); strings.Contains(all, "kind") || strings.Contains(all, "upsell") {
			t.Errorf("a masked field shows in %s", all)
		}
		k.Mask(t, "deal.win_prediction")
		if x := outlook(t, k, k.Rita, deal); x != nil {
			t.Errorf("who may not see predictions is told %+v", x)
		}
	})
}

// A deal that moves is foretold anew; one that ends is foretold no more. Neither
// makes a version.
func TestPredictionsFollowTheirDeals(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 16, Deals: 400})
		relearn(t, k)
		var d apptest.PlantedDeal
		for _, x := range truth.Deals {
			if x.Open() && len(x.Entered) == 1 {
				d = x
			}
		}
		read := func() (chance any, version int64) {
			k.Read(t, k.Ada, func(s *record.Session) error {
				r, err := s.Get(t.Context(), "deal", d.ID)
				chance, version = r.Field("win_prediction"), r.Version
				return err
			})
			return chance, version
		}
		was, version := read()
		move := func(to value.ID) {
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "deal", d.ID, 0, record.Values{"stage": to})
				return err
			})
			version++
			if err := k.Workspace.Foretell(t.Context(), sales.Foretell{Deals: []value.ID{d.ID}}); err != nil {
				t.Fatal(err)
			}
		}
		move(truth.Stages[3].ID)
		is, v := read()
		if a, b := was.(decimal.Decimal), is.(decimal.Decimal); !b.GreaterThan(a) || v != version {
			t.Errorf("the chance went from %v to %v, version %d, want %d", was, is, v, version)
		}
		x := outlook(t, k, k.Rita, d.ID)
		if d.Owner == k.Rita && (x.Chance == nil || !decimal.NewFromInt(*x.Chance).Equal(is.(decimal.Decimal))) {
			t.Errorf("page and list differ: %v and %v", x.Chance, is)
		}
		move(truth.Won)
		if gone, v := read(); gone != nil || v != version {
			t.Errorf("a won deal is foretold at %v, version %d", gone, v)
		}
	})
}

// A deal that moves between being judged and being written keeps what is newer, and
// is judged anew; all else that was judged with it is written.
func TestOlderChancesGiveWay(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 18, Deals: 300})
		relearn(t, k)
		var ids []value.ID
		for _, x := range truth.Deals {
			if x.Open() && len(x.Entered) == 1 {
				ids = append(ids, x.ID)
			}
		}
		moved := ids[0]
		read := func(ctx context.Context, fn func(*record.Session) error) error {
			return k.Workspace.Read(ctx, record.AsSystem("test"), fn)
		}
		chance := func(id value.ID) (chance any) {
			k.Read(t, k.Ada, func(s *record.Session) error {
				r, err := s.Get(t.Context(), "deal", id)
				chance = r.Field("win_prediction")
				return err
			})
			return chance
		}
		later := func() (n int64) {
			k.Read(t, k.Ada, func(s *record.Session) error {
				_, err := s.Tx().Row(t.Context(), `SELECT count(*) FROM {outbox} WHERE kind = 'sales.foretell'`, nil, &n)
				return err
			})
			return n
		}
		work, err := sales.BeginForetelling(t.Context(), read, sales.Foretell{Deals: ids})
		if err != nil {
			t.Fatal(err)
		}
		told, err := work.Next(t.Context())
		if err != nil || work.More {
			t.Fatalf("there is more: %v, %v", work.More, err)
		}
		for id, c := range told {
			told[id] = sales.Chance{Of: decimal.NewFromInt(1), Version: c.Version}
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", moved, 0, record.Values{"stage": truth.Stages[3].ID})
			return err
		})
		if err := k.Workspace.Foretell(t.Context(), sales.Foretell{Deals: []value.ID{moved}}); err != nil {
			t.Fatal(err)
		}
		newer := chance(moved)
		waiting := later()
		k.Write(t, k.Ada, func(s *record.Session) error { return sales.KeepForetold(t.Context(), s, told) })
		if n := later(); n != waiting+1 {
			t.Errorf("%d deals wait to be judged, before it were %d", n, waiting)
		}
		if is := chance(moved); newer == nil || !is.(decimal.Decimal).Equal(newer.(decimal.Decimal)) || is.(decimal.Decimal).Equal(decimal.NewFromInt(1)) {
			t.Errorf("the chance of the deal that moved is %v, it was judged at %v", is, newer)
		}
		if is := chance(ids[1]); !is.(decimal.Decimal).Equal(decimal.NewFromInt(1)) {
			t.Errorf("another deal stands at %v", is)
		}
	})
}

// No snapshot stands open while many deals are read: each portion has its own.
func TestLearningReadsInPortions(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.Plant(t, apptest.Planting{Seed: 19, Deals: 1300})
		portions, began := 0, k.Now()
		p, err := sales.LearnPredictions(t.Context(), func(ctx context.Context, fn func(*record.Session) error) error {
			if portions++; portions == 3 { // somebody works meanwhile
				k.Create(t, k.Ada, "account", record.Values{"name": "Meanwhile"})
			}
			return k.Workspace.Read(ctx, record.AsSystem("test"), fn)
		})
		if err != nil || p.Of[0].Model == nil || !p.Trained.Equal(began) {
			t.Fatalf("learnt %+v: %v", p, err)
		}
		if want := 1 + (p.Of[0].Closed+499)/500; portions < want || portions > want+1 || want < 3 {
			t.Errorf("%d portions of %d deals", portions, p.Of[0].Closed)
		}
		portions = 0
		k.Write(t, k.Ada, func(s *record.Session) error { return sales.KeepPredictions(t.Context(), s, p) })
		// A field that comes between two portions has it begin anew.
		p, err = sales.LearnPredictions(t.Context(), func(ctx context.Context, fn func(*record.Session) error) error {
			if portions++; portions == 2 {
				if _, err := k.Workspace.Engine().ApplySchema(ctx, apptest.As(k.Ada), []schema.Change{{Op: schema.AddField, Object: "deal", Set: json.RawMessage(`{"name":"color","kind":"text"}`)}}, 0); err != nil {
					return err
				}
			}
			return k.Workspace.Read(ctx, record.AsSystem("test"), fn)
		})
		if err != nil || p.Of[0].Model == nil {
			t.Fatalf("learnt over a change of the schema: %v", err)
		}
	})
}

// Learning twice learns the same, and nothing new is no reason to learn.
func TestLearningAgain(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.Plant(t, apptest.Planting{Seed: 17, Deals: 300})
		relearn(t, k)
		once := predictions(t, k)
		k.Pass(time.Hour)
		relearn(t, k)
		if again := predictions(t, k); !again.Trained.Equal(once.Trained) {
			t.Error("it learnt anew of nothing new")
		}
		if err := k.Workspace.Relearn(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		again := predictions(t, k)
		if again.Trained.Equal(once.Trained) || !reflect.DeepEqual(again.Of[0].Model.Features, once.Of[0].Model.Features) {
			t.Error("it learnt something else of the same")
		}
	})
}

// A run over all open deals that is cut into jobs misses none and judges none
// twice, and each job knows from its own words where to go on.
func TestForetellingGoesOnInFurtherJobs(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 21, Deals: 300})
		relearn(t, k)
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Many"})
		k.Write(t, k.Rita, func(s *record.Session) error {
			for range 700 {
				if _, err := s.Create(t.Context(), "deal", record.Values{"name": "One of many", "account": account, "pipeline": truth.Pipeline}); err != nil {
					return err
				}
			}
			return nil
		})
		read := func(ctx context.Context, fn func(*record.Session) error) error {
			return k.Workspace.Read(ctx, record.AsSystem("test"), fn)
		}
		judged, portions := map[value.ID]int{}, 0
		for rest, more := "{}", true; more; portions++ {
			var j sales.Foretell
			if err := json.Unmarshal([]byte(rest), &j); err != nil {
				t.Fatal(err)
			}
			work, err := sales.BeginForetelling(t.Context(), read, j)
			if err != nil {
				t.Fatal(err)
			}
			told, err := work.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for id := range told {
				judged[id]++
			}
			left, err := json.Marshal(work.Rest)
			if err != nil {
				t.Fatal(err)
			}
			rest, more = string(left), work.More
		}
		var open int64
		k.Read(t, k.Ada, func(s *record.Session) (err error) {
			open, _, err = s.Count(t.Context(), record.Query{Object: "deal", Filter: sales.Deals.Open, Count: record.CountExact})
			return err
		})
		if int64(len(judged)) != open || portions < 2 {
			t.Errorf("%d of %d deals were judged in %d portions", len(judged), open, portions)
		}
		for id, n := range judged {
			if n != 1 {
				t.Errorf("%v was judged %d times", id, n)
			}
		}
	})
}
