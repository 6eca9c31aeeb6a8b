package store

import (
	"strconv"
	"strings"
)

// Grouping adds up rows by keys; see Dialect.Group.
type Grouping struct {
	Keys    []Key // at least one
	Figures []Figure
	From    string // FROM and what follows
	Having  string // "" = every group
	// Few says that there are no more groups than memory holds easily.
	Few bool
}

// Key is what rows are grouped by: a whole number, a text, a day or a truth.
type Key struct{ SQL, Name string }

// Figure is what is added up of the rows of a group.
type Figure struct {
	Kind FigureKind
	Of   string // an expression
	Only string // the condition of the rows that count, "" = all
	// Names are those of its columns.
	Names []string
}

// FigureKind says what a Figure is, and so how many columns it has.
type FigureKind byte

// Sums are in two parts, of which Sum makes the value (see Dialect.SumParts). Ready is SQL that adds up
// by itself, without a condition.
const (
	CountRows   FigureKind = 'r' // one: how many rows
	CountFilled FigureKind = 'f' // one: how many have a value
	Added       FigureKind = 'a' // three: how many have a value, and the high and low part of their sum
	Bounds      FigureKind = 'b' // two: the least and the greatest
	Ready       FigureKind = '='
)

// sorted writes the grouping as SQL has it. It groups by position, since an expression with parameters
// must be written once.
func (g Grouping) sorted(d Dialect) string {
	var list, by []string
	for i, k := range g.Keys {
		list = append(list, k.SQL+" AS "+k.Name)
		by = append(by, strconv.Itoa(i+1))
	}
	for _, f := range g.Figures {
		for i, sql := range f.aggregates(d) {
			list = append(list, sql+f.filter()+" AS "+f.Names[i])
		}
	}
	sql := "SELECT " + strings.Join(list, ", ") + g.From
	if len(by) > 0 {
		sql += " GROUP BY " + strings.Join(by, ", ")
	}
	if g.Having != "" {
		sql += " HAVING " + g.Having
	}
	return sql
}

func (f Figure) aggregates(d Dialect) []string {
	switch f.Kind {
	case CountRows:
		return []string{"count(*)"}
	case CountFilled:
		return []string{"count(" + f.Of + ")"}
	case Added:
		high, low := d.SumParts(f.Of)
		return []string{"count(" + f.Of + ")", high, low}
	case Bounds:
		return []string{"min(" + f.Of + ")", "max(" + f.Of + ")"}
	}
	return []string{f.Of}
}

func (f Figure) filter() string {
	if f.Only == "" {
		return ""
	}
	return " FILTER (WHERE " + f.Only + ")"
}
