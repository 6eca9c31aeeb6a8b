package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPeople(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, at *place) {
		at.ok("user", "add", "--email", "Ann@Example.org", "--name", "Ann", "--role", "admin", "--team", "Head")
		at.ok("team", "add", "North", "--parent", "Head", "--lead", "ann@example.org")
		var made struct{ ID, Code string }
		at.answer(&made, "user", "add", "--email", "bob@example.org", "--team", "North", "--manager", "ann@example.org")
		if made.ID == "" || made.Code == "" {
			t.Errorf("%+v", made)
		}
		var people []person
		at.answer(&people, "user", "list")
		if len(people) != 2 || people[1].Email != "bob@example.org" || people[1].Manager != "Ann" || people[1].Team != "North" || !people[1].SignIn {
			t.Errorf("%+v", people)
		}
		if out := at.ok("team", "list"); !strings.Contains(out, "\n  North") || !strings.Contains(out, "Ann") {
			t.Errorf("teams:\n%s", out)
		}
		at.ok("user", "disable", "bob@example.org")
		if out := at.ok("user", "list"); !strings.Contains(out, "disabled") {
			t.Errorf("users:\n%s", out)
		}
		if text := at.fails("token", "add", "--email", "bob@example.org"); !strings.Contains(text, "cannot sign in") {
			t.Errorf("a token for a disabled member: %q", text)
		}
		at.ok("user", "enable", "bob@example.org")
		at.ok("token", "add", "--email", "bob@example.org", "--scope", "deals:read", "--days", "30")
		if text := at.fails("user", "disable", "ann@example.org"); !strings.Contains(text, "last active administrator") {
			t.Errorf("the last administrator: %q", text)
		}
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	at := onSQLite(t)
	at.ok("user", "add", "--email", "ann@example.org")
	var made struct{ ID, Token string }
	at.answer(&made, "token", "add", "--email", "ann@example.org", "--name", "for tests")
	if out := at.ok("token", "list", "--email", "ann@example.org"); !strings.Contains(out, "for tests") || strings.Contains(out, made.Token) {
		t.Errorf("tokens:\n%s", out)
	}
	at.ok("token", "revoke", made.ID, "--email", "ann@example.org")
	if out := at.ok("token", "list", "--email", "ann@example.org"); strings.Contains(out, "for tests") {
		t.Errorf("a revoked token is listed:\n%s", out)
	}
	at.fails("token", "add", "--email", "ann@example.org", "--scope", "world-domination")
}

func TestRoles(t *testing.T) {
	t.Parallel()
	at := onSQLite(t)
	at.ok("user", "add", "--email", "ann@example.org", "--role", "admin")
	at.write("reader.json", `{"objects": {"*": {"read": "all"}}, "fields": {"deal.amount": "masked"}}`)
	at.ok("role", "set", "Reader", "reader.json")
	at.ok("role", "set", "rep", "reader.json")
	at.ok("role", "set", "--open", "deals=private")
	var list roleList
	at.answer(&list, "role", "list")
	if len(list.Roles) != 4 || list.Open["deals"] != "private" || list.Open["accounts"] != "open" {
		t.Errorf("%+v", list)
	}
	for _, r := range list.Roles {
		if text, _ := json.Marshal(r.Permissions); r.Key == "rep" && !strings.Contains(string(text), "deal.amount") {
			t.Errorf("rep: %s", text)
		}
	}
	at.write("bad.json", `{"objects": {"unicorn": {"read": "all"}}}`)
	at.fails("role", "set", "Reader", "bad.json")
	at.fails("role", "set", "--open", "deals=ajar")
	at.fails("role", "set")
}
