package exchange_test

import (
	"encoding/json"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
)

// The figures of the set are compared with the reference by the command line's
// test; here is how its import went.
func TestPipelineOfARealCompany(t *testing.T) {
	t.Parallel()
	var want struct {
		Totals struct {
			Won     int64
			Revenue json.Number `json:"won_revenue"`
		}
	}
	if err := json.Unmarshal(shared(t, "maven-crm-sales/reference.json"), &want); err != nil {
		t.Fatal(err)
	}
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		runs := k.ImportMaven(t)
		for object, rows := range map[string]int{"product": 7, "account": 85, "member": 35, "deal": 8800} {
			counts(t, runs[object], rows, 0, 0, 0)
			t.Logf("%s: %.0f rows/s", object, float64(rows)/runs[object].Seconds)
		}
		if n := runs["deal"].Incomplete; n != 1425 {
			t.Errorf("%d incomplete deals", n)
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			n, _, err := s.Count(t.Context(), record.Query{Object: "deal", Filter: `status = "won" and amount.in("USD") > 0`, Count: record.CountExact})
			if n != want.Totals.Won {
				t.Errorf("%d won deals, want %d", n, want.Totals.Won)
			}
			return err
		})
	})
}
