package app_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/store"
)

// TestNewComputedFieldsReachOldRecords: a newer program that declares one more
// formula computes it for the records of before.
func TestNewComputedFieldsReachOldRecords(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		k.Create(t, k.Rita, "account", record.Values{"name": "Plain"})
		k.Create(t, k.Rita, "account", record.Values{"name": "Supplier", "kinds": []string{"supplier"}})
		engine := k.Workspace.Engine()
		err := engine.DB().Write(t.Context(), func(tx *store.Tx) error { // as an older program left it
			_, err := tx.Exec(t.Context(), `ALTER TABLE {account} DROP COLUMN is_customer`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := engine.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			n, _, err := s.Count(t.Context(), record.Query{Object: "account", Filter: `is_customer`})
			if n != 1 {
				t.Errorf("%d customers", n)
			}
			return err
		})
	})
}
