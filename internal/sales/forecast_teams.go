package sales

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// ForecastScope is where somebody begins: a manager with his team and those
// below, who leads nobody with himself. The company's whole is 0 and 0.
func ForecastScope(s *record.Session) (person, team value.ID) {
	a := s.Actor()
	if leads(s) {
		if a.Scope(s.Schema().MustObject(Deals.Name), access.Update) == access.All {
			return 0, 0
		}
		return 0, a.Team()
	}
	return a.Member(), 0
}

// leads reports whether the actor answers for deals of more than his own team's
// colleagues: his right to change them goes down the tree.
func leads(s *record.Session) bool {
	o := s.Schema().MustObject(Deals.Name)
	scope := s.Actor().Scope(o, access.Update)
	return scope == access.All || scope == access.Below && s.Actor().Team() != 0
}

// teamTree is the teams of the company.
type teamTree struct {
	names  map[value.ID]string
	parent map[value.ID]value.ID
}

// place reads the teams that rows are made of.
func (x *foresight) place(ctx context.Context) (err error) {
	if x.q.By != ByTeam {
		return nil
	}
	x.tree, err = teamsOf(ctx, x.s)
	return err
}

func teamsOf(ctx context.Context, s *record.Session) (*teamTree, error) {
	t := &teamTree{names: map[value.ID]string{}, parent: map[value.ID]value.ID{}}
	err := s.AsSystem("the tree of teams").Each(ctx, record.Query{Object: access.Teams.Name, Fields: []string{access.TeamName.Name(), access.TeamParent.Name()}}, func(r *record.Record) error {
		t.names[r.ID] = r.Title()
		if up, ok := record.Get(r, access.TeamParent); ok && up != r.ID {
			t.parent[r.ID] = up
		}
		return nil
	})
	for id, up := range t.parent {
		if t.names[up] == "" {
			t.parent[id] = 0
		}
	}
	return t, err
}

// deepest is how far a tree of teams is followed, should it run in a circle.
const deepest = 50

// under is the team right below top that a team belongs to; 0 for top itself
// and for none.
func (t *teamTree) under(top, team value.ID) value.ID {
	for range deepest {
		if team == 0 || team == top {
			return 0
		}
		if t.parent[team] == top {
			return team
		}
		team = t.parent[team]
	}
	return 0
}
