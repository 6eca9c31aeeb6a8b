package access

import (
	"testing"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// large is 5,000 members in 1,365 teams on 6 levels (four below each).
func large(b *testing.B, server *store.Server) (*store.DB, *schema.Schema) {
	b.Helper()
	db := storetest.Workspace(b, server)
	var s *schema.Schema
	err := db.Write(b.Context(), func(tx *store.Tx) (err error) {
		if s, err = schema.Load(b.Context(), tx, objects()); err != nil {
			return err
		}
		if _, err = schema.Reconcile(b.Context(), tx, s); err != nil {
			return err
		}
		var teams, members, roles [][]any
		for i := 1; i <= 1365; i++ {
			var parent any
			if i > 1 {
				parent = (i + 2) / 4
			}
			teams = append(teams, []any{i, 1, "team", parent})
		}
		for i := range 5000 {
			members = append(members, []any{10_000 + i, 1, "member of many", 1 + i%1365, 1 + i%3, true})
		}
		for i, x := range ShippedRoles() {
			roles = append(roles, []any{1 + i, 1, x.Name, x.Key, x.Permissions.String()})
		}
		if _, err = tx.ExecRows(b.Context(), `INSERT INTO {team} (id, version, name, parent_id) VALUES`, 4, teams, ""); err != nil {
			return err
		}
		if _, err = tx.ExecRows(b.Context(), `INSERT INTO {member} (id, version, name, team_id, role_id, active) VALUES`, 6, members, ""); err != nil {
			return err
		}
		if _, err = tx.ExecRows(b.Context(), `INSERT INTO {role} (id, version, name, "key", permissions) VALUES`, 5, roles, ""); err != nil {
			return err
		}
		return TeamsChanged(b.Context(), tx)
	})
	if err != nil {
		b.Fatal(err)
	}
	return db, s
}

// both runs a benchmark on SQLite, and on PostgreSQL where there is one.
func both(b *testing.B, bench func(b *testing.B, db *store.DB, s *schema.Schema)) {
	for name, open := range map[string]func(testing.TB) *store.Server{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db, s := large(b, open(b))
			b.ResetTimer()
			bench(b, db, s)
		})
	}
}

func BenchmarkLoadRoster(b *testing.B) {
	both(b, func(b *testing.B, db *store.DB, s *schema.Schema) {
		for b.Loop() {
			err := db.Read(b.Context(), func(tx *store.Tx) error {
				_, err := LoadRoster(b.Context(), tx, s)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkMoveOneMember(b *testing.B) {
	benchMove(b, func(b *testing.B, tx *store.Tx) error { return MembersChanged(b.Context(), tx, []value.ID{10_007}) })
}

func BenchmarkTeamsChanged(b *testing.B) {
	benchMove(b, func(b *testing.B, tx *store.Tx) error { return TeamsChanged(b.Context(), tx) })
}

func benchMove(b *testing.B, changed func(*testing.B, *store.Tx) error) {
	both(b, func(b *testing.B, db *store.DB, _ *schema.Schema) {
		n := 0
		for b.Loop() {
			n++
			err := db.Write(b.Context(), func(tx *store.Tx) error {
				if _, err := tx.Exec(b.Context(), `UPDATE {member} SET team_id = $1 WHERE id = 10007`, 1+n%1365); err != nil {
					return err
				}
				return changed(b, tx)
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkReach(b *testing.B) {
	db, s := large(b, storetest.SQLite(b))
	var r *Roster
	err := db.Read(b.Context(), func(tx *store.Tx) (err error) {
		r, err = LoadRoster(b.Context(), tx, s)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	deal := s.MustObject("deal")
	for b.Loop() {
		a, err := r.Actor(value.ID(10_001))
		if err != nil || a.Reach(deal, Update).None {
			b.Fatal(err)
		}
	}
}
