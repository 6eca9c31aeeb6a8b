package forecast

import (
	"net/url"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/chart"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// cash is the money that comes in, month by month.
type cash struct {
	place
	c *commerce.Cash
}

func showCash(c *door.Call) error {
	x := &cash{}
	err := c.Read(func(s *record.Session) (err error) {
		if err = x.read(c, s, c.R.URL.Query()); err != nil {
			return err
		}
		x.c, err = commerce.CashOf(c.Ctx, s, x.query())
		return err
	}, store.Report)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.forecast.tab.cash"), Nav: home, Body: cashPage(x)})
}

// kinds are the columns, as their words go.
var cashKinds = []string{"won", "received", "due", "late", "booked", "bare", "expected"}

func figureOf(m commerce.CashMonth, kind string) commerce.CashFigure {
	return map[string]commerce.CashFigure{"won": m.Won, "received": m.Received, "due": m.Due, "late": m.Late, "booked": m.Booked, "bare": m.Bare, "expected": m.Expected}[kind]
}

func listOf(f commerce.CashFigure) string {
	return "/" + f.Object + "?filter=" + url.QueryEscape(f.Filter)
}

func none(f commerce.CashFigure) bool { return f.Sum.Value == nil && len(f.Sum.Sums) == 0 }

func (x *cash) empty() bool {
	for _, kind := range cashKinds {
		if !none(figureOf(x.c.Total, kind)) {
			return false
		}
	}
	return none(x.c.Overdue)
}

// bars stack what came in and what is to come, month by month.
func (x *cash) bars() chart.Chart {
	c := chart.Chart{View: x.v, Title: x.v.T("web.forecast.tab.cash"), Head: x.v.T("web.report.month")}
	colors := map[string]chart.Color{"received": chart.Won, "due": chart.Open, "booked": 4, "bare": 6, "expected": 3}
	for _, kind := range []string{"received", "due", "booked", "bare", "expected"} {
		s := chart.Series{Name: x.v.T("web.forecast.cash." + kind), Color: colors[kind]}
		for _, m := range x.c.Months {
			s.Points = append(s.Points, point(x.v, figureOf(m, kind).Sum))
		}
		c.Series = append(c.Series, s)
	}
	currency := ""
	for _, m := range x.c.Months {
		c.Cats = append(c.Cats, x.v.MonthShort(m.Month))
		if sum, ok := sales.AddMeasures(m.Received.Sum, m.Coming()).Value.(value.Money); ok {
			currency = sum.Currency
		}
	}
	if currency != "" {
		c.Axis = chart.Amounts(x.v, currency)
	}
	return c
}

func point(v *kit.View, m record.Measure) chart.Point {
	x, ok := m.Value.(value.Money)
	if !ok {
		return chart.Point{None: true, Text: "–"}
	}
	return chart.Point{N: x.Decimal().InexactFloat64(), Text: v.MoneyWhole(x)}
}

func (x *cash) missing() int64 {
	n := int64(0)
	for _, kind := range cashKinds {
		n = max(n, figureOf(x.c.Total, kind).Sum.Missing)
	}
	return n
}
