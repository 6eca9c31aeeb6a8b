package record

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// story is a random course of events over a few records.
type story struct {
	*shop
	t       *rapid.T
	members []value.ID
	ids     map[string][]value.ID
	acts    []value.ID
	about   []string // objects that things happen to; nil = all
}

// TestWhateverHappensTheFiguresAgree lets random people create, change, delete,
// restore and undo, and holds the workspace to its invariants.
func TestWhateverHappensTheFiguresAgree(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		k.put("currency_rate", 0, Values{"currency": "USD", "day": "2026-01-01", "rate": "0.5"})
		k.settleNothing()
		rapid.Check(t, func(r *rapid.T) {
			s := &story{shop: k, t: r, members: []value.ID{k.admin, k.boss, k.rep, k.mate, 0}, ids: map[string][]value.ID{}}
			steps := rapid.IntRange(3, 15).Draw(r, "steps")
			for range steps {
				k.wait(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 1000, -5}).Draw(r, "wait")) * time.Millisecond)
				s.step()
			}
			k.invariants()
			if k.kit.t.Failed() {
				r.Fatal("an invariant is broken")
			}
		})
	})
}

func (s *story) step() {
	who := rapid.SampledFrom(s.members).Draw(s.t, "who")
	about := s.about
	if about == nil {
		about = []string{"firm", "branch", "visit", "bill", "item", "part"}
	}
	object := rapid.SampledFrom(about).Draw(s.t, "object")
	what := rapid.SampledFrom([]string{"create", "create", "create", "update", "update", "update", "delete", "restore", "undo", "rows"}).Draw(s.t, "what")
	var act value.ID
	err := s.write(who, func(x *Session) error {
		err := s.event(x, what, object)
		act = x.Act()
		return err
	})
	if _, ok := fault.As(err); err != nil && !ok || fault.Is(err, fault.Unavailable) {
		s.t.Fatalf("%s %s: %v", what, object, err)
	}
	if err == nil && act != 0 {
		s.acts = append(s.acts, act)
	}
}

func (s *story) event(x *Session, what, object string) error {
	ctx := s.ctx()
	switch {
	case what == "create" || len(s.ids[object]) == 0 && what != "undo":
		out, err := x.Create(ctx, object, s.values(object))
		if err == nil {
			s.ids[object] = append(s.ids[object], out.ID)
		}
		return err
	case what == "update":
		_, err := x.Update(ctx, object, s.pick(object), 0, s.values(object))
		return err
	case what == "delete":
		return x.Delete(ctx, object, s.pick(object))
	case what == "restore":
		return x.Restore(ctx, object, s.pick(object))
	case what == "rows":
		b := Batch{Object: object, PerRow: true}
		for _, id := range s.some(object) {
			b.Changes = append(b.Changes, Change{ID: id, Values: s.values(object)})
		}
		if _, err := x.Save(ctx, b); err != nil {
			return err
		}
		_, err := x.Remove(ctx, Removal{Object: object, IDs: s.some(object), PerRow: true})
		return err
	}
	if len(s.acts) == 0 {
		return nil
	}
	_, err := x.Undo(ctx, rapid.SampledFrom(s.acts).Draw(s.t, "act"))
	return err
}

func (s *story) pick(object string) value.ID { return rapid.SampledFrom(s.ids[object]).Draw(s.t, "id") }

func (s *story) some(object string) []value.ID {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(s.ids[object]), 1, 3, rapid.ID[value.ID]).Draw(s.t, "ids")
}

// values are some fields of a record; now and then one that is refused.
func (s *story) values(object string) Values {
	v := Values{}
	give := func(field string, values ...any) {
		if rapid.IntRange(0, 2).Draw(s.t, field+"?") > 0 {
			v[field] = rapid.SampledFrom(values).Draw(s.t, field)
		}
	}
	link := func(field, target string) {
		if ids := s.ids[target]; len(ids) > 0 {
			give(field, s.pick(target), nil)
		}
	}
	switch object {
	case "firm":
		v["name"] = "F"
		give("code", "a", "Ä", "b", nil)
		link("mother", "firm")
	case "branch", "visit":
		give("name", "x", nil)
		link("firm", "firm")
	case "bill":
		give("amount", eur(1000), eur(-7), value.Money{Minor: 300, Currency: "USD"}, value.Money{Minor: 5, Currency: "JPY"}, nil)
		give("status", "new", "sent", "paid", nil, "nonsense")
		link("firm", "firm")
		link("stage", "stage")
	case "item":
		link("bill", "bill")
		give("price", eur(50), value.Money{Minor: 300, Currency: "USD"}, nil)
		give("pieces", int64(1), int64(1)<<62, nil)
		give("kind", "good", "service", nil)
		give("due", "2026-05-01", "2026-06-01", nil)
	case "part":
		link("item", "item")
	}
	if s.object(object).Access == schema.Owned {
		give("owner", s.rep, s.mate, s.other, nil)
	}
	return v
}

// TestAnUndoneActLeavesNoTrace compares every field of every record before an
// act and after its undo. A gapless number once given stays.
func TestAnUndoneActLeavesNoTrace(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		rapid.Check(t, func(r *rapid.T) {
			s := &story{shop: k, t: r, members: []value.ID{k.admin}, ids: map[string][]value.ID{}}
			for range 6 {
				s.step()
			}
			before := s.picture()
			var act value.ID
			err := k.write(k.admin, func(x *Session) error {
				object := rapid.SampledFrom([]string{"firm", "bill", "item", "visit"}).Draw(r, "object")
				err := s.event(x, rapid.SampledFrom([]string{"create", "update", "delete", "rows"}).Draw(r, "last"), object)
				act = x.Act()
				return err
			})
			if err != nil || act == 0 {
				return
			}
			u := k.undo(k.admin, act)
			if len(u.Kept) > 0 {
				r.Fatalf("kept %+v", u.Kept)
			}
			for id, want := range before {
				if got := s.picture()[id]; got != want {
					r.Fatalf("record %d\nwas %s\nis  %s", id, want, got)
				}
			}
		})
	})
}

// picture is every living record's fields as text.
func (s *story) picture() map[value.ID]string {
	out := map[value.ID]string{}
	s.as(0, func(x *Session) {
		for object := range s.ids {
			for id, r := range s.read(x, object, s.ids[object], false) {
				for _, f := range r.Object.Fields {
					if f.Name != "version" && f.Name != "updated_at" && f.Name != "updated_by" && f.Name != "stamp" {
						out[id] += f.Name + "=" + schema.Neutral(r.Value(f)) + " "
					}
				}
			}
		}
	})
	return out
}
