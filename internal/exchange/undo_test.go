package exchange_test

import (
	"fmt"
	"slices"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

func idsBy(t *testing.T, k *apptest.Kit, object, name string) value.ID {
	t.Helper()
	var id value.ID
	k.Read(t, k.Ada, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: object, Filter: fmt.Sprintf("name = %q", name), Fields: []string{"name"}})
		if err == nil && len(page.Records) > 0 {
			id = page.Records[0].ID
		}
		return err
	})
	return id
}

// An import of creates, updates and created links is taken back; what somebody
// touched since stays, and is reported.
func TestUndoOfAnImport(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		counts(t, bring(t, k, "deal", "external_id,name,account,amount,next_step\n1,Old,First,10,call\n2,Old too,First,20,write\n", exchange.Mapping{Create: []string{"account"}}), 2, 0, 0, 0)
		run := bring(t, k, "deal", "external_id,name,account,amount,next_step,product\n1,New,Second,11,,Saw\n2,New too,Second,20,wait,\n3,Made,Third,30,,Saw\n4,Touched,Third,40,,\n5,Linked,Fourth,50,,Axe\n",
			exchange.Mapping{Match: "external_id", Create: []string{"account", "lines.product"}, Columns: map[string]string{"product": "lines.product.name"}})
		counts(t, run, 3, 2, 0, 0)
		one, touched := idsBy(t, k, "deal", "New"), idsBy(t, k, "deal", "Touched")
		k.Write(t, k.Ada, func(s *record.Session) error {
			if _, err := s.Update(t.Context(), "deal", one, 0, record.Values{"amount": "12"}); err != nil {
				return err
			}
			_, err := s.Update(t.Context(), "deal", touched, 0, record.Values{"next_step": "mine"})
			return err
		})
		k.Create(t, k.Ada, "contact", record.Values{"name": "Ann", "account": idsBy(t, k, "account", "Fourth")})
		undone, err := importer(k).Undo(t.Context(), apptest.As(k.Ada), run.ID)
		if err != nil || undone.State != exchange.Undone {
			t.Fatalf("%v %+v", err, undone)
		}
		same(t, rows(t, k, "deal", "name", "account", "amount", "next_step"), "Old|First|12.00 EUR|call", "Old too|First|20.00 EUR|write", "Touched|Third|40.00 EUR|mine")
		same(t, rows(t, k, "account", "name"), "First", "Fourth", "Third")
		same(t, rows(t, k, "product", "name"))
		var kept []string
		for _, x := range undone.Kept {
			kept = append(kept, x.Object+" "+x.Field+" "+x.Reason)
		}
		slices.Sort(kept)
		same(t, kept, "account  record.linked_since", "account  record.linked_since", "deal  record.changed_since", "deal amount record.changed_since")
		if _, err := importer(k).Undo(t.Context(), apptest.As(k.Ada), run.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("undone twice: %v", err)
		}
	})
}
