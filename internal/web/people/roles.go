package people

import (
	"net/http"
	"net/url"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

const rolesURL = "/settings/roles"

// role is one in the list.
type role struct {
	ID      value.ID
	Key     string
	Name    string
	Members int
	Admin   bool
}

type roleList struct {
	Roles  []role
	Values url.Values
	Err    error
}

func showRoles(c *door.Call) error {
	l := roleList{}
	if err := l.load(c); err != nil {
		return err
	}
	return reply(c, http.StatusOK, l.page(c))
}

func (l *roleList) page(c *door.Call) kit.Page {
	return kit.Page{Title: c.View.T("web.people.roles"), Nav: "/settings", Body: rolesPage(c.View, l)}
}

func (l *roleList) load(c *door.Call) error {
	return c.Read(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		page, err := s.Query(c.Ctx, record.Query{Object: access.Roles.Name, Fields: []string{"name", "key"}, Sort: "name", Limit: 500})
		if err != nil {
			return err
		}
		having := s.Roster().Having()
		l.Roles = l.Roles[:0]
		for _, r := range page.Records {
			x := role{ID: r.ID, Name: r.Title(), Members: having[r.ID], Admin: s.Roster().RoleAdmin(r.ID)}
			x.Key, _ = r.Field("key").(string)
			l.Roles = append(l.Roles, x)
		}
		return nil
	})
}

func (l *roleList) choices(but value.ID) []choice {
	var all []choice
	for _, r := range l.Roles {
		if r.ID != but {
			all = append(all, choice{r.ID, r.Name})
		}
	}
	return all
}

// addRole makes a role like another.
func addRole(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var made value.ID
	err = c.Write("roles.add", func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		v := record.Values{"name": textOrNil(form.Get("name"))}
		if like := chosen(form, "like"); like != 0 {
			r, err := s.Get(c.Ctx, access.Roles.Name, like)
			if err != nil {
				return err
			}
			if v["permissions"] = r.Field("permissions"); r.Field("key") == access.AdminRole {
				v["permissions"] = adminPermissions()
			}
		}
		out, err := s.Create(c.Ctx, access.Roles.Name, v)
		made = out.ID
		return err
	})
	if door.Showable(err) {
		l := roleList{Values: form, Err: err}
		if err := l.load(c); err != nil {
			return err
		}
		return reply(c, door.Status(err), l.page(c))
	}
	if err != nil {
		return err
	}
	return c.Go(rolesURL + "/" + made.String())
}

// adminPermissions are what the shipped administrators may, which no record
// need say of them.
func adminPermissions() string {
	for _, r := range access.ShippedRoles() {
		if r.Key == access.AdminRole {
			return r.Permissions.String()
		}
	}
	return ""
}

// removal is a role on its way out, and who has it.
type removal struct {
	role
	Others []choice
	Err    error
}

func removalOf(c *door.Call) (*removal, error) {
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	l := roleList{}
	if err := l.load(c); err != nil {
		return nil, err
	}
	for _, r := range l.Roles {
		if r.ID == id && r.Key != "" {
			return nil, fault.New(fault.Conflict, "access.shipped_role", fault.Args{"key": r.Key})
		}
		if r.ID == id {
			return &removal{role: r, Others: l.choices(id)}, nil
		}
	}
	return nil, notFound()
}

func showDeleteRole(c *door.Call) error {
	r, err := removalOf(c)
	if err != nil {
		return err
	}
	return ask(c, http.StatusOK, rolesURL+"/"+r.ID.String(), c.View.T("web.people.delete_it", "name", r.Name), deleteRoleForm(c.View, r))
}

// deleteRole gives those who have the role another one, and deletes it.
func deleteRole(c *door.Call) error {
	r, err := removalOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	var act value.ID
	err = c.Write("roles.delete", func(s *record.Session) error {
		if err := reassign(c, s, r.ID, chosen(form, "to")); err != nil {
			return err
		}
		err := s.Delete(c.Ctx, access.Roles.Name, r.ID)
		act = s.Act()
		return err
	})
	if door.Showable(err) {
		r.Err = err
		return ask(c, door.Status(err), rolesURL+"/"+r.ID.String(), c.View.T("web.people.delete_it", "name", r.Name), deleteRoleForm(c.View, r))
	}
	if err != nil {
		return err
	}
	l := roleList{}
	if c.Fragment() {
		c.W.Header().Set("HX-Push-Url", rolesURL)
	}
	return done(c, rolesURL, func() (kit.Page, error) {
		err := l.load(c)
		return l.page(c), err
	}, c.View.T("web.people.role_deleted", "name", r.Name), door.Undo(act))
}

// reassign gives everybody who has one role another, the switched off included.
func reassign(c *door.Call, s *record.Session, from, to value.ID) error {
	b := record.Batch{Object: access.Members.Name}
	err := s.Each(c.Ctx, record.Query{Object: access.Members.Name, Filter: `role = "` + from.String() + `"`, Fields: []string{"name"}}, func(r *record.Record) error {
		b.Changes = append(b.Changes, record.Change{ID: r.ID, Values: record.Values{"role": to}})
		return nil
	})
	if err != nil || len(b.Changes) == 0 {
		return err
	}
	if to == 0 {
		return fault.New(fault.Invalid, "web.people.role_needed", nil).With(fault.Field{Path: "to", Key: "web.people.role_needed"})
	}
	_, err = s.Save(c.Ctx, b)
	return err
}

// likely is the role that a new one is most often made like.
func likely(l *roleList) value.ID {
	if l.Values != nil {
		return chosen(l.Values, "like")
	}
	for _, r := range l.Roles {
		if r.Key == access.RepRole {
			return r.ID
		}
	}
	return 0
}
