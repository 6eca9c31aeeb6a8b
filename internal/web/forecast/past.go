package forecast

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// kept is what the address keeps when another day is looked back to.
func (x *place) kept() (list [][2]string) {
	_, query, _ := strings.Cut(x.at(home, "as_of", ""), "?")
	q, _ := url.ParseQuery(query)
	for _, name := range slices.Sorted(maps.Keys(q)) {
		list = append(list, [2]string{name, q.Get(name)})
	}
	return list
}

// source says where the figures of a past day come from.
func (b *board) source() string {
	switch b.f.Source {
	case sales.FromSnapshot:
		return b.v.T("web.forecast.then.snapshot")
	case sales.FromMadeUp:
		return b.v.T("web.forecast.then.made_up")
	}
	return b.v.T("web.forecast.then.history")
}

// changed leads to what became, until its end or today, of what was to close in the
// period: since the day looked back to, else since its eve; "" before it begins.
func (b *board) changed() (text, to string) {
	from, until := b.period.First().AddDays(-1), b.v.Today()
	if b.day != "" {
		from = b.today
	}
	if last := b.period.Last(); from < last {
		until = min(until, last)
	}
	if from >= until {
		return "", ""
	}
	q := url.Values{"from": {from.String()}, "to": {until.String()}, "closing_from": {b.period.First().String()}, "closing_to": {b.period.Last().String()}}
	for name, id := range map[string]value.ID{"owner": b.person, "team": b.team, "pipeline": b.pipeline} {
		if id != 0 {
			q.Set(name, id.String())
		}
	}
	return b.v.T("web.forecast.changed", "from", b.v.Date(from), "to", b.v.Date(until)), "/reports/changes?" + q.Encode()
}
