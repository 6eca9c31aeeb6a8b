package record

import (
	"context"
	"slices"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

func sorted(ids ...value.ID) []value.ID { slices.Sort(ids); return ids }

func TestDeletingAFirm(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		firm := k.make(k.rep, "firm", Values{"name": "F"})
		branch := k.make(k.other, "branch", Values{"name": "not the rep's"})
		if err := k.set(0, "branch", branch, Values{"firm": firm}); err != nil {
			t.Fatal(err)
		}
		visit := k.make(k.rep, "visit", Values{"firm": firm})
		bill := k.make(k.rep, "bill", Values{"firm": firm})

		err := k.drop(k.rep, "firm", firm)
		wantFault(t, err, fault.Conflict, "record.linked")
		k.wantAlive("branch", branch, true)
		if err := k.drop(k.rep, "bill", bill); err != nil {
			t.Fatal(err)
		}
		if err := k.drop(k.rep, "firm", firm); err != nil {
			t.Fatal(err)
		}
		k.wantAlive("firm", firm, false)
		k.wantAlive("branch", branch, false)
		k.wantField("visit", visit, "firm", nil)

		if err := k.restore(k.rep, "firm", firm); err != nil {
			t.Fatal(err)
		}
		k.wantAlive("firm", firm, true)
		k.wantAlive("branch", branch, true)
		k.wantField("visit", visit, "firm", firm)
		wantFault(t, k.restore(k.rep, "firm", firm), fault.NotFound, "record.absent")
	})
}

func TestRestoreLeavesWhatChangedSince(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		firm, second := k.make(k.rep, "firm", Values{"name": "F"}), k.make(k.rep, "firm", Values{"name": "G"})
		early := k.make(k.rep, "branch", Values{"firm": firm})
		late := k.make(k.rep, "branch", Values{"firm": firm})
		moved := k.make(k.rep, "visit", Values{"firm": firm})
		if err := k.drop(k.rep, "branch", early); err != nil {
			t.Fatal(err)
		}
		if err := k.drop(k.rep, "firm", firm); err != nil {
			t.Fatal(err)
		}
		if err := k.set(k.rep, "visit", moved, Values{"firm": second}); err != nil {
			t.Fatal(err)
		}
		if err := k.restore(k.rep, "firm", firm); err != nil {
			t.Fatal(err)
		}
		k.wantAlive("branch", early, false) // went by an act of its own
		k.wantAlive("branch", late, true)
		k.wantField("visit", moved, "firm", second)
	})
}

func TestDeletingManyRowByRow(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		free := k.make(k.rep, "firm", Values{"name": "free"})
		held := k.make(k.rep, "firm", Values{"name": "held"})
		deep := k.make(k.rep, "firm", Values{"name": "its branch is wanted"})
		k.make(k.rep, "bill", Values{"firm": held})
		branch := k.make(k.rep, "branch", Values{"firm": held})
		wanted := k.make(k.rep, "branch", Values{"name": "wanted", "firm": deep})
		far := k.make(k.other, "firm", Values{"name": "far"})
		var out []Outcome
		k.do(k.rep, func(s *Session) error {
			var err error
			out, err = s.Remove(k.ctx(), Removal{Object: "firm", IDs: []value.ID{free, held, deep, far, free}, PerRow: true})
			return err
		})
		for i, key := range []string{"", "record.linked", "branch.wanted", "record.absent", "field.record_twice"} {
			switch {
			case key == "" && out[i].Err != nil:
				t.Errorf("row %d: %v", i, out[i].Err)
			case key == "field.record_twice" && out[i].Err != nil: // or absent: the first has gone
			case key != "" && out[i].Err == nil:
				t.Errorf("row %d went, want %s", i, key)
			}
		}
		k.wantAlive("firm", free, false)
		k.wantAlive("firm", held, true)
		k.wantAlive("branch", branch, true)
		k.wantAlive("firm", deep, true)
		k.wantAlive("branch", wanted, true)
		k.invariants()
	}, Rule{Name: "wanted", Objects: []string{"branch"}, Check: func(_ context.Context, _ *Session, drafts []*Draft) error {
		for _, d := range drafts {
			if d.Doing == Deleting && d.Field("name") == "wanted" {
				d.Fail(fault.New(fault.Conflict, "branch.wanted", nil))
			}
		}
		return nil
	}})
}

func TestTogetherMayGoWhatHoldsEachOther(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		mother := k.make(k.rep, "firm", Values{"name": "M"})
		daughter := k.make(k.rep, "firm", Values{"name": "D", "mother": mother})
		if err := k.set(k.rep, "firm", mother, Values{"mother": daughter}); err != nil {
			t.Fatal(err)
		}
		wantFault(t, k.drop(k.rep, "firm", mother), fault.Conflict, "record.linked")
		if err := k.drop(k.rep, "firm", mother, daughter); err != nil {
			t.Fatal(err)
		}
		wantFault(t, k.drop(k.rep, "firm", 1, 2), fault.NotFound, "record.absent")
	})
}
