package forecast

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/sales"
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
