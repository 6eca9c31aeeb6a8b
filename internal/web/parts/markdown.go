package parts

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The blocks and spans of a long text. It is a small part of Markdown: what
// people type into notes. Nothing of it is HTML, so nothing can break out.
type (
	block struct {
		kind  blockKind
		lines [][]span
		code  string
	}
	span struct {
		kind      spanKind
		text, url string
	}
	blockKind uint8
	spanKind  uint8
)

const (
	blockText blockKind = iota
	blockList
	blockNumbers
	blockQuote
	blockCode
	blockHead
)

const (
	spanText spanKind = iota
	spanStrong
	spanCode
	spanLink
)

var (
	bullet   = regexp.MustCompile(`^\s{0,3}[-*•]\s+`)
	numbered = regexp.MustCompile(`^\s{0,3}\d{1,4}[.)]\s+`)
	heading  = regexp.MustCompile(`^#{1,4}\s+`)
	quoted   = regexp.MustCompile(`^>\s?`)
	marks    = regexp.MustCompile("`[^`]+`" + `|\*\*[^*]+\*\*|\[[^\]]+\]\(https?://[^\s()<>]+\)|https?://[^\s<>"]+`)
)

// markdown cuts a text into blocks. Every line stays a line.
func markdown(text string) []block {
	var out []block
	code := false
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			if code = !code; code {
				out = append(out, block{kind: blockCode})
			}
		case code:
			last := &out[len(out)-1]
			last.code += line + "\n"
		case strings.TrimSpace(line) == "":
			out = append(out, block{})
		default:
			out = join(out, line)
		}
	}
	kept := out[:0]
	for _, b := range out {
		if len(b.lines) > 0 || b.code != "" {
			kept = append(kept, b)
		}
	}
	return kept
}

// join adds a line to the block that it goes on, or begins a new one.
func join(out []block, line string) []block {
	kind := blockText
	for _, k := range []struct {
		kind  blockKind
		begin *regexp.Regexp
	}{{blockList, bullet}, {blockNumbers, numbered}, {blockQuote, quoted}, {blockHead, heading}} {
		if at := k.begin.FindStringIndex(line); at != nil {
			kind, line = k.kind, line[at[1]:]
			break
		}
	}
	if n := len(out); n == 0 || out[n-1].kind != kind || kind == blockHead || len(out[n-1].lines) == 0 {
		out = append(out, block{kind: kind})
	}
	last := &out[len(out)-1]
	last.lines = append(last.lines, spans(line))
	return out
}

// spans finds what a line marks.
func spans(line string) []span {
	var out []span
	at := 0
	for _, m := range marks.FindAllStringIndex(line, -1) {
		if m[0] > at {
			out = append(out, span{text: line[at:m[0]]})
		}
		s, rest := marked(line[m[0]:m[1]])
		out = append(out, s)
		at = m[1] - rest
	}
	if at < len(line) {
		out = append(out, span{text: line[at:]})
	}
	return out
}

// marked reads one marked piece; rest is how many bytes at its end are not
// part of it: the full stop behind an address.
func marked(piece string) (s span, rest int) {
	switch piece[0] {
	case '`':
		return span{kind: spanCode, text: piece[1 : len(piece)-1]}, 0
	case '*':
		return span{kind: spanStrong, text: piece[2 : len(piece)-2]}, 0
	case '[':
		text, url, _ := strings.Cut(piece[1:len(piece)-1], "](")
		return span{kind: spanLink, text: text, url: url}, 0
	}
	url := strings.TrimRight(piece, ".,;:!?)*'")
	return span{kind: spanLink, text: url, url: url}, len(piece) - len(url)
}

// longestLine is how much of a long text stands in a cell.
const longestLine = 140

// firstLine is the beginning of a text, on one line.
func firstLine(text string) string {
	line := strings.Join(strings.Fields(text[:min(len(text), 8*longestLine)]), " ")
	if utf8.RuneCountInString(line) <= longestLine && len(text) <= 8*longestLine {
		return line
	}
	runes := []rune(strings.ToValidUTF8(line, ""))
	return string(runes[:min(len(runes), longestLine)]) + "…"
}
