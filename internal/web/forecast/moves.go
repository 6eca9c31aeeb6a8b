package forecast

import (
	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/chart"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// moves is how the forecast of a period went, and how the last ones did.
type moves struct {
	place
	days     []sales.ForecastDay
	judged   []sales.Judged
	backs    []sales.Back
	currency string
}

func showMoves(c *door.Call) error {
	x := &moves{}
	err := c.Read(func(s *record.Session) (err error) {
		if err = x.read(c, s, c.R.URL.Query()); err != nil {
			return err
		}
		q := x.query()
		x.currency = s.Settings().Currency
		if x.days, err = sales.Course(c.Ctx, s, q); err != nil {
			return err
		}
		if x.judged, err = sales.Accuracy(c.Ctx, s, q, sales.JudgedPeriods); err != nil {
			return err
		}
		x.backs, err = sales.Backs(c.Ctx, s)
		return err
	}, store.Report)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.forecast.tab.moves"), Nav: home, Body: movesPage(x)})
}

func (x *moves) money(minor int64) string {
	return x.v.MoneyWhole(value.Money{Minor: minor, Currency: x.currency})
}

func (x *moves) point(minor int64) chart.Point {
	m := value.Money{Minor: minor, Currency: x.currency}
	return chart.Point{N: m.Decimal().InexactFloat64(), Text: x.v.MoneyWhole(m)}
}

// mostDays is how many days a line shows one by one; longer periods skip.
const mostDays = 30

// line is how the figures moved from day to day.
func (x *moves) line() chart.Chart {
	c := chart.Chart{View: x.v, Title: x.v.T("web.forecast.moved"), Head: x.v.T("web.forecast.day"), Axis: chart.Amounts(x.v, x.currency),
		Series: []chart.Series{{Name: x.word(sales.Closed), Color: chart.Won}, {Name: x.v.T("web.forecast.number.committed"), Color: chart.Open}, {Name: x.v.T("web.forecast.number.weighted"), Color: 4}}}
	step := max(1, (len(x.days)+mostDays-1)/mostDays)
	for i, d := range x.days {
		if (len(x.days)-1-i)%step != 0 {
			continue
		}
		c.Cats = append(c.Cats, x.v.DateNear(d.Day, x.today))
		for j, minor := range []int64{d.Classes[sales.Closed], d.Committed(), d.Weighted} {
			c.Series[j].Points = append(c.Series[j].Points, x.point(minor))
		}
	}
	return c
}

func (x *moves) word(class string) string { return x.v.T("web.forecast.class." + class) }

// madeUp is how many of the days nobody kept when they ended.
func (x *moves) madeUp() (n int) {
	for _, d := range x.days {
		if d.MadeUp {
			n++
		}
	}
	return n
}

// off is how far a forecast was from what came.
func (x *moves) off(said, actual int64) string {
	if actual == 0 {
		return "–"
	}
	return x.v.Percent(decimal.NewFromInt((said-actual)*100).DivRound(decimal.NewFromInt(actual), 0), 0)
}

// hits is how many of the past periods came as their range said.
func (x *moves) hits() (n int) {
	for _, b := range x.backs {
		if b.Hit() {
			n++
		}
	}
	return n
}
