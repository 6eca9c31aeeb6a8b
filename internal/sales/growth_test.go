package sales_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/dedupe"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// bought makes customers by the days on which they bought.
func (b *dealBook) bought(days map[string]string) map[string]value.ID {
	b.t.Helper()
	firms := map[string]value.ID{}
	for name, on := range days {
		firms[name] = b.Create(b.t, b.Ada, "account", record.Values{"name": name, "owner": b.Rita})
		b.account = firms[name]
		b.deal(b.Rita, "Won", on, 10)
	}
	return firms
}

// grown is how many customers were new, active and lost in each month that has any;
// it also holds the lists behind against the figures.
func grown(t *testing.T, k *apptest.Kit, who value.ID, back, ahead int) string {
	t.Helper()
	var text []string
	k.Read(t, who, func(s *record.Session) error {
		list, err := sales.Growth(t.Context(), s, sales.ForecastQuery{}, back, ahead)
		if err != nil {
			return err
		}
		for _, m := range list {
			if m.New+m.Active+m.Lost > 0 {
				text = append(text, fmt.Sprintf("%.7s %d %d %d", m.Month, m.New, m.Active, m.Lost))
			}
			for filter, n := range map[string]int64{m.NewFilter: m.New, m.ActiveFilter: m.Active, m.LostFilter: m.Lost} {
				if filter == "" {
					continue
				}
				got, _, err := s.Count(t.Context(), record.Query{Object: "account", Filter: filter, Count: record.CountExact})
				if err != nil || got != n {
					t.Errorf("%v: %d are listed of %d (%v)", m.Month, got, n, err)
				}
			}
		}
		return nil
	})
	return strings.Join(text, ", ")
}

// Of six customers by hand: the first, who bought in February 2025 alone, goes a year later,
// the last comes in the running month. In the six months before it 4 came and one
// of 19 active went, so 0.67 a month come and one of 19 goes.
func TestCustomersByHand(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		firms := book.bought(map[string]string{"A": "2025-02-10", "B": "2025-09-05", "C": "2025-11-05", "D": "2025-12-05", "E": "2026-02-05", "F": "2026-03-01"})
		want := "2025-09 1 2 0, 2025-10 0 2 0, 2025-11 1 3 0, 2025-12 1 4 0, 2026-01 0 4 0, 2026-02 1 4 1, 2026-03 1 5 0, 2026-04 1 5 0, 2026-05 1 6 0, 2026-06 1 6 0"
		if got := grown(t, k, k.Bob, 7, 3); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
		_, rows := reported(t, k, k.Bob, "customer-growth", report.Params{})
		for month, want := range map[string]string{"2025-09-01": "1 2 0", "2026-02-01": "1 4 1", "2026-03-01": "1 5 0", "2026-04-01": "1 5 0", "2026-05-01": "1 6 0"} {
			if got := figuresOf(rows["["+month+"]"]); got != want {
				t.Errorf("the report says of %s %s, want %s", month, got, want)
			}
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := dedupe.Merge(context.WithoutCancel(t.Context()), s, dedupe.Order{Object: "account", Winner: firms["E"], Loser: firms["F"]})
			return err
		})
		if got := grown(t, k, k.Bob, 2, 0); got != "2026-02 1 4 1, 2026-03 0 4 0" {
			t.Errorf("merged: %s", got)
		}
	})
}

// Customers are those of the deals and accounts that one may read, in the figures as in
// the lists behind; who may read neither is told nothing.
func TestCustomersOutOfSight(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		book.bought(map[string]string{"A": "2026-02-10", "B": "2026-02-11"})
		own := k.Create(t, k.Ada, "account", record.Values{"name": "Own", "owner": k.Olga})
		book.account = own
		book.deal(k.Rita, "Won", "2026-02-12", 10)
		all := "2026-02 3 3 0, 2026-03 0 3 0"
		one := "2026-02 1 1 0, 2026-03 0 1 0"
		if got := grown(t, k, k.Olga, 2, 0); got != all {
			t.Errorf("open to all: %s", got)
		}
		open := func(object string, to access.Openness) {
			k.Write(t, k.Ada, func(s *record.Session) error {
				return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject(object), to)
			})
		}
		open("account", access.Private)
		if got := grown(t, k, k.Olga, 2, 0); got != one {
			t.Errorf("accounts private: %s", got)
		}
		open("account", access.Open)
		open("deal", access.Private)
		if got := grown(t, k, k.Olga, 2, 0); got != "" {
			t.Errorf("deals private: %s", got)
		}
		if got := grown(t, k, k.Rita, 2, 0); got != all {
			t.Errorf("one's own deals: %s", got)
		}
		for name, x := range map[string]struct{ permissions, key string }{
			"no accounts":          {`{"objects":{"*":{"read":"all"},"account":{"read":"none"}}}`, "record.no_object"},
			"no deals":             {`{"objects":{"*":{"read":"all"},"deal":{"read":"none"}}}`, "record.no_object"},
			"no account of a deal": {`{"objects":{"*":{"read":"all"}},"fields":{"deal.account":"none"}}`, "expr.unknown_name.like"},
			"no days":              {`{"objects":{"*":{"read":"all"}},"fields":{"deal.close_date":"none"}}`, "expr.unknown_name.like"},
		} {
			role := k.Create(t, k.Ada, "role", record.Values{"name": name, "permissions": x.permissions})
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "member", k.Max, 0, record.Values{"role": role})
				return err
			})
			err := k.Workspace.Read(t.Context(), apptest.As(k.Max), func(s *record.Session) error {
				_, err := sales.Growth(t.Context(), s, sales.ForecastQuery{}, 2, 0)
				return err
			})
			if f, ok := fault.As(err); !ok || f.Key != x.key {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
