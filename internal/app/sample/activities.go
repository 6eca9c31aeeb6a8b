package sample

import (
	"sort"
	"strconv"
	"time"
)

// Kinds of activities.
const (
	task    = "task"
	call    = "call"
	meeting = "meeting"
	note    = "note"
)

var callOutcomes = []string{"reached", "no answer", "voicemail"}

// work tells what the reps did for their deals and leads, day by day.
func (b *builder) work() {
	s := newSource(b.seed, "activities")
	w := &writer{b: b, s: s, decks: map[string]*deck[int]{}}
	for i := range b.c.Deals {
		w.deal(Ref(i + 1))
	}
	for i := range b.c.Leads {
		w.lead(Ref(i + 1))
	}
	list := b.c.Activities
	sort.SliceStable(list, func(i, j int) bool { return list[i].At.Before(list[j].At) })
}

// writer writes activities; decks keep its phrases from repeating.
type writer struct {
	b     *builder
	s     source
	decks map[string]*deck[int]
}

// story is the deal or lead that activities are written about.
type story struct {
	land    *land
	values  []string // of the templates
	account Ref
	contact Ref
	lead    Ref
	deal    Ref
	owner   Ref
}

func (w *writer) deal(r Ref) {
	d, p := &w.b.c.Deals[r-1], w.b.deals[r-1]
	c := w.b.contact(d.Contact)
	product, n := w.b.c.Products[wareTemp].Name, w.s.between(8, 60)
	if len(d.Lines) > 0 {
		product, n = w.b.c.Products[d.Lines[0].Product-1].Name, d.Lines[0].Quantity
	}
	rival := d.Competitor
	if rival == "" {
		rival = pick(w.s, rivals)
	}
	st := story{land: p.land, account: d.Account, contact: d.Contact, deal: r, owner: d.Owner}
	st.values = []string{
		"{contact}", fullName(p.land.tongue, c.FirstName, c.LastName), "{site}", p.site, "{product}", product,
		"{n}", strconv.Itoa(n), "{rival}", rival, "{days}", strconv.Itoa(w.s.between(2, 6) * 5),
		"{rooms}", strconv.Itoa(w.s.between(2, 14)),
	}
	for i, passage := range d.Passages {
		until := w.b.now
		if i+1 < len(d.Passages) {
			until = d.Passages[i+1].At
		}
		w.stage(st, d, passage, until)
	}
	if w.b.c.Pipelines[d.Pipeline-1].Stages[d.Stage()].Kind == Open {
		w.ahead(st)
	}
}

// stage writes what happened between entering a stage and leaving it.
func (w *writer) stage(st story, d *Deal, p Passage, until time.Time) {
	text, s := &st.land.tongue.text, w.s
	switch kind := w.b.c.Pipelines[d.Pipeline-1].Stages[p.Stage].Kind; {
	case kind == Won:
		w.maybe(65, st, p.At, p.At.Add(2*time.Hour), note, said{"", w.phrase(st, "won", text.won)})
		return
	case kind == Lost:
		w.maybe(80, st, p.At, p.At.Add(2*time.Hour), note, said{"", text.lost[d.LostReason]})
		return
	case d.Pipeline == 2:
		w.maybe(35, st, p.At, until, call, w.words(st, "calls", text.calls))
		w.maybe(30, st, p.At, until, task, w.words(st, "tasks", text.tasks))
		return
	}
	switch p.Stage {
	case 0:
		first := text.calls[0]
		if d.Kind == "expansion" {
			first = w.words(st, "again", text.again)
		}
		w.maybe(62, st, p.At, until, call, first)
	case 1:
		w.maybe(55, st, p.At, until, meeting, w.words(st, "meetings", text.meetings))
		w.maybe(45, st, p.At, until, note, said{"", w.phrase(st, "notes", text.notes)})
	case 2:
		w.maybe(50, st, p.At, until, task, w.words(st, "tasks", text.tasks))
		w.maybe(40, st, p.At, until, call, text.calls[1+s.IntN(len(text.calls)-1)])
	case 3:
		w.maybe(45, st, p.At, until, call, text.calls[1+s.IntN(len(text.calls)-1)])
		w.maybe(35, st, p.At, until, note, said{"", w.phrase(st, "notes", text.notes)})
	}
	if until.Sub(p.At) > 30*day {
		w.maybe(40, st, p.At, until, note, said{"", w.phrase(st, "notes", text.notes)})
	}
}

// maybe writes an activity at some moment of the span, in p of 100 cases.
func (w *writer) maybe(p int, st story, from, until time.Time, kind string, text said) {
	if !w.s.chance(p) {
		return
	}
	share := 0.1 + 0.7*w.s.Float64()
	at := from.Add(time.Duration(share * float64(until.Sub(from))))
	if until.Sub(from) > 3*day { // shorter spans have no other day to move to
		if at = w.b.days.hours(w.s, at, st.land); at.Before(from) || at.After(until) {
			at = until.Add(-time.Minute)
		}
	}
	at = w.b.days.past(w.s, from, at).Truncate(time.Second)
	a := w.activity(st, kind, text, at)
	a.Done, a.DoneAt, a.Created = true, at, at
	if kind == task || kind == meeting { // planned before
		a.Created = from.Truncate(time.Second)
	}
	w.b.c.Activities = append(w.b.c.Activities, a)
}

// ahead writes what is planned for a running deal: some of it is overdue, some
// due today, most of it in the next two weeks.
func (w *writer) ahead(st story) {
	text := &st.land.tongue.text
	plan := func(p int, kind string, from int, said said) {
		if !w.s.chance(p) {
			return
		}
		at := w.b.days.hours(w.s, w.b.now.AddDate(0, 0, w.s.between(from, 14)), st.land).Truncate(15 * time.Minute)
		a := w.activity(st, kind, said, at)
		created := w.b.c.Deals[st.deal-1].Passages[len(w.b.c.Deals[st.deal-1].Passages)-1].At
		a.Created = w.b.between(w.s, created, w.b.now)
		if a.At.Before(a.Created) {
			a.At = a.Created.Add(time.Hour)
		}
		w.b.c.Activities = append(w.b.c.Activities, a)
	}
	plan(68, task, -5, w.words(st, "tasks", text.tasks))
	plan(22, meeting, 1, w.words(st, "meetings", text.meetings[:2]))
	plan(18, call, -1, said{w.words(st, "calls", text.calls).subject, ""})
}

// lead writes the first talks with somebody who asked.
func (w *writer) lead(r Ref) {
	l := &w.b.c.Leads[r-1]
	if l.Status == leadNew {
		return
	}
	land := w.b.land(l.Address.Country)
	st := story{land: land, lead: r, owner: l.Owner, account: l.Account, contact: l.Contact}
	st.values = []string{
		"{contact}", fullName(land.tongue, l.FirstName, l.LastName), "{n}", strconv.Itoa(w.s.between(8, 60)),
		"{days}", strconv.Itoa(w.s.between(2, 9) * 10),
	}
	until := w.b.now
	if !l.Closed.IsZero() {
		until = l.Closed
	}
	w.maybe(60, st, l.Created, until, call, w.words(st, "lead calls", land.tongue.text.leadCalls))
}

func (w *writer) activity(st story, kind string, text said, at time.Time) Activity {
	a := Activity{
		Kind: kind, Subject: fill(text.subject, st.values...), Body: fill(text.body, st.values...),
		Owner: st.owner, Account: st.account, Contact: st.contact, Lead: st.lead, Deal: st.deal, At: at,
	}
	switch kind {
	case call:
		a.Minutes, a.Outcome = w.s.between(3, 35), callOutcomes[w.s.weighted(80, 12, 8)]
		if a.Outcome != callOutcomes[0] {
			a.Minutes, a.Body = 1, "" // nobody said anything
		}
		if at.After(w.b.now) {
			a.Outcome, a.Minutes = "", 15
		}
	case meeting:
		a.Minutes, a.Place = pick(w.s, []int{30, 45, 60, 60, 90, 120}), pick(w.s, st.land.tongue.text.places)
	case task:
		a.Priority = []string{"normal", "high", "low"}[w.s.weighted(68, 22, 10)]
	}
	return a
}

// phrase draws a text that was not used lately in that language.
func (w *writer) phrase(st story, of string, texts []string) string {
	return texts[w.draw(st, of, len(texts))]
}

func (w *writer) words(st story, of string, texts []said) said {
	return texts[w.draw(st, of, len(texts))]
}

func (w *writer) draw(st story, of string, n int) int {
	key := st.land.tongue.code + " " + of + strconv.Itoa(n)
	if w.decks[key] == nil {
		numbers := make([]int, n)
		for i := range numbers {
			numbers[i] = i
		}
		w.decks[key] = newDeck(w.s, numbers)
	}
	return w.decks[key].next()
}
