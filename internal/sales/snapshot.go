package sales

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Snapshots are what the forecast was at the end of each day: a row for each
// owner, month of closing, class and currency. They are made each night from the
// spans of deals; those of days on which the server was down are made up later,
// from the same spans, and marked so.

// ahead is how many months from the running quarter on are kept of a day.
const ahead = 9

// madeUpFor is how far back days that were missed are made up.
const madeUpFor = 400

// Snapshot is what the forecast was at the end of a day, read and not yet kept.
type Snapshot struct {
	day    value.Date
	madeUp bool
	rows   [][]any
	begun  bool
}

// keptAtOnce is how many rows of a snapshot one transaction writes: few enough
// that nobody who writes waits for long.
const keptAtOnce = 500

// Keep writes the next rows of a snapshot, and tells whether there are more. The
// day counts as kept with the last of them and not before, so that a crash begins it
// anew.
func (x *Snapshot) Keep(ctx context.Context, s *record.Session) (more bool, err error) {
	for _, table := range []string{"forecast_snapshot", "forecast_day"} {
		if x.begun {
			break
		}
		if _, err := s.Tx().Exec(ctx, `DELETE FROM {`+table+`} WHERE day = $1`, x.day); err != nil {
			return false, err
		}
	}
	n := min(len(x.rows), keptAtOnce)
	if _, err := s.Tx().ExecRows(ctx, `INSERT INTO {forecast_snapshot} (day, owner_id, month, class, currency, n, amount, base, weighted, missing) VALUES`, 10, x.rows[:n], ""); err != nil {
		return false, err
	}
	if n < len(x.rows) {
		return true, nil
	}
	made := int64(0)
	if x.madeUp {
		made = 1
	}
	_, err = s.Tx().Exec(ctx, `INSERT INTO {forecast_day} (day, made_up) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET made_up = excluded.made_up`, x.day, made)
	return false, err
}

// Kept goes on behind the rows that Keep has written and that are committed.
func (x *Snapshot) Kept() {
	x.begun, x.rows = true, x.rows[min(len(x.rows), keptAtOnce):]
}

// missedDays are those without a snapshot, the latest first: every day since
// the first that was kept in its time and of the running quarter, and before it those by which the
// forecasts of quarters are judged.
func missedDays(ctx context.Context, s *record.Session, last value.Date) (days []value.Date, err error) {
	rows, err := s.Tx().Query(ctx, `SELECT day, made_up FROM {forecast_day} WHERE day > $1 ORDER BY day`, last.AddDays(-madeUpFor))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	have := map[value.Date]bool{}
	first := last
	for rows.Next() {
		d, _ := rows.Date(0)
		have[d] = true
		if made, _ := rows.Int(1); made == 0 {
			first = min(first, d)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var began int64
	known, err := s.Tx().Row(ctx, `SELECT from_ms FROM {span_deal} ORDER BY from_ms LIMIT 1`, nil, &began)
	if err != nil || !known {
		return nil, err
	}
	oldest := max(value.DateOf(time.UnixMilli(began), s.Env().Zone), last.AddDays(-madeUpFor))
	judged := judgedDays(s, last)
	// The running quarter is kept day by day, also that of the first night.
	first = min(first, value.PeriodOf(value.Quarter, last, time.Month(s.Settings().FiscalStart)).First().AddDays(-1))
	for d := last; d >= oldest; d = d.AddDays(-1) {
		if !have[d] && (d >= first || slices.Contains(judged, d)) {
			days = append(days, d)
		}
	}
	return days, nil
}

// judged are how many days before the end of a period its forecast is looked at.
var judged = []int{90, 60, 30, 0}

func judgedDays(s *record.Session, last value.Date) (days []value.Date) {
	p := value.PeriodOf(value.Quarter, last, time.Month(s.Settings().FiscalStart))
	for range madeUpFor / 90 {
		p = p.Prev()
		for _, n := range judged {
			days = append(days, p.Last().AddDays(-n))
		}
	}
	return days
}

// snapFigure is what one row of a snapshot is of.
type snapFigure struct {
	owner    value.ID
	month    value.Date
	class    string
	currency string
}

type snapSum struct{ n, amount, base, weighted, missing int64 }

// snapWindow is what a snapshot of a day is of: the deals that close from one day
// to another, as they were at its last moment.
type snapWindow struct {
	day, from, to value.Date
	at            int64
}

func windowOf(s *record.Session, day value.Date) snapWindow {
	from := value.PeriodOf(value.Quarter, day, time.Month(s.Settings().FiscalStart)).First()
	return snapWindow{day: day, from: from, to: from.AddMonths(ahead).AddDays(-1), at: day.AddDays(1).Time(s.Env().Zone).UnixMilli() - 1}
}

// takeSnapshot reads what the forecast was at the end of a day.
func takeSnapshot(ctx context.Context, s *record.Session, day value.Date) (*Snapshot, error) {
	w := windowOf(s, day)
	rows, err := s.Tx().Query(ctx, `SELECT owner_id, close_date, status, forecast, amount_c, count(*), CAST(sum(amount) AS bigint), CAST(sum(amount_b) AS bigint),
			CAST(sum(amount_b * coalesce(probability, 0) / 10000) AS bigint), CAST(sum(CASE WHEN amount IS NOT NULL AND amount_b IS NULL THEN 1 ELSE 0 END) AS bigint)
		FROM {span_deal} WHERE from_ms <= $1 AND to_ms > $2 AND close_date >= $3 AND close_date <= $4 AND status IN ('open', 'won')
		GROUP BY owner_id, close_date, status, forecast, amount_c`, w.at, w.at, w.from, w.to)
	if err != nil {
		return nil, err
	}
	sums, err := snapSums(rows, day)
	if err != nil {
		return nil, err
	}
	return newSnapshot(day, sums), nil
}

func newSnapshot(day value.Date, sums map[snapFigure]snapSum) *Snapshot {
	x := &Snapshot{day: day, rows: make([][]any, 0, len(sums))}
	for k, f := range sums {
		x.rows = append(x.rows, []any{day, k.owner, k.month, k.class, k.currency, f.n, f.amount, f.base, f.weighted, f.missing})
	}
	return x
}

func snapSums(rows *store.Rows, day value.Date) (map[snapFigure]snapSum, error) {
	defer rows.Close()
	sums := map[snapFigure]snapSum{}
	for rows.Next() {
		owner, _ := rows.ID(0)
		close, _ := rows.Date(1)
		status, _ := rows.Text(2)
		forecast, _ := rows.Text(3)
		currency, _ := rows.Text(4)
		class := classOf(string([]byte(status)), string([]byte(forecast)))
		if status == Open && close <= day { // the day has ended
			class = Past
		}
		k := snapFigure{owner, close.MonthStart(), class, string([]byte(currency))}
		x := sums[k]
		for i, to := range []*int64{&x.n, &x.amount, &x.base, &x.weighted, &x.missing} {
			n, _ := rows.Int(5 + i)
			*to += n
		}
		sums[k] = x
	}
	return sums, rows.Err()
}

// keptFields are what kept figures are of: who may not see one of them is told none.
var keptFields = []string{DealAmount.Name(), DealCloseDate.Name(), DealStatus.Name(), DealForecast.Name()}

// ForecastDay is what the forecast of a period was at the end of a day, in the
// company's currency.
type ForecastDay struct {
	Day     value.Date
	MadeUp  bool
	Classes map[string]int64
	// Weighted is the open deals by their probability, and the closed ones whole.
	Weighted int64
	Missing  int64
}

// Committed is what is closed and committed.
func (m ForecastDay) Committed() int64 { return m.Classes[Closed] + m.Classes[Commit] }

// Moves are how the forecast of a period went, day by day, for the people asked
// for and may be read: first and last say which days.
func Moves(ctx context.Context, s *record.Session, q ForecastQuery, first, last value.Date) (list []ForecastDay, err error) {
	o, err := s.Object(Deals.Name)
	if err == nil {
		err = seesFields(s, o, keptFields...)
	}
	if err != nil {
		return nil, err
	}
	mine := owns(s, q)
	all := q.Person == 0 && q.Team == 0 && seesAll(s, o)
	rows, err := s.Tx().Query(ctx, `SELECT d.day, d.made_up, x.owner_id, x.class, x.base, x.weighted, x.missing FROM {forecast_day} d
		LEFT JOIN {forecast_snapshot} x ON x.day = d.day AND x.month >= $1 AND x.month <= $2
		WHERE d.day >= $3 AND d.day <= $4 ORDER BY d.day`, q.From.MonthStart(), q.To.MonthStart(), first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		day, _ := rows.Date(0)
		made, _ := rows.Int(1)
		owner, _ := rows.ID(2)
		class, some := rows.Text(3)
		if len(list) == 0 || list[len(list)-1].Day != day {
			list = append(list, ForecastDay{Day: day, MadeUp: made != 0, Classes: map[string]int64{}})
		}
		if !some || !all && !mine(owner) {
			continue
		}
		m := &list[len(list)-1]
		base, _ := rows.Int(4)
		weighted, _ := rows.Int(5)
		missing, _ := rows.Int(6)
		class = string([]byte(class))
		m.Classes[class] += base
		if !InFigures(class) {
			continue
		}
		m.Missing += missing
		if class == Closed {
			weighted = base
		}
		m.Weighted += weighted
	}
	return list, rows.Err()
}

// Judged is what the forecast of a past period was so many days before its end,
// beside what came.
type Judged struct {
	Period value.Period
	Days   []int // before the end
	Said   []int64
	Known  []bool
	Actual int64
}

// Accuracy answers how the last periods were forecast: what was closed and
// committed 90, 60, 30 and 0 days before their end, against what was won.
func Accuracy(ctx context.Context, s *record.Session, q ForecastQuery, periods int) (list []Judged, err error) {
	p := value.PeriodOf(value.Quarter, s.Today(), time.Month(s.Settings().FiscalStart))
	for range periods {
		p = p.Prev()
		of := q
		of.From, of.To = p.First(), p.Last()
		moves, err := Moves(ctx, s, of, p.Last().AddDays(-judged[0]), p.Last())
		if err != nil {
			return nil, err
		}
		j := Judged{Period: p, Days: judged}
		known := false
		for _, n := range judged {
			i := slices.IndexFunc(moves, func(m ForecastDay) bool { return m.Day == p.Last().AddDays(-n) })
			said := int64(0)
			if i >= 0 {
				said, known = moves[i].Committed(), true
				j.Actual = moves[i].Classes[Closed]
			}
			j.Said, j.Known = append(j.Said, said), append(j.Known, i >= 0)
		}
		if known {
			list = append(list, j)
		}
	}
	return list, nil
}
