package record

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// witness is a rule that notes when it runs and for how many drafts.
func witness(name string, mu *sync.Mutex, log *[]string) Rule {
	note := func(phase string) func(context.Context, *Session, []*Draft) error {
		return func(_ context.Context, _ *Session, drafts []*Draft) error {
			mu.Lock()
			defer mu.Unlock()
			*log = append(*log, fmt.Sprintf("%s %s %s %d", name, phase, drafts[0].Doing, len(drafts)))
			return nil
		}
	}
	return Rule{Name: name, Objects: []string{"firm"}, Prepare: note("prepare"), Check: note("check"), Applied: note("applied")}
}

func TestRulesRunInOrder(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		var mu sync.Mutex
		var log []string
		choosy := Rule{Name: "choosy", Objects: []string{"firm"},
			Prepare: func(_ context.Context, _ *Session, drafts []*Draft) error {
				for _, d := range drafts {
					if d.Field("name") == "fill" {
						d.Set("code", "filled")
					}
				}
				return nil
			},
			Check: func(_ context.Context, _ *Session, drafts []*Draft) error {
				for _, d := range drafts {
					if d.Field("name") == "bad" {
						d.Refuse("name", "field.in_use", nil)
					}
				}
				return nil
			}}
		k := newShop(t, server, witness("a", &mu, &log), choosy, witness("b", &mu, &log))
		var out []Outcome
		k.do(k.rep, func(s *Session) error {
			var err error
			out, err = s.Save(k.ctx(), Batch{Object: "firm", PerRow: true, Changes: []Change{{Values: Values{"name": "bad"}},
				{Values: Values{"name": "fill"}}, {Values: Values{"name": "good"}}, {Values: Values{}}}})
			return err
		})
		want := []string{"a prepare create 4", "b prepare create 4", "a check create 3", "b check create 2", "a applied create 2", "b applied create 2"}
		if !slices.Equal(log, want) {
			t.Errorf("ran %q, want %q", log, want)
		}
		k.wantField("firm", out[1].ID, "code", "filled")
		if out[0].ID != 0 || !fault.Is(out[0].Err, fault.Invalid) {
			t.Errorf("the refused row says %+v", out[0])
		}
		log = nil
		id := out[2].ID
		if err := k.set(k.rep, "firm", id, Values{"name": "good"}); err != nil {
			t.Fatal(err)
		}
		for _, line := range log {
			if line[2:] == "applied update 1" {
				t.Error("a change of nothing was applied")
			}
		}
		// One refusal refuses all, unless asked for row by row.
		err := k.write(k.rep, func(s *Session) error {
			_, err := s.Save(k.ctx(), Batch{Object: "firm", Changes: []Change{{Values: Values{"name": "bad"}}, {Values: Values{"name": "n"}}}})
			return err
		})
		wantFault(t, err, fault.Invalid, "field.in_use")
		if got := k.names(k.rep, Query{Object: "firm", Filter: `name = "n"`}); got != "" {
			t.Errorf("written although refused: %s", got)
		}
	})
}

func TestRulesThatTriggerEachOther(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		again := Rule{Name: "again", Objects: []string{"firm"}, Applied: func(ctx context.Context, s *Session, drafts []*Draft) error {
			_, err := s.Create(ctx, "firm", Values{"name": "again"})
			return err
		}}
		k := newShop(t, server, again)
		err := k.write(k.rep, func(s *Session) error { _, err := s.Create(k.ctx(), "firm", Values{"name": "x"}); return err })
		wantFault(t, err, fault.Conflict, "record.too_deep")
		if got := k.names(k.admin, Query{Object: "firm"}); got != "" {
			t.Errorf("left behind: %s", got)
		}
	})
}

// TestWhatRunsTwiceHappensOnce has two transactions take the same rows in
// opposite orders: one of them is repeated, and must leave one trace.
func TestWhatRunsTwiceHappensOnce(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		a, b := k.make(k.rep, "bill", Values{}), k.make(k.rep, "bill", Values{})
		var group sync.WaitGroup
		for i, ids := range [][]value.ID{{a, b}, {b, a}, {a, b}, {b, a}} {
			group.Go(func() {
				err := k.engine.Write(k.background(), Who{Member: k.rep}, func(s *Session) error {
					for _, id := range ids {
						if _, err := s.Update(k.background(), "bill", id, 0, Values{"amount": eur(int64(i + 1))}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		k.wantField("bill", a, "version", int64(5))
		k.wantField("bill", b, "version", int64(5))
		k.invariants()
	})
}

func TestLiveRollupsCountWhatOneSees(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		k.apply(change(schema.AddField, "firm", "", `{"name":"bill_count","kind":"rollup","rollup":{"child":"bill","link":"firm","function":"count"}}`),
			change(schema.AddField, "firm", "", `{"name":"billed","kind":"rollup","rollup":{"child":"bill","link":"firm","function":"sum","field":"amount","filter":"status != \"new\""}}`))
		firm := k.make(k.rep, "firm", Values{"name": "F"})
		k.make(k.rep, "bill", Values{"firm": firm, "amount": eur(100), "status": "sent"})
		other := k.make(k.other, "bill", Values{"amount": eur(1000), "status": "sent"})
		if err := k.set(0, "bill", other, Values{"firm": firm}); err != nil {
			t.Fatal(err)
		}
		look := func(who value.ID) (any, any) {
			var r *Record
			k.as(who, func(s *Session) {
				var err error
				if r, err = s.Get(k.ctx(), "firm", firm); err != nil {
					t.Fatal(err)
				}
				if _, err := s.GetJSON(k.ctx(), "firm", firm, []string{"name", "bill_count", "billed"}, nil); err != nil {
					t.Fatal(err)
				}
			})
			return r.Field("bill_count"), r.Field("billed")
		}
		for _, c := range []struct {
			who    value.ID
			n      int64
			billed value.Money
		}{{k.admin, 2, eur(1100)}, {k.clerk, 2, eur(1100)}, {k.rep, 1, eur(100)}, {k.boss, 2, eur(1100)}} {
			if n, billed := look(c.who); n != c.n || billed != c.billed {
				t.Errorf("member %d sees %v of %v, want %d of %v", c.who, n, billed, c.n, c.billed)
			}
		}
		// What is counted live is nothing to filter or sort by.
		k.refused(k.rep, Query{Object: "firm", Filter: "bill_count > 1"}, "expr.unknown_name")
	})
}

func TestRollupsOverRollups(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		k.apply(change(schema.AddField, "firm", "", `{"name":"goods","kind":"rollup","rollup":{"child":"bill","link":"firm","function":"sum","field":"items"}}`))
		firm := k.make(k.rep, "firm", Values{"name": "F"})
		bill := k.make(k.rep, "bill", Values{"firm": firm})
		item := k.make(k.rep, "item", Values{"bill": bill})
		k.make(k.rep, "item", Values{"bill": bill})
		k.wantField("firm", firm, "goods", int64(2))
		if err := k.drop(k.rep, "item", item); err != nil {
			t.Fatal(err)
		}
		k.wantField("firm", firm, "goods", int64(1))
		k.invariants()
	})
}

func TestSettingsChangeWhileTheyCan(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		set := func(who value.ID, change func(*Settings)) error {
			return k.write(who, func(s *Session) error { return s.ChangeSettings(k.ctx(), change) })
		}
		wantFault(t, set(k.boss, func(s *Settings) { s.Name = "x" }), fault.Forbidden, "record.admin_only")
		for key, change := range map[string]func(*Settings){
			"record.unknown_zone":     func(s *Settings) { s.Zone = "Mars/Olympus" },
			"record.bad_fiscal_start": func(s *Settings) { s.FiscalStart = 13 },
		} {
			wantFault(t, set(k.admin, change), fault.Invalid, key)
		}
		for _, change := range []func(*Settings){func(s *Settings) { s.Currency = "EURO" }, func(s *Settings) { s.Collation = "!!" }} {
			if err := set(k.admin, change); !fault.Is(err, fault.Invalid) {
				t.Errorf("accepted: %v", err)
			}
		}
		if err := set(k.admin, func(s *Settings) { s.Currency, s.Zone = "USD", "Europe/Berlin" }); err != nil {
			t.Fatal(err)
		}
		id := k.make(k.rep, "bill", Values{"amount": "5"})
		k.wantField("bill", id, "amount", value.Money{Minor: 500, Currency: "USD"})
		wantFault(t, set(k.admin, func(s *Settings) { s.Currency = "EUR" }), fault.Conflict, "record.currency_in_use")
		if err := k.drop(k.admin, "bill", id); err != nil { // it may come back
			t.Fatal(err)
		}
		wantFault(t, set(k.admin, func(s *Settings) { s.Currency = "EUR" }), fault.Conflict, "record.currency_in_use")
	})
}

// Who changes one setting does not take back another that somebody changes at
// the same time.
func TestSettingsChangedAtOnce(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		set := func(change func(*Settings)) error {
			return k.write(k.admin, func(s *Session) error { return s.ChangeSettings(k.ctx(), change) })
		}
		if err := set(func(s *Settings) { s.Name = "Begun" }); err != nil {
			t.Fatal(err)
		}
		changes := []func(*Settings){func(s *Settings) { s.Name = "Acme" }, func(s *Settings) { s.Zone = "Europe/Berlin" }, func(s *Settings) { s.FiscalStart = 2 },
			func(s *Settings) { s.TaxID = "DE1" }, func(s *Settings) { s.Bank = "Ours" }}
		done := make(chan error)
		for _, change := range changes {
			go func() { done <- set(change) }()
		}
		for range changes {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		k.as(0, func(s *Session) {
			if got := s.Settings(); got.Name != "Acme" || got.Zone != "Europe/Berlin" || got.FiscalStart != 2 || got.TaxID != "DE1" || got.Bank != "Ours" {
				t.Errorf("kept %+v", got)
			}
		})
	})
}

func TestCollationIsMadeAnew(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		for _, name := range []string{"z", "ö", "o", "a"} {
			k.make(k.rep, "firm", Values{"name": name})
		}
		sorted := func() string { return k.names(k.rep, Query{Object: "firm", Sort: "name"}) }
		if got := sorted(); got != "a o ö z" {
			t.Error(got)
		}
		if err := k.write(k.admin, func(s *Session) error {
			return s.ChangeSettings(k.ctx(), func(x *Settings) { x.Collation = "sv" })
		}); err != nil {
			t.Fatal(err)
		}
		if err := k.engine.Recollate(k.ctx()); err != nil {
			t.Fatal(err)
		}
		if got := sorted(); got != "a o z ö" {
			t.Errorf("in Swedish: %s", got)
		}
		k.invariants()
	})
}
