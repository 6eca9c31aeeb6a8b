package sales_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// Whoever worked on the deal meanwhile keeps it; the lead stays converted, so
// that no second deal comes of it.
func TestAConversionWhoseDealIsWorkedOnStays(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		for name, work := range map[string]func(deal value.ID) (act value.ID){
			"changed": func(deal value.ID) (act value.ID) {
				k.Write(t, k.Rita, func(s *record.Session) error {
					_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"amount": "500.00"})
					act = s.Act()
					return err
				})
				return act
			},
			"won": func(deal value.ID) (act value.ID) {
				k.Write(t, k.Rita, func(s *record.Session) error {
					_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{})
					act = s.Act()
					return err
				})
				return act
			},
		} {
			lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "company": "Acme " + name, "email": name + "@home.example"})
			c, act := convert(t, k, k.Rita, lead, sales.Options{Deal: record.Values{}})
			worked := work(c.Deal)
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error { _, err := s.UndoAct(t.Context(), act); return err })
			if f, ok := fault.As(err); !ok || f.Kind != fault.Conflict || f.Key != "lead.conversion_touched" || f.Args["deal"] != "Acme "+name {
				t.Errorf("%s: %v", name, err)
			}
			expect(t, name, texts(t, k, "lead", lead, "status", "converted_deal"), "converted", c.Deal.String())
			if err := tryConvert(t, k, k.Rita, lead, sales.Options{Deal: record.Values{}}); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: converted again: %v", name, err)
			}
			takeBack(t, k, k.Rita, worked)
			takeBack(t, k, k.Rita, act)
			expect(t, name+" taken back", texts(t, k, "lead", lead, "status", "converted_deal"), "new", "")
		}
	})
}
