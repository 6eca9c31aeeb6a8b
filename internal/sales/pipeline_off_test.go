package sales_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
)

// A pipeline is switched off once no open deal is in it, and then none comes in.
func TestAPipelineWithOpenDealsStaysOn(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		pipeline := only(t, k, "pipeline", `name = "Private customers"`)
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Sofa", "account": account, "pipeline": pipeline})
		try := func(object string, v record.Values) error {
			return k.Try(t.Context(), k.Ada, func(s *record.Session) error {
				id := pipeline
				if object == "deal" {
					id = deal
				}
				_, err := s.Update(t.Context(), object, id, 0, v)
				return err
			})
		}
		err := try("pipeline", record.Values{"active": false})
		if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Key != "pipeline.has_open" || f.Fields[0].Args["pipeline"] != "Private customers" {
			t.Errorf("switched off under an open deal: %v", err)
		}
		bought := only(t, k, "stage", `name = "Bought"`)
		if err := try("deal", record.Values{"stage": bought}); err != nil {
			t.Fatal(err)
		}
		if err := try("pipeline", record.Values{"active": false}); err != nil {
			t.Errorf("with a deal that is won: %v", err)
		}
		inquiry := only(t, k, "stage", `name = "Inquiry"`)
		if err := try("deal", record.Values{"stage": inquiry}); !fault.Is(err, fault.Invalid) {
			t.Errorf("opened again in a pipeline that is switched off: %v", err)
		}
		if err := try("pipeline", record.Values{"active": true}); err != nil {
			t.Fatal(err)
		}
		if err := try("deal", record.Values{"stage": inquiry}); err != nil {
			t.Errorf("opened again: %v", err)
		}
	})
}
