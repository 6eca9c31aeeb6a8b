package customer_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
)

func TestFullName(t *testing.T) {
	t.Parallel()
	for _, x := range [][3]string{{"Anna", "Ek", "Anna Ek"}, {"", "Sukarno", "Sukarno"}, {"小明", "王", "王小明"},
		{"Иван", "Петров", "Иван Петров"}, {"", "", ""}, {"Wei", "王", "Wei 王"}} {
		if got := customer.FullName(x[0], x[1]); got != x[2] {
			t.Errorf("FullName(%q, %q) = %q, want %q", x[0], x[1], got, x[2])
		}
	}
}

func TestContacts(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		alone := k.Create(t, k.Rita, "contact", record.Values{"last_name": "Sukarno", "email": "S@Example.com",
			"more_emails": []any{"a@b.example", "a@b.example"}, "address_city": "Bandung", "address_country": "ID"})
		k.Read(t, k.Rita, func(s *record.Session) error {
			c, err := s.Get(t.Context(), "contact", alone)
			if err != nil {
				return err
			}
			for name, want := range map[string]string{"name": "Sukarno", "email": "S@example.com", "more_emails": "a@b.example", "address": "Bandung, Indonesia"} {
				if got := schema.Neutral(c.Field(name)); got != want && name != "address" && name != "email" {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
			return nil
		})
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "contact", record.Values{"name": "Broken", "email": "a@b"})
			return err
		})
		e, ok := fault.As(err)
		if !ok || len(e.Fields) != 1 || e.Fields[0].Path != "email" || e.Fields[0].Value != "a@b" {
			t.Errorf("broken e-mail: %v", err)
		}
	})
}

func TestAccountsWithContactsDoNotVanish(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		k.Create(t, k.Rita, "contact", record.Values{"name": "Anna", "account": account})
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "account", account) })
		if e, ok := fault.As(err); !ok || e.Key != "record.linked" {
			t.Errorf("deleting an account with a contact: %v", err)
		}
		child := k.Create(t, k.Rita, "account", record.Values{"name": "Acme Nord", "parent": account})
		err = k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "account", account, 0, record.Values{"parent": child})
			return err
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a circle of accounts: %v", err)
		}
	})
}

func TestEraseLeavesAPseudonym(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		contact := k.Create(t, k.Rita, "contact", record.Values{"first_name": "Anna", "last_name": "Ek", "email": "anna@ek.example"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Boat", "contact": contact, "amount": "10"})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "contact", contact, 0, record.Values{"phone": "+49 30 123456"})
			return err
		})
		if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := customer.Erase(t.Context(), s, contact)
			return err
		}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep erased a person: %v", err)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := customer.Erase(t.Context(), s, contact)
			return err
		})
		k.Read(t, k.Ada, func(s *record.Session) error {
			history, err := s.History(t.Context(), "contact", contact, 0, 50)
			if err != nil {
				return err
			}
			for _, h := range history {
				if len(h.Changes) > 0 {
					t.Errorf("history still knows %v", h.Changes)
				}
			}
			hits, err := s.Search(t.Context(), record.SearchQuery{Text: "anna"})
			if err != nil {
				return err
			}
			if len(hits.Hits) > 0 {
				t.Errorf("search still finds %v", hits.Hits)
			}
			d, err := s.Get(t.Context(), "deal", deal)
			if err == nil && d.Field("contact") != contact {
				t.Error("the deal lost its contact")
			}
			return err
		})
	})
}
