package sales_test

import (
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// drop deletes one record, whose place another may take.
func drop(t *testing.T, k *apptest.Kit, who value.ID, object string, id, into value.ID) (act value.ID, err error) {
	t.Helper()
	err = k.Try(t.Context(), who, func(s *record.Session) error {
		_, err := s.Remove(t.Context(), record.Removal{Object: object, IDs: []value.ID{id}, Into: into})
		act = s.Act()
		return err
	})
	return act, err
}

func wantKey(t *testing.T, what string, err error, key string) {
	t.Helper()
	if e, ok := fault.As(err); !ok || e.Key != key {
		t.Errorf("%s: %v, want %s", what, err, key)
	}
}

// A deal is always linked to somebody: whoever deletes its last account or
// contact says who takes the place, open, won or lost (R30).
func TestDeletingTheLastPartyOfDeals(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		account, next := k.Create(t, k.Rita, "account", record.Values{"name": "鼎新"}), k.Create(t, k.Rita, "account", record.Values{"name": "Nova"})
		contact, other := k.Create(t, k.Rita, "contact", record.Values{"name": "Ana", "account": account}), k.Create(t, k.Rita, "contact", record.Values{"name": "Bea"})
		mine := k.Create(t, k.Rita, "deal", record.Values{"name": "Fleet", "account": account})
		person := k.Create(t, k.Rita, "deal", record.Values{"name": "B2C", "contact": contact})
		for _, d := range []value.ID{mine, person, x.deal} {
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "deal", d, 0, record.Values{"amount": "1000", "stage": x.stages["Won"]})
				return err
			})
		}
		_, err := drop(t, k, k.Rita, "account", account, 0)
		wantKey(t, "nobody instead", err, record.Linked)
		_, err = drop(t, k, k.Rita, "account", account, other)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a contact instead of an account: %v", err)
		}
		act, err := drop(t, k, k.Rita, "account", account, next)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "account of the deal", texts(t, k, "deal", mine, "account"), next.String())
		expect(t, "account of the contact", texts(t, k, "contact", contact, "account"), next.String())
		expect(t, "account of the contract", texts(t, k, "contract", only(t, k, "contract", `deal = "`+mine.String()+`"`), "account"), next.String())
		if _, err := drop(t, k, k.Rita, "contact", contact, other); err != nil {
			t.Fatal(err)
		}
		expect(t, "contact of the deal", texts(t, k, "deal", person, "contact"), other.String())
		k.Write(t, k.Rita, func(s *record.Session) error {
			u, err := s.UndoAct(t.Context(), act)
			if err == nil && (u.Restored != 1 || len(u.Kept) != 1) { // the contact has gone since
				t.Errorf("undone: %+v", u)
			}
			return err
		})
		expect(t, "after undo", texts(t, k, "deal", mine, "account"), account.String())
	})
}

func TestNobodyMovesDealsThatHeMayNotChange(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		account, next := k.Create(t, k.Rita, "account", record.Values{"name": "Kauppa"}), k.Create(t, k.Rita, "account", record.Values{"name": "Nova"})
		k.Create(t, k.Rita, "deal", record.Values{"name": "hers", "account": account})
		theirs := k.Create(t, k.Olga, "deal", record.Values{"name": "Olga's", "account": account})
		k.Write(t, k.Ada, func(s *record.Session) error {
			return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject("deal"), access.Private)
		})
		_, err := drop(t, k, k.Rita, "account", account, next)
		wantKey(t, "a colleague's deal", err, "record.replaces_shut")
		expect(t, "nothing moved", texts(t, k, "deal", theirs, "account"), account.String())
		if _, err := drop(t, k, k.Ada, "account", account, next); err != nil {
			t.Fatal(err)
		}
		expect(t, "moved by who may", texts(t, k, "deal", theirs, "account"), next.String())
	})
}
