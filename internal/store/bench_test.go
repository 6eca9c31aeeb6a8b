package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// benchRows is how many rows the table has before a measurement.
const benchRows = 20_000

const dealColumns = `id, version, created_at, owner_id, stage, name, name_k, name_s, amount, amount_c, amount_b, close_date, won, note`

// makeDeals makes a table like an object's: text with its two shadows, money in three columns, two indexes.
func makeDeals(t testing.TB, db *store.DB) {
	t.Helper()
	d := db.Dialect()
	col := func(name string, c store.Type) string { return fmt.Sprintf("%s %s", d.Quote(name), d.ColumnType(c)) }
	columns := []string{col("id", store.Int) + " PRIMARY KEY", col("version", store.Int), col("created_at", store.Int),
		col("owner_id", store.Int), col("stage", store.Int), col("name", store.Text), col("name_k", store.Bytes),
		col("name_s", store.Text), col("amount", store.Int), col("amount_c", store.Text), col("amount_b", store.Int),
		col("close_date", store.Date), col("won", store.Bool), col("note", store.Text)}
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), "CREATE TABLE {deal} ("+strings.Join(columns, ", ")+")"+d.TableOptions())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []store.Index{
		{Name: "deal_stage", Table: "deal", Columns: []string{`"stage"`, `"amount_b"`, `"id"`}},
		{Name: "deal_name", Table: "deal", Columns: []string{`"name_k"`, `"id"`}},
	} {
		if err := db.CreateIndex(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
}

var benchDay, _ = value.NewDate(2026, 3, 31)

func dealRow(n int) []any {
	name := fmt.Sprintf("Deal number %07d with someone", n)
	return []any{value.ID(n), 1, time.UnixMilli(1_700_000_000_000 + int64(n)), value.ID(n%50 + 1), value.ID(n%7 + 1), name, []byte(name),
		strings.ToLower(name), n * 100 % 1_000_000, "EUR", n * 100 % 1_000_000, benchDay, n%3 == 0, "A short note about this deal."}
}

func insertDeals(ctx context.Context, tx *store.Tx, from, n int) error {
	rows := make([][]any, n)
	for i := range rows {
		rows[i] = dealRow(from + i)
	}
	_, err := tx.ExecRows(ctx, "INSERT INTO {deal} ("+dealColumns+") VALUES", 14, rows, "")
	return err
}

func eachBench(b *testing.B, run func(b *testing.B, db *store.DB)) {
	for name, open := range map[string]func(testing.TB) *store.Server{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := storetest.Workspace(b, open(b))
			makeDeals(b, db)
			for from := 1; from < benchRows; from += 1000 {
				if err := db.Write(b.Context(), func(tx *store.Tx) error { return insertDeals(b.Context(), tx, from, 1000) }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			b.ResetTimer()
			run(b, db)
		})
	}
}

func BenchmarkRow(b *testing.B) {
	eachBench(b, func(b *testing.B, db *store.DB) {
		ctx, n := b.Context(), 0
		for b.Loop() {
			n++
			err := db.Read(ctx, func(tx *store.Tx) error {
				var version, amount int64
				var name string
				_, err := tx.Row(ctx, `SELECT version, name, amount FROM {deal} WHERE id = $1`, []any{n%benchRows + 1}, &version, &name, &amount)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPage50(b *testing.B) {
	eachBench(b, func(b *testing.B, db *store.DB) {
		ctx := b.Context()
		for b.Loop() {
			err := db.Read(ctx, func(tx *store.Tx) error {
				rows, err := tx.Query(ctx, `SELECT `+dealColumns+` FROM {deal} WHERE stage = $1 ORDER BY amount_b DESC, id DESC LIMIT 50`, 3)
				if err != nil {
					return err
				}
				n := 0
				for rows.Next() {
					readDeal(rows)
					n++
				}
				if n != 50 {
					return fmt.Errorf("%d rows", n)
				}
				return rows.Err()
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func readDeal(rows *store.Rows) {
	for _, i := range []int{0, 1, 2, 3, 4, 8, 10} {
		rows.Int(i)
	}
	for _, i := range []int{5, 7, 9, 11, 13} {
		rows.Text(i)
	}
	rows.Bytes(6)
	rows.Bool(12)
}

func BenchmarkInsert(b *testing.B) {
	eachBench(b, func(b *testing.B, db *store.DB) {
		ctx, n := b.Context(), benchRows
		for b.Loop() {
			n++
			if err := db.Write(ctx, func(tx *store.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO {deal} ("+dealColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)", dealRow(n)...)
				return err
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkExecRows(b *testing.B) {
	eachBench(b, func(b *testing.B, db *store.DB) {
		ctx, n := b.Context(), benchRows+1
		for b.Loop() {
			if err := db.Write(ctx, func(tx *store.Tx) error { return insertDeals(ctx, tx, n, 1000) }); err != nil {
				b.Fatal(err)
			}
			n += 1000
		}
	})
}
