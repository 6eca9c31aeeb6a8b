package hours

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func day(t testing.TB, text string) value.Date {
	t.Helper()
	d, err := value.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// madrid works 9 to 14 and 15 to 18, Fridays till 14; Easter Friday and Monday
// of 2026 are holidays. The clock went forward on 29 March.
func madrid(t testing.TB) *Calendar {
	t.Helper()
	w := Week{"fri": {"09:00-14:00"}}
	for _, d := range []string{"mon", "tue", "wed", "thu"} {
		w[d] = []string{"09:00-14:00", "15:00-18:00"}
	}
	if err := w.Check(); err != nil {
		t.Fatal(err)
	}
	return New(zoneOf(t, "Europe/Madrid"), w, []value.Date{day(t, "2026-04-03"), day(t, "2026-04-06")})
}

func TestDurationsPass(t *testing.T) {
	t.Parallel()
	c := madrid(t)
	for _, x := range []struct {
		from string
		n    int
		unit Unit
		want string
	}{
		{"2026-03-04 10:00", 90, Minutes, "2026-03-04 11:30"},
		{"2026-03-28 20:00", 12, Hours, "2026-03-29 09:00"}, // the night is an hour shorter
		{"2026-03-28 20:00", 1, Days, "2026-03-29 20:00"},   // the day is not
		{"2026-04-02 23:00", 2, Hours, "2026-04-04 01:00"},  // no time passes on a holiday
		{"2026-04-02 12:00", 1, Days, "2026-04-04 12:00"},
		{"2026-04-03 12:00", 1, Days, "2026-04-05 00:00"},
		{"2026-03-04 13:30", 60, BusinessMinutes, "2026-03-04 15:30"},
		{"2026-03-05 17:00", 2, BusinessHours, "2026-03-06 10:00"},
		{"2026-03-06 20:00", 1, BusinessHours, "2026-03-09 10:00"},
		{"2026-04-02 17:00", 2, BusinessHours, "2026-04-07 10:00"}, // Easter
		{"2026-03-04 10:00", 2, BusinessDays, "2026-03-06 10:00"},
		{"2026-03-05 17:00", 1, BusinessDays, "2026-03-06 14:00"}, // Fridays end at two
		{"2026-03-06 10:00", 1, BusinessDays, "2026-03-09 10:00"},
		{"2026-03-07 10:00", 1, BusinessDays, "2026-03-10 09:00"}, // begun on a Saturday
		{"2026-04-02 10:00", 1, BusinessDays, "2026-04-07 10:00"},
		{"2026-03-27 12:00", 1, BusinessDays, "2026-03-30 12:00"}, // over the change of the clock
		{"2026-03-04 10:00", 0, BusinessDays, "2026-03-04 10:00"},
	} {
		from, err := time.ParseInLocation("2006-01-02 15:04", x.from, c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Add(from, Duration{x.n, x.unit}).In(c.zone).Format("2006-01-02 15:04"); got != x.want {
			t.Errorf("%s + %d %s = %s, want %s", x.from, x.n, x.unit, got, x.want)
		}
	}
}

func TestOpenHours(t *testing.T) {
	t.Parallel()
	c := madrid(t)
	at := func(text string) time.Time {
		m, err := time.ParseInLocation("2006-01-02 15:04", text, c.zone)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if c.Open(at("2026-03-04 14:30")) || !c.Open(at("2026-03-04 15:00")) || c.Open(at("2026-04-06 10:00")) {
		t.Error("open at lunch, or on Easter Monday, or not after lunch")
	}
	if got := c.NextOpen(at("2026-04-03 08:00")); !got.Equal(at("2026-04-07 09:00")) {
		t.Errorf("opens next %s", got.In(c.zone))
	}
	if got := c.Between(at("2026-04-02 17:00"), at("2026-04-07 10:00")); got != 2*time.Hour {
		t.Errorf("worked %s over Easter", got)
	}
	if got := c.BusinessDays(at("2026-04-02 17:00"), at("2026-04-07 10:00")); got != 1 {
		t.Errorf("%d business days over Easter", got)
	}
	none := New(time.UTC, Week{}, nil)
	if !none.Open(at("2026-03-07 03:00")) {
		t.Error("a company without hours is never open")
	}
}

// anyCalendar is a week, holidays and a zone of rapid's choice.
func anyCalendar(t *rapid.T) *Calendar {
	zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Europe/Madrid", "America/Santiago", "Asia/Shanghai", "Australia/Lord_Howe", "Africa/Cairo"}).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	w := Week{}
	for _, name := range weekdays {
		w[name] = rapid.SampledFrom([][]string{nil, {"09:00-17:00"}, {"00:00-24:00"}, {"08:30-12:00", "13:00-18:15"}, {"22:00-24:00"}, {"00:30-03:30"}}).Draw(t, name)
	}
	var off []value.Date
	for _, n := range rapid.SliceOfN(rapid.IntRange(0, 400), 0, 20).Draw(t, "holidays") {
		off = append(off, value.DateOf(someDay, time.UTC).AddDays(n-100))
	}
	return New(zone, w, off)
}

var someDay = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func anyMoment(t *rapid.T, name string) time.Time {
	return someDay.Add(time.Duration(rapid.IntRange(0, 250*24*60).Draw(t, name)) * time.Minute)
}

// What would be over in a break is over after it.
func TestNothingIsOverInABreak(t *testing.T) {
	t.Parallel()
	c := New(time.UTC, Week{"mon": {"09:00-17:00"}, "tue": {"09:00-12:00", "13:00-17:00"}}, nil)
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for _, x := range []struct{ from, want time.Duration }{{11 * time.Hour, 35 * time.Hour}, {12*time.Hour + time.Minute, 37 * time.Hour}} {
		if got := c.Add(monday.Add(x.from), Duration{1, BusinessDays}); !got.Equal(monday.Add(x.want)) {
			t.Errorf("from %v: %v", x.from, got)
		}
	}
}

// Whatever the week, the holidays and the zone: time never goes back, later
// begun is never earlier over, business time ends in business hours, and as
// long as a duration lasts the company has worked.
func TestDurationsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t)
		a, b := anyMoment(t, "a"), anyMoment(t, "b")
		if b.Before(a) {
			a, b = b, a
		}
		d := Duration{rapid.IntRange(0, 60).Draw(t, "n"), rapid.SampledFrom(Units()).Draw(t, "unit")}
		x, y := c.Add(a, d), c.Add(b, d)
		if x.Before(a) || y.Before(x) {
			t.Fatalf("%v from %v: %v; from %v: %v", d, a, x, b, y)
		}
		more := d
		more.N++
		if z := c.Add(a, more); z.Before(x) {
			t.Fatalf("%v is over at %v, %v at %v", d, x, more, z)
		}
		switch d.Unit {
		case BusinessMinutes, BusinessHours:
			want := time.Duration(d.N) * time.Minute
			if d.Unit == BusinessHours {
				want *= 60
			}
			if got := c.Between(a, x); got != want {
				t.Fatalf("%v from %v to %v are %v of work", d, a, x, got)
			}
		case BusinessDays:
			if d.N > 0 && !c.Open(x.Add(-time.Millisecond)) && !c.Open(x) {
				t.Fatalf("%v from %v ends out of hours: %v", d, a, x)
			}
		}
		if next := c.NextOpen(a); next.Before(a) || !c.Open(next) || c.Between(a, next) != 0 {
			t.Fatalf("opens next after %v: %v", a, next)
		}
		if mid := a.Add(b.Sub(a) / 2); c.Between(a, mid)+c.Between(mid, b) != c.Between(a, b) {
			t.Fatalf("parts of %v to %v are not the whole", a, b)
		}
	})
}

func TestBadHoursAreRefused(t *testing.T) {
	t.Parallel()
	for _, w := range []Week{{"mon": {"9-17"}}, {"mon": {"17:00-09:00"}}, {"mon": {"09:00-12:00", "11:00-13:00"}},
		{"monday": {"09:00-17:00"}}, {"mon": {"09:00-24:01"}}, {"mon": {"09:00-09:00"}}, {"tue": {"-1:00-09:00"}}, {"tue": {"09:60-12:00"}}} {
		if err := w.Check(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", w, err)
		}
	}
	for _, d := range []Duration{{1, "weeks"}, {-1, Days}, {1 << 40, Hours}, {3, ""}} {
		if err := d.Check(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", d, err)
		}
	}
}

func FuzzWeek(f *testing.F) {
	for _, s := range []string{"09:00-17:00", "00:00-24:00", "9:00-9:01", "x", "-", "24:00-24:00", "09:00-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := Week{"wed": {text}}
		if w.Check() != nil {
			return
		}
		c := New(time.UTC, w, nil)
		if open := c.NextOpen(someDay); !c.Open(open) {
			t.Fatalf("%q: opens at %v and is closed", text, open)
		}
	})
}

// What a pause holds and gives back is neither more nor less than was left.
func TestHeldTimeComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t)
		a := anyMoment(t, "a")
		d := Duration{rapid.IntRange(1, 30).Draw(t, "n"), rapid.SampledFrom(Units()).Draw(t, "unit")}
		due := c.Add(a, d)
		mid := a.Add(due.Sub(a) / 3)
		left := c.Left(mid, due, d.Unit)
		if got := c.Resume(mid, left, d.Unit); c.Left(mid, got, d.Unit) != left || got.After(due) {
			t.Fatalf("%v from %v is over at %v; held at %v for no time, at %v", d, a, due, mid, got)
		}
		before := c.Before(due, d)
		if c.Add(before, d).After(due) || before.After(due) {
			t.Fatalf("%v before %v is %v, from which it is over at %v", d, due, before, c.Add(before, d))
		}
	})
}
