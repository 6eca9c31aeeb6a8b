package sales_test

import (
	"slices"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// focusList are the titles of somebody's focus list, as it is sorted.
func focusList(t *testing.T, k *apptest.Kit, who value.ID, filter string) (titles []string) {
	t.Helper()
	k.Read(t, who, func(s *record.Session) error {
		p, err := s.Query(t.Context(), record.Query{Object: "deal", Filter: filter, Sort: "-focus", Limit: 50})
		if err != nil {
			return err
		}
		for _, r := range p.Records {
			titles = append(titles, r.Title())
		}
		return nil
	})
	return titles
}

func whys(t *testing.T, k *apptest.Kit, deal value.ID) (keys []string, sum int64) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		r, err := s.Get(t.Context(), "deal", deal)
		if err != nil {
			return err
		}
		list, err := sales.FocusWhy(t.Context(), s, r)
		for _, x := range list {
			keys, sum = append(keys, x.Key), sum+x.Points
		}
		if focus, ok := record.Get(r, sales.DealFocus); ok && focus != sum {
			t.Errorf("ranked %d, its reasons come to %d", focus, sum)
		}
		return err
	})
	slices.Sort(keys)
	return keys, sum
}

func TestFocusFollowsFromWhatSpeaksForADeal(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := func(name, amount, close string) value.ID {
			return k.Create(t, k.Rita, "deal", record.Values{"name": name, "account": account, "amount": amount, "close_date": close})
		}
		small, large := deal("Small", "100", "2026-12-01"), deal("Large", "1900", "2026-12-01")
		soon := deal("Soon", "1000", "2026-03-05")
		night := func() {
			t.Helper()
			if err := k.Workspace.Refocus(t.Context(), sales.Refocus{}); err != nil {
				t.Fatal(err)
			}
		}
		night()
		if got, want := focusList(t, k, k.Rita, sales.FocusFilter), []string{"Large", "Soon", "Small"}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		for id, want := range map[value.ID][]string{small: {"chance", "no_step", "value"}, large: {"chance", "no_step", "value"}, soon: {"chance", "close_soon", "no_step", "value"}} {
			if got, _ := whys(t, k, id); !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		}
		// What is planned counts at once, what only time brings at night.
		k.Create(t, k.Rita, "activity", record.Values{"kind": "task", "subject": "Call", "due_at": "2026-03-02T15:00:00Z", "about": []any{"deal:" + small.String()}})
		if got, want := first(whys(t, k, small)), []string{"chance", "today", "value"}; !slices.Equal(got, want) {
			t.Errorf("planned: %v, want %v", got, want)
		}
		k.Pass(20 * 24 * time.Hour)
		night()
		if got, want := first(whys(t, k, small)), []string{"chance", "overdue", "slow", "value"}; !slices.Equal(got, want) {
			t.Errorf("twenty days later: %v, want %v", got, want)
		}
		if got, want := first(whys(t, k, soon)), []string{"chance", "close_past", "no_step", "slow", "value"}; !slices.Equal(got, want) {
			t.Errorf("past its close: %v, want %v", got, want)
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Win(t.Context(), s, large, 0, sales.Close{})
			return err
		})
		expect(t, "won", texts(t, k, "deal", large, "focus"), "")
	})
}

func first(keys []string, _ int64) []string { return keys }

func TestPinAndSnoozeAreOnesOwn(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		mark := func(who value.ID, m sales.SetMark) error {
			return k.Try(t.Context(), who, func(s *record.Session) error { return sales.MarkFocus(t.Context(), s, x.deal, m) })
		}
		in := func(who value.ID, filter string, want int) {
			t.Helper()
			if got := focusList(t, k, who, filter); len(got) != want {
				t.Errorf("%s: %v, want %d", filter, got, want)
			}
		}
		yes, day, past := true, value.DateOf(apptest.Noon, time.UTC).AddDays(3), value.DateOf(apptest.Noon, time.UTC)
		if err := mark(k.Rita, sales.SetMark{Snoozed: &past}); !refusedAt(err, "snoozed_until") {
			t.Errorf("put off until today: %v", err)
		}
		for _, m := range []sales.SetMark{{Pinned: &yes}, {Snoozed: &day}, {Snoozed: &day}} {
			if err := mark(k.Rita, m); err != nil {
				t.Fatal(err)
			}
		}
		in(k.Rita, sales.FocusFilter, 0)
		in(k.Rita, sales.SnoozedFilter, 1)
		in(k.Bob, sales.FocusFilter, 1)
		in(k.Bob, sales.PinnedFilter, 0)
		k.Read(t, k.Bob, func(s *record.Session) error {
			p, err := s.Query(t.Context(), record.Query{Object: "focus_mark", Count: record.CountExact})
			if err == nil && p.Count != 0 {
				t.Errorf("%d marks of others", p.Count)
			}
			return err
		})
		k.Pass(3 * 24 * time.Hour)
		in(k.Rita, sales.PinnedFilter, 1)
		in(k.Rita, sales.SnoozedFilter, 0)
		closed(t, k)
		if err := mark(k.Olga, sales.SetMark{Pinned: &yes}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a mark on what one may not see: %v", err)
		}
	})
}
