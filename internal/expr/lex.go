package expr

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokName
	tokWord // reserved word, text in lower case
	tokText
	tokNumber
	tokSpan
	tokSign
)

type token struct {
	kind tokenKind
	text string // texts without quotes and escapes
	near string // as typed
	pos  int    // in runes
}

// lexer reads one token at a time.
type lexer struct {
	text string
	byte int
	rune int
}

func (l *lexer) peek() rune {
	if l.byte >= len(l.text) {
		return 0
	}
	if c := l.text[l.byte]; c < utf8.RuneSelf {
		return rune(c)
	}
	r, _ := utf8.DecodeRuneInString(l.text[l.byte:])
	return r
}

func (l *lexer) step() {
	if l.text[l.byte] < utf8.RuneSelf {
		l.byte++
	} else {
		_, size := utf8.DecodeRuneInString(l.text[l.byte:])
		l.byte += size
	}
	l.rune++
}

func (l *lexer) more() bool { return l.byte < len(l.text) }

func (l *lexer) next() (token, error) {
	for l.more() && unicode.IsSpace(l.peek()) {
		l.step()
	}
	if !l.more() {
		return token{kind: tokEnd, pos: l.rune}, nil
	}
	start, pos := l.byte, l.rune
	switch r := l.peek(); {
	case r == '"' || r == '\'':
		return l.quoted(r)
	case r >= '0' && r <= '9':
		return l.number()
	case isNameStart(r):
		l.word()
		text := l.text[start:l.byte]
		if word, ok := keyword(text); ok {
			return token{tokWord, word, text, pos}, nil
		}
		return token{tokName, text, text, pos}, nil
	}
	return l.sign()
}

func isNameStart(r rune) bool {
	return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf && unicode.IsLetter(r)
}

func isName(r rune) bool {
	return isNameStart(r) || r >= '0' && r <= '9' || r >= utf8.RuneSelf && (unicode.IsDigit(r) || unicode.IsMark(r))
}

func (l *lexer) word() {
	for l.more() && isName(l.peek()) {
		l.step()
	}
}

// number reads 12, 12.50 and durations such as 30d.
func (l *lexer) number() (token, error) {
	start, pos := l.byte, l.rune
	l.digits()
	whole := l.byte
	if l.peek() == '.' && l.byte+1 < len(l.text) && isDigit(rune(l.text[l.byte+1])) {
		l.step()
		l.digits()
	}
	fraction := l.byte > whole
	end := l.byte
	l.word()
	near := l.text[start:l.byte]
	if l.byte == end {
		if end-start > MaxDigits+1 {
			return token{}, wrong("expr.bad_number", pos, near, "digits", MaxDigits)
		}
		return token{tokNumber, near, near, pos}, nil
	}
	if _, ok := parseSpan(near); fraction || !ok {
		return token{}, wrong("expr.bad_duration", pos, near)
	}
	return token{tokSpan, near, near, pos}, nil
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func (l *lexer) digits() {
	for isDigit(l.peek()) {
		l.step()
	}
}

// quoted reads a text in either kind of quotes.
func (l *lexer) quoted(quote rune) (token, error) {
	start, pos := l.byte, l.rune
	var b strings.Builder
	plain := true // then the text is a part of the source
	for l.step(); l.more(); {
		r := l.peek()
		switch r {
		case quote:
			l.step()
			near := l.text[start:l.byte]
			if plain {
				return token{tokText, near[1 : len(near)-1], near, pos}, nil
			}
			return token{tokText, b.String(), near, pos}, nil
		case 0:
			return token{}, wrong("expr.bad_character", l.rune, "\\0")
		case '\\':
			if plain {
				b.WriteString(l.text[start+1 : l.byte])
				plain = false
			}
			l.step()
			escaped, ok := escapes[l.peek()]
			if !ok {
				return token{}, wrong("expr.bad_escape", l.rune-1, "\\"+string(l.peek()))
			}
			r = escaped
		}
		if !plain {
			b.WriteRune(r)
		}
		l.step()
	}
	return token{}, wrong("expr.unclosed_text", pos, l.text[start:])
}

var escapes = map[rune]rune{'"': '"', '\'': '\'', '\\': '\\', 'n': '\n', 't': '\t', 'r': '\r'}

var signs = [...]string{"!=", "<=", ">=", "<>", "==", "=", "<", ">", "+", "-", "*", "/", "(", ")", ",", "."}

func (l *lexer) sign() (token, error) {
	pos := l.rune
	for _, s := range signs {
		if strings.HasPrefix(l.text[l.byte:], s) {
			l.byte += len(s)
			l.rune += len(s)
			near := s
			switch s { // other languages' spellings mean the same
			case "<>":
				s = "!="
			case "==":
				s = "="
			}
			return token{tokSign, s, near, pos}, nil
		}
	}
	return token{}, wrong("expr.bad_character", pos, string(l.peek()))
}
