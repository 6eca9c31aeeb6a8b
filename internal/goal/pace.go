package goal

import (
	"github.com/shopspring/decimal"

	"wellmet/internal/hours"
	"wellmet/internal/value"
)

// Pace is how much of a period's working time is gone: the days on which the
// company works.
type Pace struct{ Days, Gone, Left int }

// paceOf counts working days. Today is not gone yet.
func paceOf(cal *hours.Calendar, d Days, today value.Date) Pace {
	p := Pace{}
	for day := d.First; day <= d.Last; day++ {
		if !cal.Business(day) {
			continue
		}
		p.Days++
		if day < today {
			p.Gone++
		}
	}
	p.Left = p.Days - p.Gone
	return p
}

// due is how much of a target should be there by now.
func (p Pace) due(target int64) (int64, bool) {
	if p.Days == 0 {
		return 0, false
	}
	return times(target, p.Gone, p.Days), true
}

// times is n × part / of, rounded to the nearest, without running over.
func times(n int64, part, of int) int64 {
	return decimal.NewFromInt(n).Mul(decimal.NewFromInt(int64(part))).DivRound(decimal.NewFromInt(int64(of)), 0).IntPart()
}

// percent is a share with one digit; false of nothing.
func percent(n, of int64) (decimal.Decimal, bool) {
	if of == 0 {
		return decimal.Decimal{}, false
	}
	return decimal.NewFromInt(n).Mul(decimal.NewFromInt(100)).DivRound(decimal.NewFromInt(of), 1), true
}
