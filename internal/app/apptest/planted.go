package apptest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/activity"
	"wellmet/internal/customer"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Planting says how much history there is to be. The same planting on the same
// kit makes the same history.
type Planting struct {
	Seed   uint64
	Deals  int // 0 = 1,500
	Months int // over which they begin, the last ending now; 0 = 18
	// Meetings holds a meeting in the second stage of 70 % of the deals that are
	// going to be won, and of 30 % of the others.
	Meetings bool
	// In is an earlier planting whose pipeline and accounts are used again; its
	// stages go on counting.
	In *Truth
}

// PlantedStage is an open stage of the planted pipeline.
type PlantedStage struct {
	ID   value.ID
	Name string
	// Conversion is the chance to go on from here, and Days the mean stay: both
	// of deals of the plain kind with anybody but the weak rep.
	Conversion float64
	Days       float64
	// Probability is the win rate in percent that somebody set, which is not the
	// true one.
	Probability float64
	// What came of it: of so many that entered until now, so many went on, were
	// lost here, or are here still.
	Entered, On, Lost, Here int
	Spent                   time.Duration // of those that left
}

// PlantedDeal is one deal as it was made up.
type PlantedDeal struct {
	ID, Owner, Account value.ID
	Kind               string // "new", "renewal" or "upsell"
	Amount             value.Money
	Began              time.Time
	// Entered are the moments of coming into the stages, first to last, as far as
	// they have come; Ended that of being won or lost, zero for open deals.
	Entered []time.Time
	Ended   time.Time
	Won     bool
	// Chance is the true one of winning when it began.
	Chance float64
	// First is the close date that was said first, Slip by how many days it was
	// put off, in Moves steps.
	First value.Date
	Moves int
	Slip  int
	Met   bool
}

// Open reports whether the deal still is.
func (d *PlantedDeal) Open() bool { return d.Ended.IsZero() }

// Truth is what was planted: figures of the product are measured against it.
type Truth struct {
	Pipeline, Won, Lost value.ID
	Stages              []PlantedStage
	Deals               []PlantedDeal
	Accounts            []value.ID
	// Predictor is the kind of deals whose odds of winning are OddsRatio times
	// those of others.
	Predictor string
	OddsRatio float64
	// WeakRep goes on from Stages[WeakStage] half as often as his colleagues, and
	// takes twice as long there.
	WeakRep   value.ID
	WeakStage int
	// Slipping is the share of moves to a next stage that put the close date off
	// by SlipDays.
	Slipping float64
	SlipDays int
}

// ChanceFrom is the true chance of winning for a deal that has come to a stage.
func (x *Truth) ChanceFrom(d *PlantedDeal, stage int) float64 {
	ends := x.endings(d.Owner == x.WeakRep)
	left := 0.0
	for _, p := range ends[stage:] {
		left += p
	}
	return d.Chance / (d.Chance + (1-d.Chance)*left)
}

// endings is where lost deals are lost, as shares that add up to one.
func (x *Truth) endings(weak bool) []float64 {
	here, all := 1.0, 0.0
	out := make([]float64, len(x.Stages))
	for i := range x.Stages {
		c := x.conversion(i, weak)
		out[i] = here * (1 - c)
		all += out[i]
		here *= c
	}
	for i := range out {
		out[i] /= all
	}
	return out
}

func (x *Truth) conversion(stage int, weak bool) float64 {
	if weak && stage == x.WeakStage {
		return x.Stages[stage].Conversion / 2
	}
	return x.Stages[stage].Conversion
}

// base is the chance of a deal of the plain kind.
func (x *Truth) base(weak bool) float64 {
	p := 1.0
	for i := range x.Stages {
		p *= x.conversion(i, weak)
	}
	return p
}

// Plant writes a history of deals through the engine, each change at its own
// moment, and answers the truth.
func (k *Kit) Plant(t testing.TB, p Planting) *Truth {
	t.Helper()
	if p.Deals == 0 {
		p.Deals = 1500
	}
	if p.Months == 0 {
		p.Months = 18
	}
	x := &Truth{Predictor: "upsell", OddsRatio: 2, WeakRep: k.Max, WeakStage: 2, Slipping: 0.4, SlipDays: 14,
		Stages: []PlantedStage{{Name: "First talk", Conversion: 0.7, Days: 7, Probability: 10}, {Name: "Demo", Conversion: 0.75, Days: 14, Probability: 30},
			{Name: "Offer", Conversion: 0.7, Days: 10, Probability: 60}, {Name: "Contract", Conversion: 0.85, Days: 8, Probability: 90}}}
	if p.In != nil {
		x.Pipeline, x.Won, x.Lost, x.Stages, x.Accounts = p.In.Pipeline, p.In.Won, p.In.Lost, p.In.Stages, p.In.Accounts
	} else {
		k.plantPipeline(t, x)
		k.plantAccounts(t, x)
	}
	random := rand.New(rand.NewPCG(p.Seed, 77))
	for range p.Deals {
		x.Deals = append(x.Deals, k.makeUp(random, x, p))
	}
	k.plantDeals(t, x)
	if p.Meetings {
		k.plantMeetings(t, random, x)
	}
	return x
}

func (k *Kit) plantPipeline(t testing.TB, x *Truth) {
	k.write(t, record.AsSystem("test"), func(s *record.Session) error {
		out, err := s.Create(t.Context(), sales.Pipelines.Name, record.Values{"name": "Planted", "position": int64(9), "close_date_past": sales.Allow})
		if err != nil {
			return err
		}
		x.Pipeline = out.ID
		b := record.Batch{Object: sales.Stages.Name}
		for i, st := range x.Stages {
			b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": st.Name, "pipeline": x.Pipeline, "position": int64(i + 1), "kind": sales.Open,
				"probability": decimal.NewFromFloat(st.Probability), "usual_days": int64(2 * st.Days)}})
		}
		for i, kind := range []string{sales.Won, sales.Lost} {
			b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": "It is " + kind, "pipeline": x.Pipeline, "position": int64(len(x.Stages) + 1 + i),
				"kind": kind, "probability": decimal.NewFromInt(int64(100 * (1 - i)))}})
		}
		made, err := s.Save(t.Context(), b)
		if err != nil {
			return err
		}
		for i := range x.Stages {
			x.Stages[i].ID = made[i].ID
		}
		x.Won, x.Lost = made[len(x.Stages)].ID, made[len(x.Stages)+1].ID
		return nil
	})
}

func (k *Kit) plantAccounts(t testing.TB, x *Truth) {
	industries := []string{"Trade", "Machines", "Health", "Schools"}
	var changes []record.Change
	for i := range 40 {
		v := record.With(record.Values{}, customer.AccountName, fmt.Sprintf("Planted %d", i+1))
		record.With(v, customer.AccountIndustry, industries[i%len(industries)])
		record.With(v, customer.AccountSize, int64(5*(i+1)*(i+1)))
		changes = append(changes, record.Change{Values: v, At: k.Now().AddDate(-4, 0, 0), By: k.Bob})
	}
	x.Accounts = k.bring(t, customer.Accounts.Name, changes)
}

// bring writes what happened before, and answers the ids in their order.
func (k *Kit) bring(t testing.TB, object string, changes []record.Change) (ids []value.ID) {
	t.Helper()
	for len(changes) > 0 {
		part := changes[:min(len(changes), record.MaxBatch)]
		changes = changes[len(part):]
		k.write(t, record.AsSystem("test"), func(s *record.Session) error {
			out, err := s.Save(t.Context(), record.Batch{Object: object, Changes: part})
			for _, o := range out {
				ids = append(ids, o.ID)
			}
			return err
		})
	}
	return ids
}

// makeUp is the story of one deal: first whether it is won, then the way there.
func (k *Kit) makeUp(random *rand.Rand, x *Truth, p Planting) PlantedDeal {
	owners := []value.ID{k.Rita, k.Max, k.Olga}
	kinds := []string{"new", "new", "renewal", "upsell"}
	d := PlantedDeal{Owner: owners[random.IntN(len(owners))], Account: x.Accounts[random.IntN(len(x.Accounts))], Kind: kinds[random.IntN(len(kinds))],
		Amount: value.Money{Minor: 100 * int64(math.Exp(8.5+random.NormFloat64()*0.8)), Currency: k.Workspace.Engine().Settings().Currency}}
	weak := d.Owner == x.WeakRep
	odds := x.base(weak) / (1 - x.base(weak))
	if d.Kind == x.Predictor {
		odds *= x.OddsRatio
	}
	d.Chance = odds / (1 + odds)
	d.Won = random.Float64() < d.Chance
	d.Met = random.Float64() < map[bool]float64{true: 0.7, false: 0.3}[d.Won] && p.Meetings
	last := len(x.Stages) - 1
	if !d.Won {
		last = draw(random, x.endings(weak))
	}
	now := k.Now()
	span := now.Sub(now.AddDate(0, -p.Months, 0))
	at := now.Add(-time.Duration(random.Float64() * float64(span))).Truncate(time.Minute)
	d.Began, d.First = at, value.DateOf(at, time.UTC).AddDays(39)
	for i := range last + 1 {
		d.Entered = append(d.Entered, at)
		x.Stages[i].Entered++
		if i > 0 && random.Float64() < x.Slipping {
			d.Moves, d.Slip = d.Moves+1, d.Slip+x.SlipDays
		}
		mean := x.Stages[i].Days
		if weak && i == x.WeakStage {
			mean *= 2
		}
		stay := time.Duration(random.ExpFloat64()*mean*24*float64(time.Hour)).Truncate(time.Minute) + time.Minute
		if at = at.Add(stay); at.After(now) {
			d.Won = false
			x.Stages[i].Here++
			return d
		}
		x.Stages[i].Spent += stay
		if i == last && !d.Won {
			x.Stages[i].Lost++
		} else {
			x.Stages[i].On++
		}
	}
	d.Ended = at
	return d
}

func draw(random *rand.Rand, shares []float64) int {
	at := random.Float64()
	for i, p := range shares {
		if at -= p; at < 0 {
			return i
		}
	}
	return len(shares) - 1
}

// plantDeals writes the deals as they began, then moves all one stage on, round
// by round. The close date is put off in as many of the last moves as it is in all.
func (k *Kit) plantDeals(t testing.TB, x *Truth) {
	var changes []record.Change
	for i, d := range x.Deals {
		v := record.With(record.Values{}, sales.DealName, fmt.Sprintf("Planted deal %d", i+1))
		record.With(v, sales.DealAccount, d.Account)
		record.With(v, sales.DealStage, x.Stages[0].ID)
		record.With(v, sales.DealKind, d.Kind)
		record.With(v, sales.DealAmount, d.Amount)
		record.With(v, sales.DealStartedOn, value.DateOf(d.Began, time.UTC))
		record.With(v, sales.DealCloseDate, d.First)
		v["owner"] = d.Owner
		changes = append(changes, record.Change{Values: v, At: d.Began, By: d.Owner})
	}
	for i, id := range k.bring(t, sales.Deals.Name, changes) {
		x.Deals[i].ID = id
	}
	for round := 1; ; round++ {
		changes = nil
		for i := range x.Deals {
			if c, ok := x.moveOn(&x.Deals[i], round); ok {
				changes = append(changes, c)
			}
		}
		if len(changes) == 0 {
			return
		}
		k.bring(t, sales.Deals.Name, changes)
	}
}

func (x *Truth) moveOn(d *PlantedDeal, round int) (record.Change, bool) {
	c := record.Change{ID: d.ID, By: d.Owner, Values: record.Values{}}
	switch {
	case round < len(d.Entered):
		c.At = d.Entered[round]
		record.With(c.Values, sales.DealStage, x.Stages[round].ID)
		if left := len(d.Entered) - round; left <= d.Moves {
			record.With(c.Values, sales.DealCloseDate, d.First.AddDays(x.SlipDays*(d.Moves-left+1)))
		}
	case round == len(d.Entered) && !d.Open():
		c.At = d.Ended
		record.With(c.Values, sales.DealStage, map[bool]value.ID{true: x.Won, false: x.Lost}[d.Won])
		record.With(c.Values, sales.DealCloseDate, value.DateOf(d.Ended, time.UTC))
		if !d.Won {
			record.With(c.Values, sales.DealLostReason, "price")
		}
	default:
		return c, false
	}
	return c, true
}

func (k *Kit) plantMeetings(t testing.TB, random *rand.Rand, x *Truth) {
	var changes []record.Change
	for i := range x.Deals {
		d := &x.Deals[i]
		if !d.Met || len(d.Entered) < 2 {
			d.Met = false
			continue
		}
		end := d.Ended
		if len(d.Entered) > 2 {
			end = d.Entered[2]
		} else if end.IsZero() {
			end = k.Now()
		}
		at := d.Entered[1].Add(time.Duration(random.Float64() * float64(end.Sub(d.Entered[1])))).Truncate(time.Second)
		v := record.With(record.Values{}, activity.Kind, activity.Meeting)
		record.With(v, activity.Subject, "Show it")
		record.With(v, activity.StartsAt, value.Moment(at))
		record.With(v, activity.Done, true)
		record.With(v, activity.DoneAt, value.Moment(at))
		record.With(v, activity.Targets, []schema.Ref{{Object: sales.Deals.Name, ID: d.ID}})
		v["owner"] = d.Owner
		changes = append(changes, record.Change{Values: v, At: at, By: d.Owner})
	}
	k.bring(t, activity.Activities.Name, changes)
}
