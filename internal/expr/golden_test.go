package expr

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldenTexts are read on an object with the fields of world_test.go.
var goldenTexts = []string{
	`stage = "open" and amount > 1000 and owner = me()`,
	`stage != "open"`,
	`not (stage = "open" or amount > 1000)`,
	`stage in ("open", "won") and stage not in ("lost")`,
	`won and not hot`,
	`won = true and hot != true`,
	`name = "Acme" and not name contains "50%_\\ GmbH"`,
	`name starts "Łó"`,
	`code = "x" or nick is empty or amount is not empty`,
	`count > 1.5 and count = 1.5 and quantity <= 2.5`,
	`quantity < probability`,
	`count in (1, 2.5, 3)`,
	`count * 3 - quantity > 0.5`,
	`amount.in("USD") > 5 and amount.currency = "USD"`,
	`amount > cost`,
	`close in thisQuarter() or close = lastMonth() or close < thisYear()`,
	`close = today() or close > now()`,
	`close + 30d < today() and close - 1w in nextWeek()`,
	`created in thisQuarter() and created > today() - 30d`,
	`created <= "2026-03-29" and created >= "2026-03-29 10:00"`,
	`created + 6h < now()`,
	`close > begin + 3d`,
	`account.owner.team.name = "North"`,
	`account.tags contains "vip" and account.tags is empty`,
	`any(account.contacts, email = "x@y.z" and account.name = name)`,
	`not any(watchers, name contains "a") or any(watchers)`,
	`any(account.notes, at > today() - 7d)`,
	`watchers contains me()`,
	`margin > 0`,
	`late and label starts with "a"`,
	`due < today()`,
	`coalesce(amount, 0) > 5`,
	`if(won, count, quantity) = 2`,
	`owner.team = myTeam()`,
	`name < "M"`,
	`account.boss_name = "x"`,
	`year(today()) = 2026 and won`,
	`year(today()) = 2025 and won`,
}

func TestSQL(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var b strings.Builder
	for _, text := range goldenTexts {
		e, err := Check(text, w.scopes["deal"], Type{Kind: Bool})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		fmt.Fprintf(&b, "%s\n", e)
		for _, postgres := range []bool{false, true} {
			c := testColumns{w: w, postgres: postgres}
			args := c.args()
			sql, err := e.SQL(c, testEnv(), "t", args)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			fmt.Fprintf(&b, "  %s %v\n", sql, args.Values())
		}
	}
	golden(t, "sql.txt", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	old := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(old) || line != old[i] {
			t.Fatalf("%s line %d:\n got %s\nwant %s", name, i+1, line, append(old, "")[min(i, len(old))])
		}
	}
}
