package activity

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestRemindersComeInTheDayOfTheMember(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, due, want string }{
		{"Europe/Madrid", "2026-03-02T15:30:00+01:00", "2026-03-02T15:30:00+01:00"},
		{"Europe/Madrid", "2026-03-02T00:00:00+01:00", "2026-03-02T08:00:00+01:00"},
		{"Europe/Madrid", "2026-03-02T23:59:00+01:00", "2026-03-02T08:00:00+01:00"},
		{"Asia/Shanghai", "2026-03-02T15:30:00+01:00", "2026-03-02T08:00:00+08:00"},
		{"Europe/Madrid", "2026-03-29T00:00:00+01:00", "2026-03-29T08:00:00+02:00"}, // summer begins at two
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		due, _ := time.Parse(time.RFC3339, c.due)
		if got := RemindAt(due, zone).In(zone).Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s: reminded at %s, want %s", c.due, c.zone, got, c.want)
		}
	}
}

func TestRemindersAreOnTheDayItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Europe/Helsinki", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		due := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, "due"), 0)
		at := RemindAt(due, zone)
		if h := at.In(zone).Hour(); h < dayBegins || h >= dayEnds {
			t.Errorf("%s: reminded at %s", due.In(zone), at.In(zone))
		}
		if a, b := at.In(zone).Format(time.DateOnly), due.In(zone).Format(time.DateOnly); a != b {
			t.Errorf("due on %s, reminded on %s", b, a)
		}
		if d := due.Sub(at); d > day || d < -day {
			t.Errorf("%s apart", d)
		}
	})
}
