package static

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// loader writes the module that loads the others. A module whose first line is
//
//	// only: [data-board]
//
// is loaded when such an element appears; the others always.
type loader struct {
	always []string
	only   []string // pairs of selector and file, as JavaScript
}

const onlyMark = "// only: "

func (l *loader) add(name string, source []byte) {
	first, _, _ := bytes.Cut(source, []byte("\n"))
	if selector, ok := strings.CutPrefix(string(first), onlyMark); ok {
		l.only = append(l.only, fmt.Sprintf("[%q,'./%s']", selector, name))
		return
	}
	l.always = append(l.always, fmt.Sprintf("import './%s';\n", name))
}

// The streams of htmx come the same way, as the extension is a script of its own.
const loading = `const only=[%s,['[hx-sse\\:connect]','../vendor/hx-sse.min.js']];
const look=async()=>{
const found=only.filter(([s])=>document.querySelector(s));
await Promise.all(found.map(async([s,f])=>{
const fresh=!loaded.has(f);loaded.add(f);await import(f);
if(fresh&&f.includes('hx-sse'))document.querySelectorAll(s).forEach(e=>htmx.process(e));
}));
document.documentElement.dataset.ready='1';
};
const loaded=new Set();
document.addEventListener('htmx:after:swap',look);
look();
`

func (l *loader) script() []byte {
	return []byte(strings.Join(l.always, "") + fmt.Sprintf(loading, strings.Join(l.only, ",")))
}

// trimmed leaves out what only readers of the source want: whole lines of
// comment, but for the mark of the loader, and indentation.
func trimmed(source []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(source) {
		line = bytes.TrimSpace(line)
		comment := bytes.HasPrefix(line, []byte("//")) && !bytes.HasPrefix(line, []byte(onlyMark))
		if len(line) > 0 && !comment {
			out.Write(line)
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = regexp.MustCompile(`\s+`)
	cssAround  = regexp.MustCompile(` ?([{};,>]) ?`)
)

// squeezed is a style sheet without comments and idle space. Our sheets have no
// text in quotes that this could change.
func squeezed(source []byte) []byte {
	s := cssComment.ReplaceAll(source, nil)
	s = cssSpace.ReplaceAll(s, []byte(" "))
	s = cssAround.ReplaceAll(s, []byte("$1"))
	s = bytes.ReplaceAll(s, []byte(": "), []byte(":"))
	return bytes.ReplaceAll(s, []byte(";}"), []byte("}"))
}
