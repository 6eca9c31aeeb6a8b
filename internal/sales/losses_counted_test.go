package sales_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// Lost deals count by stage, reason, person and competitor with what they were worth,
// as can be counted by hand; one that is taken up again counts nowhere, and lost
// anew it counts for the new reason.
func TestLossesTellWhatIsCountedByHand(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		k.Create(t, k.Ada, "competitor", record.Values{"name": "Rival"})
		lose := func(deal value.ID, reason, competitor string) {
			t.Helper()
			k.Pass(time.Hour)
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := sales.Lose(t.Context(), s, deal, 0, sales.Close{Reason: reason, Competitor: competitor})
				return err
			})
		}
		first := book.deal(k.Rita, "Proposal", "2026-06-30", 50)
		lose(first, "price", "Rival")
		lose(book.deal(k.Rita, "Qualified", "2026-06-30", 30), "timing", "")
		lose(book.deal(k.Max, "Proposal", "2026-06-30", 20), "price", "Trakka") // in no list of competitors
		open := k.Create(t, k.Max, "deal", record.Values{"name": "Nobody knows its worth", "account": book.account, "stage": book.stages["Proposal"]})
		lose(open, "price", "Rival")
		book.deal(k.Rita, "Won", "2026-03-02", 7)
		book.deal(k.Max, "Proposal", "2026-06-30", 8)
		is := func(when string, wants map[string]map[string]string) {
			t.Helper()
			for name, want := range wants {
				table, _ := reported(t, k, k.Ada, name, report.Params{})
				for _, r := range table.Rows {
					label := strings.Join(r.Labels, "/")
					equal(t, when+", "+name+": "+label, figuresOf(r), want[label])
					listedAre(t, k, table, r)
				}
				if len(table.Rows) != len(want) {
					t.Errorf("%s, %s: %d lines, want %d", when, name, len(table.Rows), len(want))
				}
			}
		}
		is("lost", map[string]map[string]string{
			// lost, amount, days to lose
			"lost-by-stage":      {"Proposal/Price": "3 70.00_EUR 0", "Qualified/Timing": "1 30.00_EUR 0"},
			"lost-by-competitor": {"Rival": "2 50.00_EUR 0", "Trakka": "1 20.00_EUR 0", "": "1 30.00_EUR 0"},
			"lost-by-reason":     {"Price/Rita": "1 50.00_EUR", "Timing/Rita": "1 30.00_EUR", "Price/Max": "2 20.00_EUR"},
			// deals, won, lost, lost to it, win rate
			"deals-by-competitor": {"Rival": "2 0 2 2 0"},
			// were in the stage, lost there, rate, of all
			"losses-by-person-and-stage": {"Rita/Proposal": "1 1 1 1", "Rita/Qualified": "1 1 1 1", "Max/Proposal": "2 2 1 1"},
		})
		k.Pass(time.Hour)
		k.Write(t, k.Rita, func(s *record.Session) error { _, err := sales.Reopen(t.Context(), s, first, 0); return err })
		is("taken up again", map[string]map[string]string{
			"lost-by-stage":              {"Proposal/Price": "2 20.00_EUR 0", "Qualified/Timing": "1 30.00_EUR 0"},
			"lost-by-competitor":         {"Rival": "1 - 0", "Trakka": "1 20.00_EUR 0", "": "1 30.00_EUR 0"},
			"lost-by-reason":             {"Timing/Rita": "1 30.00_EUR", "Price/Max": "2 20.00_EUR"},
			"deals-by-competitor":        {"Rival": "2 0 1 1 0"},
			"losses-by-person-and-stage": {"Rita/Qualified": "1 1 1 1", "Max/Proposal": "2 2 1 1"},
		})
		k.Pass(time.Hour)
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Move(t.Context(), s, sales.Step{Deal: first, Stage: book.stages["Qualified"]})
			return err
		})
		lose(first, "timing", "Trakka")
		is("lost anew", map[string]map[string]string{
			"lost-by-stage":       {"Proposal/Price": "2 20.00_EUR 0", "Qualified/Timing": "2 80.00_EUR 0"},
			"lost-by-competitor":  {"Rival": "1 - 0", "Trakka": "2 70.00_EUR 0", "": "1 30.00_EUR 0"},
			"lost-by-reason":      {"Timing/Rita": "2 80.00_EUR", "Price/Max": "2 20.00_EUR"},
			"deals-by-competitor": {"Rival": "2 0 2 1 0"},
			// The first was in both stages, and lost in one.
			"losses-by-person-and-stage": {"Rita/Proposal": "1 0 0 0.666667", "Rita/Qualified": "2 2 1 1", "Max/Proposal": "2 2 1 0.666667"},
		})
	})
}

// Beside one person stands what all lose in a stage, not he himself; beside a team and
// the months that are asked for, what these lose.
func TestLossesOfOnePersonStandBesideAll(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		for _, x := range []struct {
			owner value.ID
			stage string
			lost  bool
		}{{k.Rita, "Proposal", true}, {k.Rita, "Proposal", false}, {k.Max, "Proposal", false}, {k.Max, "Proposal", false}, {k.Olga, "Proposal", true}, {k.Olga, "Qualified", true}} {
			deal := book.deal(x.owner, x.stage, "2026-06-30", 10)
			k.Pass(time.Hour)
			k.Write(t, k.Ada, func(s *record.Session) (err error) {
				if x.lost {
					_, err = sales.Lose(t.Context(), s, deal, 0, sales.Close{Reason: "price"})
				} else {
					_, err = sales.Win(t.Context(), s, deal, 0, sales.Close{})
				}
				return err
			})
		}
		var team value.ID
		k.Read(t, k.Ada, func(s *record.Session) error { team = s.Roster().TeamOf(k.Rita); return nil })
		rita, olga := `owner = "`+k.Rita.String()+`"`, `owner in ("`+k.Olga.String()+`")`
		// were in the stage, lost there, rate, of all
		for filter, want := range map[string]map[string]string{
			"":                              {"Rita/Proposal": "2 1 0.5 0.4", "Max/Proposal": "2 0 0 0.4", "Olga/Proposal": "1 1 1 0.4", "Olga/Qualified": "1 1 1 1"},
			rita:                            {"Rita/Proposal": "2 1 0.5 0.4"},
			olga:                            {"Olga/Proposal": "1 1 1 0.4", "Olga/Qualified": "1 1 1 1"},
			rita + " or " + olga:            {"Rita/Proposal": "2 1 0.5 0.4", "Olga/Proposal": "1 1 1 0.4", "Olga/Qualified": "1 1 1 1"},
			`owner.name = "Rita"`:           {"Rita/Proposal": "2 1 0.5 0.4"},
			rita + ` and status = "lost"`:   {"Rita/Proposal": "1 1 1 1"},
			rita + " and amount > 1":        {"Rita/Proposal": "2 1 0.5 0.4"},
			rita + ` and name = "nobody's"`: {},
			`owner.team = "` + team.String() + `" and ` + rita: nil,
		} {
			table, _ := reported(t, k, k.Ada, "losses-by-person-and-stage", report.Params{Filter: filter})
			if want == nil { // of his team
				lost, all := 0, 0
				whole, _ := reported(t, k, k.Ada, "losses-by-person-and-stage", report.Params{Filter: `owner.team = "` + team.String() + `"`})
				for _, r := range whole.Rows {
					if r.Labels[1] == "Proposal" {
						n, _ := r.Values[0].Value.(int64)
						m, _ := r.Values[1].Value.(int64)
						all, lost = all+int(n), lost+int(m)
					}
				}
				if all == 0 || all == 5 || len(table.Rows) != 1 || figuresOf(table.Rows[0]) != "2 1 0.5 "+decimal.NewFromInt(int64(lost)).DivRound(decimal.NewFromInt(int64(all)), 6).String() {
					t.Errorf("beside her team, %d of %d: %+v", lost, all, table.Rows)
				}
				continue
			}
			for _, r := range table.Rows {
				label := strings.Join(r.Labels, "/")
				equal(t, filter+": "+label, figuresOf(r), want[label])
				listedAre(t, k, table, r)
			}
			if len(table.Rows) != len(want) {
				t.Errorf("%s: %d lines, want %d", filter, len(table.Rows), len(want))
			}
		}
	})
}

// listedAre holds the counts of a line of lost deals against the lists behind them.
func listedAre(t *testing.T, k *apptest.Kit, table *report.Table, r report.Row) {
	t.Helper()
	for col, c := range table.Columns {
		n, counts := r.Values[col].Value.(int64)
		b, ok := table.BehindOf(r, col)
		if !counts || !ok || !c.Sums() {
			continue
		}
		k.Read(t, k.Ada, func(s *record.Session) (err error) {
			var listed int64
			if b.Path != "" {
				listed, _ = atOnce(t, k, s, table.Name, b.Path)
			} else {
				listed, _, err = s.Count(t.Context(), record.Query{Object: b.Object, Filter: b.Filter, Count: record.CountExact})
			}
			if listed != n {
				t.Errorf("%s, %v: %d %s, %d listed", table.Name, r.Labels, n, c.Name, listed)
			}
			return err
		})
	}
}
