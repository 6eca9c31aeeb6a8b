package sales_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Moves of close dates are told as of a past day, too, with who owned the deals
// then and what they were worth; now and as of now say the same.
func TestMovedCloseDatesOfAPastDay(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		const day = 24 * time.Hour
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := func(owner value.ID, amount string) value.ID {
			return k.Create(t, k.Ada, "deal", record.Values{"name": "d", "account": account, "owner": owner, "amount": amount, "close_date": "2026-04-01"})
		}
		put := func(id value.ID, v record.Values) {
			t.Helper()
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "deal", id, 0, v)
				return err
			})
			k.Pass(time.Minute)
		}
		a, b, c := deal(k.Rita, "100"), deal(k.Rita, "40"), deal(k.Olga, "7")
		k.Pass(day)
		put(a, record.Values{"close_date": "2026-04-11"})
		put(a, record.Values{"close_date": "2026-04-09"})
		put(c, record.Values{"close_date": "2026-04-05"})
		before := k.Now()
		k.Pass(day)
		put(c, record.Values{"close_date": "2026-05-05", "owner": k.Rita, "amount": "9"})
		put(b, record.Values{"close_date": nil})
		put(b, record.Values{"close_date": "2026-06-01"}) // says it for the first time: no move
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := sales.Move(t.Context(), s, sales.Step{Deal: a, Kind: sales.Lost, Close: sales.Close{Reason: "price"}})
			return err
		})
		k.Pass(day)

		ask := func(who value.ID, name string, p report.Params) (table *report.Table) {
			t.Helper()
			k.Read(t, who, func(s *record.Session) (err error) {
				table, err = k.App.Reports().Run(t.Context(), s, name, p)
				return err
			})
			return table
		}
		is := func(table *report.Table, want map[string][6]string) {
			t.Helper()
			got := map[string][6]string{}
			for _, r := range append(table.Rows, *table.Total) {
				name := "all"
				if len(r.Labels) > 0 {
					name = r.Labels[0]
				}
				var x [6]string
				for i := range x {
					x[i] = schema.Neutral(report.Told(r.Values[i]))
				}
				got[name] = x
			}
			for name, x := range want {
				if got[name] != x {
					t.Errorf("%s: %v, want %v", name, got[name], x)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d lines, want %d", len(got), len(want))
			}
		}
		rita, olga := "Rita Rep", "Olga Other"
		k.Read(t, k.Ada, func(s *record.Session) error {
			rita, olga = s.Roster().Name(k.Rita), s.Roster().Name(k.Olga)
			return nil
		})
		is(ask(k.Ada, "slippage", report.Params{AsOf: before}), map[string][6]string{
			rita: {"2", "1", "2", "8", "8", "100.00 EUR"}, olga: {"1", "1", "1", "4", "4", "7.00 EUR"}, "all": {"3", "2", "3", "6", "12", "107.00 EUR"}})
		is(ask(k.Ada, "slippage", report.Params{}), map[string][6]string{
			rita: {"3", "2", "4", "21", "42", "109.00 EUR"}, "all": {"3", "2", "4", "21", "42", "109.00 EUR"}})
		now := k.Now()
		k.Pass(time.Minute)
		is(ask(k.Ada, "slippage", report.Params{AsOf: now}), map[string][6]string{
			rita: {"3", "2", "4", "21", "42", "109.00 EUR"}, "all": {"3", "2", "4", "21", "42", "109.00 EUR"}})
		// Who may not read the deals of others hears nothing of them.
		role := k.Create(t, k.Ada, "role", record.Values{"name": "Own", "permissions": `{"objects": {"*": {"read": "all"}, "deal": {"read": "own"}}}`})
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "member", k.Olga, 0, record.Values{"role": role})
			return err
		})
		is(ask(k.Olga, "slippage", report.Params{AsOf: before}), map[string][6]string{"all": {"0", "0", "0", "", "0", ""}})
		stages := ask(k.Ada, "slippage-by-stage", report.Params{AsOf: before})
		if len(stages.Rows) != 1 || stages.Rows[0].Values[2].Value != int64(3) {
			t.Errorf("by stage: %+v", stages.Rows)
		}
		if empty := ask(k.Ada, "slippage", report.Params{AsOf: before, Filter: `amount > 1000`}); empty.Total.Values[1].Value != int64(0) || len(empty.Rows) != 0 {
			t.Errorf("of none: %+v", empty)
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			found, _, err := k.App.Reports().Behind(t.Context(), s, "slippage", report.Trail{Of: "moved", Params: report.Params{AsOf: before}, Limit: 1})
			if err != nil || found.Count != 2 || len(found.IDs) != 1 || found.IDs[0] != c {
				t.Errorf("moved were %+v, %v", found, err)
			}
			for _, name := range []string{"slippage", "slippage-by-stage"} {
				table := ask(k.Ada, name, report.Params{AsOf: before})
				for _, r := range append(table.Rows, *table.Total) {
					b, _ := table.BehindOf(r, 1)
					if ids, told := pages(t, k, s, name, b.Path); told != r.Values[1].Value || int64(len(ids)) != told {
						t.Errorf("%s, %v: %v, listed are %d of %d", name, r.Labels, r.Values[1].Value, len(ids), told)
					}
				}
			}
			if _, _, err := k.App.Reports().Behind(t.Context(), s, "slippage", report.Trail{Of: "moved"}); !fault.Is(err, fault.NotFound) {
				t.Errorf("moves of today have a list of their own: %v", err)
			}
			return nil
		})
		// What was taken back is no move, by either way of counting.
		var last record.Entry
		k.Read(t, k.Ada, func(s *record.Session) error {
			h, err := s.History(t.Context(), "deal", c, 0, 1)
			last = h[0]
			return err
		})
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Undo(t.Context(), last.Act)
			return err
		})
		now = k.Now()
		k.Pass(time.Minute)
		for _, at := range []time.Time{{}, now} {
			is(ask(k.Ada, "slippage", report.Params{AsOf: at}), map[string][6]string{
				rita: {"2", "1", "2", "8", "8", "100.00 EUR"}, olga: {"1", "1", "1", "4", "4", "7.00 EUR"}, "all": {"3", "2", "3", "6", "12", "107.00 EUR"}})
		}
	})
}
