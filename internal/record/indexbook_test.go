package record

import (
	"context"
	"errors"
	"slices"
	"testing"

	"wellmet/internal/store"
)

// An index that is made while a query looks for indexes makes the next one look
// again, and takes nothing away from this one.
func TestIndexesForgottenWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		k.as(k.rep, func(s *Session) {
			b := &k.engine.indexes
			b.has(k.ctx(), s, "deal", "deal_owner")
			b.forget()
			if known := b.load(k.ctx(), s, "deal"); !known["deal_owner"] {
				t.Errorf("read %v", known)
			}
			if !b.has(k.ctx(), s, "deal", "deal_owner") {
				t.Error("the index is not found again")
			}
		})
	})
}

// Without the indexes that only reading needs, records come in and are read as
// with them; they are made again behind it, and by the next start where that
// did not come about.
func TestWithoutTheIndexesOfReading(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		indexes := func() (names []string) {
			t.Helper()
			k.as(k.admin, func(s *Session) {
				for _, table := range []string{"deal", "span_deal"} {
					some, err := s.tx.TableIndexes(k.ctx(), table)
					if err != nil {
						t.Fatal(err)
					}
					names = append(names, some...)
				}
			})
			slices.Sort(names)
			return names
		}
		all := indexes()
		owner := k.object("deal").Table + "_owner"
		stop := errors.New("stopped")
		for _, fails := range []error{nil, stop} {
			err := k.engine.WithoutOrder(k.ctx(), []string{"deal"}, func(context.Context) error {
				if now := indexes(); slices.Contains(now, owner) || len(now) >= len(all) {
					t.Errorf("still there: %v", now)
				}
				name := "came in"
				if fails != nil {
					name = "came later"
				}
				if err := k.write(k.rep, func(s *Session) error {
					_, err := s.Create(k.ctx(), "deal", Values{"name": name})
					return err
				}); err != nil {
					t.Error(err)
				}
				if got := k.names(k.rep, Query{Object: "deal", Filter: `name = "` + name + `"`}); got != name {
					t.Errorf("read %q, want %q", got, name)
				}
				return fails
			})
			if !errors.Is(err, fails) {
				t.Fatal(err)
			}
			if now := indexes(); fails == nil && !slices.Equal(now, all) {
				t.Errorf("afterwards %v, before %v", now, all)
			}
		}
		if err := k.engine.Open(k.ctx()); err != nil {
			t.Fatal(err)
		}
		if now := indexes(); !slices.Equal(now, all) {
			t.Errorf("after a start %v, before %v", now, all)
		}
	})
}
