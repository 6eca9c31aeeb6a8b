package list

import (
	"strconv"

	"github.com/a-h/templ"
	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/views"
)

// figure is a total under a column.
type figure struct{ text, title, class string }

// attention is what open records need it for, by the next activity.
const attention = `status = "open" and (next_activity_at is empty or next_activity_at < today())`

// totals are the cells under the table: how many, sums, averages.
func totals(c *door.Call, s *record.Session, st *views.State) ([]templ.Component, error) {
	v := c.View
	shown := st.Shown()
	cells := make([]figure, len(shown))
	n, capped, err := s.Count(c.Ctx, record.Query{Object: st.Object.Name, Filter: st.Applied(), Text: st.Text, Trash: st.Trash, AsOf: st.AsOf, Count: record.CountCapped})
	if err != nil {
		return nil, err
	}
	total := views.Figure(v, n, capped)
	objects := v.In(st.Label(v).Many)
	if n == 1 {
		objects = v.In(st.Label(v).One)
	}
	if !st.Trash && n > 0 {
		if err := sums(c, s, st, shown, cells); err != nil {
			return nil, err
		}
	}
	words := v.T("web.list.count", "n", total, "objects", objects)
	parts := []templ.Component{footCells(v, words, cells), selectAll(v, n, total)}
	if rows, err := strconv.Atoi(c.R.URL.Query().Get("shown")); err == nil && rows > 0 {
		at, _ := strconv.Atoi(c.R.URL.Query().Get("at"))
		p := &page{State: st}
		p.At = max(0, at)
		parts = append(parts, counted(p.span(v, rows, total), total))
	}
	return parts, nil
}

// sums fills in what columns of amounts and percents come to.
func sums(c *door.Call, s *record.Session, st *views.State, shown []views.Column, cells []figure) error {
	var measures []string
	var at []int
	for i, col := range shown {
		if len(col.Over) > 0 || !s.Actor().CanFilter(col.Field) || !col.Sortable {
			continue
		}
		switch {
		case col.Field.ValueKind() == schema.KindMoney:
			measures = append(measures, "sum:"+col.Path)
		case col.Field.ValueKind() == schema.KindPercent:
			measures = append(measures, "avg:"+col.Path)
		case col.Path == nextActivity && openable(s, st.Object):
			measures = append(measures, "count{"+attention+"}")
		default:
			continue
		}
		at = append(at, i)
	}
	if len(measures) == 0 {
		return nil
	}
	r, err := s.Aggregate(c.Ctx, st.Aggregate(measures...))
	if err != nil {
		return err
	}
	for k, i := range at {
		cells[i] = figureOf(c.View, shown[i].Field, r.Total.Values[k])
	}
	return nil
}

// openable reports whether attention can be asked of the object's records.
func openable(s *record.Session, o *schema.Object) bool {
	_, err := s.Check(o, attention, boolKind)
	return err == nil
}

// figureOf writes a total: a sum of several currencies is about that much.
func figureOf(v *kit.View, f *schema.FieldDef, m record.Measure) figure {
	switch x := m.Value.(type) {
	case value.Money:
		g := figure{text: v.T("web.list.sum", "amount", v.Money(x)), class: "r"}
		if len(m.Sums) > 1 || len(m.Sums) == 1 && m.Sums[0].Currency != x.Currency {
			g.text = v.T("web.list.sum_about", "amount", v.Money(x))
			all := make([]string, len(m.Sums))
			for i, sum := range m.Sums {
				all[i] = v.Money(sum)
			}
			g.title = v.List(all)
		}
		return g
	case decimal.Decimal:
		return figure{text: v.T("web.list.average", "percent", v.Percent(x.Round(1), 1)), class: "r"}
	case int64:
		if x > 0 && f.Name == nextActivity {
			return figure{text: v.T("web.list.attention", "count", x, "n", v.Int(x))}
		}
	}
	return figure{}
}
