package sample

import "strings"

// person is a name in its own script and in Latin letters.
type person struct{ first, last, firstLatin, lastLatin string }

// person makes up somebody.
func (t *tongue) person(s source) person {
	var p person
	woman := s.chance(46)
	given := t.men
	if woman {
		given = t.women
	}
	p.first, p.firstLatin = t.reading(pick(s, given))
	last := pick(s, t.families)
	if woman && t.feminine != nil {
		last = t.feminine(last)
	}
	p.last, p.lastLatin = t.reading(last)
	return p
}

// full is the name in the order of its language.
func (p person) full(t *tongue) string { return fullName(t, p.first, p.last) }

func fullName(t *tongue, first, last string) string {
	if t.eastern {
		return last + first
	}
	return first + " " + last
}

func (p person) latin() string { return p.firstLatin + " " + p.lastLatin }

// mailbox is the part of an e-mail address before the @.
func (p person) mailbox() string { return slug(p.firstLatin) + "." + slug(p.lastLatin) }

// dials answers a function that makes up numbers of one of the forms.
func dials(forms ...string) func(source) string {
	return func(s source) string { return dial(s, pick(s, forms)) }
}

// dial fills every x with a digit.
func dial(s source, form string) string {
	return strings.Map(func(r rune) rune {
		if r == 'x' {
			return rune('0' + s.IntN(10))
		}
		return r
	}, form)
}
