package report

import (
	"strconv"

	"wellmet/internal/record"
	"wellmet/internal/report"
)

// What the builder's questions offer, and what is chosen.

func (b *builder) shows() []option {
	list := []option{{"", b.v.T("web.report.show_best"), b.spec.Show == ""}}
	for _, key := range report.Shows {
		list = append(list, option{key, b.v.T("web.report.show." + key), key == b.spec.Show})
	}
	return list
}

func (b *builder) dates() []option {
	list := []option{{"", b.v.T("web.report.no_period"), b.spec.Period == ""}}
	for _, o := range b.fields.days {
		o.chosen = o.value == b.spec.Period
		list = append(list, o)
	}
	return list
}

func (b *builder) spans() (list []option) {
	for _, key := range report.Spans {
		list = append(list, option{key, b.v.T("web.report.period." + key), key == b.spec.Span})
	}
	return list
}

func (b *builder) compared() []option {
	return []option{{"", b.v.T("web.report.compare.none"), b.spec.Compare == ""},
		{report.PreviousPeriod, b.v.T("web.report.compare.previous"), b.spec.Compare == report.PreviousPeriod},
		{report.LastYear, b.v.T("web.report.compare.last_year"), b.spec.Compare == report.LastYear}}
}

func (b *builder) visible() (list []option) {
	for _, key := range []string{record.ViewPrivate, record.ViewTeam, record.ViewAll} {
		list = append(list, option{key, b.v.T("web.report.shown_to." + key), key == b.spec.Visibility})
	}
	return list
}

// orders are the groups and the figures, each up or down.
func (b *builder) orders() []option {
	w := &report.Words{Format: b.v.Format, Lang: b.v.Lang, Spec: b.spec, Object: b.object}
	list := []option{{"", b.v.T("web.report.by_group"), b.spec.Sort == ""}}
	for _, c := range b.spec.Columns {
		for _, way := range []string{"-", ""} {
			key := "web.report.rising"
			if way != "" {
				key = "web.report.falling"
			}
			list = append(list, option{way + c.Measure, b.v.T(key, "figure", w.Column(c)), b.spec.Sort == way+c.Measure})
		}
	}
	return list
}

func (b *builder) limit() string {
	if b.spec.Limit == 0 {
		return ""
	}
	return strconv.Itoa(b.spec.Limit)
}

func (b *builder) group(i int) (path, period string) {
	if i >= len(b.spec.Group) {
		return "", ""
	}
	return record.SplitGroup(b.spec.Group[i])
}

func (b *builder) measure(i int) (record.MeasureText, string) {
	if i >= len(b.spec.Columns) {
		return record.MeasureText{}, ""
	}
	m, _ := record.ReadMeasure(b.spec.Columns[i].Measure)
	return m, b.spec.Columns[i].Title
}

// only is a measure's condition as it is typed.
func only(m record.MeasureText) string {
	if m.Among != "" {
		return m.Only + " / " + m.Among
	}
	return m.Only
}

// Keys of a pivot in words.

func (t *sheet) down(r report.Row) string { return t.keyed(r, 0) }

func (t *sheet) across(r report.Row) string { return t.keyed(r, 1) }

// keyed names the only key of a row as that of the report's group.
func (t *sheet) keyed(r report.Row, group int) string {
	row := report.Row{Keys: make([]any, group+1), Labels: make([]string, group+1)}
	row.Keys[group], row.Labels[group] = r.Keys[0], r.Labels[0]
	if text := t.Label(row, group); text != "" {
		return text
	}
	return t.v.T("web.chart.none")
}

// onlyWhat names the condition of a measure: a share has two.
func (b *builder) onlyWhat(m record.MeasureText) string {
	if m.Function == "rate" {
		return b.v.T("web.report.share_of")
	}
	return b.v.T("web.report.only_where")
}
