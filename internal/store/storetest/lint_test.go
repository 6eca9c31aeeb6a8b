package storetest

import "testing"

func TestLint(t *testing.T) {
	t.Parallel()
	good := []string{
		`SELECT a, count(*) FROM "main"."deal" GROUP BY a`,
		`WITH c(n) AS (SELECT 1), d AS (SELECT n FROM c) SELECT n FROM d JOIN "x"."y" z ON z.id = d.n`,
		`SELECT value FROM json_each($1)`,
		`INSERT INTO "x"."y" (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = 1`,
		`SELECT id FROM "x"."y" WHERE a IS DISTINCT FROM $1 FOR UPDATE`,
		`SELECT 'select * from t', 'search_path'`,
		`SET LOCAL lock_timeout = '200ms'`,
		`SELECT d.n FROM (SELECT 1 AS n) d`,
	}
	for _, sql := range good {
		if what := Lint(sql); what != "" {
			t.Errorf("%s: %s", sql, what)
		}
	}
	bad := []string{
		`SELECT * FROM "x"."y"`, `select d.* from "x"."y" d`, `SELECT a FROM deal`, `UPDATE "deal" SET a = 1`, `INSERT INTO deal (a) VALUES (1)`,
		`SET search_path TO x`, `SET work_mem = '1GB'`, `LISTEN x`, `SELECT now()`, `SELECT lower(a) FROM "x"."y"`, `DELETE FROM deal`,
		`SELECT a FROM "x"."y" JOIN z ON true`,
	}
	for _, sql := range bad {
		if Lint(sql) == "" {
			t.Errorf("%s: passes", sql)
		}
	}
}
