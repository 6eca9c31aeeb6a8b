package predict

import (
	"cmp"
	"math"
	"slices"
)

// Feature is one figure that a chance is made of: a number, that it is empty,
// or that a choice is a certain word.
type Feature struct {
	Column int    `json:"column"`
	Word   string `json:"word,omitempty"`
	// Absent features say that the number is empty; Other ones that the word is
	// none of those with a feature.
	Absent bool    `json:"absent,omitempty"`
	Other  bool    `json:"other,omitempty"`
	Log    bool    `json:"log,omitempty"` // the number is taken by its logarithm
	Mean   float64 `json:"mean"`
	Scale  float64 `json:"scale,omitempty"` // of a number
	Weight float64 `json:"weight"`
}

// coder turns rows into figures; it is learnt from the examples to learn from,
// never from those to be judged by.
type coder struct {
	columns  []Column
	features []Feature
	number   []int            // by column: its number's feature, -1 = none
	absent   []int            // by column
	words    []map[string]int // by column
	other    []int            // by column
}

// A word has a feature of its own from so many examples on.
const fewExamples = 30

// far is how many standard deviations from the mean a number counts at most.
const far = 4

func learnCoder(t *Table, rows []int32) *coder {
	c := &coder{columns: t.Columns}
	for i, col := range t.Columns {
		if t.dropped[i] {
			continue
		}
		if col.Choice {
			c.learnWords(t, i, rows)
		} else {
			c.learnNumber(t, i, rows)
		}
	}
	c.index()
	return c
}

func (c *coder) learnWords(t *Table, col int, rows []int32) {
	often := make([]int, len(t.book[col].list))
	for _, i := range rows {
		often[t.words[col][i]]++
	}
	known, rest := 0, 0
	var list []Feature
	for n, count := range often {
		switch word := t.book[col].list[n]; {
		case word == UnknownWord:
			continue
		case count >= max(fewExamples, len(rows)/500):
			list = append(list, Feature{Column: col, Word: word, Mean: float64(count)})
		default:
			rest += count
		}
		known += count
	}
	if rest > 0 {
		list = append(list, Feature{Column: col, Other: true, Mean: float64(rest)})
	}
	if len(list) < 2 { // all the same
		return
	}
	slices.SortFunc(list, func(a, b Feature) int { return cmp.Or(cmp.Compare(b.Mean, a.Mean), cmp.Compare(a.Word, b.Word)) })
	for i := range list {
		list[i].Mean /= float64(known)
	}
	c.features = append(c.features, list...)
}

func (c *coder) learnNumber(t *Table, col int, rows []int32) {
	var n, empty float64
	var sum, low, third [2]float64
	for _, i := range rows {
		x := float64(t.numbers[col][i])
		switch {
		case math.IsInf(x, -1):
			empty++
			continue
		case math.IsNaN(x):
			continue
		}
		n++
		for k, y := range [2]float64{x, logOf(x)} {
			sum[k] += y
			low[k] += y * y
			third[k] += y * y * y
		}
	}
	if n < fewExamples {
		return
	}
	mean, deviation, skew := [2]float64{}, [2]float64{}, [2]float64{}
	for k := range sum {
		m := sum[k] / n
		v := max(0, low[k]/n-m*m)
		mean[k], deviation[k] = m, math.Sqrt(v)
		skew[k] = math.Abs((third[k]/n - 3*m*v - m*m*m) / max(1e-12, v*deviation[k]))
	}
	k := 0
	if skew[0] > 1 && skew[1] < skew[0] {
		k = 1
	}
	if deviation[k] > 1e-9 {
		c.features = append(c.features, Feature{Column: col, Log: k == 1, Mean: mean[k], Scale: deviation[k]})
	}
	if empty >= fewExamples {
		c.features = append(c.features, Feature{Column: col, Absent: true, Mean: empty / (n + empty)})
	}
}

// logOf is a logarithm that keeps the sign and leaves zero alone.
func logOf(x float64) float64 { return math.Copysign(math.Log1p(math.Abs(x)), x) }

// index lets the features be found by column.
func (c *coder) index() {
	n := len(c.columns)
	c.number, c.absent, c.other, c.words = make([]int, n), make([]int, n), make([]int, n), make([]map[string]int, n)
	for i := range n {
		c.number[i], c.absent[i], c.other[i] = -1, -1, -1
	}
	for i, f := range c.features {
		switch {
		case f.Absent:
			c.absent[f.Column] = i
		case f.Other:
			c.other[f.Column] = i
		case c.columns[f.Column].Choice:
			if c.words[f.Column] == nil {
				c.words[f.Column] = map[string]int{}
			}
			c.words[f.Column][f.Word] = i
		default:
			c.number[f.Column] = i
		}
	}
}

// each hands over the figures that a row has in a column, measured from their
// means: what is not handed over is what all others have.
func (c *coder) eachNumber(col int, x float64, do func(feature int, v float64)) {
	empty := math.IsInf(x, -1)
	if i := c.number[col]; i >= 0 && !empty && !math.IsNaN(x) {
		f := &c.features[i]
		if f.Log {
			x = logOf(x)
		}
		do(i, min(far, max(-far, (x-f.Mean)/f.Scale)))
	}
	if i := c.absent[col]; i >= 0 && empty {
		do(i, 1)
	} else if i >= 0 && math.IsNaN(x) {
		do(i, c.features[i].Mean)
	}
}

// feature is which one a word has; -1 = none.
func (c *coder) feature(col int, word string) int {
	if i, ok := c.words[col][word]; ok {
		return i
	}
	return c.other[col]
}

// eachUnknown hands over the means of a choice that nobody knows.
func (c *coder) eachUnknown(col int, do func(feature int, v float64)) {
	for i, f := range c.features {
		if f.Column == col {
			do(i, f.Mean)
		}
	}
}

func (c *coder) eachOf(r Row, do func(feature int, v float64)) {
	for col, x := range c.columns {
		switch {
		case !x.Choice:
			c.eachNumber(col, r.Numbers[col], do)
		case r.Words[col] == UnknownWord:
			c.eachUnknown(col, do)
		default:
			if i := c.feature(col, r.Words[col]); i >= 0 {
				do(i, 1)
			}
		}
	}
}

// sparse are coded examples, only what is not zero.
type sparse struct {
	start []int32
	index []uint16
	value []float32
	won   []bool
}

func (c *coder) encode(t *Table, rows []int32) *sparse {
	x := &sparse{start: make([]int32, 1, len(rows)+1), won: make([]bool, len(rows))}
	add := func(i int, v float64) {
		if v != 0 {
			x.index, x.value = append(x.index, uint16(i)), append(x.value, float32(v))
		}
	}
	places := make([][]int, len(t.Columns)) // by column and word
	for col := range t.Columns {
		for _, word := range t.book[col].list {
			places[col] = append(places[col], c.feature(col, word))
		}
	}
	for n, i := range rows {
		for col := range t.Columns {
			if !t.Columns[col].Choice {
				c.eachNumber(col, float64(t.numbers[col][i]), add)
				continue
			}
			w := t.words[col][i]
			if t.book[col].list[w] == UnknownWord {
				c.eachUnknown(col, add)
			} else if at := places[col][w]; at >= 0 {
				add(at, 1)
			}
		}
		x.start, x.won[n] = append(x.start, int32(len(x.index))), t.won[i]
	}
	return x
}
