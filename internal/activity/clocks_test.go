package activity_test

import (
	"testing"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// A task of a day stays on that day when the clock of its owner hangs elsewhere,
// over the change of the clock too; one of a moment stays at its moment, and what
// is done, or others', stays as it is.
func TestATaskKeepsItsDayInAnotherTimeZone(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		zone := func(name string) *time.Location {
			at, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		rita, others := "Europe/Helsinki", "Europe/Berlin"
		follow := func() {
			k.Write(t, k.Ada, func(s *record.Session) error {
				return activity.FollowClocks(t.Context(), s, func(member value.ID) *time.Location {
					if member == k.Rita {
						return zone(rita)
					}
					return zone(others)
				})
			})
		}
		task := func(who value.ID, due, in string, v record.Values) value.ID {
			at, err := time.ParseInLocation("2006-01-02 15:04", due, zone(in))
			if err != nil {
				t.Fatal(err)
			}
			v["subject"], v["kind"], v["due_at"] = due, "task", at
			return k.Create(t, who, "activity", v)
		}
		due := func(id value.ID, in, want string) {
			t.Helper()
			k.Read(t, k.Ada, func(s *record.Session) error {
				r, err := s.Get(t.Context(), "activity", id)
				if err != nil {
					return err
				}
				if at, _ := record.Get(r, activity.DueAt); at.In(zone(in)).Format("2006-01-02 15:04") != want {
					t.Errorf("due %s, want %s in %s", at, want, in)
				}
				return nil
			})
		}
		follow()
		morning := task(k.Rita, "2026-04-01 09:00", rita, record.Values{}) // in summer time, made in winter
		day := task(k.Rita, "2026-03-20 00:00", rita, record.Values{})
		moment := task(k.Rita, "2026-03-20 15:30", rita, record.Values{})
		done := task(k.Rita, "2026-03-20 09:00", rita, record.Values{"done": true})
		olga := task(k.Olga, "2026-03-20 09:00", others, record.Values{})
		follow()
		due(morning, rita, "2026-04-01 09:00")

		rita = "Pacific/Honolulu" // her own clock
		follow()
		follow()
		due(morning, rita, "2026-04-01 09:00")
		due(day, rita, "2026-03-20 00:00")
		due(moment, "Europe/Helsinki", "2026-03-20 15:30")
		due(done, "Europe/Helsinki", "2026-03-20 09:00")
		due(olga, others, "2026-03-20 09:00")

		others = "Asia/Shanghai" // the company's
		follow()
		due(olga, others, "2026-03-20 09:00")
		due(morning, rita, "2026-04-01 09:00")
	})
}
