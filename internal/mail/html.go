package mail

import (
	"strings"

	"golang.org/x/net/html"
)

// htmlText is the plain text of a page: nothing of it runs, loads or looks like
// something that it is not. Quotations get the mark that plain mails have.
func htmlText(source string) string {
	var w htmlWriter
	z := html.NewTokenizer(strings.NewReader(source))
	z.SetMaxBuf(1 << 20)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.out.String()
		case html.TextToken:
			if w.silent == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			w.open(string(name), more && quotes(z))
		case html.EndTagToken:
			name, _ := z.TagName()
			w.end(string(name))
		}
	}
}

// quotes reports whether a tag's attributes say that it holds the mail that is
// answered.
func quotes(z *html.Tokenizer) bool {
	for {
		key, val, more := z.TagAttr()
		v := string(val)
		if k := string(key); k == "id" && (v == "OLK_SRC_BODY_SECTION" || v == "divRplyFwdMsg" || v == "stopSpelling" || v == "zwchr") || k == "class" && strings.Contains(v, "gmail_quote") {
			return true
		}
		if !more {
			return false
		}
	}
}

// htmlWriter writes text as a browser would show it.
type htmlWriter struct {
	out    strings.Builder
	silent int // inside elements without text
	quote  int // inside quotations
	fresh  bool
	gap    bool
	pre    int
	empty  int
}

// breaking are elements that stand on lines of their own.
var breaking = map[string]int{"br": 1, "p": 2, "div": 1, "tr": 1, "li": 1, "table": 1, "h1": 2, "h2": 2, "h3": 2, "h4": 2, "ul": 1, "ol": 1, "blockquote": 1, "pre": 1, "hr": 1,
	"section": 1, "article": 1, "header": 1, "footer": 1}

var silent = map[string]bool{"head": true, "style": true, "script": true, "title": true, "noscript": true, "template": true, "svg": true, "object": true}

func (w *htmlWriter) open(name string, quotes bool) {
	if silent[name] {
		w.silent++
		return
	}
	if n := breaking[name]; n > 0 {
		w.newline(name == "br")
	}
	switch name {
	case "blockquote":
		w.quote++
	case "pre":
		w.pre++
	case "li":
		w.text("- ")
	case "td", "th":
		w.gap = true
	case "body":
		w.silent = 0
	}
	if quotes {
		w.mark()
	}
}

// mark says in words that what follows is the mail that is answered.
func (w *htmlWriter) mark() {
	if w.quote == 0 {
		w.newline(false)
		w.out.WriteString(quoteMark + "\n")
		w.fresh = true
	}
}

func (w *htmlWriter) end(name string) {
	if silent[name] {
		w.silent = max(0, w.silent-1)
		return
	}
	if n := breaking[name]; n > 0 && name != "br" {
		w.newline(n > 1)
	}
	switch name {
	case "blockquote":
		w.quote = max(0, w.quote-1)
	case "pre":
		w.pre = max(0, w.pre-1)
	}
}

// newline ends the line; an empty one is only written when asked for.
func (w *htmlWriter) newline(always bool) {
	w.gap = false
	if !w.fresh && w.out.Len() > 0 {
		w.out.WriteByte('\n')
		w.fresh, w.empty = true, 0
		return
	}
	if always && w.out.Len() > 0 && w.empty < 2 {
		if w.quote > 0 {
			w.out.WriteByte('>')
		}
		w.out.WriteByte('\n')
		w.empty++
	}
}

func (w *htmlWriter) text(t string) {
	if w.pre > 0 {
		for i, l := range strings.Split(t, "\n") {
			if i > 0 {
				w.newline(true)
			}
			w.words(l)
		}
		return
	}
	if t != "" && strings.ContainsRune(" \t\r\n", rune(t[0])) {
		w.gap = true
	}
	w.words(strings.Join(strings.FieldsFunc(t, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) }), " "))
	if t != "" && strings.ContainsRune(" \t\r\n", rune(t[len(t)-1])) {
		w.gap = true
	}
}

func (w *htmlWriter) words(t string) {
	if t == "" {
		return
	}
	if w.fresh || w.out.Len() == 0 {
		for range min(w.quote, 5) {
			w.out.WriteString("> ")
		}
	} else if w.gap {
		w.out.WriteByte(' ')
	}
	w.out.WriteString(t)
	w.fresh, w.gap, w.empty = false, false, 0
}
