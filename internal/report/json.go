package report

import (
	"strconv"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// AppendJSON writes a table as the API answers it: figures by column name.
func (t *Table) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"name":`...)
	dst = schema.AppendString(dst, t.Name)
	dst = append(append(dst, `,"title":`...), schema.AppendString(nil, t.Title)...)
	dst = append(append(dst, `,"help":`...), schema.AppendString(nil, t.Help)...)
	dst = append(append(dst, `,"object":`...), schema.AppendString(nil, t.Object)...)
	dst = append(dst, `,"groups":`...)
	dst = schema.AppendJSON(dst, t.Groups)
	dst = append(dst, `,"columns":[`...)
	for i, c := range t.Columns {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(append(append(dst, `{"name":`...), schema.AppendString(nil, c.Name)...), `,"title":`...), schema.AppendString(nil, c.Title)...), '}')
	}
	dst = append(dst, `],"rows":[`...)
	for i, r := range t.Rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = t.appendRow(dst, r)
	}
	dst = append(dst, ']')
	if t.Total != nil {
		dst = t.appendRow(append(dst, `,"total":`...), *t.Total)
	}
	dst = t.appendPeriods(dst)
	if t.More {
		dst = append(dst, `,"more":true`...)
	}
	if t.CountsSkips != nil {
		dst = strconv.AppendBool(append(dst, `,"counts_skips":`...), *t.CountsSkips)
	}
	if len(t.Notes) > 0 {
		dst = append(dst, `,"notes":[`...)
		for i, n := range t.Notes {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = schema.AppendString(append(dst, `{"text":`...), n.Text)
			dst = schema.AppendString(append(dst, `,"object":`...), n.Object)
			dst = append(schema.AppendString(append(dst, `,"filter":`...), n.Filter), '}')
		}
		dst = append(dst, ']')
	}
	if t.None != "" {
		dst = schema.AppendString(append(dst, `,"none":`...), t.None)
	}
	if !t.AsOf.IsZero() {
		dst = schema.AppendJSON(append(dst, `,"as_of":`...), t.AsOf)
		names := make([]string, len(t.Unknown))
		for i, c := range t.Unknown {
			names[i] = c.Name
		}
		dst = schema.AppendJSON(append(dst, `,"unknown":`...), names)
	}
	return append(dst, '}')
}

func (t *Table) appendRow(dst []byte, r Row) []byte {
	dst = append(dst, `{"keys":[`...)
	for i, k := range r.Keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = schema.AppendJSON(dst, k)
	}
	dst = append(dst, `],"labels":`...)
	if r.Labels == nil {
		dst = append(dst, "[]"...)
	} else {
		dst = schema.AppendJSON(dst, r.Labels)
	}
	if r.Filter != "" {
		dst = append(append(dst, `,"filter":`...), schema.AppendString(nil, r.Filter)...)
	}
	if r.Ahead {
		dst = append(dst, `,"projected":true`...)
	}
	if r.Running {
		dst = append(dst, `,"running":true`...)
	}
	if r.Few {
		dst = append(dst, `,"few":true`...)
	}
	dst = t.appendBehind(t.appendFigures(dst, r.Values), r)
	if len(r.Before) > 0 {
		dst = append(dst, `,"before":{"filter":`...)
		dst = t.appendFigures(schema.AppendString(dst, r.BeforeFilter), r.Before)
		dst = append(t.appendBehind(dst, Row{Keys: r.Keys, Filter: r.BeforeFilter, Behind: r.BeforeBehind}), '}')
	}
	return append(dst, '}')
}

// appendBehind writes where the records behind figures are that the line's filter
// and a measure do not tell.
func (t *Table) appendBehind(dst []byte, r Row) []byte {
	none := true
	for i, c := range t.Columns {
		if c.Measure != "" && (i >= len(r.Behind) || r.Behind[i].Filter == "" && r.Behind[i].Path == "") || r.Filter == "" && len(r.Behind) == 0 {
			continue
		}
		b, ok := t.BehindOf(r, i)
		if !ok {
			continue
		}
		if none {
			dst = append(dst, `,"behind":{`...)
		} else {
			dst = append(dst, ',')
		}
		none = false
		dst = append(append(schema.AppendString(dst, c.Name), `:{"object":`...), schema.AppendString(nil, b.Object)...)
		dst = append(append(dst, `,"filter":`...), schema.AppendString(nil, b.Filter)...)
		if path := t.answered(b.Path); path != "" {
			dst = schema.AppendString(append(dst, `,"path":`...), path)
		}
		dst = append(dst, '}')
	}
	if none {
		return dst
	}
	return append(dst, '}')
}

func (t *Table) appendFigures(dst []byte, values []record.Measure) []byte {
	for i, c := range t.Columns {
		dst = append(append(append(dst, ','), schema.AppendString(nil, c.Name)...), ':')
		dst = AppendMeasure(dst, values[i])
	}
	return dst
}

// appendPeriods writes what days the figures are of, and those before.
func (t *Table) appendPeriods(dst []byte) []byte {
	period := func(name string, from, to value.Date, days int) {
		dst = append(append(append(dst, `,"`...), name...), `":{`...)
		first := true
		for i, d := range []value.Date{from, to} {
			if d == 0 {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(append(append(dst, '"'), []string{"from", "to"}[i]...), `":"`...)
			dst = append(d.Append(dst), '"')
		}
		if days > 0 {
			dst = strconv.AppendInt(append(dst, `,"working_days":`...), int64(days), 10)
		}
		dst = append(dst, '}')
	}
	if t.From != 0 || t.To != 0 {
		days := 0
		if t.Before != nil {
			days = t.Before.Days
		}
		period("period", t.From, t.To, days)
	}
	if t.Before != nil {
		period("before", t.Before.From, t.Before.To, t.Before.DaysBefore)
	}
	return dst
}

// AppendMeasure writes one figure: a plain value; for sums of money an object
// with the sum in the workspace currency, those by currency, and how many
// amounts have no rate.
func AppendMeasure(dst []byte, m record.Measure) []byte {
	if text, ok := m.Value.(Said); ok {
		return schema.AppendString(dst, string(text))
	}
	if len(m.Sums) == 0 && m.Missing == 0 {
		return schema.AppendJSON(dst, m.Value)
	}
	dst = append(dst, `{"base":`...)
	dst = schema.AppendJSON(dst, m.Value)
	dst = append(dst, `,"sums":[`...)
	for i, x := range m.Sums {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = schema.AppendJSON(dst, x)
	}
	dst = append(dst, ']')
	if m.Missing > 0 {
		dst = append(dst, `,"without_rate":`...)
		dst = schema.AppendJSON(dst, m.Missing)
	}
	return append(dst, '}')
}
