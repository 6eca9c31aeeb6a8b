package goal

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// crowd is who stands on a board: teams in their tree, and people.
type crowd struct {
	s       *record.Session
	members []value.ID
	teams   map[value.ID]*branch
	roots   []value.ID
	company bool
}

type branch struct {
	id, parent value.ID
	name       string
	children   []value.ID
}

// crowdOf finds the people whose targets the actor may read, who have one or have
// something to show, and the teams above them.
func crowdOf(ctx context.Context, s *record.Session, q Question, active func(value.ID) bool, set []*Target) (*crowd, error) {
	o, err := s.Object(Targets.Name)
	if err != nil {
		return nil, err
	}
	c := &crowd{s: s, teams: map[value.ID]*branch{}, company: q.Team == 0 && q.Member == 0 && s.Actor().Scope(o, access.Read) == access.All}
	has := map[value.ID]bool{}
	for _, t := range set {
		has[t.Member] = true
		c.company = c.company || t.Company()
	}
	for _, id := range s.Roster().MemberIDs() {
		reached := s.Actor().Reaches(o, access.Read, id) || s.Actor().System()
		if !reached && !has[id] || q.Member != 0 && q.Member != id || q.Team != 0 && !s.Roster().InTeam(id, q.Team) {
			continue
		}
		if has[id] || active != nil && active(id) {
			c.members = append(c.members, id)
		}
	}
	err = s.AsSystem("the tree of teams").Each(ctx, record.Query{Object: access.Teams.Name, Fields: []string{"name", "parent"}}, func(r *record.Record) error {
		b := &branch{id: r.ID, name: r.Title()}
		b.parent, _ = record.Get(r, access.TeamParent)
		c.teams[r.ID] = b
		return nil
	})
	for _, id := range slices.Sorted(maps.Keys(c.teams)) {
		if up := c.teams[c.teams[id].parent]; up != nil {
			up.children = append(up.children, id)
		} else {
			c.roots = append(c.roots, id)
		}
	}
	slices.SortFunc(c.members, func(a, b value.ID) int { return byName(s.Roster().Name(a), s.Roster().Name(b)) })
	return c, err
}

func byName(a, b string) int {
	return cmp.Or(strings.Compare(i18n.Fold(a), i18n.Fold(b)), strings.Compare(a, b))
}

// lines are the company, the teams in their tree with their people, and people of
// no team.
func (c *crowd) lines(set []*Target) []*Line {
	find := func(member, team value.ID) *Target {
		for _, t := range set {
			if t.Member == member && t.Team == team {
				return t
			}
		}
		return nil
	}
	var out []*Line
	if c.company {
		out = append(out, &Line{Name: c.s.Settings().Name, Target: find(0, 0)})
	}
	depth := len(out)
	var visit func(team value.ID, depth int) []*Line
	visit = func(team value.ID, depth int) []*Line {
		line := &Line{Team: team, Name: c.teams[team].name, Depth: depth, Target: find(0, team)}
		below := c.people(team, depth+1, find)
		children := slices.Clone(c.teams[team].children)
		slices.SortFunc(children, func(a, b value.ID) int { return byName(c.teams[a].name, c.teams[b].name) })
		for _, child := range children {
			below = append(below, visit(child, depth+1)...)
		}
		if len(below) == 0 && line.Target == nil {
			return nil
		}
		if line.Target == nil && !c.shows(team) {
			for _, l := range below {
				l.Depth = max(0, l.Depth-1)
			}
			return below
		}
		return append([]*Line{line}, below...)
	}
	slices.SortFunc(c.roots, func(a, b value.ID) int { return byName(c.teams[a].name, c.teams[b].name) })
	for _, root := range c.roots {
		out = append(out, visit(root, depth)...)
	}
	return append(out, c.people(0, depth, find)...)
}

// shows reports whether a team's line is for the actor: whose people he may all
// read.
func (c *crowd) shows(team value.ID) bool {
	o, err := c.s.Object(Targets.Name)
	if err != nil {
		return false
	}
	a := c.s.Actor()
	switch scope := a.Scope(o, access.Read); {
	case scope == access.All:
		return true
	case scope == access.Below:
		return c.s.Roster().Below(a.Team(), team)
	case scope == access.Team:
		return a.Team() == team && len(c.teams[team].children) == 0
	}
	return false
}

func (c *crowd) people(team value.ID, depth int, find func(member, team value.ID) *Target) (out []*Line) {
	for _, id := range c.members {
		if c.s.Roster().TeamOf(id) == team {
			out = append(out, &Line{Member: id, Name: c.s.Roster().Name(id), Depth: depth, Target: find(id, 0)})
		}
	}
	return out
}
