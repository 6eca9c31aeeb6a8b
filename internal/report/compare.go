package report

import (
	"context"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Comparison is the period that a table is compared with.
type Comparison struct {
	From, To value.Date
	// Days and DaysBefore are the working days of both periods, up to today,
	// where figures are told for each of them; else 0.
	Days, DaysBefore int
}

// compare answers the report of the period and, beside each figure, that of
// the one before.
func (b *Book) compare(ctx context.Context, s *record.Session, spec Spec, p Params) (*Table, error) {
	now, err := spec.run(ctx, s, p)
	if err != nil {
		return nil, err
	}
	from, to, by := back(p.From, p.To, p.Compare)
	q := p
	q.From, q.To = from, to
	before, err := spec.run(ctx, s, q)
	if err != nil {
		return nil, err
	}
	now.Before = &Comparison{From: from, To: to}
	now.beside(before, spec.Period, by)
	if p.PerDay && b.days != nil {
		count, err := b.days(ctx, s)
		if err != nil {
			return nil, err
		}
		now.Before.Days, now.Before.DaysBefore = count(p.From, min(p.To, s.Today())), count(from, min(to, s.Today()))
		now.perDay()
	}
	return now, nil
}

// beside puts the figures of the period before beside those of the same keys.
func (t *Table) beside(before *Table, period string, by shift) {
	at := map[string]int{}
	for i, r := range t.Rows {
		at[keyOf(r.Keys)] = i
		t.Rows[i].Before = make([]record.Measure, len(t.Columns))
	}
	for _, r := range before.Rows {
		keys := slices.Clone(r.Keys)
		for i, k := range keys {
			switch k := k.(type) {
			case value.Date:
				if i < len(t.Groups) && inPeriod(t.Groups[i], period) {
					keys[i] = by.on(k)
				}
			case value.Period:
				keys[i] = value.PeriodOf(k.Kind(), by.on(k.First()), k.Start())
			}
		}
		i, ok := at[keyOf(keys)]
		if !ok {
			i = len(t.Rows)
			t.Rows = append(t.Rows, Row{Keys: keys, Labels: r.Labels, Values: make([]record.Measure, len(t.Columns)), Gone: true})
			for j, c := range t.Columns {
				if strings.HasPrefix(c.Measure, "count") || c.counts(r, j) {
					t.Rows[i].Values[j].Value = int64(0)
				}
			}
		}
		t.Rows[i].Before, t.Rows[i].BeforeFilter, t.Rows[i].BeforeBehind = r.Values, r.Filter, r.Behind
	}
	if t.Total != nil && before.Total != nil {
		t.Total.Before, t.Total.BeforeFilter = before.Total.Values, before.Total.Filter
		t.Total.BeforeBehind = before.Total.Behind
	}
	t.More = t.More || before.More
}

// counts reports whether a figure that a report works out is a number of records.
func (c Column) counts(r Row, col int) bool {
	_, whole := r.Values[col].Value.(int64)
	return c.Adds && whole
}

// inPeriod reports whether groups by the path are parts of the period.
func inPeriod(group, period string) bool {
	path, _ := record.SplitGroup(group)
	return path == period
}

// Key tells the line from others by some of its groups: their labels can be those
// of several.
func (r Row) Key(from, to int) string { return keyOf(r.Keys[from:to]) }

func keyOf(keys []any) string {
	var b strings.Builder
	for _, k := range keys {
		if k != nil {
			b.WriteString("=" + schema.Neutral(k))
		}
		b.WriteByte('\x00')
	}
	return b.String()
}

// perDay tells what adds up for one working day of its period, where anything
// does.
func (t *Table) perDay() {
	x := t.Before
	if x.Days == 0 || x.DaysBefore == 0 || !slices.ContainsFunc(t.Columns, Column.Sums) {
		x.Days, x.DaysBefore = 0, 0
		return
	}
	rows := make([]*Row, 0, len(t.Rows)+1)
	for i := range t.Rows {
		rows = append(rows, &t.Rows[i])
	}
	if t.Total != nil {
		rows = append(rows, t.Total)
	}
	for i, c := range t.Columns {
		if !c.Sums() {
			continue
		}
		for _, r := range rows {
			r.Values[i] = over(r.Values[i], x.Days)
			if i < len(r.Before) {
				r.Before[i] = over(r.Before[i], x.DaysBefore)
			}
		}
	}
}

// over divides a figure; sums by currency fall away, since they are no more
// those of records.
func over(m record.Measure, n int) record.Measure {
	by := decimal.NewFromInt(int64(n))
	switch v := m.Value.(type) {
	case int64:
		m.Value = decimal.NewFromInt(v).DivRound(by, 2)
	case decimal.Decimal:
		m.Value = v.DivRound(by, 2)
	case value.Money:
		m.Value = value.Money{Minor: decimal.NewFromInt(v.Minor).DivRound(by, 0).IntPart(), Currency: v.Currency}
	}
	m.Sums = nil
	return m
}

// Change is by what share a figure is more than before; false where nothing
// can be said.
func Change(now, before record.Measure) (decimal.Decimal, bool) {
	a, ok := number(now.Value)
	b, has := number(before.Value)
	if !ok || !has || b.Sign() <= 0 {
		return decimal.Decimal{}, false
	}
	return a.Sub(b).DivRound(b, 6), true
}

func number(v any) (decimal.Decimal, bool) {
	switch x := v.(type) {
	case int64:
		return decimal.NewFromInt(x), true
	case decimal.Decimal:
		return x, true
	case value.Money:
		return x.Decimal(), true
	}
	return decimal.Decimal{}, false
}
