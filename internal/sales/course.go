package sales

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// What is shown around a forecast, by its pages and the API alike.
const (
	// JudgedPeriods is how many past periods are judged.
	JudgedPeriods = 4
	// CashMonths is how many months of money there are.
	CashMonths = 12
	// customerMonths are told of customers, and aheadMonths projected.
	customerMonths = 18
	aheadMonths    = 6
)

// Course is how the forecast of a period went, day by day: from a month before
// it until it ended, or today.
func Course(ctx context.Context, s *record.Session, q ForecastQuery) ([]ForecastDay, error) {
	return Moves(ctx, s, q, q.From.AddDays(-31), min(q.To, s.Today()))
}

// FirstMonth is the one from which money is told of: two before the period, so
// that what is late stands beside what is due.
func (q ForecastQuery) FirstMonth() value.Date { return q.From.AddMonths(-2) }

// Customers are those of the last months, with some to come.
func Customers(ctx context.Context, s *record.Session, q ForecastQuery) ([]CustomerMonth, error) {
	return Growth(ctx, s, q, customerMonths, aheadMonths)
}
