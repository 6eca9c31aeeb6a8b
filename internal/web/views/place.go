package views

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	// PageSize is how many records a page of a list has, until more are loaded
	// behind them.
	PageSize = 50
	// MostRows is how many records one page grows to.
	MostRows = 10 * PageSize
	// mostBefore is over how many pages one can go back; further back is the first.
	mostBefore = 20
)

// Place is where in a list a page stands.
type Place struct {
	Cursor string
	At     int // how many records come before the page
	Rows   int // how many it has, at most
	// Before are the pages before this one: their cursors, "" for the first, and
	// behind a "!" their rows, when there are more than PageSize.
	Before []string
}

func placeOf(q url.Values) Place {
	p := Place{Cursor: q.Get("cursor"), Rows: PageSize}
	if n, err := strconv.Atoi(q.Get("rows")); err == nil && n > PageSize {
		p.Rows = min(n, MostRows)
	}
	if p.Cursor == "" {
		return p
	}
	p.Before = []string{""} // the first page is not spelled out
	if before, ok := q["before"]; ok {
		p.Before = strings.Split(before[0], "~")
	}
	for _, page := range p.Before { // what old addresses do not say
		_, rows := pageOf(page)
		p.At += rows
	}
	if n, err := strconv.Atoi(q.Get("at")); err == nil && n > 0 {
		p.At = n
	}
	return p
}

// pageOf reads one of the pages before.
func pageOf(text string) (cursor string, rows int) {
	cursor, more, _ := strings.Cut(text, "!")
	if n, err := strconv.Atoi(more); err == nil && n > PageSize {
		return cursor, min(n, MostRows)
	}
	return cursor, PageSize
}

// First is the place where a list begins.
func First() Place { return Place{Rows: PageSize} }

// Here are the parameters of this place.
func (p Place) Here() []string {
	all := []string{"cursor", p.Cursor, "before", "", "at", "", "rows", ""}
	if p.Cursor != "" {
		all[3], all[5] = strings.Join(p.Before, "~"), strconv.Itoa(p.At)
	}
	if p.Rows > PageSize {
		all[7] = strconv.Itoa(p.Rows)
	}
	return all
}

// Next is the address of the page behind a cursor.
func (st *State) Next(cursor string) string {
	this := st.Cursor
	if st.Rows > PageSize {
		this += "!" + strconv.Itoa(st.Rows)
	}
	next := Place{Cursor: cursor, At: st.At + st.Rows, Rows: PageSize, Before: append(slices.Clone(st.Before), this)}
	if over := len(next.Before) - mostBefore; over > 0 {
		next.Before = next.Before[over:]
	}
	return st.URL(next.Here()...)
}

// Previous is the address of the page before, as long as it was, "" on the first.
func (st *State) Previous() string {
	if st.Cursor == "" {
		return ""
	}
	if len(st.Before) == 0 {
		return st.URL()
	}
	last := len(st.Before) - 1
	back := Place{Before: st.Before[:last]}
	back.Cursor, back.Rows = pageOf(st.Before[last])
	back.At = max(0, st.At-back.Rows)
	return st.URL(back.Here()...)
}
