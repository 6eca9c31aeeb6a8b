package sales_test

import (
	"slices"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

func TestPathSumsVisits(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		stages := map[string]value.ID{}
		k.Read(t, k.Rita, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "stage"})
			if err != nil {
				return err
			}
			for _, r := range page.Records {
				stages[r.Title()] = r.ID
			}
			return nil
		})
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account})
		move := func(stage string) {
			k.Pass(24 * time.Hour)
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := sales.Move(t.Context(), s, sales.Step{Deal: deal, Stage: stages[stage]})
				return err
			})
		}
		move("Proposal")
		k.Pass(time.Hour)
		k.Write(t, k.Rita, func(s *record.Session) error { // splits a span, not a visit
			_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"amount": "5"})
			return err
		})
		move("Prospecting")
		move("Proposal")
		k.Pass(time.Minute)
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Lose(t.Context(), s, deal, 0, sales.Close{Reason: "price"})
			return err
		})
		k.Pass(time.Minute)
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Reopen(t.Context(), s, deal, 0)
			return err
		})
		k.Read(t, k.Olga, func(s *record.Session) error {
			path, err := sales.Path(t.Context(), s, sales.Deals, deal)
			if err != nil {
				return err
			}
			var names []string
			for _, v := range path {
				names = append(names, v.Name)
			}
			want := []string{"Prospecting", "Proposal", "Prospecting", "Proposal", "Lost", "Proposal"}
			if !slices.Equal(names, want) {
				t.Fatalf("path %v, want %v", names, want)
			}
			if days := path[1].Left.Sub(path[1].Entered); days != 25*time.Hour {
				t.Errorf("first visit of Proposal took %v", days)
			}
			stays, err := s.Stays(t.Context(), record.StayQuery{Object: "deal", Field: "stage", Filter: ""})
			if err != nil {
				return err
			}
			for _, x := range stays {
				if x.Label == "Prospecting" && x.Records != 1 {
					t.Errorf("%d deals in Prospecting, want 1 with both visits summed", x.Records)
				}
			}
			return nil
		})
	})
}
