package i18n

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold answers the form in which two texts are compared for "the same word":
// compatibility forms and full-width letters made plain, accents stripped, case
// gone, letters with strokes and ligatures spelled out (ł → l, æ → ae, ß → ss),
// typographic quotes and dashes made ASCII, invisible marks dropped.
//
// Marks that are letters in their script stay: Thai and Indic vowels, and the
// voicing of kana. What remains is composed again, so that Hangul stays one
// character a syllable. Fold(Fold(s)) == Fold(s); a folded s comes back as it is.
func Fold(s string) string {
	i := foldedPrefix(s)
	if i == len(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s) + 8)
	out.WriteString(s[:i])
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			out.WriteByte(lowerASCII(c))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r < tableEnd:
			out.WriteString(foldTable[r])
		case isPlainHan(r) || isSyllable(r):
			out.WriteString(s[i : i+size])
		default:
			// What follows may compose with the syllable before it, and within
			// itself, so that goes through the normaliser as one.
			last, back := utf8.DecodeLastRuneInString(s[:i])
			if !isSyllable(last) {
				back = 0
			}
			return out.String()[:out.Len()-back] + foldSlowly(s[i-back:])
		}
		i += size
	}
	return out.String()
}

// foldedPrefix is how many bytes at the beginning are folded already.
func foldedPrefix(s string) int {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isPlainHan(r) && !isSyllable(r) && !(r < tableEnd && foldTable[r] == s[i:i+size]) {
			return i
		}
		i += size
	}
	return len(s)
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// isPlainHan is the block of unified ideographs: no case, no marks, no forms.
func isPlainHan(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF }

// isSyllable is Hangul and full-width kana: folded as they stand, unless a mark
// or a consonant follows that composes with them.
func isSyllable(r rune) bool {
	return r >= 0xAC00 && r <= 0xD7A3 || r >= 0x3041 && r <= 0x3096 || r >= 0x30A1 && r <= 0x30FA || r == 0x30FC
}

// tableEnd closes the scripts whose letters fold one by one: Latin, Greek,
// Cyrillic, Armenian. None of them composes with a mark that Fold keeps.
const tableEnd = 0x0590

var foldTable = func() (table [tableEnd]string) {
	for r := rune(0); r < tableEnd; r++ {
		table[r] = foldSlowly(string(r))
	}
	return table
}()

// freeAcute would decompose to a space; people type it for an apostrophe.
var freeAcute = strings.NewReplacer("\u00B4", "'", "\u1FFD", "'")

func foldSlowly(s string) string {
	var plain strings.Builder
	plain.Grow(len(s) + 8)
	for _, r := range norm.NFKD.String(freeAcute.Replace(strings.ToValidUTF8(s, "\uFFFD"))) {
		if dropped(r) {
			continue
		}
		if spelled, ok := spelledOut[r]; ok {
			plain.WriteString(spelled)
			continue
		}
		// Through upper case, because several small letters share one capital: σ ς,
		// i ı, s ſ.
		r = unicode.ToLower(unicode.ToUpper(r))
		if spelled, ok := spelledOut[r]; ok {
			plain.WriteString(spelled)
			continue
		}
		plain.WriteRune(r)
	}
	return norm.NFC.String(plain.String())
}

// dropped is true of accents and of what cannot be seen.
func dropped(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r == 0x0640: // Arabic stretching
		return true
	case unicode.In(r, unicode.Cf, unicode.Variation_Selector) || r == 0x034F: // direction and joining marks
		return true
	case !unicode.Is(unicode.M, r):
		return false
	}
	// By combining class: strokes through a letter (1), Hebrew, Arabic and Syriac
	// vowel points (10–36), everything above, below and around (200–240). Class 0
	// and the classes of Indic and Thai signs and kana voicing are letters.
	var b [utf8.UTFMax]byte
	class := norm.NFD.Properties(b[:utf8.EncodeRune(b[:], r)]).CCC()
	return class == 1 || class >= 10 && class <= 36 || class >= 200 || unicode.Is(unicode.Me, r)
}

// spelledOut are the letters that Unicode gives no decomposition, by their lower
// case, and the punctuation that word processors put in place of ASCII.
var spelledOut = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'þ': "th", 'ð': "d", 'đ': "d", 'ħ': "h", 'ł': "l", 'ø': "o", 'ŧ': "t",
	'ŋ': "n", 'ĸ': "k", 'ı': "i", 'ƀ': "b", 'ǥ': "g", 'ɨ': "i", 'ɉ': "j", 'ƶ': "z", 'ɍ': "r", 'ɏ': "y", 'ɇ': "e",
	'ȼ': "c", 'ⱥ': "a", 'ⱦ': "t", 'ƚ': "l", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ƴ': "y", 'ґ': "г", 'є': "е",
	'‘': "'", '’': "'", '‚': "'", '‛': "'", 'ʼ': "'", 'ʹ': "'", '′': "'",
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '«': `"`, '»': `"`,
	'‐': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-", '⁄': "/",
}
