package expr

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"encoding/json"

	"wellmet/internal/fault"
)

func TestStringIsCanonical(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`a=1 AND(b="x" or c)`:                      `a = 1 and (b = "x" or c)`,
		`(a and b) and (c and d)`:                  `a and b and c and d`,
		`not (a or not b)`:                         `not (a or not b)`,
		`not a = 1`:                                `not a = 1`,
		`(not a) = b`:                              `(not a) = b`,
		`close_date IN THISQUARTER()`:              `close_date in thisQuarter()`,
		`x in (thisMonth())`:                       `x in thisMonth()`,
		`x in (1,2)`:                               `x in (1, 2)`,
		`x not in ('a')`:                           `x not in ("a")`,
		`x not contains 'a"b'`:                     `not x contains 'a"b'`,
		`x starts "a\nb"`:                          "x starts with \"a\nb\"",
		`x is NOT Empty`:                           `x is not empty`,
		`a - (b - c) - d`:                          `a - (b - c) - d`,
		`-(a + b) * --2`:                           `-(a + b) * --2`,
		`(a = b) = (c <> d)`:                       `(a = b) = (c != d)`,
		`amount . in ( 'usd' ) >= 5`:               `amount.in("usd") >= 5`,
		`any(contacts,email="x@y.z")`:              `any(contacts, email = "x@y.z")`,
		`a.b.c == today()-30d`:                     `a.b.c = today() - 30d`,
		"x = \"it's\" or y = 'he said \"it\\'s\"'": `x = "it's" or y = 'he said "it\'s"'`,
	} {
		n, err := Parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := n.String(); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
		again, err := Parse(want)
		if err != nil || again.String() != want {
			t.Errorf("%s does not read back: %v %v", want, again, err)
		}
	}
}

func TestErrorsNamePositionAndCause(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, c := range []struct {
		text, key string
		pos       int
		like      string
	}{
		{``, "expr.unfinished", 1, ""},
		{`amount >`, "expr.unfinished", 9, ""},
		{`amount > )`, "expr.syntax", 10, ""},
		{`name = "Łódź`, "expr.unclosed_text", 8, ""},
		{`name = "Łódź" and ?`, "expr.bad_character", 19, ""},
		{`name = "a\q"`, "expr.bad_escape", 10, ""},
		{`count = 12abc`, "expr.bad_duration", 9, ""},
		{`close > today() - 1.5d`, "expr.bad_duration", 19, ""},
		{`count = 1234567890123456789012345678901234`, "expr.bad_number", 9, ""},
		{`1 < count < 5`, "expr.chained", 11, ""},
		{`(count = 1`, "expr.unclosed", 11, ""},
		{`count in 5`, "expr.want_list", 10, ""},
		{`count in ()`, "expr.want_list", 7, ""},
		{`count is 5`, "expr.want_empty", 10, ""},
		{`amount.in(5) = 1`, "expr.want_currency", 11, ""},
		{`amount.in("XQX") = 1`, "expr.want_currency", 8, ""},
		{`amuont > 5`, "expr.unknown_name.like", 1, "amount"},
		{`zzz > 5`, "expr.unknown_name", 1, ""},
		{`account.nmae = "x"`, "expr.unknown_name.like", 1, "name"},
		{`todya() = close`, "expr.unknown_function.like", 1, "today"},
		{`frobnicate() = 1`, "expr.unknown_function", 1, ""},
		{`stage = "wno"`, "expr.unknown_option.like", 9, "won"},
		{`stage = "something"`, "expr.unknown_option", 9, ""},
		{`name = ""`, "expr.empty_text", 8, ""},
		{`name`, "expr.want", 1, ""},
		{`name and won`, "expr.want_condition", 1, ""},
		{`count = "5"`, "expr.number_in_quotes", 9, ""},
		{`close > "31.12.2026"`, "expr.bad_date", 9, ""},
		{`close > date("2026-02-30")`, "expr.bad_date", 9, ""},
		{`account = "Acme"`, "expr.want_id", 11, ""},
		{`account = owner`, "expr.other_object", 9, ""},
		{`name = 5`, "expr.not_comparable", 6, ""},
		{`stage < "won"`, "expr.no_order", 7, ""},
		{`close = 30d`, "expr.not_comparable", 7, ""},
		{`close + 5 = close`, "expr.no_date_arithmetic", 7, ""},
		{`close + 5h = close`, "expr.no_date_arithmetic", 7, ""},
		{`name + 5 = 5`, "expr.no_arithmetic", 6, ""},
		{`amount * amount = 5`, "expr.no_arithmetic", 8, ""},
		{`name.x = 5`, "expr.not_link", 1, ""},
		{`watchers.name = "x"`, "expr.need_any", 1, ""},
		{`account.contacts = "x"`, "expr.need_any", 1, ""},
		{`watchers = "12"`, "expr.use_contains", 10, ""},
		{`count contains "5"`, "expr.want_text", 1, ""},
		{`any(name, won)`, "expr.want_many", 5, ""},
		{`any(account.contacts, name)`, "expr.want_condition", 23, ""},
		{`if(won, 1, "a") = 1`, "expr.number_in_quotes", 12, ""},
		{`if(won, 1, name) = 1`, "expr.other_kind", 12, ""},
		{`today(5) = close`, "expr.arguments", 1, ""},
		{`round(count, 1.5) = 1`, "expr.want_whole", 14, ""},
		{`lastMonth(0) = close`, "expr.want_whole", 11, ""},
		{`lower(count) = "a"`, "expr.no_argument", 7, ""},
		{`thisMonth()`, "expr.want", 1, ""},
		{`thisMonth() is empty`, "expr.only_with_days", 1, ""},
		{`owner.boss.boss.boss.boss.boss.boss.boss.name = "x"`, "expr.too_far", 1, ""},
		{`amount.currency.x = "EUR"`, "expr.not_link", 1, ""},
		{"name = \"\xff\"", "expr.encoding", 0, ""},
		{"name = \"a\x00\"", "expr.bad_character", 10, ""},
		{strings.Repeat("x", MaxLength+1), "expr.too_long", 0, ""},
		{strings.Repeat("(", 5000), "expr.too_deep", 181, ""},
		{"won" + strings.Repeat(" = (won", 100) + strings.Repeat(")", 100), "expr.too_deep", 0, ""},
		{"count = 1" + strings.Repeat("+1", 100), "expr.too_deep", 0, ""},
		{"won" + strings.Repeat(" or 1=1", 1400), "expr.too_big", 0, ""},
		{strings.Repeat("won or ", 1430) + "won", "expr.too_long", 0, ""},
		{strings.Repeat("won or ", 1420) + "wno", "expr.unknown_name.like", 9941, "won"},
		{strings.Repeat("won=1=", 1600) + "1", "expr.chained", 0, ""},
		{strings.Repeat("1=1 or ", 1400) + "won", "expr.too_big", 0, ""},
		{strings.Repeat("a=b or ", 1430) + "won", "expr.too_long", 0, ""},
	} {
		_, err := Check(c.text, w.scopes["deal"], Type{Kind: Bool})
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.Invalid || f.Key != c.key {
			t.Errorf("%.60s: got %.300v, want %s", c.text, err, c.key)
			continue
		}
		if c.pos > 0 && f.Args["pos"] != c.pos {
			t.Errorf("%.60s: position %v, want %d", c.text, f.Args["pos"], c.pos)
		}
		if like, _ := f.Args["like"].(string); like != c.like {
			t.Errorf("%.60s: offers %q, want %q", c.text, like, c.like)
		}
	}
}

func TestWhatHasNoSQLSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for text, want := range map[string]string{
		`amount > 5 and name contains "x"`:      "",
		`year(today()) = 2026 and won`:          "",
		`close + 30d < today() - 3mo`:           "",
		`count * 1.5 > 3`:                       "",
		`late or margin > 5`:                    "",
		`count / 2 > 3`:                         "expr.no_sql.division",
		`count * quantity > 3`:                  "expr.no_sql.product",
		`amount * 0.5 > 3`:                      "expr.no_sql.fraction",
		`lower(name) = "x"`:                     "expr.no_sql.function",
		`close + 1mo < today()`:                 "expr.no_sql.months",
		`name contains nick`:                    "expr.no_sql.needle",
		`code contains "x"`:                     "expr.no_sql.folded",
		`code < "x"`:                            "expr.no_sql.folded",
		`close = created`:                       "expr.no_sql.day_of_moment",
		`margin.in("USD") = 5`:                  "expr.no_sql.currency",
		`any(account.contacts, length(name)=1)`: "expr.no_sql.function",
	} {
		e, err := Check(text, w.scopes["deal"], Type{Kind: Bool})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		ok, reason := e.SQLable()
		if reason != want || ok != (want == "") {
			t.Errorf("%s: %v %q, want %q", text, ok, reason, want)
		}
		if _, err := e.SQL(testColumns{}, testEnv(), "t", testColumns{}.args()); (err == nil) != ok {
			t.Errorf("%s: SQL says %v", text, err)
		}
	}
}

func TestEveryFaultHasAText(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", "i18n", "messages", "en", "expr.json"))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(source), `"expr.`)[1:] {
			key, _, _ := strings.Cut(part, `"`)
			used["expr."+key] = true
			if texts["expr."+key] == "" && !strings.ContainsAny(key, " `") && file != "check_test.go" {
				t.Errorf("%s uses expr.%s, which has no text", file, key)
			}
		}
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("%s is said nowhere", key)
		}
	}
}

func TestReserved(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"and", "In", "today", "thisquarter", "lastYear", "any", "null", "min"} {
		if !Reserved(name) {
			t.Errorf("%s is free", name)
		}
	}
	for _, name := range []string{"amount", "name", "close_date", "currency", "start"} {
		if Reserved(name) {
			t.Errorf("%s is reserved", name)
		}
	}
}
