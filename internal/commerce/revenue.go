package commerce

import (
	"cmp"
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// stream is one of the ways in which money is told, by its own day.
type stream struct {
	column      report.Column
	object, day string
	filter      string
	measure     string
}

// streams are how money goes from a won deal to the bank.
var streams = []stream{
	{report.Column{Name: "won_revenue", Title: "Won revenue", Adds: true}, sales.Deals.Name, sales.DealCloseDate.Name(), `status = "won"`, "sum:amount"},
	{report.Column{Name: "signed_sum", Title: "Signed", Adds: true}, Contracts.Name, ContractSignedOn.Name(), Binding, "sum:total"},
	{report.Column{Name: "planned_sum", Title: "Planned", Adds: true}, PlanLines.Name, PlanDueOn.Name(), OfBinding, "sum:amount"},
	{report.Column{Name: "receipts_sum", Title: "Received", Adds: true}, Receipts.Name, ReceiptReceivedOn.Name(), "reversed_on is empty", "sum:amount"},
}

func revenueAndReceipts() report.Spec {
	return report.Spec{Name: "revenue-and-receipts", Title: "Revenue and receipts by month", Object: Contracts.Name, Period: ContractSignedOn.Name(), Run: moneyByMonth,
		Help: "Month by month what was won, what was signed, what was due and what came in, each by its own day: the same money in its course, so the figures of a line add up to nothing. Contracts, plans and receipts have their tax."}
}

// moneyByMonth sets the streams beside each other. What the reader may not see, or
// what his condition does not fit, is left out.
func moneyByMonth(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	t := &report.Table{Object: Contracts.Name, Groups: []string{ContractSignedOn.Name() + ":month"}, Rows: []report.Row{}, Total: &report.Row{}}
	at, left := map[any]int{}, error(nil)
	for _, x := range streams {
		r, err := x.byMonth(ctx, s, p)
		if f, known := fault.As(err); known && (f.Kind == fault.Invalid || f.Kind == fault.Forbidden || f.Kind == fault.NotFound) {
			left = err
			continue
		}
		if err != nil {
			return nil, err
		}
		addStream(t, at, x, r)
	}
	if len(t.Columns) == 0 {
		return nil, left
	}
	for i := range t.Rows {
		widen(&t.Rows[i], len(t.Columns))
	}
	slices.SortFunc(t.Rows, func(a, b report.Row) int { return cmp.Compare(monthOf(a), monthOf(b)) })
	if left != nil {
		t.Notes = []report.Note{{Text: i18n.Text(i18n.FormatFor(s.Who().Locale).Language(), "commerce.streams_left", nil)}}
	}
	return t, nil
}

// byMonth sums a stream by the months of its day.
func (x stream) byMonth(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	spec := report.Spec{Object: x.object, Filter: x.filter, Group: []string{x.day + ":month"}, Period: x.day, Columns: []report.Column{{Measure: x.measure}}}
	return spec.Table(ctx, s, report.Params{From: p.From, To: p.To, Filter: p.Filter, Export: p.Export})
}

// addStream puts a stream's sums into a column of their own, at the row of their
// month.
func addStream(t *report.Table, at map[any]int, x stream, sums *report.Table) {
	n := len(t.Columns)
	t.Columns, t.More = append(t.Columns, x.column), t.More || sums.More
	for _, r := range sums.Rows {
		i, ok := at[r.Keys[0]]
		if !ok {
			i = len(t.Rows)
			at[r.Keys[0]], t.Rows = i, append(t.Rows, report.Row{Keys: r.Keys, Labels: r.Labels})
		}
		widen(&t.Rows[i], n)
		put(&t.Rows[i], x, r)
	}
	widen(t.Total, n)
	put(t.Total, x, *sums.Total)
}

// put adds a figure with the list behind it.
func put(to *report.Row, x stream, r report.Row) {
	to.Values = append(to.Values, r.Values[0])
	to.Behind = append(to.Behind, report.Behind{Object: x.object, Filter: r.Filter})
}

// widen leaves the figures empty that a row has not.
func widen(r *report.Row, n int) {
	for len(r.Values) < n {
		r.Values, r.Behind = append(r.Values, record.Measure{}), append(r.Behind, report.Behind{})
	}
}

// monthOf is the month of a row; what has no day comes first.
func monthOf(r report.Row) value.Date {
	d, _ := r.Keys[0].(value.Date)
	return d
}
