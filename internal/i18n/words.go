package i18n

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTerms bounds a query; nobody types more, and each term costs a lookup.
const maxTerms = 16

// Words cuts folded text into the tokens of the full-text index: runs of letters
// and digits. Han and kana are written without spaces, so each of their runs
// becomes overlapping pairs and its last character alone: 北京市 is 北京, 京市, 市.
// A name with an apostrophe stands there in its parts and joined: o, neil, oneil.
func Words(folded string) []string { return cut(folded, true) }

// SearchText is what the full-text index stores for a text: its Words, folded,
// with single spaces.
func SearchText(s string) string { return strings.Join(Words(Fold(s)), " ") }

// QueryTerms are the terms that a text must all have, as beginnings of its
// Words, to be found by s; none when s has no letter and no digit.
func QueryTerms(s string) []string {
	var terms []string
	for _, term := range cut(Fold(s), false) {
		if !slices.Contains(terms, term) {
			terms = append(terms, term)
		}
		if len(terms) == maxTerms {
			break
		}
	}
	return terms
}

// cut does the work of both sides; only the indexed side gets the extra tokens,
// which make more queries find it.
func cut(s string, indexed bool) []string {
	words := make([]string, 0, len(s)/6+1)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		class := classOf(r)
		if class == gap || class == sign {
			i += size
			continue
		}
		end := runEnd(s, i, class)
		if class == unspaced {
			words = appendPairs(words, s[i:end], indexed)
		} else {
			words = append(words, s[i:end])
			if indexed {
				words = appendJoined(words, s, i, end)
			}
		}
		i = end
	}
	return words
}

const (
	gap      = iota
	word     // letters and digits of scripts with spaces between words
	unspaced // Han and kana
	sign     // a mark that belongs to whatever run it stands in
)

func classOf(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' {
			return word
		}
		return gap
	case isPlainHan(r) || r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) && unicode.In(r, unicode.L, unicode.N):
		return unspaced
	case unicode.IsLetter(r) || unicode.IsNumber(r):
		return word
	case unicode.Is(unicode.M, r):
		return sign
	}
	return gap
}

// runEnd is where the run of that class, which begins at i, ends.
func runEnd(s string, i, class int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if c := classOf(r); c != class && c != sign {
			break
		}
		i += size
	}
	return i
}

func appendPairs(words []string, run string, indexed bool) []string {
	_, size := utf8.DecodeRuneInString(run)
	alone := size == len(run)
	for size < len(run) {
		_, next := utf8.DecodeRuneInString(run[size:])
		words = append(words, run[:size+next])
		run, size = run[size:], next
	}
	// A query of one character finds the last one of a run only by its own token.
	if indexed || alone {
		words = append(words, run)
	}
	return words
}

// appendJoined adds "oneil" after the "neil" of o'neil. What was folded in parts is
// folded once more: two halves of a Korean syllable are one now.
func appendJoined(words []string, s string, start, end int) []string {
	if len(words) < 2 || start < 2 || s[start-1] != '\'' {
		return words
	}
	before := words[len(words)-2]
	if !strings.HasSuffix(s[:start-1], before) {
		return words
	}
	return append(words, Fold(before+s[start:end]))
}
