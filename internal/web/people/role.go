package people

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// roleView is a role's page.
type roleView struct {
	role
	Version int64
	Text    string // permissions, by id
	Table   []rights
	Fields  []fieldGroup
	People  []string
	Admins  bool // the role administers the workspace, by its record
	Changed bool // shown as it would be, not as it is
	Err     error
}

func iconOf(o *schema.Object) string { return parts.Icon(o) }

func showRole(c *door.Call) error {
	r, err := roleOf(c, nil)
	if err != nil {
		return err
	}
	return reply(c, http.StatusOK, r.page(c))
}

func (r *roleView) page(c *door.Call) kit.Page {
	return kit.Page{Title: r.Name, Nav: "/settings", Body: rolePage(c.View, r)}
}

// roleOf reads a role, and shows it as a form that is not saved would have it.
func roleOf(c *door.Call, form url.Values) (*roleView, error) {
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	r := &roleView{}
	err = c.Read(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		rec, err := s.Get(c.Ctx, access.Roles.Name, id)
		if err != nil {
			return err
		}
		r.role = role{ID: id, Name: rec.Title(), Members: s.Roster().Having()[id], Admin: s.Roster().RoleAdmin(id)}
		r.Key, _ = rec.Field("key").(string)
		r.Version = rec.Version
		r.People = nil
		others := func(m value.ID) bool { return !s.Roster().Active(m) || s.Roster().RoleOf(m) != id }
		for _, m := range byName(s.Roster(), slices.DeleteFunc(s.Roster().MemberIDs(), others)) {
			r.People = append(r.People, m.Name)
		}
		text, _ := rec.Field("permissions").(string)
		return r.show(c.View, s, text, form)
	})
	return r, err
}

// show fills in the table, from the form where there is one.
func (r *roleView) show(v *kit.View, s *record.Session, text string, form url.Values) error {
	p, err := access.ParsePermissions(text)
	if err != nil {
		r.Err = err // the page is where it can be mended
	}
	if form.Has("permissions") {
		given, err := access.ParsePermissions(form.Get("permissions"))
		if err != nil {
			r.Err = at(err, "permissions")
		} else {
			p = given
		}
	} else if form != nil {
		merged, err := merge(s.Schema(), p, form)
		if err != nil {
			r.Err = err
		}
		p = merged
	}
	if form.Has("name") {
		r.Name = strings.TrimSpace(form.Get("name"))
	}
	r.Text, r.Admins, r.Changed = p.String(), p.Admin, form != nil
	r.Table, r.Fields = table(v, s, r.ID, p), fieldGroups(v, s, p)
	for i := range r.Table {
		for j := range r.Table[i].Cells {
			r.Table[i].Cells[j].Problem = wrong(v, r.Err, r.Table[i].Cells[j].Name)
		}
	}
	return nil
}

// effect is what a changed role means, for whoever is about to save it.
type effect struct {
	*roleView
	*access.RoleEffect
	Version string
}

func (e *effect) empty() bool {
	return len(e.Scopes) == 0 && len(e.RoleEffect.Fields) == 0 && e.RoleEffect.Admin == nil
}

// saveRole shows what a change means, and makes it once that was seen.
func saveRole(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	r, err := roleOf(c, form)
	if err != nil {
		return err
	}
	if r.Err != nil || form.Has("back") {
		status := http.StatusOK
		if r.Err != nil {
			status = door.Status(r.Err)
		}
		return reply(c, status, r.page(c))
	}
	e := &effect{roleView: r, Version: form.Get("v")}
	if err := c.Read(func(s *record.Session) (err error) {
		e.RoleEffect, err = access.PreviewRole(c.Ctx, s.Tx(), s.Roster(), r.ID, r.Text, s.Now())
		return err
	}); err != nil {
		return roleRefused(c, r, err)
	}
	if !form.Has("sure") && !e.empty() {
		return reviewRole(c, e)
	}
	act, err := writeRole(c, r, form)
	if err != nil {
		return roleRefused(c, r, err)
	}
	return done(c, rolesURL+"/"+r.ID.String(), func() (kit.Page, error) {
		now, err := roleOf(c, nil)
		return now.page(c), err
	}, c.View.T("web.people.role_saved", "name", r.Name), door.Undo(act))
}

func reviewRole(c *door.Call, e *effect) error {
	title := c.View.T("web.people.review_role", "name", e.Name)
	if c.Fragment() {
		return c.Parts(http.StatusOK, askDialog(c.View, title, reviewForm(c.View, e)))
	}
	return c.ShowStatus(http.StatusOK, kit.Page{Title: title, Nav: "/settings", Body: askPage(c.View, rolesURL+"/"+e.ID.String(), title, reviewForm(c.View, e))})
}

func roleRefused(c *door.Call, r *roleView, err error) error {
	if f, ok := fault.As(err); !ok || f.Kind == fault.Forbidden || f.Kind == fault.NotFound {
		return err
	}
	r.Err = err
	return reply(c, door.Status(err), r.page(c))
}

func writeRole(c *door.Call, r *roleView, form url.Values) (act value.ID, err error) {
	err = c.Write("roles.change", func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		v := record.Values{"name": textOrNil(r.Name)}
		if r.Key != access.AdminRole {
			v["permissions"] = r.Text
		}
		_, err := s.Update(c.Ctx, access.Roles.Name, r.ID, versionOf(form), v)
		act = s.Act()
		return err
	})
	return act, err
}
