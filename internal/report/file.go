package report

import (
	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// MayTake refuses a report as a file to who may export nothing of its object, and
// one that cannot be narrowed to what he may to who may not export all that he
// reads.
func (spec Spec) MayTake(s *record.Session, o *schema.Object) error {
	all := s.Actor().Scope(o, access.Export)
	if all == access.None || spec.Run != nil && all < s.Actor().Scope(o, access.Read) {
		return fault.New(fault.Forbidden, "export.not_allowed", fault.Args{"object": o.Name})
	}
	return nil
}

// Sheet is the table as a file has it: names in the reader's language and plain
// figures. The first columns, texts of them, hold what people typed.
func (w *Words) Sheet() (heads []string, texts int, lines [][]any) {
	for i := range w.Table.Groups {
		heads = append(heads, w.Head(i))
	}
	texts = len(heads)
	for _, c := range w.Table.Columns {
		heads = append(heads, w.Column(c))
		if w.Table.Before != nil {
			heads = append(heads, w.Column(c)+" · "+w.Say("web.report.before"))
		}
	}
	if w.Table.Sparse() {
		heads = append(heads, w.Say("report.few_head"))
	}
	rows := w.Table.Rows
	if len(rows) == 0 && w.Table.Total != nil {
		rows = []Row{*w.Table.Total}
	}
	for _, r := range rows {
		lines = append(lines, w.plains(r))
	}
	return heads, texts, lines
}

func (w *Words) plains(r Row) (cells []any) {
	for i := range w.Table.Groups {
		cells = append(cells, w.Label(r, i))
	}
	for i, m := range r.Values {
		cells = append(cells, w.plain(m))
		if w.Table.Before == nil {
			continue
		}
		if i < len(r.Before) {
			cells = append(cells, w.plain(r.Before[i]))
		} else {
			cells = append(cells, nil)
		}
	}
	if w.Table.Sparse() {
		cells = append(cells, w.Sample(r))
	}
	return cells
}

func (w *Words) plain(m record.Measure) any {
	switch x := Told(m).(type) {
	case value.Money:
		return x.Decimal()
	case Said:
		return string(x)
	case string:
		return w.Note(x)
	}
	return m.Value
}
