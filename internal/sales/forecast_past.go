package sales

import (
	"context"
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Where the figures of a past day's forecast come from.
const (
	FromSnapshot = "snapshot" // kept when the day had ended
	FromMadeUp   = "made_up"  // kept later, for a day on which the server was down
	FromHistory  = "history"  // worked out now from what the deals were then
)

// today is the day as of which the forecast is told: of a day that has ended it
// is the one after.
func (q ForecastQuery) today(s *record.Session) value.Date {
	if q.AsOf.IsZero() {
		return s.Today()
	}
	return value.DateOf(q.AsOf.Add(time.Millisecond), s.Env().Zone)
}

// snapshotOf is the day whose snapshot answers the question; false where none
// can: they are kept for ends of days, by owner and month, and for so many months
// ahead. Who may not read all deals is answered from history, which knows his
// rights deal by deal.
func (x *foresight) snapshotOf() (value.Date, bool) {
	q, s := x.q, x.s
	if q.AsOf.IsZero() || q.By != ByTeam || q.Pipeline != 0 {
		return 0, false
	}
	zone, o := s.Env().Zone, s.Schema().MustObject(Deals.Name)
	day := value.DateOf(q.AsOf, zone)
	first := value.PeriodOf(value.Quarter, day, time.Month(s.Settings().FiscalStart)).First()
	whole := q.From == q.From.MonthStart() && q.To.AddDays(1) == q.To.AddDays(1).MonthStart()
	ended := x.f.Today == day.AddDays(1)
	return day, ended && whole && q.From >= first && q.To < first.AddMonths(ahead) &&
		seesAll(s, o) && seesFields(s, o, keptFields...) == nil
}

// lookUp takes the figures from the snapshot of the day, if it is kept. What
// stands apart is worked out from history in any case.
func (x *foresight) lookUp(ctx context.Context) (found bool, err error) {
	if x.q.AsOf.IsZero() {
		return false, nil
	}
	x.f.Source = FromHistory
	day, ok := x.snapshotOf()
	if !ok {
		return false, nil
	}
	var made int64
	if found, err = x.s.Tx().Row(ctx, `SELECT made_up FROM {forecast_day} WHERE day = $1`, []any{day}, &made); err != nil || !found {
		return false, err
	}
	if x.f.Source = FromSnapshot; made != 0 {
		x.f.Source = FromMadeUp
	}
	rows, err := x.s.Tx().Query(ctx, `SELECT owner_id, class, currency, CAST(sum(n) AS bigint), CAST(sum(amount) AS bigint), CAST(sum(base) AS bigint), CAST(sum(weighted) AS bigint), CAST(sum(missing) AS bigint)
		FROM {forecast_snapshot} WHERE day = $1 AND month >= $2 AND month <= $3 GROUP BY owner_id, class, currency`, day, x.q.From, x.q.To)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	mine := owns(x.s, x.q)
	for rows.Next() {
		owner, _ := rows.ID(0)
		class, _ := rows.Text(1)
		currency, _ := rows.Text(2)
		var n [5]int64
		for i := range n {
			n[i], _ = rows.Int(3 + i)
		}
		if class = strings.Clone(class); class == Past || !mine(owner) {
			continue
		}
		c := x.cellOf(strings.Clone(currency), n)
		x.put(owner, "", class, c)
	}
	return true, rows.Err()
}

// cellOf is a row of a snapshot: deals, amount, amount in the company's currency,
// the same by probability, and how many had no rate.
func (x *foresight) cellOf(currency string, n [5]int64) ForecastCell {
	base := x.s.Settings().Currency
	c := ForecastCell{N: n[0], Amount: record.Measure{Value: value.Money{Minor: n[2], Currency: base}, Missing: n[4]}, Weighted: record.Measure{Value: value.Money{Minor: n[3], Currency: base}}}
	if currency != "" {
		c.Amount.Sums = []value.Money{{Minor: n[1], Currency: currency}}
	}
	return c
}
