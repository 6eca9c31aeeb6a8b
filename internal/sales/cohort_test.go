package sales_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// Cohorts are followed from the month in which they began: each cell counts what
// was done by the end of its month, agrees with its list, and says when its month
// is not over or when few stand behind it. What is to come is not told.
func TestCohorts(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) { // it is 2026-03-02
		book := newBook(t, k)
		deal := func(who value.ID, began any, closed string) {
			v := record.Values{"name": "d", "account": book.account, "owner": who, "started_on": began}
			if closed != "" {
				v["stage"], v["close_date"] = book.stages["Won"], closed
			}
			k.Create(t, k.Ada, "deal", v)
		}
		for range 8 {
			deal(k.Rita, "2026-01-20", "")
		}
		deal(k.Rita, "2026-01-05", "2026-01-31")
		deal(k.Rita, "2026-01-31", "2026-02-01")
		deal(k.Olga, "2026-01-31", "2026-03-01")
		deal(k.Rita, "2026-02-10", "2026-01-10") // said to be won before it began
		deal(k.Rita, "2024-01-10", "2026-03-01") // later than a year
		deal(k.Rita, nil, "")
		cells(t, k, "deal-cohorts", report.Params{}, map[string]string{
			"2026-01 0": "11 1 0.090909", "2026-01 1": "11 2 0.181818", "2026-01 2": "11 3 0.272727 running",
			"2026-02 0": "1 1 1 few", "2026-02 1": "1 1 1 few running"})
		cells(t, k, "deal-cohorts", report.Params{Filter: `owner = "` + k.Olga.String() + `"`, From: value.Date(0), Span: "all"}, map[string]string{
			"2026-01 0": "1 0 0 few", "2026-01 1": "1 0 0 few", "2026-01 2": "1 1 1 few running"})
		old, _ := reported(t, k, k.Ada, "deal-cohorts", report.Params{Span: "all"})
		if r := old.Rows[12]; r.Keys[1] != int64(12) || r.Values[1].Value != int64(0) || r.Running || old.Rows[13].Keys[1] != int64(0) {
			t.Errorf("a year after: %+v", r)
		}
		if len(old.Notes) != 2 || old.Notes[1].Filter == "" {
			t.Errorf("notes: %+v", old.Notes)
		}
		if none, _ := reported(t, k, k.Ada, "deal-cohorts", report.Params{Filter: `name = "x"`}); len(none.Rows) != 0 || len(none.Notes) != 0 {
			t.Errorf("of none: %+v", none)
		}

		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example"})
		k.Create(t, k.Rita, "lead", record.Values{"name": "Bo", "email": "bo@home.example"})
		k.Pass(40 * 24 * time.Hour) // 2026-04-11
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Convert(t.Context(), s, lead, sales.Options{})
			return err
		})
		cells(t, k, "lead-cohorts", report.Params{}, map[string]string{"2026-03 0": "2 0 0 few", "2026-03 1": "2 1 0.5 few running"})
	})
}

// cells holds a report of cohorts against what is known, and each figure against
// its list.
func cells(t *testing.T, k *apptest.Kit, name string, p report.Params, want map[string]string) {
	t.Helper()
	table, _ := reported(t, k, k.Ada, name, p)
	got := map[string]string{}
	for _, r := range table.Rows {
		text := fmt.Sprint(r.Values[0].Value, " ", r.Values[1].Value, " ", r.Values[2].Value)
		if r.Few {
			text += " few"
		}
		if r.Running {
			text += " running"
		}
		got[fmt.Sprintf("%.7s %d", r.Labels[0], r.Keys[1])] = text
		for col := range 2 {
			k.Read(t, k.Ada, func(s *record.Session) error {
				n, _, err := s.Count(t.Context(), record.Query{Object: table.Object, Filter: r.Behind[col].Filter, Count: record.CountExact})
				if err == nil && n != r.Values[col].Value {
					t.Errorf("%v: %v, but %q lists %d", r.Keys, r.Values[col].Value, r.Behind[col].Filter, n)
				}
				return err
			})
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("%s: %v\nwant %v", name, got, want)
	}
}
