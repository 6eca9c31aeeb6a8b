package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wellmet/internal/store/storetest"
)

func TestImportAndBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, at *place) {
		at.write("accounts.csv", "Name;Employees;Color\nÄpfel GmbH;12;red\nBeta;many;blue\nGamma;7;red\n")
		if out := at.ok("import", "accounts", "accounts.csv", "--dry-run"); !strings.Contains(out, "would be created") || !strings.Contains(out, "matches no field") {
			t.Errorf("dry run:\n%s", out)
		}
		if out := at.ok("aggregate", "accounts"); !strings.Contains(out, "0") {
			t.Errorf("a dry run left\n%s", out)
		}
		var a importAnswer
		at.answer(&a, "import", "account", "accounts.csv", "--create-fields", "--match", "name")
		if a.Rows != 3 || a.Created != 2 || a.Failed != 1 || len(a.Errors) != 1 || a.Errors[0].Row != 3 || a.Errors[0].Column != "Employees" || a.Errors[0].Value != "many" {
			t.Errorf("%+v", a)
		}
		at.ok("import", "--errors", a.ID.String(), "-o", "failed.csv")
		text := at.read("failed.csv")
		if !strings.Contains(text, "Beta") || strings.Contains(text, "Gamma") {
			t.Errorf("failed rows:\n%s", text)
		}
		at.write("failed.csv", strings.Replace(text, "many", "40", 1))
		var b importAnswer
		at.answer(&b, "import", "accounts", "failed.csv")
		if b.Created != 1 || b.Failed != 0 {
			t.Errorf("mended: %+v", b)
		}
		at.answer(&b, "import", "accounts", "accounts.csv", "--match", "name")
		if b.Updated != 0 || b.Skipped != 2 || b.Failed != 1 {
			t.Errorf("again: %+v", b)
		}
		if text := at.fails("import", "--stop", a.ID.String()); !strings.Contains(text, "not running") {
			t.Errorf("stop of what is done said %q", text)
		}
		if text := at.fails("import", "--resume", a.ID.String()); !strings.Contains(text, "stopped") {
			t.Errorf("resume of what is done said %q", text)
		}
		var known struct {
			Columns map[string]string
			Ignore  []string
		}
		at.write("new.csv", "Name,Colour\n")
		at.answer(&known, "import", "accounts", "new.csv", "--columns")
		if known.Columns["Name"] != "name" || len(known.Ignore) != 1 || known.Ignore[0] != "Colour" {
			t.Errorf("%+v", known)
		}
		if out := at.ok("import", "accounts", "new.csv", "--columns"); !strings.Contains(out, "Name") || !strings.Contains(out, "→") {
			t.Error(out)
		}
		var undone struct{ State string }
		at.answer(&undone, "import", "--undo", a.ID.String())
		if out := at.ok("export", "accounts", "--fields", "name"); undone.State != "undone" || strings.Contains(out, "Gamma") || !strings.Contains(out, "Beta") {
			t.Errorf("%s, left:\n%s", undone.State, out)
		}
	})
}

func TestImportFailures(t *testing.T) {
	t.Parallel()
	at := onSQLite(t)
	at.ok("team", "add", "North")
	at.write("a.csv", "Colour\nred\n")
	at.write("bad.json", `{"colums": {}}`)
	at.write("wrong.json", `{"columns": {"Colour": "hue"}}`)
	for want, args := range map[string][]string{
		"cannot be read":       {"import", "accounts", "missing.csv"},
		"mapping cannot":       {"import", "accounts", "a.csv", "--map", "bad.json"},
		"hue":                  {"import", "accounts", "a.csv", "--map", "wrong.json"},
		"No column":            {"import", "accounts", "a.csv"},
		"Say what to import":   {"import", "accounts"},
		"no such import":       {"import", "--undo", "12345"},
		"o such import":        {"import", "--stop", "12345"},
		"such import":          {"import", "--resume", "12345"},
		"nobody@example.org":   {"import", "accounts", "a.csv", "--as", "nobody@example.org"},
		"There is no object":   {"import", "unicorns", "a.csv"},
		"is no kind of file":   {"export", "accounts", "--format", "pdf"},
		"There is no report":   {"report", "moon-phases"},
		"cannot be read: is a": {"import", "accounts", "."},
		"is no file":           {"export", "accounts", "-o", os.DevNull},
		"or a pipe":            {"schema", "export", "."},
	} {
		if text := at.fails(args...); !strings.Contains(text, want) {
			t.Errorf("wellmet %s said %q", strings.Join(args, " "), text)
		}
	}
	if out := at.ok("schema", "export", "/dev/stdout"); !strings.Contains(out, `"objects"`) {
		t.Errorf("standard output by its name:\n%.300s", out)
	}
}

func TestExportFormats(t *testing.T) {
	t.Parallel()
	at := onSQLite(t)
	at.write("a.csv", "name,employees\n=1+1,3\nЩит,4\n")
	at.ok("import", "accounts", "a.csv")
	at.ok("export", "accounts", "-o", "out.jsonl", "--fields", "name,employees", "--sort", "-employees")
	var first struct {
		Name      string
		Employees int
	}
	line, _, _ := strings.Cut(at.read("out.jsonl"), "\n")
	if err := json.Unmarshal([]byte(line), &first); err != nil || first.Name != "Щит" || first.Employees != 4 {
		t.Errorf("%s: %v", line, err)
	}
	at.ok("export", "accounts", "-o", "out.xlsx")
	if !strings.HasPrefix(at.read("out.xlsx"), "PK") {
		t.Error("no workbook")
	}
	if out := at.ok("export", "accounts", "--filter", "employees = 3", "--fields", "name"); !strings.Contains(out, "'=1+1") || strings.Contains(out, "Щит") {
		t.Errorf("csv:\n%s", out)
	}
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, at *place) {
		at.write("a.csv", "name\nOne\nTwo\n")
		at.ok("import", "accounts", "a.csv")
		lines, stop := at.begin("serve", "--listen", "127.0.0.1:0")
		at.await(lines, "answers at")
		at.ok("backup", "all.backup")
		stop()
		if text := at.fails("restore", "all.backup"); !strings.Contains(text, "empty") {
			t.Errorf("restore over data said %q", text)
		}
		at.flags[1] = filepath.Join(at.dir, "other")
		if at.p.prefix != "" {
			at.p.prefix = storetest.PostgresConfig(t).SchemaPrefix
		}
		at.write("torn.backup", at.read("all.backup")[:2000])
		at.fails("restore", "torn.backup")
		at.ok("restore", "all.backup")
		if out := at.ok("export", "accounts", "--fields", "name"); !strings.Contains(out, "One") || !strings.Contains(out, "Two") {
			t.Errorf("restored:\n%s", out)
		}
		if out := at.ok("check"); strings.Contains(out, "bad ") {
			t.Errorf("check:\n%s", out)
		}
	})
}

func TestSchema(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, at *place) {
		at.ok("team", "add", "North")
		at.write("more.json", `{"changes": [{"op": "add_field", "object": "account", "set": {"name": "rating", "kind": "whole", "labels": {"en": "Rating"}}}]}`)
		if out := at.ok("schema", "plan", "more.json"); !strings.Contains(out, "add field account") || !strings.Contains(out, "rating") {
			t.Errorf("plan:\n%s", out)
		}
		at.ok("schema", "apply", "more.json")
		at.write("a.csv", "name,rating\nOne,5\n")
		at.ok("import", "accounts", "a.csv")
		if out := at.ok("aggregate", "accounts", "--measure", "sum:rating"); !strings.Contains(out, "5") {
			t.Errorf("sum:\n%s", out)
		}
		at.ok("schema", "export", "schema.json")
		if out := at.ok("schema", "plan", "schema.json"); !strings.Contains(out, "as the file says") {
			t.Errorf("an exported schema differs:\n%s", out)
		}
		at.write("bad.json", `{"changes": [{"op": "add_field", "object": "account", "set": {"name": "9", "kind": "magic"}}]}`)
		at.fails("schema", "apply", "bad.json")
	})
}
