package apptest

import (
	"maps"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
)

// Ended lets so many deals of Rita's come into the first stage and end a day later,
// all won or all lost.
func (k *Kit) Ended(t testing.TB, deals int, kind string, with ...record.Values) {
	t.Helper()
	account := k.Create(t, k.Rita, "account", record.Values{"name": "Daphne"})
	b := record.Batch{Object: "deal"}
	for range deals {
		v := record.Values{"name": "Ended", "account": account, "amount": "10"}
		for _, more := range with {
			maps.Copy(v, more)
		}
		b.Changes = append(b.Changes, record.Change{Values: v})
	}
	var made []record.Outcome
	k.Write(t, k.Rita, func(s *record.Session) (err error) {
		made, err = s.Save(t.Context(), b)
		return err
	})
	k.Pass(24 * time.Hour)
	k.Write(t, k.Rita, func(s *record.Session) error {
		for _, x := range made {
			step := sales.Step{Deal: x.ID, Kind: kind}
			if kind == sales.Lost {
				step.Close.Reason = "price"
			}
			if _, err := sales.Move(t.Context(), s, step); err != nil {
				return err
			}
		}
		return nil
	})
}
