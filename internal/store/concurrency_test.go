package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// Writers move amounts between two rows while readers add them up: the sum never changes.
func TestConcurrentWritersAndReaders(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		makeTable(t, db, "purse", "id INT PRIMARY KEY, n INT NOT NULL")
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO {purse} (id, n) VALUES (1, 1000), (2, 0)`)
			return err
		})
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 50 {
					if err := move(ctx, db); err != nil {
						t.Error(err)
					}
				}
			})
			all.Go(func() {
				for range 100 {
					if err := add(ctx, db); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if got := texts(t, db, `SELECT n FROM {purse} ORDER BY id`); got[0] != "800" || got[1] != "200" {
			t.Errorf("in the end %v", got)
		}
	})
}

func move(ctx context.Context, db *store.DB) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		var n int
		if _, err := tx.Row(ctx, `SELECT n FROM {purse} WHERE id = 1`+tx.Dialect().ForUpdate(), nil, &n); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE {purse} SET n = $1 WHERE id = 1`, n-1); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE {purse} SET n = n + 1 WHERE id = 2`)
		return err
	})
}

func add(ctx context.Context, db *store.DB) error {
	return db.Read(ctx, func(tx *store.Tx) error {
		var a, b int
		if _, err := tx.Row(ctx, `SELECT n FROM {purse} WHERE id = 1`, nil, &a); err != nil {
			return err
		}
		if _, err := tx.Row(ctx, `SELECT n FROM {purse} WHERE id = 2`, nil, &b); err != nil {
			return err
		}
		if a+b != 1000 {
			return fmt.Errorf("sum is %d", a+b)
		}
		return nil
	})
}

// Exports hold connections for long; pages have their own.
func TestLongReadsLeaveRoomForPages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		release, started := make(chan struct{}), make(chan struct{}, 20)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				err := db.Read(ctx, func(tx *store.Tx) error {
					if _, err := tx.Row(ctx, `SELECT count(*) FROM {setting}`, nil, nil); err != nil {
						return err
					}
					started <- struct{}{}
					<-release
					return nil
				}, store.Export)
				if err != nil {
					t.Error(err)
				}
			})
		}
		<-started
		if n := count(t, db, "setting"); n != 0 {
			t.Errorf("%d rows", n)
		}
		close(release)
		all.Wait()
	})
}

func TestSameWorkspaceOpenedAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		var all sync.WaitGroup
		dbs := make([]*store.DB, 8)
		for i := range dbs {
			all.Go(func() {
				db, err := s.Workspace(t.Context(), "new-one", true)
				if err != nil {
					t.Error(err)
				}
				dbs[i] = db
			})
		}
		all.Wait()
		for _, db := range dbs {
			if db != dbs[0] {
				t.Error("two handles of one workspace")
			}
		}
	})
}
