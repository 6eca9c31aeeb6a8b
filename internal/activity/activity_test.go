package activity_test

import (
	"testing"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

func TestTimelineMergesActivitiesWithChanges(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		about := []schema.Ref{{Object: "account", ID: account}}
		k.Pass(time.Hour)
		call := k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "subject": "Asked for a quote", "about": about,
			"done_at": apptest.Noon.Add(-24 * time.Hour), "result": "reached"})
		k.Create(t, k.Rita, "activity", record.Values{"kind": "note", "body": "Likes blue.\nReally.", "about": about, "private": true})
		k.Pass(time.Hour)
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "account", account, 0, record.Values{"industry": "Mining"})
			return err
		})
		read := func(member value.ID) (kinds []string) {
			k.Read(t, member, func(s *record.Session) error {
				var after *activity.Place
				for {
					items, next, err := activity.Timeline(t.Context(), s, "account", account, activity.Filter{}, after, 2)
					if err != nil {
						return err
					}
					for _, x := range items {
						kinds = append(kinds, x.Kind)
					}
					if after = next; next == nil {
						return nil
					}
				}
			})
			return kinds
		}
		if got, want := read(k.Rita), []string{"change", "note", "change", "call"}; !equal(got, want) {
			t.Errorf("Rita reads %v, want %v", got, want)
		}
		if got, want := read(k.Olga), []string{"change", "change", "call"}; !equal(got, want) {
			t.Errorf("Olga reads %v, want %v without the private note", got, want)
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			a, err := s.Get(t.Context(), "account", account)
			if err != nil {
				return err
			}
			if got := schema.Neutral(a.Field("last_contact_at")); got != "2026-03-01T12:00:00Z" {
				t.Errorf("last contact %s, want that of the call %v", got, call)
			}
			return nil
		})
	})
}

func TestRepeatingTaskMakesExactlyOneNext(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		task := k.Create(t, k.Rita, "activity", record.Values{"subject": "Call every month", "due_at": "2026-01-31T09:00:00Z", "repeats": "monthly"})
		for range 2 { // completing twice
			k.Write(t, k.Rita, func(s *record.Session) error {
				for _, done := range []bool{true, false, true} {
					if _, err := s.Update(t.Context(), "activity", task, 0, record.Values{"done": done}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "activity", Filter: "done = false"})
			if err != nil {
				return err
			}
			if len(page.Records) != 1 {
				t.Fatalf("%d next tasks, want 1", len(page.Records))
			}
			if due := schema.Neutral(page.Records[0].Field("due_at")); due != "2026-02-28T09:00:00Z" {
				t.Errorf("next is due %s", due)
			}
			return nil
		})
	})
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
