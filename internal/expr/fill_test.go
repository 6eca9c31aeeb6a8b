package expr

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/i18n"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// What random records and literals are made of: few values, so that they meet.
var (
	someTexts = []string{"Acme", "ACME", "acme", "Łódź", "lodz", "Ångström", "ＡＣＭＥ", "ﬁne", "fine", "100%", "100", "a_b",
		"aXb", `back\slash`, "it's", `say "hi"`, "北京公司", "北京", "😀", "\u0301", "ß", "ss", "İstanbul", " ", "x\ny",
		"\U0010FFFF", "\U0010FFFFz", "\uD7FF", "null", "-"}
	someNumbers = []string{"0", "1", "-1", "2", "2.5", "2.50", "-2.5", "0.1", "0.125", "100", "99.99", "-0.001", "3",
		"12345.5", "1000000", "-7", "0.0001"}
	someDays = []string{"2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31", "2026-04-01", "2026-02-28", "2025-12-31",
		"2026-01-01", "2025-03-31", "2024-02-29", "2026-10-25", "2026-11-01", "2027-01-01", "1999-12-31"}
	// Instants around midnights and changes of clocks in the zones below.
	someInstants = []string{"2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-03-28T23:00:00Z", "2026-03-31T09:30:00Z",
		"2026-03-30T22:00:00Z", "2026-03-31T21:59:59Z", "2026-10-24T22:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z",
		"2026-11-01T04:00:00Z", "2026-11-01T05:00:00Z", "2026-04-05T03:00:00Z", "2026-04-05T04:00:00Z", "2026-09-06T04:00:00Z",
		"2025-12-31T23:00:00Z", "2026-01-01T00:00:00Z", "2026-03-30T18:30:00Z", "2026-04-23T22:00:00Z", "2010-11-07T02:31:00Z"}
	someZones = []string{"UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "America/Havana", "America/St_Johns",
		"Asia/Kolkata", "Africa/Cairo", "Atlantic/Azores", "Pacific/Apia"}
	someCurrencies = []string{"EUR", "EUR", "USD", "JPY"}
)

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// fill adds random records; a third of their fields are empty.
func (w *world) fill(r *rand.Rand, sizes map[string]int) {
	first := map[string]int{"team": 10, "member": 100, "account": 200, "contact": 300, "note": 400, "deal": 1000}
	for object, n := range sizes {
		for i := range n {
			w.rows[object] = append(w.rows[object], &testRow{w: w, id: value.ID(first[object] + i), object: object,
				hidden: object != "team" && object != "deal" && r.IntN(6) == 0, vals: map[string]any{}, base: map[string]value.Money{}})
		}
	}
	for object := range sizes {
		for _, row := range w.rows[object] {
			for _, f := range w.scopes[object].fields {
				if f.Formula == nil && r.IntN(3) > 0 {
					row.set(f, w.random(r, f), r)
				}
			}
		}
	}
}

func (row *testRow) set(f Field, v any, r *rand.Rand) {
	row.vals[f.Name] = v
	m, ok := v.(value.Money)
	switch {
	case !ok:
	case m.Currency == "EUR":
		row.base[f.Name] = m
	case r.IntN(3) > 0: // a day without a rate leaves no worth
		row.base[f.Name] = value.Money{Minor: m.Minor / 2, Currency: "EUR"}
	}
}

func (w *world) random(r *rand.Rand, f Field) any {
	switch f.Type.Kind {
	case Bool:
		return r.IntN(2) == 0
	case Number:
		d := dec(pick(r, someNumbers)).Truncate(int32(f.Type.Scale))
		if f.Type.Scale == 0 {
			return d.IntPart()
		}
		return d
	case Money:
		code := pick(r, someCurrencies)
		m, err := value.RoundMoney(dec(pick(r, someNumbers)), code)
		if err != nil {
			panic(err)
		}
		return m
	case Date:
		return day(pick(r, someDays))
	case Moment:
		return instant(pick(r, someInstants))
	case Choice:
		return pick(r, f.Type.Options)
	case Choices:
		return []string{pick(r, f.Type.Options)}
	case Link:
		return pick(r, w.rows[f.Type.Object]).id
	case Links:
		rows := w.rows[f.Type.Object]
		ids := []value.ID{pick(r, rows).id}
		if other := pick(r, rows).id; other != ids[0] {
			ids = append(ids, other)
		}
		return ids
	case Empty:
		return value.Point{Lat: 1}
	}
	return pick(r, someTexts)
}

// columnsOf are the columns of a field: name, type and value.
func (row *testRow) columnsOf(f Field) (names []string, types []store.Type, vals []any) {
	add := func(suffix string, typ store.Type, v any) {
		names, types, vals = append(names, `"`+f.Name+suffix+`"`), append(types, typ), append(vals, v)
	}
	v := row.vals[f.Name]
	switch f.Type.Kind {
	case Bool:
		add("", store.Bool, v)
	case Number:
		add("", store.Int, scaledValue(v, f.Type.Scale))
	case Money:
		m, ok := v.(value.Money)
		base, based := row.base[f.Name]
		add("", store.Int, someValue(m.Minor, ok))
		add("_c", store.Text, someValue(m.Currency, ok))
		add("_b", store.Int, someValue(base.Minor, based))
	case Date:
		add("", store.Date, v)
	case Moment, Link:
		add("", store.Int, v)
	case Choices:
		list, ok := v.([]string)
		add("", store.Text, someValue("|"+strings.Join(list, "|")+"|", ok))
	case Empty:
		add("", store.Text, someValue("there", v != nil))
	case Links:
	default:
		add("", store.Text, v)
		if f.Folded {
			s, _ := v.(string)
			s = i18n.Fold(s)
			add("_s", store.Text, someValue(s, s != ""))
		}
	}
	return names, types, vals
}

func someValue[T any](v T, ok bool) any {
	if !ok {
		return nil
	}
	return v
}

func scaledValue(v any, scale int) any {
	switch v := v.(type) {
	case int64:
		return v
	case decimal.Decimal:
		i, err := value.Scaled(v, scale)
		if err != nil {
			panic(err)
		}
		return i
	}
	return nil
}

// save makes the tables and writes the records.
func (w *world) save(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := t.Context()
	err := db.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, "CREATE TABLE {x_links} (field TEXT, one BIGINT, other BIGINT)"); err != nil {
			return err
		}
		for object, rows := range w.rows {
			if err := w.saveObject(ctx, tx, object, rows); err != nil {
				return fmt.Errorf("%s: %w", object, err)
			}
			// Without figures PostgreSQL expects big tables and compiles every statement.
			if _, err := tx.Exec(ctx, "ANALYZE {x_"+object+"}"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) saveObject(ctx context.Context, tx *store.Tx, object string, rows []*testRow) error {
	for i, row := range rows {
		names, defs, vals := []string{"id", "hidden"}, []string{"id BIGINT", "hidden BIGINT"}, []any{row.id, int64(0)}
		if row.hidden {
			vals[1] = int64(1)
		}
		for _, f := range w.scopes[object].fields {
			if f.Formula != nil {
				continue
			}
			more, types, values := row.columnsOf(f)
			names, vals = append(names, more...), append(vals, values...)
			for j, name := range more {
				collation := ""
				if strings.HasSuffix(name, `_s"`) && tx.Dialect().Name() == "postgres" {
					collation = ` COLLATE "C"`
				}
				defs = append(defs, name+" "+tx.Dialect().ColumnType(types[j])+collation)
			}
			ids, _ := row.vals[f.Name].([]value.ID)
			for _, id := range ids {
				if _, err := tx.Exec(ctx, "INSERT INTO {x_links} VALUES ($1, $2, $3)", f.ID, row.id, id); err != nil {
					return err
				}
			}
		}
		if i == 0 {
			if _, err := tx.Exec(ctx, "CREATE TABLE {x_"+object+"} ("+strings.Join(defs, ", ")+")"); err != nil {
				return err
			}
		}
		prefix := "INSERT INTO {x_" + object + "} (" + strings.Join(names, ", ") + ") VALUES"
		if _, err := tx.ExecRows(ctx, prefix, len(vals), [][]any{vals}, ""); err != nil {
			return err
		}
	}
	return nil
}

// randomEnv has clocks and zones where days are hard.
func randomEnv(r *rand.Rand) Env {
	zone, err := time.LoadLocation(pick(r, someZones))
	if err != nil {
		panic(err)
	}
	env := Env{Now: instant(pick(r, someInstants)), Zone: zone, FiscalStart: time.Month(r.IntN(13)), BaseCurrency: "EUR"}
	if r.IntN(4) > 0 {
		env.Me, env.Team = 101, 11
	}
	return env
}
