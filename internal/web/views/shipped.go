package views

import (
	"slices"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Tab is a view: shipped with the program, or saved by somebody.
type Tab struct {
	Key, Name string
	Layout    string
	Filter    string
	Sort      string
	Columns   []string
	// Saved is the view's record, nil for those of the program.
	Saved *record.View
	// Mine says that the caller may change it.
	Mine bool

	problem string // why a saved view cannot be followed as it stands
	// sort and columns as the caller gets them: nobody sees a field that is not his.
	sort    string
	columns []string
}

// shipped are the views that the program brings for an object. Filters that
// the caller may not ask leave the view out.
func shipped(v *kit.View, o *schema.Object) []Tab {
	all := Tab{Key: "all", Name: v.T("web.views.all")}
	mine := Tab{Key: "mine", Name: v.T("web.views.mine"), Filter: `owner = me()`}
	switch o.Name {
	case "deal":
		return []Tab{{Key: "all", Name: all.Name, Sort: "-amount"},
			{Key: "mine", Name: v.T("web.views.my_open"), Filter: `owner = me() and status = "open"`, Sort: "-amount"},
			{Key: "closing", Name: v.T("web.views.closing"), Filter: `status = "open" and close_date in thisMonth()`, Sort: "close_date"},
			{Key: "rotting", Name: v.T("web.views.rotting"), Filter: `status = "open" and rotting_from <= today()`, Sort: "rotting_from"},
			{Key: "profit", Name: v.T("web.views.profit"), Filter: `status = "won" and margin is not empty`, Sort: "-margin"}}
	case "lead":
		return []Tab{all, {Key: "mine", Name: v.T("web.views.my_open"), Filter: `owner = me() and status in ("new", "working")`},
			{Key: "new", Name: v.T("web.views.new_leads"), Filter: `status = "new"`},
			{Key: "unanswered", Name: v.T("web.views.unanswered"), Filter: sales.Unanswered, Sort: "response_due",
				Columns: []string{"name", "company", "response_minutes", "response_due", "captured_at", "source", "owner"}}}
	case "activity":
		return []Tab{{Key: "all", Name: all.Name, Sort: "-at"},
			{Key: "tasks", Name: v.T("web.views.my_tasks"), Filter: `owner = me() and kind = "task" and done != true`, Sort: "due_at"},
			{Key: "overdue", Name: v.T("web.views.overdue"), Filter: `owner = me() and done != true and due_at < now()`, Sort: "due_at"}}
	case "account":
		return []Tab{{Key: "all", Name: all.Name, Sort: "name"}, mine, {Key: "customers", Name: v.T("web.views.customers"), Filter: `kinds in ("customer")`, Sort: "name"}}
	case "contact":
		return []Tab{{Key: "all", Name: all.Name, Sort: "name"}, mine}
	case "product":
		return []Tab{{Key: "all", Name: all.Name, Sort: "name"}, {Key: "active", Name: v.T("web.views.active"), Filter: `active = true`, Sort: "name"}}
	case "tip":
		about := []string{"text", "place", "objection", "useful", "owner"}
		return []Tab{{Key: "all", Name: v.T("web.views.in_use"), Filter: `archived = false`, Sort: "-useful", Columns: about},
			{Key: "mine", Name: mine.Name, Filter: mine.Filter, Sort: "-useful", Columns: about},
			{Key: "archive", Name: v.T("web.views.archive"), Filter: `archived = true`, Sort: "-created_at", Columns: about}}
	}
	if o.HasOwner() {
		return []Tab{all, mine}
	}
	return []Tab{all}
}

// named is the place of the view with that key, -1 for none.
func (st *State) named(key string) int {
	return slices.IndexFunc(st.Tabs, func(t Tab) bool { return t.Key == key })
}

// findTabs lists the views and finds the current one.
func (st *State) findTabs(c *door.Call, s *record.Session, key string) error {
	for _, t := range shipped(c.View, st.Object) {
		if t.Filter == "" {
			st.Tabs = append(st.Tabs, t)
		} else if e, err := s.Check(st.Object, t.Filter, anyCondition); err == nil {
			t.Filter = e.String()
			st.Tabs = append(st.Tabs, t)
		}
	}
	saved, err := s.Views(c.Ctx, st.Object.Name)
	if err != nil {
		return err
	}
	for _, x := range saved {
		t := Tab{Key: x.ID.String(), Name: x.Name, Layout: x.Layout, Filter: x.Filter, Sort: x.Sort, Columns: x.Columns, Saved: &x,
			Mine: x.Owner == s.Actor().Member() || s.Actor().Admin()}
		if x.Problem != nil {
			t.problem = c.View.Fault(x.Problem)
		}
		st.Tabs = append(st.Tabs, t)
	}
	views, err := s.Object(record.Views.Name)
	st.May.Save = err == nil && s.Actor().Can(views, createAction)
	st.Home = max(0, st.named(home(c.R, st.Object)))
	if st.Tab = st.named(key); st.Tab < 0 {
		st.Tab = st.Home
	}
	if key != "" && key != st.Current().Key {
		st.Notes = append(st.Notes, c.View.T("web.views.no_view"))
	}
	t := &st.Tabs[st.Tab]
	t.columns = paths(usable(s, st.Object, t.Columns))
	t.sort = soundSort(s, st.Object, t.Sort)
	return nil
}

// tasks reports whether the view is one of what the caller is to do.
func (st *State) tasks() bool {
	key := st.Current().Key
	return st.Object.Name == "activity" && (key == "tasks" || key == "overdue")
}
