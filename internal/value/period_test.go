package value

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyPeriod is one of any kind and fiscal calendar, away from the ends of time.
var anyPeriod = rapid.Custom(func(t *rapid.T) Period {
	from, _ := NewDate(3, time.January, 1)
	to, _ := NewDate(9990, time.December, 31)
	return PeriodOf(rapid.SampledFrom(PeriodKinds()).Draw(t, "kind"), Date(rapid.Int32Range(int32(from), int32(to)).Draw(t, "day")),
		time.Month(rapid.IntRange(1, 12).Draw(t, "start")))
})

func TestPeriodsTileTheCalendar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPeriod.Draw(t, "p")
		next, prev := p.Next(), p.Prev()
		switch {
		case p.Last()+1 != next.First() || prev.Last()+1 != p.First():
			t.Fatalf("%v ends %v, %v begins %v, %v ends %v", p, p.Last(), next, next.First(), prev, prev.Last())
		case next.Prev() != p || p.Add(5).Add(-5) != p || p.Add(0) != p:
			t.Fatalf("%v does not come back", p)
		case !prev.Before(p) || !p.Before(next) || p.Before(p):
			t.Fatalf("%v, %v, %v are out of order", prev, p, next)
		case p.YearBefore().First() != p.First().AddMonths(-12) || p.YearBefore().Number() != p.Number() || p.YearBefore().FiscalYear() != p.FiscalYear()-1:
			t.Fatalf("a year before %v is %v", p, p.YearBefore())
		}
		for _, d := range []Date{p.First(), p.Last(), p.First() + Date(p.Days()/2)} {
			if !p.Contains(d) || next.Contains(d) || prev.Contains(d) || PeriodOf(p.Kind(), d, p.Start()) != p {
				t.Fatalf("%v lies in %v, and not in %v", d, PeriodOf(p.Kind(), d, p.Start()), p)
			}
		}
	})
}

func TestPeriodsReadWhatTheyWrite(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPeriod.Draw(t, "p")
		for _, text := range []string{p.String(), "fy" + p.String(), " " + p.String() + " "} {
			if back, err := ParsePeriod(text, p.Start()); err != nil || back != p {
				t.Fatalf("%q is %v (%v), not %v", text, back, err, p)
			}
		}
		if data, err := json.Marshal(p); err != nil || string(data) != `"`+p.String()+`"` {
			t.Fatalf("JSON %s (%v)", data, err)
		}
	})
}

func TestPeriodsAreMadeOfTheirParts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPeriod.Draw(t, "p")
		for _, kind := range PeriodKinds() {
			parts := p.Parts(kind)
			want := max(1, p.Kind().Months()/kind.Months())
			if len(parts) != want || parts[0].First() != p.First() || parts[want-1].Last() != p.Last() {
				t.Fatalf("%v in %ss: %v", p, kind, parts)
			}
			days := 0
			for _, part := range parts {
				days += part.Days()
				if !p.Covers(part) {
					t.Fatalf("%v is no part of %v", part, p)
				}
			}
			if days != p.Days() {
				t.Fatalf("%d of %d days in %v", days, p.Days(), parts)
			}
		}
	})
}

// A fiscal year is called after the calendar year that it ends in; February of a
// leap year is a day longer.
func TestFiscalYears(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		text        string
		start       time.Month
		first, last string
	}{
		{"2026", time.January, "2026-01-01", "2026-12-31"},
		{"2026", time.February, "2025-02-01", "2026-01-31"},
		{"2026-Q1", time.February, "2025-02-01", "2025-04-30"},
		{"2026-Q4", time.February, "2025-11-01", "2026-01-31"},
		{"2026-H2", time.April, "2025-10-01", "2026-03-31"},
		{"2026-Q2", time.October, "2026-01-01", "2026-03-31"},
		{"2026-H1", time.December, "2025-12-01", "2026-05-31"},
		{"2024-02", time.October, "2024-02-01", "2024-02-29"},
		{"2024-Q1", time.December, "2023-12-01", "2024-02-29"},
		{"2100-02", time.January, "2100-02-01", "2100-02-28"},
	} {
		p, err := ParsePeriod(x.text, x.start)
		if err != nil || p.First().String() != x.first || p.Last().String() != x.last || p.String() != x.text {
			t.Errorf("%s from %v: %v to %v as %v (%v)", x.text, x.start, p.First(), p.Last(), p, err)
		}
	}
	if p := PeriodOf(Quarter, day(t, "2026-11-22"), time.January); !p.Covers(PeriodOf(Month, day(t, "2026-12-01"), time.January)) || p.Shifted() || p.String() != "2026-Q4" {
		t.Errorf("the quarter is %v", p)
	}
}

func TestWhatIsNoPeriod(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "value.period", "soon": "value.period", "26": "value.period", "2026-1": "value.period", "2026-Q": "value.period", "2026-Q11": "value.period",
		"2026-11-22": "value.period", "0001": "value.period", "9999-12": "value.period", "2026-": "value.period", "-2026": "value.period",
		"2026-Q5": "value.period.none", "2026-Q0": "value.period.none", "2026-H3": "value.period.none", "2026-13": "value.period.none", "2026-00": "value.period.none",
		"２０２６-q3": "2026-Q3",
	} {
		p, err := ParsePeriod(in, time.January)
		if got := keyOr(err, p.String()); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if !(Period{}).IsZero() || (Period{}).String() != "" {
		t.Error("the zero period is one")
	}
	for _, d := range []Date{MinDate, MaxDate, MinDate - 9, MaxDate + 9} { // the ends of time break nothing
		p := PeriodOf(Year, d, time.July)
		_, _, _ = p.Add(-20000), p.Add(20000), p.Last()
	}
}
