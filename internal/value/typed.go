package value

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"wellmet/internal/fault"
)

// maxShown bounds how much of a wrong input a message repeats.
const maxShown = 60

// invalid makes the fault of one typed value. The text of key may use {value}.
func invalid(key, typed string, args fault.Args) *fault.Error {
	all := fault.Args{"value": Printable(typed)}
	for name, arg := range args {
		all[name] = arg
	}
	return fault.New(fault.Invalid, key, all)
}

// Printable makes wrong input fit for a message: valid UTF-8, short, one line.
func Printable(s string) string {
	if len(s) > maxShown*utf8.UTFMax {
		s = s[:maxShown*utf8.UTFMax]
	}
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
	if len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return string(runes)
}

// narrow prepares short typed text (numbers, days, codes) for reading: outer
// space and invisible marks go, full-width letters and signs become ASCII, the
// digits of every script become 0–9, and the minus signs of word processors
// become "-". ASCII text comes back without allocation.
func narrow(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return strings.TrimSpace(strings.Map(narrowRune, s))
		}
	}
	return strings.TrimSpace(s)
}

func narrowRune(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return r
	case r >= '\uFF01' && r <= '\uFF5E':
		return r - '\uFF01' + '!'
	case r == '\u2212' || r >= '\u2010' && r <= '\u2014': // minus, hyphens, dashes
		return '-'
	case r == '\uFEFF' || r >= '\u200B' && r <= '\u200F' || r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069':
		return -1 // byte order mark, zero width, direction marks: spreadsheets add them unseen
	case unicode.Is(unicode.Nd, r):
		return '0' + digitOf(r)
	case unicode.IsSpace(r):
		return ' '
	}
	return r
}

// digitOf relies on Unicode's promise that each script's digits stand in one run
// from zero to nine.
func digitOf(r rune) rune {
	for _, run := range unicode.Nd.R16 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return (r - rune(run.Lo)) % 10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return (r - rune(run.Lo)) % 10
		}
	}
	return 0
}

// Clean is the door for every text: it refuses broken UTF-8, which PostgreSQL
// would not store, and drops NUL, which it cannot. Nothing else changes.
func Clean(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", invalid("value.utf8", s, fault.Args{"position": brokenAt(s)})
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s, nil
}

// brokenAt is the 1-based character position of the first broken byte.
func brokenAt(s string) int {
	position := 1
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			return position
		}
		s, position = s[size:], position+1
	}
	return position
}
