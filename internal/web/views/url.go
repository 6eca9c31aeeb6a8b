package views

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/record"
)

// URL is the address of this look with some parameters changed, given as pairs
// of name and value. What the view says anyway is left out. A change of
// anything begins at the first page.
func (st *State) URL(changes ...string) string {
	return address("/"+st.Object.Plural, st.params(changes...))
}

// Sub is the address of something that belongs to this look: "/deals/filter".
func (st *State) Sub(word string, changes ...string) string {
	return address("/"+st.Object.Plural+"/"+word, st.params(changes...))
}

// Plain is the address of a view as it is, by its place.
func (st *State) Plain(tab int) string {
	q := url.Values{}
	if tab != st.Home || st.Trash {
		q.Set("view", st.Tabs[tab].Key)
	}
	if st.Layout != record.ListLayout && st.Tabs[tab].Saved == nil {
		q.Set("layout", st.Layout)
	}
	if st.day != "" {
		q.Set("as_of", st.day)
	}
	return address("/"+st.Object.Plural, q)
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Hidden are the parameters of this look as pairs, for hidden fields of forms.
func (st *State) Hidden(without ...string) [][2]string {
	q := st.params()
	var all [][2]string
	for _, name := range []string{"view", "layout", "filter", "sort", "columns", "q", "trash", "as_of", "by", "pipeline", "open", "month", "span"} {
		if v, ok := q[name]; ok && !slices.Contains(without, name) {
			all = append(all, [2]string{name, v[0]})
		}
	}
	return all
}

func (st *State) params(changes ...string) url.Values {
	tab := st.Tabs[st.Tab]
	q := url.Values{}
	keep := func(name, is, otherwise string) {
		if is != otherwise {
			q.Set(name, is)
		}
	}
	keep("view", tab.Key, st.Tabs[st.Home].Key)
	keep("layout", st.Layout, cmp.Or(tab.Layout, record.ListLayout))
	keep("filter", st.asked, tab.Filter)
	keep("sort", st.Sort, tab.sort)
	keep("columns", strings.Join(st.Columns, ","), strings.Join(tab.columns, ","))
	keep("q", st.Text, "")
	keep("as_of", st.day, "")
	if st.Trash {
		q.Set("trash", "1")
	}
	for name, own := range st.Own {
		q[name] = own
	}
	for i := 0; i+1 < len(changes); i += 2 {
		name, to := changes[i], changes[i+1]
		same := map[string]string{"filter": tab.Filter, "sort": tab.sort, "columns": strings.Join(tab.columns, ","),
			"layout": cmp.Or(tab.Layout, record.ListLayout), "view": st.Tabs[st.Home].Key}
		if to == same[name] || to == "" && name == "as_of" {
			q.Del(name)
			continue
		}
		q.Set(name, to)
	}
	return q
}
