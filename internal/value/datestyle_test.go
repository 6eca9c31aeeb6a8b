package value

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDateStyle(t *testing.T) {
	t.Parallel()
	const U, I, Y, D, M = DateUnknown, DateISO, DateYMD, DateDMY, DateMDY
	for _, c := range []struct {
		in    string
		style DateStyle
		want  string
	}{
		{"2026-03-31", U, "2026-03-31"}, {"2026-3-1", D, "2026-03-01"}, {"2026/03/31", M, "2026-03-31"}, {"2026.03.31", I, "2026-03-31"},
		{"20260331", U, "2026-03-31"}, {"2026 03 31", U, "2026-03-31"}, {"2026年3月31日", U, "2026-03-31"}, {"2026년 3월 31일", U, "2026-03-31"}, {"2026-03-31.", U, "2026-03-31"},
		{"31.3.2026", D, "2026-03-31"}, {"31. 3. 2026", D, "2026-03-31"}, {"31/03/2026", D, "2026-03-31"}, {"31-03-26", D, "2026-03-31"}, {"31 03 2026", D, "2026-03-31"},
		{"3/31/2026", M, "2026-03-31"}, {"03-31-69", M, "1969-03-31"}, {"3/31/68", M, "2068-03-31"}, {"26/3/31", Y, "2026-03-31"}, {"26-03-31", Y, "2026-03-31"},
		{"31 March 2026", U, "2026-03-31"}, {"31st of March, 2026", U, "2026-03-31"}, {"March 31, 2026", U, "2026-03-31"}, {"Mar 31 2026", I, "2026-03-31"}, {"31-Mar-2026", M, "2026-03-31"},
		{"31-Mar-26", D, "2026-03-31"}, {"Mar 31, 26", M, "2026-03-31"}, {"26 Mar 31", Y, "value.date.order"}, {"Tue, 31 Mar 2026", U, "2026-03-31"}, {"TUESDAY 31 mar 2026", U, "2026-03-31"}, {"31mar2026", U, "2026-03-31"},
		{"2026 Mar 31", U, "2026-03-31"}, {"Sept 1 2026", U, "2026-09-01"}, {"２０２６／３／３１", U, "2026-03-31"},
		{"31/12/2026", U, "2026-12-31"}, {"12/31/2026", U, "2026-12-31"}, {"5/5/2026", U, "2026-05-05"},
		{"2026-03-31 00:00:00", U, "2026-03-31"}, {"2026-03-31T00:00:00.000Z", U, "2026-03-31"}, {"3/31/2026 12:00:00 AM", M, "2026-03-31"}, {"31.3.2026 0:00", D, "2026-03-31"}, {"2026-03-31T00:00:00+02:00", U, "2026-03-31"},
		{"2026-03-31 10:30", U, "value.date.time"}, {"2026-03-31 12:00:00 PM", U, "value.date.time"}, {"2026-03-31 00:00 somewhere", U, "value.date.time"},
		{"1/2/2026", U, "value.date.ambiguous"}, {"1/2/26", U, "value.date.century"}, {"1.2.26", I, "value.date.century"}, {"1 Mar 26", U, "value.date.century"},
		{"31/12/2026", M, "value.date.day"}, {"12/31/2026", D, "value.date.day"}, {"30.2.2026", D, "value.date.day"}, {"2026-00-01", U, "value.date.day"}, {"32 Mar 2026", U, "value.date.day"},
		{"31/12/2026", I, "value.date.order"}, {"31.12.2026", Y, "value.date.order"}, {"1/2/3", D, "value.date.order"}, {"1/2/3", Y, "value.date.order"}, {"1 Mar 2", D, "value.date.order"},
		{"", U, "value.date"}, {"n/a", U, "value.date"}, {"31", D, "value.date"}, {"3/2026", D, "value.date"}, {"March 2026", U, "value.date"}, {"1.2.3.4", D, "value.date"}, {"1/2.2026", D, "value.date"},
		{"45747", U, "value.date"}, {"1/2/203", D, "value.date"}, {"1/2/20260", D, "value.date"}, {"2026/1/2026", D, "value.date"}, {"1/2026/1", D, "value.date"}, {"31 Marz 2026", U, "value.date"}, {"Mar Apr 2026", U, "value.date"},
		{"2026 2026 Mar", U, "value.date"}, {"Mar 100 2026", U, "value.date"}, {"31 March Tuesday 2026", U, "value.date"}, {"-31-03-2026", D, "value.date"}, {"\xff1.2.2026", D, "value.date"}, {"th 31 March 2026", U, "value.date"},
		{strings.Repeat("1/", 1000), D, "value.date"},
	} {
		d, err := ParseDateStyle(c.in, c.style)
		if err != nil {
			mustBeInvalid(t, err)
		}
		if got := keyOr(err, d.String()); got != c.want {
			t.Errorf("%q as %q: %s, want %s", c.in, c.style, got, c.want)
		}
	}
}

func TestDateStyleNames(t *testing.T) {
	t.Parallel()
	for style := DateUnknown; style <= DateMDY; style++ {
		if got, ok := DateStyleNamed(style.String()); !ok || got != style || len(style.order()) == 0 && style != DateUnknown {
			t.Errorf("%d: %q, %v", style, got, ok)
		}
	}
	if _, ok := DateStyleNamed("american"); ok || DateStyle(99).String() != "" {
		t.Error("a style that is none")
	}
}

func TestDetectDateStyle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		samples   string
		style     DateStyle
		ambiguous bool
	}{
		{"", DateUnknown, false}, {"n/a;?", DateUnknown, false}, {"2026-01-02;", DateISO, false}, {"2026/01/02;3 Mar 2026", DateISO, false},
		{"1/2/2026;31/1/2026", DateDMY, false}, {"1/2/2026;1/31/2026", DateMDY, false}, {"1/2/26;1/31/26", DateMDY, false},
		{"1/2/2026", DateDMY, true}, {"1/2/2026;5/5/2026", DateDMY, true}, {"5/5/2026", DateDMY, false},
		{"1.2.2026", DateDMY, false}, {"01.02.26;03.04.26", DateDMY, false}, {"1-2-2026", DateDMY, true},
		{"31/1/2026;1/31/2026", DateDMY, true}, {"1/31/2026;1/30/2026;31/1/2026", DateMDY, true},
		{"26/03/31;99/01/02", DateYMD, false}, {"26/03/31;26/04/30", DateDMY, true}, {"99-12-31", DateYMD, false},
		{"1/2/2026;31/1/2026;n/a;2026-01-01", DateDMY, false}, {"1/31/2026 10:30 PM;2/1/2026 0:00", DateMDY, false},
		{"03-Mar-26", DateDMY, false}, {"31-Mar-99", DateDMY, false},
	} {
		style, ambiguous := DetectDateStyle(strings.Split(c.samples, ";"))
		if style != c.style || ambiguous != c.ambiguous {
			t.Errorf("%s: %q %v, want %q %v", c.samples, style, ambiguous, c.style, c.ambiguous)
		}
	}
}

// A column written in one style is read back in that style, and the style is
// found again as soon as one day tells.
func TestDateStylesRoundTrip(t *testing.T) {
	t.Parallel()
	layouts := map[DateStyle][]string{
		DateDMY: {"02.01.2006", "2/1/2006", "02-01-06", "2 Jan 06", "Monday, 2 January 2006"},
		DateMDY: {"01/02/2006", "1-2-2006", "01/02/06", "Jan 2, 2006"},
		DateYMD: {"06-01-02", "06/01/02", "2006.1.2", "20060102"},
		DateISO: {"2006-01-02", "2006年1月2日", "2 January 2006"},
	}
	rapid.Check(t, func(t *rapid.T) {
		style := rapid.SampledFrom([]DateStyle{DateDMY, DateMDY, DateYMD, DateISO}).Draw(t, "style")
		layout := rapid.SampledFrom(layouts[style]).Draw(t, "layout")
		from, _ := NewDate(1969, 1, 1)
		to, _ := NewDate(2068, 12, 31)
		var column []string
		for range rapid.IntRange(1, 8).Draw(t, "rows") {
			d := Date(rapid.Int32Range(int32(from), int32(to)).Draw(t, "d"))
			text := d.Time(time.UTC).Format(layout)
			column = append(column, text)
			if got, err := ParseDateStyle(text, style); err != nil || got != d {
				t.Fatalf("%q as %q: %v, %v; want %v", text, style, got, err, d)
			}
		}
		found, ambiguous := DetectDateStyle(column)
		for _, text := range column {
			if ambiguous {
				continue
			}
			got, err := ParseDateStyle(text, found)
			want, _ := ParseDateStyle(text, style)
			dotted := strings.Count(text, ".") == 2
			if err != nil || got != want && !dotted {
				t.Fatalf("%q: found %q, which reads %q as %v (%v), not %v", column, found, text, got, err, want)
			}
		}
	})
}

func FuzzParseDateStyle(f *testing.F) {
	for i, s := range []string{"31.3.2026", "Mar 31, 26", "2026年3月31日", "1/2/3", "\xff/1/2", "31st of", "20260331", "1/2/2026 10:30 pm +02:00", ":"} {
		f.Add(s, byte(i))
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string, style byte) {
		style %= byte(DateMDY) + 1
		d, err := ParseDateStyle(s, DateStyle(style))
		if err != nil {
			mustBeInvalid(t, err)
		} else if !d.Valid() {
			t.Errorf("%q: %v", s, d)
		}
		at, err := ParseMomentStyle(s, DateStyle(style), berlin)
		if err != nil {
			mustBeInvalid(t, err)
		} else if again, err := ParseMoment(MomentText(at), nil); err != nil || !again.Equal(at) {
			t.Errorf("%q: %v, then %v, %v", s, at, again, err)
		}
		_, _ = DetectDateStyle([]string{s, "1/2/2026"})
	})
}

func ExampleDetectDateStyle() {
	style, ambiguous := DetectDateStyle([]string{"01/02/2026", "28/02/2026"})
	fmt.Println(style, ambiguous)
	// Output: dmy false
}
