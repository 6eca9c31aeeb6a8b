package sales

import (
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Word is what is said of a row of a forecast by team, in the company's
// currency: where somebody says something of himself, or who leads him does,
// that stands for what his deals come to by weight.
type Word struct {
	// Own is by what people say of themselves, Led by what who leads them makes
	// of it; nil where nobody said anything.
	Own, Led *value.Money
	People   int // of whom something is said
	// Unrated is how many amounts have no rate and so do not count.
	Unrated int
}

// lastWords are the last ones on a person: his own, and that of who leads him.
type lastWords struct{ own, led *Adjustment }

// Words adds up what is said, row by row and for the total (the last): a team's
// is that of its people, with what the others' deals come to.
func (f *Forecast) Words(s *record.Session, said []Adjustment) []Word {
	last := map[value.ID]lastWords{}
	for i := range said { // the latest first
		a := &said[i]
		w := last[a.Person]
		if a.By == a.Person && w.own == nil {
			w.own = a
		} else if a.By != a.Person && w.led == nil {
			w.led = a
		}
		last[a.Person] = w
	}
	asked := f.Query.asked(s)
	list := make([]Word, len(f.Rows)+1)
	for i, r := range append(f.Rows[:len(f.Rows):len(f.Rows)], f.Total) {
		list[i] = f.word(s, r, last, func(person value.ID) bool {
			switch {
			case !asked(person) || f.Query.By != ByTeam:
				return false
			case r.Kind == "team":
				return s.Roster().InTeam(person, r.Key)
			}
			return r.Kind == "" || r.Key == person
		})
	}
	return list
}

// word is what is said of the people of a row.
func (f *Forecast) word(s *record.Session, r ForecastRow, last map[value.ID]lastWords, in func(value.ID) bool) (w Word) {
	base := int64(0)
	if m, ok := r.Weighted().Value.(value.Money); ok {
		base = m.Minor
	}
	own, led := base, base
	for person, x := range last {
		if !in(person) {
			continue
		}
		w.People++
		has := f.people[person]
		if n, ok := w.worth(s, f.Query, x.own); ok {
			own += n - has
			w.Own, has = &value.Money{}, n
		}
		led += has - f.people[person]
		if n, ok := w.worth(s, f.Query, x.led); ok {
			led += n - has
			w.Led = &value.Money{}
		}
	}
	currency := s.Settings().Currency
	if w.Own != nil {
		*w.Own = value.Money{Minor: own, Currency: currency}
	}
	if w.Led != nil {
		*w.Led = value.Money{Minor: led, Currency: currency}
	}
	return w
}

// worth is an adjustment in the company's currency, at the rate of the first day of
// its period as targets are; false where there is none or no rate.
func (w *Word) worth(s *record.Session, q ForecastQuery, a *Adjustment) (int64, bool) {
	if a == nil {
		return 0, false
	}
	n, rated := s.BaseFrom(a.Amount, a.From, q.today(s))
	if !rated {
		w.Unrated++
	}
	return n, rated
}
