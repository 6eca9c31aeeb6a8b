package process_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/store"
)

// The trace of a record that went back and forth for years has all its steps, in
// their order.
func TestLongTrace(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		const n = 2300
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account})
		var object string
		k.Read(t, k.Rita, func(s *record.Session) error { object = s.Schema().MustObject("deal").ID; return nil })
		err := k.Workspace.Engine().DB().Write(t.Context(), func(tx *store.Tx) error {
			for i := range n {
				if _, err := tx.Exec(t.Context(), `INSERT INTO {process_step} (id, object, record, blueprint, version, was, was_label, state, label, move, kind, act, at, said)
					VALUES ($1, $2, $3, 5, 6, 'a', 'A', 'b', 'B', '', 'move', 7, $4, '{}')`, int64(i+1), object, deal, k.Now()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			list, err := process.Trace(t.Context(), s, "deal", deal)
			if err == nil && len(list) != n+1 { // and the stage that it began in
				t.Errorf("%d steps of %d", len(list), n+1)
			}
			return err
		})
	})
}
