package cli

import (
	"context"
	"strconv"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

type teamCmd struct {
	Add  teamAddCmd  `cmd:"" help:"Make a team, or change where it stands."`
	List teamListCmd `cmd:"" help:"List the tree of teams."`
}

type teamAddCmd struct {
	Name   string `arg:"" help:"Name of the team."`
	Parent string `placeholder:"NAME" help:"The team above it, made when it is missing."`
	Lead   string `placeholder:"ADDRESS" help:"E-mail address of who leads it."`
}

// Run makes a team. Doing it again changes the parent and the lead.
func (c *teamAddCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, writing)
	if err != nil {
		return err
	}
	defer closing()
	v := record.Values{}
	if c.Lead != "" {
		id, err := sh.member(ctx, w, c.Lead)
		if err != nil {
			return err
		}
		record.With(v, access.TeamLead, id)
	}
	err = w.Write(ctx, record.Who{System: "command line", Door: "cli", Cause: "team.add"}, func(s *record.Session) error {
		if c.Parent != "" {
			parent, err := app.TeamNamed(ctx, s, c.Parent, 0)
			if err != nil {
				return err
			}
			record.With(v, access.TeamParent, parent)
		}
		id, err := app.TeamNamed(ctx, s, c.Name, 0)
		if err != nil || len(v) == 0 {
			return err
		}
		_, err = s.Update(ctx, access.Teams.Name, id, 0, v)
		return err
	})
	if err == nil {
		sh.say("cli.team_added", fault.Args{"team": c.Name})
	}
	return err
}

type teamListCmd struct {
	JSON bool `help:"Answer as JSON."`
}

// group is a team as the list shows it.
type group struct {
	ID      value.ID `json:"id"`
	Name    string   `json:"name"`
	Parent  string   `json:"parent"`
	Lead    string   `json:"lead"`
	Members int64    `json:"members"`

	above value.ID
}

// Run lists the teams, those below a team behind it.
func (c *teamListCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	who, err := sh.who(ctx, w, "", "team.list")
	if err != nil {
		return err
	}
	teams := []group{}
	err = readAs(ctx, w, who, func(s *record.Session) error {
		sizes, err := s.Aggregate(ctx, record.Aggregate{Object: access.Members.Name, Group: []string{"team"}, Measures: []string{"count"}})
		if err != nil {
			return err
		}
		n := map[any]int64{}
		for _, g := range sizes.Groups {
			n[g.Keys[0]], _ = g.Values[0].Value.(int64)
		}
		teams = teams[:0]
		q := record.Query{Object: access.Teams.Name, Sort: "name", Fields: []string{"name", "parent", "parent.name", "lead.name"}}
		return s.Each(ctx, q, func(r *record.Record) error {
			g := group{ID: r.ID, Name: r.Title(), Members: n[r.ID], Parent: value.Text(r.Path("parent.name")), Lead: value.Text(r.Path("lead.name"))}
			g.above, _ = record.Get(r, access.TeamParent)
			teams = append(teams, g)
			return nil
		})
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return sh.json(teams)
	}
	t := table{heads: []string{"TEAM", "MEMBERS", "LEAD"}, right: map[int]bool{1: true}}
	below(&t, teams, 0, 0)
	t.write(sh.Out)
	return nil
}

// below adds the teams under one, deeper ones set in.
func below(t *table, teams []group, above value.ID, depth int) {
	for _, g := range teams {
		if g.above == above && depth < 50 {
			t.add(strings.Repeat("  ", depth)+g.Name, strconv.FormatInt(g.Members, 10), g.Lead)
			below(t, teams, g.ID, depth+1)
		}
	}
}
