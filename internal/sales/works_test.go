package sales_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// The planted meeting is found, with the counts of those that have it and those
// that have not; what one may not read is in no figure.
func TestWhatWorksFindsThePlantedMeeting(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		compare := func(who value.ID) (x *sales.Works) {
			k.Read(t, who, func(s *record.Session) (err error) {
				x, err = sales.Compare(t.Context(), s, 0)
				return err
			})
			return x
		}
		if x := compare(k.Ada); x.Won+x.Lost != 0 || len(x.Facts) != 0 {
			t.Errorf("of nothing: %+v", x)
		}
		truth := k.Plant(t, apptest.Planting{Seed: 21, Deals: 700, Meetings: true})
		won, lost, ids := 0, 0, map[value.ID]bool{}
		for _, d := range truth.Deals {
			ids[d.ID] = d.Won
			if d.Won {
				won++
			} else if !d.Open() {
				lost++
			}
		}
		x := compare(k.Ada)
		if x.Pipeline != truth.Pipeline || x.Won != won || x.Lost != lost {
			t.Errorf("%d won and %d lost, want %d and %d", x.Won, x.Lost, won, lost)
		}
		found := false
		for _, f := range x.Facts {
			wins := 0
			for _, id := range f.Behind(true) {
				if ids[id] {
					wins++
				}
			}
			if len(f.Behind(true)) != f.With.Deals || wins != f.With.Won || len(f.Behind(false)) != f.Without.Deals {
				t.Errorf("%s %s: the deals behind it are others", f.Key, f.Of)
			}
			if f.Key == sales.FactEarly && f.Of == "meeting" {
				found = true
				if f.Sure != "clear" || f.With.Rate() < f.Without.Rate()+15 {
					t.Errorf("the planted meeting: %+v", f)
				}
			}
		}
		if !found {
			t.Errorf("no word of meetings in %+v", x.Facts)
		}
		if p := x.Paths[0]; len(p.Names) != 4 || p.Names[3] != "Contract" || len(p.Behind()) != p.Deals {
			t.Errorf("the first path is %+v", p)
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			for name, lines := range map[string]int{"what-works-facts": len(x.Facts), "what-works-paths": len(x.Paths)} {
				table, err := k.App.Reports().Run(t.Context(), s, name, report.Params{})
				if err != nil {
					return err
				}
				if len(table.Rows) != lines || len(table.Notes) != 1 {
					t.Errorf("%s has %d lines, want %d", name, len(table.Rows), lines)
				}
				if led := behindTop(t, k, s, table); led < 4 {
					t.Errorf("%s leads to %d lists", name, led)
				}
				few, err := k.App.Reports().Run(t.Context(), s, name, report.Params{Filter: `owner = "` + k.Rita.String() + `"`})
				if err != nil || fmt.Sprint(few.Rows) == fmt.Sprint(table.Rows) {
					t.Errorf("%s cannot be narrowed: %v", name, err)
				}
			}
			_, err := k.App.Reports().Run(t.Context(), s, "prediction-quality", report.Params{Filter: `status = "open"`})
			if f, is := fault.As(err); !is || f.Key != "report.whole" {
				t.Errorf("a back-test is narrowed: %v", err)
			}
			return nil
		})
		k.Mask(t, "deal.stage")
		if err := k.Workspace.Read(t.Context(), apptest.As(k.Rita), func(s *record.Session) error {
			_, err := sales.Compare(t.Context(), s, 0)
			return err
		}); err == nil {
			t.Error("who may not see stages compares by them")
		}
	})
}

// Of deals by hand: nothing is said before ten deals are on each side, and deals
// out of sight are in no figure, no way and no list.
func TestWhatWorksCountsByHand(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		end := func(owner value.ID, moved, won bool) {
			id := book.deal(owner, "Proposal", "2026-03-20", 10)
			k.Pass(time.Hour)
			k.Write(t, k.Ada, func(s *record.Session) error {
				if moved {
					if _, err := s.Update(t.Context(), "deal", id, 0, record.Values{"close_date": "2026-03-25"}); err != nil {
						return err
					}
				}
				step := sales.Step{Deal: id, Kind: sales.Won}
				if !won {
					step = sales.Step{Deal: id, Kind: sales.Lost, Close: sales.Close{Reason: "price"}}
				}
				_, err := sales.Move(t.Context(), s, step)
				return err
			})
		}
		is := func(what string, who value.ID, want string) {
			t.Helper()
			k.Read(t, who, func(s *record.Session) error {
				x, err := sales.Compare(t.Context(), s, 0)
				if err != nil {
					return err
				}
				text := fmt.Sprint(x.Won, " won ", x.Lost, " lost")
				for _, f := range x.Facts {
					text += fmt.Sprint(", ", f.Key, f.Of, " ", f.With, f.Without, " ", f.Sure)
				}
				for _, p := range x.Paths {
					text += fmt.Sprint(", ", p.Names, " ", p.Outcomes, " ", len(p.Behind()))
				}
				if text != want {
					t.Errorf("%s: %s\n want %s", what, text, want)
				}
				table, err := k.App.Reports().Run(t.Context(), s, "what-works-facts", report.Params{})
				if err != nil {
					return err
				}
				if len(table.Rows) != len(x.Facts) || len(table.Notes) != 1 || !strings.HasPrefix(table.Notes[0].Text, "This is correlation.") || table.None != "It takes ten deals on each side." {
					t.Errorf("%s: the report has %d lines, says %+v and %q", what, len(table.Rows), table.Notes, table.None)
				}
				return nil
			})
		}
		for i := range 10 {
			end(k.Rita, false, i < 2)
			if i > 0 {
				end(k.Rita, true, i < 8)
			}
		}
		is("nine that were moved", k.Bob, "9 won 10 lost, [Proposal] {19 9} 19")
		end(k.Rita, true, true)
		ten := "10 won 10 lost, moved {10 8} {10 2} clear, [Proposal] {20 10} 20"
		is("ten", k.Bob, ten)
		for range 3 {
			end(k.Olga, false, false)
		}
		is("with Olga's", k.Bob, "10 won 13 lost, moved {10 8} {13 2} clear, [Proposal] {23 10} 23")
		is("open deals", k.Rita, "10 won 13 lost, moved {10 8} {13 2} clear, [Proposal] {23 10} 23")
		k.Write(t, k.Ada, func(s *record.Session) error {
			return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject("deal"), access.Private)
		})
		is("private ones", k.Rita, ten)
		is("private ones of few", k.Olga, "0 won 3 lost, [Proposal] {3 0} 3")
		is("all of them", k.Ada, "10 won 13 lost, moved {10 8} {13 2} clear, [Proposal] {23 10} 23")
	})
}

// behindTop follows the figures of the first lines to their records.
func behindTop(t *testing.T, k *apptest.Kit, s *record.Session, table *report.Table) (led int) {
	t.Helper()
	for _, r := range table.Rows[:min(2, len(table.Rows))] {
		for col := range table.Columns {
			b, ok := table.BehindOf(r, col)
			if !ok {
				continue
			}
			n, counts := r.Values[col].Value.(int64)
			u, _ := url.Parse(b.Path)
			trail, err := report.ReadTrail(s, u.Query())
			if err != nil {
				t.Error(err)
			}
			found, _, err := k.App.Reports().Behind(t.Context(), s, table.Name, trail)
			if err != nil || counts && found.Count != n || len(found.IDs) != int(min(found.Count, report.MostBehind)) {
				t.Errorf("%s, %v: %d, listed are %d of %d: %v", table.Name, r.Labels, n, len(found.IDs), found.Count, err)
				continue
			}
			last := found.IDs[len(found.IDs)-1]
			trail.Before = last
			if rest, _, err := k.App.Reports().Behind(t.Context(), s, table.Name, trail); err != nil || len(rest.IDs) != int(found.Count)-len(found.IDs) && found.Count <= 2*report.MostBehind {
				t.Errorf("%s, %v: %d records more, %v", table.Name, r.Labels, len(rest.IDs), err)
			}
			led++
		}
	}
	return led
}

// Where more deals were lost than are looked at, those won before the earliest of
// them are left out too: the share that was won is that of a time, not that of how
// many are looked at.
func TestWhatWorksComparesOneTime(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		firm := k.Create(t, k.Rita, "account", record.Values{"name": "Aurora"})
		end := func(kind string) {
			id := k.Create(t, k.Rita, "deal", record.Values{"name": kind, "account": firm, "amount": "100"})
			k.Write(t, k.Rita, func(s *record.Session) (err error) {
				if kind == sales.Won {
					_, err = sales.Win(t.Context(), s, id, 0, sales.Close{})
				} else {
					_, err = sales.Lose(t.Context(), s, id, 0, sales.Close{Reason: "price"})
				}
				return err
			})
			k.Pass(time.Hour)
		}
		for _, kind := range []string{sales.Won, sales.Won, sales.Lost, sales.Lost, sales.Won, sales.Lost, sales.Lost} {
			end(kind)
		}
		for most, want := range map[int][2]int{2: {0, 2}, 3: {1, 3}, 10: {3, 4}} {
			k.Read(t, k.Ada, func(s *record.Session) error {
				x, err := sales.CompareMost(t.Context(), s, most)
				if err == nil && ([2]int{x.Won, x.Lost} != want || (x.Since != nil) != (most < 4)) {
					t.Errorf("%d at most: %d won and %d lost since %v, want %v", most, x.Won, x.Lost, x.Since, want)
				}
				return err
			})
		}
	})
}
