package sales_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// shelf is a deal of Rita's, and the stages it can go through.
type shelf struct {
	*apptest.Kit
	t      *testing.T
	deal   value.ID
	stages map[string]value.ID
}

func newShelf(t *testing.T, k *apptest.Kit) *shelf {
	x := &shelf{Kit: k, t: t, stages: map[string]value.ID{}}
	k.Read(t, k.Ada, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "stage", Limit: 50})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			x.stages[r.Title()] = r.ID
		}
		return nil
	})
	account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
	x.deal = k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account, "close_date": "2026-06-30"})
	return x
}

func (x *shelf) move(step sales.Step) error {
	step.Deal = x.deal
	x.Pass(time.Minute) // the way through the stages is told by its times
	return x.Try(x.t.Context(), x.Rita, func(s *record.Session) error {
		_, err := sales.Move(x.t.Context(), s, step)
		return err
	})
}

// is compares fields of the deal with what is wanted.
func (x *shelf) is(what string, want record.Values) {
	x.t.Helper()
	x.Read(x.t, x.Ada, func(s *record.Session) error {
		d, err := s.Get(x.t.Context(), "deal", x.deal)
		if err != nil {
			return err
		}
		for name, v := range want {
			if got := d.Field(name); got != v {
				x.t.Errorf("%s: %s is %v, want %v", what, name, got, v)
			}
		}
		return nil
	})
}

func TestAStageDecidesWhetherADealIsWonLostOrReopened(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		today, err := value.ParseDate("2026-03-02")
		if err != nil {
			t.Fatal(err)
		}
		second := k.Create(t, k.Ada, "stage", record.Values{"name": "Renewed", "pipeline": x.pipeline(), "kind": "won", "position": int64(9)})
		x.stages["Renewed"] = second

		err = x.move(sales.Step{Stage: x.stages["Lost"]})
		if e, ok := fault.As(err); !ok || e.Kind != fault.Invalid || len(e.Fields) != 1 || e.Fields[0].Path != "lost_reason" {
			t.Errorf("lost without a reason: %v", err)
		}
		x.is("refused", record.Values{"status": "open", "stage": x.stages["Prospecting"]})

		if err := x.move(sales.Step{Stage: x.stages["Lost"], Close: sales.Close{Reason: "price", Competitor: "Trakka", Note: "Too dear"}}); err != nil {
			t.Fatal(err)
		}
		x.is("lost", record.Values{"status": "lost", "lost_reason": "price", "competitor": "Trakka", "close_date": today})
		x.Read(t, x.Rita, func(s *record.Session) error {
			p, err := s.Query(t.Context(), record.Query{Object: "activity", Filter: `body = "Too dear"`, Count: record.CountExact})
			if err == nil && p.Count != 1 {
				t.Errorf("%d notes", p.Count)
			}
			return err
		})

		// From one end to the other: what was said of the first is gone.
		if err := x.move(sales.Step{Stage: second, Close: sales.Close{Reason: "service"}}); err != nil {
			t.Fatal(err)
		}
		x.is("won", record.Values{"status": "won", "stage": second, "won_reason": "service", "lost_reason": nil, "competitor": nil})

		if err := x.move(sales.Step{Stage: x.stages["Proposal"], Values: record.Values{"amount": "5"}}); err != nil {
			t.Fatal(err)
		}
		x.is("taken up again", record.Values{"status": "open", "stage": x.stages["Proposal"], "won_reason": nil, "amount": value.Money{Minor: 500, Currency: "EUR"}})

		// However the stage is changed: what follows is the same.
		for _, v := range []record.Values{{"stage": x.stages["Lost"], "lost_reason": "price"}, {"stage": x.stages["Qualified"]}} {
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "deal", x.deal, 0, v)
				return err
			})
		}
		x.is("edited", record.Values{"status": "open", "lost_reason": nil})
	})
}

func TestStepsThatSayAKind(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		if err := x.move(sales.Step{Kind: sales.Open}); !fault.Is(err, fault.Conflict) {
			t.Errorf("an open deal was reopened: %v", err)
		}
		if err := x.move(sales.Step{Stage: x.stages["Proposal"]}); err != nil {
			t.Fatal(err)
		}
		if err := x.move(sales.Step{Kind: sales.Won}); err != nil {
			t.Fatal(err)
		}
		x.is("won", record.Values{"stage": x.stages["Won"], "status": "won"})
		if err := x.move(sales.Step{Kind: sales.Open}); err != nil {
			t.Fatal(err)
		}
		x.is("reopened", record.Values{"stage": x.stages["Proposal"], "status": "open"})
		if err := x.move(sales.Step{Kind: "nonsense"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a stage of no kind: %v", err)
		}
		err := k.Try(t.Context(), k.Olga, func(s *record.Session) error {
			_, err := sales.Move(t.Context(), s, sales.Step{Deal: x.deal, Kind: sales.Won})
			return err
		})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep of another team won the deal: %v", err)
		}
	})
}

func (x *shelf) pipeline() (id value.ID) {
	x.Read(x.t, x.Ada, func(s *record.Session) error {
		d, err := s.Get(x.t.Context(), "deal", x.deal)
		if err == nil {
			id, _ = record.Get(d, sales.DealPipeline)
		}
		return err
	})
	return id
}

// stepTo is a step of the shelf's deal into a stage.
func stepTo(x *shelf, stage string, v record.Values) sales.Step {
	return sales.Step{Stage: x.stages[stage], Values: v}
}
