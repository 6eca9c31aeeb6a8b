package paper

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"strings"
	"sync"
	"unicode"
)

//go:embed fonts/DejaVuSansCondensed.ttf.gz
var sansGzip []byte

//go:embed fonts/DejaVuSansCondensed-Bold.ttf.gz
var boldGzip []byte

//go:embed fonts/DroidSansFallbackFull.ttf.gz
var hanGzip []byte

var (
	sans = sync.OnceValue(func() []byte { return unzip(sansGzip) })
	bold = sync.OnceValue(func() []byte { return unzip(boldGzip) })
	han  = sync.OnceValue(func() []byte { return unzip(hanGzip) })
)

func unzip(data []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		data, err = io.ReadAll(r)
	}
	if err != nil {
		panic("paper: " + err.Error()) // an embedded font always reads
	}
	return data
}

// Families of fonts.
const (
	sansFamily = "sans"
	hanFamily  = "han"
)

// eastern reports whether a letter is in the fallback font rather than in the
// usual one: Han, Kana, Hangul, their punctuation and full-width forms.
func eastern(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}

// printable is the text with what no font draws left out or replaced: the PDF
// library knows the letters of the basic plane alone.
func printable(r rune) rune {
	switch {
	case r == '\u202f' || r == '\u2009' || r == '\t': // narrow spaces
		return '\u00a0'
	case r > 0xffff:
		return '\u3013' // 〓, where a letter is missing
	case unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Cf, r):
		return -1
	}
	return r
}

// run is letters of one font.
type run struct {
	family, text string
}

// runsOf divides a text by the fonts that have its letters. Spaces stay with
// what they follow.
func runsOf(text string) []run {
	var runs []run
	for _, r := range strings.Map(printable, text) {
		family := sansFamily
		if eastern(r) {
			family = hanFamily
		}
		last := len(runs) - 1
		if last >= 0 && (runs[last].family == family || r == ' ' || r == '\u00a0') {
			runs[last].text += string(r)
			continue
		}
		runs = append(runs, run{family, string(r)})
	}
	return runs
}
