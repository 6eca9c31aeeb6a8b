package report_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// A ready report can be asked of a past day: it counts what was there then, in
// periods as of then, and agrees with the list of then. What is not known of
// then is named.
func TestReportsOfAPastDay(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		firm := k.Create(t, k.Rita, "account", record.Values{"name": "A"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "a", "account": firm, "amount": "100", "close_date": "2026-03-20"})
		then := k.Now()
		k.Pass(40 * 24 * time.Hour)
		k.Create(t, k.Rita, "deal", record.Values{"name": "b", "account": firm, "amount": "7", "close_date": "2026-05-20"})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"amount": "500"})
			return err
		})
		ask := func(who value.ID, name string, p report.Params) (table *report.Table, err error) {
			err = k.Try(t.Context(), who, func(s *record.Session) error {
				table, err = k.App.Reports().Run(t.Context(), s, name, p)
				return err
			})
			return table, err
		}
		if now, err := ask(k.Rita, "pipeline", report.Params{}); err != nil || now.Total.Values[0].Value != int64(2) {
			t.Errorf("%+v, %v", now, err)
		}
		was, err := ask(k.Rita, "pipeline", report.Params{AsOf: then})
		if err != nil || was.Total.Values[0].Value != int64(1) || neutral(was.Total.Values[1]) != "100.00 EUR" {
			t.Fatalf("%+v, %v", was, err)
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			n, _, err := s.Count(t.Context(), record.Query{Object: "deal", Filter: was.Rows[0].Filter, AsOf: then})
			if err != nil || n != 1 {
				t.Errorf("the list of then has %d, %v", n, err)
			}
			return nil
		})
		month, err := ask(k.Rita, "deals-by-month", report.Params{AsOf: then, Span: "this_quarter"})
		if err != nil || month.From.String() != "2026-01-01" || month.Total.Values[0].Value != int64(1) {
			t.Errorf("a period as of then: %+v, %v", month, err)
		}
		if rank, err := ask(k.Rita, "ranking", report.Params{AsOf: then}); err != nil || len(rank.Rows) != 0 {
			t.Errorf("%+v, %v", rank, err)
		}
		for _, name := range []string{"weak-spots", "efficiency"} {
			_, err := ask(k.Rita, name, report.Params{AsOf: then})
			if f, ok := fault.As(err); !ok || f.Key != "report.no_past" || f.Args["report"] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		next, err := ask(k.Rita, "pipeline", report.Params{AsOf: then, Filter: `next_activity_at is empty`})
		if f, ok := fault.As(err); !ok || !strings.Contains(f.Error(), "next_activity_at") {
			t.Errorf("a filter over what nobody kept: %+v, %v", next, err)
		}
		if _, err := ask(k.Rita, "pipeline", report.Params{AsOf: k.Now().Add(time.Hour)}); err == nil {
			t.Error("a report of what is to come")
		}
		id := k.Create(t, k.Rita, "report", record.Values{"name": "Mixed", "object": "deal", "sort": "-max:last_activity_at", "group": "owner.name", "measures": "count\nLast = max:last_activity_at"})
		mixed, err := ask(k.Rita, id.String(), report.Params{AsOf: then})
		if err != nil || len(mixed.Columns) != 1 || len(mixed.Unknown) != 1 || mixed.Unknown[0].Title != "Last" {
			t.Errorf("%+v, %v", mixed, err)
		}
		if text := string(mixed.AppendJSON(nil)); !strings.Contains(text, `"unknown":["last"]`) {
			t.Error(text)
		}
	})
}

// Tiles of a dashboard follow fields that get another name, whichever object
// they are of.
func TestDashboardsFollowFields(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		change(t, k, schema.Change{Op: schema.AddField, Object: "deal", Set: json.RawMessage(`{"name":"seats","kind":"whole","labels":{"en":"X"}}`)},
			schema.Change{Op: schema.AddField, Object: "account", Set: json.RawMessage(`{"name":"seats","kind":"whole","labels":{"en":"X"}}`)})
		saved := k.Create(t, k.Rita, "report", record.Values{"name": "Seats", "object": "deal", "filter": "seats > 2"})
		view := k.Create(t, k.Rita, "view", record.Values{"name": "Big", "object": "deal"})
		was := report.Layout{Tiles: []report.Tile{
			{Kind: report.ListTile, Of: "deals", Column: "seats, account.name", Filter: "seats > 1", Sort: "-seats", Width: 6},
			{Kind: report.ListTile, Of: "accounts", Filter: "seats > 1", Sort: "seats", Width: 6},
			{Kind: report.ListTile, Of: view.String(), Filter: "seats > 1", Width: 6},
			{Kind: report.ChartTile, Of: "pipeline", Filter: "seats > 3", Width: 6},
			{Kind: report.NumberTile, Of: saved.String(), Filter: "seats > 4", Width: 3},
			{Kind: report.PanelTile, Of: "forecast", Width: 6}}}
		id := k.Create(t, k.Rita, report.Dashboards.Name, record.Values{"name": "Seats", "layout": was.String()})
		change(t, k, schema.Change{Op: schema.ChangeField, Object: "deal", Field: "seats", Set: json.RawMessage(`{"name":"places"}`)})
		var now report.Dashboard
		k.Read(t, k.Rita, func(s *record.Session) (err error) {
			now, err = k.App.Reports().Dashboard(t.Context(), s, id.String())
			return err
		})
		want := slices.Clone(was.Tiles)
		for i := range want {
			if i != 1 {
				want[i].Filter = strings.ReplaceAll(want[i].Filter, "seats", "places")
				want[i].Column, want[i].Sort = strings.ReplaceAll(want[i].Column, "seats", "places"), strings.ReplaceAll(want[i].Sort, "seats", "places")
			}
		}
		if !slices.Equal(now.Layout.Tiles, want) {
			t.Errorf("%+v\nwant %+v", now.Layout.Tiles, want)
		}
	})
}
