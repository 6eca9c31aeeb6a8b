package record

import (
	"errors"
	"slices"
	"testing"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// olderObjects are the kit's as a program declared them that kept sums of the
// amount alone, and knew the other amount or not.
func olderObjects(weighted bool) []*schema.Object {
	objects := figureObjects()
	for _, o := range objects {
		if o.Name == "deal" {
			o.Sum.Amounts = []string{"amount"}
			o.Fields = slices.DeleteFunc(o.Fields, func(f *schema.FieldDef) bool { return f.Name == "weighted" && !weighted })
		}
	}
	return objects
}

// A newer program that keeps sums of one more amount counts those of the
// records of before, and reads none until then.
func TestSumsOfOneMoreAmount(t *testing.T) {
	t.Parallel()
	for name, knew := range map[string]bool{"of a known field": true, "of a new field": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, server *store.Server) {
				k := figuresOf(t, server, olderObjects(knew))
				stage := k.make("stage", 0, Values{"name": "open", "position": 1, "kind": "open"})
				deal := func(amount string) {
					k.make("deal", k.rep, Values{"name": "d", "amount": amount, "chance": "50", "stage": stage})
				}
				deal("10 EUR")
				deal("7 USD")
				if _, err := k.engine.fold(k.ctx(), 1); err != nil {
					t.Fatal(err)
				}
				deal("30 EUR") // stays loose
				needs := k.engine.needs
				needs.Objects = figureObjects()
				k.engine = New(needs)
				if knew {
					k.countedOnly("beside a program that has not opened it")
				}
				k.interrupt()
				if err := k.engine.Open(k.ctx()); err != nil {
					t.Fatal(err)
				}
				k.everyoneBothWays("opened")
				deal("50 EUR")
				k.everyoneBothWays("one deal later")
				if _, err := k.engine.fold(k.ctx(), 1); err != nil {
					t.Fatal(err)
				}
				k.everyoneBothWays("folded")
			})
		})
	}
}

// countedOnly asks for sums that are not counted yet.
func (k *kit) countedOnly(when string) {
	k.t.Helper()
	if err := k.engine.Attach(k.ctx()); err != nil {
		k.t.Fatal(err)
	}
	k.as(0, func(s *Session) {
		r, err := s.Aggregate(k.ctx(), Aggregate{Object: "deal", Measures: []string{"count", "sum:weighted"}})
		if err != nil {
			k.t.Fatal(err)
		}
		if got := figuresText(r); r.maintained || got != "= 3 20.00 EUR[20.00 EUR 3.50 USD](-1)" {
			k.t.Errorf("%s: %s, from sums: %v", when, got, r.maintained)
		}
	})
}

// interrupt lets the counting end before its commit.
func (k *kit) interrupt() {
	k.t.Helper()
	died := errors.New("the process ended")
	err := k.engine.needs.DB.Write(k.ctx(), func(tx *store.Tx) error {
		s, err := schema.Load(k.ctx(), tx, figureObjects())
		if err != nil {
			return err
		}
		if _, err := schema.Reconcile(k.ctx(), tx, s); err != nil {
			return err
		}
		if err := rebuildSums(k.ctx(), tx, s.MustObject("deal")); err != nil {
			return err
		}
		return died
	})
	if !errors.Is(err, died) {
		k.t.Fatal(err)
	}
}
