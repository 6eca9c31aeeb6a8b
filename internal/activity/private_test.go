package activity_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// TestPrivateIsTheOwnersAlone: no list, figure, search, link or change tells
// anybody else of a private activity, an administrator included.
func TestPrivateIsTheOwnersAlone(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		id := k.Create(t, k.Rita, "activity", record.Values{"kind": "task", "subject": "Dentist zyzzyva", "private": true})
		k.Create(t, k.Rita, "activity", record.Values{"kind": "task", "subject": "Call zyzzyva"})
		for _, who := range []struct {
			member value.ID
			sees   int64
		}{{k.Rita, 2}, {k.Max, 1}, {k.Bob, 1}, {k.Olga, 1}, {k.Ada, 1}} {
			k.Read(t, who.member, func(s *record.Session) error {
				n, _, err := s.Count(t.Context(), record.Query{Object: "activity"})
				if err != nil || n != who.sees {
					t.Errorf("count %d, %v; want %d", n, err, who.sees)
				}
				page, err := s.Query(t.Context(), record.Query{Object: "activity", Sort: "due_at"})
				if err != nil || int64(len(page.Records)) != who.sees {
					t.Errorf("list: %v; want %d", err, who.sees)
				}
				sum, err := s.Aggregate(t.Context(), record.Aggregate{Object: "activity", Group: []string{"kind"}, Measures: []string{"count"}})
				if err != nil || sum.Total.Values[0].Value != who.sees {
					t.Errorf("figures: %+v, %v; want %d", sum.Total, err, who.sees)
				}
				found, err := s.Search(t.Context(), record.SearchQuery{Text: "zyzzyva"})
				if err != nil || int64(len(found.Hits)) != who.sees {
					t.Errorf("search: %d hits, %v; want %d", len(found.Hits), err, who.sees)
				}
				_, err = s.Get(t.Context(), "activity", id)
				if mine := who.member == k.Rita; mine != (err == nil) || !mine && !fault.Is(err, fault.NotFound) {
					t.Errorf("get: %v", err)
				}
				return nil
			})
		}
		err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "activity", id, 0, record.Values{"subject": "Seen"})
			return err
		})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("change: %v", err)
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "activity", id, 0, record.Values{"private": false})
			return err
		})
		k.Read(t, k.Olga, func(s *record.Session) error {
			_, err := s.Get(t.Context(), "activity", id)
			return err
		})
	})
}
