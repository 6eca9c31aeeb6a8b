package record

import (
	"errors"
	"testing"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

type keepKey string

// What is kept of configuration is worked out once, and anew after it changed;
// what a transaction that changes it sees stays its own until the commit.
func TestWhatIsKeptFollowsConfiguration(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		made := 0
		look := func(s *Session) int {
			n, err := Keep(s, keepKey("n"), func() (int, error) { made++; return made, nil })
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		k.act(k.rep, func(s *Session) error { return wants(t, look(s), 1) })
		k.act(k.rep, func(s *Session) error { return wants(t, look(s), 1) })
		if err := k.engine.Write(k.ctx(), Who{Member: k.rep}, func(s *Session) error {
			if err := s.Touch(k.ctx()); err != nil {
				return err
			}
			_, _ = look(s), look(s)
			return errors.New("taken back")
		}); err == nil {
			t.Fatal("no error")
		}
		if made != 2 {
			t.Errorf("worked out %d times, want 2", made)
		}
		k.act(k.rep, func(s *Session) error { return wants(t, look(s), 1) })
		k.act(k.admin, func(s *Session) error { return s.Touch(k.ctx()) })
		k.act(k.rep, func(s *Session) error { return wants(t, look(s), 3) })
	})
}

// act runs fn as one act of a member.
func (k *kit) act(member value.ID, fn func(*Session) error) {
	k.t.Helper()
	if err := k.engine.Write(k.ctx(), Who{Member: member}, fn); err != nil {
		k.t.Fatal(err)
	}
}

func wants(t *testing.T, got, want int) error {
	t.Helper()
	if got != want {
		t.Errorf("kept %d, want %d", got, want)
	}
	return nil
}

// A condition of the workspace holds or not whoever may see what it reads, but
// for me().
func TestJudgeIsTheSameForEverybody(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		account := k.put("account", k.other, Values{"name": "Far"})
		deal := k.put("deal", k.rep, Values{"name": "Near", "owner": k.rep})
		k.settle(func(tx *store.Tx) error {
			_, err := tx.Exec(k.ctx(), `UPDATE {deal} SET account_id = $1 WHERE id = $2`, account, deal)
			return err
		})
		k.act(k.rep, func(s *Session) error {
			o, _ := s.Schema().Object("deal")
			r, err := s.Get(k.ctx(), "deal", deal)
			if err != nil {
				return err
			}
			e, err := expr.Check(`account.name = "Far" and owner = me()`, s.Schema().Scope(o, nil), expr.Type{Kind: expr.Bool})
			if err != nil {
				return err
			}
			if yes, err := s.Judge(r, e); err != nil || !yes {
				t.Errorf("judged %v, %v", yes, err)
			}
			if v, err := s.Eval(r, e); err != nil || v == true {
				t.Errorf("with own eyes %v, %v: the account is out of sight", v, err)
			}
			return nil
		})
	})
}

// What is said beside the fields reaches rules and is no field.
func TestWhatIsSaidReachesRules(t *testing.T) {
	t.Parallel()
	d := &Draft{Object: kitDeal()}
	d.hear(map[string]any{"note": "long", "checked": []any{"b", "a", "b"}})
	if got := d.Said(); d.Failed() || got.Note != "long" || len(got.Checked) != 2 || got.Checked[0] != "a" {
		t.Errorf("heard %+v, %v", got, d.err)
	}
	for _, bad := range []any{"text", map[string]any{"loud": "x"}, map[string]any{"note": 3}, map[string]any{"checked": "a"}} {
		d := &Draft{Object: kitDeal()}
		if d.hear(bad); !fault.Is(d.err, fault.Invalid) {
			t.Errorf("%v: %v", bad, d.err)
		}
	}
}
