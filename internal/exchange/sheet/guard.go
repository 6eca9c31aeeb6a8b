package sheet

import "strings"

// dangerous are the signs with which a spreadsheet begins to calculate.
const dangerous = "=+-@\t\r\n＝＋－＠"

// guarded puts an apostrophe before text that a spreadsheet would run, and
// before text that the reader would otherwise take for guarded.
func guarded(text string) string {
	if startsFormula(text) {
		return "'" + text
	}
	return text
}

// unguarded is the exact opposite of guarded.
func unguarded(text string) string {
	if strings.HasPrefix(text, "'") && startsFormula(text) {
		return text[1:]
	}
	return text
}

// startsFormula looks behind any apostrophes.
func startsFormula(text string) bool {
	rest := strings.TrimLeft(text, "'")
	if rest == "" {
		return false
	}
	for _, r := range rest {
		return strings.ContainsRune(dangerous, r)
	}
	return false
}
