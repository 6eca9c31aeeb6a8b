package value

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseMoment(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"2026-03-31T10:30:00Z": "2026-03-31T10:30:00Z", "2026-03-31T10:30:00+02:00": "2026-03-31T08:30:00Z", "2026-03-31t10:30:00.123456-0530": "2026-03-31T16:00:00.123Z",
		"2026-03-31 10:30": "2026-03-31T08:30:00Z", "2026-01-31 10:30:15": "2026-01-31T09:30:15Z", "2026-03-31 10:30:15,5": "2026-03-31T08:30:15.5Z",
		"2026-03-31 10:30:00 +0000 UTC": "2026-03-31T10:30:00Z", "2026-03-31 10:30 GMT": "2026-03-31T10:30:00Z", "2026-03-31 10:30+02": "2026-03-31T08:30:00Z",
		"2026-03-31 12:05 AM": "2026-03-30T22:05:00Z", "2026-03-31 12:05 pm": "2026-03-31T10:05:00Z", "2026-03-31 1:05p.m.": "2026-03-31T11:05:00Z",
		"Tue, 31 Mar 2026 10:30:00 GMT": "2026-03-31T10:30:00Z", "Mar 31, 2026, 10:30 PM": "2026-03-31T20:30:00Z", "2026-03-31": "2026-03-30T22:00:00Z", "２０２６-03-31　１０：３０": "2026-03-31T08:30:00Z",
		"2026-03-29 02:30": "2026-03-29T01:30:00Z", "2026-10-25 02:30": "2026-10-25T00:30:00Z", "0001-01-01T00:00:00Z": "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z": "9999-12-31T23:59:59.999Z", "1969-12-31T23:59:59.9999Z": "1969-12-31T23:59:59.999Z",
		"0001-01-01T00:00:00+01:00": "value.date.day", "9999-12-31T23:59:59-01:00": "value.date.day", "2026-02-30 10:00": "value.date.day",
		"2026-03-31 24:00": "value.moment", "2026-03-31 10:60": "value.moment", "2026-03-31 10:30:60": "value.moment", "2026-03-31 13:00 PM": "value.moment", "2026-03-31 0:00 AM": "value.moment", "2026-03-31 10:3": "value.moment",
		"2026-03-31 10:30 EST": "value.moment", "2026-03-31 10:30+25:00": "value.moment", "2026-03-31 10:30+1": "value.moment", "2026-03-31 10:30.5": "value.moment", "2026-03-31 10:30:00.": "value.moment", "2026-03-31 10:30:00.1234567890": "value.moment", "2026-03-31 100:30": "value.moment", "2026-03-31 :30": "value.moment",
		"10:30": "value.date", "": "value.date", "now": "value.date", "1/2/2026 10:30": "value.date.ambiguous",
	} {
		at, err := ParseMoment(in, berlin)
		if err != nil {
			mustBeInvalid(t, err)
		}
		if got := keyOr(err, MomentText(at)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
		if err == nil && at.Location() != time.UTC {
			t.Errorf("%q is in %v", in, at.Location())
		}
	}
}

func TestMomentTextIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := Moment(time.UnixMilli(rapid.Int64Range(-62135596800000, 253402300799999).Draw(t, "ms")))
		again, err := ParseMoment(MomentText(at), nil)
		if err != nil || !again.Equal(at) || again != at {
			t.Fatalf("%s: %v, %v", MomentText(at), again, err)
		}
	})
}
