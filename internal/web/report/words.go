package report

import (
	"github.com/shopspring/decimal"

	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/chart"
)

// axis writes round figures beside the chart.
func (t *sheet) axis(col int) func(float64) string {
	currency := ""
	for _, r := range t.Table.Rows {
		if m, ok := report.Told(r.Values[col]).(value.Money); ok {
			currency = m.Currency
			break
		}
	}
	rate, other := t.Rate(col), chart.Amounts(t.v, currency)
	return func(n float64) string {
		if rate {
			return t.v.Percent(decimal.NewFromFloat(n).Shift(2), 0)
		}
		return other(n)
	}
}

// mailed is the page on which the report, of the period it shows, is sent by mail.
func (t *sheet) mailed(name string) string {
	to := "/schedules?of=report:" + name
	if t.scope.dated && t.scope.Period != report.Dates {
		to += "&period=" + t.scope.Period
	}
	return to
}

// unknown names the figures that are not known of the day looked back to.
func (t *sheet) unknown() string {
	var names []string
	for _, c := range t.Table.Unknown {
		names = append(names, t.Column(c))
	}
	if len(names) == 0 {
		return ""
	}
	return t.v.List(names)
}
