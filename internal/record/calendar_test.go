package record

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/value"
)

// monthBothWays asks for a time with kept months and without, and says when they
// differ.
func (k *kit) monthBothWays(who value.ID, when string, q CalendarQuery) {
	k.t.Helper()
	q.Object = "deal"
	k.as(who, func(s *Session) {
		list, ok, err := s.CalendarSums(k.ctx(), q)
		if err != nil || !ok {
			k.t.Errorf("%s, member %v, %+v: answered %v, %v", when, who, q, ok, err)
			return
		}
		if got, want := keptMonths(s, list), k.countedMonths(s, q); got != want {
			k.t.Errorf("%s, member %v, %+v:\n kept    %s\n counted %s", when, who, q, got, want)
		}
	})
}

// keptMonths lays sums out as countedMonths does.
func keptMonths(s *Session, list []CalendarSum) string {
	found := map[string]*[3]string{}
	counts := map[string]int64{}
	worth := map[string]*[2]Worth{}
	some := map[string]*[2]bool{}
	for _, x := range list {
		key := fmt.Sprint(x.Owner, " ", strings.Join(x.By, " "))
		if found[key] == nil {
			found[key], worth[key], some[key] = &[3]string{}, &[2]Worth{}, &[2]bool{}
		}
		if x.Amount == 0 {
			counts[key] += x.N
		}
		w := Worth{Missing: x.Missing, Sums: map[string]int64{}}
		if m, ok := x.Value.(value.Money); ok {
			w.Base, some[key][x.Amount] = m.Minor, true
		}
		for _, m := range x.Sums {
			w.Sums[m.Currency] += m.Minor
		}
		worth[key][x.Amount].Add(w, 1)
	}
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(found)) {
		lines = append(lines, fmt.Sprint(key, ": ", counts[key], " ", *worth[key], *some[key]))
	}
	return strings.Join(lines, "; ")
}

func (k *kit) countedMonths(s *Session, q CalendarQuery) string {
	filter := fmt.Sprintf(`status = %q and close_date is empty`, q.State)
	if !q.Undated {
		filter = fmt.Sprintf(`status = %q and close_date <= date(%q)`, q.State, q.To)
		if q.From != 0 {
			filter += fmt.Sprintf(` and close_date >= date(%q)`, q.From)
		}
	}
	r, err := s.Aggregate(k.ctx(), Aggregate{Object: "deal", Filter: filter, Group: []string{"owner", "stage", "status"}, Measures: []string{"count", "sum:amount", "sum:weighted"}})
	if err != nil {
		k.t.Fatal(err)
	}
	lines := map[string]string{}
	for _, g := range r.Groups {
		owner, _ := g.Keys[0].(value.ID)
		stage := ""
		if id, ok := g.Keys[1].(value.ID); ok {
			stage = id.String()
		}
		var worth [2]Worth
		var some [2]bool
		for i, m := range g.Values[1:] {
			w := Worth{Missing: m.Missing, Sums: map[string]int64{}}
			if base, ok := m.Value.(value.Money); ok {
				w.Base, some[i] = base.Minor, true
			}
			for _, sum := range m.Sums {
				w.Sums[sum.Currency] += sum.Minor
			}
			worth[i].Add(w, 1)
		}
		key := fmt.Sprint(owner, " ", stage, " ", g.Keys[2])
		lines[key] = fmt.Sprint(key, ": ", g.Values[0].Value, " ", worth, some)
	}
	var list []string
	for _, key := range slices.Sorted(maps.Keys(lines)) {
		list = append(list, lines[key])
	}
	return strings.Join(list, "; ")
}

// walkDay is some day of five months.
func (w *sumsWalk) walkDay() value.Date {
	first, _ := value.ParseDate("2025-12-01")
	return first.AddDays(w.rand.IntN(151))
}

// monthQuestion asks for whole months as often as for days within them.
func (w *sumsWalk) monthQuestion() CalendarQuery {
	q := CalendarQuery{State: pick(w, []string{"new", "open"}), From: w.walkDay(), To: w.walkDay()}
	if q.From > q.To {
		q.From, q.To = q.To, q.From
	}
	switch w.rand.IntN(5) {
	case 0:
		q.From, q.To = q.From.MonthStart(), q.To.MonthStart().AddMonths(1).AddDays(-1)
	case 1:
		q.From = 0
	case 2:
		q.From = q.From.MonthStart()
	case 3:
		q = CalendarQuery{State: q.State, Undated: true}
	}
	return q
}
