package bench

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// Past is the plan of a company whose deals have a history: the same people and
// customers, and deals that began within two years before a day, went from stage
// to stage of one of several pipelines, were worth other amounts and put off.
type Past struct {
	Plan
	Today value.Date
}

// lifeDays is for how long deals have begun.
const lifeDays = 730

// lifeStages are the stages of each pipeline; before lifeWon they are open.
var lifeStages = []struct {
	name, kind, forecast string
	chance               int64
}{
	{"Talk", sales.Open, sales.InPipeline, 10}, {"Demo", sales.Open, sales.InPipeline, 30}, {"Offer", sales.Open, sales.BestCase, 60},
	{"Contract", sales.Open, sales.Commit, 80}, {"Won", sales.Won, sales.Closed, 100}, {"Lost", sales.Lost, sales.Omitted, 0},
}

const (
	lifeWon       = 4 // in lifeStages
	lifeLost      = 5
	lifePipelines = 3
)

// Life is what a deal went through.
type Life struct {
	Pipeline int
	Currency string
	Steps    []Step // the first is its beginning
}

// Step is a deal from a moment on.
type Step struct {
	At    time.Time
	Stage int
	Minor int64
	Close value.Date
}

// last is the deal as it is.
func (l Life) last() Step { return l.Steps[len(l.Steps)-1] }

// moved says how often the close date of a deal was moved, and by how many days.
func (l Life) moved() (times, days int64) {
	for i := 1; i < len(l.Steps) && l.Steps[i].Stage < lifeWon; i++ {
		if by := l.Steps[i].Close - l.Steps[i-1].Close; by != 0 {
			times, days = times+1, days+int64(by)
		}
	}
	return times, days
}

// Life of deal n. Two of five are won, and one of seven goes on for ever, put off
// from month to month.
func (p Past) Life(n int) Life {
	r := rand.New(rand.NewPCG(uint64(n), 24))
	began := p.Today.AddDays(-1 - r.IntN(lifeDays))
	l := Life{Pipeline: r.IntN(lifePipelines), Currency: lifeCurrencies[r.IntN(len(lifeCurrencies))]}
	at := Step{At: began.Time(time.UTC).Add(8*time.Hour + time.Duration(r.IntN(600))*time.Minute), Minor: p.Deal(n).Amount.Minor, Close: began.AddDays(45)}
	won, stays, furthest := r.IntN(5) < 2, r.IntN(7) == 0, r.IntN(lifeWon)
	if won && !stays {
		furthest = lifeWon - 1
	}
	for {
		l.Steps = append(l.Steps, at)
		at.At = at.At.Add(time.Duration(3+r.IntN(25)) * 24 * time.Hour)
		if !at.At.Before(p.Today.Time(time.UTC)) {
			return l
		}
		if at.Stage == furthest {
			break
		}
		at.Stage++
		if r.IntN(3) == 0 {
			at.Close = at.Close.AddDays(14)
		}
		if r.IntN(4) == 0 {
			at.Minor += at.Minor / 10
		}
	}
	if stays {
		at.Close = p.Today.AddDays(r.IntN(211) - 30)
	} else {
		at.Close, at.Stage = value.DateOf(at.At, time.UTC), lifeLost
		if won {
			at.Stage = lifeWon
		}
	}
	l.Steps = append(l.Steps, at)
	return l
}

// inOrder are the numbers of all deals in the order in which they began.
func (p Past) inOrder() []int {
	list, began := make([]int, p.Deals), make([]int64, p.Deals+1)
	for i := range list {
		list[i] = i + 1
		began[i+1] = p.Life(i + 1).Steps[0].At.UnixMilli()
	}
	slices.SortFunc(list, func(a, b int) int { return cmp.Or(cmp.Compare(began[a], began[b]), cmp.Compare(a, b)) })
	return list
}

// lifeCurrencies are drawn from: seven of ten deals are in the company's own.
var lifeCurrencies = []string{"EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "USD", "USD", "GBP"}

// rate of a currency so many months ago.
func (p Past) rate(currency string, months int) (day value.Date, rate decimal.Decimal) {
	base := map[string]int64{"USD": 920, "GBP": 1170}[currency]
	return p.Today.MonthStart().AddMonths(-months), decimal.New(base+5*int64(months%5), -3)
}
