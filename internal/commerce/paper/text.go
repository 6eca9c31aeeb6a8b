package paper

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// width of a text in the present size, in millimetres.
func (p *printer) width(text string, weight string) float64 {
	w := 0.0
	for _, x := range runsOf(text) {
		p.font(x.family, weight)
		w += p.pdf.GetStringWidth(x.text)
	}
	return w
}

// font chooses a font; the fallback has one weight.
func (p *printer) font(family, weight string) {
	if family == hanFamily {
		if !p.hasHan {
			p.hasHan = true
			p.pdf.AddUTF8FontFromBytes(hanFamily, "", han())
		}
		weight = ""
	}
	p.pdf.SetFont(family, weight, p.size)
}

// line writes one line at the place, without breaking it.
func (p *printer) line(x, y float64, text, weight string) {
	for _, r := range runsOf(text) {
		p.font(r.family, weight)
		p.pdf.Text(x, y, r.text)
		x += p.pdf.GetStringWidth(r.text)
	}
}

// right writes one line that ends at the place.
func (p *printer) right(x, y float64, text, weight string) {
	p.line(x-p.width(text, weight), y, text, weight)
}

// wrap breaks a text into lines that fit: at spaces, between Han letters, and
// inside a word only where it is wider than a whole line.
func (p *printer) wrap(text string, width float64, weight string) []string {
	var lines []string
	for _, paragraph := range strings.Split(strings.Map(printable, text), "\n") {
		line := ""
		for _, word := range words(paragraph) {
			if line != "" && p.width(strings.TrimRight(line+word, " "), weight) > width {
				lines = append(lines, strings.TrimRight(line, " "))
				line = ""
			}
			for p.width(word, weight) > width && utf8.RuneCountInString(word) > 1 {
				cut := p.fits(word, width, weight)
				lines = append(lines, word[:cut])
				word = word[cut:]
			}
			line += word
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// fits is how many bytes of a word fit into a line, at least its first letter.
func (p *printer) fits(word string, width float64, weight string) int {
	at := 0
	for i, r := range word {
		end := i + utf8.RuneLen(r)
		if at > 0 && p.width(word[:end], weight) > width {
			break
		}
		at = end
	}
	return at
}

// words divides a text where a line may end: after spaces, and after each Han
// letter, whose closing punctuation stays with it.
func words(text string) []string {
	var out []string
	word := ""
	flush := func() {
		if word != "" {
			out, word = append(out, word), ""
		}
	}
	var before rune
	for _, r := range text {
		if eastern(r) && !closing(r) || eastern(before) && !closing(r) && r != ' ' && !unicode.IsPunct(r) {
			flush()
		}
		word += string(r)
		if r == ' ' {
			flush()
		}
		before = r
	}
	flush()
	return out
}

// closing reports whether a sign must not begin a line.
func closing(r rune) bool {
	return strings.ContainsRune("，。、；：？！）」』】》〉％", r)
}
