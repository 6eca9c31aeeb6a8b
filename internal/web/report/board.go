package report

import (
	"context"
	"net/url"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/chart"
	"wellmet/internal/web/kit"
)

// board is the overview: a few numbers, the charts asked for most, all reports.
type board struct {
	v       *kit.View
	specs   []report.Spec
	numbers []chart.Figure
	tiles   []tile
}

// groups are reports by object, in the order of the book.
func (b *board) groups() (names []string, by map[string][]report.Spec) {
	by = map[string][]report.Spec{}
	for _, spec := range b.specs {
		if by[spec.Object] == nil {
			names = append(names, spec.Object)
		}
		by[spec.Object] = append(by[spec.Object], spec)
	}
	return names, by
}

// figures asks for the four numbers of sales.
func (b *board) figures(ctx context.Context, s *record.Session) error {
	b.numbers = nil
	if _, err := s.Object("deal"); err != nil {
		return nil // who sees no deals has none to count
	}
	ask := func(filter, measure string) (record.Measure, error) {
		r, err := s.Aggregate(ctx, record.Aggregate{Object: "deal", Filter: filter, Measures: []string{measure}})
		if err != nil {
			return record.Measure{}, err
		}
		return r.Total.Values[0], nil
	}
	first := s.Today().QuarterStart(time.Month(s.Settings().FiscalStart))
	won := `status = "won" and close_date >= date("` + first.String() + `")`
	wonBefore := `status = "won" and close_date >= date("` + first.AddMonths(-3).String() + `") and close_date < date("` + first.String() + `")`
	year := `status in ("won", "lost") and close_date > date("` + s.Today().AddMonths(-12).String() + `")`
	for _, x := range []struct{ key, filter, measure, than string }{
		{"won", won, "sum:amount", wonBefore}, {"weighted", openDeals(s), "sum:weighted", ""},
		{"rate", year, `rate{status = "won"}`, ""}, {"cycle", year + ` and status = "won"`, "median:cycle_days", ""},
	} {
		m, err := ask(x.filter, x.measure)
		if err != nil {
			return err
		}
		f := chart.Figure{Title: b.v.T("web.report.number." + x.key), Text: b.text(m), Note: b.v.T("web.report.number.note." + x.key), URL: "/deals?filter=" + url.QueryEscape(x.filter)}
		if x.key == "rate" {
			if d, ok := m.Value.(decimal.Decimal); ok {
				f.Text = b.v.Percent(d.Shift(2), 1)
			}
		}
		if x.key == "cycle" && m.Value != nil {
			f.Text = b.v.Days(int(size(m)))
		}
		if x.than != "" {
			other, err := ask(x.than, x.measure)
			if err != nil {
				return err
			}
			b.change(&f, size(m), size(other))
		}
		b.numbers = append(b.numbers, f)
	}
	return nil
}

// openDeals is the condition of being open: by its stage where that may be read,
// since sums by stage are kept.
func openDeals(s *record.Session) string {
	const byStage = `stage.kind = "open"`
	if o, err := s.Object("deal"); err == nil {
		if _, err := s.Check(o, byStage, expr.Bool); err == nil {
			return byStage
		}
	}
	return `status = "open"`
}

// change says how a figure stands to the one before, with sign and word.
func (b *board) change(f *chart.Figure, now, before float64) {
	if before <= 0 {
		return
	}
	percent := decimal.NewFromFloat((now - before) / before * 100)
	switch {
	case now > before:
		f.Up, f.Note = true, b.v.T("web.report.number.more", "percent", b.v.Percent(percent, 0))
	case now < before:
		f.Down, f.Note = true, b.v.T("web.report.number.less", "percent", b.v.Percent(percent.Neg(), 0))
	default:
		f.Note = b.v.T("web.report.number.same")
	}
}

func (b *board) text(m record.Measure) string {
	switch x := told(m).(type) {
	case value.Money:
		return b.v.MoneyShort(x)
	case int64:
		return b.v.Int(x)
	case decimal.Decimal:
		return b.v.Number(x, 0, 1)
	}
	return b.v.T("web.report.none")
}
