package sales

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// gapRates are what a person, or his team, measured in the last year.
type gapRates struct {
	won, closed, deals, leads, leadDeals, converted, calls, meetings, deeds int64
	// worth is what a won deal brings to the target on average, over those that
	// tell it.
	worth    value.Money
	told     int64
	cycle    decimal.Decimal
	hasCycle bool
	// The days since the first case of the year: who began last month has no pace
	// of a year yet.
	dealDays, madeDays, leadDays, deedDays int64
}

// own is how often the people of a target did what a step asks for, and over how
// many days.
func (x gapRates) own(kind string) (n, days int64) {
	switch kind {
	case StepWin:
		return x.won, x.dealDays
	case StepOpen:
		return x.deals, x.madeDays
	case StepLeads:
		return x.leads, x.leadDays
	case StepConvert:
		return x.converted, x.leadDays
	case StepMeet:
		return x.meetings, x.deedDays
	case StepCall:
		return x.calls, x.deedDays
	}
	return x.deeds, x.deedDays
}

// measure asks for the rates of the last year.
func (g *Gap) measure(ctx context.Context, s *record.Session) (x gapRates, err error) {
	worth := "amount"
	if g.Target.Measure == goal.Margin {
		worth = DealMargin.Name()
	}
	deals := g.among()
	closed, err := g.ask(ctx, s, Deals.Name, DealCloseDate.Name(), joinAnd(isClosed, deals), "min:close_date", "count{"+isWon+"}", "count", "median:cycle_days{"+isWon+"}",
		"avg:"+worth+"{"+isWon+"}", "count{"+isWon+" and "+worth+" is not empty}")
	if err != nil {
		return x, err
	}
	made, err := g.ask(ctx, s, Deals.Name, "created_at", deals, "min:created_at", "count")
	if err != nil {
		return x, err
	}
	leads, err := g.ask(ctx, s, Leads.Name, "created_at", "", "min:created_at", "count", "count{converted_deal is not empty}", "count{converted_at is not empty}")
	if err != nil {
		return x, err
	}
	at := activity.At.Name()
	deeds, err := g.ask(ctx, s, activity.Activities.Name, at, "done = true", "min:"+at, "count", `count{kind = "call"}`, `count{kind = "meeting"}`)
	if err != nil {
		return x, err
	}
	n := func(m record.Measure) int64 { v, _ := m.Value.(int64); return v }
	x = gapRates{won: n(closed[1]), closed: n(closed[2]), told: n(closed[5]), deals: n(made[1]), leads: n(leads[1]), leadDeals: n(leads[2]), converted: n(leads[3]),
		deeds: n(deeds[1]), calls: n(deeds[2]), meetings: n(deeds[3]),
		dealDays: daysSince(s, closed[0]), madeDays: daysSince(s, made[0]), leadDays: daysSince(s, leads[0]), deedDays: daysSince(s, deeds[0])}
	switch v := closed[3].Value.(type) {
	case int64:
		x.cycle, x.hasCycle = decimal.NewFromInt(v), true
	case decimal.Decimal:
		x.cycle, x.hasCycle = v, true
	}
	x.worth, _ = closed[4].Value.(value.Money)
	if product, ok := g.Target.Narrow[TargetProduct.Name()]; ok {
		return x, g.ofProduct(ctx, s, product, &x)
	}
	return x, nil
}

// ask measures the records of a year that the target's people own.
func (g *Gap) ask(ctx context.Context, s *record.Session, object, when, filter string, measures ...string) ([]record.Measure, error) {
	if _, err := s.Object(object); err != nil {
		return make([]record.Measure, len(measures)), nil // out of his sight: nothing to tell
	}
	res, err := s.Aggregate(ctx, record.Aggregate{Object: object, Filter: joinAnd(g.lately(s, when), filter), Measures: measures})
	if err != nil {
		return nil, err
	}
	return res.Total.Values, nil
}

// lately is the condition of what the target's people did in the last year.
func (g *Gap) lately(s *record.Session, when string) string {
	return joinAnd(fmt.Sprintf("%s >= date(%q)", when, s.Today().AddDays(-gapYear).String()), g.whose(s))
}

// among is the condition of the deals that a target is narrowed to.
func (g *Gap) among() string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(g.Target.Narrow)) {
		switch id := g.Target.Narrow[field]; field {
		case TargetPipeline.Name():
			parts = append(parts, fmt.Sprintf("%s = %q", DealPipeline.Name(), id))
		case TargetProduct.Name():
			parts = append(parts, fmt.Sprintf("any(lines, %s = %q)", LineProduct.Name(), id))
		}
	}
	return joinAnd(parts...)
}

// ofProduct sets what a won deal is worth to what its lines of a product are.
func (g *Gap) ofProduct(ctx context.Context, s *record.Session, product value.ID, x *gapRates) error {
	cond, err := beneathDeal(joinAnd(g.lately(s, DealCloseDate.Name()), isWon, g.among()))
	if err != nil {
		return err
	}
	res, err := s.Aggregate(ctx, record.Aggregate{Object: DealLines.Name, Filter: joinAnd(cond, fmt.Sprintf("%s = %q", LineProduct.Name(), product)), Measures: []string{"sum:amount"}})
	if err != nil {
		return err
	}
	x.told, x.worth = x.won, value.Money{}
	if sum, ok := res.Total.Values[0].Value.(value.Money); ok && x.won > 0 {
		x.worth = value.Money{Minor: sum.Minor / x.won, Currency: sum.Currency}
	}
	return nil
}

// daysSince are those from the first case of a year until today, as many as tell
// something of a pace at least.
func daysSince(s *record.Session, first record.Measure) int64 {
	days := int64(0)
	switch v := first.Value.(type) {
	case value.Date:
		days = int64(s.Today()-v) + 1
	case time.Time:
		days = int64(s.Today()-value.DateOf(v, time.UTC)) + 1
	}
	return min(max(days, fewDays), gapYear)
}

// judge says where no effort of the usual kind closes the gap in the days left.
func (g *Gap) judge(x gapRates, left int64) {
	money := g.Target.Measure == goal.WonRevenue || g.Target.Measure == goal.Margin
	if wins := money || g.Target.Measure == goal.WonDeals; wins {
		switch {
		case x.closed >= fewCases && x.won == 0:
			g.Hurdle, g.Args = HurdleNever, fault.Args{"count": x.closed}
			return
		case money && x.told >= fewWon && x.worth.Minor <= 0:
			g.Hurdle, g.Args = HurdleWorth, fault.Args{"count": x.told}
			return
		case x.hasCycle && x.won >= fewWon && x.cycle.GreaterThan(decimal.NewFromInt(left)):
			g.Hurdle, g.Args = HurdleCycle, fault.Args{"days": x.cycle.Round(0).IntPart(), "left": left}
			return
		}
	}
	for _, step := range g.Steps {
		if g.Hurdle == "" && !step.Unknown {
			g.keep(step, x, left)
		}
	}
}

// keep says where a step is many times what was done in such a time, or was hardly
// ever done: a few of it may be planned all the same.
func (g *Gap) keep(step GapStep, x gapRates, left int64) {
	few := int64(fewCases)
	if step.Kind == StepWin {
		few = fewWon
	}
	n, days := x.own(step.Kind)
	if n < few {
		if step.Need > few {
			g.Hurdle, g.Args = HurdleNew, fault.Args{"count": n, "need": step.Need}
		}
		return
	}
	times := decimal.NewFromInt(step.Need).Mul(decimal.NewFromInt(days)).DivRound(decimal.NewFromInt(n*left), 1)
	if times.GreaterThan(decimal.NewFromInt(mostTimes)) {
		g.Hurdle, g.Args = HurdlePace, fault.Args{"times": times.Ceil().IntPart()}
	}
}
