package record

import (
	"testing"

	"wellmet/internal/store"
)

// Statistics of tables that are about to grow do harm: none may stay.
func TestAnalyzeKeepsNothingOfSmallTables(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		if err := k.engine.Analyze(t.Context()); err != nil {
			t.Fatal(err)
		}
		if server.Dialect().Name() != "sqlite" {
			return // PostgreSQL refreshes its own as tables grow
		}
		var n int64
		err := k.engine.DB().Read(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Row(t.Context(), `SELECT count(*) FROM {sqlite_stat1}`, nil, &n)
			return err
		})
		if err != nil || n > 0 {
			t.Errorf("%d statistics are kept, %v", n, err)
		}
	})
}
