package sample

import "time"

// Case is something that a customer complains or asks about.
type Case struct {
	Subject, Text, Solution string
	Deal, Product           Ref
	Priority                string
	By                      Ref
	Created                 time.Time
	Worked                  time.Time // when somebody took it up; zero if nobody has
	Solved                  time.Time // zero while it is open
}

// trouble is what customers write in about, with how it is solved.
type trouble struct {
	subjects []string
	text     string
	solution string
	product  Ref // 0 = none
}

var troubles = []trouble{
	{[]string{"Sensor loses its connection", "Sensors offline after the weekend"}, "The sensors in the cold store drop out of the network several times a day.", "The gateway stood behind a steel door; moved by two metres and the channel changed.", wareGateway + 1},
	{[]string{"Temperature reads too high", "Sensor shows two degrees too much"}, "The temperature differs from our calibrated thermometer.", "Calibrated on site; the certificate was sent.", wareTemp + 1},
	{[]string{"Humidity alarm at night", "Alarm without a reason"}, "The humidity alarm comes every night although nothing has changed.", "The limit stood below the setting of the ventilation; raised by five percent.", wareHumidity + 1},
	{[]string{"Vibration sensor battery empty", "Battery lasts only two months"}, "The batteries of the vibration sensors are empty far too early.", "Interval of measuring set from one minute to fifteen; new batteries sent.", wareVibration + 1},
	{[]string{"Invoice shows the old price", "Renewal billed without an offer"}, "The renewal came without an offer, and the price is not the one agreed.", "Credit note sent, renewal offered anew with the agreed price.", 0},
	{[]string{"Report for the auditor is missing", "Auditor wants the temperature report"}, "The auditor asks for the temperature report of the last quarter.", "Report sent, and scheduled for every quarter.", warePlus + 1},
}

// caseCount is how many cases there are.
const caseCount = 60

// complain lets customers write in after they bought. Two of the latest are
// about renewals that were made without an offer.
func (b *builder) complain() {
	s := newSource(b.seed, "cases")
	var bought, short []Ref
	for i := range b.c.Deals {
		d := &b.c.Deals[i]
		if b.c.Pipelines[d.Pipeline-1].Stages[d.Stage()].Kind != Won {
			continue
		}
		bought = append(bought, Ref(i+1))
		if d.Pipeline == 2 && len(d.Passages) == 3 && b.now.Sub(d.Passages[2].At) > 14*day {
			short = append(short, Ref(i+1))
		}
	}
	for len(b.c.Cases) < caseCount {
		deal := pick(s, bought)
		x := troubles[s.IntN(len(troubles))]
		at := b.days.after(s, b.c.Deals[deal-1].Passages[b.c.Deals[deal-1].last()].At, s.lognormal(60, 0.8), b.deals[deal-1].land)
		if at.Before(b.now) {
			b.c.Cases = append(b.c.Cases, b.complaint(s, x, deal, at))
		}
	}
	for _, deal := range short[max(0, len(short)-2):] {
		c := b.complaint(s, troubles[4], deal, b.now.Add(-time.Duration(s.between(20, 70))*time.Hour))
		c.Solved, c.Solution = time.Time{}, ""
		b.c.Cases = append(b.c.Cases, c)
	}
}

// last is the index of the deal's last passage.
func (d *Deal) last() int { return len(d.Passages) - 1 }

// complaint is taken up within days, and mostly solved within two weeks.
func (b *builder) complaint(s source, x trouble, deal Ref, at time.Time) Case {
	c := Case{Subject: pick(s, x.subjects), Text: x.text, Product: x.product, Deal: deal, By: b.c.Deals[deal-1].Owner, Created: at,
		Priority: []string{"low", "normal", "high", "urgent"}[s.weighted(15, 55, 22, 8)]}
	l := b.deals[deal-1].land
	worked := b.days.after(s, at, s.lognormal(1, 0.6), l)
	solved := b.days.after(s, worked, s.lognormal(5, 0.8), l)
	if worked.Before(b.now) {
		c.Worked = worked
	}
	if solved.Before(b.now) {
		c.Solved, c.Solution = solved, x.solution
	}
	return c
}
