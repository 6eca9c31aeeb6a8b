package people

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

const membersURL = "/settings/people"

// member is a colleague as the list shows him.
type member struct {
	ID, Team, Role, Manager value.ID
	Version                 int64
	Name, Email, Title      string
	Region                  string
	Active                  bool
	Seat                    access.Seat
	Seated                  bool // there is a way in
	Focus                   bool // the row just changed
}

// choice is something to choose by id.
type choice struct {
	ID   value.ID
	Name string
}

// staff is the list of colleagues with all that its rows need.
type staff struct {
	Admin     bool
	Me        value.ID
	Members   []member
	Teams     []choice
	Roles     []choice
	Everybody []choice // active members
	Names     map[value.ID]string
	Regions   []string // that holidays name
	Off       int64    // members who are switched off
	Text      string
	ShowOff   bool
	Next      string
	Edit      value.ID
	Typed     url.Values
	Err       error
}

const membersAPage = 100

func showMembers(c *door.Call) error {
	q := c.R.URL.Query()
	p := staff{Text: strings.TrimSpace(q.Get("q")), ShowOff: q.Get("show") == "off"}
	row, editing := q.Get("row"), q.Get("edit")
	p.Edit, _ = value.ParseID(editing)
	if id, err := value.ParseID(cmp.Or(row, editing)); err == nil && c.Fragment() {
		if err := p.load(c, id, ""); err != nil {
			return err
		}
		p.Members[0].Focus = true
		return c.Parts(http.StatusOK, memberPart(c.View, &p, p.Members[0]))
	}
	if err := p.load(c, 0, q.Get("cursor")); err != nil {
		return err
	}
	return c.Show(membersView(c, &p))
}

func membersView(c *door.Call, p *staff) kit.Page {
	return kit.Page{Title: c.View.T("web.people.members"), Nav: "/settings", Body: membersPage(c.View, p)}
}

// load reads the list, or one member of it.
func (p *staff) load(c *door.Call, one value.ID, cursor string) error {
	err := c.Read(func(s *record.Session) (err error) {
		p.Admin, p.Me = s.Actor().Admin(), s.Actor().Member()
		if p.Edit != 0 && !p.Admin {
			return admin(s)
		}
		if err := p.choices(c, s); err != nil {
			return err
		}
		var rows []*record.Record
		if one != 0 {
			r, err := s.Get(c.Ctx, access.Members.Name, one)
			if err != nil {
				return err
			}
			rows = []*record.Record{r}
		} else if rows, err = p.page(c, s, cursor); err != nil {
			return err
		}
		p.Members = p.Members[:0]
		for _, r := range rows {
			p.Members = append(p.Members, memberOf(r))
		}
		return nil
	})
	if err != nil || !p.Admin {
		return err
	}
	seats, err := c.App.Auth().Seats(c.Ctx, c.Identity.Workspace)
	for i := range p.Members {
		p.Members[i].Seat, p.Members[i].Seated = seats[p.Members[i].ID], seats[p.Members[i].ID].User != 0
	}
	return err
}

func (p *staff) page(c *door.Call, s *record.Session, cursor string) ([]*record.Record, error) {
	q := record.Query{Object: access.Members.Name, Filter: "active = true", Sort: "name", Limit: membersAPage, Cursor: cursor, Text: p.Text}
	off := record.Query{Object: access.Members.Name, Filter: "not active = true", Count: record.CountExact, Text: p.Text}
	var err error
	if p.Off, _, err = s.Count(c.Ctx, off); err != nil {
		return nil, err
	}
	if p.ShowOff {
		q.Filter = off.Filter
	}
	page, err := s.Query(c.Ctx, q)
	if err != nil {
		return nil, err
	}
	p.Next = page.Next
	return page.Records, nil
}

// choices reads what a member can be given: teams, roles, managers.
func (p *staff) choices(c *door.Call, s *record.Session) (err error) {
	p.Names = map[value.ID]string{}
	if p.Teams, err = p.list(c, s, access.Teams.Name); err != nil {
		return err
	}
	if p.Roles, err = p.list(c, s, access.Roles.Name); err != nil {
		return err
	}
	if p.Regions, err = hours.Regions(c.Ctx, s); err != nil {
		return err
	}
	p.Everybody = colleagues(s.Roster())
	for _, id := range s.Roster().MemberIDs() {
		p.Names[id] = s.Roster().Name(id)
	}
	return nil
}

// list reads all of a small object that the actor may read, by name.
func (p *staff) list(c *door.Call, s *record.Session, object string) ([]choice, error) {
	if _, err := s.Object(object); err != nil {
		return nil, nil // nothing of it is theirs to know
	}
	page, err := s.Query(c.Ctx, record.Query{Object: object, Fields: []string{"name"}, Sort: "name", Limit: 500})
	if err != nil {
		return nil, err
	}
	var all []choice
	for _, r := range page.Records {
		all = append(all, choice{r.ID, r.Title()})
		p.Names[r.ID] = r.Title()
	}
	return all, nil
}

// colleagues are the people who work here, by name.
func colleagues(r *access.Roster) []choice { return byName(r, r.People()) }

func byName(r *access.Roster, ids []value.ID) []choice {
	var all []choice
	for _, id := range ids {
		all = append(all, choice{id, r.Name(id)})
	}
	slices.SortFunc(all, func(a, b choice) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return all
}

func memberOf(r *record.Record) member {
	m := member{ID: r.ID, Version: r.Version}
	m.Name, _ = r.Field("name").(string)
	m.Email, _ = r.Field("email").(string)
	m.Title, _ = r.Field("title").(string)
	m.Region, _ = r.Field("holiday_region").(string)
	m.Team, _ = r.Field("team").(value.ID)
	m.Role, _ = r.Field("role").(value.ID)
	m.Manager, _ = r.Field("manager").(value.ID)
	m.Active, _ = r.Field("active").(bool)
	return m
}

// saveMember changes what stands in a row.
func saveMember(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	act, err := changeMember(c, id, form)
	if err != nil && !door.Showable(err) {
		return err
	}
	if err == nil && !c.Fragment() {
		return c.Go(membersURL)
	}
	p := staff{}
	if err != nil {
		p.Edit, p.Typed, p.Err = id, form, err
	}
	if c.Fragment() {
		if err := p.load(c, id, ""); err != nil {
			return err
		}
		m := p.Members[0]
		m.Focus = true
		if p.Err != nil {
			return c.Parts(door.Status(err), memberPart(c.View, &p, m))
		}
		return c.Parts(http.StatusOK, memberPart(c.View, &p, m), kit.ToastPart(c.View, c.View.T("web.people.member_saved", "name", m.Name), door.Undo(act)))
	}
	if err := p.load(c, 0, ""); err != nil {
		return err
	}
	return c.ShowStatus(door.Status(p.Err), membersView(c, &p))
}

func changeMember(c *door.Call, id value.ID, form url.Values) (act value.ID, err error) {
	v := record.Values{}
	for _, name := range []string{"name", "title", "holiday_region"} {
		if form.Has(name) {
			v[name] = textOrNil(form.Get(name))
		}
	}
	for _, name := range []string{"team", "role", "manager"} {
		if !form.Has(name) {
			continue
		}
		v[name] = nil
		if text := form.Get(name); text != "" {
			to, err := value.ParseID(text)
			if err != nil {
				return 0, at(err, name)
			}
			v[name] = to
		}
	}
	version := versionOf(form)
	err = c.Write("people.change", func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		_, err := s.Update(c.Ctx, access.Members.Name, id, version, v)
		act = s.Act()
		return err
	})
	return act, err
}

// setActive lets a member work again.
func reactivate(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	if err := c.Read(admin); err != nil {
		return err
	}
	if err := c.WS.SetMemberActive(c.Ctx, c.Who, id, true); err != nil {
		return err
	}
	p := staff{}
	return done(c, membersURL, func() (kit.Page, error) {
		err := p.load(c, 0, "")
		return membersView(c, &p), err
	}, c.View.T("web.people.back_in", "name", nameOf(c, id)), "")
}

// nameOf is what a member is called.
func nameOf(c *door.Call, id value.ID) (name string) {
	_ = c.Read(func(s *record.Session) error { name = s.Roster().Name(id); return nil })
	return name
}

func textOrNil(text string) any {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return text
}

func versionOf(form url.Values) int64 {
	id, err := value.ParseID(form.Get("v"))
	if err != nil {
		return 0
	}
	return int64(id)
}

// notFound is an address without anything behind it.
func notFound() error { return fault.New(fault.NotFound, "web.no_page", nil) }
