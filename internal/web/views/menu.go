package views

import (
	"net/http"
	"net/url"
	"slices"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// columnsMenu chooses columns and their order. Every button of the form comes
// here; "apply" leads to the list.
func columnsMenu(c *door.Call) error {
	q := c.R.URL.Query()
	var chosen, rest []Column
	st, err := look(c, func(s *record.Session, st *State) error {
		chosen = st.columns
		if q.Has("c") {
			chosen = usable(s, st.Object, arranged(q))
		}
		for _, f := range st.choices {
			if !slices.ContainsFunc(chosen, func(c Column) bool { return c.Path == f.Name }) {
				rest = append(rest, Column{Path: f.Name, Field: f})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if q.Get("apply") != "" {
		return c.Go(st.URL("columns", joined(paths(chosen))))
	}
	return answer(c, st.Object, http.StatusOK, c.View.T("web.views.columns"), columnsForm(c.View, st, chosen, rest))
}

func joined(paths []string) string {
	text := ""
	for i, p := range paths {
		if i > 0 {
			text += ","
		}
		text += p
	}
	return text
}

// arranged is the list of columns after the button that was pressed.
func arranged(q url.Values) []string {
	all := slices.Clone(q["c"])
	if add := q.Get("add"); add != "" {
		all = append(all, add)
	}
	if at := slices.Index(all, q.Get("drop")); at > 0 {
		all = slices.Delete(all, at, at+1)
	}
	if at := slices.Index(all, q.Get("up")); at > 1 { // the title stays first
		all[at-1], all[at] = all[at], all[at-1]
	}
	if at := slices.Index(all, q.Get("down")); at > 0 && at+1 < len(all) {
		all[at+1], all[at] = all[at], all[at+1]
	}
	return all
}

// visibilities of a view, as forms offer them.
func visibilities(v *kit.View) [][2]string {
	return [][2]string{{record.ViewPrivate, v.T("web.views.for_me")}, {record.ViewTeam, v.T("web.views.for_team")}, {record.ViewAll, v.T("web.views.for_all")}}
}

// layoutIcons are the drawings of layouts.
var layoutIcons = map[string]string{record.ListLayout: "table-2", record.BoardLayout: "square-kanban", record.CalendarLayout: "calendar"}

func layoutLabel(v *kit.View, layout string) string {
	switch layout {
	case record.BoardLayout:
		return v.T("web.views.board")
	case record.CalendarLayout:
		return v.T("web.views.calendar")
	}
	return v.T("web.views.list")
}

// sortLabel names what the list is ordered by.
func (st *State) sortLabel(v *kit.View) string {
	for _, c := range st.columns {
		if st.Sorted(c.Path) != "" {
			return c.Label(v)
		}
	}
	return v.T("web.views.sort")
}

// has reports whether the field's form shows a control of that sort.
func (f form) control() string {
	fd := f.column.Field
	switch {
	case valueless(f.op):
		return ""
	case f.op == opIn:
		return "period"
	case f.op == opNext || f.op == opLast:
		return "days"
	}
	return kind(fd)
}

// day is the value of a date input: only whole days fit.
func (f form) day() string {
	if f.column.Field != nil && f.column.Field.ValueKind() == schema.KindText {
		return ""
	}
	return f.typed
}
