package activity_test

import (
	"testing"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
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

func TestNextTimeMakesATask(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Anna"})
		about := []schema.Ref{{Object: "lead", ID: lead}}
		call := k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "subject": "Asked for a quote", "about": about, "result": "reached",
			"done_at": apptest.Noon.Add(-time.Hour), "next_at": "2026-03-09T09:00:00Z"})
		open := func() (due []string) {
			k.Read(t, k.Rita, func(s *record.Session) error {
				due = nil
				page, err := s.Query(t.Context(), record.Query{Object: "activity", Filter: "done = false and kind = \"task\"", Sort: "due_at"})
				if err != nil {
					return err
				}
				for _, r := range page.Records {
					due = append(due, r.Title()+" "+schema.Neutral(r.Field("due_at")))
				}
				l, err := s.Get(t.Context(), "lead", lead)
				if err == nil && len(due) == 1 && schema.Neutral(l.Field("next_activity_at")) != due[0][len("Asked for a quote "):] {
					t.Errorf("the lead is due at %v, its task is %v", l.Field("next_activity_at"), due)
				}
				return err
			})
			return due
		}
		change := func(v record.Values) {
			t.Helper()
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "activity", call, 0, v)
				return err
			})
		}
		if got := open(); !equal(got, []string{"Asked for a quote 2026-03-09T09:00:00Z"}) {
			t.Errorf("tasks %q", got)
		}
		change(record.Values{"next_at": "2026-03-10T09:00:00Z"})
		change(record.Values{"body": "He wants blue ones", "next_at": "2026-03-10T09:00:00Z"})
		if got := open(); !equal(got, []string{"Asked for a quote 2026-03-10T09:00:00Z"}) {
			t.Errorf("tasks %q after another time", got)
		}
		k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "subject": "Long ago", "about": about,
			"done_at": apptest.Noon.Add(-48 * time.Hour), "next_at": apptest.Noon.Add(-24 * time.Hour)})
		if got := open(); len(got) != 1 {
			t.Errorf("tasks %q: a time that is past makes none", got)
		}
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "activity", call, 0, record.Values{"next_at": "2026-03-01T09:00:00Z"})
			return err
		})
		if e, ok := fault.As(err); !ok || len(e.Fields) != 1 || e.Fields[0].Key != "activity.next_before" {
			t.Errorf("the next time before this one: %v", err)
		}
	})
}

// One task of a batch that has a next one already keeps no other from its own.
func TestTasksOfABatchRepeatEach(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		var b record.Batch
		for _, name := range []string{"A", "B"} {
			id := k.Create(t, k.Rita, "activity", record.Values{"subject": name, "due_at": "2026-01-31T09:00:00Z", "repeats": "weekly"})
			b.Changes = append(b.Changes, record.Change{ID: id, Values: record.Values{"done": true}})
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			for _, done := range []bool{true, false} {
				if _, err := s.Update(t.Context(), "activity", b.Changes[0].ID, 0, record.Values{"done": done}); err != nil {
					return err
				}
			}
			b.Object = "activity"
			_, err := s.Save(t.Context(), b)
			return err
		})
		k.Read(t, k.Rita, func(s *record.Session) error {
			n, _, err := s.Count(t.Context(), record.Query{Object: "activity", Filter: "done = false and previous is not empty", Count: record.CountExact})
			if err == nil && n != 2 {
				t.Errorf("%d next tasks, want 2", n)
			}
			return err
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
