package sales_test

import (
	"errors"
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Stages are kept from one change of a deal to the next. What is changed of them
// holds at once, in the transaction that changes them too; what is taken back
// never held.
func TestStagesAreKeptUntilOneChanges(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		set := func(s *record.Session, stage string, chance int64) error {
			_, err := s.Update(t.Context(), "stage", x.stages[stage], 0, record.Values{"probability": decimal.NewFromInt(chance)})
			return err
		}
		move := func(s *record.Session, stage string) error {
			_, err := s.Update(t.Context(), "deal", x.deal, 0, record.Values{"stage": x.stages[stage]})
			return err
		}
		chance := func(when string, want int64) {
			t.Helper()
			k.Read(t, k.Ada, func(s *record.Session) error {
				d, err := s.Get(t.Context(), "deal", x.deal)
				if err == nil {
					if got, _ := d.Field("probability").(decimal.Decimal); !got.Equal(decimal.NewFromInt(want)) {
						t.Errorf("%s: a chance of %s, want %d", when, got, want)
					}
				}
				return err
			})
		}
		of := func(stage value.ID) string {
			for name, id := range x.stages {
				if id == stage {
					return name
				}
			}
			return ""
		}
		var first, second string
		k.Read(t, k.Ada, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "stage", Filter: `kind = "open"`, Sort: "position", Limit: 3})
			if err == nil {
				first, second = of(page.Records[1].ID), of(page.Records[2].ID)
			}
			return err
		})
		k.Write(t, k.Ada, func(s *record.Session) error { return set(s, first, 33) })
		k.Write(t, k.Ada, func(s *record.Session) error { return move(s, first) })
		chance("after the stage changed", 33)
		k.Write(t, k.Ada, func(s *record.Session) error {
			if err := set(s, second, 44); err != nil {
				return err
			}
			if err := move(s, second); err != nil {
				return err
			}
			if err := set(s, first, 55); err != nil {
				return err
			}
			return move(s, first)
		})
		chance("in the transaction that changed two", 55)
		sorry := errors.New("sorry")
		if err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
			if err := set(s, second, 99); err != nil {
				return err
			}
			if err := move(s, second); err != nil {
				return err
			}
			return sorry
		}); !errors.Is(err, sorry) {
			t.Fatal(err)
		}
		k.Write(t, k.Ada, func(s *record.Session) error { return move(s, second) })
		chance("after a change was taken back", 44)
	})
}

// A snapshot has the order of stages once, for each who may read it; a writer reads it
// anew after each change.
func TestStatesAreReadOnceASnapshot(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		read := func(s *record.Session) *record.States {
			states, err := s.States(t.Context(), s.Schema().MustObject("stage"))
			if err != nil || states == nil {
				t.Fatal(states, err)
			}
			return states
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			if first := read(s); first != read(s) || first == read(s.AsSystem("test")) {
				t.Error("the stages are read anew, or one reads what another may")
			}
			return nil
		})
		k.Write(t, k.Ada, func(s *record.Session) error {
			first := read(s)
			_, err := s.Update(t.Context(), "stage", x.stages["Prospecting"], 0, record.Values{"position": int64(90)})
			if was, is := first.Place(x.stages["Prospecting"]), read(s).Place(x.stages["Prospecting"]); is <= was {
				t.Errorf("moved from %d to %d", was, is)
			}
			return err
		})
	})
}
