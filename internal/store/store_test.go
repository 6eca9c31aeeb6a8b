package store_test

import (
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

func TestFirstSetting(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		db := storetest.Workspace(t, s)
		ctx := t.Context()
		err := db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO {setting} (key, value) VALUES ($1, $2)`, "currency", "EUR")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Read(ctx, func(tx *store.Tx) error {
			var got string
			found, err := tx.Row(ctx, `SELECT value FROM {setting} WHERE key = $1`, []any{"currency"}, &got)
			if err == nil && (!found || got != "EUR") {
				t.Errorf("setting is %q, %v", got, found)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
