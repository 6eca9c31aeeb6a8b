package sales

import (
	"slices"
	"sort"
	"strings"

	"wellmet/internal/store"
	"wellmet/internal/value"
)

// figure is what a span counts for, as long as it is not past.
func (x *Snapshots) figure(rows *store.Rows) snapFigure {
	owner, _ := rows.ID(3)
	close, _ := rows.Date(4)
	status, _ := rows.Text(5)
	forecast, _ := rows.Text(6)
	currency, _ := rows.Text(7)
	return snapFigure{owner, close.MonthStart(), classOf(x.word(status), x.word(forecast)), x.word(currency)}
}

// word is a text that outlives its row: there are few, and each is kept once.
func (x *Snapshots) word(text string) string {
	known, ok := x.words[text]
	if !ok {
		known = strings.Clone(text)
		x.words[known] = known
	}
	return known
}

// sumOf is what a span adds, as takeSnapshot sums it.
func sumOf(rows *store.Rows) snapSum {
	amount, some := rows.Int(8)
	base, valued := rows.Int(9)
	chance, _ := rows.Int(10)
	sum := snapSum{n: 1, amount: amount, base: base, weighted: base * chance / 10000}
	if some && !valued {
		sum.missing = 1
	}
	return sum
}

func (f snapSum) plus(by snapSum, sign int64) snapSum {
	return snapSum{f.n + sign*by.n, f.amount + sign*by.amount, f.base + sign*by.base, f.weighted + sign*by.weighted, f.missing + sign*by.missing}
}

// span counts a deal on the days on which it was such; an open one is past from the
// day on which it should have closed.
func (x *Snapshots) span(from, to int64, close value.Date, open bool, k snapFigure, sum snapSum) {
	begin, end := x.seen(k.month)
	begin = max(begin, sort.Search(len(x.days), func(i int) bool { return x.days[i].at >= from }))
	end = min(end, sort.Search(len(x.days), func(i int) bool { return x.days[i].at >= to }))
	late := len(x.days)
	if open {
		late = sort.Search(len(x.days), func(i int) bool { return x.days[i].day >= close })
	}
	x.step(begin, min(end, late), k, sum)
	k.class = Past
	x.step(max(begin, late), end, k, sum)
}

// seen are the days whose snapshots tell of a month.
func (x *Snapshots) seen(month value.Date) (begin, end int) {
	known, ok := x.months[month]
	if !ok {
		known[0] = sort.Search(len(x.days), func(i int) bool { return x.days[i].to >= month })
		known[1] = sort.Search(len(x.days), func(i int) bool { return x.days[i].from > month })
		x.months[month] = known
	}
	return known[0], known[1]
}

// step counts something from one day on and before another.
func (x *Snapshots) step(begin, end int, k snapFigure, sum snapSum) {
	if begin >= end {
		return
	}
	x.move(end-1, k, sum, 1)
	if begin > 0 {
		x.move(begin-1, k, sum, -1)
	}
}

func (x *Snapshots) move(day int, k snapFigure, sum snapSum, sign int64) {
	was, known := x.steps[day][k]
	if !known {
		x.count++
	}
	x.steps[day][k] = was.plus(sum, sign)
}

// relieve leaves the older half of the days to another reading when there are too
// many steps: the later ones do not stand on them.
func (x *Snapshots) relieve() {
	if x.count <= x.most || len(x.days) == 1 {
		return
	}
	half := len(x.days) / 2
	for _, steps := range x.steps[:half] {
		x.count -= len(steps)
	}
	x.days, x.steps = slices.Clone(x.days[half:]), slices.Clone(x.steps[half:])
	clear(x.months)
}
