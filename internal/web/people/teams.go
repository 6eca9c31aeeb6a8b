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

const teamsURL = "/settings/teams"

// team is one in the tree.
type team struct {
	ID, Parent, Lead value.ID
	Version          int64
	Name             string
	Depth            int
	Members          []choice
	Below            bool // it has teams below it
}

// tree is all teams, in the order of the tree.
type tree struct {
	staff
	Teams  []team
	Add    url.Values // what was typed to add one
	AddErr error
}

func showTeams(c *door.Call) error {
	t := tree{}
	t.Edit, _ = value.ParseID(c.R.URL.Query().Get("edit"))
	return teamsAnswer(c, &t)
}

func teamsAnswer(c *door.Call, t *tree) error {
	if err := t.load(c); err != nil {
		return err
	}
	status := http.StatusOK
	for _, err := range []error{t.Err, t.AddErr} {
		if err != nil {
			status = door.Status(err)
		}
	}
	return reply(c, status, t.page(c))
}

func (t *tree) page(c *door.Call) kit.Page {
	return kit.Page{Title: c.View.T("web.people.teams"), Nav: "/settings", Body: teamsPage(c.View, t)}
}

func (t *tree) load(c *door.Call) error {
	return c.Read(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		if err := t.choices(c, s); err != nil {
			return err
		}
		page, err := s.Query(c.Ctx, record.Query{Object: access.Teams.Name, Sort: "name", Limit: 500})
		if err != nil {
			return err
		}
		t.arrange(s.Roster(), page.Records)
		return nil
	})
}

// arrange puts the teams one below the other, each after the one it belongs to.
func (t *tree) arrange(r *access.Roster, rows []*record.Record) {
	direct := map[value.ID][]choice{}
	for _, m := range colleagues(r) {
		direct[r.TeamOf(m.ID)] = append(direct[r.TeamOf(m.ID)], m)
	}
	below, known := map[value.ID][]team{}, map[value.ID]bool{}
	for _, row := range rows {
		known[row.ID] = true
	}
	for _, row := range rows {
		x := team{ID: row.ID, Version: row.Version, Name: row.Title(), Members: direct[row.ID]}
		x.Parent, _ = row.Field("parent").(value.ID)
		x.Lead, _ = row.Field("lead").(value.ID)
		if !known[x.Parent] {
			x.Parent = 0
		}
		below[x.Parent] = append(below[x.Parent], x)
	}
	t.Teams = t.Teams[:0]
	var walk func(of value.ID, depth int)
	walk = func(of value.ID, depth int) {
		for _, x := range below[of] {
			x.Depth, x.Below = min(depth, 8), len(below[x.ID]) > 0
			t.Teams = append(t.Teams, x)
			walk(x.ID, depth+1)
		}
	}
	walk(0, 0)
}

// teamValues are what the form says of a team.
func teamValues(form url.Values) (record.Values, error) {
	v := record.Values{"name": textOrNil(form.Get("name")), "parent": nil, "lead": nil}
	for _, name := range []string{"parent", "lead"} {
		if form.Get(name) == "" {
			continue
		}
		id, err := value.ParseID(form.Get(name))
		if err != nil {
			return nil, at(err, name)
		}
		v[name] = id
	}
	return v, nil
}

// addTeam makes a team.
func addTeam(c *door.Call) error { return writeTeam(c, 0) }

// saveTeam renames or moves a team, or gives it another lead.
func saveTeam(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	return writeTeam(c, id)
}

func writeTeam(c *door.Call, id value.ID) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	v, err := teamValues(form)
	act := value.ID(0)
	if err == nil {
		err = c.Write("teams.change", func(s *record.Session) error {
			err := admin(s)
			if err == nil && id != 0 {
				_, err = s.Update(c.Ctx, access.Teams.Name, id, versionOf(form), v)
			} else if err == nil {
				_, err = s.Create(c.Ctx, access.Teams.Name, v)
			}
			act = s.Act()
			return err
		})
	}
	t := tree{}
	switch {
	case err == nil:
		return teamDone(c, &t, c.View.T("web.people.team_saved", "name", form.Get("name")), act)
	case !door.Showable(err):
		return err
	case id == 0:
		t.Add, t.AddErr = form, err
	default:
		t.Edit, t.Typed, t.Err = id, form, err
	}
	return teamsAnswer(c, &t)
}

func teamDone(c *door.Call, t *tree, text string, act value.ID) error {
	return done(c, teamsURL, func() (kit.Page, error) {
		err := t.load(c)
		return t.page(c), err
	}, text, door.Undo(act))
}

// deleteTeam deletes a team that nobody and nothing is in.
func deleteTeam(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	t, name, act := tree{}, "", value.ID(0)
	if err := t.load(c); err != nil {
		return err
	}
	for _, x := range t.Teams {
		if x.ID == id && (len(x.Members) > 0 || x.Below) {
			return fault.New(fault.Conflict, "web.people.team_full", fault.Args{"name": x.Name})
		}
		if x.ID == id {
			name = x.Name
		}
	}
	err = c.Write("teams.delete", func(s *record.Session) error {
		err := s.Delete(c.Ctx, access.Teams.Name, id)
		act = s.Act()
		return err
	})
	if err != nil {
		return err
	}
	return teamDone(c, &t, c.View.T("web.people.team_deleted", "name", name), act)
}
