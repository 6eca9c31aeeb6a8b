package sample

import "time"

// pace is how a stage usually goes: days spent in it, and in how many of 100
// cases the deal moves on.
type pace struct {
	days    float64
	advance float64
}

var paces = map[Ref][]pace{
	1: {{7, 74}, {14, 79}, {19, 69}, {13, 72}},
	2: {{21, 96}, {18, 95}, {9, 97}},
}

// run moves a deal through its pipeline as far as time allows and answers when
// it closes, or would. Later passages than now are left out: they are not known.
func (b *builder) run(s source, d *Deal, l *land, skill float64) (end time.Time) {
	steps := paces[d.Pipeline]
	won, lost := len(steps), len(steps)+1
	slow := weight(d, b) * s.lognormal(1, 0.25)
	at, stage := d.Created, 0
	enter := func(to int, when time.Time) {
		at, stage = when, to
		if !when.After(b.now) {
			d.Passages = append(d.Passages, Passage{Stage: to, At: when, By: d.Owner})
		}
	}
	enter(0, d.Created)
	back := s.chance(3)
	for stage < won {
		p := steps[stage]
		next := b.days.after(s, at, s.lognormal(p.days*slow, 0.6), l)
		switch {
		case s.Float64()*100 >= p.advance*luck(d, skill)*b.weakness(d, stage):
			if stage > 0 && s.chance(5) {
				return b.now.AddDate(0, 2, 0) // forgotten: neither won nor lost
			}
			enter(lost, b.days.after(s, at, s.lognormal(p.days*slow*1.4, 0.5), l))
			return at
		case stage == won-1:
			enter(won, b.days.rush(s, next, l))
		case stage == won-1-1 && back: // the offer is written once more
			back = false
			enter(stage+1, next)
			enter(stage-1, b.days.after(s, at, 6, l))
		case stage == 0 && won > 3 && s.chance(9): // they knew what they wanted
			enter(2, next)
		default:
			enter(stage+1, next)
		}
	}
	return at
}

// The one who sells and loses far more deals in one stage than his colleagues: so
// that there is a weak spot to be found.
const (
	weakMember Ref = 10
	weakStage  int = 2 // of the first pipeline
)

func (b *builder) weakness(d *Deal, stage int) float64 {
	if d.Pipeline == 1 && d.Owner == weakMember && stage == weakStage {
		return 0.4
	}
	return 1
}

// weight: large orders take longer.
func weight(d *Deal, b *builder) float64 {
	switch units := d.Amount.Minor / max(1, b.money(1).Minor); {
	case d.Kind == "renewal":
		return 1
	case units > 80_000:
		return 1.7
	case units > 20_000:
		return 1.2
	}
	return 0.8
}

// luck: who sells, and where the chance came from, moves the odds of a stage.
func luck(d *Deal, skill float64) float64 {
	f := 0.9 + 0.1*skill
	switch d.Source {
	case "Referral", "Existing customer":
		f *= 1.07
	case "Cold call", "Newsletter":
		f *= 0.92
	}
	return f
}
