package sales_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// What gives a stage away is hidden with the stage: the path in words and the stage
// in which a deal or lead was lost can be neither read nor asked for.
func TestAHiddenStageHidesWhatTellsIt(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		lost := map[string]value.ID{
			"deal": k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account}),
			"lead": k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example"}),
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			if _, err := sales.Lose(t.Context(), s, lost["deal"], 0, sales.Close{Reason: "price"}); err != nil {
				return err
			}
			_, err := s.Update(t.Context(), "lead", lost["lead"], 0, record.Values{"status": sales.Disqualified, "lost_reason": "no_budget"})
			return err
		})
		ask := func(object, filter string) (r *record.Record, err error) {
			err = k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				page, err := s.Query(t.Context(), record.Query{Object: object, Filter: filter})
				if err == nil {
					r = page.Records[0]
				}
				return err
			})
			return r, err
		}
		for _, object := range []string{"deal", "lead"} {
			for _, field := range []string{"path", "lost_stage"} {
				if r, err := ask(object, field+" is not empty"); err != nil || value.IsEmpty(r.Field(field)) {
					t.Errorf("%s.%s before: %v", object, field, err)
				}
			}
		}
		for _, right := range []string{"none", "masked"} {
			k.Write(t, k.Ada, func(s *record.Session) error {
				role, _ := s.Roster().Role("rep")
				_, err := s.Update(t.Context(), "role", role, 0, record.Values{"permissions": `{"objects": {"*": {"read": "all", "update": "all"}}, "fields": {"deal.stage": "` + right + `", "lead.stage": "` + right + `"}}`})
				return err
			})
			for _, object := range []string{"deal", "lead"} {
				for _, field := range []string{"path", "lost_stage"} {
					if _, err := ask(object, field+" is not empty"); !fault.Is(err, fault.Invalid) {
						t.Errorf("%s.%s can be asked for: %v", object, field, err)
					}
					if r, err := ask(object, ""); err != nil || r.Field(field) != nil {
						t.Errorf("%s.%s where the stage is %s: %v %v", object, field, right, r.Field(field), err)
					}
				}
			}
		}
	})
}

// A stage whose name has an arrow in it is one stage of a path, also when the deal
// comes there again.
func TestAnArrowInTheNameOfAStage(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		stages := stagesOf(t, k, "stage")
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "stage", stages["Qualified"], 0, record.Values{"name": "Call → Prospecting"})
			return err
		})
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account})
		for _, stage := range []string{"Qualified", "Prospecting", "Qualified"} {
			k.Pass(time.Hour)
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"stage": stages[stage]})
				return err
			})
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			r, err := s.Get(t.Context(), "deal", deal)
			if err == nil && r.Field("path") != "Prospecting → Call -> Prospecting" {
				t.Errorf("%v", r.Field("path"))
			}
			return err
		})
	})
}
