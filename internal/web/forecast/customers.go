package forecast

import (
	"math"
	"net/url"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/web/chart"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// customers are those that each month made, had and lost.
type customers struct {
	place
	months []sales.CustomerMonth
}

func showCustomers(c *door.Call) error {
	x := &customers{}
	err := c.Read(func(s *record.Session) (err error) {
		if err = x.read(c, s, c.R.URL.Query()); err != nil {
			return err
		}
		x.months, err = sales.Customers(c.Ctx, s, x.query())
		return err
	}, store.Report)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.forecast.tab.customers"), Nav: home, Body: customersPage(x)})
}

func (x *customers) empty() bool {
	for _, m := range x.months {
		if m.New+m.Active+m.Lost > 0 {
			return false
		}
	}
	return true
}

func accounts(filter string) string {
	if filter == "" {
		return ""
	}
	return "/" + sales.CustomerObject.Plural + "?filter=" + url.QueryEscape(filter)
}

func (x *customers) point(n int64, filter string) chart.Point {
	return chart.Point{N: float64(n), Text: x.v.Int(n), URL: accounts(filter)}
}

// line is how many were active; bars are who came and who went.
func (x *customers) charts() (active, moved chart.Chart) {
	active = chart.Chart{View: x.v, Title: x.v.T("web.forecast.active"), Head: x.v.T("web.report.month"), Series: []chart.Series{{Name: x.v.T("web.forecast.active"), Color: chart.Open}}}
	moved = chart.Chart{View: x.v, Title: x.v.T("web.forecast.came_went"), Head: x.v.T("web.report.month"),
		Series: []chart.Series{{Name: x.v.T("web.forecast.new"), Color: chart.Won}, {Name: x.v.T("web.forecast.lost"), Color: chart.Lost}}}
	active.Axis = func(n float64) string { return x.v.NumberShort(decimal.NewFromFloat(n)) }
	moved.Axis = func(n float64) string { return x.v.NumberShort(decimal.NewFromFloat(math.Abs(n))) }
	for _, m := range x.months {
		name := x.v.MonthShort(m.Month)
		if m.Projected {
			name += " *"
		}
		active.Cats, moved.Cats = append(active.Cats, name), append(moved.Cats, name)
		active.Series[0].Points = append(active.Series[0].Points, x.point(m.Active, m.ActiveFilter))
		moved.Series[0].Points = append(moved.Series[0].Points, x.point(m.New, m.NewFilter))
		gone := x.point(m.Lost, m.LostFilter)
		gone.N = -gone.N // they hang below
		moved.Series[1].Points = append(moved.Series[1].Points, gone)
	}
	return active, moved
}
