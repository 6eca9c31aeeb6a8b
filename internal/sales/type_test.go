package sales_test

import (
	"slices"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// A record type leads deals into its pipeline and leads into its cadence; what
// the fields hold that it hides stays there.
func TestRecordTypesChooseTheProcess(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		var people value.ID
		k.Write(t, k.Ada, func(s *record.Session) (err error) {
			people, err = sales.NewPipeline(t.Context(), s, "People", "b2c")
			return err
		})
		cadence := k.Create(t, k.Ada, "cadence", record.Values{"name": "Call people"})
		k.Create(t, k.Ada, "cadence_step", record.Values{"name": "First call", "cadence": cadence, "kind": "call"})
		b2b := k.Create(t, k.Ada, "record_type", record.Values{"name": "Companies", "pipeline": x.pipeline()})
		b2c := k.Create(t, k.Ada, "record_type", record.Values{"name": "Consumers", "pipeline": people, "cadence": cadence, "deal_hides": "region  region,campaign", "deal_first": "source; next_step"})
		for _, v := range []record.Values{{"deal_hides": "nonsense"}, {"deal_hides": "name"}, {"lead_hides": "amount"}, {"deal_first": "nonsense"}} {
			err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "record_type", b2c, 0, v)
				return err
			})
			if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 {
				t.Errorf("%v: %v", v, err)
			}
		}
		set := func(object string, id value.ID, v record.Values) error {
			return k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), object, id, 0, v)
				return err
			})
		}
		if err := set("deal", x.deal, record.Values{"region": "North", "record_type": b2c}); err != nil {
			t.Fatal(err)
		}
		x.is("B2C", record.Values{"pipeline": people, "status": "open", "region": "North"})
		k.Read(t, k.Rita, func(s *record.Session) error {
			d, err := s.Get(t.Context(), "deal", x.deal)
			if err != nil {
				return err
			}
			x, err := sales.ChoiceOf(t.Context(), s, d)
			if !slices.Equal(x.Hides, []string{"campaign", "region"}) || !slices.Equal(x.First, []string{"next_step", "source"}) {
				t.Errorf("chooses %+v", x)
			}
			groups := x.Groups(d.Object, "en")
			if g := groups[0]; g.Label("en") != "Consumers" || !slices.Equal(g.Fields, []string{"source", "next_step"}) {
				t.Errorf("first stands %+v", g)
			}
			for _, g := range groups[1:] {
				if slices.Contains(g.Fields, "source") {
					t.Errorf("twice: %+v", g)
				}
			}
			return err
		})
		if err := set("deal", x.deal, record.Values{"record_type": b2b}); err != nil {
			t.Fatal(err)
		}
		x.is("B2B again", record.Values{"stage": x.stages["Prospecting"], "region": "North"})

		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ida", "email": "ida@x.example", "record_type": b2c})
		going := func() int64 { return x.count("enrollment", `state = "active" and lead = "`+lead.String()+`"`) }
		if going() != 1 {
			t.Error("the lead is in no cadence")
		}
		if err := set("lead", lead, record.Values{"record_type": b2b}); err != nil {
			t.Fatal(err)
		}
		if going() != 0 {
			t.Error("the lead is still in the cadence of another type")
		}
		if err := set("lead", lead, record.Values{"record_type": b2c}); err != nil {
			t.Fatal(err)
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			done, err := sales.Convert(t.Context(), s, lead, sales.Options{Deal: record.Values{"name": "First"}})
			if err != nil {
				return err
			}
			d, err := s.Get(t.Context(), "deal", done.Deal)
			if err == nil && (d.Field("record_type") != b2c || d.Field("pipeline") != people) {
				t.Errorf("the deal of the lead: %v in %v", d.Field("record_type"), d.Field("pipeline"))
			}
			return err
		})
		if err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "record_type", b2b, 0, record.Values{"active": false})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "lead", record.Values{"name": "Eva", "email": "eva@x.example", "record_type": b2b})
			return err
		})
		if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Key != "type.retired" {
			t.Errorf("a type that is not in use: %v", err)
		}
		if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "record_type", record.Values{"name": "Mine"})
			return err
		}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep made a record type: %v", err)
		}
	})
}
