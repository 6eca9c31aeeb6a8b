package record

import (
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// replaceWith deletes firms whose place another takes.
func (k *shop) replaceWith(member, into value.ID, perRow bool, ids ...value.ID) (out []Outcome, act value.ID, err error) {
	k.t.Helper()
	err = k.write(member, func(s *Session) error {
		out, err = s.Remove(k.ctx(), Removal{Object: "firm", IDs: ids, PerRow: perRow, Into: into})
		act = s.Act()
		return err
	})
	return out, act, err
}

func TestAnotherTakesThePlaceOfADeletedFirm(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		old, next := k.make(k.rep, "firm", Values{"name": "Old"}), k.make(k.rep, "firm", Values{"name": "Next"})
		bill, second := k.make(k.rep, "bill", Values{"firm": old}), k.make(k.rep, "bill", Values{"firm": old})
		visit := k.make(k.rep, "visit", Values{"firm": old})
		if err := k.set(k.rep, "firm", next, Values{"mother": old}); err != nil {
			t.Fatal(err)
		}
		_, act, err := k.replaceWith(k.rep, next, false, old)
		if err != nil {
			t.Fatal(err)
		}
		k.wantAlive("firm", old, false)
		k.wantField("bill", bill, "firm", next)
		k.wantField("bill", second, "firm", next)
		k.wantField("firm", next, "mother", nil) // not below itself
		k.wantField("visit", visit, "firm", nil)
		k.invariants()

		wantUndone(t, k.undo(k.rep, act), "0 deleted, 1 restored, 3 reverted, kept ")
		k.wantAlive("firm", old, true)
		k.wantField("bill", bill, "firm", old)
		k.wantField("firm", next, "mother", old)
		k.wantField("visit", visit, "firm", old)
	})
}

func TestWhatMayTakeThePlace(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		old, next := k.make(k.rep, "firm", Values{"name": "Old"}), k.make(k.rep, "firm", Values{"name": "Next"})
		far := k.make(k.other, "firm", Values{"name": "far"})
		bill, theirs := k.make(k.rep, "bill", Values{"firm": old}), k.make(k.other, "bill", nil)
		if err := k.set(0, "bill", theirs, Values{"firm": old}); err != nil {
			t.Fatal(err)
		}
		for _, into := range []value.ID{far, 7} {
			_, _, err := k.replaceWith(k.rep, into, false, old)
			wantFault(t, err, fault.Invalid, "field.dead_link")
		}
		_, _, err := k.replaceWith(k.rep, old, false, old)
		wantFault(t, err, fault.Invalid, "record.replaces_itself")
		_, _, err = k.replaceWith(k.rep, next, false, old)
		if e := wantFault(t, err, fault.Conflict, "record.replaces_shut"); e.Args["count"] != 1 || e.Args["by"] != "bill" {
			t.Errorf("shut: %v", e.Args)
		}
		_, _, err = k.replaceWith(k.other, far, false, old)
		wantFault(t, err, fault.NotFound, "record.absent")
		k.wantAlive("firm", old, true)
		k.wantField("bill", bill, "firm", old)
		if _, _, err = k.replaceWith(k.admin, next, false, old); err != nil {
			t.Fatal(err)
		}
		k.wantField("bill", theirs, "firm", next)
		k.invariants()
	})
}

func TestReplacingManyRowByRow(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		next := k.make(k.rep, "firm", Values{"name": "Next"})
		free, held, shut := k.make(k.rep, "firm", Values{"name": "free"}), k.make(k.rep, "firm", Values{"name": "held"}), k.make(k.rep, "firm", Values{"name": "shut"})
		bill, own := k.make(k.rep, "bill", Values{"firm": held}), k.make(k.rep, "bill", Values{"firm": shut})
		theirs := k.make(k.other, "bill", nil)
		if err := k.set(0, "bill", theirs, Values{"firm": shut}); err != nil {
			t.Fatal(err)
		}
		out, _, err := k.replaceWith(k.rep, next, true, free, held, shut, next)
		if err != nil {
			t.Fatal(err)
		}
		for i, key := range []string{"", "", "record.replaces_shut", "record.replaces_itself"} {
			if e, ok := fault.As(out[i].Err); ok != (key != "") || ok && e.Key != key {
				t.Errorf("row %d: %v, want %q", i, out[i].Err, key)
			}
		}
		k.wantAlive("firm", next, true)
		k.wantAlive("firm", shut, true)
		k.wantAlive("firm", held, false)
		k.wantField("bill", bill, "firm", next)
		k.wantField("bill", own, "firm", shut) // what stays keeps what links to it
		k.invariants()
	})
}
