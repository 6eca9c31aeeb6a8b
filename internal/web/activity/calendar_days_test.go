package activity

import (
	"testing"
	"time"

	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// What lasts beyond midnight has a part on each of its days, by the clocks of
// the user; a day or more stands above the hours.
func TestPartsOfAnEvent(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return x.UTC()
	}
	type part struct {
		day      string
		from, to float64 // hours on the clock, -1 = above the hours
	}
	for name, c := range map[string]struct {
		from, to string
		parts    []part
	}{
		"one hour":                   {"2026-03-02 09:00", "2026-03-02 10:00", []part{{"2026-03-02", 9, 10}}},
		"until midnight":             {"2026-03-02 22:00", "2026-03-03 00:00", []part{{"2026-03-02", 22, 24}}},
		"over night":                 {"2026-03-02 22:00", "2026-03-03 02:30", []part{{"2026-03-02", 22, 24}, {"2026-03-03", 0, 2.5}}},
		"over a night that is short": {"2026-03-28 23:00", "2026-03-29 05:00", []part{{"2026-03-28", 23, 24}, {"2026-03-29", 0, 5}}},
		"three days":                 {"2026-03-02 09:00", "2026-03-04 10:00", []part{{"2026-03-02", -1, 0}, {"2026-03-03", -1, 0}, {"2026-03-04", -1, 0}}},
		"a day and midnight":         {"2026-03-02 00:00", "2026-03-03 00:00", []part{{"2026-03-02", 0, 24}}},
	} {
		x := &calendar{v: &kit.View{Zone: zone}}
		e := event{begins: at(c.from), ends: at(c.to), start: at(c.from), end: at(c.to), first: true}
		first := value.DateOf(e.begins, zone)
		e.last = value.DateOf(e.ends.Add(-1), zone)
		if n := int(e.last) - int(first) + 1; n != len(c.parts) {
			t.Errorf("%s: is on %d days", name, n)
			continue
		}
		for i, want := range c.parts {
			d := calDay{date: first.AddDays(i)}
			p := e.on(d.date, first, zone)
			if d.date.String() != want.day || p.first != (i == 0) || p.allDay != (want.from < 0) {
				t.Errorf("%s: %s %+v", name, d.date, p)
			}
			if p.allDay {
				continue
			}
			if from, to := clockOf(x.v, p.start).Hours(), x.over(d, p).Hours(); from != want.from || to != want.to {
				t.Errorf("%s: %s from %v to %v", name, want.day, from, to)
			}
		}
	}
}
