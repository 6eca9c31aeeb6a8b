package app_test

import (
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// A colleague who came with an import stays who he is when he gets a sign-in.
func TestInvitedColleagueKeepsNameAndRole(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		manager := record.Values{}
		k.Read(t, k.Ada, func(s *record.Session) error {
			id, _ := s.Roster().Role(access.ManagerRole)
			manager["role"] = id
			return nil
		})
		byMail := k.Create(t, k.Ada, "member", record.Values{"name": "Moses Frase", "email": "moses@c.example", "role": manager["role"]})
		byName := k.Create(t, k.Ada, "member", record.Values{"name": "Anna Snelling"})
		for _, x := range []struct {
			n    app.NewMember
			want string
		}{{app.NewMember{Email: "moses@c.example"}, byMail.String()}, {app.NewMember{Email: "anna@c.example", Name: "Anna Snelling"}, byName.String()}} {
			in, err := k.Workspace.AddMember(t.Context(), apptest.As(k.Ada), x.n)
			if err != nil {
				t.Fatal(err)
			}
			if in.Member.String() != x.want || in.Code == "" {
				t.Errorf("%v became member %v, want %v, with a code", x.n, in.Member, x.want)
			}
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			m, err := s.Get(t.Context(), "member", byMail)
			if err != nil {
				return err
			}
			if m.Title() != "Moses Frase" || !schema.Equal(m.Field("role"), manager["role"]) {
				t.Errorf("he is now %q with role %v", m.Title(), m.Field("role"))
			}
			return nil
		})
	})
}

func TestDeletionOfChildrenNamesWhoDidIt(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account})
		k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "quantity": "1", "unit_price": "5"})
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal", deal) })
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Restore(t.Context(), "deal", deal) })
		k.Read(t, k.Rita, func(s *record.Session) error {
			history, err := s.History(t.Context(), "deal", deal, 0, 20)
			if err != nil {
				return err
			}
			for _, h := range history {
				if h.Actor != k.Rita {
					t.Errorf("%s by %v, want Rita", h.Kind, h.Actor)
				}
			}
			return nil
		})
	})
}
