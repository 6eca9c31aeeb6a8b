package i18n

import (
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexeme is what a word means in a day that somebody types.
type lexeme struct {
	kind meaning
	n    int
}

type meaning uint8

const (
	isFiller    meaning = iota // "of"; passed over
	isDay                      // today + n
	isWeekday                  // n as in time.Weekday
	isMonth                    // 1–12
	isUnit                     // a length of time, and the period in "next week"
	isNext                     // n is a unit, or 0
	isLast                     // likewise
	isThis                     // likewise
	isEnd                      // likewise
	isFuture                   // "in"
	isPast                     // "ago"
	isYearMark                 // 年: the number before is a year
	isMonthMark                // 月
	isDayMark                  // 日
	isNumber                   // digits
	isMark                     // punctuation
)

const (
	unitDay = iota + 1
	unitWeek
	unitMonth
	unitQuarter
	unitYear
)

// piece is a part of typed text with its meaning.
type piece struct {
	lexeme
	text string
}

// prepareInput gathers the words of the locale: what it writes must be readable.
// English words are understood everywhere, where they mean nothing else.
func (f *Format) prepareInput() {
	words, phrases := map[string]lexeme{}, map[string]int{}
	for word, meaning := range f.lexicon {
		words[Fold(word)] = meaning
	}
	for phrase, days := range f.phrases {
		phrases[strings.ReplaceAll(Fold(phrase), "-", " ")] = days
	}
	f.phrases = phrases
	f.addWords(words)
	f.addForeign(words)
	f.lexicon = words
	multipliers := map[string]int32{"k": 3, "m": 6}
	for word, power := range f.multipliers {
		multipliers[Fold(word)] = power
	}
	f.multipliers = multipliers
	f.prepareSigns()
}

// addForeign adds English words and the signs of Chinese dates.
func (f *Format) addForeign(words map[string]lexeme) {
	base := Format{locale: english()}
	base.phrases = f.phrases
	base.addWords(base.lexicon)
	maps.Copy(base.lexicon, map[string]lexeme{"年": {isYearMark, 0}, "月": {isMonthMark, 0}, "日": {isDayMark, 0}})
	for word, meaning := range base.lexicon {
		if _, taken := words[word]; !taken {
			words[word] = meaning
		}
	}
}

// addWords adds the names of days and months.
func (f *Format) addWords(words map[string]lexeme) {
	add := func(name string, l lexeme) {
		name = strings.Trim(elided(Fold(name)), " .")
		if at := strings.LastIndexByte(name, ' '); l.kind == isMonth && at >= 0 {
			name = name[at+1:] // "de gener"
		}
		if strings.ContainsAny(name, " -'") {
			f.phrases[strings.ReplaceAll(name, "-", " ")] = l.n
		} else if _, taken := words[name]; !taken {
			words[name] = l
		}
	}
	for i := range 12 {
		for _, name := range []string{f.months[i], f.monthsShort[i], f.monthsAlone[i], f.monthsOfDate[i]} {
			if name != "" && (name[0] < '0' || name[0] > '9') {
				add(name, lexeme{isMonth, i + 1})
			}
		}
	}
	for i := range 7 {
		add(f.weekdays[i], lexeme{isWeekday, i})
		add(f.weekdaysTiny[i], lexeme{isWeekday, i})
	}
	add(f.today, lexeme{isDay, 0})
	for i, name := range f.tomorrows {
		add(name, lexeme{isDay, i + 1})
	}
	for i, name := range f.yesterdays {
		add(name, lexeme{isDay, -i - 1})
	}
}

// elided takes the article off: d'agost, l'agost.
func elided(folded string) string {
	return strings.NewReplacer(" d'", " ", " l'", " ").Replace(" " + folded)
}

// maxInput bounds what is taken for a day.
const maxInput = 80

// tokens cuts typed text into pieces; false when one of them has no meaning.
func (f *Format) tokens(text string) ([]piece, bool) {
	if len(text) > maxInput {
		return nil, false
	}
	var all []piece
	for rest := elided(Fold(text)); rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case unicode.IsSpace(r):
			rest = rest[size:]
		case '0' <= r && r <= '9':
			end := runLength(rest, func(r rune) bool { return '0' <= r && r <= '9' })
			n := 0
			for _, digit := range []byte(rest[:min(end, 9)]) {
				n = n*10 + int(digit-'0')
			}
			all = append(all, piece{lexeme{isNumber, n}, rest[:end]})
			rest = rest[end:]
		case unicode.IsLetter(r):
			word, meaning, ok := f.word(rest)
			if !ok {
				return nil, false
			}
			all = append(all, piece{meaning, word})
			rest = rest[len(word):]
		default:
			all = append(all, piece{lexeme{kind: isMark}, rest[:size]})
			rest = rest[size:]
		}
	}
	return all, true
}

// word is the word at the beginning: a run of letters, or the longest known
// piece of one in a script without spaces.
func (f *Format) word(s string) (string, lexeme, bool) {
	word := s[:runLength(s, unicode.IsLetter)]
	for word != "" {
		if meaning, ok := f.lexicon[word]; ok {
			return word, meaning, true
		}
		last, size := utf8.DecodeLastRuneInString(word)
		if !unicode.Is(unicode.Han, last) {
			break
		}
		word = word[:len(word)-size]
	}
	return "", lexeme{}, false
}

func runLength(s string, in func(rune) bool) int {
	if end := strings.IndexFunc(s, func(r rune) bool { return !in(r) }); end >= 0 {
		return end
	}
	return len(s)
}
