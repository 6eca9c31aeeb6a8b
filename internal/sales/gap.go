package sales

import (
	"context"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/goal"
	"wellmet/internal/hours"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// Gap is what is missing to a target, and what would close it at the rates that
// its own people had in the last year (R163).
type Gap struct {
	Target *goal.Target
	Board  *goal.Board
	Line   *goal.Line
	// Expected is what may be expected of open deals due in what is left of the
	// period; false where nobody can tell.
	Expected       int64
	HasExpected    bool
	ExpectedFilter string // the condition of the deals behind it
	Missing        int64  // target − reached − expected; 0 = it is closed
	// Unrated is how many amounts have no rate and are neither reached nor expected.
	Unrated int64
	Steps   []GapStep
	// Hurdle is why it cannot be closed that way, as the key of a text; "" = it can.
	Hurdle string
	Args   fault.Args
}

// GapStep is one thing that closes a gap: so many won deals, new ones, leads …
type GapStep struct {
	Kind string // StepWin, StepOpen …
	Need int64
	// Rate is what it follows from: the average won deal, or so many of these for
	// one of those before. Of is how many cases it was measured on.
	Average value.Money
	Rate    decimal.Decimal
	Of      int64
	// Unknown says that there were too few to tell; Wants is how many it takes.
	Unknown bool
	Wants   int64
	Due     value.Date
}

// The steps, in the order in which one follows from the other.
const (
	StepWin     = "win"
	StepOpen    = "open"
	StepLeads   = "leads"
	StepMeet    = "meetings"
	StepCall    = "calls"
	StepConvert = "convert"
	StepDo      = "activities"
)

// Why a gap cannot be closed by new deals.
const (
	HurdleOver  = "gap.over"  // the period is over
	HurdleDays  = "gap.days"  // no working day is left
	HurdleNever = "gap.never" // none of many deals was won
	HurdleCycle = "gap.cycle" // new deals take longer than is left
	HurdlePace  = "gap.pace"  // it is many times what was ever done
	HurdleNew   = "gap.new"   // it was hardly ever done, so that nobody can tell
	HurdleWorth = "gap.worth" // won deals brought nothing on average
)

const (
	gapYear   = 365 // days whose history is measured
	fewWon    = 5   // won deals until their average tells anything
	fewCases  = 10  // cases until a rate does
	fewDays   = 30  // days that a pace is measured over at least
	mostTimes = 3   // times the own pace of a year that nobody can keep
	mostNeed  = 1e12
)

// GapOf measures the gap of one target.
func GapOf(ctx context.Context, s *record.Session, room *goal.Room, target value.ID) (*Gap, error) {
	t, err := room.Target(ctx, s, target)
	if err != nil {
		return nil, err
	}
	p, err := t.Span(s)
	if err != nil {
		return nil, err
	}
	boards, err := room.Attainment(ctx, s, goal.Question{Period: p, Measure: t.Measure, Narrow: t.Narrow})
	if err != nil {
		return nil, err
	}
	g := &Gap{Target: t}
	for _, b := range boards {
		for _, l := range b.Lines {
			if l.Member == t.Member && l.Team == t.Team {
				g.Board, g.Line, g.Unrated = b, l, l.Missing
			}
		}
	}
	if g.Line == nil || g.Line.Target == nil {
		return nil, fault.New(fault.NotFound, "record.absent", fault.Args{"object": goal.Targets.Name})
	}
	if g.Line.Problem() != "" {
		return g, nil
	}
	if err := g.expect(ctx, s, room); err != nil {
		return nil, err
	}
	g.Missing = max(0, g.Line.Target.N-g.Line.Actual-g.Expected)
	if g.Missing == 0 {
		return g, nil
	}
	return g, g.close(ctx, s)
}

// expect adds what open deals, due from today to the end of the period, may bring.
func (g *Gap) expect(ctx context.Context, s *record.Session, room *goal.Room) (err error) {
	p := g.Board.Period
	if p.Last() < s.Today() {
		return nil
	}
	days := goal.Days{First: max(p.First(), s.Today()), Last: p.Last()}
	var unrated int64
	if g.Expected, unrated, g.HasExpected, err = room.Expected(ctx, s, g.Board.Measure, g.Target, days); g.HasExpected {
		g.ExpectedFilter = g.Board.Behind(g.Board.Measure.Expected, days, g.Line)
	}
	g.Unrated += unrated
	return err
}

func (g *Gap) close(ctx context.Context, s *record.Session) error {
	p := g.Board.Period
	switch {
	case p.Last() < s.Today():
		g.Hurdle = HurdleOver
		return nil
	case g.Board.Pace.Left == 0:
		g.Hurdle = HurdleDays
		return nil
	}
	rates, err := g.measure(ctx, s)
	if err != nil {
		return err
	}
	cal, err := hours.Whose(ctx, s, g.Line.Member)
	if err != nil {
		return err
	}
	g.steps(rates)
	if g.judge(rates, int64(p.Last()-max(s.Today(), p.First()))+1); g.beyond() {
		g.Steps = nil
	}
	from := max(s.Today(), p.First())
	for i := range g.Steps {
		g.Steps[i].Due = dueOn(cal, from, p.Last(), stepShare[g.Steps[i].Kind])
	}
	return nil
}

// beyond reports whether no number of new deals closes the gap: that is said, and not
// divided into steps.
func (g *Gap) beyond() bool {
	return g.Hurdle == HurdleNever || g.Hurdle == HurdleWorth || g.Hurdle == HurdleCycle
}

// stepShare is which part of the time that is left a step may take, in sixths:
// calls and leads come first, so that something can still become of them.
var stepShare = map[string]int{StepCall: 2, StepLeads: 2, StepMeet: 3, StepOpen: 4, StepConvert: 4, StepWin: 6, StepDo: 6}

// dueOn is the working day at which so many sixths of the working days are over.
func dueOn(cal *hours.Calendar, from, to value.Date, sixths int) value.Date {
	var days []value.Date
	for d := from; d <= to; d++ {
		if cal.Business(d) {
			days = append(days, d)
		}
	}
	if len(days) == 0 {
		return to
	}
	return days[max(0, (len(days)*sixths+5)/6-1)]
}

// whose is the condition of the target's people, "" of the company's.
func (g *Gap) whose(s *record.Session) string {
	return report.Scope{Person: g.Target.Member, Team: g.Target.Team}.Condition(s, "owner")
}

// steps works backwards from what is missing.
func (g *Gap) steps(x gapRates) {
	switch g.Target.Measure {
	case goal.WonRevenue, goal.Margin:
		step := GapStep{Kind: StepWin, Average: x.worth, Of: x.told, Wants: fewWon}
		if step.Unknown = x.told < fewWon || x.worth.Minor <= 0; !step.Unknown {
			step.Need = up(g.Missing, 1, x.worth.Minor)
		} else if x.told >= fewWon {
			step.Average, step.Wants = value.Money{}, 0 // more of them would not tell either
		}
		g.Steps = append(g.Steps, step)
		g.before(g.follow(StepOpen, step.Need, x.closed, x.won, fewCases, x.closed), x)
	case goal.WonDeals:
		g.Steps = append(g.Steps, GapStep{Kind: StepWin, Need: g.Missing, Of: x.won})
		g.before(g.follow(StepOpen, g.Missing, x.closed, x.won, fewCases, x.closed), x)
	case goal.NewDeals:
		g.Steps = append(g.Steps, GapStep{Kind: StepOpen, Need: g.Missing, Of: x.deals})
		g.before(g.Missing, x)
	case goal.ConvertedLeads:
		g.Steps = append(g.Steps, GapStep{Kind: StepConvert, Need: g.Missing, Of: x.converted})
		g.follow(StepLeads, g.Missing, x.leads, x.converted, fewCases, x.leads)
	case goal.NewLeads:
		g.Steps = append(g.Steps, GapStep{Kind: StepLeads, Need: g.Missing, Of: x.leads})
	case goal.Meetings:
		g.Steps = append(g.Steps, GapStep{Kind: StepMeet, Need: g.Missing, Of: x.meetings})
		g.follow(StepCall, g.Missing, x.calls, x.meetings, fewCases, x.meetings)
	case goal.Calls:
		g.Steps = append(g.Steps, GapStep{Kind: StepCall, Need: g.Missing, Of: x.calls})
	case goal.Activities:
		g.Steps = append(g.Steps, GapStep{Kind: StepDo, Need: g.Missing, Of: x.deeds})
	}
}

// before is what comes before so many new deals. Leads and activities belong to no
// pipeline and no product: how many a deal takes there, nobody can tell.
func (g *Gap) before(deals int64, x gapRates) {
	if len(g.Target.Narrow) > 0 {
		for _, kind := range []string{StepLeads, StepMeet, StepCall} {
			g.Steps = append(g.Steps, GapStep{Kind: kind, Unknown: true})
		}
		return
	}
	g.follow(StepLeads, deals, x.leads, x.leadDeals, fewCases, x.leads)
	meetings := g.follow(StepMeet, deals, x.meetings, x.deals, fewCases, min(x.meetings, x.deals))
	g.follow(StepCall, meetings, x.calls, x.meetings, fewCases, min(x.calls, x.meetings))
}

// follow is a step that takes so many of these for each of what comes after it,
// as it did in the last year.
func (g *Gap) follow(kind string, need, these, those, few, of int64) int64 {
	step := GapStep{Kind: kind, Of: of, Wants: few}
	if step.Unknown = need <= 0 || of < few || those <= 0 || these <= 0; !step.Unknown {
		step.Rate = decimal.NewFromInt(these).DivRound(decimal.NewFromInt(those), 1)
		step.Need = up(need, these, those)
	} else if of >= few {
		step.Wants = 0 // it is not the cases that lack
	}
	g.Steps = append(g.Steps, step)
	return step.Need
}

// up is n × these / those, rounded up; beyond what anybody does it is no number.
func up(n, these, those int64) int64 {
	most := decimal.NewFromInt(mostNeed)
	return decimal.Min(most, decimal.NewFromInt(n).Mul(decimal.NewFromInt(these)).Div(decimal.NewFromInt(those)).Ceil()).IntPart()
}

// Said is a step in words.
func (x GapStep) Said(language string) string {
	return i18n.Text(language, "gap.need."+x.Kind, fault.Args{"count": x.Need})
}
