package dedupe_test

import (
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/dedupe"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

func refused(t *testing.T, k *apptest.Kit, by, act value.ID, kind fault.Kind, key string) {
	t.Helper()
	err := k.Try(t.Context(), by, func(s *record.Session) error { _, err := s.UndoAct(t.Context(), act); return err })
	if f, ok := fault.As(err); !ok || f.Kind != kind || f.Key != key {
		t.Errorf("undone later by %v: %v, want %s", by, err, key)
	}
}

// Two hours later a merge is still one act: it goes back whole, with the links in
// records of colleagues that its actor may not change, or not even see.
func TestAMergeIsTakenBackLater(t *testing.T) {
	t.Parallel()
	for _, closed := range []bool{false, true} {
		apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
			if closed {
				closedTo(t, k, "deal")
			}
			left := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
			right := k.Create(t, k.Rita, "account", record.Values{"name": "ACME 有限公司", "tax_id": "E-7"})
			deal := k.Create(t, k.Olga, "deal", record.Values{"name": "Hers", "account": right})
			m, err := merge(t, k, k.Rita, dedupe.Order{Object: "account", Winner: left, Loser: right})
			if err != nil {
				t.Fatal(err)
			}
			wants(t, k, k.Olga, "deal", deal, "account", left.String())
			k.Pass(2 * time.Hour)
			refused(t, k, k.Olga, m.Act, fault.NotFound, "record.no_act") // hers is the deal, not the merge
			wants(t, k, k.Olga, "deal", deal, "account", left.String())
			if u := undo(t, k, k.Rita, m.Act); len(u.Kept) != 0 || u.Restored != 1 {
				t.Errorf("undo: %+v", u)
			}
			wants(t, k, k.Olga, "deal", deal, "account", right.String())
			wants(t, k, k.Rita, "account", right, "tax_id", "E-7")
			wants(t, k, k.Rita, "account", left, "tax_id", "")
		})
	}
}

// Who may no longer restore the record that went away takes back nothing of his
// merge; whoever may do it all takes it back.
func TestAMergeOfWhatWasGivenAwayStays(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		left := k.Create(t, k.Olga, "account", record.Values{"name": "Acme"})
		right := k.Create(t, k.Olga, "account", record.Values{"name": "ACME"})
		deal := k.Create(t, k.Olga, "deal", record.Values{"name": "Hers", "account": right})
		m, err := merge(t, k, k.Bob, dedupe.Order{Object: "account", Winner: left, Loser: right})
		if err != nil {
			t.Fatal(err)
		}
		k.Pass(2 * time.Hour)
		k.Write(t, k.Ada, func(s *record.Session) error { // no longer a manager
			rep, _ := s.Roster().Role(access.RepRole)
			_, err := s.Update(t.Context(), "member", k.Bob, 0, record.Values{"role": rep})
			return err
		})
		refused(t, k, k.Bob, m.Act, fault.Forbidden, "record.undo_unrestorable")
		for _, x := range [][2]string{{"none", ""}, {"masked", access.Mask("ACME").(string)}, {"read", "ACME"}} {
			right, want := x[0], x[1]
			k.Write(t, k.Ada, func(s *record.Session) error {
				rep, _ := s.Roster().Role(access.RepRole)
				_, err := s.Update(t.Context(), "role", rep, 0, record.Values{"permissions": `{"objects": {"*": {"read": "all", "update": "own", "delete": "own"}}, "fields": {"account.name": "` + right + `"}}`})
				return err
			})
			err := k.Try(t.Context(), k.Bob, func(s *record.Session) error { _, err := s.UndoAct(t.Context(), m.Act); return err })
			f, _ := fault.As(err)
			if title, _ := f.Args["title"].(string); title != want || (want == "") != (f.Key == "record.undo_unseen") {
				t.Errorf("a title that is %s: %v tells %q, want %q", right, err, title, want)
			}
		}
		wants(t, k, k.Olga, "account", right, "name", "absent")
		wants(t, k, k.Olga, "deal", deal, "account", left.String())
		undo(t, k, k.Ada, m.Act)
		wants(t, k, k.Olga, "account", right, "name", "ACME")
		wants(t, k, k.Olga, "deal", deal, "account", right.String())
	})
}

// A pair that a merge of contacts left over goes back with it, also where it
// hangs on a colleague's deal.
func TestAPairThatWasLeftOverComesBackLater(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		left := k.Create(t, k.Rita, "contact", record.Values{"name": "Ana"})
		right := k.Create(t, k.Rita, "contact", record.Values{"name": "Ana L."})
		deal := k.Create(t, k.Olga, "deal", record.Values{"name": "Hers", "account": k.Create(t, k.Olga, "account", record.Values{"name": "Hers"})})
		k.Create(t, k.Olga, "deal_contact", record.Values{"deal": deal, "contact": left, "role": "champion"})
		pair := k.Create(t, k.Olga, "deal_contact", record.Values{"deal": deal, "contact": right, "role": "champion"})
		m, err := merge(t, k, k.Rita, dedupe.Order{Object: "contact", Winner: left, Loser: right})
		if err != nil {
			t.Fatal(err)
		}
		wants(t, k, k.Olga, "deal_contact", pair, "contact", "absent")
		k.Pass(2 * time.Hour)
		if u := undo(t, k, k.Rita, m.Act); len(u.Kept) != 0 || u.Restored != 2 {
			t.Errorf("undo: %+v", u)
		}
		wants(t, k, k.Olga, "deal_contact", pair, "contact", right.String())
	})
}

// Two hours later one's own deletion goes back, too, with the links that it took out
// of records of colleagues, seen or not; what they changed since stays theirs. What
// is somebody else's act needs the right to change them.
func TestADeletionIsTakenBackLater(t *testing.T) {
	t.Parallel()
	for _, closed := range []bool{false, true} {
		apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
			group := k.Create(t, k.Rita, "account", record.Values{"name": "Group"})
			hers := k.Create(t, k.Olga, "account", record.Values{"name": "Hers", "parent": group})
			changed := k.Create(t, k.Olga, "account", record.Values{"name": "Changed", "parent": group})
			if closed {
				closedTo(t, k, "account")
			}
			var act value.ID
			k.Write(t, k.Rita, func(s *record.Session) error {
				err := s.Delete(t.Context(), "account", group)
				act = s.Act()
				return err
			})
			wants(t, k, k.Olga, "account", hers, "parent", "")
			other := k.Create(t, k.Olga, "account", record.Values{"name": "Other"})
			k.Write(t, k.Olga, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "account", changed, 0, record.Values{"parent": other})
				return err
			})
			k.Pass(2 * time.Hour)
			if err := k.Try(t.Context(), k.Max, func(s *record.Session) error { _, err := s.UndoAct(t.Context(), act); return err }); err == nil {
				t.Error("undone by somebody who may not change the others")
			}
			wants(t, k, k.Olga, "account", hers, "parent", "")
			undo(t, k, k.Rita, act)
			wants(t, k, k.Rita, "account", group, "name", "Group")
			wants(t, k, k.Olga, "account", hers, "parent", group.String())
			wants(t, k, k.Olga, "account", changed, "parent", other.String())
		})
	}
}
