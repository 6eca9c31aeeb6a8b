package cli

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestUsage(t *testing.T) {
	t.Parallel()
	at := onSQLite(t)
	for _, args := range [][]string{{"frobnicate"}, {"serve", "--loud"}, {"user", "add"}, {"aggregate"}, {"check", "--log", "loudest"}} {
		if _, text, status := at.run(args...); status != 2 || !strings.Contains(text, "--help") {
			t.Errorf("wellmet %v: status %d, %q", args, status, text)
		}
	}
	var out bytes.Buffer
	p := Program{Version: "1.2.3", Out: &out, Err: &out}
	if status := p.Run(t.Context(), []string{"--help"}); status != 0 || !strings.Contains(out.String(), "WELLMET_DATA") {
		t.Errorf("help: %d\n%s", status, out.String())
	}
	out.Reset()
	if status := p.Run(t.Context(), []string{"version"}); status != 0 || out.String() != "wellmet 1.2.3\n" {
		t.Errorf("version: %d %q", status, out.String())
	}
}

func TestReadingMakesNothing(t *testing.T) {
	t.Parallel()
	at := onSQLite(t)
	for _, args := range [][]string{{"aggregate", "deals"}, {"check"}, {"report", "pipeline"}, {"user", "list"}, {"backup", "x"}, {"schema", "export"}} {
		if text := at.fails(args...); !strings.Contains(text, "There is no workspace") {
			t.Errorf("wellmet %v said %q", args, text)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, at *place) {
		at.ok("team", "add", "North")
		var found []finding
		at.answer(&found, "check")
		var what []string
		for _, f := range found {
			if f.State == bad {
				t.Errorf("%+v", f)
			}
			what = append(what, f.What)
		}
		for _, want := range []string{"database", "migrations", "disk", "clock", "queue", "schema", "indexes", "people"} {
			if !slices.Contains(what, want) {
				t.Errorf("nobody looked at the %s", want)
			}
		}
		at.p.now = func() time.Time { return now.AddDate(0, -1, 0) }
		if out, _, status := at.run("check"); status != 1 || !strings.Contains(out, "Put the clock right") {
			t.Errorf("a clock that went back: %d\n%s", status, out)
		}
	})
}

// --today is noon of that day in the workspace's zone, whatever zone that is.
func TestToday(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"} {
		at := onSQLite(t)
		at.flags = []string{"--data", at.flags[1], "--zone", zone, "--today", "2024-02-29"}
		at.write("deals.csv", "name,close_date,account.name\nOne,2024-02-29,A\n")
		at.write("map.json", `{"create": ["account"]}`)
		at.ok("import", "deals", "deals.csv", "--map", "map.json")
		if out := at.ok("aggregate", "deals", "--filter", "close_date = today()"); !strings.Contains(out, "1") {
			t.Errorf("%s:\n%s", zone, out)
		}
	}
}

func TestSplitOutside(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"a,b":                            {"a", "b"},
		"coalesce(a, b), c":              {"coalesce(a, b)", "c"},
		`count{x in ("a,}", "b")},sum:y`: {`count{x in ("a,}", "b")}`, "sum:y"},
		" , ":                            nil,
	} {
		if got := splitOutside([]string{text}); !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	x := table{heads: []string{"NAME", "N"}, right: map[int]bool{1: true}}
	x.add("北京", "5")
	x.add("Ab", "10")
	var b bytes.Buffer
	x.write(&b)
	if want := "NAME   N\n北京   5\nAb    10\n"; b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// Settings come from the environment as well; flags win.
func TestEnvironment(t *testing.T) {
	at := onSQLite(t)
	t.Setenv("WELLMET_DATA", at.flags[1])
	t.Setenv("WELLMET_CURRENCY", "JPY")
	at.flags = nil
	at.ok("team", "add", "North")
	if out := at.ok("check"); !strings.Contains(out, "sqlite") {
		t.Error(out)
	}
	at.write("a.csv", "name,price\nTea,5\n")
	at.ok("import", "products", "a.csv")
	if out := at.ok("aggregate", "products", "--measure", "sum:price"); !strings.Contains(out, "5 JPY") {
		t.Error(out)
	}
}
