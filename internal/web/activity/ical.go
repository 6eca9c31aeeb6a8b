package activity

import (
	"strings"
	"time"
	"unicode/utf8"

	"wellmet/internal/value"
)

// ical writes a calendar as RFC 5545 wants it: lines end with CRLF and have 75
// octets at most, longer ones go on behind a space.
type ical struct{ b strings.Builder }

const lineOctets = 75

// line writes one property whose value is safe as it is.
func (w *ical) line(name, val string) {
	rest := name + ":" + val
	for room := lineOctets; len(rest) > room; room = lineOctets - 1 {
		cut := room
		for cut > 1 && !utf8.RuneStart(rest[cut]) {
			cut--
		}
		w.b.WriteString(rest[:cut] + "\r\n ")
		rest = rest[cut:]
	}
	w.b.WriteString(rest + "\r\n")
}

var icalText = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// text writes a property that people read; an empty one is left out.
func (w *ical) text(name, val string) {
	val = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(val, "\r\n", "\n"), "\ufffd"))
	if val != "" {
		w.line(name, icalText.Replace(val))
	}
}

const icalMoment = "20060102T150405Z"

// moment writes a moment in universal time, which needs no rules of any zone.
func (w *ical) moment(name string, t time.Time) { w.line(name, t.UTC().Format(icalMoment)) }

// day writes a day without a time.
func (w *ical) day(name string, d value.Date) {
	w.line(name+";VALUE=DATE", strings.ReplaceAll(d.String(), "-", ""))
}

// span writes start and end: whole days where both are midnights of the zone,
// the last day excluded, moments otherwise.
func (w *ical) span(start, end time.Time, zone *time.Location) {
	if midnight(start, zone) && (end.IsZero() || midnight(end, zone)) {
		first := value.DateOf(start, zone)
		last := first.AddDays(1)
		if !end.IsZero() && value.DateOf(end, zone) > first {
			last = value.DateOf(end, zone)
		}
		w.day("DTSTART", first)
		w.day("DTEND", last)
		return
	}
	w.moment("DTSTART", start)
	if end.After(start) {
		w.moment("DTEND", end)
	}
}

func midnight(t time.Time, zone *time.Location) bool {
	return !t.IsZero() && t.Equal(value.DateOf(t, zone).Time(zone))
}
