package record

import (
	"strings"
	"unicode/utf8"

	"wellmet/internal/i18n"
	"wellmet/internal/store"
)

// wanted is a search text, taken apart.
type wanted struct {
	terms    []string // words; the last may be the beginning of one
	fragment string   // the text as a whole, folded
	digits   string   // the digits of what looks like a phone number or a code
	open     bool     // the last term may go on
}

// longestFragment bounds what is looked for as a fragment; no index holds more
// of a field.
const longestFragment = 100

func parseWanted(text string) wanted {
	folded := strings.Join(strings.Fields(i18n.Fold(clip(text, 1_000))), " ")
	w := wanted{terms: i18n.QueryTerms(folded), fragment: clip(folded, longestFragment)}
	if digits, ok := phoneDigits(folded); ok && digits != folded {
		w.digits = digits
	}
	if n := len(w.terms); n > 0 {
		last := w.terms[n-1]
		// One letter begins too many words to be worth a walk through all of
		// them; a Han character is a word.
		w.open = utf8.RuneCountInString(last) > 1 || last[0] >= utf8.RuneSelf
	}
	return w
}

func (w wanted) empty() bool { return len(w.terms) == 0 && w.fragment == "" }

// phoneDigits strips what people put between the digits of a number.
func phoneDigits(s string) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			b.WriteRune(r)
		case r != ' ' && r != '-' && r != '(' && r != ')' && r != '.' && r != '/' && r != '+':
			return "", false
		}
	}
	return b.String(), b.Len() >= 3
}

// searchStep is one question to the index.
type searchStep struct {
	tag       string   // an exact tag
	words     []string // whole words
	prefix    []string // beginnings of words
	either    []string // of which one is the beginning of a word
	fragments []fragments
	enough    bool // skip when there are enough hits already
}

// fragments must all be in one document.
type fragments []string

// steps are the questions from the best kind of match to the weakest.
func (w wanted) steps() []searchStep {
	var steps []searchStep
	if n := len(w.terms); n > 0 {
		whole, last := w.terms[:n-1], w.terms[n-1:]
		steps = append(steps, searchStep{tag: titleTag(w.terms)})
		if n == 1 && w.open {
			steps = append(steps, loosely(searchStep{prefix: []string{titleMark + last[0]}, enough: true})...)
			steps = append(steps, loosely(searchStep{prefix: last, enough: true})...)
		} else if w.open {
			// Words before the last are complete as a rule, and whole words
			// cost the index less.
			steps = append(steps, loosely(searchStep{words: append([]string{titleMark + w.terms[0]}, whole...), prefix: last, enough: true})...)
			steps = append(steps, loosely(searchStep{words: whole, prefix: last, enough: true})...)
			steps = append(steps, loosely(searchStep{prefix: w.terms, enough: true})...)
		} else {
			steps = append(steps, searchStep{words: w.terms, enough: true})
		}
	}
	var parts []fragments
	for _, piece := range []string{w.fragment, w.digits} {
		if utf8.RuneCountInString(piece) >= 3 {
			parts = append(parts, fragments{piece})
		}
	}
	if len(parts) > 0 {
		steps = append(steps, searchStep{fragments: parts, enough: true})
	}
	return steps
}

// indexedPrefix is how many characters of a word's beginning the words index
// of SQLite holds by themselves.
const indexedPrefix = 3

// loosely puts a wider question before one with a long beginning of a word. A
// long beginning that many documents have makes the index gather them all
// first (40 ms of 1,000,000), while a short one is read as far as needed; what
// comes back is looked at anyway, and is mostly right when there is much of it.
func loosely(st searchStep) []searchStep {
	wide, wider := st, false
	wide.prefix = make([]string, len(st.prefix))
	for i, p := range st.prefix {
		wide.prefix[i] = p
		if r := []rune(p); len(r) > indexedPrefix {
			wide.prefix[i], wider = string(r[:indexedPrefix]), true
		}
	}
	if !wider {
		return []searchStep{st}
	}
	return []searchStep{wide, st}
}

// wordsQuery is the step as a parameter of the words index, "" when it asks for
// fragments only.
func (st searchStep) wordsQuery(d store.Dialect, tags [][]string) string {
	if st.tag == "" && len(st.words)+len(st.prefix)+len(st.either) == 0 {
		return ""
	}
	if st.tag != "" {
		tags = append([][]string{{st.tag}}, tags...)
	}
	var parts []string
	// The rarest come first: words, then what many documents have.
	if len(st.words) > 0 {
		parts = append(parts, store.WordsQuery(d, store.SearchQuery{Words: st.words, Exact: true}))
	}
	if len(st.prefix) > 0 {
		parts = append(parts, store.WordsQuery(d, store.SearchQuery{Words: st.prefix}))
	}
	if len(tags) > 0 {
		parts = append(parts, store.WordsQuery(d, store.SearchQuery{Tags: tags}))
	}
	and, or := " AND ", " OR "
	if d.Name() == "postgres" {
		and, or = " & ", " | "
	}
	if len(st.either) > 0 {
		any := make([]string, len(st.either))
		for i, p := range st.either {
			any[i] = store.WordsQuery(d, store.SearchQuery{Words: []string{p}})
		}
		parts = append(parts, "("+strings.Join(any, or)+")")
	}
	return strings.Join(parts, and)
}
