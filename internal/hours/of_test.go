package hours_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// The company's calendar follows its settings and holidays at once, those of
// its own region and of everybody; only administrators change them.
func TestTheCalendarFollowsSettingsAndHolidays(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ctx := t.Context()
		due := func() (at time.Time) {
			k.Read(t, k.Rita, func(s *record.Session) error {
				c, err := hours.Of(ctx, s)
				if err == nil {
					at = c.Add(k.Now(), hours.Duration{N: 1, Unit: hours.BusinessDays})
				}
				return err
			})
			return at
		}
		if got := due(); !got.Equal(k.Now().Add(24 * time.Hour)) {
			t.Errorf("due %v", got)
		}
		day := value.DateOf(k.Now(), time.UTC).AddDays(1)
		k.Create(t, k.Ada, "holiday", record.Values{"name": "Elsewhere", "day": day, "region": "FI"})
		if got := due(); !got.Equal(k.Now().Add(24 * time.Hour)) {
			t.Errorf("a holiday of another region moved it to %v", got)
		}
		k.Create(t, k.Ada, "holiday", record.Values{"name": "Here", "day": day})
		if got := due(); !got.Equal(k.Now().Add(48 * time.Hour)) {
			t.Errorf("with a holiday due %v", got)
		}
		k.Write(t, k.Ada, func(s *record.Session) error { return hours.SetOpenHours(ctx, s, hours.Week{"fri": {"10:00-11:00"}}) })
		if got := due(); got.Weekday() != time.Friday {
			t.Errorf("open on Fridays only, due %v", got)
		}
		err := k.Try(ctx, k.Bob, func(s *record.Session) error { return hours.SetOpenHours(ctx, s, hours.Week{}) })
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a manager sets the hours: %v", err)
		}
		err = k.Try(ctx, k.Rita, func(s *record.Session) error {
			_, err := s.Create(ctx, "holiday", record.Values{"name": "Mine", "day": day})
			return err
		})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep makes a holiday: %v", err)
		}
	})
}
