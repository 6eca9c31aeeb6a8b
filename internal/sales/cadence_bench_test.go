package sales_test

import (
	"fmt"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
)

// BenchmarkCadences places the second attempt of leads: an operation is one.
func BenchmarkCadences(b *testing.B) {
	apptest.Bench(b, func(b *testing.B, k *apptest.Kit) {
		k.Write(b, k.Ada, func(s *record.Session) error {
			made, err := s.Create(b.Context(), "cadence", record.Values{"name": "Bench", "auto": true, "active": true, "condition": `channel = "bench"`, "position": int64(-1)})
			if err != nil {
				return err
			}
			for day, kind := range []string{"call", "task"} {
				if _, err := s.Create(b.Context(), "cadence_step", record.Values{"name": fmt.Sprint("Attempt ", day+1), "cadence": made.ID, "day": int64(day), "kind": kind, "position": int64(day)}); err != nil {
					return err
				}
			}
			return nil
		})
		for left := b.N; left > 0; left -= 500 {
			k.Write(b, k.Rita, func(s *record.Session) error {
				batch := record.Batch{Object: "lead"}
				for i := range min(500, left) {
					batch.Changes = append(batch.Changes, record.Change{Values: record.Values{"name": fmt.Sprint("Lead ", left-i), "channel": "bench"}})
				}
				_, err := s.Save(b.Context(), batch)
				return err
			})
		}
		k.Pass(4 * 24 * time.Hour)
		b.ResetTimer()
		if err := k.Workspace.RunCadences(b.Context()); err != nil {
			b.Fatal(err)
		}
	})
}
