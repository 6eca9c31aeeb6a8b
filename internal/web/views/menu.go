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

// naming is the form that saves a view.
type naming struct {
	name, visibility, err string
}

func saveMenu(c *door.Call) error {
	st, err := look(c, nil)
	if err != nil {
		return err
	}
	n := naming{visibility: record.ViewPrivate}
	if t := st.Current(); t.Saved != nil {
		n.name, n.visibility = t.Name, t.Saved.Visibility
	}
	return answer(c, st.Object, http.StatusOK, c.View.T("web.views.save_view"), saveForm(c.View, st, n))
}

// save keeps the look as a view: the one it began with, or a new one; renames
// or deletes it.
func save(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	n := naming{name: form.Get("name"), visibility: form.Get("visibility")}
	var st *State
	var to string
	err = c.Write("views.save", func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		if st, err = Parse(c, s, o); err == nil {
			to, err = st.keep(c, s, form.Get("do"), n)
		}
		return err
	})
	switch {
	case err == nil:
		return c.Go(to)
	case st == nil || door.Status(err) != http.StatusUnprocessableEntity:
		return err
	}
	n.err = said(c.View, err)
	return answer(c, st.Object, http.StatusUnprocessableEntity, c.View.T("web.views.save_view"), saveForm(c.View, st, n))
}

// keep writes the view and answers where it is to be seen.
func (st *State) keep(c *door.Call, s *record.Session, do string, n naming) (string, error) {
	path := "/" + st.Object.Plural
	tab := st.Current()
	named := record.Values{record.ViewName.Name(): n.name, record.ViewVisibility.Name(): n.visibility}
	look := record.Values{record.ViewLayout.Name(): st.Layout, record.ViewFilter.Name(): none2nil(st.applied), record.ViewSort.Name(): none2nil(st.Sort),
		record.ViewColumns.Name(): none2nil(joined(st.Columns))}
	switch {
	case do == "delete" && tab.Saved != nil:
		return path, s.Delete(c.Ctx, record.Views.Name, tab.Saved.ID)
	case do == "save" && tab.Saved != nil:
		_, err := s.Update(c.Ctx, record.Views.Name, tab.Saved.ID, tab.Saved.Version, look)
		return st.Plain(st.Tab), err
	case do == "rename" && tab.Saved != nil:
		_, err := s.Update(c.Ctx, record.Views.Name, tab.Saved.ID, tab.Saved.Version, named)
		return st.URL(), err
	}
	look[record.ViewObject.Name()] = st.Object.Name
	for k, x := range named {
		look[k] = x
	}
	if st.Layout == record.CalendarLayout && st.Object.When != "" {
		look[record.ViewGroup.Name()] = st.Object.When
	}
	if f, ok := stateOf(s, st.Object); ok && st.Layout == record.BoardLayout {
		look[record.ViewGroup.Name()] = f.Name
	}
	out, err := s.Create(c.Ctx, record.Views.Name, look)
	return path + "?view=" + out.ID.String(), err
}

func none2nil(text string) any {
	if text == "" {
		return nil
	}
	return text
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
