package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/expr"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Words tell a table as its reader reads: names in his language where the schema
// or the program knows them, figures in his formats.
type Words struct {
	*i18n.Format
	Lang   string
	Spec   Spec
	Table  *Table
	Object *schema.Object
	zone   *time.Location // of moments
	fiscal time.Month     // that a fiscal year begins with
	// Groups are what the rows are grouped by.
	Groups []GroupPath
}

// GroupPath is what a report groups by.
type GroupPath struct {
	Text   string
	Bucket string           // month, quarter …
	Field  *schema.FieldDef // behind the path; nil for an expression
	// States is the list of states that lines are of, by themselves or by their names;
	// nil of all else.
	States *schema.Object
	has    *schema.Object // what these states belong to
	of     *schema.Object // that lines are records or names of
	label  func(language string) string
}

// Worded is a table with the words for it.
func Worded(s *record.Session, f *i18n.Format, spec Spec, t *Table) (*Words, error) {
	o, err := s.Object(t.Object)
	if err != nil {
		return nil, err
	}
	return &Words{Format: f, Lang: f.Language(), Spec: spec, Table: t, Object: o, zone: s.Env().Zone, fiscal: time.Month(s.Settings().FiscalStart), Groups: Paths(s, o, t.Groups)}, nil
}

// Paths finds the fields that a report groups by.
func Paths(s *record.Session, o *schema.Object, groups []string) []GroupPath {
	var list []GroupPath
	for _, text := range groups {
		g := GroupPath{Text: text}
		path, bucket, _ := strings.Cut(text, ":")
		g.Bucket = bucket
		at := o
		names := strings.Split(path, ".")
		var first *schema.FieldDef
		for i, name := range names {
			f, ok := at.Field(name)
			if !ok {
				g.Field = nil
				break
			}
			if first == nil || i == len(names)-1 && f.Name != at.Title {
				first = f
			}
			if g.Field = f; f.IsLink() {
				at = s.Schema().Target(f)
			}
		}
		if e, err := s.Check(o, path, expr.Empty); g.Field == nil && err == nil && e.Type().Kind == expr.Link {
			if to, ok := s.Schema().Object(e.Type().Object); ok { // whichever of several records
				g.label = func(language string) string { return to.Label(language).One }
			}
		}
		if first != nil && g.Field != nil {
			g.ofStates(s, at)
			g.label = first.Label
			if len(names) > 2 && g.Field.Name == at.Title {
				parent := at
				g.label = func(language string) string { return parent.Label(language).One }
			}
		}
		list = append(list, g)
	}
	return list
}

// ofStates says of a path to records, or to what they are called, whether these are
// states.
func (g *GroupPath) ofStates(s *record.Session, at *schema.Object) {
	if at == nil || !g.Field.IsLink() && g.Field.Name != at.Title {
		return
	}
	if g.of = at; at.StateList {
		g.States = at
		_, g.has = s.Schema().StatesIn(at)
	}
}

// Say is the text of a key.
func (w *Words) Say(key string) string { return i18n.Text(w.Lang, key, nil) }

// ours is a text of the program, where it has one.
func (w *Words) ours(key, otherwise string) string {
	if text := w.Say(key); text != key {
		return text
	}
	return otherwise
}

// Title of a report: ours in the user's language, another's as it was declared.
func (w *Words) Title(name string) string {
	if w.Spec.ID != 0 {
		return w.Spec.Title
	}
	return w.ours("web.report.title."+name, w.Spec.Title)
}

// Help says what the report says, and how it counts.
func (w *Words) Help(name string) string {
	if w.Spec.ID != 0 {
		return w.Spec.Help
	}
	return w.ours("web.report.help."+name, w.Spec.Help)
}

// Column names a figure: one without a title by what it measures.
func (w *Words) Column(c Column) string {
	if w.Spec.ID == 0 && w.Spec.Name != "" {
		return w.ours("web.report.column."+c.Name, c.Title)
	}
	if c.Title != "" {
		return c.Title
	}
	return w.Measure(c.Measure)
}

// Measure is what a measure without a title is called.
func (w *Words) Measure(text string) string {
	m, ok := record.ReadMeasure(text)
	if !ok {
		return text
	}
	name := w.Say("web.report.function." + m.Function)
	if m.Of != "" {
		name += ": " + w.named(m.Of)
	}
	if m.Function == "rate" {
		return name + ": " + m.Only
	}
	if m.Only != "" {
		name += " (" + m.Only + ")"
	}
	return name
}

// named is the label of a field that is measured.
func (w *Words) named(path string) string {
	if w.Object != nil {
		if f, ok := w.Object.Field(path); ok {
			return f.Label(w.Lang)
		}
	}
	return path
}

// Head names the rows.
func (w *Words) Head(i int) string {
	if w.Table != nil && i < len(w.Table.Heads) && w.Table.Heads[i] != "" {
		return w.Table.Heads[i]
	}
	if i < len(w.Groups) && w.Groups[i].Bucket != "" {
		bucket := w.Groups[i].Bucket
		if w.fiscal <= time.January { // the year of the calendar
			bucket = strings.TrimPrefix(bucket, "fiscal_")
		}
		return w.Say("web.report.by." + bucket)
	}
	if i < len(w.Groups) && w.Groups[i].Text == "id" && w.Object != nil { // each record by itself
		return w.Object.Label(w.Lang).One
	}
	if i < len(w.Groups) && w.Groups[i].label != nil {
		return w.Groups[i].label(w.Lang)
	}
	if i < len(w.Groups) && w.Groups[i].Text == changePart {
		return w.Say("web.changes.part_head")
	}
	if i < len(w.Groups) && w.Groups[i].Text == MonthsAfter {
		return w.Say("web.report.months_after")
	}
	return w.Say("web.report.group")
}

// changePart is the group of what changed, whose rows the program names.
const changePart = "part"

// MonthsAfter is the group of how many months something was after its row's month.
const MonthsAfter = "months_after"

// Label names a row, in the user's language where the schema knows it; "" for
// records without a value.
func (w *Words) Label(r Row, i int) string {
	if label := w.label(r, i); !r.Ahead || i > 0 {
		if label == "" && i < len(r.Keys) && i < len(w.Table.Groups) && slices.Contains(w.Spec.Unknown, w.Table.Groups[i]) {
			return w.Say("report.unknown")
		}
		return label
	} else {
		return i18n.Text(w.Lang, "web.report.ahead", map[string]any{"label": label})
	}
}

func (w *Words) label(r Row, i int) string {
	if i >= len(r.Labels) {
		return ""
	}
	if i >= len(w.Groups) {
		return r.Labels[i]
	}
	g := w.Groups[i]
	if d, ok := r.Keys[i].(value.Date); ok {
		switch g.Bucket {
		case "month":
			return w.MonthShort(d)
		case "quarter":
			return w.Quarter(d)
		case "fiscal_quarter":
			return w.Period(value.PeriodOf(value.Quarter, d, w.fiscal))
		case "fiscal_year":
			return w.Period(value.PeriodOf(value.Year, d, w.fiscal))
		}
		return w.Date(d)
	}
	if p, ok := r.Keys[i].(value.Period); ok {
		return w.Period(p)
	}
	if key, ok := r.Keys[i].(string); ok && g.Field != nil && g.Field.Kind == schema.KindChoice {
		return g.Field.OptionLabel(key, w.Lang)
	}
	if n, ok := r.Keys[i].(int64); ok && g.Text == MonthsAfter {
		if r.Running {
			return i18n.Text(w.Lang, "web.report.running", map[string]any{"label": w.Int(n)})
		}
		return w.Int(n)
	}
	if g.Text == changePart {
		return w.ours("web.changes.part."+r.Labels[i], r.Labels[i])
	}
	return r.Labels[i]
}

// Figure is a measure as people read it; short in charts.
func (w *Words) Figure(r Row, col int, short bool) string {
	switch x := Told(r.Values[col]).(type) {
	case int64:
		return w.Int(x)
	case decimal.Decimal:
		if w.Rate(col) {
			return w.Percent(x.Shift(2), 1)
		}
		return w.Number(x, 0, max(1, w.Table.Columns[col].Digits))
	case value.Money:
		if short {
			return w.MoneyShort(x)
		}
		return w.Money(x)
	case value.Date:
		return w.Date(x)
	case time.Time:
		return w.Date(value.DateOf(x, w.zone))
	case Said:
		return string(x)
	case string:
		return w.Note(x)
	}
	return w.Say("web.report.none")
}

// Note is a remark that stands in the place of a figure.
func (w *Words) Note(key string) string { return w.ours("web.report.note."+key, key) }

// Sample says of a line that so few records stand behind it that little follows: what
// pages tell by its colour.
func (w *Words) Sample(r Row) string {
	if !r.Few {
		return ""
	}
	return w.Say("report.few")
}

// Nothing says why a table tells nothing, and what to do about it; "" = it tells
// something.
func (w *Words) Nothing() string {
	rows := w.Table.Rows
	switch ready := w.Spec.ID == 0 && w.Spec.Name != ""; {
	case len(w.Table.Groups) == 0 && (!ready || w.Table.Total == nil || w.Table.Total.tells()):
		return ""
	case len(rows) > 0 && (!w.Spec.Always || slices.ContainsFunc(rows, Row.tells)):
		return ""
	}
	return cmp.Or(w.Table.None, w.Say("web.report.no_rows_help"))
}

// tells reports whether a line has a figure other than nought, now or before.
func (r Row) tells() bool {
	return slices.ContainsFunc(slices.Concat(r.Values, r.Before), func(m record.Measure) bool { return Size(m) != 0 || len(m.Sums) > 1 })
}

// Rate reports whether a column is a share of one.
func (w *Words) Rate(col int) bool {
	return w.Table.Columns[col].Rate || strings.HasPrefix(w.Table.Columns[col].Measure, "rate")
}

// Missing is how many amounts have no rate and are in no sum.
func (w *Words) Missing() (n int64) {
	if w.Table.Total != nil {
		for _, m := range w.Table.Total.Values {
			n = max(n, m.Missing)
		}
	}
	return n
}

// Size places a figure among others.
func Size(m record.Measure) float64 {
	switch x := Told(m).(type) {
	case int64:
		return float64(x)
	case decimal.Decimal:
		return x.InexactFloat64()
	case value.Money:
		return x.Decimal().InexactFloat64()
	}
	return 0
}

// Told is a figure's value: an amount for which there is no rate stands in its
// own currency, as long as that is the only one.
func Told(m record.Measure) any {
	if m.Value == nil && len(m.Sums) == 1 {
		return m.Sums[0]
	}
	return m.Value
}

// BeforeFigure is what the figure was in the period before.
func (w *Words) BeforeFigure(r Row, col int) string {
	if col >= len(r.Before) {
		return w.Say("web.report.none")
	}
	return w.Figure(Row{Values: r.Before}, col, false)
}

// ChangeOf is how a figure stands to the one before, with its sign; "" where
// nothing can be said.
func (w *Words) ChangeOf(r Row, col int) string {
	if col >= len(r.Before) || w.Table.Columns[col].Place {
		return ""
	}
	share, ok := Change(r.Values[col], r.Before[col])
	if !ok {
		return ""
	}
	text := w.Percent(share.Shift(2), 1)
	if share.Sign() > 0 {
		text = "+" + text
	}
	return text
}
