package record

import (
	"fmt"
	"strings"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// maxBuckets is how many periods one grouping may span (engine decision 11);
// beyond that nobody reads the answer, and a coarser period serves.
const maxBuckets = 400

// bucket is a calendar period that days and moments are grouped by.
type bucket string

// The periods. Weeks begin on Monday; fiscal ones at the workspace's month.
const (
	byDay           bucket = "day"
	byWeek          bucket = "week"
	byMonth         bucket = "month"
	byQuarter       bucket = "quarter"
	byYear          bucket = "year"
	byFiscalQuarter bucket = "fiscal_quarter"
	byFiscalYear    bucket = "fiscal_year"
)

var bucketNames = []bucket{byDay, byWeek, byMonth, byQuarter, byYear, byFiscalQuarter, byFiscalYear}

// start is the first day of the period that holds the day.
func (b bucket) start(d value.Date, fiscal time.Month) value.Date {
	switch b {
	case byWeek:
		return d.WeekStart(time.Monday)
	case byMonth:
		return d.MonthStart()
	case byQuarter:
		return d.QuarterStart(time.January)
	case byYear:
		return d.YearStart(time.January)
	case byFiscalQuarter:
		return d.QuarterStart(fiscal)
	case byFiscalYear:
		return d.YearStart(fiscal)
	}
	return d
}

// next is the first day of the period after the one that begins on d.
func (b bucket) next(d value.Date) value.Date {
	switch b {
	case byWeek:
		return d.AddDays(7)
	case byMonth:
		return d.AddMonths(1)
	case byQuarter, byFiscalQuarter:
		return d.AddMonths(3)
	case byYear, byFiscalYear:
		return d.AddMonths(12)
	}
	return d.AddDays(1)
}

// label names the period that begins on d in neutral text: 2026-Q4, 2026-W47.
// A fiscal year has the name of the calendar year it ends in, and is marked as one
// where it is not that.
func (b bucket) label(d value.Date, fiscal time.Month) string {
	year, month, _ := d.Civil()
	switch b {
	case byWeek:
		y, w := d.Time(time.UTC).ISOWeek()
		return fmt.Sprintf("%d-W%02d", y, w)
	case byMonth:
		return fmt.Sprintf("%04d-%02d", year, month)
	case byQuarter:
		return fmt.Sprintf("%04d-Q%d", year, (month-1)/3+1)
	case byYear:
		return fmt.Sprintf("%04d", year)
	case byFiscalQuarter:
		if fiscal <= time.January {
			return byQuarter.label(d, fiscal)
		}
		first := d.YearStart(fiscal)
		fy, m, _ := first.Civil()
		months := (year-fy)*12 + int(month-m)
		return fmt.Sprintf("FY%s-Q%d", fiscalYear(first), months/3+1)
	case byFiscalYear:
		if fiscal <= time.January {
			return byYear.label(d, fiscal)
		}
		return "FY" + fiscalYear(d)
	}
	return d.String()
}

func fiscalYear(first value.Date) string {
	year, _, _ := first.AddMonths(12).AddDays(-1).Civil()
	return fmt.Sprintf("%04d", year)
}

// boundaries are the first days of all periods from the one that holds low to
// the one that holds high, and of the one after.
func (b bucket) boundaries(low, high value.Date, fiscal time.Month) ([]value.Date, error) {
	days := []value.Date{b.start(low, fiscal)}
	for last := days[0]; last <= high; {
		next := b.next(last)
		if next <= last || len(days) > maxBuckets {
			return nil, fault.New(fault.TooLarge, "aggregate.too_many_buckets", fault.Args{
				"bucket": string(b), "from": low.String(), "to": high.String(), "max": maxBuckets})
		}
		days = append(days, next)
		last = next
	}
	return days, nil
}

// bucketSQL writes the number of the period that a day or moment falls into,
// as a balanced tree of comparisons: nine for 400 periods, the same on both
// databases, and no join that a planner could turn around.
func bucketSQL(sql string, days []value.Date, moment bool, zone *time.Location, args *expr.Args) string {
	bounds := make([]string, len(days)-1) // bounds[i] begins period i; the first is open
	for i := range bounds {
		if i == 0 {
			continue
		}
		if moment {
			bounds[i] = args.Add(days[i].Time(zone).UnixMilli(), "bigint")
		} else {
			bounds[i] = args.Add(days[i], "date")
		}
	}
	var b strings.Builder
	b.WriteString("CASE WHEN " + sql + " IS NOT NULL THEN ")
	writeTree(&b, sql, bounds, 0, len(bounds))
	b.WriteString(" END")
	return b.String()
}

func writeTree(b *strings.Builder, sql string, bounds []string, from, to int) {
	if to-from == 1 {
		fmt.Fprint(b, from)
		return
	}
	middle := (from + to) / 2
	b.WriteString("CASE WHEN " + sql + " < " + bounds[middle] + " THEN ")
	writeTree(b, sql, bounds, from, middle)
	b.WriteString(" ELSE ")
	writeTree(b, sql, bounds, middle, to)
	b.WriteString(" END")
}
