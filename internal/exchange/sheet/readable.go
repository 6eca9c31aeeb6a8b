package sheet

import (
	"unicode"
	"unicode/utf8"
)

// readable says how much the text above ASCII looks like words, 0 to 1. Text
// decoded by a wrong table mixes scripts inside a word, puts capitals after
// small letters, and holds control signs and odd symbols.
func readable(text string) float64 {
	good, all := 0.0, 0.0
	var before rune
	for i, r := range text {
		if r < utf8.RuneSelf {
			before = r
			continue
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		after, _ := utf8.DecodeRuneInString(text[i+size:])
		all++
		good += plausible(before, r, after)
		before = r
	}
	if all == 0 {
		return 0
	}
	return good / all
}

// plausible grades one sign between its neighbours.
func plausible(before, r, after rune) float64 {
	switch {
	case r == utf8.RuneError || unicode.IsControl(r):
		return -1
	case unicode.Is(unicode.Han, r):
		if mixed(unicode.Han, before) || mixed(unicode.Han, after) {
			return 0.3 // M黮ler: half of it is a Latin word
		}
		return commonHan(r)
	case r >= 0xff61 && r <= 0xff9f:
		return 0.3 // half-width kana: what other tables make of two bytes
	case unicode.Is(unicode.Hangul, r):
		return min(0.9, letter(before, r, after))
	case unicode.IsLetter(r):
		return letter(before, r, after)
	case unicode.IsPunct(r) || unicode.Is(unicode.Sc, r) || r == '\u00a0' || r == '°' || r == '®' || r == '™':
		if unicode.IsLetter(before) && unicode.IsLetter(after) && before >= utf8.RuneSelf {
			return 0.2 // a quotation mark inside a foreign word
		}
		return 0.7
	}
	return 0.1
}

func letter(before, r, after rune) float64 {
	score := 1.0
	if !unicode.IsLetter(before) && !unicode.IsLetter(after) && !unicode.Is(unicode.Han, r) {
		score = 0.4 // a letter alone: "Acme ñ Best" was a dash
	}
	if unicode.IsUpper(r) && unicode.IsLower(before) {
		score = 0.1 // naÏve
	}
	if unicode.IsUpper(r) && unicode.IsUpper(before) && unicode.IsLower(after) {
		score = min(score, 0.5)
	}
	if s := scriptOf(r); mixed(s, before) || mixed(s, after) {
		score = min(score, 0.1)
	}
	if scriptOf(r) == unicode.Latin && before >= utf8.RuneSelf && unicode.IsLetter(before) &&
		after >= utf8.RuneSelf && unicode.IsLetter(after) {
		score = min(score, 0.3) // Îâàíîâ: three accented Latin letters in a row
	}
	return score
}

func mixed(script *unicode.RangeTable, neighbour rune) bool {
	return unicode.IsLetter(neighbour) && script != scriptOf(neighbour)
}

// scriptOf lumps the scripts that one Japanese word may mix.
func scriptOf(r rune) *unicode.RangeTable {
	for _, table := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Hangul} {
		if unicode.Is(table, r) {
			return table
		}
	}
	return unicode.Han
}

// commonHan trusts the block that everyday names use, the rare ones less.
func commonHan(r rune) float64 {
	if r >= 0x4e00 && r <= 0x9fa5 {
		return 0.9
	}
	return 0.2
}
