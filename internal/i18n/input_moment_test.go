package i18n

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wellmet/internal/fault"
)

func TestParseMomentInput(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("EET", 7200)
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct{ locale, text, want string }{
		{"en", "18 Dec 14:05", "2026-12-18 14:05"}, {"en", "18 Dec 2026, 14:05", "2026-12-18 14:05"}, {"en", "tomorrow 2pm", "2026-11-22 14:00"}, {"en", "tomorrow at 2:30 p.m.", "2026-11-22 14:30"},
		{"en", "14:05", "2026-11-21 14:05"}, {"en", "12am", "2026-11-21 00:00"}, {"en", "12 pm", "2026-11-21 12:00"}, {"en", "2026-12-18 14:05", "2026-12-18 14:05"}, {"en", "2026-12-18T12:05:00Z", "2026-12-18 14:05"},
		{"en", "next friday 9:00", "2026-11-27 09:00"}, {"en-US", "12/18 2:05 PM", "2026-12-18 14:05"}, {"fi", "18.12. klo 14.05", "2026-12-18 14:05"}, {"fi", "huomenna klo 9", "2026-11-22 09:00"}, {"fi", "18.12. 14:05", "2026-12-18 14:05"},
		{"ru", "завтра в 14:05", "2026-11-22 14:05"}, {"ru", "пт, 18 дек., 14:05", "2026-12-18 14:05"}, {"ca", "demà a les 14:05", "2026-11-22 14:05"},
		{"zh", "12月18日 14:05", "2026-12-18 14:05"}, {"zh", "明天14点", "2026-11-22 14:00"}, {"zh", "明天下午2点30分", "2026-11-22 14:30"}, {"zh", "周五 上午9点", "2026-11-27 09:00"},
	} {
		at, timed, err := FormatFor(c.locale).ParseMomentInput(c.text, zone, now)
		if err != nil || !timed || at.In(zone).Format("2006-01-02 15:04") != c.want {
			t.Errorf("%s: %q is %s, %v, %v; want %s", c.locale, c.text, at.In(zone), timed, err, c.want)
		}
	}
	if at, timed, err := FormatFor("fi").ParseMomentInput("11.05.", zone, now); err != nil || timed || at.In(zone).Format(time.DateTime) != "2027-05-11 00:00:00" {
		t.Errorf("a day alone is %s, %v, %v", at, timed, err)
	}
	for _, text := range []string{"", "25:00", "tomorrow 9:60", "14 pm", "0am", "soon 14:05", ":", "at", "14:5", strings.Repeat("1:00 ", 50), "2026-12-18 99:00"} {
		for _, name := range locales {
			if at, _, err := FormatFor(name).ParseMomentInput(text, zone, now); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %q is %s, %v", name, text, at, err)
			}
		}
	}
	wantKey(t, "input.time", func(f *Format) error { _, _, err := f.ParseMomentInput("25:00", zone, now); return err }, locales...)
}

func TestMomentsAreReadBack(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("EET", 7200)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(locales).Draw(t, "locale")
		f, now := FormatFor(name), time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0)
		at := time.Unix(60*rapid.Int64Range(0, 6e7).Draw(t, "minute"), 0)
		text := f.MomentFull(at, zone)
		if got, timed, err := f.ParseMomentInput(text, zone, now); err != nil || !timed || !got.Equal(at) {
			t.Fatalf("%s: %q is %s, %v; want %s", name, text, got, err, at)
		}
	})
}

func FuzzMomentInput(f *testing.F) {
	for _, s := range []string{"18 Dec 14:05", "klo 9", "下午2点", "2pm", "2026-12-18T1", "::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range locales {
			if _, _, err := FormatFor(name).ParseMomentInput(s, time.UTC, time.Unix(1.8e9, 0)); err != nil && !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		}
	})
}
