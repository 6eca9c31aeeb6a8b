package ownership_test

import (
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/ownership"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// toldOfRule counts how often a member was told that a rule is broken.
func toldOfRule(t *testing.T, k *apptest.Kit, member, rule value.ID) (n int64) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		_, err := s.Tx().Row(t.Context(), `SELECT count(*) FROM {notice} WHERE member = $1 AND "key" = 'ownership.rule_broken' AND link = $2`,
			[]any{member, "/settings/assignment/" + rule.String()}, &n)
		return err
	})
	return n
}

// A rule whose field is gone is passed over: the next one decides, administrators
// are told once, and its log has each record.
func TestABrokenRuleIsTold(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		first := rule(t, k, record.Values{"name": "Moody", "position": int64(1), "members": []value.ID{k.Rita}, "condition": `company = "Acme"`})
		rule(t, k, record.Values{"name": "Rest", "position": int64(2), "members": []value.ID{k.Max}})
		if _, owner := stray(t, k, record.Values{"company": "Acme"}); owner != k.Rita {
			t.Fatalf("owner %v", owner)
		}
		breakRule(t, k, first)
		for range 3 {
			if _, owner := stray(t, k, record.Values{}); owner != k.Max {
				t.Errorf("owner %v, want that of the next rule", owner)
			}
			k.Pass(25 * time.Hour)
		}
		if n := toldOfRule(t, k, k.Ada, first); n != 1 {
			t.Errorf("Ada is told %d times", n)
		}
		for _, who := range []value.ID{k.Rita, k.Max, k.Bob} {
			if n := toldOfRule(t, k, who, first); n != 0 {
				t.Errorf("a rep is told %d times", n)
			}
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			lines, err := process.Log(t.Context(), s, first, 0, 10)
			if err == nil && (len(lines) != 3 || lines[0].Outcome != "failed" || lines[0].Cause != "assignment" || !strings.Contains(lines[0].Problem, "mood")) {
				t.Errorf("log %+v", lines)
			}
			return err
		})
		if err := k.Workspace.Read(t.Context(), apptest.As(k.Rita), func(s *record.Session) error {
			_, err := process.Log(t.Context(), s, first, 0, 10)
			return err
		}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep reads the log: %v", err)
		}
		// Mended and broken again, it is told again; a trial tells nobody.
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "assignment_rule", first, 0, record.Values{"condition": nil})
			return err
		})
		if _, owner := stray(t, k, record.Values{}); owner != k.Rita {
			t.Errorf("mended: %v", owner)
		}
		breakRule(t, k, first)
		k.Read(t, k.Ada, func(s *record.Session) error {
			_, err := k.Workspace.Owners().Try(t.Context(), s, "lead", "", 10)
			return err
		})
		if n := toldOfRule(t, k, k.Ada, first); n != 1 {
			t.Errorf("told of a trial: %d times", n)
		}
		k.Pass(25 * time.Hour)
		stray(t, k, record.Values{})
		if n := toldOfRule(t, k, k.Ada, first); n != 2 {
			t.Errorf("told of the second time: %d times", n)
		}
	})
}

// breakRule is as if what the condition names were gone.
func breakRule(t *testing.T, k *apptest.Kit, id value.ID) {
	t.Helper()
	k.Write(t, k.Ada, func(s *record.Session) error {
		if _, err := s.Tx().Exec(t.Context(), `UPDATE {assignment_rule} SET condition = $1 WHERE id = $2`, `mood_gone = "good"`, id); err != nil {
			return err
		}
		return s.Touch(t.Context())
	})
}

// A rule of which all people have left still gives to its fallback, and says so.
func TestARuleWhosePeopleLeft(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		id := rule(t, k, record.Values{"name": "Olga's", "members": []value.ID{k.Olga}, "fallback": k.Bob})
		stray(t, k, record.Values{})
		if n := toldOfRule(t, k, k.Ada, id); n != 0 {
			t.Errorf("told of a whole rule: %d times", n)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "member", k.Olga, 0, record.Values{"active": false})
			return err
		})
		for range 2 {
			if _, owner := stray(t, k, record.Values{}); owner != k.Bob {
				t.Errorf("owner %v, want the fallback", owner)
			}
		}
		if n := toldOfRule(t, k, k.Ada, id); n != 1 {
			t.Errorf("Ada is told %d times", n)
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			broken, err := ownership.Broken(t.Context(), s)
			if e, ok := fault.As(broken[id]); err == nil && (!ok || e.Key != "ownership.names_nobody_left") {
				t.Errorf("broken: %v", broken)
			}
			return err
		})
	})
}
