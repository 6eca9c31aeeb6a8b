package views

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// Sentences are a condition on an object's records, told one by one as the
// filter bar tells it. Processes and rules are edited by these.
type Sentences struct {
	st *State
}

// Read takes a condition apart; what cannot be told simply stays as its text.
func Read(v *kit.View, s *record.Session, o *schema.Object, text string) *Sentences {
	x := &Sentences{&State{Object: o, Names: parts.NewNames(s)}}
	x.st.readFilter(v, s, text)
	return x
}

// Names is to be loaded before the sentences are told.
func (x *Sentences) Names() *parts.Names { return x.st.Names }

// All are the sentences in words.
func (x *Sentences) All(v *kit.View) []string {
	var all []string
	for _, c := range x.st.Chips {
		all = append(all, x.st.Words(v, c))
	}
	return all
}

// Without is the condition with one sentence less.
func (x *Sentences) Without(i int) string { return x.st.with(strconv.Itoa(i), nil) }

// Question is the form of one sentence: first its field, then operator and
// value, or the sentence as an expression.
type Question struct {
	x      *Sentences
	f      form
	fields []Column
	text   bool // asked as an expression
	url    string
	hidden [][2]string
}

// Ask opens the form of a sentence that is there, or of a new one. Address and
// hidden are where the form goes and what goes with it; q is what has been said
// so far: chip, f, op, value, expression.
func (x *Sentences) Ask(v *kit.View, s *record.Session, address string, hidden [][2]string, q url.Values) *Question {
	a := &Question{x: x, url: address, hidden: hidden}
	a.f.read(s, x.st, q)
	a.text = q.Has("expression") || a.f.given() && a.f.column.Field == nil
	for _, f := range x.st.Object.Visible() {
		if s.Actor().CanFilter(f) && len(operators(f)) > 0 {
			a.fields = append(a.fields, Column{Path: f.Name, Field: f})
		}
	}
	a.fields = append(a.fields, ways(v, s, x.st.Object)...)
	if a.f.column.Field != nil && kind(a.f.column.Field) == links {
		Chip{Column: a.f.column, Values: a.f.values}.want(x.st.Names)
	}
	return a
}

// Answered is the whole condition with what the form says; where something is
// wrong the form knows it afterwards.
func (a *Question) Answered(v *kit.View, s *record.Session, q url.Values) (text string, ok bool) {
	var nodes []*expr.Node
	if nodes, a.f.err = a.f.nodes(v, s, a.x.st, q); a.f.err != "" {
		return "", false
	}
	return a.x.st.with(a.f.at, nodes), true
}

// Names is to be loaded before the form is shown.
func (a *Question) Names() *parts.Names { return a.x.st.Names }

// at is an address of the form with some parts said.
func (a *Question) at(pairs ...string) string {
	q := url.Values{}
	for _, h := range a.hidden {
		q.Set(h[0], h[1])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	join := "?"
	if strings.Contains(a.url, "?") {
		join = "&"
	}
	return a.url + join + q.Encode()
}

// ops are the operators to choose from.
func (a *Question) ops() []string { return slices.Clone(operators(a.f.column.Field)) }
