package report

import (
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// groupPath is what a report groups by.
type groupPath struct {
	text   string
	bucket string           // month, quarter …
	field  *schema.FieldDef // behind the path; nil for an expression
	label  func(language string) string
}

// paths finds the fields that a report groups by.
func paths(s *record.Session, o *schema.Object, groups []string) []groupPath {
	var list []groupPath
	for _, text := range groups {
		g := groupPath{text: text}
		path, bucket, _ := strings.Cut(text, ":")
		g.bucket = bucket
		at := o
		names := strings.Split(path, ".")
		var first *schema.FieldDef
		for i, name := range names {
			f, ok := at.Field(name)
			if !ok {
				g.field = nil
				break
			}
			if first == nil || i == len(names)-1 && f.Name != at.Title {
				first = f
			}
			if g.field = f; f.IsLink() {
				at = s.Schema().Target(f)
			}
		}
		if first != nil && g.field != nil {
			g.label = first.Label
			if len(names) > 2 && g.field.Name == at.Title {
				parent := at
				g.label = func(language string) string { return parent.Label(language).One }
			}
		}
		list = append(list, g)
	}
	return list
}

// head names the rows.
func (t *sheet) head(i int) string {
	if i < len(t.groups) && t.groups[i].bucket != "" {
		return t.v.T("web.report.by." + t.groups[i].bucket)
	}
	if i < len(t.groups) && t.groups[i].label != nil {
		return t.groups[i].label(t.v.Lang)
	}
	return t.v.T("web.report.group")
}

// label names a row, in the user's language where the schema knows it.
func (t *sheet) label(r report.Row, i int) string {
	if i >= len(r.Labels) {
		return ""
	}
	if i >= len(t.groups) {
		return r.Labels[i]
	}
	g := t.groups[i]
	if d, ok := r.Keys[i].(value.Date); ok {
		switch g.bucket {
		case "month":
			return t.v.MonthShort(d)
		case "quarter":
			return t.v.Quarter(d)
		}
		return t.v.Date(d)
	}
	if key, ok := r.Keys[i].(string); ok && g.field != nil && g.field.Kind == schema.KindChoice {
		return g.field.OptionLabel(key, t.v.Lang)
	}
	return r.Labels[i]
}

// figure is a measure as people read it; short in charts.
func (t *sheet) figure(r report.Row, col int, short bool) string {
	switch x := told(r.Values[col]).(type) {
	case int64:
		return t.v.Int(x)
	case decimal.Decimal:
		if t.rate(col) {
			return t.v.Percent(x.Shift(2), 1)
		}
		return t.v.Number(x, 0, 1)
	case value.Money:
		if short {
			return t.v.MoneyShort(x)
		}
		return t.v.Money(x)
	case value.Date:
		return t.v.Date(x)
	}
	return t.v.T("web.report.none")
}

func (t *sheet) rate(col int) bool { return strings.HasPrefix(t.table.Columns[col].Measure, "rate") }

// axis writes round figures beside the chart.
func (t *sheet) axis(col int) func(float64) string {
	currency := ""
	for _, r := range t.table.Rows {
		if m, ok := told(r.Values[col]).(value.Money); ok {
			currency = m.Currency
			break
		}
	}
	return func(n float64) string {
		d := decimal.NewFromFloat(n)
		switch {
		case t.rate(col):
			return t.v.Percent(d.Shift(2), 0)
		case currency != "":
			m, err := value.MoneyOf(d.Round(0), currency)
			if err != nil {
				return ""
			}
			return t.v.MoneyShort(m)
		}
		return t.v.NumberShort(d)
	}
}

// title of a report: ours in the user's language, another's as it was declared.
func (t *sheet) title(name string) string {
	if text := t.v.T("web.report.title." + name); text != "web.report.title."+name {
		return text
	}
	return t.spec.Title
}

func (t *sheet) help(name string) string {
	if text := t.v.T("web.report.help." + name); text != "web.report.help."+name {
		return text
	}
	return t.spec.Help
}

func (t *sheet) column(c report.Column) string {
	if text := t.v.T("web.report.column." + c.Name); text != "web.report.column."+c.Name {
		return text
	}
	return c.Title
}

// missing is how many amounts have no rate and are in no sum.
func (t *sheet) missing() (n int64) {
	if t.table.Total != nil {
		for _, m := range t.table.Total.Values {
			n = max(n, m.Missing)
		}
	}
	return n
}

func (b *board) title(spec report.Spec) string { return (&sheet{v: b.v, spec: spec}).title(spec.Name) }
func (b *board) help(spec report.Spec) string  { return (&sheet{v: b.v, spec: spec}).help(spec.Name) }
