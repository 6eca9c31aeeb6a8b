package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Panel is something of another room that a tile shows; rooms declare them as
// they do reports.
type Panel struct {
	Name   string // in layouts
	Object string // who does not know of it has no such panel
	Show   func(ctx context.Context, s *record.Session, w *Words, x Scope) (*Picture, error)
}

// Picture is what a panel shows to one reader: pages draw it, letters write it
// as a table.
type Picture struct {
	Path string // of the page that tells more
	Kind string // Gauge or Fall
	Head string // over the names of the marks
	// Series are what the figures of a mark are called.
	Series   []string
	Marks    []Mark
	Currency string // of the figures; "" = they are counts
	Note     string
	None     string // why there is nothing to see
}

// How pictures are drawn: how much of an aim is reached, or step by step from
// one figure to another.
const (
	Gauge = "gauge"
	Fall  = "fall"
)

// Mark is one line of a picture.
type Mark struct {
	Name    string
	Sum     bool // in a Fall a figure by itself, not a step
	Figures []Drawn
}

// Drawn is one figure: N places it, Text is how people read it.
type Drawn struct {
	N    float64
	Text string
	URL  string // of what stands behind it; "" = nowhere
	None bool
}

// Amount is an amount of the picture's currency as a figure.
func (p *Picture) Amount(w *Words, minor int64, url string) Drawn {
	m := value.Money{Minor: minor, Currency: p.Currency}
	return Drawn{N: m.Decimal().InexactFloat64(), Text: w.MoneyWhole(m), URL: url}
}

// Step adds a line of one amount.
func (p *Picture) Step(w *Words, name string, minor int64, url string, sum bool) {
	p.Marks = append(p.Marks, Mark{Name: name, Sum: sum, Figures: []Drawn{p.Amount(w, minor, url)}})
}

// Phrase is a text of the program in the reader's language.
func (w *Words) Phrase(key string, args fault.Args) string { return i18n.Text(w.Lang, key, args) }

// PanelTitle is what a panel is called.
func (w *Words) PanelTitle(name string) string { return w.Say("report.panel." + name) }

// Hang adds panels that rooms declare.
func (b *Book) Hang(list ...Panel) *Book {
	b.panels = append(b.panels, list...)
	return b
}

// Panels are those that the actor may have.
func (b *Book) Panels(s *record.Session) (list []Panel) {
	for _, p := range b.panels {
		if _, err := s.Object(p.Object); err == nil {
			list = append(list, p)
		}
	}
	return list
}

// panel works out a tile that shows something of another room.
func (b *Book) panel(ctx context.Context, s *record.Session, a *Answer, w *Words) error {
	i := slices.IndexFunc(b.panels, func(p Panel) bool { return p.Name == a.Tile.Of })
	if i < 0 {
		return fault.New(fault.NotFound, "report.no_panel", fault.Args{"name": value.Printable(a.Tile.Of)})
	}
	if _, err := s.Object(b.panels[i].Object); err != nil {
		return err
	}
	a.Words = w
	var err error
	a.Picture, err = b.panels[i].Show(ctx, s, w, a.Scope)
	return hidden(s, cmp.Or(a.Tile.Title, w.PanelTitle(a.Tile.Of)), err)
}

// fill writes a picture's lines into a section.
func (p *Picture) fill(n *section) {
	n.path, n.note, n.right = p.Path, p.Note, 1
	if p.None != "" {
		n.note = p.None
		return
	}
	n.head = append([]string{p.Head}, p.Series...)
	for _, m := range p.Marks {
		line := []string{m.Name}
		for _, f := range m.Figures {
			line = append(line, f.Text)
		}
		n.rows = append(n.rows, line)
	}
}

// Fiscal is the fiscal period that a scope is of: the running quarter where it
// is none, or more than one.
func (x Scope) Fiscal(s *record.Session) value.Period {
	kind, back := value.Quarter, x.Period == "last_month" || x.Period == "last_quarter" || x.Period == "last_year"
	switch x.Period {
	case "this_month", "last_month":
		kind = value.Month
	case "this_year", "last_year":
		kind = value.Year
	}
	p := value.PeriodOf(kind, x.today(s), time.Month(s.Settings().FiscalStart))
	if back {
		return p.Prev()
	}
	return p
}
