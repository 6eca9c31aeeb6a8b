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
}

// fragments must all be in one document.
type fragments []string

// questions are what is asked of the index for a text. Each answer holds the
// newest documents only, so more questions are needed when one is cut off.
type questions struct {
	exact []searchStep // what is called just that
	whole []searchStep // what has all the words, none of them to be completed
	broad []searchStep // what has the words, the last of them as a beginning
	// When one was cut off, older titles that begin so are still to be found,
	// and while hits lack, what a loose question has crowded out.
	titles, sharper []searchStep
	// When hits lack: all words as beginnings, loosely and exactly.
	wider, widest []searchStep
	fragments     []searchStep // when hits lack: the text inside words
}

// questions writes them for an index that reads short beginnings as far as
// needed but gathers all that have a longer one, or for one that does not care.
func (w wanted) questions(gathers bool) questions {
	var q questions
	n := len(w.terms)
	switch {
	case n == 0:
	case !w.open:
		q.broad = []searchStep{{words: w.terms}}
	case n == 1:
		q.loosely(searchStep{prefix: w.terms}, searchStep{prefix: []string{titleMark + w.terms[0]}}, w.loosely(gathers))
	default:
		// Words before the last are complete as a rule, and whole words cost
		// the index less.
		whole, last := w.terms[:n-1], w.terms[n-1:]
		title := append([]string{titleMark + w.terms[0]}, whole[1:]...)
		q.loosely(searchStep{words: whole, prefix: last}, searchStep{words: title, prefix: last}, gathers && w.loosely(gathers))
		all := searchStep{prefix: w.terms}
		q.wider = []searchStep{all}
		if gathers {
			q.whole = []searchStep{{words: w.terms}}
			q.wider, q.widest = []searchStep{all.loose()}, []searchStep{all}
		}
	}
	if n > 0 {
		q.exact = []searchStep{{tag: titleTag(w.terms)}}
	}
	q.fragments = w.inside()
	return q
}

// loosely puts questions with a shorter beginning first, if so.
func (q *questions) loosely(words, title searchStep, so bool) {
	q.broad, q.titles = []searchStep{words}, []searchStep{title}
	if so {
		q.broad, q.titles = []searchStep{words.loose()}, []searchStep{title.loose()}
		q.sharper = []searchStep{title, words}
	}
}

// inside asks for the text, or its digits, inside words.
func (w wanted) inside() []searchStep {
	var parts []fragments
	for _, piece := range []string{w.fragment, w.digits} {
		if utf8.RuneCountInString(piece) >= 3 {
			parts = append(parts, fragments{piece})
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []searchStep{{fragments: parts}}
}

// indexedPrefix is how many characters of a word's beginning the words index
// of SQLite holds by themselves.
const indexedPrefix = 3

// loosely reports whether to ask for a shorter beginning first. A beginning
// beyond what the index holds makes it gather all that have it (44 ms of
// 1,000,000), while a short one is read as far as needed; what comes back is
// looked at anyway. Of numbers too few are right for that, and of long words
// where a beginning costs no more than a word.
func (w wanted) loosely(gathers bool) bool {
	last := w.terms[len(w.terms)-1]
	n := utf8.RuneCountInString(last)
	return n > indexedPrefix && (gathers || n < 2*indexedPrefix) && !strings.ContainsAny(last, "0123456789")
}

// loose shortens the beginnings to what the index holds.
func (st searchStep) loose() searchStep {
	prefix := make([]string, len(st.prefix))
	for i, p := range st.prefix {
		r := []rune(p)
		prefix[i] = string(r[:min(len(r), indexedPrefix)])
	}
	st.prefix = prefix
	return st
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
