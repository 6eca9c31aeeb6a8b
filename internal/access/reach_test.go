package access

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// village is a random team tree with members, and the plainest way to say who
// reaches whom.
type village struct {
	parents map[value.ID]value.ID
	members map[value.ID]*person
	ids     []value.ID
}

func drawVillage(t *rapid.T) village {
	v := village{parents: map[value.ID]value.ID{}, members: map[value.ID]*person{}}
	teams := rapid.IntRange(0, 12).Draw(t, "teams")
	for i := 1; i <= teams; i++ {
		up := rapid.IntRange(0, i-1).Draw(t, "parent")
		if rapid.IntRange(0, 9).Draw(t, "lost") == 0 {
			up = 99 // a team that is not there
		}
		v.parents[value.ID(i)] = value.ID(up)
	}
	for i := range rapid.IntRange(1, 20).Draw(t, "members") {
		id := value.ID(1000 + i)
		v.members[id] = &person{id: id, role: 1, active: true, team: value.ID(rapid.IntRange(0, teams+1).Draw(t, "team"))}
		v.ids = append(v.ids, id)
	}
	return v
}

func (v village) reaches(s Scope, me, owner value.ID) bool {
	mine, his := v.members[me].team, v.members[owner].team
	if _, there := v.parents[mine]; !there {
		mine = 0
	}
	switch {
	case s == All || me == owner:
		return s != None
	case s < Team || mine == 0 || his == 0:
		return false
	case s == Team:
		return mine == his
	}
	for at := his; at != 0; at = v.parents[at] {
		if at == mine {
			return true
		}
	}
	return false
}

func (v village) roster(s *schema.Schema, scope Scope) *Roster {
	members := map[value.ID]*person{}
	for id, p := range v.members {
		c := *p
		members[id] = &c
	}
	r := &Roster{schema: s, members: members, open: map[string]Openness{}, extras: map[extraKey]bool{}}
	r.teams = tree(v.parents, members)
	right := Right{Scope: scope}
	r.roles = map[value.ID]*role{1: {id: 1, permissions: Permissions{
		Objects: map[string]ObjectRights{everyObject: {Read: right, Update: right}}}}}
	r.workOut()
	return r
}

func TestReachEqualsNaive(t *testing.T) {
	t.Parallel()
	s, err := schema.New(1, objects())
	if err != nil {
		t.Fatal(err)
	}
	deal := s.MustObject("deal")
	rapid.Check(t, func(t *rapid.T) {
		v := drawVillage(t)
		scope := Scope(rapid.IntRange(int(None), int(All)).Draw(t, "scope"))
		r := v.roster(s, scope)
		for _, me := range v.ids {
			a, err := r.Actor(me)
			if err != nil {
				t.Fatal(err)
			}
			reach := a.Reach(deal, Update)
			if !slices.IsSorted(reach.Owners) || reach.All != (scope == All) || reach.None != (scope == None) {
				t.Fatalf("%s: %+v", scope, reach)
			}
			n := 0
			for _, owner := range v.ids {
				want := v.reaches(scope, me, owner)
				if got := reach.All || slices.Contains(reach.Owners, owner); got != want {
					t.Fatalf("%s: reach of %d holds %d: %v, want %v", scope, me, owner, got, want)
				}
				if got := a.Reaches(deal, Update, owner); got != want {
					t.Fatalf("%s: %d reaches %d: %v, want %v", scope, me, owner, got, want)
				}
				if want {
					n++
				}
			}
			if !reach.All && reach.Members != n {
				t.Fatalf("%s: %d members, want %d", scope, reach.Members, n)
			}
			if a.Reaches(deal, Update, 0) != (scope == All) {
				t.Fatal("records without an owner are for those who reach all")
			}
		}
	})
}

func TestCirclesInTheTreeDoNotHang(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parents := map[value.ID]value.ID{}
		n := rapid.IntRange(1, 8).Draw(t, "teams")
		members := map[value.ID]*person{}
		for i := 1; i <= n; i++ {
			parents[value.ID(i)] = value.ID(rapid.IntRange(0, n).Draw(t, "parent"))
			members[value.ID(100+i)] = &person{id: value.ID(100 + i), team: value.ID(i)}
		}
		teams := tree(parents, members)
		closure(teams)
		for id, x := range teams {
			if !slices.Contains(x.owners, 100+id) || !x.includes(x) {
				t.Fatalf("team %d lost its own member: %v of %v", id, x.owners, parents)
			}
		}
	})
}

func TestManyOwnersAreReachedByTheTable(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		role := h.role("x", `{"objects": {"*": {"read":"team", "update":"team_and_below", "delete":"own"}}}`)
		top := h.team(0)
		under := h.team(top)
		boss, aside := h.member(top, role), h.member(0, role)
		var rows [][]any
		for range fewOwners {
			rows = append(rows, []any{h.id(), 1, "m", top, role, true})
		}
		rows = append(rows, []any{h.id(), 1, "m", under, role, true})
		h.write(func(tx *store.Tx) error {
			_, err := tx.ExecRows(t.Context(), `INSERT INTO {member} (id, version, name, team_id, role_id, active) VALUES`, 6, rows, "")
			return err
		})
		h.changed()
		a := h.actor(boss)
		for act, want := range map[Action]Reach{
			Read:   {Members: fewOwners + 1, Team: top, Direct: true},
			Update: {Members: fewOwners + 1, Team: top, Direct: true},
			Delete: {Members: 1, Owners: []value.ID{boss}},
		} {
			got := a.Reach(h.object("deal"), act)
			got.Object, got.Level = "", 0
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %+v, want %+v", act, got, want)
			}
		}
		wide := h.actor(h.member(top, h.role("y", `{"objects": {"*": {"read":"team_and_below"}}}`)))
		h.changed()
		if got := wide.Reach(h.object("deal"), Read); got.Team != top || got.Direct || got.Owners != nil || got.Members != fewOwners+3 {
			t.Errorf("below: %+v", got)
		}
		if got := h.actor(aside).Reach(h.object("deal"), Read); !slices.Equal(got.Owners, []value.ID{aside}) {
			t.Errorf("without a team: %+v", got)
		}
		var direct, all int64
		h.write(func(tx *store.Tx) error {
			_, err := tx.Row(t.Context(), `SELECT count(*) FROM {reach} WHERE team = $1 AND direct`, []any{top}, &direct)
			if err == nil {
				_, err = tx.Row(t.Context(), `SELECT count(*) FROM {reach} WHERE team = $1`, []any{top}, &all)
			}
			return err
		})
		if direct != fewOwners+2 || all != fewOwners+3 {
			t.Errorf("reach holds %d direct and %d members", direct, all)
		}
	})
}
