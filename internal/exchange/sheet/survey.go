package sheet

import (
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"wellmet/internal/value"
)

// Profile is what the values of one column show.
type Profile struct {
	Column  Column
	Kind    Kind
	Filled  int
	Values  []string // distinct values in the order met, up to maxValues
	More    bool     // there are more than Values
	Longest int      // signs of the longest value
	Scale   int      // most digits behind the decimal separator

	Date             value.DateStyle
	DateAmbiguous    bool // a person should say whether 3/4 is in March or April
	Decimal          rune // '.' or ','
	DecimalAmbiguous bool
}

// maxValues bounds the distinct values that a profile lists; a column with more
// is no choice.
const maxValues = 50

// Survey reads up to limit rows (0: all) on a walk of its own and answers a
// profile for each column. Rows with a fault are passed over. Cells that a
// workbook typed are neutral already: styles describe the texts only.
func (t *Table) Survey(limit int) ([]Profile, error) {
	walk := *t
	walk.done = nil
	rows, err := t.open()
	if err != nil {
		return nil, err
	}
	defer rows.close()
	walk.rows = rows
	gauges := make([]*gauge, len(t.Columns))
	for i, column := range t.Columns {
		gauges[i] = newGauge(column)
	}
	for n := 0; limit == 0 || n < limit; {
		row, err := walk.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if row.Number <= t.HeaderRow || row.Fault != nil {
			continue
		}
		n++
		for i, g := range gauges {
			g.add(row.Cells[i])
		}
	}
	profiles := make([]Profile, len(gauges))
	for i, g := range gauges {
		profiles[i] = g.profile(t.opts.Columns[t.Columns[i].Name])
	}
	return profiles, nil
}

// Count is how many rows there are, faulty ones too, on a walk of its own.
func (t *Table) Count() (n int, err error) {
	walk := *t
	walk.done = nil
	rows, err := t.open()
	if err != nil {
		return 0, err
	}
	defer rows.close()
	walk.rows = rows
	for {
		row, err := walk.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if row.Number > t.HeaderRow {
			n++
		}
	}
}

// Kinds is the kind of every column over the whole table.
func (t *Table) Kinds() ([]Kind, error) {
	profiles, err := t.Survey(0)
	kinds := make([]Kind, len(profiles))
	for i, p := range profiles {
		kinds[i] = p.Kind
	}
	return kinds, err
}

// chunk is how many texts decide on a style together.
const chunk = 1000

// gauge gathers one column.
type gauge struct {
	p        Profile
	alive    shapes // what every value so far could be
	money    int    // values that name a currency
	percent  int
	distinct map[string]bool
	dates    votes[value.DateStyle]
	decimals votes[rune]
	texts    []string // waiting for the next vote
	scale    [2]int   // with '.' and with ','
}

func newGauge(c Column) *gauge {
	return &gauge{p: Profile{Column: c}, alive: allShapes, distinct: map[string]bool{}}
}

func (g *gauge) add(cell Cell) {
	text := strings.TrimSpace(cell.Text)
	if text == "" {
		return
	}
	g.p.Filled++
	g.p.Longest = max(g.p.Longest, utf8.RuneCountInString(text))
	if !g.p.More && !g.distinct[text] {
		if len(g.p.Values) == maxValues {
			g.p.More = true
		} else {
			g.distinct[text] = true
			g.p.Values = append(g.p.Values, text)
		}
	}
	g.test(cell, text)
	if cell.Kind == Text {
		if g.texts = append(g.texts, text); len(g.texts) == chunk {
			g.vote()
		}
	}
}

// vote asks the detectors about the texts gathered since the last time.
func (g *gauge) vote() {
	if texts := g.telling(anyDate, looksDay); len(texts) > 0 {
		style, ambiguous := value.DetectDateStyle(texts)
		g.dates.add(style, ambiguous, style == value.DateUnknown || style == value.DateISO)
	}
	if texts := g.telling(anyNumber, looksNumber); len(texts) > 0 {
		separated := slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return !strings.ContainsAny(s, ".,") })
		decimal, ambiguous := value.DetectNumberStyle(separated)
		g.decimals.add(decimal, ambiguous, len(separated) == 0)
	}
	g.texts = g.texts[:0]
}

// telling are the texts that show a style: all while every value is of the
// sort, else those that are, when nearly all are. One wrong value must not make
// the others unreadable.
func (g *gauge) telling(sort shapes, looks func(string) bool) []string {
	if g.alive&sort != 0 {
		return g.texts
	}
	few := g.texts[:min(len(g.texts), 40)]
	if !nearlyAll(few, looks) || !nearlyAll(g.texts, looks) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(g.texts), func(s string) bool { return !looks(s) })
}

func nearlyAll(texts []string, looks func(string) bool) bool {
	n := 0
	for _, text := range texts {
		if looks(text) {
			n++
		}
	}
	return n > 0 && n*3 >= len(texts)*2
}

func looksDay(text string) bool {
	return slices.ContainsFunc(dateStyles[:], func(style value.DateStyle) bool {
		day, err := value.ParseDateStyle(text, style)
		return err == nil && plausibleDay(text, day)
	})
}

func looksNumber(text string) bool {
	return slices.ContainsFunc([]rune{'.', ','}, func(sign rune) bool {
		_, err := value.ParseNumberStyle(text, sign)
		return err == nil
	})
}

// votes joins the verdicts on the parts of a column.
type votes[T comparable] struct {
	sure, likely       T
	decided, contested bool
	guessed            bool
}

func (v *votes[T]) add(verdict T, ambiguous, says0 bool) {
	switch {
	case says0:
	case ambiguous:
		v.likely, v.guessed = verdict, true
	case v.decided && v.sure != verdict:
		v.contested = true
	default:
		v.sure, v.decided = verdict, true
	}
}

func (v *votes[T]) result(otherwise T) (T, bool) {
	switch {
	case v.decided:
		return v.sure, v.contested
	case v.guessed:
		return v.likely, true
	}
	return otherwise, false
}

func (g *gauge) profile(o ColumnOptions) Profile {
	g.vote()
	p := g.p
	p.Date, p.DateAmbiguous = g.dates.result(value.DateISO)
	p.Decimal, p.DecimalAmbiguous = g.decimals.result('.')
	if o.Date != value.DateUnknown {
		p.Date, p.DateAmbiguous = o.Date, false
	}
	if o.Decimal != 0 {
		p.Decimal, p.DecimalAmbiguous = o.Decimal, false
	}
	if p.Scale = g.scale[0]; p.Decimal == ',' {
		p.Scale = g.scale[1]
	}
	if p.Kind = o.Kind; p.Kind == Unknown {
		p.Kind = g.kind(p)
	}
	return p
}
