package predict

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Model knows how likely something is. It is kept as JSON.
type Model struct {
	Columns  []Column  `json:"columns"`
	Features []Feature `json:"features"`
	Bias     float64   `json:"bias"`
	Strength float64   `json:"strength"`
	// Examples are of so many things, of which so many were won.
	Examples int `json:"examples"`
	Of       int `json:"of"`
	Won      int `json:"won"`

	once sync.Once
	code *coder
}

func (m *Model) coder() *coder {
	m.once.Do(func() {
		m.code = &coder{columns: m.Columns, features: m.Features}
		m.code.index()
	})
	return m.code
}

// Arrange puts a row of some columns into the order of the model's: fields come, go
// and change their kind after it has learnt. What it knows and the row has not any
// more is unknown.
func (m *Model) Arrange(columns []Column, r Row) Row {
	if slices.Equal(m.Columns, columns) {
		return r
	}
	at := make(map[Column]int, len(columns))
	for i, c := range columns {
		at[c] = i
	}
	out := Row{Numbers: make([]float64, len(m.Columns)), Words: make([]string, len(m.Columns))}
	for i, c := range m.Columns {
		if from, ok := at[c]; ok {
			out.Numbers[i], out.Words[i] = r.Numbers[from], r.Words[from]
		} else if out.Numbers[i] = Unknown; c.Choice {
			out.Numbers[i], out.Words[i] = 0, UnknownWord
		}
	}
	return out
}

// Chance is how likely the row is to be won.
func (m *Model) Chance(r Row) float64 {
	z := m.Bias
	m.coder().eachOf(r, func(i int, v float64) { z += m.Features[i].Weight * v })
	return sigmoid(z)
}

// Part is what a column adds to the chance of a row, compared with what is
// usual: above 0 it speaks for it.
type Part struct {
	Key string
	// Weight is in the logarithm of odds.
	Weight float64
	// Number is the row's, and Usual the mean: of numbers only.
	Number, Usual float64
	Word          string
	Choice        bool
	Empty         bool
}

// Parts are what the chance of a row is made of, the weightiest first.
func (m *Model) Parts(r Row) []Part {
	usual, sum := make([]float64, len(m.Columns)), make([]float64, len(m.Columns))
	middle := make([]float64, len(m.Columns))
	for _, f := range m.Features {
		if f.Absent || m.Columns[f.Column].Choice {
			usual[f.Column] += f.Weight * f.Mean
		} else if middle[f.Column] = f.Mean; f.Log {
			middle[f.Column] = math.Copysign(math.Expm1(math.Abs(f.Mean)), f.Mean)
		}
	}
	m.coder().eachOf(r, func(i int, v float64) { sum[m.Features[i].Column] += m.Features[i].Weight * v })
	var list []Part
	for i, c := range m.Columns {
		x := Part{Key: c.Key, Choice: c.Choice, Weight: sum[i] - usual[i], Usual: middle[i]}
		if c.Choice {
			x.Word = r.Words[i]
		} else {
			x.Number, x.Empty = r.Numbers[i], math.IsInf(r.Numbers[i], -1)
		}
		if x.Weight != 0 && x.Word != UnknownWord && !math.IsNaN(x.Number) {
			list = append(list, x)
		}
	}
	slices.SortStableFunc(list, func(a, b Part) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
	return list
}

// Knows reports whether the model has learnt of a word in a column by itself.
func (m *Model) Knows(key, word string) bool {
	return slices.ContainsFunc(m.Features, func(f Feature) bool {
		return m.Columns[f.Column].Key == key && !f.Other && !f.Absent && f.Word == word
	})
}
