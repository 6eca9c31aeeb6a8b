package parts

import (
	"context"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown reads what people type into notes. What is not among these stays
// text: HTML, pictures, rules and headings by underlining, indented code, and
// what addresses a link elsewhere in the text. Marks by _ stay text too: __name__
// is a name here.
var markdown = parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(parser.NewListParser(), 300), util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewATXHeadingParser(), 600), util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(parser.NewBlockquoteParser(), 800), util.Prioritized(indented{parser.NewParagraphParser()}, 1000)),
	parser.WithInlineParsers(
		util.Prioritized(parser.NewCodeSpanParser(), 100), util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(stars{parser.NewEmphasisParser()}, 500)))

// stars marks by * alone.
type stars struct{ parser.InlineParser }

// Trigger implements parser.InlineParser.
func (stars) Trigger() []byte { return []byte{'*'} }

// indented are paragraphs however far from the edge they begin.
type indented struct{ parser.BlockParser }

// CanAcceptIndentedLine implements parser.BlockParser.
func (indented) CanAcceptIndentedLine() bool { return true }

// piece is a part of a long text, read.
type piece struct {
	node ast.Node
	text []byte // the whole of it
	link bool   // within a link, where no other can be
}

func readMarkdown(long string) piece {
	source := []byte(apart(long))
	return piece{node: markdown.Parse(text.NewReader(source)), text: source}
}

func (p piece) kids() []piece {
	var list []piece
	for n := p.node.FirstChild(); n != nil; n = n.NextSibling() {
		list = append(list, piece{n, p.text, p.link})
	}
	return list
}

var (
	bullet   = regexp.MustCompile(`^\s{0,3}[-*+•]\s`)
	numbered = regexp.MustCompile(`^\s{0,3}\d{1,9}[.)]\s`)
	quoted   = regexp.MustCompile(`^\s{0,3}>`)
	fence    = regexp.MustCompile("^\\s{0,3}(```|~~~)")
)

// apart sets lines of different kinds apart. In Markdown a line of text behind
// a list or a quotation belongs to it, which hardly anybody means who does not
// write it for a living.
func apart(long string) string {
	var out strings.Builder
	var before *regexp.Regexp
	filled, fenced := false, false
	for line := range strings.SplitSeq(strings.ReplaceAll(long, "\r\n", "\n"), "\n") {
		var kind *regexp.Regexp
		if i := slices.IndexFunc([]*regexp.Regexp{bullet, numbered, quoted}, func(x *regexp.Regexp) bool { return x.MatchString(line) }); i >= 0 {
			kind = []*regexp.Regexp{bullet, numbered, quoted}[i]
		}
		border := fence.MatchString(line)
		if !fenced && !border {
			if kind != before && filled && strings.TrimLeft(line, " \t") == line {
				out.WriteByte('\n')
			}
			if kind == bullet {
				line = strings.Replace(line, "•", "-", 1)
			}
		}
		fenced = fenced != border
		before, filled = kind, strings.TrimSpace(line) != ""
		out.WriteString(line)
		out.WriteByte('\n')
	}
	return out.String()
}

// bare reports whether a paragraph begins an item or a quotation, which needs
// no paragraph then.
func (p piece) bare() bool {
	kind := p.node.Parent().Kind()
	return p.node.PreviousSibling() == nil && (kind == ast.KindListItem || kind == ast.KindBlockquote)
}

// code is what stands between marks of code.
func (p piece) code() string {
	var out strings.Builder
	if p.node.Type() == ast.TypeBlock {
		for i := range p.node.Lines().Len() {
			line := p.node.Lines().At(i)
			out.Write(line.Value(p.text))
		}
		return out.String()
	}
	for _, k := range p.kids() {
		if t, ok := k.node.(*ast.Text); ok {
			out.WriteString(strings.ReplaceAll(string(t.Segment.Value(p.text)), "\n", " "))
		}
	}
	return out.String()
}

// inline writes what stands in a block. A template would put spaces between
// words that have none.
func (p piece) inline() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var out strings.Builder
		p.write(&out)
		_, err := io.WriteString(w, out.String())
		return err
	})
}

func (p piece) write(out *strings.Builder) {
	for _, k := range p.kids() {
		switch n := k.node.(type) {
		case *ast.Text:
			k.words(out, n)
		case *ast.CodeSpan:
			out.WriteString("<code>" + templ.EscapeString(k.code()) + "</code>")
		case *ast.Emphasis:
			begin, end := "<b>", "</b>"
			if n.Level == 1 { // which is how people multiply: 20*30*5 cm
				begin, end = "*", "*"
			}
			out.WriteString(begin)
			k.write(out)
			out.WriteString(end)
		case *ast.Link:
			k.led(out, n.Destination, n.Title)
		case *ast.Image:
			out.WriteByte('!')
			k.led(out, n.Destination, n.Title)
		}
	}
}

var (
	escaped    = regexp.MustCompile("\\\\([*`[])")
	webAddress = regexp.MustCompile(`https?://[^\s<>"]+`)
)

// words writes text, and leads to the addresses in it. Every line ends as it was
// typed.
func (p piece) words(out *strings.Builder, t *ast.Text) {
	plain := escaped.ReplaceAllString(string(t.Segment.Value(p.text)), "$1")
	for at := webAddress.FindStringIndex(plain); at != nil && !p.link; at = webAddress.FindStringIndex(plain) {
		url := strings.TrimRight(plain[at[0]:at[1]], ".,;:!?)*'") // which end a sentence
		out.WriteString(templ.EscapeString(plain[:at[0]]) + anchor(url) + templ.EscapeString(url) + "</a>")
		plain = plain[at[0]+len(url):]
	}
	out.WriteString(templ.EscapeString(plain))
	if t.HardLineBreak() && t.Segment.Stop < len(p.text) && p.text[t.Segment.Stop] == '\\' {
		out.WriteByte('\\')
	}
	if t.SoftLineBreak() || t.HardLineBreak() {
		out.WriteString("<br/>")
	}
}

// led writes a link to the web; any other is no link, and shows how it was
// written.
func (p piece) led(out *strings.Builder, to, title []byte) {
	if at := webAddress.FindIndex(to); at != nil && at[0] == 0 {
		out.WriteString(anchor(string(to)))
		p.link = true
		p.write(out)
		out.WriteString("</a>")
		return
	}
	out.WriteByte('[')
	p.write(out)
	out.WriteString(templ.EscapeString("](" + string(to)))
	if len(title) > 0 {
		out.WriteString(templ.EscapeString(` "` + string(title) + `"`))
	}
	out.WriteByte(')')
}

// anchor begins a link.
func anchor(url string) string {
	return `<a class="ext" href="` + templ.EscapeString(string(templ.URL(url))) + `" target="_blank" rel="noopener noreferrer">`
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
