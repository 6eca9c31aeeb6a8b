package predict

import "math"

// Column is one thing that is known of examples: a number, or a choice of words.
type Column struct {
	Key    string `json:"key"`
	Choice bool   `json:"choice,omitempty"`
}

// Unknown is a number that nobody can know any more; Empty one that was not
// given. What is unknown counts as usual, what is empty may tell something.
var (
	Unknown = math.NaN()
	Empty   = math.Inf(-1)
)

// UnknownWord is a choice that nobody can know any more; "" is none.
const UnknownWord = "?"

// Row is what is known of one example, a value for each column: in Numbers for
// numbers, in Words for choices.
type Row struct {
	Numbers []float64
	Words   []string
}

// Example is a row with what became of it.
type Example struct {
	Row
	Of    int64   // what it is an example of: a deal has several
	Stage string  // whose rate it is compared with
	Set   float64 // the chance that somebody set for it; below 0 = none
	At    int64   // when it was so
	End   int64   // when the outcome was known
	Won   bool
}

// Table holds examples column by column, in as little room as they need.
type Table struct {
	Columns []Column
	numbers [][]float32
	words   [][]uint16
	book    []dictionary
	stages  dictionary
	stage   []uint16
	set     []float32
	of      []int64
	at, end []int64
	won     []bool
	dropped map[int]bool
}

// dictionary gives words numbers.
type dictionary struct {
	of   map[string]uint16
	list []string
}

// mostWords is how many different words of a column are told apart.
const mostWords = 5000

func (d *dictionary) add(word string) uint16 {
	if n, ok := d.of[word]; ok {
		return n
	}
	if len(d.list) >= mostWords {
		word = "\x00other"
		if n, ok := d.of[word]; ok {
			return n
		}
	}
	if d.of == nil {
		d.of = map[string]uint16{}
	}
	n := uint16(len(d.list))
	d.of[word], d.list = n, append(d.list, word)
	return n
}

// NewTable is a table without examples.
func NewTable(columns []Column) *Table {
	return &Table{Columns: columns, numbers: make([][]float32, len(columns)), words: make([][]uint16, len(columns)), book: make([]dictionary, len(columns))}
}

// Len is how many examples there are.
func (t *Table) Len() int { return len(t.won) }

// Add keeps an example.
func (t *Table) Add(x Example) {
	for i, c := range t.Columns {
		if c.Choice {
			t.words[i] = append(t.words[i], t.book[i].add(x.Words[i]))
		} else {
			t.numbers[i] = append(t.numbers[i], float32(x.Numbers[i]))
		}
	}
	t.stage, t.set = append(t.stage, t.stages.add(x.Stage)), append(t.set, float32(x.Set))
	t.of, t.at, t.end, t.won = append(t.of, x.Of), append(t.at, x.At), append(t.end, x.End), append(t.won, x.Won)
}

// Where are the places of the examples that fit.
func (t *Table) Where(fits func(i int) bool) []int32 {
	var list []int32
	for i := range t.won {
		if fits(i) {
			list = append(list, int32(i))
		}
	}
	return list
}

// Word is what column c says of example i.
func (t *Table) Word(c, i int) string { return t.book[c].list[t.words[c][i]] }

// count is of how many things the examples are, and how many of these were won.
func (t *Table) count(rows []int32) (all, won int) {
	seen := make(map[int64]bool, len(rows)/3)
	for _, i := range rows {
		if !seen[t.of[i]] {
			seen[t.of[i]] = true
			all++
			if t.won[i] {
				won++
			}
		}
	}
	return all, won
}

// Drop lets nothing be learnt from a column.
func (t *Table) Drop(col int) {
	if t.dropped == nil {
		t.dropped = map[int]bool{}
	}
	t.dropped[col] = true
}

// Alone is how well a column by itself tells what was won, as an AUC: by the
// rate of each word with enough examples, by the number or its lack.
func (t *Table) Alone(col int, rows []int32) float64 {
	chances, won := make([]float64, len(rows)), make([]bool, len(rows))
	for n, i := range rows {
		won[n] = t.won[i]
	}
	if t.Columns[col].Choice {
		_, rate := rates(len(t.book[col].list), func(i int32) uint16 { return t.words[col][i] }, t, rows)
		for n, i := range rows {
			chances[n] = rate(t.words[col][i])
		}
		return Judge(chances, won).AUC
	}
	given := make([]float64, len(rows))
	for n, i := range rows {
		x := float64(t.numbers[col][i])
		if chances[n] = x; math.IsNaN(x) || math.IsInf(x, -1) {
			chances[n] = -math.MaxFloat32
		} else {
			given[n] = 1
		}
	}
	a, b := areaOf(chances, won), areaOf(given, won)
	return max(a, 1-a, b, 1-b)
}

// rates are what was won of the examples of each kind, drawn a little to the rate
// of all where there are few.
func rates(kinds int, kind func(i int32) uint16, t *Table, rows []int32) (base float64, rate func(kind uint16) float64) {
	won, all, wins := make([]float64, kinds), make([]float64, kinds), 0.0
	for _, i := range rows {
		all[kind(i)]++
		if t.won[i] {
			won[kind(i)]++
			wins++
		}
	}
	base = wins / float64(max(1, len(rows)))
	return base, func(k uint16) float64 { return (won[k] + 10*base) / (all[k] + 10) }
}
