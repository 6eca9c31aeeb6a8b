package store_test

import (
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

func TestSetting(t *testing.T) {
	t.Parallel()
	type fiscal struct {
		Month int  `json:"month"`
		Weeks bool `json:"weeks"`
	}
	setting := store.Setting[fiscal]{Key: "fiscal", Default: fiscal{Month: 1}}
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		ctx, db := t.Context(), storetest.Workspace(t, s)
		get := func() (got fiscal) {
			t.Helper()
			read(t, db, func(tx *store.Tx) (err error) { got, err = setting.Get(ctx, tx); return err })
			return got
		}
		if got := get(); got != setting.Default {
			t.Errorf("unset: %+v", got)
		}
		for _, want := range []fiscal{{Month: 4}, {Month: 10, Weeks: true}} {
			write(t, db, func(tx *store.Tx) error { return setting.Set(ctx, tx, want) })
			if got := get(); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		write(t, db, func(tx *store.Tx) error { return setting.Clear(ctx, tx) })
		if got := get(); got != setting.Default {
			t.Errorf("cleared: %+v", got)
		}
	})
}
