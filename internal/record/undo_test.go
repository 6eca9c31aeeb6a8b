package record

import (
	"fmt"
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

func (k *shop) undo(who, act value.ID) *Undone {
	k.t.Helper()
	var u *Undone
	k.do(who, func(s *Session) error {
		var err error
		u, err = s.Undo(k.ctx(), act)
		return err
	})
	k.invariants()
	return u
}

func (u *Undone) text() string {
	var kept []string
	for _, x := range u.Kept {
		kept = append(kept, fmt.Sprintf("%s.%s:%s", x.Object, x.Field, x.Reason))
	}
	return fmt.Sprintf("%d deleted, %d restored, %d reverted, kept %v", u.Deleted, u.Restored, u.Reverted, strings.Join(kept, " "))
}

func wantUndone(t *testing.T, u *Undone, want string) {
	t.Helper()
	if got := u.text(); got != want {
		t.Errorf("undone: %s; want %s", got, want)
	}
}

func TestUndoOfCreating(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		var firm, visit, branch value.ID
		act := k.do(k.rep, func(s *Session) error {
			f, err := s.Create(k.ctx(), "firm", Values{"name": "F"})
			if err != nil {
				return err
			}
			v, err := s.Create(k.ctx(), "visit", Values{"firm": f.ID})
			if err != nil {
				return err
			}
			b, err := s.Create(k.ctx(), "branch", Values{"firm": f.ID})
			firm, visit, branch = f.ID, v.ID, b.ID
			return err
		})
		u := k.undo(k.rep, act)
		wantUndone(t, u, "3 deleted, 0 restored, 0 reverted, kept ")
		for object, id := range map[string]value.ID{"firm": firm, "visit": visit, "branch": branch} {
			k.wantAlive(object, id, false)
		}
		err := k.write(k.rep, func(s *Session) error { _, err := s.Undo(k.ctx(), act); return err })
		wantFault(t, err, fault.Conflict, "record.already_undone")
		// And back: the undo is an act, too.
		wantUndone(t, k.undo(k.rep, u.Act), "0 deleted, 3 restored, 0 reverted, kept ")
		k.wantField("visit", visit, "firm", firm)
		k.wantField("branch", branch, "firm", firm)
	})
}

func TestUndoKeepsWhatOthersMadeOfIt(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		var ids []value.ID
		act := k.do(k.rep, func(s *Session) error {
			out, err := s.Save(k.ctx(), Batch{Object: "firm", Changes: []Change{{Values: Values{"name": "touched"}},
				{Values: Values{"name": "linked"}}, {Values: Values{"name": "plain"}}}})
			for _, o := range out {
				ids = append(ids, o.ID)
			}
			return err
		})
		if err := k.set(k.mate, "firm", ids[0], Values{"code": "x"}); err != nil {
			t.Fatal(err)
		}
		k.make(k.mate, "bill", Values{"firm": ids[1]})
		wantUndone(t, k.undo(k.rep, act), "1 deleted, 0 restored, 0 reverted, kept firm.:record.linked_since firm.:record.changed_since")
		k.wantAlive("firm", ids[2], false)

		one := k.do(k.rep, func(s *Session) error {
			_, err := s.Update(k.ctx(), "firm", ids[0], 0, Values{"name": "new", "mail": "n@x.example", "rank": "1.5"})
			return err
		})
		if err := k.set(k.mate, "firm", ids[0], Values{"mail": "m@x.example"}); err != nil {
			t.Fatal(err)
		}
		wantUndone(t, k.undo(k.rep, one), "0 deleted, 0 restored, 1 reverted, kept firm.mail:record.changed_since")
		k.wantField("firm", ids[0], "name", "touched")
		k.wantField("firm", ids[0], "rank", nil)
		k.wantField("firm", ids[0], "mail", "m@x.example")
	})
}

func TestUndoOfDeleting(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		firm := k.make(k.rep, "firm", Values{"name": "F"})
		branch := k.make(k.rep, "branch", Values{"firm": firm})
		visit := k.make(k.rep, "visit", Values{"firm": firm})
		act := k.do(k.rep, func(s *Session) error { return s.Delete(k.ctx(), "firm", firm) })
		u := k.undo(k.rep, act)
		if len(u.Kept) != 0 {
			t.Errorf("kept %+v", u.Kept)
		}
		k.wantAlive("firm", firm, true)
		k.wantAlive("branch", branch, true)
		k.wantField("visit", visit, "firm", firm)

		// A value taken meanwhile keeps one of them in the trash.
		a, b := k.make(k.rep, "firm", Values{"name": "A", "code": "a"}), k.make(k.rep, "firm", Values{"name": "B", "code": "b"})
		act = k.do(k.rep, func(s *Session) error { return s.Delete(k.ctx(), "firm", a, b) })
		k.make(k.rep, "firm", Values{"name": "C", "code": "A"})
		wantUndone(t, k.undo(k.rep, act), "0 deleted, 1 restored, 0 reverted, kept firm.:record.invalid")
		k.wantAlive("firm", a, false)
		k.wantAlive("firm", b, true)
	})
}

func TestUndoOfSeveralChangesOfOneRecord(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		a, b := k.make(k.rep, "firm", Values{"name": "A"}), k.make(k.rep, "firm", Values{"name": "B"})
		id := k.make(k.rep, "bill", Values{"amount": eur(5)})
		act := k.do(k.rep, func(s *Session) error {
			for _, v := range []Values{{"amount": eur(6), "status": "sent"}, {"amount": value.Money{Minor: 7, Currency: "USD"}}, {"firm": a}} {
				if _, err := s.Update(k.ctx(), "bill", id, 0, v); err != nil {
					return err
				}
			}
			_, err := s.Update(k.ctx(), "firm", b, 0, Values{"friends": []value.ID{a}, "seat_city": "Ulm", "rank": "2.25", "founded": "2020-01-01T00:00:00Z"})
			if err != nil {
				return err
			}
			return s.Delete(k.ctx(), "firm", b)
		})
		if u := k.undo(k.rep, act); len(u.Kept) != 0 {
			t.Errorf("kept %+v", u.Kept)
		}
		for name, want := range map[string]any{"amount": eur(5), "status": "new", "firm": nil} {
			k.wantField("bill", id, name, want)
		}
		for _, name := range []string{"friends", "seat", "rank", "founded"} {
			k.wantField("firm", b, name, nil)
		}
		k.wantAlive("firm", b, true)
	})
}

func TestUndoFollowsRights(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		var near, far value.ID
		act := k.do(k.boss, func(s *Session) error {
			a, err := s.Create(k.ctx(), "firm", Values{"name": "A", "owner": k.rep})
			if err != nil {
				return err
			}
			b, err := s.Create(k.ctx(), "firm", Values{"name": "B", "owner": k.other})
			near, far = a.ID, b.ID
			return err
		})
		undo := func(who value.ID) error {
			return k.write(who, func(s *Session) error { _, err := s.Undo(k.ctx(), act); return err })
		}
		for _, who := range []value.ID{k.rep, k.other, k.clerk} {
			wantFault(t, undo(who), fault.NotFound, "record.no_act")
		}
		wantFault(t, k.write(k.boss, func(s *Session) error { _, err := s.Undo(k.ctx(), 99); return err }), fault.NotFound, "record.no_act")
		k.wantAlive("firm", near, true)
		if err := undo(k.admin); err != nil {
			t.Fatal(err)
		}
		k.wantAlive("firm", near, false)
		k.wantAlive("firm", far, false)
	})
}
