package storetest

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"wellmet/internal/store"
)

var (
	literal    = regexp.MustCompile(`'(?:[^']|'')*'`)
	everything = regexp.MustCompile(`(?i)\bSELECT\s+(?:DISTINCT\s+)?(?:"?\w+"?\.)?\*`)
	searchPath = regexp.MustCompile(`(?i)\bsearch_path\b`)
	session    = regexp.MustCompile(`(?i)^\s*(?:SET\s+(?:SESSION\s+)?[a-z_.]+\s*(?:=|TO)|LISTEN|PREPARE|DECLARE|CREATE\s+TEMP)|\bpg_advisory_lock\b`)
	volatile   = regexp.MustCompile(`(?i)\b(?:now|random|gen_random_uuid|clock_timestamp|datetime|strftime|lower|upper)\s*\(|\bCURRENT_(?:TIMESTAMP|DATE|TIME)\b`)
	source     = regexp.MustCompile(`(?i)\b(FROM|JOIN|INTO|UPDATE)\s+(?:ONLY\s+)?("?\w+"?)(\s*\.\s*"?\w+"?)?(\s*\()?`)
	with       = regexp.MustCompile(`(?i)(?:\bWITH\s+(?:RECURSIVE\s+)?|,\s*)"?(\w+)"?\s*(?:\([^()]*\)\s*)?AS\s+(?:NOT\s+)?(?:MATERIALIZED\s*)?\(`)
)

// Lint says what a statement does that works on one kind of installation only; "" = nothing.
func Lint(sql string) string {
	text := literal.ReplaceAllString(sql, "''")
	switch {
	case everything.MatchString(text):
		return "SELECT *: its columns change under run-time schema changes"
	case searchPath.MatchString(text):
		return "search_path: state of a session"
	case session.MatchString(text):
		return "state of a session, lost behind PgBouncer"
	case volatile.MatchString(text):
		return "clock, random and case folding come from Go"
	}
	named := map[string]bool{}
	for _, m := range with.FindAllStringSubmatch(text, -1) {
		named[m[1]] = true
	}
	for _, m := range source.FindAllStringSubmatch(text, -1) {
		verb, table, qualified, function := strings.ToUpper(m[1]), m[2], m[3] != "", m[4] != ""
		if function && verb != "INTO" || qualified || known(table, named) {
			continue
		}
		return "table " + table + " without its schema: write {" + table + "}"
	}
	return ""
}

// known are the words that stand where a table might: WITH names, keywords (DO UPDATE SET, FOR UPDATE OF,
// IS DISTINCT FROM a value) and table functions' aliases.
func known(word string, named map[string]bool) bool {
	switch word {
	case "SET", "set", "NULL", "OF", "NOWAIT", "SKIP", "LATERAL", "lateral", "VALUES", "TO":
		return true
	}
	return named[word]
}

// judged are the statements of this process that were found right, by their text without a test's own
// schemas: installations made alike send the same ones again and again, and reading them anew was two fifths
// of what tests cost.
var judged sync.Map

// Linter fails the test for every statement that breaks a rule. prefix is that of the installation's schemas.
func Linter(t testing.TB, prefix string) func(store.Statement) {
	return func(s store.Statement) {
		text := s.SQL
		if prefix != "" {
			text = strings.ReplaceAll(text, prefix, "")
		}
		if _, right := judged.Load(text); right {
			return
		}
		if what := Lint(s.SQL); what != "" {
			t.Errorf("statement breaks the house rules: %s\nin: %s", what, s.SQL)
			return
		}
		judged.Store(text, true)
	}
}
