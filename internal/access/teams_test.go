package access

import (
	"math/rand/v2"
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// read answers a table of pairs as it stands.
func (h *house) pairs(sql string) map[pair]bool {
	h.t.Helper()
	var all map[pair]bool
	err := h.db.Read(h.t.Context(), func(tx *store.Tx) (err error) {
		all, err = readPairs(h.t.Context(), tx, sql)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func TestTeamsChangedKeepsTheTables(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		role := h.shipped()[RepRole]
		dice := rand.New(rand.NewPCG(1, 2))
		teams := []value.ID{h.team(0)}
		for range 8 {
			teams = append(teams, h.team(teams[dice.IntN(len(teams))]))
		}
		var members []value.ID
		for range 12 {
			members = append(members, h.member(teams[dice.IntN(len(teams))], role))
		}
		for round := range 12 {
			before := h.roster().Version()
			who := members[dice.IntN(len(members))]
			switch round % 4 {
			case 0:
				members = append(members, h.member(teams[dice.IntN(len(teams))], role))
				h.changed()
			case 1:
				h.exec(`UPDATE {member} SET team_id = $1 WHERE id = $2`, teams[dice.IntN(len(teams))], who)
				h.membersChanged(who, members[0])
			case 2:
				h.exec(`UPDATE {team} SET parent_id = $1 WHERE id = $2`, teams[0], teams[1+dice.IntN(len(teams)-1)])
				h.changed()
			case 3:
				h.exec(`UPDATE {member} SET deleted_at = 1, team_id = NULL WHERE id = $1`, who)
				h.membersChanged(who)
			}
			r := h.roster()
			if r.Version() != before+1 {
				t.Fatalf("round %d: version %d after %d", round, r.Version(), before)
			}
			h.compare(r, teams)
		}
	})
}

func (h *house) membersChanged(ids ...value.ID) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error { return MembersChanged(h.t.Context(), tx, ids) })
}

// compare holds the tables to what the roster says.
func (h *house) compare(r *Roster, teams []value.ID) {
	h.t.Helper()
	below, reach := h.pairs(`SELECT team, below, 1 = 1 FROM {team_below}`), h.pairs(`SELECT team, member, direct FROM {reach}`)
	want := 0
	for _, up := range teams {
		for _, down := range teams {
			if below[pair{up, down}] != r.teams[up].includes(r.teams[down]) {
				h.t.Errorf("team_below of %d and %d is %v", up, down, below[pair{up, down}])
			}
		}
		for _, m := range r.MemberIDs() {
			direct, there := reach[pair{up, m}]
			if there != r.InTeam(m, up) || direct != (r.TeamOf(m) == up) {
				h.t.Errorf("reach of %d and %d is %v, %v", up, m, there, direct)
			}
			if there {
				want++
			}
		}
	}
	if len(reach) != want {
		h.t.Errorf("reach has %d rows, want %d", len(reach), want)
	}
}
