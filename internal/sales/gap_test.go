package sales_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/goal"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// What closes a gap follows from the own rates; where they cannot close it, that
// is said, and nothing is divided by what never was nor planned.
func TestAGapThatCannotBeClosed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		won, lost int
		took      int // days until a deal was won
		wait      time.Duration
		period    string
		wins      int64
		hurdle    string
		need      int64 // won deals
	}{
		{"can be closed", 10, 10, 5, 0, "2026-03", 2, "", 2},
		{"is closed", 10, 0, 5, 0, "2025-Q4", 5, "", 0},
		{"none was won", 0, 12, 5, 0, "2026-03", 2, sales.HurdleNever, 0},
		{"few were closed", 0, 3, 5, 0, "2026-03", 2, "", 2},
		{"deals take longer", 10, 0, 90, 0, "2026-03", 2, sales.HurdleCycle, 0},
		{"many times the pace", 10, 0, 5, 0, "2026-03", 400, sales.HurdlePace, 400},
		{"hardly any was won", 4, 36, 5, 0, "2026-03", 400, sales.HurdleNew, 400},
		{"over", 10, 0, 5, 60 * 24 * time.Hour, "2026-03", 2, sales.HurdleOver, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
				book := newBook(t, k)
				today := value.DateOf(k.Now(), time.UTC)
				for i := range c.won + c.lost {
					on := today.AddDays(-100 - i)
					v := record.Values{"name": "Deal", "account": book.account, "stage": book.stages["Won"], "owner": k.Rita, "amount": whole(10),
						"close_date": on, "started_on": on.AddDays(-c.took)}
					if i >= c.won {
						v["stage"], v["lost_reason"] = book.stages["Lost"], "price"
					}
					k.Create(t, k.Ada, "deal", v)
				}
				target := k.Create(t, k.Ada, "target", record.Values{"member": k.Rita, "measure": "won_deals", "period": c.period, "number": c.wins, "raise_reason": "x"})
				k.Pass(c.wait)
				gap := gapOf(t, k, target)
				if gap.Hurdle != c.hurdle || len(gap.Steps) > 0 && gap.Steps[0].Need != c.need || (len(gap.Steps) > 0) != (c.need != 0) {
					t.Fatalf("%q with steps %+v, want %q and %d", gap.Hurdle, gap.Steps, c.hurdle, c.need)
				}
				todos := gap.Todos(i18n.FormatFor("en"), "en")
				if can := c.hurdle == "" && c.need > 0; (len(todos) > 0) != can {
					t.Errorf("%d tasks", len(todos))
				}
				if len(todos) > 0 {
					return
				}
				err := k.Workspace.Write(t.Context(), apptest.As(k.Rita), func(s *record.Session) error {
					_, err := sales.PlanGap(t.Context(), s, gap.Target, todos)
					return err
				})
				if f, ok := fault.As(err); !ok || f.Key != "gap.nothing" {
					t.Errorf("planned all the same: %v", err)
				}
			})
		})
	}
}

func gapOf(t *testing.T, k *apptest.Kit, target value.ID) (gap *sales.Gap) {
	t.Helper()
	k.Read(t, k.Rita, func(s *record.Session) (err error) {
		gap, err = sales.GapOf(t.Context(), s, k.App.Goals(), target)
		return err
	})
	return gap
}

// stepsOf are the steps as text: "win 3, open ?".
func stepsOf(gap *sales.Gap) string {
	var said []string
	for _, x := range gap.Steps {
		need := fmt.Sprint(x.Need)
		if x.Unknown {
			need = "?"
		}
		said = append(said, x.Kind+" "+need)
	}
	return strings.Join(said, ", ")
}

// Whatever a target counts, what is many times the own pace is said and not
// planned, and so is much of what was hardly ever done.
func TestAGapOfEveryMeasure(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		try := func(when, measure string, number int64, hurdle string) {
			t.Helper()
			target := k.Create(t, k.Ada, "target", record.Values{"member": k.Rita, "measure": measure, "period": "2026-03", "number": number, "raise_reason": "x"})
			gap := gapOf(t, k, target)
			if gap.Hurdle != hurdle || len(gap.Steps) == 0 {
				t.Errorf("%s, %d of %s: %q, want %q; %s", when, number, measure, gap.Hurdle, hurdle, stepsOf(gap))
			}
			if text := i18n.Text("en", gap.Hurdle, gap.Args); hurdle != "" && (text == gap.Hurdle || strings.Contains(text, "{")) {
				t.Errorf("%s: no words: %q", hurdle, text)
			}
			if todos := gap.Todos(i18n.FormatFor("en"), "en"); (len(todos) > 0) != (hurdle == "") {
				t.Errorf("%s, %d of %s: %d tasks", when, number, measure, len(todos))
			}
			k.Write(t, k.Ada, func(s *record.Session) error { return s.Delete(t.Context(), "target", target) })
		}
		all := []string{goal.NewDeals, goal.NewLeads, goal.ConvertedLeads, goal.Calls, goal.Meetings, goal.Activities}
		for _, measure := range all {
			try("nothing is known", measure, 10_000, sales.HurdleNew)
			try("nothing is known", measure, 3, "")
		}
		for range 12 {
			book.deal(k.Rita, "Negotiation", "2026-09-15", 10)
			k.Create(t, k.Ada, "lead", record.Values{"name": "Lead", "owner": k.Rita})
			k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "done": true})
			k.Create(t, k.Rita, "activity", record.Values{"kind": "meeting", "done": true})
		}
		for _, measure := range all {
			if measure != goal.ConvertedLeads {
				try("twelve in these days", measure, 10_000, sales.HurdlePace)
				try("twelve in these days", measure, 30, "")
			}
		}
	})
}

// The margin follows from the average margin of a won deal; where that is none, no
// number of deals closes the gap, and that is said.
func TestAGapOfMargin(t *testing.T) {
	t.Parallel()
	for cost, want := range map[string]struct{ steps, hurdle string }{
		"60":  {"win 3, open ?, leads ?, meetings ?, calls ?", ""},
		"120": {"", sales.HurdleWorth},
		"":    {"win ?, open ?, leads ?, meetings ?, calls ?", ""},
	} {
		t.Run("cost "+cost, func(t *testing.T) {
			t.Parallel()
			apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
				book := newBook(t, k)
				pump := record.Values{"name": "Pump", "price": "100"}
				if cost != "" {
					pump["cost"] = cost
				}
				product := k.Create(t, k.Ada, "product", pump)
				for range 5 {
					book.wins(record.Values{}, product)
				}
				target := k.Create(t, k.Ada, "target", record.Values{"member": k.Rita, "measure": "margin", "period": "2026-Q3", "amount": "100", "raise_reason": "x"})
				gap := gapOf(t, k, target)
				if got := stepsOf(gap); got != want.steps || gap.Hurdle != want.hurdle {
					t.Errorf("%q with %s, want %q with %s", gap.Hurdle, got, want.hurdle, want.steps)
				}
			})
		})
	}
}

// wins makes a deal that was won some months ago, with lines of products.
func (b *dealBook) wins(v record.Values, products ...value.ID) value.ID {
	b.t.Helper()
	on := value.DateOf(b.Now(), time.UTC).AddDays(-100)
	deal := record.Values{"name": "Deal", "account": b.account, "owner": b.Rita, "close_date": on, "started_on": on.AddDays(-5)}
	won := b.stages["Won"]
	for name, x := range v {
		deal[name] = x
	}
	if at, ok := deal["stage"].(value.ID); ok {
		won = at
	}
	delete(deal, "stage")
	id := b.Create(b.t, b.Ada, "deal", deal)
	for _, product := range products {
		b.Create(b.t, b.Ada, "deal_line", record.Values{"deal": id, "product": product})
	}
	b.Write(b.t, b.Ada, func(s *record.Session) error {
		_, err := s.Update(b.t.Context(), "deal", id, 0, record.Values{"stage": won, "close_date": on})
		return err
	})
	return id
}

// A target for a pipeline or a product follows from the deals of that alone.
func TestAGapOfAPipelineOrProduct(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		large := k.Create(t, k.Ada, "pipeline", record.Values{"name": "Large", "position": int64(9)})
		k.Create(t, k.Ada, "stage", record.Values{"name": "Talk", "pipeline": large, "kind": "open", "position": int64(1)})
		got := k.Create(t, k.Ada, "stage", record.Values{"name": "Got", "pipeline": large, "kind": "won", "position": int64(2)})
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "Pump", "price": "100"})
		care := k.Create(t, k.Ada, "product", record.Values{"name": "Care", "price": "900"})
		for range 10 {
			book.wins(record.Values{"pipeline": large, "stage": got, "amount": whole(5000)})
			book.wins(record.Values{}, pump, care)
		}
		for range 10 {
			book.deal(k.Rita, "Lost", "2025-12-01", 10)
		}
		for _, c := range []struct {
			narrow string
			id     value.ID
			steps  string
		}{
			{"pipeline", large, "win 2, open 2, leads ?, meetings ?, calls ?"},
			{"product", care, "win 12, open 12, leads ?, meetings ?, calls ?"},
		} {
			target := k.Create(t, k.Ada, "target", record.Values{"member": k.Rita, "measure": "won_revenue", "period": "2026-Q3", "amount": "10000", "raise_reason": "x", c.narrow: c.id})
			gap := gapOf(t, k, target)
			if got := stepsOf(gap); got != c.steps || gap.Hurdle != "" {
				t.Errorf("%s: %q with %s, want %s", c.narrow, gap.Hurdle, got, c.steps)
			}
		}
	})
}
