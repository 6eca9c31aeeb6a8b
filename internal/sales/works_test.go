package sales_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
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
		k.Mask(t, "deal.stage")
		if err := k.Workspace.Read(t.Context(), apptest.As(k.Rita), func(s *record.Session) error {
			_, err := sales.Compare(t.Context(), s, 0)
			return err
		}); err == nil {
			t.Error("who may not see stages compares by them")
		}
	})
}
