package record

import (
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

func TestWritingFollowsRights(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		mine := k.make(k.rep, "firm", Values{"name": "Mine"})
		mates := k.make(k.mate, "firm", Values{"name": "Mate's"})
		far := k.make(k.other, "firm", Values{"name": "Far"})
		nobodys := k.make(0, "firm", Values{"name": "Nobody's"})

		for _, c := range []struct {
			who    value.ID
			id     value.ID
			reason fault.Kind // 0 = allowed
		}{
			{k.rep, mine, 0}, {k.rep, far, fault.NotFound}, {k.rep, nobodys, fault.NotFound},
			{k.boss, mine, 0}, {k.boss, far, 0}, {k.boss, nobodys, fault.NotFound},
			{k.admin, far, 0}, {k.admin, nobodys, 0}, {0, nobodys, 0},
			{k.clerk, mine, fault.Forbidden}, {k.clerk, nobodys, fault.Forbidden},
		} {
			for _, do := range []func() error{
				func() error { return k.set(c.who, "firm", c.id, Values{"code": value.NewID(noon).String()}) },
				func() error { return k.dropAndBack(c.who, "firm", c.id) },
			} {
				err := do()
				switch {
				case c.reason == 0 && err != nil:
					t.Errorf("member %d, record %d: %v%s", c.who, c.id, err, fields(err))
				case c.reason != 0 && !fault.Is(err, c.reason):
					t.Errorf("member %d, record %d: got %v, want kind %d", c.who, c.id, err, c.reason)
				}
			}
		}
		// A colleague's record one may change, but not delete.
		if err := k.set(k.rep, "firm", mates, Values{"code": "m"}); err != nil {
			t.Error(err)
		}
		wantFault(t, k.drop(k.rep, "firm", mates), fault.Forbidden, "record.may_not_delete")
		err := k.write(k.clerk, func(s *Session) error { _, err := s.Create(k.ctx(), "firm", Values{"name": "x"}); return err })
		wantFault(t, err, fault.Forbidden, "record.may_not_create")
		err = k.write(k.rep, func(s *Session) error {
			_, err := s.Create(k.ctx(), "firm", Values{"name": "x", "owner": k.other})
			return err
		})
		wantFault(t, err, fault.Invalid, "field.owner_out_of_reach")
	})
}

// dropAndBack deletes and restores; what one may delete one may restore.
func (k *shop) dropAndBack(who value.ID, object string, id value.ID) error {
	if err := k.drop(who, object, id); err != nil {
		if again := k.restore(who, object, id); again == nil {
			k.t.Errorf("restored %d, which could not be deleted", id)
		}
		return err
	}
	return k.restore(who, object, id)
}

func TestSharesWidenWhatOneMayDo(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		far := k.make(k.other, "firm", Values{"name": "Far"})
		wantFault(t, k.set(k.rep, "firm", far, Values{"name": "x"}), fault.NotFound, "record.absent")
		k.share("firm", far, k.rep)
		wantFault(t, k.set(k.rep, "firm", far, Values{"name": "x"}), fault.Forbidden, "record.may_not_change")
		wantFault(t, k.drop(k.rep, "firm", far), fault.Forbidden, "record.may_not_delete")
	})
}

func TestRequiredAndUnique(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		create := func(who value.ID, v Values) error {
			return k.write(who, func(s *Session) error { _, err := s.Create(k.ctx(), "firm", v); return err })
		}
		wantFault(t, create(k.rep, Values{"code": "x"}), fault.Invalid, "field.required")
		wantFault(t, create(k.rep, Values{"name": "  "}), fault.Invalid, "field.required")
		founded := noon.AddDate(-3, 0, 0)
		first := k.make(k.other, "firm", Values{"name": "A", "code": "Größe", "rank": decimal.RequireFromString("1.50"),
			"founded": founded, "mail": "a@x.example"})
		for name, v := range map[string]any{"code": "GRÖSSE", "rank": "1.5", "founded": founded, "mail": "a@X.example"} {
			e := wantFault(t, create(k.rep, Values{"name": "B", name: v}), fault.Invalid, "field.in_use")
			for _, f := range e.Fields {
				if f.Path != name || len(f.Args) > 0 {
					t.Errorf("the answer tells more than that %s is in use: %+v", name, f)
				}
			}
		}
		if err := k.drop(k.other, "firm", first); err != nil {
			t.Fatal(err)
		}
		k.make(k.rep, "firm", Values{"name": "B", "code": "grosse"})
		k.make(k.rep, "firm", Values{"name": "B", "code": "größe"[:1] + "rösse2"})
		wantFault(t, k.restore(k.other, "firm", first), fault.Invalid, "field.in_use")
		// Nothing but accents is no text to compare.
		k.make(k.rep, "firm", Values{"name": "C", "code": "\u0301"})
		k.make(k.rep, "firm", Values{"name": "D", "code": "\u0301"})
	})
}

func TestTwoWritersOfOneUniqueValue(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		errs := make(chan error, 8)
		for range 8 {
			go func() {
				errs <- k.engine.Write(k.background(), Who{Member: k.rep}, func(s *Session) error {
					_, err := s.Create(k.background(), "firm", Values{"name": "Twin", "code": "same"})
					return err
				})
			}()
		}
		good := 0
		for range 8 {
			err := <-errs
			if err == nil {
				good++
				continue
			}
			wantFault(t, err, fault.Invalid, "field.in_use")
		}
		if good != 1 {
			t.Errorf("%d writers got the same unique value", good)
		}
	})
}

func TestLinksAreChecked(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		far := k.make(k.other, "firm", Values{"name": "Far"})
		near := k.make(k.rep, "firm", Values{"name": "Near"})
		stage := k.put("stage", 0, Values{"name": "S"})
		create := func(object string, v Values) error {
			return k.write(k.rep, func(s *Session) error { _, err := s.Create(k.ctx(), object, v); return err })
		}
		note := func(v Values) error {
			return k.write(k.admin, func(s *Session) error { _, err := s.Create(k.ctx(), "activity", v); return err })
		}
		for _, id := range []value.ID{far, 12345, stage} {
			wantFault(t, create("branch", Values{"firm": id}), fault.Invalid, "field.dead_link")
			wantFault(t, create("firm", Values{"name": "x", "friends": []value.ID{near, id}}), fault.Invalid, "field.dead_link")
			if id != far {
				wantFault(t, note(Values{"name": "x", "about": []any{"firm:" + id.String()}}), fault.Invalid, "field.dead_link")
			}
		}
		wantFault(t, note(Values{"name": "x", "about": []any{"nothing:1"}}), fault.Invalid, "field.dead_link")
		wantFault(t, k.set(k.rep, "firm", near, Values{"mother": near}), fault.Invalid, "field.own_link")
		// What is known of one object says nothing of another.
		err := k.write(k.rep, func(s *Session) error {
			if _, err := s.Create(k.ctx(), "deal", Values{"name": "d", "stage": stage}); err != nil {
				return err
			}
			_, err := s.Create(k.ctx(), "branch", Values{"firm": stage})
			return err
		})
		wantFault(t, err, fault.Invalid, "field.dead_link")
		// Nor is what was alive before it was deleted.
		err = k.write(k.rep, func(s *Session) error {
			if _, err := s.Create(k.ctx(), "visit", Values{"firm": near}); err != nil {
				return err
			}
			if err := s.Delete(k.ctx(), "firm", near); err != nil {
				return err
			}
			_, err := s.Create(k.ctx(), "visit", Values{"firm": near})
			return err
		})
		wantFault(t, err, fault.Invalid, "field.dead_link")
	})
}

func TestManyLinksKeepWhatWasThere(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		far := k.make(k.other, "firm", Values{"name": "Far"})
		a, b := k.make(k.rep, "firm", Values{"name": "A"}), k.make(k.rep, "firm", Values{"name": "B"})
		of := k.make(0, "firm", Values{"name": "Of", "owner": k.rep, "friends": []value.ID{a, far}})
		if err := k.drop(k.rep, "firm", a); err != nil {
			t.Fatal(err)
		}
		// Both stay, though neither could be added now.
		if err := k.set(k.rep, "firm", of, Values{"friends": []value.ID{a, b, far}}); err != nil {
			t.Fatalf("%v%s", err, fields(err))
		}
		k.wantField("firm", of, "friends", sorted(a, b, far))
		if err := k.set(k.rep, "firm", of, Values{"friends": []value.ID{b}}); err != nil {
			t.Fatal(err)
		}
		k.wantField("firm", of, "friends", []value.ID{b})
		if err := k.set(k.rep, "firm", of, Values{"friends": nil}); err != nil {
			t.Fatal(err)
		}
		k.wantField("firm", of, "friends", nil)
	})
}

// TestOptionsWithUnderscoresAreThemselves: in a pattern "_" would be any letter.
func TestOptionsWithUnderscoresAreThemselves(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.apply(change(schema.AddField, "visit", "", `{"name":"topics","kind":"choices","options":[{"key":"a_b"},{"key":"axb"}]}`))
		k.make(k.rep, "visit", Values{"name": "one", "topics": []any{"a_b"}})
		k.make(k.rep, "visit", Values{"name": "other", "topics": []any{"axb"}})
		if got := k.names(k.rep, Query{Object: "visit", Filter: `topics contains "a_b"`}); got != "one" {
			t.Errorf("found %q", got)
		}
	})
}
