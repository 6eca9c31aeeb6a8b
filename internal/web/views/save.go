package views

import (
	"net/http"
	"net/url"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
)

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
	if form.Get("do") == "home" {
		return setHome(c)
	}
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
	n.err = c.View.Said(err)
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

// homeCookie remembers which view of each object opens first in this browser.
const homeCookie = "wellmet_views"

func homes(r *http.Request) url.Values {
	if cookie, err := r.Cookie(homeCookie); err == nil {
		if all, err := url.ParseQuery(cookie.Value); err == nil {
			return all
		}
	}
	return url.Values{}
}

func home(r *http.Request, o *schema.Object) string { return homes(r).Get(o.Name) }

// mostHomes keeps the cookie small.
const mostHomes = 40

// setHome lets the view that is shown open first.
func setHome(c *door.Call) error {
	st, err := look(c, nil)
	if err != nil {
		return err
	}
	all := homes(c.R)
	if len(all) >= mostHomes {
		all = url.Values{}
	}
	all.Set(st.Object.Name, st.Current().Key)
	http.SetCookie(c.W, &http.Cookie{Name: homeCookie, Value: all.Encode(), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true,
		Secure: c.R.TLS != nil, SameSite: http.SameSiteLaxMode})
	return c.Go(st.URL("view", st.Current().Key))
}
